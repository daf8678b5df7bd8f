// Plain bytes: those of a string that stand for themselves and are whole characters. Most of a Targets
// is plain text in strings, so they are looked at eight at once.
#ifndef CONCLAVE_METADATA_JSON_PLAIN_H
#define CONCLAVE_METADATA_JSON_PLAIN_H

#include "signer/base/bytes.h"

#include <endian.h>
#include <string.h>

// Which bytes: from `least` to `most`, which is at most 7F, but `"` and `\`.
struct plain {
    uint8_t least;
    uint8_t most;
};

static inline bool plain_has(struct plain plain, uint8_t byte)
{
    return byte >= plain.least && byte <= plain.most && byte != '"' && byte != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

// How many of eight bytes are plain, up to the first that is not; the first is the lowest byte.
//
// Each term below sets the highest bit of a byte that is not plain for one reason. It may set bits of
// the bytes above it too, by what it borrows or carries; of those below it never. So the lowest bit that
// is set is that of the first byte that is not plain, and none is set when all are.
static inline size_t plain_of_eight(struct plain plain, uint64_t eight)
{
    uint64_t below = eight - EACH(plain.least), above = eight + EACH(0x7f - plain.most);
    uint64_t quote = (eight ^ EACH('"')) - EACH(1), escape = (eight ^ EACH('\\')) - EACH(1);
    uint64_t found = (eight | below | above | quote | escape) & EACH(0x80);
    return found == 0 ? sizeof eight : (size_t)__builtin_ctzll(found) / 8;
}

#undef EACH

// Where the plain bytes that begin at `at` end.
static inline size_t plain_end(struct plain plain, struct span text, size_t at)
{
    uint64_t eight;
    while (text.size - at >= sizeof eight) {
        memcpy(&eight, text.data + at, sizeof eight);
        size_t count = plain_of_eight(plain, le64toh(eight));
        at += count;
        if (count < sizeof eight)
            return at;
    }
    while (at < text.size && plain_has(plain, text.data[at]))
        at++;
    return at;
}

#endif
