#include "hsm/sign.h"
#include "hsm/vault.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- what is done ----

static enum err say_outcome(struct vault *vault, uint64_t id, const struct outcome *outcome,
    const struct signing *signing)
{
    struct bytes text;
    struct message answer = {.kind = VAULT_OUTCOME, .id = id};
    bytes_init(&text, LIMIT_RECORD);
    outcome_write(outcome, &text);
    enum err err = bytes_finish(&text);
    if (err == OK)
        err = tree_append(vault->tree, bytes_span(&text), &answer.outcome.place);
    if (err == OK) {
        vault_saw(vault, outcome->time);
        answer.outcome.text = bytes_span(&text);
        signing_spans(signing, &answer.outcome.signatures);
        err = vault_say(vault, &answer);
    }
    bytes_clear(&text);
    return err;
}

static void sign(struct vault *vault, const struct errand *errand, struct signing *signing,
    struct outcome *outcome)
{
    struct refusal why = {0};
    signing->token = vault->token;
    signing->keyring = vault->keyring;
    signing->charter = vault->charter;
    signing->state = vault->state;
    signing->adds = errand->order->adds;
    vault_must(signing_make(signing, errand->opened->items, errand->opened->item_count,
                   errand->payloads, &why),
        &why);
    outcome->adds = errand->order->adds;
    outcome->added_to = errand->order->added_to;
    outcome->missing =
        signing_missing(signing, errand->opened->items, errand->opened->item_count);
    outcome->signature_count = signing->count;
    memcpy(outcome->signatures, signing->lines, signing->count * sizeof signing->lines[0]);
}

// What a motion says is in the sealed state already; keys alone are in the token too.
static void do_motion(struct vault *vault, const struct errand *errand, struct outcome *outcome)
{
    const struct item *item = &errand->opened->items[0];
    struct keys_motion motion;
    snprintf(outcome->done, sizeof outcome->done, "%s", item->role);
    outcome->done_number = item->version;
    if (motion_of(item->role) != MOTION_KEYS)
        return;
    vault_must(keys_motion_read(errand->payloads[0], &motion), NULL);
    keys_destroy(vault, &motion);
    outcome->made_count = keys_made(vault->state, &motion, outcome->made);
}

static void do_freeze(const struct errand *errand, struct outcome *outcome)
{
    snprintf(outcome->done, sizeof outcome->done, "%s", OUTCOME_FREEZE);
    outcome->done_number = errand->freeze_number;
}

// What is done and what is said of it; a hundred kilobytes, so not on the stack.
struct deed {
    struct signing signing;
    struct outcome outcome;
};

enum err execute_errand(struct vault *vault, uint64_t id, const struct errand *errand)
{
    struct deed *deed = calloc(1, sizeof *deed);
    if (deed == NULL)
        return ERR_MEMORY;
    deed->outcome.time = vault_now(vault);
    deed->outcome.request = errand->request;
    deed->outcome.order = errand->place;
    deed->outcome.state = vault->seal.state;
    signing_init(&deed->signing);
    if (errand->order == NULL)
        do_freeze(errand, &deed->outcome);
    else if (motion_of(errand->opened->items[0].role) != MOTION_NONE)
        do_motion(vault, errand, &deed->outcome);
    else
        sign(vault, errand, &deed->signing, &deed->outcome);
    enum err err = say_outcome(vault, id, &deed->outcome, &deed->signing);
    signing_clear(&deed->signing);
    free(deed);
    vault->stage = VAULT_AT_SERVING;
    return err;
}

// ---- what is in flight ----

static void payload_spans(const struct flight *flight, struct span out[LIMIT_ITEMS])
{
    size_t at = 0;
    for (size_t i = 0; i < flight->judgement.opened.item_count; i++) {
        out[i] = span_of(flight->payloads.data + at, flight->sizes[i]);
        at += flight->sizes[i];
    }
}

// With the seal a new charter is in force, and a time that was stated is the time.
static void move_on(struct vault *vault)
{
    struct flight *flight = vault->flight;
    struct govern *govern = flight->freezes ? NULL : flight->judgement.govern;
    *vault->state = flight->next;
    flight->made_count = 0; // the state names them now
    if (govern != NULL && govern->motion == MOTION_CHARTER) {
        struct charter *old = vault->charter;
        vault->charter = govern->charter;
        govern->charter = old;
        log_info("charter %" PRIu64 " is in force", vault->charter->epoch);
    }
    if (govern != NULL && govern->motion == MOTION_TIME)
        vault->newest = 0;
}

// The order is durable and judged; what the clock decides was decided once more (R6).
static enum err seal_and_do(struct vault *vault, uint64_t id)
{
    struct flight *flight = vault->flight;
    struct span payloads[LIMIT_ITEMS] = {{0}};
    struct errand errand = {.place = flight->place, .payloads = payloads};
    enum err err = vault_seal(vault, id, &flight->next, bytes_span(&flight->state_text));
    if (err != OK)
        return err;
    move_on(vault);
    if (flight->freezes) {
        errand.request = flight->freeze.frozen.request;
        errand.freeze_number = flight->freeze.frozen.freeze.number;
    } else {
        payload_spans(flight, payloads);
        errand.request = flight->judgement.order.request;
        errand.order = &flight->judgement.order;
        errand.opened = &flight->judgement.opened;
    }
    return execute_errand(vault, id, &errand);
}

static enum err judge_again(struct vault *vault, struct refusal *refusal)
{
    struct judgement *judged = &vault->flight->judgement;
    if (vault->flight->freezes)
        return OK;
    judged->now = vault_now(vault);
    judged->newest = vault->newest;
    return judge(judged, true, refusal);
}

enum err execute_flight(struct vault *vault, const struct message *message)
{
    struct refusal refusal = {0};
    if (vault->flight->place.index >= vault->tree->durable.size) {
        log_warn("the ledger wants an order carried out that is not durable");
        return ERR_FORM;
    }
    enum err err = judge_again(vault, &refusal);
    if (err == OK)
        err = seal_and_do(vault, message->id);
    else if (err == ERR_REFUSED)
        err = vault_refuse(vault, message->id, &refusal);
    flight_drop(vault);
    vault->stage = VAULT_AT_SERVING;
    return err;
}
