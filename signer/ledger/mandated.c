// Orders under mandates (ARCHITECTURE.md, "Mandates"), one at a time and none beside
// an order of a quorum's; and what items signed last in this way.
#include "signer/ledger/ledger.h"

#include "proto/name.h"
#include "signer/ledger/lasts.h"

#include <stdlib.h>
#include <string.h>

enum {
    // Beside what the order brings: two records and a state.
    HELD_BYTES = 2 * LIMIT_RECORD + LIMIT_STATE,
    HELD_PIECES = 3,
    // For each item a signature by a key or two, and what it signed last.
    HELD_ITEM_BYTES = 2 * KEY_SIGNATURE_MOST,
    HELD_ITEM_PIECES = 2,
};

// ---- what the keeper orders ----

static const struct piece *find_piece(const struct held *held, const struct hash *hash)
{
    for (uint32_t i = 0; i < held->piece_count; i++)
        if (hash_equal(&held->pieces[i].hash, hash))
            return &held->pieces[i];
    return NULL;
}

// The pieces are the message's own until the order is taken.
static void find_pieces(struct ledger *ledger, const struct span_list *blobs)
{
    struct held *held = &ledger->held;
    held->piece_count = 0;
    for (uint32_t i = 0; i < blobs->count; i++) {
        struct piece piece = {.hash = hash_of(blobs->at[i]), .bytes = blobs->at[i]};
        if (find_piece(held, &piece.hash) != NULL)
            ledger_distrust("keeper", "an order under mandates with the same bytes twice");
        held->pieces[held->piece_count++] = piece;
    }
}

static bool request_names(const struct held *held, const struct hash *hash)
{
    const struct request *request = &held->request;
    for (size_t i = 0; i < request->item_count; i++)
        if (hash_equal(&request->items[i].payload, hash))
            return true;
    for (size_t i = 0; i < request->evidence_count; i++)
        if (hash_equal(&request->evidence[i], hash))
            return true;
    return false;
}

// Everything that the request names is here, and nothing else: a keeper stores no other bytes.
static void check_pieces(const struct ledger *ledger)
{
    const struct held *held = &ledger->held;
    const struct request *request = &held->request;
    for (uint32_t i = 0; i < held->piece_count; i++)
        if (!hash_equal(&held->pieces[i].hash, &ledger->signing.request) &&
            !request_names(held, &held->pieces[i].hash))
            ledger_distrust("keeper", "an order under mandates with bytes that nobody named");
    bool whole = true;
    for (size_t i = 0; whole && i < request->item_count; i++)
        whole = find_piece(held, &request->items[i].payload) != NULL;
    for (size_t i = 0; whole && i < request->evidence_count; i++)
        whole = find_piece(held, &request->evidence[i]) != NULL;
    if (!whole)
        ledger_distrust("keeper", "an order under mandates without the bytes that it names");
}

static void read_request(struct ledger *ledger)
{
    struct held *held = &ledger->held;
    const struct piece *text = find_piece(held, &ledger->signing.request);
    if (text == NULL || request_read(text->bytes, &held->request) != OK)
        ledger_distrust("keeper", "an order under mandates without its request");
    held->text = text->bytes;
    check_pieces(ledger);
}

static uint64_t cost_of(const struct held *held)
{
    uint64_t items = held->request.item_count;
    uint64_t bytes = HELD_BYTES + items * HELD_ITEM_BYTES;
    for (uint32_t i = 0; i < held->piece_count; i++)
        bytes += held->pieces[i].bytes.size;
    return store_cost(bytes, HELD_PIECES + held->piece_count + items * HELD_ITEM_PIECES);
}

// Copies what it needs: the keeper's buffer moves before the vault has answered.
static void hold(struct ledger *ledger, uint64_t cost)
{
    struct held *held = &ledger->held;
    for (uint32_t i = 0; i < held->piece_count; i++) {
        struct span *bytes = &held->pieces[i].bytes;
        bool text = bytes->data == held->text.data;
        ledger_must(ledger, copies_add(&held->copies, *bytes, bytes));
        if (text)
            held->text = *bytes;
    }
    held->cost = cost;
    held->reserved = false;
}

void mandated_drop(struct ledger *ledger)
{
    copies_clear(&ledger->held.copies);
    ledger->held.piece_count = 0;
    ledger->held.cost = 0;
}

// Nobody is asked about it, so it was never open.
static void check_fate(struct ledger *ledger)
{
    struct fate_row row;
    const struct hash *request = &ledger->signing.request;
    ledger_must(ledger, fates_get(ledger->store, request, &row));
    if (row.fate != FATE_UNKNOWN || intake_opens(ledger, request))
        ledger_distrust("keeper", "an order under mandates for a request that was opened");
}

static void take_order(struct ledger *ledger, const struct message *message)
{
    struct signing *signing = &ledger->signing;
    struct mandated order;
    if (signing->step != SIGN_NONE)
        ledger_distrust("keeper", "a second order while one is in flight");
    if (mandated_read(message->record.text, &order) != OK)
        ledger_distrust("keeper", "an order under mandates that does not read");
    signing->way = WAY_MANDATED;
    signing->request = order.request;
    signing->asker = message->id;
    signing->new_charter = false;
}

static void ask_vault(struct ledger *ledger)
{
    const struct held *held = &ledger->held;
    struct message judge = {.kind = VAULT_MANDATE, .id = ledger_serial(ledger)};
    judge.judge.order = bytes_span(&ledger->signing.order_text);
    judge.judge.request = held->text;
    judge.judge.payloads.count = (uint32_t)held->request.item_count;
    for (size_t i = 0; i < held->request.item_count; i++)
        judge.judge.payloads.at[i] = find_piece(held, &held->request.items[i].payload)->bytes;
    ledger->signing.id = judge.id;
    ledger->signing.step = SIGN_MANDATED;
    ledger_to_vault(ledger, &judge);
}

enum err mandated_order(struct ledger *ledger, const struct message *message)
{
    take_order(ledger, message);
    if (sign_is_known(ledger, message->id))
        return OK;
    check_fate(ledger);
    find_pieces(ledger, &message->record.blobs);
    read_request(ledger);
    uint64_t cost = cost_of(&ledger->held);
    if (ledger_refuses_without_room(ledger, message->id, cost, STORE_RESERVE_REQUESTS)) {
        mandated_drop(ledger);
        return OK;
    }
    hold(ledger, cost);
    ledger_keep(ledger, &ledger->signing.order_text, message->record.text);
    ask_vault(ledger);
    return OK;
}

// ---- numbers ----

static void expect(const struct ledger *ledger, const struct message *message, const char *what)
{
    if (ledger->signing.step != SIGN_MANDATED || message->id != ledger->signing.id)
        ledger_distrust("vault", what);
}

enum err mandated_reserve(struct ledger *ledger, const struct message *message)
{
    expect(ledger, message, "a reservation that nobody asked for");
    // What was reserved for the order lasts for it.
    if (ledger->held.reserved)
        ledger_distrust("vault", "a second reservation for one order");
    ledger->held.reserved = true;
    // One that was stored before and not sealed goes first, so that they are never many.
    ledger_must(ledger, states_keep(ledger->store, &ledger->sealed.state, &ledger->last_state));
    sign_store_state(ledger, message->judged.state);
    return OK;
}

void mandated_sealed(struct ledger *ledger)
{
    ask_vault(ledger);
}

// ---- the outcome ----

// The items in the request's order, each with a signature or more; nothing else was done.
static void check_items(const struct request *request, const struct outcome *outcome)
{
    size_t at = 0;
    for (size_t i = 0; i < request->item_count; i++) {
        const struct item *item = &request->items[i];
        size_t first = at;
        while (at < outcome->signature_count &&
               outcome->signatures[at].version == item->version &&
               strcmp(outcome->signatures[at].role, item->role) == 0)
            at++;
        if (at == first)
            ledger_distrust("vault", "an outcome that leaves out what was asked for");
    }
    if (at != outcome->signature_count)
        ledger_distrust("vault", "an outcome with more than was asked for");
}

static void check_outcome(
    const struct ledger *ledger, const struct outcome *outcome, const struct place *order)
{
    if (!hash_equal(&outcome->request, &ledger->signing.request) ||
        outcome->order.index != order->index ||
        !hash_equal(&outcome->order.leaf, &order->leaf) ||
        !hash_equal(&outcome->state, &ledger->sealed.state) || outcome->adds ||
        outcome->missing > 0)
        ledger_distrust("vault", "the outcome of another order");
    check_items(&ledger->held.request, outcome);
}

static void store_pieces(struct ledger *ledger)
{
    const struct held *held = &ledger->held;
    for (uint32_t i = 0; i < held->piece_count; i++)
        ledger_must(
            ledger, blobs_put(ledger->store, &held->pieces[i].hash, held->pieces[i].bytes));
}

// A keeper that was taken over could have a vehicle's versions fall; no signature leaves for that.
static void store_lasts(struct ledger *ledger)
{
    const struct request *request = &ledger->held.request;
    for (size_t i = 0; i < request->item_count; i++) {
        const struct item *item = &request->items[i];
        const struct last last = {.version = item->version, .payload = item->payload};
        enum err err =
            lasts_put(ledger->store, item->role, &last, ledger->signing.outcome.index);
        if (err == ERR_FORM)
            ledger_distrust("keeper", "an order for a version below what was signed last");
        ledger_must(ledger, err);
    }
}

// The order first: its record is what the outcome's fate rests on.
enum err mandated_outcome(struct ledger *ledger, const struct message *message)
{
    struct outcome outcome;
    expect(ledger, message, "an outcome that nobody asked for");
    if (outcome_read(message->outcome.text, &outcome) != OK)
        ledger_distrust("vault", "an outcome that does not read");
    check_outcome(ledger, &outcome, &message->outcome.order);
    sign_append(ledger, bytes_span(&ledger->signing.order_text), &message->outcome.order,
        &ledger->signing.place);
    store_pieces(ledger);
    sign_store_outcome(ledger, message, &outcome);
    store_lasts(ledger);
    mandated_drop(ledger);
    sign_promise(ledger);
    return OK;
}

// ---- what items signed last ----

static void add_last(
    struct ledger *ledger, struct span name, struct message *answer, size_t *left)
{
    char item[LIMIT_ROLE_NAME + 1];
    struct last_list *list = &answer->lasts.at;
    struct span_list *payloads = &answer->lasts.payloads;
    if (!item_name_is_good(name))
        ledger_distrust("keeper", "a question about an item that cannot be");
    memcpy(item, name.data, name.size);
    item[name.size] = '\0';
    struct span *payload = &payloads->at[payloads->count++];
    ledger_must(ledger, lasts_get(ledger->store, item, *left, &ledger->copies,
                            &list->at[list->count++], payload));
    *left -= payload->size;
}

enum err mandated_ask_last(struct ledger *ledger, const struct message *message)
{
    struct message answer = {.kind = LAST_ARE, .id = message->id};
    const struct span_list *names = &message->last.names;
    size_t left = LIMIT_LAST_BYTES;
    if (names->count > LIMIT_LASTS)
        ledger_distrust("keeper", "a question about more items than a request has");
    if (commit_promise_fate(ledger, message->id, &message->last.request))
        return OK;
    for (uint32_t i = 0; i < names->count; i++)
        add_last(ledger, names->at[i], &answer, &left);
    ledger_to_keeper(ledger, &answer);
    return OK;
}
