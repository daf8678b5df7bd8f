#include "hsm/vault.h"
#include "policy/chain.h"

static bool same_payloads(const struct opened *opened, const struct span_list *payloads)
{
    bool same = opened->item_count == payloads->count;
    for (size_t i = 0; same && i < opened->item_count; i++) {
        struct hash hash = hash_of(payloads->at[i]);
        same = hash_equal(&hash, &opened->items[i].payload);
    }
    return same;
}

// The state was sealed for this order, so each item is what it says of the role or kind. Lifts are
// no chain.
static bool state_has(const struct state *state, const struct opened *opened)
{
    for (size_t i = 0; i < opened->item_count; i++) {
        enum motion motion = motion_of(opened->items[i].role);
        struct hash last = motion == MOTION_MANDATE
                               ? chain_mandate(state, opened->decides[0])
                               : chain_previous(state, opened->items[i].role);
        if (motion != MOTION_LIFT && !hash_equal(&last, &opened->items[i].payload))
            return false;
    }
    return true;
}

static bool is_sealed_order(const struct vault *vault, const struct message *message,
    struct order *order, struct opened *opened)
{
    struct hash opened_leaf = merkle_leaf(message->judge.opened);
    return order_read(message->judge.order, order) == OK &&
           hash_equal(&opened_leaf, &order->opened.leaf) &&
           opened_read(message->judge.opened, opened) == OK &&
           hash_equal(&opened->request, &order->request) &&
           same_payloads(opened, &message->judge.payloads) && state_has(vault->state, opened);
}

static _Noreturn void halt(void)
{
    log_halt(EXIT_HALT,
        "the ledger does not give the order that was sealed last; restore the ledger that "
        "belongs to this token");
}

static enum err redo_order(struct vault *vault, const struct message *message)
{
    struct order order;
    struct opened opened;
    if (!is_sealed_order(vault, message, &order, &opened))
        halt();
    const struct errand errand = {.request = order.request,
        .place = vault->state->order,
        .order = &order,
        .opened = &opened,
        .payloads = message->judge.payloads.at};
    return execute_errand(vault, message->id, &errand);
}

static enum err redo_freeze(struct vault *vault, const struct message *message)
{
    struct frozen frozen;
    if (frozen_read(message->judge.order, &frozen) != OK)
        halt();
    const struct errand errand = {.request = frozen.request,
        .place = vault->state->order,
        .freeze_number = frozen.freeze.number};
    return execute_errand(vault, message->id, &errand);
}

enum err redo_sealed(struct vault *vault, const struct message *message)
{
    struct hash leaf = merkle_leaf(message->judge.order);
    if (!hash_equal(&leaf, &vault->state->order.leaf))
        halt();
    log_info("carrying out once more the order that was sealed without an outcome");
    bool freezes = record_kind(message->judge.order) == RECORD_FROZEN;
    return freezes ? redo_freeze(vault, message) : redo_order(vault, message);
}
