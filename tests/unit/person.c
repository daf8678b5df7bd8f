#include "tests/unit/person.h"

#include "proto/dsse.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

static void must(bool good)
{
    if (!good)
        abort();
}

void person_make(struct person *person, enum key_type type)
{
    uint8_t *der = NULL;
    EVP_PKEY *pair = type == KEY_P256 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")
                                      : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    must(pair != NULL);
    int size = i2d_PUBKEY(pair, &der);
    must(size > 0 && key_read(span_of(der, (size_t)size), &person->key) == OK);
    OPENSSL_free(der);
    person->pair = pair;
}

void person_clear(struct person *person)
{
    EVP_PKEY_free(person->pair);
    person->pair = NULL;
}

size_t person_sign(const struct person *person, const char *type, struct span body,
    uint8_t out[KEY_SIGNATURE_MOST])
{
    struct bytes message;
    size_t size = KEY_SIGNATURE_MOST;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bytes_init(&message, body.size + 1024);
    dsse_encode(type, body, &message);
    must(ctx != NULL && bytes_finish(&message) == OK);
    const char *digest = person->key.type == KEY_P256 ? "SHA256" : NULL;
    must(EVP_DigestSignInit_ex(ctx, NULL, digest, NULL, NULL, person->pair, NULL) == 1);
    must(EVP_DigestSign(ctx, out, &size, message.data, message.size) == 1);
    EVP_MD_CTX_free(ctx);
    bytes_clear(&message);
    return size;
}
