// The choice of a token: which of the tokens that are plugged in, and which key in it, a command
// means. It is made from public objects alone, before anybody is asked for a PIN, and goes by whose
// key it is and by what the token is called, never by slots, which move.
#ifndef CONCLAVE_ADMIN_CLI_TOKEN_CHOICE_H
#define CONCLAVE_ADMIN_CLI_TOKEN_CHOICE_H

#include "admin-cli/holders.h"
#include "client/token.h"

// What the command was told.
struct token_wanted {
    const char *module;
    const char *token;             // label, or serial:NUMBER; NULL: the one that will do
    const char *key_label;         // NULL: the one key that will do
    const struct holders *holders; // NULL: anybody's
};

// Fills in `place`, which borrows from the rack and from what was wanted. A token that was named but
// shows no key without a PIN is taken, with no key. ERR_NOT_FOUND: no such token or key, or none that
// would do. ERR_TOKEN: more than one. ERR_REFUSED: the named token's key is nobody's that would do.
// The sentence names whose key is needed, and what was found.
enum err must_check token_choose(const struct rack *rack, const struct token_wanted *wanted,
    struct admin_token_place *place, struct refusal *refusal);

// The only token that can be logged in to, or the named one, whatever keys it has: for a new key.
// As above.
enum err must_check token_choose_bare(const struct rack *rack,
    const struct token_wanted *wanted, struct admin_token_place *place,
    struct refusal *refusal);

#endif
