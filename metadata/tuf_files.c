// What Snapshot and Timestamp list (TUF specification 1.0.x, sections 4.4 and 4.6).
#include "metadata/tuf_part.h"

#include <string.h>

static void read_hashes(struct json *json, void *into)
{
    struct tuf_file *file = into;
    struct tuf_hashes hashes = {0};
    tuf_hashes_read(json, &hashes);
    file->sha256 = hashes.sha256;
    file->sha512 = hashes.sha512;
}

static void read_length(struct json *json, void *into)
{
    struct tuf_file *file = into;
    file->length = tuf_length_value(json);
}

static void read_version(struct json *json, void *into)
{
    struct tuf_file *file = into;
    file->version = tuf_version_value(json);
}

static void read_file(struct json *json, void *into)
{
    static const struct field fields[] = {
        {"hashes", NULL, read_hashes, DIALECT_NONE},
        {"length", NULL, read_length, DIALECT_NONE},
        {"version", "version is missing", read_version, DIALECT_NONE},
    };
    fields_read(json, fields, sizeof fields / sizeof fields[0], into);
}

static const char suffix[] = ".json";

const char *tuf_file_fault(struct span name)
{
    size_t tail = strlen(suffix);
    if (name.size <= tail || !span_is(span_of(name.data + name.size - tail, tail), suffix))
        return "a file of metadata is named ROLE.json";
    if (span_is(name, "targets.json"))
        return NULL;
    return tuf_role_name_fault(span_of(name.data, name.size - tail));
}

bool tuf_files_may_list(enum tuf_type type, struct span name)
{
    return type == TUF_TIMESTAMP ? span_is(name, "snapshot.json")
                                 : tuf_file_fault(name) == NULL;
}

static void read_snapshot_meta(struct json *json, void *into)
{
    struct tuf_reading *reading = into;
    size_t from = json->at, count = 0;
    bool targets = false;
    struct tuf_file file;
    json_enter_object(json);
    while (json_key(json, &file.name)) {
        const char *fault = tuf_file_fault(file.name);
        if (fault != NULL)
            json_note_at(json, tuf_offset(json, file.name), RULE_FILE_NAME_FORM, fault);
        if (++count > TUF_FILES_MOST)
            json_fail_at(
                json, tuf_offset(json, file.name), RULE_FILES_MOST, "more than 256 files");
        targets = targets || span_is(file.name, "targets.json");
        read_file(json, &file);
    }
    if (!targets)
        json_fail(json, RULE_TARGETS_LISTED, "targets.json is missing");
    if (json->failure == NULL)
        reading->out->meta = span_of(json->whole.data + from, json->at - from);
}

static void read_timestamp_meta(struct json *json, void *into)
{
    struct tuf_reading *reading = into;
    struct tuf_file file;
    size_t from = json->at;
    bool snapshot = false;
    json_enter_object(json);
    while (json_key(json, &file.name)) {
        bool is_snapshot = span_is(file.name, "snapshot.json");
        if (!is_snapshot)
            json_note_at(json, tuf_offset(json, file.name), RULE_FILE_NAME_FORM,
                "an unknown field: a timestamp lists snapshot.json alone");
        snapshot = snapshot || is_snapshot;
        read_file(json, &file);
    }
    if (!snapshot)
        json_fail(json, RULE_SNAPSHOT_LISTED, "snapshot.json is missing");
    if (json->failure == NULL)
        reading->out->meta = span_of(json->whole.data + from, json->at - from);
}

void tuf_snapshot_read(struct json *json, struct tuf_reading *reading)
{
    static const struct field fields[] = {
        {"_type", "_type is missing", tuf_type_read, DIALECT_NONE},
        {"expires", "expires is missing", tuf_expires_read, DIALECT_NONE},
        {"meta", "meta is missing", read_snapshot_meta, DIALECT_NONE},
        {"spec_version", "spec_version is missing", tuf_spec_version_read, DIALECT_TUF},
        {"spec_version", NULL, tuf_spec_version_read, DIALECT_UPTANE},
        {"version", "version is missing", tuf_version_read, DIALECT_NONE},
    };
    fields_read(json, fields, sizeof fields / sizeof fields[0], reading);
}

void tuf_timestamp_read(struct json *json, struct tuf_reading *reading)
{
    static const struct field fields[] = {
        {"_type", "_type is missing", tuf_type_read, DIALECT_NONE},
        {"expires", "expires is missing", tuf_expires_read, DIALECT_NONE},
        {"meta", "meta is missing", read_timestamp_meta, DIALECT_NONE},
        {"spec_version", "spec_version is missing", tuf_spec_version_read, DIALECT_TUF},
        {"spec_version", NULL, tuf_spec_version_read, DIALECT_UPTANE},
        {"version", "version is missing", tuf_version_read, DIALECT_NONE},
    };
    fields_read(json, fields, sizeof fields / sizeof fields[0], reading);
}

struct tuf_files tuf_files_of(const struct tuf *tuf)
{
    struct tuf_files files = {.json = json_of(tuf->dialect, tuf->meta)};
    files.json.past = tuf->past;
    json_enter_object(&files.json);
    return files;
}

bool tuf_files_next(struct tuf_files *files, struct tuf_file *out)
{
    *out = (struct tuf_file){.length = -1};
    if (!json_key(&files->json, &out->name))
        return false;
    read_file(&files->json, out);
    return files->json.failure == NULL;
}
