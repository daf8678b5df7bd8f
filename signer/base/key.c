#include "signer/base/key.h"

#include "signer/base/key_form.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

// Our own encoding of a SubjectPublicKeyInfo is a fixed prefix, the raw key behind it, and for RSA
// a fixed suffix, the exponent (RFC 8410 section 4; RFC 5480 section 2 with named curve and
// uncompressed point; RFC 3279 section 2.3.1). To hold the bytes against them is all the parsing
// there is.
static const uint8_t ed25519_prefix[] = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
static const uint8_t p256_prefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03,
    0x42, 0x00};
static const uint8_t p384_prefix[] = {0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00};
// Four lengths depend on the modulus; the zero byte at the end keeps it positive.
#define LENGTH(size) 0x82, (size) >> 8, (size)&0xff
#define RSA_PREFIX(modulus)                                                                    \
    {                                                                                          \
        0x30, LENGTH((modulus) + 34), 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,    \
            0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, LENGTH((modulus) + 15), 0x00, 0x30,      \
            LENGTH((modulus) + 10), 0x02, LENGTH((modulus) + 1), 0x00                          \
    }
static const uint8_t rsa2048_prefix[] = RSA_PREFIX(256);
static const uint8_t rsa3072_prefix[] = RSA_PREFIX(384);
static const uint8_t rsa4096_prefix[] = RSA_PREFIX(512);
static const uint8_t rsa_suffix[] = {0x02, 0x03, 0x01, 0x00, 0x01};

#define AFFIX(bytes)                                                                           \
    {                                                                                          \
        bytes, sizeof bytes                                                                    \
    }
#define NOTHING                                                                                \
    {                                                                                          \
        NULL, 0                                                                                \
    }

enum family { EDWARDS, POINT, RSA_PSS };

static const struct form {
    const char *name;
    enum family family;
    struct span prefix, suffix;
    size_t raw_size;
    bool (*acceptable)(struct span raw);
    EVP_PKEY *(*open)(struct span raw); // NULL when the library fails
    const char *digest;                 // NULL: the signature scheme hashes itself
    size_t digest_size;
} forms[] = {
    [KEY_ED25519] = {"ed25519", EDWARDS, AFFIX(ed25519_prefix), NOTHING, 32,
        key_ed25519_acceptable, key_ed25519_open, NULL, 0},
    [KEY_P256] = {"ecdsa-p256", POINT, AFFIX(p256_prefix), NOTHING, 65, key_p256_acceptable,
        key_p256_open, "SHA256", HASH_SIZE},
    [KEY_P384] = {"ecdsa-p384", POINT, AFFIX(p384_prefix), NOTHING, KEY_POINT_MOST,
        key_p384_acceptable, key_p384_open, "SHA384", HASH384_SIZE},
    [KEY_RSA2048] = {"rsa-2048", RSA_PSS, AFFIX(rsa2048_prefix), AFFIX(rsa_suffix), 256,
        key_rsa_acceptable, key_rsa_open, "SHA256", HASH_SIZE},
    [KEY_RSA3072] = {"rsa-3072", RSA_PSS, AFFIX(rsa3072_prefix), AFFIX(rsa_suffix), 384,
        key_rsa_acceptable, key_rsa_open, "SHA256", HASH_SIZE},
    [KEY_RSA4096] = {"rsa-4096", RSA_PSS, AFFIX(rsa4096_prefix), AFFIX(rsa_suffix),
        KEY_RAW_MOST, key_rsa_acceptable, key_rsa_open, "SHA256", HASH_SIZE},
};
enum { FORMS = sizeof forms / sizeof forms[0] };
_Static_assert(sizeof rsa4096_prefix + KEY_RAW_MOST + sizeof rsa_suffix == KEY_SPKI_MOST,
    "the longest of our keys fills its room");

enum { UNCOMPRESSED = 0x04 }; // SEC 1 section 2.3.3

static const struct form *form_of(enum key_type type)
{
    return type > KEY_NONE && (size_t)type < FORMS ? &forms[type] : NULL;
}

static size_t form_size(const struct form *form)
{
    return form->prefix.size + form->raw_size + form->suffix.size;
}

enum err key_from_raw(enum key_type type, struct span raw, struct key *out)
{
    const struct form *form = form_of(type);
    if (form == NULL || raw.size != form->raw_size)
        return ERR_FORM;
    if (form->family == POINT && raw.data[0] != UNCOMPRESSED)
        return ERR_FORM;
    if (!form->acceptable(raw))
        return ERR_KEY;
    *out = (struct key){.type = type, .spki_size = form_size(form)};
    uint8_t *at = out->spki;
    memcpy(at, form->prefix.data, form->prefix.size);
    at += form->prefix.size;
    memcpy(at, raw.data, raw.size);
    if (form->suffix.size > 0)
        memcpy(at + raw.size, form->suffix.data, form->suffix.size);
    out->id = hash_of(key_spki(out));
    return OK;
}

// The raw key within an SPKI of this form; empty when it is of another.
static struct span raw_within(const struct form *form, struct span spki)
{
    size_t end = form->prefix.size + form->raw_size;
    bool fits = spki.size == form_size(form) &&
                memcmp(spki.data, form->prefix.data, form->prefix.size) == 0 &&
                span_equal(span_of(spki.data + end, form->suffix.size), form->suffix);
    return fits ? span_of(spki.data + form->prefix.size, form->raw_size) : (struct span){0};
}

enum err key_read(struct span spki, struct key *out)
{
    for (size_t type = KEY_ED25519; type < FORMS; type++) {
        struct span raw = raw_within(&forms[type], spki);
        if (raw.size > 0)
            return key_from_raw((enum key_type)type, raw, out);
    }
    return key_rsa_claims(spki) ? ERR_KEY : ERR_FORM;
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

static bool set_scheme(EVP_PKEY_CTX *scheme, const struct form *form)
{
    return form->family != RSA_PSS ||
           (EVP_PKEY_CTX_set_rsa_padding(scheme, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md_name(scheme, form->digest, NULL) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(scheme, KEY_PSS_SALT) == 1);
}

static enum err verify_with(
    EVP_PKEY *pkey, const struct form *form, struct span message, struct span signature)
{
    EVP_PKEY_CTX *scheme = NULL; // ctx's
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL)
        return ERR_MEMORY;
    enum err err = ERR_CRYPTO;
    if (EVP_DigestVerifyInit_ex(ctx, &scheme, form->digest, NULL, NULL, pkey, NULL) == 1 &&
        set_scheme(scheme, form))
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

struct key_digest key_digest_of(enum key_type type, struct span message)
{
    const struct form *form = form_of(type);
    struct key_digest digest = {.size = form == NULL ? 0 : form->digest_size};
    if (digest.size == HASH384_SIZE)
        hash384_of(message, digest.byte);
    else if (digest.size == HASH_SIZE)
        memcpy(digest.byte, hash_of(message).byte, HASH_SIZE);
    return digest;
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
