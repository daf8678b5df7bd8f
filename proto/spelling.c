#include "proto/spelling.h"

#include <string.h>

enum { SPELLING_MOST = 3 }; // bytes that one byte is spelt with

// Whether the space at `i` of a sentence stands as itself.
static bool space_stands(struct span value, size_t i)
{
    return i > 0 && i + 1 < value.size && value.data[i - 1] != ' ';
}

// How byte `i` of `value` is spelt. Writer and reader both ask here, so they cannot disagree.
static size_t spell(struct span value, size_t i, bool sentence, uint8_t out[SPELLING_MOST])
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t byte = value.data[i];
    bool stands = byte >= 0x21 && byte <= 0x7e && byte != '%';
    if (byte == ' ')
        stands = sentence && space_stands(value, i);
    if (stands) {
        out[0] = byte;
        return 1;
    }
    out[0] = '%';
    out[1] = (uint8_t)digits[byte >> 4];
    out[2] = (uint8_t)digits[byte & 15];
    return SPELLING_MOST;
}

void spelling_write(struct bytes *out, struct span value, bool sentence)
{
    if (value.size == 0 && out->failure == OK)
        out->failure = ERR_FORM;
    for (size_t i = 0; i < value.size; i++) {
        uint8_t spelling[SPELLING_MOST];
        bytes_add(out, span_of(spelling, spell(value, i, sentence, spelling)));
    }
}

static bool is_spelt(struct span field, struct span value, bool sentence)
{
    size_t at = 0;
    for (size_t i = 0; i < value.size; i++) {
        uint8_t spelling[SPELLING_MOST];
        size_t size = spell(value, i, sentence, spelling);
        if (size > field.size - at || memcmp(field.data + at, spelling, size) != 0)
            return false;
        at += size;
    }
    return at == field.size;
}

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

// Takes one byte's worth off the front of `field`; whether it was the right spelling is asked
// afterwards of the whole. 0, which no value may hold, for what is none at all.
static uint8_t unspell(struct span *field)
{
    uint8_t byte = field->data[0];
    size_t size = 1;
    if (byte == '%') {
        int high = field->size < SPELLING_MOST ? -1 : hex_digit(field->data[1]);
        int low = field->size < SPELLING_MOST ? -1 : hex_digit(field->data[2]);
        if (high < 0 || low < 0)
            return 0;
        byte = (uint8_t)(high * 16 + low);
        size = SPELLING_MOST;
    }
    *field = span_of(field->data + size, field->size - size);
    return byte;
}

size_t spelling_read(struct span field, bool sentence, char *out, size_t most)
{
    struct span rest = field;
    size_t size = 0;
    while (rest.size > 0 && size < most) {
        uint8_t byte = unspell(&rest);
        if (byte == 0)
            break;
        out[size++] = (char)byte;
    }
    out[size] = '\0';
    // Fails too when `out` was too small for all of it.
    if (is_spelt(field, span_of(out, size), sentence))
        return size;
    out[0] = '\0';
    return 0;
}
