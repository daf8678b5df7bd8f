// An administrator's token (smart card, USB key or SoftHSM), reached through libp11. It holds one
// ECDSA P-256 key that never leaves it; here it signs statements and nothing else.
//
// A wrong PIN is tried once (R19). libp11 keeps the PIN in the heap while the token is open, so a
// program that opens one forbids core dumps and tracing first. One token is open at a time.
#ifndef CONCLAVE_CLIENT_TOKEN_H
#define CONCLAVE_CLIENT_TOKEN_H

#include "proto/refusal.h"
#include "signer/base/key.h"
#include "signer/base/secret.h"

struct admin_token;

// Which key on which token.
struct admin_token_name {
    const char *module; // path of the PKCS#11 module
    const char *label;  // of the token
    const char *key;    // label of the key; NULL: the token's only P-256 key
};

// Loads the module, finds the token by its label, logs in and finds the key. ERR_NOT_FOUND (no
// such token or key), ERR_PIN, ERR_TOKEN, ERR_KEY, ERR_MEMORY; `refusal` says what to do. The PIN
// is not kept by us. Ends with admin_token_close.
enum err must_check admin_token_open(const struct admin_token_name *name,
    const struct secret *pin, struct admin_token **out, struct refusal *refusal);
void admin_token_close(struct admin_token *token); // takes NULL

const struct key *admin_token_key(const struct admin_token *token);

// Appends the DER signature over `message` (ECDSA with SHA-256), verified in software before it
// is handed out. ERR_TOKEN; ERR_SIGNATURE when the token returned a signature that does not hold.
enum err must_check admin_token_sign(
    struct admin_token *token, struct span message, struct bytes *signature);

#endif
