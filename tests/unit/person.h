// Somebody who signs, in tests: a real key pair, and signatures over DSSE encodings.
#ifndef CONCLAVE_TESTS_UNIT_PERSON_H
#define CONCLAVE_TESTS_UNIT_PERSON_H

#include "signer/base/key.h"

struct person {
    void *pair; // OpenSSL's
    struct key key;
};

// Any failure ends the test program.
void person_make(struct person *person, enum key_type type);
void person_clear(struct person *person);
// The signature over the message, in the one scheme of the key's type; returns its size.
size_t person_sign_bytes(
    const struct person *person, struct span message, uint8_t out[KEY_SIGNATURE_MOST]);
// The signature over the DSSE encoding of (type, body) to `out`; returns its size.
size_t person_sign(const struct person *person, const char *type, struct span body,
    uint8_t out[KEY_SIGNATURE_MOST]);

#endif
