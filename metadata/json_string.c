#include "metadata/json.h"

#include <string.h>

// Whether a byte of a string stands for itself and is a whole character.
static bool is_plain(uint8_t byte)
{
    return byte < 0x80 && byte != '"' && byte != '\\';
}

// Well-formed UTF-8 (Unicode 15, table 3-7): by the first byte, how many follow, and within which
// bounds the second lies. Overlong forms and surrogates fall out of those bounds.
static const struct sequence {
    uint8_t from, to, more, low, high;
} sequences[] = {
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

static bool read_sequence(struct json *json)
{
    const uint8_t *at = json->whole.data + json->at;
    const struct sequence *sequence = sequence_of(at[0]);
    if (sequence == NULL || json->whole.size - json->at <= sequence->more)
        return false;
    if (at[1] < sequence->low || at[1] > sequence->high)
        return false;
    for (unsigned i = 2; i <= sequence->more; i++)
        if ((at[i] & 0xc0) != 0x80)
            return false;
    json->at += 1u + sequence->more;
    return true;
}

static void read_escape(struct json *json)
{
    json->at++;
    uint8_t escaped = json->at < json->whole.size ? json->whole.data[json->at] : 0;
    if (escaped != '"' && escaped != '\\')
        json_fail(json, "an escape that canonical JSON does not have");
    else
        json->at++;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

// Whether one of eight bytes is zero.
static bool has_zero(uint64_t eight)
{
    return ((eight - EACH(0x01)) & ~eight & EACH(0x80)) != 0;
}

static bool are_plain(uint64_t eight)
{
    return (eight & EACH(0x80)) == 0 && !has_zero(eight ^ EACH('"')) &&
           !has_zero(eight ^ EACH('\\'));
}

// Most of a Targets is plain text in strings: eight bytes at once are worth it.
static void pass_plain(struct json *json)
{
    const uint8_t *data = json->whole.data;
    size_t at = json->at, size = json->whole.size;
    uint64_t eight;
    for (; size - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, data + at, sizeof eight);
        if (!are_plain(eight))
            break;
    }
    while (at < size && is_plain(data[at]))
        at++;
    json->at = at;
}

// Comes to the closing quote, or fails.
static void pass_string(struct json *json)
{
    while (json->failure == NULL) {
        pass_plain(json);
        if (json->at >= json->whole.size) {
            json_fail(json, "the string has no end");
            return;
        }
        uint8_t byte = json->whole.data[json->at];
        if (byte == '"')
            return;
        if (byte == '\\')
            read_escape(json);
        else if (!read_sequence(json))
            json_fail(json, "invalid UTF-8");
    }
}

struct span json_string(struct json *json)
{
    if (json_next(json) != JSON_STRING)
        json_fail(json, "a string is expected");
    if (json->failure != NULL)
        return (struct span){0};
    size_t from = ++json->at;
    pass_string(json);
    if (json->failure != NULL)
        return (struct span){0};
    return span_of(json->whole.data + from, json->at++ - from);
}

bool json_has_escape(struct span raw)
{
    return raw.size > 0 && memchr(raw.data, '\\', raw.size) != NULL;
}

void json_unescape(struct span raw, struct bytes *out)
{
    while (raw.size > 0) {
        const uint8_t *escape = memchr(raw.data, '\\', raw.size);
        size_t run = escape == NULL ? raw.size : (size_t)(escape - raw.data);
        bytes_add(out, span_of(raw.data, run));
        if (escape == NULL || run + 1 >= raw.size)
            return;
        bytes_add_u8(out, escape[1]);
        raw = span_of(escape + 2, raw.size - run - 2);
    }
}
