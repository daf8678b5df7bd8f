// The version rule, one for keeper and vault (R12): how an item may follow what its role signed
// last. Pure.
#ifndef CONCLAVE_POLICY_CHAIN_H
#define CONCLAVE_POLICY_CHAIN_H

#include "policy/state.h"
#include "proto/refusal.h"

// root: exactly last + 1 (1 when nothing was signed); every other role: above the last; or the
// last version again over the same bytes. ERR_REFUSED with R12 otherwise.
enum err must_check chain_follows(
    const struct state *state, const struct item *item, struct refusal *refusal);
// The payload that an item builds on: the last sealed one, or none.
struct hash chain_previous(const struct state *state, const char *role);

#endif
