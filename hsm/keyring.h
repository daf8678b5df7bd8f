// The keyring: the private keys of the vault's token, found once at start. One is the log's; each
// other serves the one role that is its label.
#ifndef CONCLAVE_HSM_KEYRING_H
#define CONCLAVE_HSM_KEYRING_H

#include "hsm/token.h"
#include "policy/charter.h"

// A label that no role has: a role's name holds a slash.
#define KEYRING_LOG "conclave.log"

struct keyring {
    struct token_key log;
    struct token_key keys[LIMIT_KEYS];
    size_t count;
};

// Lists the token's private keys and checks that each has the attributes it was made with (R18).
// ERR_NOT_FOUND: there is none at all. ERR_KEY: no log key or two, one of another type than
// Ed25519, or a key that was not made like ours. ERR_TOKEN.
enum err must_check keyring_load(struct token *token, struct keyring *out, struct refusal *why);
// NULL when the token holds no such key for the role.
const struct token_key *keyring_find(
    const struct keyring *keyring, const char *role, const struct hash *id);
// Whether the keys of the charter and those of the token are the same, for the same roles, and the
// charter's log is this one. ERR_REFUSED with R18 and the name of the first that differs.
enum err must_check keyring_fits(
    const struct keyring *keyring, const struct charter *charter, struct refusal *why);

#endif
