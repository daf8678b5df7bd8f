// SHA-256, the only hash by which the house names things; SHA-384 only for what P-384 signs. "none" (nothing was there before) is
// the all-zero value, which is written as the word none.
#ifndef CONCLAVE_SIGNER_BASE_HASH_H
#define CONCLAVE_SIGNER_BASE_HASH_H

#include "signer/base/bytes.h"

enum { HASH_SIZE = 32 };

struct hash {
    uint8_t byte[HASH_SIZE];
};

// SHA-256 of the span, and of a prefix byte followed by one or two spans (RFC 6962 section 2.1).
// The library's failure here is fatal for the process: nothing can be judged without a hash.
struct hash hash_of(struct span span);
struct hash hash_prefixed(uint8_t prefix, struct span first, struct span second);
// SHA-384 of the span, in the same way.
enum { HASH384_SIZE = 48 };
void hash384_of(struct span span, uint8_t out[HASH384_SIZE]);
bool hash_equal(const struct hash *a, const struct hash *b);
bool hash_is_none(const struct hash *hash);
struct span hash_span(const struct hash *hash);
// 64 lower-case hex digits and a NUL into out.
void hash_hex(const struct hash *hash, char out[2 * HASH_SIZE + 1]);
// Reads exactly 64 lower-case hex digits.
enum err must_check hash_from_hex(struct span text, struct hash *out);

#endif
