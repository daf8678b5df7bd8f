// The desk: what becomes of an entry of the docket. Everything is looked at again whenever
// something about it changed, and once a second for what time alone changes.
#include "signer/keeper/keeper.h"

#include "policy/chain.h"

#include <stdlib.h>
#include <string.h>

enum err desk_end(struct keeper *keeper, struct docket_entry *entry, const struct asker *asker,
    enum ending how, const struct refusal *why)
{
    struct ended ended = {.time = moment_now(), .request = entry->request, .how = how};
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_END, &errand);
    if (err != OK)
        return err;
    memcpy(ended.rule, why->rule, sizeof ended.rule);
    memcpy(ended.why, why->sentence, sizeof ended.why);
    ended_write(&ended, &errand->text);
    errand->asker = *asker;
    errand->request = entry->request;
    entry->busy = true;
    return keeper_record(keeper, errand, NULL);
}

static const struct asker nobody = {.waits = false};

// Approvals by persons who did not reject, ascending by record (they were applied in that order).
static void list_approvals(
    const struct docket_entry *entry, const struct charter *charter, struct order *order)
{
    for (size_t i = 0; i < entry->vote_count; i++) {
        const struct vote *vote = &entry->votes[i];
        bool counts = vote->decision == DECISION_APPROVE &&
                      charter_administrator(charter, &vote->approver) != NULL;
        for (size_t k = 0; k < entry->vote_count; k++)
            if (entry->votes[k].decision == DECISION_REJECT &&
                hash_equal(&entry->votes[k].approver, &vote->approver))
                counts = false;
        if (!counts || order->approval_count == LIMIT_ADMINISTRATORS)
            continue;
        order->approvals[order->approval_count++] = (struct order_approval){
            .index = entry->vote_records[i], .approver = vote->approver};
    }
}

static enum err order_signature(struct keeper *keeper, struct docket_entry *entry)
{
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_SIGN, &errand);
    if (err != OK)
        return err;
    struct order order = {
        .time = moment_now(), .request = entry->request, .opened = entry->opened};
    list_approvals(entry, keeper->charter, &order);
    order_write(&order, &errand->text);
    errand->request = entry->request;
    entry->busy = true;
    keeper->signing = true;
    struct message message = {.kind = ORDER_SIGN, .id = errand->id};
    message.record.text = bytes_span(&errand->text);
    err = bytes_finish(&errand->text);
    return err == OK ? keeper_to_ledger(keeper, &message) : err;
}

static enum err hear_anew(struct keeper *keeper, struct docket_entry *entry)
{
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_TEXT, &errand);
    if (err != OK)
        return err;
    errand->request = entry->request;
    entry->busy = true;
    keeper->hearing_anew = true;
    struct message ask = {.kind = ASK_BLOB, .id = errand->id};
    ask.blob.hash = entry->request;
    return keeper_to_ledger(keeper, &ask);
}

enum err desk_check_stale(struct keeper *keeper, struct docket_entry *entry)
{
    struct opened opened;
    enum err err = docket_opened(entry, &opened);
    for (size_t i = 0; err == OK && i < opened.item_count; i++) {
        struct hash last = chain_previous(keeper->state, opened.items[i].role);
        if (!hash_equal(&last, &opened.items[i].previous))
            entry->stale = true;
    }
    return err;
}

static enum err look_at_votes(struct keeper *keeper, struct docket_entry *entry)
{
    struct opened opened;
    enum err err = docket_opened(entry, &opened);
    if (err != OK)
        return err;
    struct ballot ballot = docket_ballot(entry, keeper->charter, &opened);
    enum verdict verdict = decide(&ballot);
    if (verdict == VERDICT_IMPOSSIBLE) {
        struct refusal why;
        refuse(&why, "R5",
            "so many administrators rejected it that its quorum can no longer be reached");
        return desk_end(keeper, entry, &nobody, ENDING_REJECTED, &why);
    }
    entry->waits = verdict == VERDICT_COMPLETE;
    if (!entry->waits || keeper->signing || opened.earliest > moment_now())
        return OK;
    return order_signature(keeper, entry);
}

enum err desk_look(struct keeper *keeper, struct docket_entry *entry)
{
    if (entry->busy)
        return OK;
    if (entry->expires <= moment_now()) {
        struct refusal why;
        refuse(&why, "R4", "its expiry passed before its quorum was complete");
        return desk_end(keeper, entry, &nobody, ENDING_EXPIRED, &why);
    }
    if (!entry->stale)
        return look_at_votes(keeper, entry);
    return keeper->hearing_anew ? OK : hear_anew(keeper, entry);
}

enum err desk_sweep(struct keeper *keeper)
{
    enum err err = OK;
    moment now = moment_now();
    for (size_t i = 0; err == OK && i < docket_count(keeper->docket); i++) {
        struct docket_entry *entry = docket_at(keeper->docket, i);
        if (entry->waits || entry->stale || entry->expires <= now)
            err = desk_look(keeper, entry);
    }
    return err;
}

enum err desk_look_all(struct keeper *keeper)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < docket_count(keeper->docket); i++)
        err = desk_look(keeper, docket_at(keeper->docket, i));
    return err;
}

static enum err say_moved(struct keeper *keeper, const struct hash *request)
{
    struct message moved = {.kind = SAY_MOVED};
    moved.request.request = *request;
    return keeper->room.up.fd < 0 ? OK : channel_put(&keeper->room.up, &moved);
}

enum err desk_ended(struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hash request = errand->request;
    struct ended ended;
    enum err err = ended_read(bytes_span(&errand->text), &ended);
    if (err == OK)
        err = docket_apply(
            keeper->docket, keeper->charter, &answer->place, bytes_span(&errand->text));
    static const enum fate fates[] = {
        [ENDING_REJECTED] = FATE_REJECTED,
        [ENDING_WITHDRAWN] = FATE_WITHDRAWN,
        [ENDING_EXPIRED] = FATE_EXPIRED,
        [ENDING_REFUSED] = FATE_REFUSED,
    };
    if (err == OK)
        err = keeper_accept(keeper, &errand->asker, &request, &answer->place, fates[ended.how]);
    errands_done(&keeper->errands, errand);
    if (err == OK)
        err = say_moved(keeper, &request);
    return err == OK ? keeper_hear_parked(keeper, &request) : err;
}

enum err desk_decided(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hash request = errand->request;
    struct docket_entry *entry = docket_find(keeper->docket, &request);
    enum err err = docket_apply(
        keeper->docket, keeper->charter, &answer->place, bytes_span(&errand->text));
    if (err == OK)
        err = keeper_accept(keeper, &errand->asker, &request, &answer->place, FATE_OPEN);
    errands_done(&keeper->errands, errand);
    if (err != OK || entry == NULL)
        return err == OK ? ERR_FORM : err;
    entry->busy = false;
    err = desk_look(keeper, entry);
    return err == OK ? keeper_hear_parked(keeper, &request) : err;
}

// The state that was sealed for the outcome is the keeper's now; requests that were built on what
// it replaced are heard anew.
static enum err take_state(struct keeper *keeper, const struct message *answer)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return ERR_MEMORY;
    enum err err = outcome_read(answer->signed_.outcome, outcome);
    struct hash state = hash_of(answer->signed_.state);
    if (err == OK && !hash_equal(&state, &outcome->state))
        err = ERR_FORM;
    free(outcome);
    if (err == OK)
        err = state_read(answer->signed_.state, keeper->state);
    for (size_t i = 0; err == OK && i < docket_count(keeper->docket); i++)
        err = desk_check_stale(keeper, docket_at(keeper->docket, i));
    return err;
}

enum err desk_signed(struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hash request = errand->request;
    errands_done(&keeper->errands, errand);
    keeper->signing = false;
    enum err err = docket_apply(
        keeper->docket, keeper->charter, &answer->signed_.place, answer->signed_.outcome);
    if (err == OK)
        err = take_state(keeper, answer);
    if (err == OK)
        err = say_moved(keeper, &request);
    if (err == OK)
        err = keeper_hear_parked(keeper, &request);
    return err == OK ? desk_sweep(keeper) : err;
}

// Refusals that pass without anybody's doing anything to the request: the disk is full (R9), the
// clock is behind (R13). The order is given again when the docket is next gone through.
static bool passes(const struct message *answer)
{
    static const char *const rules[] = {"R9", "R13"};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (span_is(answer->refused.rule, rules[i]))
            return true;
    return false;
}

enum err desk_order_refused(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct docket_entry *entry = docket_find(keeper->docket, &errand->request);
    struct refusal why;
    errands_done(&keeper->errands, errand);
    keeper->signing = false;
    if (entry == NULL)
        return ERR_FORM;
    entry->busy = false;
    if (passes(answer)) {
        log_warn("an order has to wait: %.*s", (int)answer->refused.sentence.size,
            (const char *)answer->refused.sentence.data);
        return keeper_hear_parked(keeper, &entry->request);
    }
    refuse(&why, "R6", "%.*s: %.*s", (int)answer->refused.rule.size,
        (const char *)answer->refused.rule.data, (int)answer->refused.sentence.size,
        (const char *)answer->refused.sentence.data);
    return desk_end(keeper, entry, &nobody, ENDING_REFUSED, &why);
}
