// A token reached through libp11: everything but Ed25519. For client/token.c alone, which has looked
// at the token's state before: libp11 hangs on a token that was never initialised.
#ifndef CONCLAVE_CLIENT_TOKEN_P11_H
#define CONCLAVE_CLIENT_TOKEN_P11_H

#include "client/token.h"

struct p11;

// As admin_token_open; `out` is the key that was found. Ends with p11_close.
enum err must_check p11_open(const struct admin_token_place *place, const struct secret *pin,
    struct p11 **opened, struct key *out, struct refusal *refusal);
void p11_close(struct p11 *p11); // takes NULL
// Appends the signature. ERR_TOKEN. It is not verified here.
enum err must_check p11_sign(
    struct p11 *p11, const struct key *key, struct span message, struct bytes *signature);

#endif
