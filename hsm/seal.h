// The seal: the vault's small memory (design section 2). A private data object in the token, of
// fixed layout, authenticated by a token key that can do HMAC-SHA-256 and nothing else. SoftHSM
// encrypts such an object but does not notice a flipped bit; the HMAC does.
//
//   16 bytes "conclave.seal.v1" | u64 number | u64 epoch | 32 charter | u64 size | 32 root |
//   32 state | comebacks: u64 count, 32 x (u64 from | u64 to | u64 since), zero behind the last |
//   32 HMAC-SHA-256 over all before it                                (integers big-endian)
//
// The token is the vault's alone: every data object in it is a seal, or what is left of one.
#ifndef CONCLAVE_HSM_SEAL_H
#define CONCLAVE_HSM_SEAL_H

#include "hsm/comeback.h"
#include "hsm/token.h"
#include "signer/base/hash.h"

struct seal {
    uint64_t number; // from 1, one more each time
    uint64_t epoch;
    struct hash charter;
    uint64_t size; // of the tree, durable when this was sealed
    struct hash root;
    struct hash state; // SHA-256 of the state's text
    struct comebacks comebacks;
};

enum {
    SEAL_SIZE = 168 + 8 + COMEBACKS_MOST * 24,
    // Data objects looked at: one seal, one that was being written, and what others left there.
    SEALS_MOST = 64,
};

// The HMAC key in the token.
struct seal_key {
    unsigned long handle;
};
// Generates it with every attribute stated, and reads them back.
enum err must_check seal_key_generate(
    struct token *token, struct seal_key *out, struct refusal *why);
// Finds the only one and checks its attributes. ERR_NOT_FOUND: there is no secret key at all;
// ERR_KEY: more than one, or one that was not made like this.
enum err must_check seal_key_find(
    struct token *token, struct seal_key *out, struct refusal *why);

// How many seals there are, valid or not.
enum err must_check seal_count(struct token *token, size_t *out, struct refusal *why);
// The valid one with the highest number; once it is found all others are removed. ERR_NOT_FOUND:
// none is valid, and nothing is removed.
enum err must_check seal_find(
    struct token *token, const struct seal_key *key, struct seal *out, struct refusal *why);
// Writes a new one, reads it back, and then removes all others.
enum err must_check seal_write(struct token *token, const struct seal_key *key,
    const struct seal *seal, struct refusal *why);
// Whether the token has room for one more: writes an object of that size, reads it back and destroys
// it. What a crash leaves of it is a seal that is not valid. ERR_TOKEN.
enum err must_check seal_fits(struct token *token, struct refusal *why);

#endif
