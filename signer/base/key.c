#include "signer/base/key.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

// Our own encoding of a SubjectPublicKeyInfo is a fixed prefix and the raw key behind it
// (RFC 8410 section 4; RFC 5480 section 2 with named curve and uncompressed point). To hold the
// bytes against it is all the parsing there is.
static const uint8_t ed25519_prefix[] = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
static const uint8_t p256_prefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03,
    0x42, 0x00};

enum { ED25519_SIZE = 32, P256_SIZE = 65, P256_HALF = 32 };

static bool ed25519_acceptable(struct span raw);
static bool p256_acceptable(struct span raw);
static EVP_PKEY *ed25519_open(struct span raw);
static EVP_PKEY *p256_open(struct span raw);

static const struct form {
    const char *name;
    struct span prefix;
    size_t raw_size;
    bool (*acceptable)(struct span raw);
    EVP_PKEY *(*open)(struct span raw); // NULL when the library fails
    const char *digest;                 // NULL: the signature scheme hashes itself
} forms[] = {
    [KEY_ED25519] = {"ed25519", {ed25519_prefix, sizeof ed25519_prefix}, ED25519_SIZE,
        ed25519_acceptable, ed25519_open, NULL},
    [KEY_P256] = {"ecdsa-p256", {p256_prefix, sizeof p256_prefix}, P256_SIZE, p256_acceptable,
        p256_open, "SHA256"},
};
enum { FORMS = sizeof forms / sizeof forms[0] };

// The encodings of the points whose order divides 8, sign bit left out: under such a key OpenSSL
// verifies one constant signature for every message (RFC 8032 section 5.1.7; the canonical values
// 0, 1, p-1 and the two y of order 8).
static const uint8_t small_order[][ED25519_SIZE] = {
    {0},
    {1},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0x7f},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d,
        0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92,
        0xac, 0x03, 0x7a},
};

// y < p = 2^255 - 19, so that a point has one encoding.
static bool ed25519_canonical(const uint8_t y[ED25519_SIZE])
{
    if (y[31] != 0x7f || y[0] < 0xed)
        return true;
    for (size_t i = 1; i < 31; i++)
        if (y[i] != 0xff)
            return true;
    return false;
}

static const char field_prime[] =
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
static const char curve_d[] =
    "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";

// Whether x^2 = (y^2 - 1) / (d y^2 + 1) has a root modulo p (RFC 8032 section 5.1.3, step 2):
// Euler's criterion on numerator times denominator, which is a square when the quotient is.
// OpenSSL decodes the point only when it verifies, so it does not tell.
static bool ed25519_on_curve(const uint8_t y[ED25519_SIZE])
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *p = NULL, *d = NULL, *v = BN_lebin2bn(y, ED25519_SIZE, NULL);
    BIGNUM *u = BN_new();
    bool root = false;
    if (ctx == NULL || v == NULL || u == NULL || BN_hex2bn(&p, field_prime) == 0 ||
        BN_hex2bn(&d, curve_d) == 0)
        goto out;
    // v = y^2; u = v - 1; v = d v + 1; u = u v; u = u^((p-1)/2), which is 1 for a square.
    if (!BN_mod_sqr(v, v, p, ctx) || !BN_copy(u, v) || !BN_sub_word(u, 1) ||
        !BN_mod_mul(v, v, d, p, ctx) || !BN_add_word(v, 1) || !BN_mod_mul(u, u, v, p, ctx) ||
        !BN_rshift1(d, p) || !BN_mod_exp(u, u, d, p, ctx))
        goto out;
    root = BN_is_one(u);
out:
    BN_free(u);
    BN_free(v);
    BN_free(d);
    BN_free(p);
    BN_CTX_free(ctx);
    return root;
}

static bool ed25519_acceptable(struct span raw)
{
    uint8_t y[ED25519_SIZE];
    memcpy(y, raw.data, sizeof y);
    y[31] &= 0x7f;
    for (size_t i = 0; i < sizeof small_order / sizeof small_order[0]; i++)
        if (memcmp(y, small_order[i], sizeof y) == 0)
            return false;
    return ed25519_canonical(y) && ed25519_on_curve(y);
}

static bool p256_acceptable(struct span raw)
{
    bool good = false;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    if (point != NULL)
        good = EC_POINT_oct2point(group, point, raw.data, raw.size, NULL) == 1 &&
               EC_POINT_is_on_curve(group, point, NULL) == 1 &&
               EC_POINT_is_at_infinity(group, point) == 0;
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return good;
}

// Both take the raw key: to have the library parse our DER again costs more than a verification.
static EVP_PKEY *ed25519_open(struct span raw)
{
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw.data, raw.size);
}

static EVP_PKEY *p256_open(struct span raw)
{
    char group[] = "P-256";
    uint8_t point[P256_SIZE];
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    memcpy(point, raw.data, sizeof point);
    OSSL_PARAM parts[] = {OSSL_PARAM_construct_utf8_string("group", group, 0),
        OSSL_PARAM_construct_octet_string("pub", point, sizeof point),
        OSSL_PARAM_construct_end()};
    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, parts) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static const struct form *form_of(enum key_type type)
{
    return type > KEY_NONE && (size_t)type < FORMS ? &forms[type] : NULL;
}

enum err key_from_raw(enum key_type type, struct span raw, struct key *out)
{
    const struct form *form = form_of(type);
    if (form == NULL || raw.size != form->raw_size)
        return ERR_FORM;
    if (type == KEY_P256 && raw.data[0] != POINT_CONVERSION_UNCOMPRESSED)
        return ERR_FORM;
    if (!form->acceptable(raw))
        return ERR_KEY;
    *out = (struct key){.type = type, .spki_size = form->prefix.size + raw.size};
    memcpy(out->spki, form->prefix.data, form->prefix.size);
    memcpy(out->spki + form->prefix.size, raw.data, raw.size);
    out->id = hash_of(key_spki(out));
    return OK;
}

enum err key_read(struct span spki, struct key *out)
{
    for (size_t type = KEY_ED25519; type < FORMS; type++) {
        const struct form *form = &forms[type];
        if (spki.size != form->prefix.size + form->raw_size ||
            memcmp(spki.data, form->prefix.data, form->prefix.size) != 0)
            continue;
        struct span raw = span_of(spki.data + form->prefix.size, form->raw_size);
        return key_from_raw((enum key_type)type, raw, out);
    }
    return ERR_FORM;
}

struct span key_spki(const struct key *key)
{
    return span_of(key->spki, key->spki_size);
}

struct span key_raw(const struct key *key)
{
    const struct form *form = form_of(key->type);
    if (form == NULL)
        return (struct span){0};
    return span_of(key->spki + form->prefix.size, form->raw_size);
}

static const char pem_begin[] = "-----BEGIN PUBLIC KEY-----\n";
static const char pem_end[] = "-----END PUBLIC KEY-----\n";
enum { PEM_LINE = 64 };

void key_to_pem(const struct key *key, struct bytes *out)
{
    struct bytes base64;
    bytes_init(&base64, 2 * KEY_SPKI_MOST);
    bytes_add_base64(&base64, key_spki(key));
    bytes_add_text(out, pem_begin);
    for (size_t at = 0; at < base64.size; at += PEM_LINE) {
        size_t line = base64.size - at < PEM_LINE ? base64.size - at : PEM_LINE;
        bytes_add(out, span_of(base64.data + at, line));
        bytes_add_u8(out, '\n');
    }
    bytes_add_text(out, pem_end);
    if (base64.failure != OK)
        out->failure = base64.failure;
    bytes_clear(&base64);
}

// The base64 between the two lines, line feeds (and carriage returns) left out.
static bool pem_body(struct span pem, struct bytes *out)
{
    while (pem.size > 0 && (pem.data[pem.size - 1] == '\n' || pem.data[pem.size - 1] == '\r'))
        pem.size--;
    size_t head = strlen(pem_begin) - 1, tail = strlen(pem_end) - 1;
    if (pem.size < head + tail || memcmp(pem.data, pem_begin, head) != 0 ||
        memcmp(pem.data + pem.size - tail, pem_end, tail) != 0)
        return false;
    for (size_t i = head; i < pem.size - tail; i++)
        if (pem.data[i] != '\n' && pem.data[i] != '\r')
            bytes_add_u8(out, pem.data[i]);
    return out->failure == OK;
}

enum err key_pem_der(struct span pem, struct bytes *out)
{
    struct bytes body;
    bytes_init(&body, pem.size);
    enum err err = pem_body(pem, &body) ? base64_read(bytes_span(&body), out) : ERR_FORM;
    bytes_clear(&body);
    return err;
}

enum err key_from_pem(struct span pem, struct key *out)
{
    struct bytes spki;
    bytes_init(&spki, KEY_SPKI_MOST);
    enum err err = key_pem_der(pem, &spki);
    if (err == OK)
        err = key_read(bytes_span(&spki), out);
    else if (err == ERR_LIMIT)
        err = ERR_FORM; // longer than any key of ours
    bytes_clear(&spki);
    return err;
}

static enum err verify_with(
    EVP_PKEY *pkey, const struct form *form, struct span message, struct span signature)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL)
        return ERR_MEMORY;
    enum err err = ERR_CRYPTO;
    if (EVP_DigestVerifyInit_ex(ctx, NULL, form->digest, NULL, NULL, pkey, NULL) == 1)
        err = EVP_DigestVerify(
                  ctx, signature.data, signature.size, message.data, message.size) == 1
                  ? OK
                  : ERR_SIGNATURE;
    EVP_MD_CTX_free(ctx);
    return err;
}

enum err key_verify(const struct key *key, struct span message, struct span signature)
{
    const struct form *form = form_of(key->type);
    if (form == NULL)
        return ERR_KEY;
    EVP_PKEY *pkey = form->open(key_raw(key));
    if (pkey == NULL)
        return ERR_CRYPTO;
    enum err err = verify_with(pkey, form, message, signature);
    EVP_PKEY_free(pkey);
    return err;
}

const char *key_type_text(enum key_type type)
{
    const struct form *form = form_of(type);
    return form == NULL ? "none" : form->name;
}

enum key_type key_type_from(struct span text)
{
    for (size_t type = KEY_ED25519; type < FORMS; type++)
        if (span_is(text, forms[type].name))
            return (enum key_type)type;
    return KEY_NONE;
}

enum err key_ecdsa_der(struct span raw, struct bytes *out)
{
    if (raw.size != 2 * (size_t)P256_HALF)
        return ERR_FORM;
    enum err err = ERR_CRYPTO;
    uint8_t *der = NULL;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw.data, P256_HALF, NULL);
    BIGNUM *s = BN_bin2bn(raw.data + P256_HALF, P256_HALF, NULL);
    if (sig == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(sig, r, s) != 1)
        goto out;
    r = s = NULL; // sig's now
    int size = i2d_ECDSA_SIG(sig, &der);
    if (size <= 0)
        goto out;
    bytes_add(out, span_of(der, (size_t)size));
    err = bytes_finish(out);
out:
    OPENSSL_free(der);
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return err;
}
