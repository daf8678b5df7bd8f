// What a rendering says because a payload has this hash and no other, taken out: what remains of the
// payload is what is shown of it.
#ifndef CONCLAVE_TESTS_UNIT_BLANK_H
#define CONCLAVE_TESTS_UNIT_BLANK_H

#include "signer/base/hash.h"

// The digits become zeros, where they stand first; the words are cut out. Aborts without either.
void blank_hash(const struct hash *hash, struct bytes *rendering);

#endif
