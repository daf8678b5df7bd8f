#include "admin-cli/prefix.h"

#include "admin-cli/print.h"

#include <string.h>

static bool are_digits(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (memchr("0123456789abcdef", text.data[i], 16) == NULL)
            return false;
    return true;
}

bool prefix_read(const char *text, size_t least, struct prefix *out)
{
    static const char scheme[] = "sha256:";
    size_t skip = strncmp(text, scheme, strlen(scheme)) == 0 ? strlen(scheme) : 0;
    *out = (struct prefix){.digits = span_text(text + skip)};
    return out->digits.size >= least && out->digits.size <= 2 * HASH_SIZE &&
           are_digits(out->digits);
}

bool prefix_look(struct prefix *prefix, const struct hash *hash)
{
    char hex[PRINT_HASH];
    hash_hex(hash, hex);
    if (memcmp(hex, prefix->digits.data, prefix->digits.size) != 0)
        return false;
    if (prefix->count == 0 || !hash_equal(&prefix->found, hash))
        prefix->count = prefix->count == 0 ? 1 : 2;
    prefix->found = *hash;
    return true;
}

const char *prefix_words(const struct prefix *prefix)
{
    return prefix->count == 0 ? "no" : "more than one";
}
