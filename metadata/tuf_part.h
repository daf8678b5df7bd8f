// What the files that read TUF metadata share. Nobody outside metadata/tuf_*.c includes this.
#ifndef CONCLAVE_METADATA_TUF_PART_H
#define CONCLAVE_METADATA_TUF_PART_H

#include "metadata/field.h"
#include "metadata/tuf.h"

// One payload while it is read: what every field's function gets as `into`.
struct tuf_reading {
    struct tuf *out;
    struct tuf_entries *entries; // NULL: they are not kept
    bool no_memory;
};

// Each reads one `signed` object of its type.
void tuf_root_read(struct json *json, struct tuf_reading *reading);
void tuf_targets_read(struct json *json, struct tuf_reading *reading);
void tuf_snapshot_read(struct json *json, struct tuf_reading *reading);
void tuf_timestamp_read(struct json *json, struct tuf_reading *reading);

// Fields that all of them have; `into` is a struct tuf_reading.
void tuf_type_read(struct json *json, void *into);
void tuf_version_read(struct json *json, void *into);
void tuf_expires_read(struct json *json, void *into);
void tuf_spec_version_read(struct json *json, void *into);
int64_t tuf_version_value(struct json *json);

// Where a span of the payload begins, for json_fail_at.
size_t tuf_offset(const struct json *json, struct span part);

// An object of keys by key id. Each id is the one that the dialect gives its key, each public key is
// one that can be accepted (R16) and stands there once (R21).
struct tuf_keyring {
    struct tuf_key *keys; // room for TUF_KEYS_MOST
    size_t count;
    bool used[TUF_KEYS_MOST];
};
void tuf_keyring_read(struct json *json, struct tuf_keyring *ring);
// A role lists these ids: each must be in the ring, and used by no role before.
void tuf_keyring_claim(
    struct json *json, struct tuf_keyring *ring, const struct span *ids, size_t count);
// Every key must have been claimed; `whole` is the object of keys.
void tuf_keyring_close(struct json *json, const struct tuf_keyring *ring);

// What every key id must be.
extern const struct field_must tuf_keyid_form;
// An array of key ids, at most TUF_KEYIDS_MOST; returns how many.
size_t tuf_keyids_read(struct json *json, struct span ids[TUF_KEYIDS_MOST]);
// A threshold of a role that lists so many.
int64_t tuf_threshold_value(struct json *json, size_t keyid_count);
// A moment in the form of RFC 3339 with a fraction or an offset, cut to the second. False: not one.
bool tuf_past_moment(struct span text, moment *out);

// {"sha256":…,"sha512":…}, the second optional.
struct tuf_hashes {
    struct span sha256;
    struct span sha512;
};
void tuf_hashes_read(struct json *json, struct tuf_hashes *hashes);
int64_t tuf_length_value(struct json *json);

// What is wrong with a path of an image, or with a pattern of paths: words, or NULL.
const char *tuf_path_fault(struct span path);
// Fails the reader, or notes it, when two of `count` paths of an object of targets differ only by case.
void tuf_paths_distinct(struct json *json, struct tuf_reading *reading, size_t count);

// The delegations object of a targets file.
void tuf_delegations_read(struct json *json, void *into);
// What is wrong with the name of a delegated role: words, or NULL.
const char *tuf_role_name_fault(struct span name);
// What is wrong with the name of a file that a snapshot lists: words, or NULL.
const char *tuf_file_fault(struct span name);
// Whether two ASCII texts differ only by case; their order without regard to it.
int tuf_compare_folded(struct span a, struct span b);

// Finds out a key's identity, of a past key with notes. Fails the reader when it is no good key.
void tuf_key_identify(struct json *json, struct tuf_key *key);
// The key id that its dialect gives to an identified key.
struct hash tuf_key_id_of(const struct tuf_key *key);
// Whether signatures of the key say this method; in `tuf` they say none, which is the empty one.
bool tuf_key_signs_by(const struct tuf_key *key, struct span method);
// The method of a key of ours in that dialect, or "".
const char *tuf_key_method(enum dialect dialect, const struct key *key);

#endif
