#include "metadata/sha512.h"

#include <openssl/evp.h>
#include <string.h>

enum err sha512_is(struct span span, struct span hex)
{
    uint8_t expected[SHA512_SIZE], digest[SHA512_SIZE];
    if (hex_read(hex, expected, sizeof expected) != OK)
        return ERR_SIGNATURE;
    if (EVP_Digest(span.data, span.size, digest, NULL, EVP_sha512(), NULL) != 1)
        return ERR_CRYPTO;
    return memcmp(digest, expected, sizeof digest) == 0 ? OK : ERR_SIGNATURE;
}
