// The keyring: the private keys of the vault's token, found once at start and followed from there.
// One is the log's; each other serves the one role that is its label.
#ifndef CONCLAVE_HSM_KEYRING_H
#define CONCLAVE_HSM_KEYRING_H

#include "hsm/token.h"
#include "policy/charter.h"
#include "policy/state.h"

// A label that no role has: a role's name holds a slash.
#define KEYRING_LOG "conclave.log"

struct keyring {
    struct token_key log;
    struct token_key keys[TOKEN_KEYS_MOST];
    size_t count;
};

// Lists the token's private keys and checks that each has the attributes it was made with (R18).
// ERR_NOT_FOUND: there is none at all. ERR_KEY: no log key or two, one of another type than
// Ed25519, or a key that was not made like ours. ERR_TOKEN.
enum err must_check keyring_load(struct token *token, struct keyring *out, struct refusal *why);
// For a role, or what an item of it is called. NULL when the token holds no such key for it.
const struct token_key *keyring_find(
    const struct keyring *keyring, const char *item, const struct hash *id);
// A key that was made; ERR_LIMIT. One that was destroyed.
enum err must_check keyring_add(struct keyring *keyring, const struct token_key *key);
void keyring_drop(struct keyring *keyring, const struct hash *id);

// Whether every key that the charter or the state (NULL: none yet) names is here for its role, and
// the charter's log is this one. ERR_REFUSED with R18 and the name of the first that is missing.
enum err must_check keyring_holds(const struct keyring *keyring, const struct charter *charter,
    const struct state *state, struct refusal *why);
// The first key that neither names for its role; NULL when each is named.
const struct token_key *keyring_stray(
    const struct keyring *keyring, const struct charter *charter, const struct state *state);
// Whether the keys of a first charter and those of the token are the same. ERR_REFUSED with R18.
enum err must_check keyring_fits(
    const struct keyring *keyring, const struct charter *charter, struct refusal *why);

#endif
