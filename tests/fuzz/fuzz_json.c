// Whatever is read as canonical JSON is, walked value by value, what a writer would write.
#include "metadata/json.h"

#include <inttypes.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(struct json *json, struct bytes *out);

static void write_string(struct json *json, struct bytes *out)
{
    struct bytes meaning;
    struct span raw = json_string(json);
    bytes_init(&meaning, raw.size);
    json_unescape(raw, &meaning);
    if (json_has_escape(raw) != (meaning.size != raw.size))
        abort();
    bytes_add_u8(out, '"');
    for (size_t i = 0; i < meaning.size; i++) {
        if (meaning.data[i] == '"' || meaning.data[i] == '\\')
            bytes_add_u8(out, '\\');
        bytes_add_u8(out, meaning.data[i]);
    }
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_of(data, size);
    struct json json = json_of(DIALECT_TUF, input), walk = json;
    struct span whole = json_skip(&json);
    bool accepted = json_finish(&json) == OK;
    struct bytes again;
    bytes_init(&again, 2 * size + 64);
    write_value(&walk, &again);
    if ((json_finish(&walk) == OK) != accepted)
        abort();
    if (accepted && (!span_equal(whole, input) || !span_equal(bytes_span(&again), input)))
        abort();
    if (!accepted && (json.failure == NULL || json.failed_at > size))
        abort();
    bytes_clear(&again);
    return 0;
}
