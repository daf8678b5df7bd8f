// TUF and Uptane metadata, read completely (TUF specification 1.0.x, section 4; Uptane standard, 5.2;
// formats reference sections 1 and 2): every field known, of the right type and within bounds, or the
// payload is refused (R2). Whoever reads says in which dialect; what is of another is refused.
//
// Values borrow from the payload's bytes. Lists are visited again by re-reading (the reader is
// fast and has checked everything once), so what is kept does not grow with the payload.
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
const char *tuf_type_text(
    enum tuf_type type); // the name of its role; `uptane` has _type with a capital

enum {
    TUF_ROOT_ROLES = 4,
    // Keys of one root, or of one file's delegations: 32 suppliers of four keys.
    TUF_KEYS_MOST = 128,
    TUF_KEYIDS_MOST = 64,
    // Delegated roles of one file: clients visit them one by one (formats reference, section 2).
    TUF_DELEGATIONS_MOST = 32,
    // Files that a snapshot lists: a repository with a hundred delegations, and some room.
    TUF_FILES_MOST = 256,
    // Versions are 31 bits: what every TUF and Uptane client can hold.
    TUF_VERSION_MOST = 2147483647,
    // A path of an image, and a pattern: a file name on any system, folders included.
    TUF_PATH_MOST = 1024,
};

struct tuf_key {
    enum dialect dialect;
    struct span
        id; // 64 hex digits, as written: in `tuf` the SHA-256 of the canonical key object, in
            // `uptane` of the DER SPKI; of a past key possibly another
    struct span keytype; // "ed25519", "ecdsa", "rsa"; "ED25519", "RSA"
    struct span scheme;  // empty in `uptane`
    struct span value;   // keyval.public, raw
    struct span whole;   // the key object's bytes
    struct hash
        identity; // SHA-256 of the DER SPKI (R21): alike for every spelling of one key; of a
                  // past key that is not understood, of the key object
};

struct tuf_role {
    enum tuf_type type;
    struct span
        keyids[TUF_KEYIDS_MOST]; // as listed; each a key of the same root, used here only
    size_t keyid_count;
    int64_t threshold; // 1 to keyid_count; of a past one possibly more
};

struct tuf_root {
    bool consistent_snapshot;      // false when it is not said
    bool says_consistent_snapshot; // `uptane` may leave it out
    struct tuf_key keys[TUF_KEYS_MOST];
    size_t key_count;
    struct tuf_role roles[TUF_ROOT_ROLES]; // in the order root, snapshot, targets, timestamp
};

// One entry of targets: its bytes stay where they are.
struct tuf_target {
    struct span path; // printable ASCII without backslash, never an escape
    int64_t length;
    struct span sha256; // 64 hex digits
    struct span sha512; // 128 hex digits, or empty
    struct span custom; // canonical JSON object, or empty
};

// Entries of targets, kept by whoever needs them more than once.
struct tuf_entries {
    struct tuf_target *at;
    size_t count;
    size_t room;
};
void tuf_entries_clear(struct tuf_entries *entries);

// One entry of snapshot's or timestamp's meta.
struct tuf_file {
    struct span name; // "targets.json", raw
    int64_t version;
    int64_t length;     // -1 when absent
    struct span sha256; // empty when absent
    struct span sha512; // empty when absent
};

// One delegated role of a targets file.
struct tuf_delegation {
    struct span name;
    struct span keyids[TUF_KEYIDS_MOST]; // as listed; each a key of the same delegations
    size_t keyid_count;
    int64_t threshold;
    struct span patterns; // the array's bytes: paths, or path_hash_prefixes
    bool hash_prefixes;
    bool terminating;
};

struct tuf {
    enum dialect dialect;
    enum tuf_type type;
    uint64_t version;
    moment expires;
    struct span spec_version; // empty when absent, as `uptane` may have it
    struct span whole;
    struct span targets;               // for TUF_TARGETS: the object's bytes
    const struct tuf_entries *entries; // for TUF_TARGETS: what stands in it, or NULL
    struct span delegations;           // for TUF_TARGETS: the object's bytes, or empty
    struct span custom;    // for TUF_TARGETS of `uptane`: the object's bytes, or empty
    struct span meta;      // for TUF_SNAPSHOT and TUF_TIMESTAMP: the object's bytes
    bool past;             // read by tuf_read_past
    struct rule_set noted; // the rules that it breaks; empty unless past
    struct tuf_root root;  // for TUF_ROOT; of any other type only its counts are set, to none
};

// Nothing, of no type: a struct tuf before anything is read into it. It is some 20 KB, nearly all of
// them a root's, which is not cleared for those who have none.
void tuf_init(struct tuf *tuf);

// Reads the `signed` object of a payload whole. ERR_REFUSED by the rule that is broken
// (metadata/rule.h), with a sentence that says at which byte; ERR_MEMORY (with a sentence too) when there is none to look for paths that differ
// only by case; otherwise OK.
enum err must_check tuf_read(
    enum dialect dialect, struct span payload, struct tuf *out, struct refusal *refusal);

// The same, and keeps the entries of a Targets: tuf_targets_of then visits them without reading them
// again. `entries`, empty before, outlives `out`; whoever gave it clears it, whatever this says.
enum err must_check tuf_read_entries(enum dialect dialect, struct span payload,
    struct tuf_entries *entries, struct tuf *out, struct refusal *refusal);

// The same for a payload of the past, one that a role signed last: it was signed here, and is read as
// strictly, or a quorum accepted it in an import with the rules that it breaks (metadata/history.h).
enum err must_check tuf_read_past(
    enum dialect dialect, struct span payload, struct tuf *out, struct refusal *refusal);

// The root's role of a type; NULL for TUF_NONE. A key of a root by its id; NULL when not listed.
const struct tuf_role *tuf_root_role(const struct tuf_root *root, enum tuf_type type);
const struct tuf_key *tuf_root_key(const struct tuf_root *root, struct span id);

// Visits the entries again, in file order; false at the end. Only for what tuf_read has passed.
struct tuf_targets {
    struct json json;
    const struct tuf_entries *entries; // NULL: they are read again
    size_t next;
};
struct tuf_targets tuf_targets_of(const struct tuf *tuf);
bool tuf_targets_next(struct tuf_targets *targets, struct tuf_target *out);
// The same of a Targets that a role signed last and that was read then; of no payload: no entry.
struct tuf_targets tuf_targets_past(enum dialect dialect, struct span payload);
struct tuf_files {
    struct json json;
};
struct tuf_files tuf_files_of(const struct tuf *tuf);
bool tuf_files_next(struct tuf_files *files, struct tuf_file *out);
// Whether what is signed here may list a file of this name; what is of the past may list others.
bool tuf_files_may_list(enum tuf_type type, struct span name);

// Delegations, visited in file order, which is the order of priority. No delegations: no role.
struct tuf_delegations {
    struct json json;
};
struct tuf_delegations tuf_delegations_of(const struct tuf *tuf);
bool tuf_delegations_next(struct tuf_delegations *delegations, struct tuf_delegation *out);
// What a Targets that a role signed last, and that was read then, delegates: the object's bytes, or empty.
struct span tuf_delegations_past(enum dialect dialect, struct span payload);
// The keys of a file's delegations, ascending by id; returns how many.
size_t tuf_delegations_keys(const struct tuf *tuf, struct tuf_key keys[TUF_KEYS_MOST]);

// A complete signed file {"signatures":[…],"signed":{…}}, canonical. `signed_part` is the exact
// bytes of its `signed` value. No key id twice. ERR_REFUSED as tuf_read.
//
// A signature is {"keyid","sig"} in `tuf`, in lower-case hex; {"keyid","method","sig"} in `uptane`, in
// base64, of a known method and of a length that fits it.
struct tuf_signature {
    struct span keyid;  // 64 hex digits
    struct span method; // empty in `tuf`
    struct span sig;    // as written; in `tuf` empty for one that was announced and never made
    struct span whole;
};
struct tuf_envelope {
    enum dialect dialect;
    struct span signed_part;
    struct tuf_signature signatures[TUF_KEYIDS_MOST];
    size_t signature_count;
    struct rule_set noted; // as struct tuf
};
enum err must_check tuf_envelope_read(
    enum dialect dialect, struct span file, struct tuf_envelope *out, struct refusal *refusal);
enum err must_check tuf_envelope_read_past(
    enum dialect dialect, struct span file, struct tuf_envelope *out, struct refusal *refusal);
// Reads one signature object, or an array of them, canonical, with nothing around it: an envelope
// without a signed part.
enum err must_check tuf_signatures_read(
    enum dialect dialect, struct span text, struct tuf_envelope *out, struct refusal *refusal);
// Appends the signature object of one of our keys.
void tuf_signature_write(
    enum dialect dialect, const struct key *key, struct span signature, struct bytes *out);
// Whether the envelope holds a signature of this key, by its id and method, that verifies.
bool tuf_envelope_verifies(const struct tuf_envelope *envelope, const struct tuf_key *key);
// How many distinct public keys of `keys` that are listed in `keyids` have signed the file.
size_t tuf_envelope_signers(const struct tuf_envelope *envelope, const struct tuf_key *keys,
    size_t key_count, const struct span *keyids, size_t keyid_count);

// The key object of one of our keys, canonical (formats reference, section 1):
//   tuf     {"keytype":…,"keyval":{"public":…},"scheme":…}
//   uptane  {"keytype":…,"keyval":{"public":…}}
// Ed25519 keys as 64 hex digits, all others as PEM. Nothing for a key that clients of the dialect do
// not read (policy/dialect.h).
void tuf_key_write(enum dialect dialect, const struct key *key, struct bytes *out);
// Its key id: SHA-256 of that object in `tuf`, of the DER SPKI in `uptane`.
struct hash tuf_key_id(enum dialect dialect, const struct key *key);
// Our key from a key object that tuf_read has passed. ERR_KEY for a past key that is not understood.
enum err must_check tuf_key_from(const struct tuf_key *tuf, struct key *out);
// OK when `signature` is one of the listed key over `message`; ERR_SIGNATURE when not, ERR_KEY for a
// past key that is not understood, ERR_CRYPTO.
enum err must_check tuf_key_verify(
    const struct tuf_key *tuf, struct span message, struct span signature);

#endif
