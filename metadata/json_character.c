#include "metadata/json_character.h"

#include <string.h>

enum { HIGH_FIRST = 0xd800, LOW_FIRST = 0xdc00, LOW_LAST = 0xdfff, PLANE = 0x10000 };
enum { ASCII_END = 0x80, CONTROL_END = 0x20 };

// What follows the backslash of a short escape, and what it stands for. JSON has one more, \/, which
// no canonical form writes.
static const char short_escapes[] = "\"\\bfnrt", short_meanings[] = "\"\\\b\f\n\r\t";
enum { TUF_ESCAPES = 2, UPTANE_ESCAPES = sizeof short_escapes - 1 };

uint8_t character_least_plain(enum dialect dialect)
{
    return dialect == DIALECT_UPTANE ? CONTROL_END : 0;
}

// ---- UTF-8 ----

// By the first byte: how many follow, and within which bounds the second lies. Overlong forms and
// surrogates fall out of those bounds.
static const struct sequence {
    uint8_t from, to, more, low, high;
} sequences[] = {
    {0x00, 0x7f, 0, 0, 0},
    {0xc2, 0xdf, 1, 0x80, 0xbf},
    {0xe0, 0xe0, 2, 0xa0, 0xbf},
    {0xe1, 0xec, 2, 0x80, 0xbf},
    {0xed, 0xed, 2, 0x80, 0x9f},
    {0xee, 0xef, 2, 0x80, 0xbf},
    {0xf0, 0xf0, 3, 0x90, 0xbf},
    {0xf1, 0xf3, 3, 0x80, 0xbf},
    {0xf4, 0xf4, 3, 0x80, 0x8f},
};

static const struct sequence *sequence_of(uint8_t first)
{
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++)
        if (first >= sequences[i].from && first <= sequences[i].to)
            return &sequences[i];
    return NULL;
}

size_t character_read_utf8(struct span text, uint32_t *character)
{
    static const uint8_t masks[CHARACTER_UTF8] = {0x7f, 0x1f, 0x0f, 0x07};
    const uint8_t *at = text.data;
    const struct sequence *sequence = sequence_of(at[0]);
    if (sequence == NULL || text.size <= sequence->more)
        return 0;
    if (sequence->more > 0 && (at[1] < sequence->low || at[1] > sequence->high))
        return 0;
    uint32_t value = at[0] & masks[sequence->more];
    for (unsigned i = 1; i <= sequence->more; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3fu);
    }
    *character = value;
    return 1u + sequence->more;
}

size_t character_write_utf8(uint32_t character, uint8_t out[CHARACTER_UTF8])
{
    static const uint8_t leads[CHARACTER_UTF8] = {0, 0xc0, 0xe0, 0xf0};
    unsigned more = character < ASCII_END ? 0
                    : character < 0x800   ? 1
                    : character < PLANE   ? 2
                                          : 3;
    out[0] = (uint8_t)(leads[more] | character >> (6 * more));
    for (unsigned i = 1; i <= more; i++)
        out[i] = (uint8_t)(0x80 | (character >> (6 * (more - i)) & 0x3f));
    return 1u + more;
}

// ---- escapes ----

enum { UNIT = 6 }; // \uxxxx

static int hex_value(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

static bool read_unit(struct span text, uint32_t *unit)
{
    *unit = 0;
    if (text.size < UNIT || !span_starts(text, "\\u"))
        return false;
    for (int i = 2; i < UNIT; i++) {
        int value = hex_value(text.data[i]);
        if (value < 0)
            return false;
        *unit = *unit << 4 | (uint32_t)value;
    }
    return true;
}

// One character, of one unit or of two.
static size_t read_units(struct span text, uint32_t *character, const char **failure)
{
    uint32_t high, low;
    *failure = "\\u is followed by four hex digits";
    if (!read_unit(text, &high))
        return 0;
    *character = high;
    if (high < HIGH_FIRST || high > LOW_LAST)
        return UNIT;
    *failure = "half a surrogate pair";
    if (high >= LOW_FIRST || !read_unit(span_of(text.data + UNIT, text.size - UNIT), &low) ||
        low < LOW_FIRST || low > LOW_LAST)
        return 0;
    *character = PLANE + ((high - HIGH_FIRST) << 10) + (low - LOW_FIRST);
    return (size_t)2 * UNIT;
}

size_t character_read_escape(struct span text, uint32_t *character, const char **failure)
{
    uint8_t escape = text.size < 2 ? 0 : text.data[1];
    const char *found = escape == 0 ? NULL : strchr(short_escapes, escape);
    if (escape == 'u')
        return read_units(text, character, failure);
    *failure = "an escape that JSON does not have";
    if (found == NULL && escape != '/')
        return 0;
    *character = found == NULL ? '/' : (uint8_t)short_meanings[found - short_escapes];
    return 2;
}

static size_t write_unit(uint32_t unit, uint8_t out[UNIT])
{
    static const char digits[] = "0123456789abcdef";
    out[0] = '\\';
    out[1] = 'u';
    for (unsigned i = 0; i < 4; i++)
        out[2 + i] = (uint8_t)digits[unit >> (12 - 4 * i) & 0xf];
    return UNIT;
}

static size_t write_units(uint32_t character, uint8_t out[CHARACTER_SPELLING])
{
    if (character < PLANE)
        return write_unit(character, out);
    uint32_t above = character - PLANE;
    size_t size = write_unit(HIGH_FIRST + (above >> 10), out);
    return size + write_unit(LOW_FIRST + (above & 0x3ff), out + size);
}

size_t character_write(
    enum dialect dialect, uint32_t character, uint8_t out[CHARACTER_SPELLING])
{
    size_t escapes = dialect == DIALECT_UPTANE ? UPTANE_ESCAPES : TUF_ESCAPES;
    const char *found =
        character >= ASCII_END ? NULL : memchr(short_meanings, (int)character, escapes);
    if (found != NULL) {
        out[0] = '\\';
        out[1] = (uint8_t)short_escapes[found - short_meanings];
        return 2;
    }
    if (dialect == DIALECT_UPTANE && (character < CONTROL_END || character >= ASCII_END))
        return write_units(character, out);
    return character_write_utf8(character, out);
}
