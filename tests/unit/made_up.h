// Public keys that nobody holds the other half of, the same in every run.
#ifndef CONCLAVE_TESTS_UNIT_MADE_UP_H
#define CONCLAVE_TESTS_UNIT_MADE_UP_H

#include "signer/base/key.h"

#include <stdlib.h>
#include <string.h>

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

// The longest key there is, RSA-4096; about every sixth odd number has no small factor.
static inline struct key made_up_long_key(unsigned number)
{
    struct key key = {0};
    uint8_t modulus[KEY_RAW_MOST];
    for (unsigned attempt = 0; attempt < 256; attempt++) {
        for (unsigned at = 0; at < sizeof modulus; at += HASH_SIZE) {
            uint8_t seed[] = {'r', (uint8_t)(number >> 8), (uint8_t)number, (uint8_t)attempt,
                (uint8_t)(at / HASH_SIZE)};
            memcpy(modulus + at, hash_of(span_of(seed, sizeof seed)).byte, HASH_SIZE);
        }
        modulus[0] |= 0x80;
        modulus[sizeof modulus - 1] |= 1;
        if (key_from_raw(KEY_RSA4096, span_of(modulus, sizeof modulus), &key) == OK)
            return key;
    }
    abort();
}

#endif
