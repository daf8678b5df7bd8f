// One character of a JSON string: its UTF-8, the escapes that stand for it (RFC 8259, section 7), and
// the one spelling that it has in canonical JSON of a dialect (formats reference, section 1).
//
//   tuf     `"` and `\` behind a backslash, every other character as it is
//   uptane  these too; \b \f \n \r \t; every other control character, and whatever is not ASCII, as
//           \uxxxx with lower-case digits, two of them beyond U+FFFF; DEL and `/` as they are
//
// A character is a Unicode scalar value: up to U+10FFFF, and no half of a surrogate pair.
#ifndef CONCLAVE_METADATA_JSON_CHARACTER_H
#define CONCLAVE_METADATA_JSON_CHARACTER_H

#include "policy/dialect.h"
#include "signer/base/bytes.h"

enum {
    CHARACTER_UTF8 = 4,      // bytes of the longest character
    CHARACTER_SPELLING = 12, // of the longest spelling: a surrogate pair
};

// The least byte that stands for itself in strings of the dialect; up to 7F all do but `"` and `\`.
uint8_t character_least_plain(enum dialect dialect);

// The character at the front of `text`, which is not empty; returns how many bytes it has, 0 when
// they are not well-formed UTF-8 (Unicode 15, table 3-7).
size_t character_read_utf8(struct span text, uint32_t *character);
// The character that the escape at the front of `text` stands for, in whatever spelling; `text` begins
// with a backslash. Returns how many bytes it has; 0, and words for people, when it is none.
size_t character_read_escape(struct span text, uint32_t *character, const char **failure);

// Both return how many bytes they wrote.
size_t character_write_utf8(uint32_t character, uint8_t out[CHARACTER_UTF8]);
size_t character_write(
    enum dialect dialect, uint32_t character, uint8_t out[CHARACTER_SPELLING]);

#endif
