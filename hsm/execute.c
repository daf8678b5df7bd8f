#include "hsm/vault.h"

#include <inttypes.h>
#include <stdio.h>

// ---- what is done ----

static void sign(const struct errand *errand, struct deed *deed)
{
    const struct opened *opened = errand->opened;
    deed->signing.adds = errand->order->adds;
    deed_sign(deed, opened->items, opened->item_count, errand->payloads);
    deed->outcome.adds = errand->order->adds;
    deed->outcome.added_to = errand->order->added_to;
    deed->outcome.missing = signing_missing(&deed->signing, opened->items, opened->item_count);
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

enum err execute_errand(struct vault *vault, uint64_t id, const struct errand *errand)
{
    struct deed *deed = deed_new(vault, &errand->request, &errand->place);
    if (deed == NULL)
        return ERR_MEMORY;
    if (errand->order == NULL)
        do_freeze(errand, &deed->outcome);
    else if (motion_of(errand->opened->items[0].role) != MOTION_NONE)
        do_motion(vault, errand, &deed->outcome);
    else
        sign(errand, deed);
    enum err err = deed_say(vault, id, deed);
    deed_free(deed);
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
