#include "metadata/json.h"
#include "metadata/json_character.h"
#include "metadata/json_plain.h"

#include <string.h>

// A character in any spelling.
static size_t read_character(struct span text, uint32_t *character, const char **failure)
{
    if (text.data[0] == '\\')
        return character_read_escape(text, character, failure);
    *failure = "invalid UTF-8";
    return character_read_utf8(text, character);
}

// Rebuilt and compared, so that no other spelling gets through.
static void pass_character(struct json *json)
{
    struct span rest = span_of(json->whole.data + json->at, json->whole.size - json->at);
    uint8_t canonical[CHARACTER_SPELLING];
    uint32_t character;
    const char *failure;
    size_t size = read_character(rest, &character, &failure);
    if (size == 0)
        json_fail(json, RULE_CANONICAL, failure);
    else if (!span_equal(span_of(rest.data, size),
                 span_of(canonical, character_write(json->dialect, character, canonical))))
        json_fail(json, RULE_CANONICAL,
            rest.data[0] == '\\' ? "an escape that canonical JSON does not have"
                                 : "a character that canonical JSON escapes");
    else
        json->at += size;
}

// Comes to the closing quote, or fails.
static void pass_string(struct json *json)
{
    struct plain plain = {character_least_plain(json->dialect), 0x7f};
    while (json->failure == NULL) {
        json->at = plain_end(plain, json->whole, json->at);
        if (json->at >= json->whole.size)
            json_fail(json, RULE_CANONICAL, "the string has no end");
        else if (json->whole.data[json->at] == '"')
            return;
        else
            pass_character(json);
    }
}

struct span json_string(struct json *json)
{
    json_expect(json, JSON_STRING, "a string is expected");
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
        uint8_t meaning[CHARACTER_UTF8];
        uint32_t character;
        const char *failure;
        bytes_add(out, span_of(raw.data, run));
        if (escape == NULL)
            return;
        raw = span_of(escape, raw.size - run);
        size_t size = character_read_escape(raw, &character, &failure);
        if (size == 0)
            return; // no raw string of a reader's
        bytes_add(out, span_of(meaning, character_write_utf8(character, meaning)));
        raw = span_of(raw.data + size, raw.size - size);
    }
}
