#include "signer/base/key_form.h"

#include <openssl/bn.h>
#include <string.h>

enum { ED25519_SIZE = 32 };

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

bool key_ed25519_acceptable(struct span raw)
{
    uint8_t y[ED25519_SIZE];
    memcpy(y, raw.data, sizeof y);
    y[31] &= 0x7f;
    for (size_t i = 0; i < sizeof small_order / sizeof small_order[0]; i++)
        if (memcmp(y, small_order[i], sizeof y) == 0)
            return false;
    return ed25519_canonical(y) && ed25519_on_curve(y);
}

EVP_PKEY *key_ed25519_open(struct span raw)
{
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw.data, raw.size);
}
