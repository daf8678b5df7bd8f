// The keys of a role that may sign at all: those that the charter names for it, that are not retired,
// and that the token holds (R18). Whether a custodian released one is hsm/judge.h's. Pure.
#ifndef CONCLAVE_HSM_ROLE_KEYS_H
#define CONCLAVE_HSM_ROLE_KEYS_H

#include "hsm/keyring.h"
#include "proto/statement.h"

bool role_key_is_retired(const struct state *state, const struct role_key *key);

// By what keys are looked up. All borrowed.
struct role_keys {
    const struct charter *charter;
    const struct state *state;
    const struct keyring *keyring;
};
// Whether every key of the items' roles that may sign is here, each role has one, and all their
// signatures fit one outcome. ERR_REFUSED with the rule.
enum err must_check role_keys_check(const struct role_keys *keys, const struct item *items,
    size_t item_count, const char *rule, struct refusal *refusal);

#endif
