#include "hsm/token_kind.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// How a curve stands in CKA_EC_PARAMS: as its name (RFC 5480, RFC 8410 section 3) or, of PKCS#11's own,
// as the PrintableString "edwards25519". Keys are made with the latter.
static const uint8_t ed25519_name[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
static const uint8_t ed25519_curve[] = {
    0x13, 0x0c, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9'};
static const uint8_t p256_curve[] = {
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static const uint8_t p384_curve[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};

// PKCS#11 takes a pointer to parameters that it does not change.
static const CK_RSA_PKCS_PSS_PARAMS pss = {CKM_SHA256, CKG_MGF1_SHA256, KEY_PSS_SALT};
#define PSS                                                                                    \
    {                                                                                          \
        CKM_SHA256_RSA_PKCS_PSS, (void *)(uintptr_t)&pss, sizeof pss                           \
    }
#define PLAIN(mechanism)                                                                       \
    {                                                                                          \
        mechanism, NULL, 0                                                                     \
    }
#define CURVE(bytes)                                                                           \
    {                                                                                          \
        bytes, sizeof bytes                                                                    \
    }
#define NO_CURVE                                                                               \
    {                                                                                          \
        NULL, 0                                                                                \
    }

// PSS with its hash, not CKM_RSA_PKCS_PSS: a key that allows that one signs any digest of any hash.
static const struct token_kind kinds[] = {
    [KEY_ED25519] = {CKK_EC_EDWARDS, CKM_EC_EDWARDS_KEY_PAIR_GEN, PLAIN(CKM_EDDSA),
        CURVE(ed25519_curve), 0, 64, false},
    [KEY_P256] = {CKK_EC, CKM_EC_KEY_PAIR_GEN, PLAIN(CKM_ECDSA), CURVE(p256_curve), 0, 64,
        true},
    [KEY_P384] = {CKK_EC, CKM_EC_KEY_PAIR_GEN, PLAIN(CKM_ECDSA), CURVE(p384_curve), 0, 96,
        true},
    [KEY_RSA2048] = {CKK_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN, PSS, NO_CURVE, 2048, 256, false},
    [KEY_RSA3072] = {CKK_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN, PSS, NO_CURVE, 3072, 384, false},
    [KEY_RSA4096] = {CKK_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN, PSS, NO_CURVE, 4096, 512, false},
};

const struct token_kind *token_kind_of(enum key_type type)
{
    return type > KEY_NONE && (size_t)type < COUNT(kinds) ? &kinds[type] : NULL;
}

struct span token_kind_trimmed(struct span number)
{
    while (number.size > 0 && number.data[0] == 0)
        number = span_of(number.data + 1, number.size - 1);
    return number;
}

// What tells two kinds of one CK_KEY_TYPE apart: the curve, or the size of the modulus.
static bool is_kind(const struct token_kind *kind, CK_ULONG type, struct span mark)
{
    if (kind->type != type)
        return false;
    if (kind->modulus_bits > 0)
        return token_kind_trimmed(mark).size * 8 == kind->modulus_bits;
    return span_equal(kind->curve, mark) ||
           (type == CKK_EC_EDWARDS &&
               span_equal(span_of(ed25519_name, sizeof ed25519_name), mark));
}

enum err token_kind_read(
    struct token *token, CK_OBJECT_HANDLE object, enum key_type *out, struct refusal *why)
{
    CK_ULONG type = 0;
    uint8_t bytes[KEY_RAW_MOST + 1]; // the longest modulus, with a zero byte in front
    struct object_room room = {bytes, sizeof bytes};
    enum err err = object_number(token, object, CKA_KEY_TYPE, &type, why);
    if (err == OK)
        err = object_bytes(
            token, object, type == CKK_RSA ? CKA_MODULUS : CKA_EC_PARAMS, &room, why);
    if (err != OK)
        return err;
    for (size_t i = KEY_ED25519; i < COUNT(kinds); i++)
        if (is_kind(&kinds[i], type, span_of(bytes, room.size))) {
            *out = (enum key_type)i;
            return OK;
        }
    refuse(why, "R15", "a key in the token is of a type that does not sign here");
    return ERR_KEY;
}

size_t token_kind_allows(const struct token_kind *kind, enum token_purpose purpose,
    CK_MECHANISM_TYPE out[TOKEN_MECHANISMS_MOST])
{
    size_t count = 0;
    out[count++] = kind->sign.mechanism;
    if (purpose == TOKEN_PERSONS_KEY && kind->type == CKK_RSA)
        out[count++] = CKM_RSA_X_509;
    return count;
}
