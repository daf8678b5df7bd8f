// Public keys: read strictly, named by their hash (R21), checked once (R16), used only with the
// mechanism that their type gives (R15).
//
//   KEY_ED25519  RFC 8032; the signature is 64 bytes over the message itself
//   KEY_P256     ECDSA with SHA-256 (FIPS 186-4); the signature is DER (RFC 3279 section 2.2.3)
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

// An RSA-4096 key's SPKI has 550 bytes, and its signature 512; the longest point is P-384's.
enum { KEY_SPKI_MOST = 550, KEY_SIGNATURE_MOST = 512, KEY_RAW_MOST = 97 };

struct key {
    enum key_type type;
    struct hash id; // SHA-256 of the DER SPKI as we encode it
    uint8_t spki[KEY_SPKI_MOST];
    size_t spki_size;
};

// Reads a DER SubjectPublicKeyInfo. Only our own encoding passes (named curve, uncompressed
// point, no left-over bytes); ERR_FORM. A point off the curve, a non-canonical or small-order
// Ed25519 point: ERR_KEY.
enum err must_check key_read(struct span spki, struct key *out);
// The same from what PKCS#11 gives: 32 bytes for Ed25519, 04 ‖ x ‖ y for P-256.
enum err must_check key_from_raw(enum key_type type, struct span raw, struct key *out);
// Appends the DER within one PEM "PUBLIC KEY" block (RFC 7468), of whatever type of key. ERR_FORM.
enum err must_check key_pem_der(struct span pem, struct bytes *out);
// Reads one PEM "PUBLIC KEY" block (RFC 7468) and the DER within as key_read does.
enum err must_check key_from_pem(struct span pem, struct key *out);

struct span key_spki(const struct key *key);
// The raw public key inside the SPKI: 32 bytes, or 04 ‖ x ‖ y. Borrowed from `key`.
struct span key_raw(const struct key *key);
void key_to_pem(const struct key *key, struct bytes *out);

// OK when `signature` is one of `key` over `message`; ERR_SIGNATURE when not; ERR_CRYPTO when the
// library fails. `key` was made by one of the readers above; a zeroed one is ERR_KEY.
enum err must_check key_verify(
    const struct key *key, struct span message, struct span signature);

// "ed25519", "ecdsa-p256"; the words of charter and policy file. KEY_NONE for any other.
const char *key_type_text(enum key_type type);
enum key_type key_type_from(struct span text);

// ECDSA's raw r ‖ s (64 bytes for P-256), as PKCS#11 returns it, as DER. ERR_FORM.
enum err must_check key_ecdsa_der(struct span raw, struct bytes *out);

#endif
