// What the families of keys are made of, for key.c's table alone: which raw public keys are
// acceptable (R16), and how the library is handed one. Each takes raw bytes of its type's size.
// The raw key and not the SPKI goes to the library: to have it parse our DER again costs more than
// a verification.
#ifndef CONCLAVE_SIGNER_BASE_KEY_FORM_H
#define CONCLAVE_SIGNER_BASE_KEY_FORM_H

#include "signer/base/key.h"

#include <openssl/evp.h>

// RFC 8032: a canonical encoding of a point on the curve whose order does not divide 8.
bool key_ed25519_acceptable(struct span raw);
// The openers return NULL when the library fails; what they return is the caller's.
EVP_PKEY *key_ed25519_open(struct span raw);

// SEC 1: an uncompressed point on the curve, and not infinity.
bool key_p256_acceptable(struct span raw);
EVP_PKEY *key_p256_open(struct span raw);
bool key_p384_acceptable(struct span raw);
EVP_PKEY *key_p384_open(struct span raw);

// A modulus that fills its bytes, is odd, has no small prime factor (SP 800-89 section 5.3.3) and
// is not of the form that one maker's broken generator gave to all of its keys (CVE-2017-15361).
bool key_rsa_acceptable(struct span modulus);
EVP_PKEY *key_rsa_open(struct span modulus);
// Whether this SPKI is one of rsaEncryption, of whatever size and exponent.
bool key_rsa_claims(struct span spki);

#endif
