// Whatever is read as canonical JSON of a dialect is, walked value by value, what a writer would write;
// and the canonicaliser leaves it as it is.
#include "metadata/json.h"
#include "metadata/json_character.h"
#include "metadata/json_file.h"
#include "metadata/json_loose.h"

#include <inttypes.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(struct json *json, struct bytes *out);

static void write_meaning(enum dialect dialect, struct span meaning, struct bytes *out)
{
    while (meaning.size > 0) {
        uint8_t spelled[CHARACTER_SPELLING];
        uint32_t character;
        size_t size = character_read_utf8(meaning, &character);
        if (size == 0)
            abort();
        bytes_add(out, span_of(spelled, character_write(dialect, character, spelled)));
        meaning = span_of(meaning.data + size, meaning.size - size);
    }
}

static void write_string(struct json *json, struct bytes *out)
{
    struct bytes meaning;
    struct span raw = json_string(json);
    bytes_init(&meaning, raw.size);
    json_unescape(raw, &meaning);
    if (meaning.failure != OK || json_has_escape(raw) == span_equal(bytes_span(&meaning), raw))
        abort();
    bytes_add_u8(out, '"');
    write_meaning(json->dialect, bytes_span(&meaning), out);
    bytes_add_u8(out, '"');
    bytes_clear(&meaning);
}

static void write_object(struct json *json, struct bytes *out)
{
    struct span key;
    bytes_add_u8(out, '{');
    json_enter_object(json);
    for (size_t i = 0; json_key(json, &key); i++) {
        bytes_add_text(out, i == 0 ? "\"" : ",\"");
        bytes_add(out, key);
        bytes_add_text(out, "\":");
        write_value(json, out);
    }
    bytes_add_u8(out, '}');
}

static void write_array(struct json *json, struct bytes *out)
{
    bytes_add_u8(out, '[');
    json_enter_array(json);
    for (size_t i = 0; json_element(json); i++) {
        if (i > 0)
            bytes_add_u8(out, ',');
        write_value(json, out);
    }
    bytes_add_u8(out, ']');
}

static void write_integer(struct json *json, struct bytes *out)
{
    bytes_add_format(out, "%" PRId64, json_integer(json));
}

static void write_boolean(struct json *json, struct bytes *out)
{
    bytes_add_text(out, json_boolean(json) ? "true" : "false");
}

static void write_other(struct json *json, struct bytes *out)
{
    bytes_add(out, json_skip(json));
}

static void write_value(struct json *json, struct bytes *out)
{
    static void (*const writers[])(struct json *, struct bytes *) = {
        [JSON_NONE] = write_other,
        [JSON_OBJECT] = write_object,
        [JSON_ARRAY] = write_array,
        [JSON_STRING] = write_string,
        [JSON_INTEGER] = write_integer,
        [JSON_TRUE] = write_boolean,
        [JSON_FALSE] = write_boolean,
        [JSON_NULL] = write_other,
    };
    writers[json_next(json)](json, out);
}

static void check_canonicaliser(enum dialect dialect, struct span canonical)
{
    struct bytes file, again;
    struct json_fault fault;
    bytes_init(&file, 6 * canonical.size);
    bytes_init(&again, canonical.size);
    json_file_write(dialect, canonical, &file);
    if (json_loose_read(dialect, bytes_span(&file), &again, &fault) != OK ||
        !span_equal(bytes_span(&again), canonical))
        abort();
    bytes_clear(&file);
    bytes_clear(&again);
}

static void check(enum dialect dialect, struct span input)
{
    struct json json = json_of(dialect, input), walk = json;
    struct span whole = json_skip(&json);
    bool accepted = json_finish(&json) == OK;
    struct bytes again;
    bytes_init(&again, 2 * input.size + 64);
    write_value(&walk, &again);
    if ((json_finish(&walk) == OK) != accepted)
        abort();
    if (accepted && (!span_equal(whole, input) || !span_equal(bytes_span(&again), input)))
        abort();
    if (!accepted && (json.failure == NULL || json.failed_at > input.size))
        abort();
    if (accepted)
        check_canonicaliser(dialect, input);
    bytes_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(DIALECT_TUF, span_of(data, size));
    check(DIALECT_UPTANE, span_of(data, size));
    return 0;
}
