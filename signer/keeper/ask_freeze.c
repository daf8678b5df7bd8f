// Freezes: one administrator's statement, which needs no quorum and goes before any order. It is
// judged when no order is in flight: the next outcome may change what it is judged by.
#include "signer/keeper/keeper.h"

#include "policy/govern.h"
#include "proto/dsse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void freezing_free(struct freezing *freezing)
{
    bytes_clear(&freezing->statement);
    bytes_clear(&freezing->signature);
    free(freezing);
}

// ---- judging one ----

// Form, administrator, signature: what must hold before it is known who asks.
static enum err identify(const struct keeper *keeper, const struct freezing *freezing,
    struct freeze *freeze, struct refusal *refusal)
{
    struct span text = bytes_span(&freezing->statement);
    if (freeze_read(text, freeze) != OK)
        return refuse(refusal, "R20",
            "this is not a freeze as PROTOCOL.md describes it; make it with `conclave freeze`");
    const struct administrator *who =
        charter_administrator(keeper->charter, &freeze->administrator);
    if (who == NULL)
        return refuse(refusal, "R5",
            "this key is no administrator's in charter epoch %llu; use the token that is "
            "enrolled",
            (unsigned long long)keeper->charter->epoch);
    if (dsse_verify(&who->key, DSSE_FREEZE, text, bytes_span(&freezing->signature)) != OK)
        return refuse(refusal, "R3",
            "the signature of %s does not fit this freeze; sign it again", who->name);
    return OK;
}

static enum err judge(
    const struct keeper *keeper, const struct freeze *freeze, struct refusal *refusal)
{
    enum err err = govern_judge_freeze(keeper->charter, keeper->state, freeze, refusal);
    if (err == OK && freeze->of.what == FREEZE_REQUEST &&
        docket_find(keeper->docket, &freeze->of.thing) == NULL)
        return refuse(refusal, "R11",
            "no open request has this id; `conclave request show` tells the fate of one that "
            "ended");
    return err;
}

// ---- the order ----

static enum err order_freeze(struct keeper *keeper, const struct freezing *freezing,
    const struct freeze *freeze, const struct hash *id)
{
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_FREEZE, &errand);
    if (err != OK)
        return err;
    struct frozen frozen = {.time = moment_now(),
        .request = *id,
        .freeze = *freeze,
        .signature_size = freezing->signature.size};
    memcpy(frozen.signature, freezing->signature.data, freezing->signature.size);
    frozen_write(&frozen, &errand->text);
    errand->asker = freezing->asker;
    errand->request = *id;
    errand->from = freeze->administrator;
    keeper->signing = true;
    struct message order = {.kind = ORDER_SIGN, .id = errand->id};
    order.record.text = bytes_span(&errand->text);
    order.record.blobs.at[order.record.blobs.count++] = bytes_span(&freezing->statement);
    err = bytes_finish(&errand->text);
    return err == OK ? keeper_to_ledger(keeper, &order) : err;
}

// One that is in force goes to the ledger too, which tells what became of it (R11).
static enum err hear(struct keeper *keeper, const struct freezing *freezing)
{
    static const struct hash no_request; // a refusal in the log would be the statement's fate
    struct hash id = hash_of(bytes_span(&freezing->statement));
    struct refusal refusal = {0};
    struct freeze freeze;
    if (identify(keeper, freezing, &freeze, &refusal) != OK)
        return keeper_refuse(keeper, &freezing->asker, &refusal, false);
    if (state_freeze(keeper->state, &id) != NULL || judge(keeper, &freeze, &refusal) == OK)
        return order_freeze(keeper, freezing, &freeze, &id);
    return refuse_statement(
        keeper, &freezing->asker, &no_request, &freeze.administrator, &refusal);
}

enum err freeze_next(struct keeper *keeper)
{
    enum err err = OK;
    while (err == OK && !keeper->signing && keeper->freezings != NULL) {
        struct freezing *first = keeper->freezings;
        keeper->freezings = first->next;
        err = hear(keeper, first);
        freezing_free(first);
    }
    return err;
}

void freeze_forget(struct keeper *keeper)
{
    while (keeper->freezings != NULL) {
        struct freezing *first = keeper->freezings;
        keeper->freezings = first->next;
        freezing_free(first);
    }
}

enum err ask_freeze(struct keeper *keeper, const struct message *ask)
{
    struct freezing **end = &keeper->freezings;
    size_t count = 0;
    for (; *end != NULL; end = &(*end)->next)
        count++;
    if (count == LIMIT_CREDITS)
        return ERR_LIMIT; // the gate let in more than its credits
    struct freezing *freezing = calloc(1, sizeof *freezing);
    if (freezing == NULL)
        return ERR_MEMORY;
    freezing->asker = keeper_asker(keeper, ask);
    bytes_init(&freezing->statement, LIMIT_RECORD);
    bytes_init(&freezing->signature, KEY_SIGNATURE_MOST);
    bytes_add(&freezing->statement, ask->freeze.statement);
    bytes_add(&freezing->signature, ask->freeze.signature);
    *end = freezing;
    enum err err = bytes_finish(&freezing->statement);
    if (err == OK)
        err = bytes_finish(&freezing->signature);
    return err == OK ? order_next(keeper) : err;
}

// ---- what became of it ----

enum err freeze_known(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    struct message known = *answer;
    struct asker asker = errand->asker;
    errands_done(&keeper->errands, errand);
    keeper->signing = false;
    enum err err = keeper_answer(keeper, &asker, &known);
    return err == OK ? order_next(keeper) : err;
}

enum err freeze_refused(
    struct keeper *keeper, struct errand *errand, const struct message *answer)
{
    static const struct hash no_request;
    struct asker asker = errand->asker;
    struct hash from = errand->from;
    struct refusal refusal = {0};
    char rule[sizeof refusal.rule];
    (void)snprintf(rule, sizeof rule, "%.*s", (int)answer->refused.rule.size,
        (const char *)answer->refused.rule.data);
    refuse(&refusal, rule, "%.*s", (int)answer->refused.sentence.size,
        (const char *)answer->refused.sentence.data);
    errands_done(&keeper->errands, errand);
    keeper->signing = false;
    enum err err = refuse_statement(keeper, &asker, &no_request, &from, &refusal);
    return err == OK ? order_next(keeper) : err;
}
