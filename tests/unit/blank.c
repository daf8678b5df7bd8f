#include "tests/unit/blank.h"

#include "metadata/page.h"

#include <stdlib.h>
#include <string.h>

static uint8_t *find(const struct bytes *rendering, const void *text, size_t size)
{
    uint8_t *at = memmem(rendering->data, rendering->size, text, size);
    if (at == NULL)
        abort();
    return at;
}

void blank_hash(const struct hash *hash, struct bytes *rendering)
{
    enum { WORDS_MOST = 1024 };
    char hex[2 * HASH_SIZE + 1];
    struct bytes words;
    hash_hex(hash, hex);
    memset(find(rendering, hex, strlen(hex)), '0', strlen(hex));
    bytes_init(&words, WORDS_MOST);
    page_spoken(&words, 1, hash);
    // Words are not equally long: what stood there would be told by the length.
    uint8_t *at = find(rendering, words.data, words.size);
    const uint8_t *end = rendering->data + rendering->size;
    memmove(at, at + words.size, (size_t)(end - at) - words.size);
    rendering->size -= words.size;
    bytes_clear(&words);
}
