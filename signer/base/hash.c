#include "signer/base/hash.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

// Fetched once, and one context for all: both cost more than hashing a leaf.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
static const EVP_MD *sha256(void)
{
    static EVP_MD *md;
    if (md == NULL)
        md = EVP_MD_fetch(NULL, "SHA256", NULL);
    return md;
}

static EVP_MD_CTX *context(void)
{
    static EVP_MD_CTX *ctx;
    if (ctx == NULL)
        ctx = EVP_MD_CTX_new();
    return ctx;
}
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

static struct hash hash_parts(const struct span *parts, size_t count)
{
    struct hash hash;
    EVP_MD_CTX *ctx = context();
    if (ctx == NULL || sha256() == NULL || EVP_DigestInit_ex2(ctx, sha256(), NULL) != 1)
        abort();
    for (size_t i = 0; i < count; i++)
        if (EVP_DigestUpdate(ctx, parts[i].data, parts[i].size) != 1)
            abort();
    if (EVP_DigestFinal_ex(ctx, hash.byte, NULL) != 1)
        abort();
    return hash;
}

struct hash hash_of(struct span span)
{
    return hash_parts(&span, 1);
}

struct hash hash_prefixed(uint8_t prefix, struct span first, struct span second)
{
    struct span parts[] = {span_of(&prefix, 1), first, second};
    return hash_parts(parts, 3);
}

void hash384_of(struct span span, uint8_t out[HASH384_SIZE])
{
    if (EVP_Digest(span.data, span.size, out, NULL, EVP_sha384(), NULL) != 1)
        abort();
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->byte, b->byte, HASH_SIZE) == 0;
}

bool hash_is_none(const struct hash *hash)
{
    static const struct hash none;
    return hash_equal(hash, &none);
}

struct span hash_span(const struct hash *hash)
{
    return span_of(hash->byte, HASH_SIZE);
}

void hash_hex(const struct hash *hash, char out[2 * HASH_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < HASH_SIZE; i++) {
        out[2 * i] = digits[hash->byte[i] >> 4];
        out[2 * i + 1] = digits[hash->byte[i] & 15];
    }
    out[2 * HASH_SIZE] = '\0';
}

enum err hash_from_hex(struct span text, struct hash *out)
{
    return hex_read(text, out->byte, HASH_SIZE);
}
