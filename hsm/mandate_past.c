#include "hsm/mandate_past.h"

#include "proto/name.h"

#include <string.h>

static enum err put_back(struct refusal *refusal)
{
    return refuse(refusal, "R10",
        "the ledger holds signatures under mandates that the seal in the token does not cover: "
        "the token was put back to an older copy. Find the newest one; with this one nothing "
        "is signed");
}

enum err mandate_past_other(const struct mandate_past *past, struct refusal *refusal)
{
    if (!past->open)
        return OK;
    return refuse(refusal, "R10",
        "the ledger holds an order under mandates without its outcome, and both are written "
        "at once: restore the ledger that belongs to this token");
}

enum err mandate_past_order(struct mandate_past *past, const struct state *state,
    const struct place *place, const struct mandated *order, struct refusal *refusal)
{
    enum err err = mandate_past_other(past, refusal);
    if (err != OK)
        return err;
    for (size_t i = 0; i < order->mandate_count; i++) {
        const struct mandate_named *named = &order->mandates[i];
        const struct mandate_state *mandate = state_mandate(state, named->role);
        if (mandate == NULL || !mandate->live || !hash_equal(&mandate->text, &named->text))
            return put_back(refusal);
    }
    past->open = true;
    past->place = *place;
    past->order = *order;
    return OK;
}

static bool is_named(const struct mandated *order, const char *role)
{
    for (size_t i = 0; i < order->mandate_count; i++)
        if (strcmp(order->mandates[i].role, role) == 0)
            return true;
    return false;
}

// An item's lines stand together.
static bool is_next_payload(const struct outcome *outcome, size_t at)
{
    const struct outcome_signature *line = &outcome->signatures[at];
    return at == 0 || strcmp(line->role, line[-1].role) != 0;
}

static bool fits_block(struct mandate_past *past, const struct state *state,
    const struct outcome_signature *line, bool another)
{
    for (size_t i = 0; i < state->mandate_count; i++) {
        const struct mandate_state *mandate = &state->mandates[i];
        if (!item_is_of(line->role, mandate->role))
            continue;
        past->used[i] += another;
        return is_named(&past->order, mandate->role) && line->version <= mandate->top &&
               past->used[i] <= BLOCK_MOST && past->used[i] <= mandate->reserved;
    }
    return false;
}

enum err mandate_past_outcome(struct mandate_past *past, const struct state *state,
    const struct hash *sealed, const struct outcome *outcome, struct refusal *refusal)
{
    bool fits = past->open && outcome->order.index == past->place.index &&
                hash_equal(&outcome->order.leaf, &past->place.leaf) &&
                hash_equal(&outcome->request, &past->order.request) &&
                hash_equal(&outcome->state, sealed) && outcome->signature_count > 0;
    for (size_t i = 0; fits && i < outcome->signature_count; i++)
        fits = fits_block(past, state, &outcome->signatures[i], is_next_payload(outcome, i));
    past->open = false;
    return fits ? OK : put_back(refusal);
}
