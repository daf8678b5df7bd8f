// An administrator's token (smart card, USB key, TPM or SoftHSM) with a key that never leaves it;
// here it signs statements and nothing else. libp11 reaches it, as OpenSSL wants a key; but libp11
// gives up on a whole token for one Ed25519 key, so one that holds any is reached by hsm/'s own
// calls. Nobody who uses this sees the difference.
//
// A wrong PIN is tried once (R19). libp11 keeps the PIN in the heap while the token is open, so a
// program that opens one forbids core dumps and tracing first. One token is open at a time.
#ifndef CONCLAVE_CLIENT_TOKEN_H
#define CONCLAVE_CLIENT_TOKEN_H

#include "hsm/rack.h"

struct admin_token;

// Which key on which token.
struct admin_token_place {
    const char *module;             // path of the PKCS#11 module
    const struct rack *rack;        // what rack_read said of it
    const struct rack_token *token; // one of the rack's
    // One of the token's. NULL: it shows none before the log-in, where then the key of this label is
    // looked for, or (NULL) the only one.
    const struct rack_key *key;
    const char *key_label;
};

// Whether there is anything to log in to: ERR_TOKEN for a token that was never initialised, has no
// user PIN, or cannot be told from another; ERR_PIN for a locked one. `refusal` says
// what to do. Asks the token nothing.
enum err must_check admin_token_ready(
    const struct admin_token_place *place, struct refusal *refusal);
// Logs in and finds the key. What admin_token_ready says; ERR_NOT_FOUND (no such key, or the token is
// no longer there), ERR_PIN, ERR_TOKEN, ERR_KEY, ERR_MEMORY; `refusal` says what to do. The PIN is
// not kept by us. Ends with admin_token_close.
enum err must_check admin_token_open(const struct admin_token_place *place,
    const struct secret *pin, struct admin_token **out, struct refusal *refusal);
void admin_token_close(struct admin_token *token); // takes NULL

const struct key *admin_token_key(const struct admin_token *token);

// Appends the signature over `message`, by the mechanism that the key's type gives (R15) and as
// key_verify takes it; it is verified so before it is handed out. ERR_TOKEN; ERR_SIGNATURE when the
// token returned a signature that does not hold.
enum err must_check admin_token_sign(struct admin_token *token, struct span message,
    struct bytes *signature, struct refusal *refusal);

#endif
