// Requests under mandates: one after another, each in one go. What its roles signed last is asked for,
// then it is judged, and its order goes to the ledger; nothing else is in flight meanwhile, so nothing
// moves under it.
#include "signer/keeper/keeper.h"

#include "policy/chain.h"

#include <stdio.h>

bool mandated_is_full(const struct keeper *keeper, const struct hearing *hearing)
{
    const struct mandates *mandates = &keeper->mandates;
    return mandates->count >= LIMIT_CREDITS ||
           mandates->bytes + hearing->wants.bytes > LIMIT_FLIGHT;
}

enum err mandated_join(struct keeper *keeper, struct hearing *hearing)
{
    struct mandates *mandates = &keeper->mandates;
    struct hearing **end = &mandates->line;
    while (*end != NULL)
        end = &(*end)->next;
    *end = hearing;
    mandates->count++;
    mandates->bytes += hearing->charged;
    return order_next(keeper);
}

static void leave(struct keeper *keeper, struct hearing *hearing)
{
    struct mandates *mandates = &keeper->mandates;
    struct hearing **at = &mandates->line;
    while (*at != hearing)
        at = &(*at)->next;
    *at = hearing->next;
    mandates->count--;
    mandates->bytes -= hearing->charged;
    hearing_free(hearing);
}

// The first is at work no more.
static void over(struct keeper *keeper)
{
    keeper->signing = keeper->mandates.at_work = false;
    leave(keeper, keeper->mandates.line);
}

// ---- what is no order ----

// What passes is no record, and asked for again.
static enum err put_off(
    struct keeper *keeper, const struct hearing *first, const struct refusal *refusal)
{
    quotas_return(&keeper->quotas, &first->requester, first->charged, 1);
    return keeper_refuse(keeper, &first->asker, refusal, false);
}

static enum err refused(
    struct keeper *keeper, const struct hearing *first, const struct refusal *refusal)
{
    enum err err = refuse_hearing(keeper, first, refusal);
    over(keeper);
    return err;
}

enum err mandated_stop(struct keeper *keeper)
{
    struct mandates *mandates = &keeper->mandates;
    enum err err = OK;
    while (err == OK && mandates->count > (mandates->at_work ? 1 : 0)) {
        struct hearing *next = mandates->at_work ? mandates->line->next : mandates->line;
        err = keeper_refuse_stopping(keeper, &next->asker);
        quotas_return(&keeper->quotas, &next->requester, next->charged, 1);
        leave(keeper, next);
    }
    return err;
}

// ---- the first ----

static enum err ask_last(struct keeper *keeper, struct hearing *first)
{
    struct mandated_names *names = &keeper->mandates.names;
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_LAST, &errand);
    if (err != OK)
        return err;
    mandated_name(keeper->charter, &first->request, names);
    struct message ask = {.kind = ASK_LAST, .id = errand->id};
    ask.last.request = first->id;
    ask.last.names.count = (uint32_t)names->count;
    for (size_t i = 0; i < names->count; i++)
        ask.last.names.at[i] = span_text(names->at[i]);
    errand->hearing = first;
    return keeper_to_ledger(keeper, &ask);
}

static enum err begin(struct keeper *keeper, struct hearing *first)
{
    struct hearing_house house = keeper_house(keeper);
    struct refusal refusal = {0};
    keeper->signing = keeper->mandates.at_work = true;
    if (keeper->mandates.past.roots.count > LIMIT_REPOSITORIES)
        wants_clear(&keeper->mandates.past.roots); // some are old
    if (time_check(keeper, MOTION_NONE, &refusal) != OK) {
        enum err err = put_off(keeper, first, &refusal);
        over(keeper);
        return err;
    }
    if (hearing_again(first, &house, &refusal) != OK)
        return refused(keeper, first, &refusal);
    return ask_last(keeper, first);
}

enum err mandated_next(struct keeper *keeper)
{
    enum err err = OK;
    while (err == OK && !keeper->signing && keeper->mandates.line != NULL)
        err = begin(keeper, keeper->mandates.line);
    return err;
}

// ---- what its roles signed last ----

// Of its items; what these list is held against its evidence, and only by hash.
static enum err take_payloads(
    const struct keeper *keeper, struct hearing *first, const struct message *answer)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < first->request.item_count; i++) {
        struct span payload = answer->lasts.payloads.at[i];
        const struct hash *named = &answer->lasts.at.at[i].payload;
        struct hash last = chain_previous(keeper->mandates.lasts, first->request.items[i].role);
        if (payload.size > 0 && hash_equal(named, &last))
            err = wants_take(&first->wants, named, payload);
    }
    return err;
}

enum err mandated_lasts(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct mandates *mandates = &keeper->mandates;
    struct hearing *first = errand->hearing;
    errands_done(&keeper->errands, errand);
    if (answer->lasts.at.count != mandates->names.count ||
        answer->lasts.payloads.count != mandates->names.count)
        return ERR_FORM;
    enum err err =
        mandated_past(keeper->state, &mandates->names, answer->lasts.at.at, mandates->lasts);
    if (err == OK)
        err = take_payloads(keeper, first, answer);
    return err == OK ? mandated_goes_on(keeper) : err;
}

// ---- its order ----

static enum err send_order(struct keeper *keeper, struct hearing *first, struct errand *errand)
{
    struct message order = {.kind = ORDER_MANDATED, .id = errand->id};
    errand->hearing = first;
    order.record.text = bytes_span(&errand->text);
    hearing_blobs(first, &order.record.blobs);
    wants_forget(&first->wants);
    return keeper_to_ledger(keeper, &order);
}

static enum err judge(
    struct keeper *keeper, struct hearing *first, const struct hearing_house *house)
{
    struct refusal refusal = {0};
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_MANDATED, &errand);
    if (err != OK)
        return err;
    err = hearing_judge_mandated(first, house, &keeper->mandates.past, &errand->text, &refusal);
    if (err == OK)
        return send_order(keeper, first, errand);
    errands_done(&keeper->errands, errand);
    if (err != ERR_REFUSED)
        refuse(&refusal, "R20", "the request cannot be judged within the limits: %s",
            err_text(err));
    err = refused(keeper, first, &refusal);
    return err == OK ? order_next(keeper) : err;
}

enum err mandated_goes_on(struct keeper *keeper)
{
    struct hearing *first = keeper->mandates.line;
    struct hearing_house house = keeper_house(keeper);
    enum err err = hearing_list_mandated(first, &house, &keeper->mandates.past);
    if (err == OK && hearing_is_large(first))
        err = ERR_LIMIT; // no such files were signed
    if (err != OK || !hearing_complete(first))
        return err == OK ? keeper_ask_wants(keeper, first) : err;
    err = hearing_keep_roots(first, &house, &keeper->mandates.past);
    return err == OK ? judge(keeper, first, &house) : err;
}

// ---- what became of it ----

enum err mandated_known(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hearing *first = errand->hearing;
    struct message known = *answer;
    errands_done(&keeper->errands, errand);
    quotas_return(&keeper->quotas, &first->requester, first->charged, 1);
    enum err err = keeper_answer(keeper, &first->asker, &known);
    over(keeper);
    return err == OK ? order_next(keeper) : err;
}

enum err mandated_signed(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hearing *first = errand->hearing;
    struct hash request = first->id;
    errands_done(&keeper->errands, errand);
    enum err err = sealed_take(keeper, answer, true);
    if (err == OK)
        err =
            keeper_accept(keeper, &first->asker, &request, &answer->signed_.place, FATE_SIGNED);
    over(keeper);
    if (err == OK)
        err = desk_say_moved(keeper, &request);
    return err == OK ? order_next(keeper) : err;
}

enum err mandated_refused(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct hearing *first = errand->hearing;
    struct refusal why;
    char rule[sizeof why.rule];
    (void)snprintf(rule, sizeof rule, "%.*s", (int)answer->refused.rule.size,
        (const char *)answer->refused.rule.data);
    refuse(&why, rule, "%.*s", (int)answer->refused.sentence.size,
        (const char *)answer->refused.sentence.data);
    errands_done(&keeper->errands, errand);
    enum err err = order_waits(answer) ? put_off(keeper, first, &why)
                                       : refuse_hearing(keeper, first, &why);
    over(keeper);
    return err == OK ? order_next(keeper) : err;
}
