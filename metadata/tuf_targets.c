// TUF specification 1.0.x, section 4.5.
#include "metadata/tuf_part.h"

#include <stdlib.h>

static void read_sha256(struct json *json, void *into)
{
    struct tuf_hashes *hashes = into;
    hashes->sha256 = field_hex(
        json, 64, (struct field_must){RULE_HASH_FORM, "must be 64 lower-case hex digits"});
}

static void read_sha512(struct json *json, void *into)
{
    struct tuf_hashes *hashes = into;
    hashes->sha512 = field_hex(
        json, 128, (struct field_must){RULE_HASH_FORM, "must be 128 lower-case hex digits"});
}

void tuf_hashes_read(struct json *json, struct tuf_hashes *hashes)
{
    static const struct field fields[] = {
        {"sha256", NULL, read_sha256, DIALECT_NONE},
        {"sha512", NULL, read_sha512, DIALECT_NONE},
    };
    fields_read(json, fields, sizeof fields / sizeof fields[0], hashes);
    if (hashes->sha256.size == 0)
        json_note_at(json, json->at, RULE_SHA256_MISSING, "sha256 is missing");
}

int64_t tuf_length_value(struct json *json)
{
    return field_integer(json, 0, JSON_INTEGER_MOST,
        (struct field_must){RULE_LENGTH_NEGATIVE, "must not be negative"});
}

static void read_custom(struct json *json, void *into)
{
    struct tuf_target *target = into;
    json_expect(json, JSON_OBJECT, "an object is expected");
    target->custom = json_skip(json);
}

static void read_hashes(struct json *json, void *into)
{
    struct tuf_target *target = into;
    struct tuf_hashes hashes = {0};
    tuf_hashes_read(json, &hashes);
    target->sha256 = hashes.sha256;
    target->sha512 = hashes.sha512;
}

static void read_length(struct json *json, void *into)
{
    struct tuf_target *target = into;
    target->length = tuf_length_value(json);
}

static void read_target(struct json *json, struct tuf_target *target)
{
    static const struct field fields[] = {
        {"custom", NULL, read_custom, DIALECT_NONE},
        {"hashes", "hashes is missing", read_hashes, DIALECT_NONE},
        {"length", "length is missing", read_length, DIALECT_NONE},
    };
    fields_read(json, fields, sizeof fields / sizeof fields[0], target);
}

static void check_path(struct json *json, struct span path)
{
    const char *fault = tuf_path_fault(path);
    if (fault != NULL)
        json_note_at(json, tuf_offset(json, path), RULE_PATH_FORM, fault);
}

static void read_own_custom(struct json *json, void *into)
{
    struct tuf_reading *reading = into;
    struct tuf_target whole = {0};
    read_custom(json, &whole);
    reading->out->custom = whole.custom;
}

// Nothing of the room is lost when there is no more.
static bool has_room(struct tuf_entries *entries)
{
    enum { FIRST = 16 };
    if (entries->count < entries->room)
        return true;
    size_t room = entries->room == 0 ? FIRST : 2 * entries->room;
    struct tuf_target *at = reallocarray(entries->at, room, sizeof *at);
    if (at == NULL)
        return false;
    entries->at = at;
    entries->room = room;
    return true;
}

static void keep(
    struct json *json, struct tuf_reading *reading, const struct tuf_target *target)
{
    if (reading->entries == NULL)
        return;
    if (has_room(reading->entries)) {
        reading->entries->at[reading->entries->count++] = *target;
        return;
    }
    reading->no_memory = true;
    json_fail(json, RULE_FIELD_TYPE, "no memory to keep the targets");
}

void tuf_entries_clear(struct tuf_entries *entries)
{
    free(entries->at);
    *entries = (struct tuf_entries){0};
}

static void read_targets(struct json *json, void *into)
{
    struct tuf_reading *reading = into;
    struct span path, last = {0};
    size_t from = json->at, count = 0;
    bool ascend = true; // without regard to case too
    json_enter_object(json);
    for (; json_key(json, &path); count++) {
        struct tuf_target target = {.path = path};
        check_path(json, path);
        ascend = ascend && (count == 0 || tuf_compare_folded(last, path) < 0);
        last = path;
        read_target(json, &target);
        keep(json, reading, &target);
    }
    if (json->failure != NULL)
        return;
    reading->out->targets = span_of(json->whole.data + from, json->at - from);
    // Paths that ascend without regard to case are none the other case of another.
    if (!ascend)
        tuf_paths_distinct(json, reading, count);
}

void tuf_targets_read(struct json *json, struct tuf_reading *reading)
{
    static const struct field fields[] = {
        {"_type", "_type is missing", tuf_type_read, DIALECT_NONE},
        {"custom", NULL, read_own_custom, DIALECT_UPTANE},
        {"delegations", NULL, tuf_delegations_read, DIALECT_NONE},
        {"expires", "expires is missing", tuf_expires_read, DIALECT_NONE},
        {"spec_version", "spec_version is missing", tuf_spec_version_read, DIALECT_TUF},
        {"spec_version", NULL, tuf_spec_version_read, DIALECT_UPTANE},
        {"targets", "targets is missing", read_targets, DIALECT_NONE},
        {"version", "version is missing", tuf_version_read, DIALECT_NONE},
    };
    fields_read(json, fields, sizeof fields / sizeof fields[0], reading);
}

struct tuf_targets tuf_targets_of(const struct tuf *tuf)
{
    struct tuf_targets targets = {
        .json = json_of(tuf->dialect, tuf->targets), .entries = tuf->entries};
    targets.json.past = tuf->past;
    json_enter_object(&targets.json);
    return targets;
}

// `targets` is found without reading it twice: it is large.
struct tuf_targets tuf_targets_past(enum dialect dialect, struct span payload)
{
    struct tuf_targets targets = {.json = json_of(dialect, payload)};
    struct span name;
    targets.json.past = true;
    json_enter_object(&targets.json);
    while (json_key(&targets.json, &name) && !span_is(name, "targets"))
        (void)json_skip(&targets.json);
    json_enter_object(&targets.json);
    return targets;
}

bool tuf_targets_next(struct tuf_targets *targets, struct tuf_target *out)
{
    if (targets->entries != NULL && targets->next == targets->entries->count)
        return false;
    if (targets->entries != NULL) {
        *out = targets->entries->at[targets->next++];
        return true;
    }
    *out = (struct tuf_target){0};
    if (!json_key(&targets->json, &out->path))
        return false;
    read_target(&targets->json, out);
    return targets->json.failure == NULL;
}
