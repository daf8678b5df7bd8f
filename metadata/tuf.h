// TUF metadata, read completely (TUF specification 1.0.x, section 4; formats reference sections 1
// and 2): every field known, of the right type and within bounds, or the payload is refused (R2).
//
// Values borrow from the payload's bytes. Lists are visited again by re-reading (the reader is
// fast and has checked everything once), so memory does not grow with the payload.
#ifndef CONCLAVE_METADATA_TUF_H
#define CONCLAVE_METADATA_TUF_H

#include "metadata/json.h"
#include "proto/limits.h"
#include "proto/refusal.h"
#include "signer/base/hash.h"
#include "signer/base/key.h"
#include "signer/base/moment.h"

enum tuf_type { TUF_NONE = 0, TUF_ROOT, TUF_TARGETS, TUF_SNAPSHOT, TUF_TIMESTAMP };

// The type that a role's short name demands: root, targets, snapshot, timestamp; any other name is
// a delegated role: targets.
enum tuf_type tuf_type_of_role(const char *short_name);
const char *tuf_type_text(enum tuf_type type);

enum { TUF_ROOT_ROLES = 4, TUF_KEYS_MOST = 64, TUF_KEYIDS_MOST = 64 };

struct tuf_key {
    struct span id;      // 64 hex digits, as written; verified against the canonical key object
    struct span keytype; // "ed25519", "ecdsa", "rsa"
    struct span scheme;
    struct span value;   // keyval.public, raw
    struct span whole;   // the key object's bytes
};

struct tuf_role {
    enum tuf_type type;
    struct span keyids[TUF_KEYIDS_MOST];
    size_t keyid_count;
    int64_t threshold;
};

struct tuf_root {
    bool consistent_snapshot;
    struct tuf_key keys[TUF_KEYS_MOST];
    size_t key_count;
    struct tuf_role roles[TUF_ROOT_ROLES]; // in the order root, snapshot, targets, timestamp
};

// One entry of targets: its bytes stay where they are.
struct tuf_target {
    struct span path; // raw JSON string
    int64_t length;
    struct span sha256; // 64 hex digits
    struct span sha512; // 128 hex digits, or empty
    struct span custom; // canonical JSON object, or empty
};

// One entry of snapshot's or timestamp's meta.
struct tuf_file {
    struct span name; // "targets.json", raw
    int64_t version;
    int64_t length;     // -1 when absent
    struct span sha256; // empty when absent
    struct span sha512; // empty when absent
};

struct tuf {
    enum tuf_type type;
    uint64_t version;
    moment expires;
    struct span spec_version;
    struct span whole;
    struct tuf_root root;    // for TUF_ROOT
    struct span targets;     // for TUF_TARGETS: the object's bytes
    struct span delegations; // for TUF_TARGETS: the object's bytes, or empty
    struct span meta;        // for TUF_SNAPSHOT and TUF_TIMESTAMP: the object's bytes
};

// Reads the `signed` object of a payload whole. ERR_REFUSED with R2 and a sentence that says at
// which byte, otherwise OK. A struct tuf is some 20 KB.
enum err must_check tuf_read(struct span payload, struct tuf *out, struct refusal *refusal);

// Visits the entries again, in file order. Start with {.rest…} from tuf_targets/tuf_files; false
// at the end.
struct tuf_targets {
    struct json json;
};
struct tuf_targets tuf_targets_of(const struct tuf *tuf);
bool tuf_targets_next(struct tuf_targets *targets, struct tuf_target *out);
struct tuf_files {
    struct json json;
};
struct tuf_files tuf_files_of(const struct tuf *tuf);
bool tuf_files_next(struct tuf_files *files, struct tuf_file *out);

// A complete signed file {"signatures":[…],"signed":{…}}, canonical. `signed_part` is the exact
// bytes of its `signed` value. No key id twice. ERR_FORM.
struct tuf_signature {
    struct span keyid; // 64 hex digits
    struct span sig;   // hex
};
struct tuf_envelope {
    struct span signed_part;
    struct tuf_signature signatures[TUF_KEYIDS_MOST];
    size_t signature_count;
};
enum err must_check tuf_envelope_read(
    struct span file, struct tuf_envelope *out, struct refusal *refusal);

// The TUF key object of one of our keys, canonical:
// {"keytype":…,"keyval":{"public":…},"scheme":…}; ed25519: 64 hex digits; ecdsa: SPKI PEM with
// scheme ecdsa-sha2-nistp256 (formats reference, section 1).
void tuf_key_write(const struct key *key, struct bytes *out);
// Its key id: SHA-256 of that object.
struct hash tuf_key_id(const struct key *key);
// Our key from a key object that tuf_read has passed. ERR_KEY for types we cannot verify.
enum err must_check tuf_key_from(const struct tuf_key *tuf, struct key *out);

#endif
