// Public keys that nobody holds the other half of, the same in every run.
#ifndef CONCLAVE_TESTS_UNIT_MADE_UP_H
#define CONCLAVE_TESTS_UNIT_MADE_UP_H

#include "signer/base/key.h"

#include <stdlib.h>

// About every second SHA-256 is a point of the curve.
static inline struct key made_up_key(unsigned number)
{
    struct key key = {0};
    for (unsigned attempt = 0; attempt < 256; attempt++) {
        uint8_t seed[] = {'k', (uint8_t)(number >> 8), (uint8_t)number, (uint8_t)attempt};
        struct hash raw = hash_of(span_of(seed, sizeof seed));
        if (key_from_raw(KEY_ED25519, hash_span(&raw), &key) == OK)
            return key;
    }
    abort();
}

#endif
