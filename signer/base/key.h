// Public keys: read strictly, named by their hash (R21), checked once (R16), used only with the
// mechanism that their type gives (R15).
//
//   KEY_ED25519  RFC 8032; the signature is 64 bytes over the message itself
//   KEY_P256     ECDSA with SHA-256 (FIPS 186-4); the signature is DER (RFC 3279 section 2.2.3)
//   KEY_P384     ECDSA with SHA-384, in the same way
//   KEY_RSA...   RSASSA-PSS (RFC 8017 section 8.1) with SHA-256, MGF1 with SHA-256 and a salt of
//                exactly KEY_PSS_SALT bytes; the signature is as long as the modulus. A modulus of
//                exactly 2048, 3072 or 4096 bits, the exponent 65537
#ifndef CONCLAVE_SIGNER_BASE_KEY_H
#define CONCLAVE_SIGNER_BASE_KEY_H

#include "signer/base/hash.h"

enum key_type {
    KEY_NONE = 0,
    KEY_ED25519,
    KEY_P256,
    KEY_P384,
    KEY_RSA2048,
    KEY_RSA3072,
    KEY_RSA4096,
};

// An RSA-4096 key's modulus has 512 bytes, as has its signature, and its SPKI 550; the longest point
// is P-384's.
enum {
    KEY_SPKI_MOST = 550,
    KEY_SIGNATURE_MOST = 512,
    KEY_RAW_MOST = 512,
    KEY_POINT_MOST = 97,
    KEY_PSS_SALT = 32,
};

struct key {
    enum key_type type;
    struct hash id; // SHA-256 of the DER SPKI as we encode it
    uint8_t spki[KEY_SPKI_MOST];
    size_t spki_size;
};

// Reads a DER SubjectPublicKeyInfo. Only our own encoding passes (named curve, uncompressed
// point, rsaEncryption, no left-over bytes); ERR_FORM. A point off the curve, a non-canonical or
// small-order Ed25519 point, RSA of another size or exponent, a modulus that is even or known to be
// weak: ERR_KEY.
enum err must_check key_read(struct span spki, struct key *out);
// The same from what PKCS#11 gives: 32 bytes for Ed25519, 04 ‖ x ‖ y for a point, the modulus for
// RSA (of its full size, highest byte first).
enum err must_check key_from_raw(enum key_type type, struct span raw, struct key *out);
// Appends the DER within one PEM "PUBLIC KEY" block (RFC 7468), of whatever type of key. ERR_FORM.
enum err must_check key_pem_der(struct span pem, struct bytes *out);
// Reads one PEM "PUBLIC KEY" block (RFC 7468) and the DER within as key_read does.
enum err must_check key_from_pem(struct span pem, struct key *out);

struct span key_spki(const struct key *key);
// The raw public key inside the SPKI, as key_from_raw takes it. Borrowed from `key`.
struct span key_raw(const struct key *key);
void key_to_pem(const struct key *key, struct bytes *out);

// OK when `signature` is one of `key` over `message`; ERR_SIGNATURE when not; ERR_CRYPTO when the
// library fails. `key` was made by one of the readers above; a zeroed one is ERR_KEY.
enum err must_check key_verify(
    const struct key *key, struct span message, struct span signature);

// What a mechanism that takes a digest signs with a key of this type: SHA-256 of the message, for
// P-384 SHA-384. Ed25519 takes the message itself: size 0.
struct key_digest {
    uint8_t byte[HASH384_SIZE];
    size_t size;
};
struct key_digest key_digest_of(enum key_type type, struct span message);

// "ed25519", "ecdsa-p256", "ecdsa-p384", "rsa-2048", "rsa-3072", "rsa-4096"; the words of charter
// and policy file. KEY_NONE for any other. KEY_TYPES tells people what there is.
#define KEY_TYPES "ed25519, ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 or rsa-4096"
const char *key_type_text(enum key_type type);
enum key_type key_type_from(struct span text);

// ECDSA's raw r ‖ s (64 bytes for P-256, 96 for P-384), as PKCS#11 returns it, as DER. ERR_FORM.
enum err must_check key_ecdsa_der(struct span raw, struct bytes *out);

#endif
