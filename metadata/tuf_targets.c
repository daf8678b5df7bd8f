// TUF specification 1.0.x, section 4.5.
#include "metadata/tuf_part.h"

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

static bool has_upper(struct span path)
{
    for (size_t i = 0; i < path.size; i++)
        if (path.data[i] >= 'A' && path.data[i] <= 'Z')
            return true;
    return false;
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

static void read_targets(struct json *json, void *into)
{
    struct tuf_reading *reading = into;
    struct tuf_target target;
    size_t from = json->at, count = 0;
    bool upper = false;
    json_enter_object(json);
    while (json_key(json, &target.path)) {
        check_path(json, target.path);
        upper = upper || has_upper(target.path);
        read_target(json, &target);
        count++;
    }
    if (json->failure != NULL)
        return;
    reading->out->targets = span_of(json->whole.data + from, json->at - from);
    // Paths strictly ascend: without a capital none of them can be another's other case.
    if (upper)
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
    struct tuf_targets targets = {.json = json_of(tuf->dialect, tuf->targets)};
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
    *out = (struct tuf_target){0};
    if (!json_key(&targets->json, &out->path))
        return false;
    read_target(&targets->json, out);
    return targets->json.failure == NULL;
}
