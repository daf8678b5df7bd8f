#include "signer/base/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool span_starts(struct span span, const char *prefix)
{
    size_t size = strlen(prefix);
    return span.size >= size && (size == 0 || memcmp(span.data, prefix, size) == 0);
}

int span_compare(struct span a, struct span b)
{
    size_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
    if (order != 0)
        return order;
    return (a.size > b.size) - (a.size < b.size);
}

void bytes_init(struct bytes *bytes, size_t limit)
{
    *bytes = (struct bytes){.limit = limit};
}

void bytes_clear(struct bytes *bytes)
{
    free(bytes->data);
    bytes_init(bytes, bytes->limit);
}

void bytes_reset(struct bytes *bytes)
{
    bytes->size = 0;
    bytes->failure = OK;
}

enum { SMALLEST_CAPACITY = 256 };

static bool bytes_grow(struct bytes *bytes, size_t needed)
{
    size_t capacity = bytes->capacity < SMALLEST_CAPACITY ? SMALLEST_CAPACITY : bytes->capacity;
    while (capacity < needed)
        capacity *= 2;
    if (capacity > bytes->limit)
        capacity = bytes->limit;
    uint8_t *data = realloc(bytes->data, capacity);
    if (data == NULL) {
        bytes->failure = ERR_MEMORY;
        return false;
    }
    bytes->data = data;
    bytes->capacity = capacity;
    return true;
}

uint8_t *bytes_room(struct bytes *bytes, size_t size)
{
    if (bytes->failure != OK)
        return NULL;
    if (size > bytes->limit - bytes->size) {
        bytes->failure = ERR_LIMIT;
        return NULL;
    }
    size_t needed = bytes->size + size;
    if ((needed > bytes->capacity || bytes->data == NULL) && !bytes_grow(bytes, needed))
        return NULL;
    return bytes->data + bytes->size;
}

void bytes_grew(struct bytes *bytes, size_t size)
{
    bytes->size += size;
}

void bytes_drop(struct bytes *bytes, size_t size)
{
    if (size > bytes->size)
        size = bytes->size;
    if (size == 0)
        return;
    memmove(bytes->data, bytes->data + size, bytes->size - size);
    bytes->size -= size;
}

void bytes_add(struct bytes *bytes, struct span span)
{
    uint8_t *room = bytes_room(bytes, span.size);
    if (room == NULL || span.size == 0)
        return;
    memcpy(room, span.data, span.size);
    bytes_grew(bytes, span.size);
}

void bytes_add_text(struct bytes *bytes, const char *text)
{
    bytes_add(bytes, span_text(text));
}

void bytes_add_format(struct bytes *bytes, const char *format, ...)
{
    va_list measure, print;
    va_start(measure, format);
    va_copy(print, measure);
    int length = vsnprintf(NULL, 0, format, measure);
    va_end(measure);
    // One byte more than is counted: vsnprintf writes its NUL there.
    uint8_t *room = length < 0 ? NULL : bytes_room(bytes, (size_t)length + 1);
    if (room != NULL && vsnprintf((char *)room, (size_t)length + 1, format, print) == length)
        bytes_grew(bytes, (size_t)length);
    va_end(print);
}

static void add_integer(struct bytes *bytes, uint64_t value, unsigned size)
{
    uint8_t *room = bytes_room(bytes, size);
    if (room == NULL)
        return;
    for (unsigned i = 0; i < size; i++)
        room[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    bytes_grew(bytes, size);
}

void bytes_add_u8(struct bytes *bytes, uint8_t value)
{
    add_integer(bytes, value, 1);
}

void bytes_add_u16(struct bytes *bytes, uint16_t value)
{
    add_integer(bytes, value, 2);
}

void bytes_add_u32(struct bytes *bytes, uint32_t value)
{
    add_integer(bytes, value, 4);
}

void bytes_add_u64(struct bytes *bytes, uint64_t value)
{
    add_integer(bytes, value, 8);
}

void bytes_add_hex(struct bytes *bytes, struct span span)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t *room = bytes_room(bytes, 2 * span.size);
    if (room == NULL)
        return;
    for (size_t i = 0; i < span.size; i++) {
        room[2 * i] = (uint8_t)digits[span.data[i] >> 4];
        room[2 * i + 1] = (uint8_t)digits[span.data[i] & 15];
    }
    bytes_grew(bytes, 2 * span.size);
}

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void bytes_add_base64(struct bytes *bytes, struct span span)
{
    size_t size = (span.size + 2) / 3 * 4;
    uint8_t *room = bytes_room(bytes, size);
    if (room == NULL)
        return;
    for (size_t in = 0, out = 0; in < span.size; in += 3, out += 4) {
        size_t left = span.size - in;
        uint32_t group = (uint32_t)span.data[in] << 16;
        group |= left > 1 ? (uint32_t)span.data[in + 1] << 8 : 0;
        group |= left > 2 ? span.data[in + 2] : 0;
        room[out] = (uint8_t)base64_alphabet[group >> 18];
        room[out + 1] = (uint8_t)base64_alphabet[group >> 12 & 63];
        room[out + 2] = left > 1 ? (uint8_t)base64_alphabet[group >> 6 & 63] : '=';
        room[out + 3] = left > 2 ? (uint8_t)base64_alphabet[group & 63] : '=';
    }
    bytes_grew(bytes, size);
}

struct span bytes_span(const struct bytes *bytes)
{
    return span_of(bytes->data, bytes->size);
}

enum err bytes_finish(const struct bytes *bytes)
{
    return bytes->failure;
}

static int hex_value(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

enum err hex_read(struct span text, uint8_t *out, size_t size)
{
    if (text.size != 2 * size)
        return ERR_FORM;
    for (size_t i = 0; i < size; i++) {
        int high = hex_value(text.data[2 * i]);
        int low = hex_value(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return ERR_FORM;
        out[i] = (uint8_t)(high * 16 + low);
    }
    return OK;
}

static int base64_value(uint8_t digit)
{
    const char *at = digit == 0 ? NULL : strchr(base64_alphabet, digit);
    return at == NULL ? -1 : (int)(at - base64_alphabet);
}

// How many bytes the last group of four holds: 3, 2 (one '=') or 1 (two).
static size_t base64_tail(struct span text)
{
    if (text.data[text.size - 1] != '=')
        return 3;
    return text.data[text.size - 2] != '=' ? 2 : 1;
}

// Decodes one group of four into `count` bytes; bits that no byte takes must be zero, so that each
// value has one spelling.
static bool base64_group(const uint8_t *in, size_t count, struct bytes *out)
{
    uint32_t group = 0;
    for (size_t i = 0; i <= count; i++) {
        int value = base64_value(in[i]);
        if (value < 0)
            return false;
        group |= (uint32_t)value << (18 - 6 * i);
    }
    if ((group & ((1u << (24 - 8 * count)) - 1)) != 0)
        return false;
    for (size_t i = 0; i < count; i++)
        bytes_add_u8(out, (uint8_t)(group >> (16 - 8 * i)));
    return true;
}

enum err base64_read(struct span text, struct bytes *out)
{
    if (text.size % 4 != 0)
        return ERR_FORM;
    for (size_t in = 0; in < text.size; in += 4) {
        size_t count = in + 4 == text.size ? base64_tail(text) : 3;
        if (!base64_group(text.data + in, count, out))
            return ERR_FORM;
    }
    return bytes_finish(out);
}
