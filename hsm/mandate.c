#include "hsm/mandate_judge.h"
#include "hsm/vault.h"

#include <stdlib.h>

// ---- signing ----

static void take_numbers(struct vault *vault, const struct block_need *needs, size_t need_count)
{
    for (size_t i = 0; i < need_count; i++)
        blocks_take(&vault->blocks, &needs[i]);
}

// The order is in the tree, and its numbers are used up, before the first signature is made.
static enum err sign(
    struct vault *vault, const struct message *message, const struct mandate_judgement *judged)
{
    struct place place;
    enum err err = tree_append(vault->tree, message->judge.order, &place);
    if (err != OK)
        return err;
    struct deed *deed = deed_new(vault, &judged->mandated.request, &place);
    if (deed == NULL)
        return ERR_MEMORY;
    deed_sign(
        deed, judged->request.items, judged->request.item_count, message->judge.payloads.at);
    err = deed_say(vault, message->id, deed);
    deed_free(deed);
    return err;
}

// ---- reserving ----

static bool suffice(
    const struct blocks *blocks, const struct block_need *needs, size_t need_count)
{
    for (size_t i = 0; i < need_count; i++)
        if (!blocks_suffice(blocks, &needs[i]))
            return false;
    return true;
}

// With nobody present nothing else may be sealed for longer than the charter's jump, however often it
// is signed: then the appliance would wait for a statement of the time (R13). Once an order: how long
// a seal takes, nobody knows.
static bool seal_is_old(const struct vault *vault, moment now)
{
    return !vault->renewed && now - vault->state->time > vault->charter->jump / 2;
}

// No order was sealed with this state: the one before has its outcome.
static enum err compose_next(struct vault *vault, const struct block_need *needs,
    size_t need_count, moment now, struct refusal *refusal)
{
    struct state *next = &vault->flight->next;
    *next = *vault->state;
    next->time = now;
    next->has_order = false;
    next->order = (struct place){0};
    for (size_t i = 0; i < need_count; i++) {
        if (blocks_suffice(&vault->blocks, &needs[i]))
            continue;
        enum err err = blocks_reserve(&vault->blocks, &needs[i], next, refusal);
        if (err != OK)
            return err;
    }
    return OK;
}

static enum err reserve(
    struct vault *vault, uint64_t id, enum err composed, struct refusal *refusal)
{
    struct message answer = {.kind = VAULT_RESERVE, .id = id};
    enum err err = flight_write(vault->flight, composed, refusal);
    if (err != OK)
        return err;
    vault->stage = VAULT_AT_RESERVE;
    answer.judged.state = bytes_span(&vault->flight->state_text);
    return vault_say(vault, &answer);
}

// With this seal the outcomes of orders are no longer known to be due: they must be durable.
enum err mandate_execute(struct vault *vault, const struct message *message)
{
    struct flight *flight = vault->flight;
    if (vault->told > vault->tree->durable.size) {
        log_warn("the ledger wants numbers sealed before the last outcome is durable");
        return ERR_FORM;
    }
    enum err err =
        vault_seal(vault, message->id, &flight->next, bytes_span(&flight->state_text));
    if (err != OK)
        return err;
    blocks_sealed(&vault->blocks, vault->state, &flight->next);
    *vault->state = flight->next;
    vault->renewed = true;
    vault->stage = VAULT_AT_SERVING;
    return OK;
}

// ---- judging ----

static enum err take_judged(struct vault *vault, const struct message *message,
    struct mandate_judgement *judged, struct refusal *refusal)
{
    struct block_need needs[LIMIT_MANDATES];
    enum err err = mandate_judge(judged, refusal);
    if (err != OK)
        return err;
    size_t need_count = mandate_needs(judged, needs);
    if (!suffice(&vault->blocks, needs, need_count) || seal_is_old(vault, judged->now))
        return reserve(vault, message->id,
            compose_next(vault, needs, need_count, judged->now, refusal), refusal);
    take_numbers(vault, needs, need_count);
    return sign(vault, message, judged);
}

enum err mandate_take(struct vault *vault, const struct message *message)
{
    struct refusal refusal = {0};
    struct mandate_judgement *judged = calloc(1, sizeof *judged);
    if (judged == NULL)
        return ERR_MEMORY;
    judged->charter = vault->charter;
    judged->state = vault->state;
    judged->keyring = vault->keyring;
    judged->blocks = &vault->blocks;
    judged->ask = message;
    judged->now = vault_now(vault);
    judged->newest = vault->newest;
    enum err err = take_judged(vault, message, judged, &refusal);
    vault->renewed = false;
    free(judged);
    return err == ERR_REFUSED ? vault_refuse(vault, message->id, &refusal) : err;
}
