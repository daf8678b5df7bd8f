// TUF specification 1.0.x, section 4.3.
#include "metadata/tuf_part.h"

#include <string.h>

static const enum tuf_type order[TUF_ROOT_ROLES] = {
    TUF_ROOT, TUF_SNAPSHOT, TUF_TARGETS, TUF_TIMESTAMP};

const struct tuf_role *tuf_root_role(const struct tuf_root *root, enum tuf_type type)
{
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++)
        if (order[i] == type)
            return &root->roles[i];
    return NULL;
}

const struct tuf_key *tuf_root_key(const struct tuf_root *root, struct span id)
{
    for (size_t i = 0; i < root->key_count; i++)
        if (span_equal(root->keys[i].id, id))
            return &root->keys[i];
    return NULL;
}

// A root while it is read: the common part first, so that the common fields' functions take it.
struct root_reading {
    struct tuf_reading common;
    struct tuf_keyring ring;
};

static void read_consistent_snapshot(struct json *json, void *into)
{
    struct root_reading *reading = into;
    reading->common.out->root.says_consistent_snapshot = true;
    reading->common.out->root.consistent_snapshot = json_boolean(json);
}

static void read_keys(struct json *json, void *into)
{
    struct root_reading *reading = into;
    tuf_keyring_read(json, &reading->ring);
    reading->common.out->root.key_count = reading->ring.count;
}

static void read_keyids(struct json *json, void *into)
{
    struct tuf_role *role = into;
    role->keyid_count = tuf_keyids_read(json, role->keyids);
}

static void read_threshold(struct json *json, void *into)
{
    struct tuf_role *role = into;
    role->threshold = tuf_threshold_value(json, role->keyid_count);
}

static struct tuf_role *role_of(struct tuf_root *root, struct span name)
{
    size_t i = 0;
    while (i + 1 < TUF_ROOT_ROLES && !span_is(name, tuf_type_text(order[i])))
        i++;
    root->roles[i].type = order[i];
    return &root->roles[i];
}

static void read_role(struct json *json, void *into)
{
    static const struct field fields[] = {
        {"keyids", "keyids is missing", read_keyids, DIALECT_NONE},
        {"threshold", "threshold is missing", read_threshold, DIALECT_NONE},
    };
    struct root_reading *reading = into;
    struct tuf_role *role = role_of(&reading->common.out->root, json->keys[json->depth - 1]);
    fields_read(json, fields, sizeof fields / sizeof fields[0], role);
    tuf_keyring_claim(json, &reading->ring, role->keyids, role->keyid_count);
}

static void read_roles(struct json *json, void *into)
{
    static const struct field fields[] = {
        {"root", "the role root is missing", read_role, DIALECT_NONE},
        {"snapshot", "the role snapshot is missing", read_role, DIALECT_NONE},
        {"targets", "the role targets is missing", read_role, DIALECT_NONE},
        {"timestamp", "the role timestamp is missing", read_role, DIALECT_NONE},
    };
    struct root_reading *reading = into;
    fields_read(json, fields, sizeof fields / sizeof fields[0], into);
    tuf_keyring_close(json, &reading->ring);
}

void tuf_root_read(struct json *json, struct tuf_reading *reading)
{
    static const struct field fields[] = {
        {"_type", "_type is missing", tuf_type_read, DIALECT_NONE},
        {"consistent_snapshot", NULL, read_consistent_snapshot, DIALECT_NONE},
        {"expires", "expires is missing", tuf_expires_read, DIALECT_NONE},
        {"keys", "keys is missing", read_keys, DIALECT_NONE},
        {"roles", "roles is missing", read_roles, DIALECT_NONE},
        {"spec_version", "spec_version is missing", tuf_spec_version_read, DIALECT_TUF},
        {"spec_version", NULL, tuf_spec_version_read, DIALECT_UPTANE},
        {"version", "version is missing", tuf_version_read, DIALECT_NONE},
    };
    memset(&reading->out->root, 0, sizeof reading->out->root);
    struct root_reading root = {.common = *reading, .ring = {.keys = reading->out->root.keys}};
    fields_read(json, fields, sizeof fields / sizeof fields[0], &root);
    if (json->dialect == DIALECT_TUF && !reading->out->root.says_consistent_snapshot)
        json_note_at(
            json, json->at, RULE_CONSISTENT_SNAPSHOT_MISSING, "consistent_snapshot is missing");
}
