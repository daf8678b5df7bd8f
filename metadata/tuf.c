#include "metadata/tuf.h"

#include "metadata/tuf_part.h"

#include <string.h>

static const struct type {
    const char *text;   // the role's name, and `_type` in `tuf`
    const char *uptane; // `_type` in `uptane`
    void (*read)(struct json *json, struct tuf_reading *reading);
} types[] = {
    [TUF_NONE] = {"none", "none", NULL},
    [TUF_ROOT] = {"root", "Root", tuf_root_read},
    [TUF_TARGETS] = {"targets", "Targets", tuf_targets_read},
    [TUF_SNAPSHOT] = {"snapshot", "Snapshot", tuf_snapshot_read},
    [TUF_TIMESTAMP] = {"timestamp", "Timestamp", tuf_timestamp_read},
};
enum { TYPES = sizeof types / sizeof types[0] };

const char *tuf_type_text(enum tuf_type type)
{
    return type > TUF_NONE && (size_t)type < TYPES ? types[type].text : types[TUF_NONE].text;
}

static enum tuf_type type_from(enum dialect dialect, struct span text)
{
    for (int type = TUF_ROOT; type < TYPES; type++)
        if (span_is(text, dialect == DIALECT_UPTANE ? types[type].uptane : types[type].text))
            return (enum tuf_type)type;
    return TUF_NONE;
}

enum tuf_type tuf_type_of_role(const char *short_name)
{
    for (int type = TUF_ROOT; type < TYPES; type++)
        if (strcmp(short_name, types[type].text) == 0)
            return (enum tuf_type)type;
    return TUF_TARGETS;
}

size_t tuf_offset(const struct json *json, struct span part)
{
    return (size_t)(part.data - json->whole.data);
}

// ---- the fields that every type has ----

void tuf_type_read(struct json *json, void *into)
{
    struct tuf_reading *reading = into;
    size_t from = json->at;
    reading->out->type = type_from(json->dialect, json_string(json));
    if (reading->out->type == TUF_NONE)
        json_fail_at(json, from, RULE_TYPE_KNOWN, "is none that the dialect knows");
}

int64_t tuf_version_value(struct json *json)
{
    return field_integer(json, 1, TUF_VERSION_MOST,
        (struct field_must){RULE_VERSION_RANGE, "must be from 1 to 2^31-1"});
}

void tuf_version_read(struct json *json, void *into)
{
    struct tuf_reading *reading = into;
    reading->out->version = (uint64_t)tuf_version_value(json);
}

void tuf_expires_read(struct json *json, void *into)
{
    struct tuf_reading *reading = into;
    size_t from = json->at;
    static const char words[] = "must be a date that exists, as YYYY-MM-DDTHH:MM:SSZ";
    struct span text = json_string(json);
    if (moment_read(text, &reading->out->expires) == OK)
        return;
    json_note_at(json, from, RULE_EXPIRES_FORM, words);
    if (json->failure == NULL && !tuf_past_moment(text, &reading->out->expires))
        json_fail_at(json, from, RULE_EXPIRES_FORM, words);
}

// Takes one part of a version number from the front: no leading zero, five digits at most.
static bool take_number(struct span *text)
{
    enum { DIGITS_MOST = 5 };
    size_t digits = 0;
    while (digits < text->size && text->data[digits] >= '0' && text->data[digits] <= '9')
        digits++;
    bool good = digits > 0 && digits <= DIGITS_MOST && (digits == 1 || text->data[0] != '0');
    *text = span_of(text->data + digits, text->size - digits);
    return good;
}

// 1.x or 1.x.y
static bool is_spec_version(struct span text)
{
    if (!span_starts(text, "1."))
        return false;
    text = span_of(text.data + 2, text.size - 2);
    if (!take_number(&text))
        return false;
    if (text.size == 0)
        return true;
    if (text.data[0] != '.')
        return false;
    text = span_of(text.data + 1, text.size - 1);
    return take_number(&text) && text.size == 0;
}

void tuf_spec_version_read(struct json *json, void *into)
{
    struct tuf_reading *reading = into;
    size_t from = json->at;
    reading->out->spec_version = json_string(json);
    if (!is_spec_version(reading->out->spec_version))
        json_fail_at(json, from, RULE_SPEC_VERSION,
            "must be a version 1.x or 1.x.y of the TUF specification");
}

// ---- the whole ----

void tuf_init(struct tuf *tuf)
{
    memset(tuf, 0, offsetof(struct tuf, root));
    tuf->root.key_count = 0;
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++)
        tuf->root.roles[i].keyid_count = 0;
}

// The type decides which fields are known, and fields that sort before _type are read first: so
// the type is looked up before anything is read.
// `text` becomes the type as it is written.
static enum tuf_type find_type(struct json json, struct span *text)
{
    struct span name;
    *text = (struct span){0};
    json_enter_object(&json);
    while (json_key(&json, &name)) {
        if (span_is(name, "_type")) {
            *text = json_string(&json);
            return type_from(json.dialect, *text);
        }
        (void)json_skip(&json);
    }
    return TUF_NONE;
}

// What has a type of another dialect will break the rules of this one in many places: the type says
// it best.
static void read_untyped(struct json *json, struct span type)
{
    size_t from = json->at;
    if (type.size == 0)
        (void)json_skip(json);
    json_fail_at(json, from, RULE_TYPE_KNOWN,
        json->dialect == DIALECT_UPTANE
            ? "_type is missing, or is not Root, Targets, Snapshot or Timestamp, as the "
              "dialect uptane has it"
            : "_type is missing, or is not root, targets, snapshot or timestamp, as the "
              "dialect tuf has it");
}

static enum err read_all(enum dialect dialect, struct span payload, bool past,
    struct tuf_entries *entries, struct tuf *out, struct refusal *refusal)
{
    tuf_init(out);
    out->dialect = dialect;
    out->whole = payload;
    out->past = past;
    out->entries = entries;
    struct tuf_reading reading = {.out = out, .entries = entries};
    struct json json = json_of(dialect, payload);
    json.past = past;
    struct span text;
    enum tuf_type type = find_type(json, &text);
    if (type == TUF_NONE)
        read_untyped(&json, text);
    else
        types[type].read(&json, &reading);
    enum err err = field_finish(&json, "payload", refusal);
    out->noted = json.noted;
    return err != OK && reading.no_memory ? ERR_MEMORY : err;
}

enum err tuf_read(
    enum dialect dialect, struct span payload, struct tuf *out, struct refusal *refusal)
{
    return read_all(dialect, payload, false, NULL, out, refusal);
}

enum err tuf_read_entries(enum dialect dialect, struct span payload,
    struct tuf_entries *entries, struct tuf *out, struct refusal *refusal)
{
    return read_all(dialect, payload, false, entries, out, refusal);
}

enum err tuf_read_past(
    enum dialect dialect, struct span payload, struct tuf *out, struct refusal *refusal)
{
    return read_all(dialect, payload, true, NULL, out, refusal);
}
