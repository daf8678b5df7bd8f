#include "tests/unit/person.h"

#include "proto/dsse.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

static void must(bool good)
{
    if (!good)
        abort();
}

static EVP_PKEY *generate(enum key_type type)
{
    switch (type) {
    case KEY_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case KEY_P256:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    case KEY_P384:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    case KEY_RSA2048:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    case KEY_RSA3072:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)3072);
    case KEY_RSA4096:
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)4096);
    case KEY_NONE:
        break;
    }
    return NULL;
}

void person_make(struct person *person, enum key_type type)
{
    uint8_t *der = NULL;
    EVP_PKEY *pair = generate(type);
    must(pair != NULL);
    int size = i2d_PUBKEY(pair, &der);
    must(size > 0 && key_read(span_of(der, (size_t)size), &person->key) == OK);
    must(person->key.type == type);
    OPENSSL_free(der);
    person->pair = pair;
}

void person_clear(struct person *person)
{
    EVP_PKEY_free(person->pair);
    person->pair = NULL;
}

static const char *digest_of(enum key_type type)
{
    return type == KEY_ED25519 ? NULL : type == KEY_P384 ? "SHA384" : "SHA256";
}

size_t person_sign_bytes(
    const struct person *person, struct span message, uint8_t out[KEY_SIGNATURE_MOST])
{
    size_t size = KEY_SIGNATURE_MOST;
    EVP_PKEY_CTX *scheme = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    must(ctx != NULL && EVP_DigestSignInit_ex(ctx, &scheme, digest_of(person->key.type), NULL,
                            NULL, person->pair, NULL) == 1);
    if (EVP_PKEY_get_base_id(person->pair) == EVP_PKEY_RSA)
        must(EVP_PKEY_CTX_set_rsa_padding(scheme, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(scheme, RSA_PSS_SALTLEN_DIGEST) == 1);
    must(EVP_DigestSign(ctx, out, &size, message.data, message.size) == 1);
    EVP_MD_CTX_free(ctx);
    return size;
}

size_t person_sign(const struct person *person, const char *type, struct span body,
    uint8_t out[KEY_SIGNATURE_MOST])
{
    struct bytes message;
    bytes_init(&message, body.size + 1024);
    dsse_encode(type, body, &message);
    must(bytes_finish(&message) == OK);
    size_t size = person_sign_bytes(person, bytes_span(&message), out);
    bytes_clear(&message);
    return size;
}
