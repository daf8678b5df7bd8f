// What a ledger says at start was signed under mandates behind the seal (R10). Each order under
// mandates stands with its outcome directly behind it, both names what is sealed, and together they stay
// within one block: the vault reserves the next one, with a seal, before it signs more. Anything else
// was signed by a token that had a newer seal. Pure.
#ifndef CONCLAVE_HSM_MANDATE_PAST_H
#define CONCLAVE_HSM_MANDATE_PAST_H

#include "hsm/block.h"
#include "proto/record.h"

// All zero at first.
struct mandate_past {
    bool open; // an order came, and its outcome comes next
    struct place place;
    struct mandated order;
    uint64_t used[LIMIT_MANDATES]; // payloads, of each mandate of the state
};

// The next record is an order under mandates, at that place. ERR_REFUSED with R10 and what to do.
enum err must_check mandate_past_order(struct mandate_past *past, const struct state *state,
    const struct place *place, const struct mandated *order, struct refusal *refusal);
// The next one is its outcome; `sealed`: the hash of the state. As above.
enum err must_check mandate_past_outcome(struct mandate_past *past, const struct state *state,
    const struct hash *sealed, const struct outcome *outcome, struct refusal *refusal);
// It is another record, or there is none. As above, while an outcome is awaited.
enum err must_check mandate_past_other(
    const struct mandate_past *past, struct refusal *refusal);

#endif
