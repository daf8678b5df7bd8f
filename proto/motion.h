// Motions: the texts that a request can have decided about the appliance itself instead of a
// repository (design section 2, "request"): a new charter, keys, the lift of a freeze, the time, an
// import. A motion is the payload of the only item of its request; the item's role names its kind
// (conclave/keys), its version the number in the kind's chain. The charter's own text is
// policy/charter.h. And the two statements that go with them: a freeze, which needs no request, and
// the proof that somebody holds a key that a new charter names.
//
// Writing and reading are strict inverses: what a reader takes is what the writer would write.
#ifndef CONCLAVE_PROTO_MOTION_H
#define CONCLAVE_PROTO_MOTION_H

#include "proto/limits.h"
#include "proto/text.h"
#include "signer/base/key.h"

// The repository that no charter may have: items of motions stand in it.
#define MOTION_REPOSITORY "conclave"

enum motion {
    MOTION_NONE = 0, // metadata
    MOTION_CHARTER,  // conclave/charter: its number is the epoch
    MOTION_IMPORT,   // conclave/import
    MOTION_KEYS,     // conclave/keys
    MOTION_LIFT,     // conclave/lift: no chain; number 1, previous the freeze's id
    MOTION_MANDATE,  // conclave/mandate: a chain for each role that its text names
    MOTION_TIME,     // conclave/time
    MOTION_KINDS
};

// The kind by an item's role; MOTION_NONE for anything else.
enum motion motion_of(const char *role);
// "conclave/charter"; empty for MOTION_NONE.
const char *motion_role(enum motion motion);
// Whether a role stands in MOTION_REPOSITORY, whatever follows there.
bool motion_reserves(const char *role);

//   conclave.keys/v1
//   number: 3
//   make: image/root ed25519             (in the order in which they are made)
//   retire: image/root sha256:…          (signs nothing from now on; ascending by role, then key)
//   destroy: image/root sha256:…         (retired, and no longer in the charter; ascending)
// 1 to LIMIT_MOTION_KEYS lines together.
struct keys_make {
    char role[LIMIT_ROLE_NAME + 1];
    enum key_type type;
};
struct keys_name {
    char role[LIMIT_ROLE_NAME + 1];
    struct hash key;
};
struct keys_motion {
    uint64_t number;
    struct keys_make make[LIMIT_MOTION_KEYS];
    size_t make_count;
    struct keys_name retire[LIMIT_MOTION_KEYS];
    size_t retire_count;
    struct keys_name destroy[LIMIT_MOTION_KEYS];
    size_t destroy_count;
};
void keys_motion_write(const struct keys_motion *motion, struct bytes *out);
enum err must_check keys_motion_read(struct span text, struct keys_motion *out);

// What a freeze stops: `everything`, `role image/targets` (a motion's kind is a role here too, but
// not conclave/charter, conclave/lift or conclave/time), or `request sha256:…`.
// Or `mandate director/targets sha256:…`: that mandate is revoked, which nothing lifts.
enum freeze_what { FREEZE_EVERYTHING = 1, FREEZE_ROLE, FREEZE_REQUEST, FREEZE_MANDATE };
struct freeze_of {
    enum freeze_what what;
    char role[LIMIT_ROLE_NAME + 1]; // FREEZE_ROLE, FREEZE_MANDATE
    struct hash thing; // FREEZE_REQUEST: its id; FREEZE_MANDATE: SHA-256 of its text
};
// The fields behind a line's name, both ways.
void freeze_of_fields(const struct freeze_of *of, struct bytes *out);
struct freeze_of freeze_of_read(struct text *text);
bool freeze_of_equal(const struct freeze_of *a, const struct freeze_of *b);

// conclave.freeze/v1, by an administrator. Its id is the SHA-256 of its bytes.
//
//   conclave.freeze/v1
//   appliance: sha256:…
//   administrator: sha256:…      (the key that signs this)
//   charter: 4 sha256:…          (epoch and hash in force: a freeze counts under no other)
//   number: 2                    (the administrator's freezes in this epoch, counted: so each
//                                 statement counts once, and never again after its lift)
//   freeze: role image/targets
//   reason: a sentence
struct freeze {
    struct hash appliance;
    struct hash administrator;
    uint64_t epoch;
    struct hash charter;
    uint64_t number;
    struct freeze_of of;
    char reason[LIMIT_SENTENCE + 1];
};
void freeze_write(const struct freeze *freeze, struct bytes *out);
enum err must_check freeze_read(struct span text, struct freeze *out);
// The lines behind `appliance`, as the record conclave.frozen/v1 has them too.
void freeze_lines_write(const struct freeze *freeze, struct bytes *out);
void freeze_lines_read(struct text *text, struct freeze *out);

//   conclave.lift/v1
//   freeze: sha256:…             (the statement's id)
//   what: role image/targets     (as the statement says)
struct lift_motion {
    struct hash freeze;
    struct freeze_of of;
};
void lift_motion_write(const struct lift_motion *motion, struct bytes *out);
enum err must_check lift_motion_read(struct span text, struct lift_motion *out);

//   conclave.time/v1
//   number: 2
//   time: 2026-11-22T08:00:00Z   (it is not earlier than this)
struct time_motion {
    uint64_t number;
    moment time;
};
void time_motion_write(const struct time_motion *motion, struct bytes *out);
enum err must_check time_motion_read(struct span text, struct time_motion *out);

//   conclave.mandate/v1
//   number: 3                    (of the role's mandates, counted)
//   role: director/targets       (which the charter lets mandates sign)
//   requester: sha256:…          (whose requests are signed under it)
//   versions: 101 100000         (the first and the last that may be signed)
//   count: 50000                 (payloads that may be signed)
//   longest: 86400               (seconds from the signature to a payload's expiry, at most)
//   until: 2027-11-22T00:00:00Z  (nothing is signed under it from then on)
struct mandate_motion {
    uint64_t number;
    char role[LIMIT_ROLE_NAME + 1];
    struct hash requester;
    uint64_t first;  // 1 at least
    uint64_t last;   // not below `first`; at most LIMIT_VERSION
    uint64_t count;  // 1 at least, at most LIMIT_VERSION
    int64_t longest; // 1 at least, at most LIMIT_MANDATE_LIFE
    moment until;
};
void mandate_motion_write(const struct mandate_motion *motion, struct bytes *out);
enum err must_check mandate_motion_read(struct span text, struct mandate_motion *out);

//   conclave.import/v1
//   number: 1
//   repository: image
//   root: 1 sha256:…                          (the chain of root files; versions rise by one, to
//                                              that of the role root; each file is evidence)
//   role: image/root 12 sha256:… 2027-…       (what each role signed last: version, SHA-256 of the
//                                              signed part in canonical form, expiry; ascending; the
//                                              canonical part is evidence)
//   accept: 3 keyid-not-canonical             (what the chain breaks: version and the rule's id;
//                                              ascending by version, then id; none twice)
struct import_root {
    uint64_t version;
    struct hash file;
};
struct import_role {
    char role[LIMIT_ROLE_NAME + 1];
    uint64_t version;
    struct hash payload;
    moment expires;
};
// A finding's id is [a-z0-9-] and begins with no hyphen. Evidence of the longest import, LIMIT_ITEMS
// files at most: each root, each other role's file, and each role's canonical part.
enum { IMPORT_ROLES_MOST = 14, FINDING_ID_MOST = 40 };
struct import_finding {
    uint64_t version;
    char id[FINDING_ID_MOST + 1];
};
struct import_motion {
    uint64_t number;
    char repository[LIMIT_NAME + 1];
    struct import_root roots[LIMIT_HISTORY]; // at least one
    size_t root_count;
    struct import_role roles[IMPORT_ROLES_MOST]; // all of the repository; the root among them
    size_t role_count;
    struct import_finding findings[LIMIT_FINDINGS];
    size_t finding_count;
};
void import_motion_write(const struct import_motion *motion, struct bytes *out);
enum err must_check import_motion_read(struct span text, struct import_motion *out);

// Rebuilds conclave.possession/v1, which whoever holds a key that a new charter names signs with it
// (DSSE_POSSESSION): appliance, charter (epoch, hash), key.
void possession_write(const struct hash *appliance, uint64_t epoch, const struct hash *charter,
    const struct hash *key, struct bytes *out);

//   conclave.proofs/v1           (the one file of evidence of a charter motion; none when the
//   proof: sha256:… base64       charter names no new key; ascending by key; at least one)
struct proof_line {
    struct hash key;
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t signature_size;
};
struct proofs {
    struct proof_line at[LIMIT_ADMINISTRATORS + LIMIT_REQUESTERS];
    size_t count;
};
void proofs_write(const struct proofs *proofs, struct bytes *out);
enum err must_check proofs_read(struct span text, struct proofs *out);

#endif
