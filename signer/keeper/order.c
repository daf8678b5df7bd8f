// Orders, one at a time. Which one is next is asked whenever one may have become due; what had to
// wait (no room, no time, a rate) stands behind what was not tried, and is given again once a
// second at most.
#include "signer/keeper/keeper.h"

#include "policy/chain.h"

#include <stdio.h>

enum {
    AGAIN_MS = 1000,
    // Entries that one look for the next order reads: those behind them have their turn a second
    // later, so that a docket full of waiting requests costs little.
    LOOKS_MOST = 32,
};

// Approvals by persons who did not reject, ascending by record (they were applied in that order).
static void list_approvals(
    const struct docket_entry *entry, const struct charter *charter, struct order *order)
{
    for (size_t i = 0; i < entry->vote_count; i++) {
        const struct vote *vote = &entry->votes[i];
        bool counts = vote->decision == DECISION_APPROVE &&
                      charter_administrator(charter, &vote->approver) != NULL &&
                      quorum_standing(&vote->approver, entry->votes, i) == STANDING_OPEN &&
                      quorum_standing(&vote->approver, entry->votes, entry->vote_count) ==
                          STANDING_APPROVED;
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
    struct order order = {.time = moment_now(),
        .request = entry->request,
        .opened = entry->opened,
        .adds = entry->is_signed,
        .added_to = entry->outcome};
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

// ---- whose turn it is ----

struct turn {
    moment now;
    int64_t steady;
    bool time;  // the appliance has time
    bool again; // what had to wait may be tried again
};

static bool is_due(const struct docket_entry *entry, const struct turn *turn)
{
    bool rests = entry->tried != 0 && (!turn->again || turn->steady - entry->tried < AGAIN_MS);
    return entry->waits && !entry->busy && !entry->stale && !entry->frozen && !rests &&
           entry->earliest <= turn->now && (turn->time || entry->motion == MOTION_TIME);
}

// Those first that were not tried, or the longest ago.
static struct docket_entry *first_due(struct keeper *keeper, const struct turn *turn)
{
    struct docket_entry *first = NULL;
    for (size_t i = 0; i < docket_count(keeper->docket); i++) {
        struct docket_entry *entry = docket_at(keeper->docket, i);
        if (is_due(entry, turn) && (first == NULL || entry->tried < first->tried))
            first = entry;
    }
    return first;
}

// The vault would say so too: a role that has used up its rate waits for the next window (R17).
static bool is_within_rate(
    const struct keeper *keeper, const struct docket_entry *entry, moment now)
{
    struct refusal unused;
    struct opened opened;
    if (docket_opened(entry, &opened) != OK)
        return false;
    for (size_t i = 0; i < opened.item_count; i++) {
        const struct role *role = charter_role(keeper->charter, opened.items[i].role);
        if (role != NULL &&
            chain_rate(role, keeper->state, &opened.items[i], now, &unused) != OK)
            return false;
    }
    return true;
}

// NULL when nothing that a quorum approved is due.
static struct docket_entry *next_entry(struct keeper *keeper)
{
    struct turn turn = {moment_now(), time_steady_ms(), keeper_has_time(keeper), true};
    turn.again = keeper->put_off == 0 || turn.steady - keeper->put_off >= AGAIN_MS;
    for (int looks = 0; looks < LOOKS_MOST; looks++) {
        struct docket_entry *entry = first_due(keeper, &turn);
        if (entry == NULL || entry->is_signed || is_within_rate(keeper, entry, turn.now))
            return entry;
        entry->tried = turn.steady;
    }
    return NULL;
}

enum err order_next(struct keeper *keeper)
{
    if (keeper->stopping)
        return OK;
    enum err err = freeze_next(keeper);
    if (err != OK || keeper->signing)
        return err;
    struct docket_entry *entry = next_entry(keeper);
    return entry != NULL ? order_signature(keeper, entry) : mandated_next(keeper);
}

// ---- what became of it ----

enum err order_signed(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hash request = errand->request;
    struct asker asker = errand->asker;
    errands_done(&keeper->errands, errand);
    keeper->signing = false;
    enum err err = docket_apply(
        keeper->docket, keeper->charter, &answer->signed_.place, answer->signed_.outcome);
    if (err == OK)
        err = sealed_take(keeper, answer, false);
    if (err == OK)
        err = keeper_accept(keeper, &asker, &request, &answer->signed_.place, FATE_SIGNED);
    if (err == OK)
        err = desk_say_moved(keeper, &request);
    if (err == OK)
        err = keeper_hear_parked(keeper, &request);
    return err == OK ? desk_sweep(keeper) : err;
}

bool order_waits(const struct message *refused)
{
    static const char *const rules[] = {"R9", "R13", "R17"};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (span_is(refused->refused.rule, rules[i]))
            return true;
    return false;
}

static enum err put_off(
    struct keeper *keeper, struct docket_entry *entry, const struct message *answer)
{
    struct hash request = entry->request;
    log_warn("an order has to wait: %.*s", (int)answer->refused.sentence.size,
        (const char *)answer->refused.sentence.data);
    entry->tried = keeper->put_off = time_steady_ms();
    enum err err = keeper_hear_parked(keeper, &request);
    return err == OK ? order_next(keeper) : err;
}

enum err order_refused(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    static const struct asker nobody = {.waits = false};
    struct docket_entry *entry = docket_find(keeper->docket, &errand->request);
    struct refusal why;
    errands_done(&keeper->errands, errand);
    keeper->signing = false;
    if (entry == NULL)
        return ERR_FORM;
    entry->busy = false;
    if (order_waits(answer))
        return put_off(keeper, entry, answer);
    refuse(&why, "R6", "%.*s: %.*s", (int)answer->refused.rule.size,
        (const char *)answer->refused.rule.data, (int)answer->refused.sentence.size,
        (const char *)answer->refused.sentence.data);
    enum err err = desk_end(
        keeper, entry, &nobody, entry->is_signed ? ENDING_CLOSED : ENDING_REFUSED, &why);
    return err == OK ? order_next(keeper) : err;
}
