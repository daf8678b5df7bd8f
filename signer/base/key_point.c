#include "signer/base/key_form.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/params.h>
#include <string.h>

enum { P256_HALF = 32, P384_HALF = 48 };

static bool on_curve(int curve, struct span raw)
{
    bool good = false;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(curve);
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    if (point != NULL)
        good = EC_POINT_oct2point(group, point, raw.data, raw.size, NULL) == 1 &&
               EC_POINT_is_on_curve(group, point, NULL) == 1 &&
               EC_POINT_is_at_infinity(group, point) == 0;
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return good;
}

bool key_p256_acceptable(struct span raw)
{
    return on_curve(NID_X9_62_prime256v1, raw);
}

bool key_p384_acceptable(struct span raw)
{
    return on_curve(NID_secp384r1, raw);
}

static EVP_PKEY *open_on(const char *curve, struct span raw)
{
    char group[sizeof "P-256"];
    uint8_t point[KEY_POINT_MOST];
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    memcpy(group, curve, sizeof group);
    memcpy(point, raw.data, raw.size);
    OSSL_PARAM parts[] = {OSSL_PARAM_construct_utf8_string("group", group, 0),
        OSSL_PARAM_construct_octet_string("pub", point, raw.size), OSSL_PARAM_construct_end()};
    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, parts) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

EVP_PKEY *key_p256_open(struct span raw)
{
    return open_on("P-256", raw);
}

EVP_PKEY *key_p384_open(struct span raw)
{
    return open_on("P-384", raw);
}

enum err key_ecdsa_der(struct span raw, struct bytes *out)
{
    size_t half = raw.size / 2;
    if (raw.size % 2 != 0 || (half != P256_HALF && half != P384_HALF))
        return ERR_FORM;
    enum err err = ERR_CRYPTO;
    uint8_t *der = NULL;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw.data, (int)half, NULL);
    BIGNUM *s = BN_bin2bn(raw.data + half, (int)half, NULL);
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
