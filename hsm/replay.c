#include "hsm/intake.h"
#include "hsm/vault.h"

#include <stdlib.h>

static bool same_place(const struct place *a, const struct place *b)
{
    return a->index == b->index && hash_equal(&a->leaf, &b->leaf);
}

// The state names the last order that was sealed. Signatures for any other order of a quorum behind
// the seal were made when there was a newer one.
static enum err replay_ordered(struct vault *vault, const struct outcome *outcome)
{
    if (!vault->state->has_order || !same_place(&outcome->order, &vault->state->order) ||
        !hash_equal(&outcome->state, &vault->seal.state))
        log_halt(EXIT_HALT,
            "the ledger holds signatures for an order that is newer than the seal in the "
            "token: "
            "the token was put back to an older copy. Find the newest one; with this one "
            "nothing is signed");
    if (vault->has_outcome)
        return ERR_FORM;
    vault->has_outcome = true;
    return OK;
}

// What the order of the seal, which comes before all others, has not done yet is done first.
static enum err replay_mandated(
    struct vault *vault, const struct mandated *order, const struct place *place)
{
    struct refusal why = {0};
    if (vault->state->has_order && !vault->has_outcome)
        return ERR_FORM;
    if (mandate_past_order(vault->past, vault->state, place, order, &why) != OK)
        log_halt(EXIT_HALT, "%s", why.sentence);
    return OK;
}

static enum err replay_outcome(struct vault *vault, const struct outcome *outcome)
{
    struct refusal why = {0};
    if (!vault->past->open)
        return replay_ordered(vault, outcome);
    if (mandate_past_outcome(vault->past, vault->state, &vault->seal.state, outcome, &why) !=
        OK)
        log_halt(EXIT_HALT, "%s", why.sentence);
    return OK;
}

static void replay_time(struct vault *vault, moment time)
{
    const struct clock clock = {vault->charter, vault->state, vault->newest};
    if (clock_counts(&clock, time) && time > vault->newest)
        vault->newest = time;
}

static void no_open_mandated(const struct vault *vault)
{
    struct refusal why = {0};
    if (mandate_past_other(vault->past, &why) != OK)
        log_halt(EXIT_HALT, "%s", why.sentence);
}

static enum err replay_kind(
    struct vault *vault, const struct intake *record, const struct place *place)
{
    if (record->kind == RECORD_OUTCOME)
        return replay_outcome(vault, &record->outcome);
    if (record->kind == RECORD_MANDATED)
        return replay_mandated(vault, &record->mandated, place);
    no_open_mandated(vault);
    if (record->kind == RECORD_OPENED)
        comeback_grow(&vault->back, place->index);
    return OK;
}

enum err replay_record(struct vault *vault, const struct message *message)
{
    struct intake record;
    struct place place;
    enum err err = intake_read(message->replay.text, INTAKE_REPLAY, &record);
    if (err == OK)
        err = tree_replay(vault->tree, message->replay.text, &place);
    if (err == OK)
        err = replay_kind(vault, &record, &place);
    if (err == OK)
        replay_time(vault, intake_time(&record));
    return err;
}

// Keys are destroyed only now that no record says that the seal was put back.
enum err replay_end(struct vault *vault, const struct message *message)
{
    bool due = vault->state->has_order && !vault->has_outcome;
    no_open_mandated(vault);
    free(vault->past);
    vault->past = NULL;
    vault->back.since = moment_now();
    comebacks_add(&vault->seal.comebacks, &vault->back);
    vault->stage = due ? VAULT_AT_REDO : VAULT_AT_SERVING;
    keys_sweep(vault);
    vault_now(vault);
    struct message up = {.kind = VAULT_UP, .id = message->id};
    up.durable.size = vault->tree->tip.size;
    return vault_say(vault, &up);
}
