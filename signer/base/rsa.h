// RSA keys of others (RFC 8017): no key of the house is one, but what a repository was signed with
// may be. Only verified, never made.
#ifndef CONCLAVE_SIGNER_BASE_RSA_H
#define CONCLAVE_SIGNER_BASE_RSA_H

#include "signer/base/bytes.h"

// OK when `signature` is RSASSA-PSS of the key over `message`, with SHA-256, MGF1 with SHA-256 and a
// salt of 32 bytes (formats reference, section 1); ERR_SIGNATURE when not. `spki` is a DER
// SubjectPublicKeyInfo of rsaEncryption that the caller has looked through; ERR_KEY when it is none.
// ERR_CRYPTO, ERR_MEMORY.
enum err must_check rsa_verify(struct span spki, struct span message, struct span signature);

#endif
