#include "hsm/sign.h"
#include "hsm/vault.h"

#include <string.h>

// ---- judging ----

static void begin(struct vault *vault, const struct message *ask)
{
    struct judgement *judged = &vault->flight->judgement;
    memset(judged, 0, sizeof *judged);
    judged->charter = vault->charter;
    judged->state = vault->state;
    judged->keyring = vault->keyring;
    judged->durable = &vault->tree->durable;
    judged->ask = ask;
    judged->now = moment_now();
    judged->unseen = vault->unseen;
    judged->seen = vault->seen;
    judged->started = vault->started;
}

// The bytes that were judged are kept: what is signed later is not what somebody sends later.
static enum err keep_payloads(struct flight *flight, const struct span_list *payloads)
{
    bytes_reset(&flight->payloads);
    for (uint32_t i = 0; i < payloads->count; i++) {
        bytes_add(&flight->payloads, payloads->at[i]);
        flight->sizes[i] = payloads->at[i].size;
    }
    return bytes_finish(&flight->payloads);
}

static enum err keep(struct vault *vault, const struct message *ask)
{
    struct flight *flight = vault->flight;
    flight->judgement.ask = NULL;
    enum err err = keep_payloads(flight, &ask->judge.payloads);
    if (err == OK)
        err = tree_append(vault->tree, ask->judge.order, &flight->place);
    if (err == OK)
        err = judge_next(&flight->judgement, &flight->place, &flight->next);
    if (err != OK)
        return err;
    bytes_reset(&flight->state_text);
    state_write(&flight->next, &flight->state_text);
    return bytes_finish(&flight->state_text);
}

enum err order_judge(struct vault *vault, const struct message *message)
{
    struct refusal refusal = {0};
    begin(vault, message);
    enum err err = judge(&vault->flight->judgement, false, &refusal);
    if (err == ERR_REFUSED)
        return vault_refuse(vault, message->id, &refusal);
    if (err == OK)
        err = keep(vault, message);
    if (err != OK)
        return err;
    vault->stage = VAULT_AT_ORDER;
    struct message answer = {.kind = VAULT_JUDGED, .id = message->id};
    answer.judged.place = vault->flight->place;
    answer.judged.state = bytes_span(&vault->flight->state_text);
    return vault_say(vault, &answer);
}

// ---- carrying out ----

// What is signed, and for which order. All borrowed.
struct errand {
    const struct order *order;
    const struct opened *opened;
    const struct place *place;
    const struct span *payloads;
};

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
        answer.outcome.text = bytes_span(&text);
        signing_spans(signing, &answer.outcome.signatures);
        err = vault_say(vault, &answer);
    }
    bytes_clear(&text);
    return err;
}

static enum err carry_out(struct vault *vault, uint64_t id, const struct errand *errand)
{
    struct signing signing;
    struct refusal why = {0};
    signing_init(&signing, vault->token, vault->keyring, vault->charter);
    vault_must(signing_make(&signing, errand->opened->items, errand->opened->item_count,
                   errand->payloads, &why),
        &why);
    struct outcome outcome = {.time = moment_now(),
        .request = errand->order->request,
        .order = *errand->place,
        .state = vault->seal.state,
        .signature_count = signing.count};
    memcpy(outcome.signatures, signing.lines, signing.count * sizeof signing.lines[0]);
    enum err err = say_outcome(vault, id, &outcome, &signing);
    signing_clear(&signing);
    vault->stage = VAULT_AT_SERVING;
    return err;
}

static void payload_spans(const struct flight *flight, struct span out[LIMIT_ITEMS])
{
    size_t at = 0;
    for (size_t i = 0; i < flight->judgement.opened.item_count; i++) {
        out[i] = span_of(flight->payloads.data + at, flight->sizes[i]);
        at += flight->sizes[i];
    }
}

// The order is durable and judged; what the clock decides is decided once more (R6).
static enum err seal_and_sign(struct vault *vault, uint64_t id)
{
    struct flight *flight = vault->flight;
    struct span payloads[LIMIT_ITEMS];
    enum err err = vault_seal(vault, id, bytes_span(&flight->state_text));
    if (err != OK)
        return err;
    *vault->state = flight->next;
    payload_spans(flight, payloads);
    const struct errand errand = {
        &flight->judgement.order, &flight->judgement.opened, &flight->place, payloads};
    return carry_out(vault, id, &errand);
}

enum err order_execute(struct vault *vault, const struct message *message)
{
    struct flight *flight = vault->flight;
    struct refusal refusal = {0};
    if (flight->place.index >= vault->tree->durable.size) {
        log_warn("the ledger wants an order carried out that is not durable");
        return ERR_FORM;
    }
    flight->judgement.now = moment_now();
    enum err err = judge(&flight->judgement, true, &refusal);
    if (err == OK)
        err = seal_and_sign(vault, message->id);
    else if (err == ERR_REFUSED)
        err = vault_refuse(vault, message->id, &refusal);
    bytes_clear(&flight->payloads);
    vault->stage = VAULT_AT_SERVING;
    return err;
}

// ---- once more, after a start ----

static bool same_payloads(const struct opened *opened, const struct span_list *payloads)
{
    bool same = opened->item_count == payloads->count;
    for (size_t i = 0; same && i < opened->item_count; i++) {
        struct hash hash = hash_of(payloads->at[i]);
        same = hash_equal(&hash, &opened->items[i].payload);
    }
    return same;
}

// The state was sealed for this order, so each item is what it says of the role.
static bool state_has(const struct state *state, const struct opened *opened)
{
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct role_state *last = state_role(state, opened->items[i].role);
        if (last == NULL || last->version != opened->items[i].version ||
            !hash_equal(&last->payload, &opened->items[i].payload))
            return false;
    }
    return true;
}

static bool is_sealed_order(const struct vault *vault, const struct message *message,
    struct order *order, struct opened *opened)
{
    struct hash order_leaf = merkle_leaf(message->judge.order);
    struct hash opened_leaf = merkle_leaf(message->judge.opened);
    return hash_equal(&order_leaf, &vault->state->order.leaf) &&
           order_read(message->judge.order, order) == OK &&
           hash_equal(&opened_leaf, &order->opened.leaf) &&
           opened_read(message->judge.opened, opened) == OK &&
           hash_equal(&opened->request, &order->request) &&
           same_payloads(opened, &message->judge.payloads) && state_has(vault->state, opened);
}

enum err order_redo(struct vault *vault, const struct message *message)
{
    struct order order;
    struct opened opened;
    if (!is_sealed_order(vault, message, &order, &opened))
        log_halt(EXIT_HALT,
            "the ledger does not give the order that was sealed last; restore the ledger that "
            "belongs to this token");
    log_info("carrying out once more the order that was sealed without an outcome");
    const struct errand errand = {
        &order, &opened, &vault->state->order, message->judge.payloads.at};
    return carry_out(vault, message->id, &errand);
}
