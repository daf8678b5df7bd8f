#include "metadata/field.h"

#include "metadata/rule.h"

#include <stdio.h>

static bool is_known(const struct field *field, enum dialect dialect)
{
    return field->only == DIALECT_NONE || field->only == dialect;
}

// Members and table both ascend, so what was passed over in the table cannot come any more.
static const struct field *field_of(const struct field *fields, size_t count,
    enum dialect dialect, struct span name, size_t *next)
{
    for (size_t i = *next; i < count; i++)
        if (is_known(&fields[i], dialect) && span_is(name, fields[i].name)) {
            *next = i + 1;
            return &fields[i];
        }
    return NULL;
}

void fields_read(struct json *json, const struct field *fields, size_t count, void *into)
{
    uint32_t seen = 0;
    size_t next = 0;
    struct span name;
    json_enter_object(json);
    while (json_key(json, &name)) {
        const struct field *field = field_of(fields, count, json->dialect, name, &next);
        if (field != NULL) {
            seen |= UINT32_C(1) << (field - fields);
            field->read(json, into);
            continue;
        }
        json_note_at(json, json->at - name.size - 3, RULE_UNKNOWN_FIELD, "an unknown field");
        (void)json_skip(json);
    }
    for (size_t i = 0; i < count; i++)
        if (is_known(&fields[i], json->dialect) && fields[i].missing != NULL &&
            (seen >> i & 1) == 0)
            json_fail(json, RULE_FIELD_MISSING, fields[i].missing);
}

int64_t field_integer(struct json *json, int64_t least, int64_t most, struct field_must must)
{
    size_t from = json->at;
    int64_t value = json_integer(json);
    if (value < least || value > most)
        json_fail_at(json, from, must.rule, must.words);
    return value;
}

bool is_hex(struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if ((byte < '0' || byte > '9') && (byte < 'a' || byte > 'f'))
            return false;
    }
    return true;
}

struct span field_hex(struct json *json, size_t digits, struct field_must must)
{
    size_t from = json->at;
    struct span text = json_string(json);
    if (text.size != digits || !is_hex(text))
        json_fail_at(json, from, must.rule, must.words);
    return text;
}

// A key in a sentence: enough to find it by.
enum { NAME_SHOWN = 48, PATH_SHOWN = 200 };

// The keys that led to the place of the failure, "roles/root/threshold".
static void write_path(const struct json *json, char out[PATH_SHOWN])
{
    size_t size = 0;
    out[0] = 0;
    for (unsigned i = 0; i < json->depth && size < PATH_SHOWN; i++) {
        struct span key = json->keys[i];
        if (key.size == 0)
            continue;
        int shown = key.size < NAME_SHOWN ? (int)key.size : NAME_SHOWN;
        int wrote = snprintf(out + size, PATH_SHOWN - size, "%s%.*s", size == 0 ? "" : "/",
            shown, (const char *)key.data);
        size += wrote > 0 ? (size_t)wrote : 0;
    }
}

enum err field_finish(struct json *json, const char *what, struct refusal *refusal)
{
    if (json_finish(json) == OK)
        return OK;
    char path[PATH_SHOWN];
    write_path(json, path);
    return rule_refuse(refusal, json->rule, "%s: byte %zu, field %s: %s", what, json->failed_at,
        path[0] == 0 ? "(none)" : path, json->failure);
}
