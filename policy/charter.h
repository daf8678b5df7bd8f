// The charter: the fixed-order text that a policy file compiles to, and the only form of the
// policy that is approved, hashed, sealed and enforced (design sections 2 and 4; POLICY.md).
//
//   conclave.charter/v1
//   epoch: 1
//   previous: none
//   origin: log.example/appliance-0001
//   log: sha256:…                                  (the appliance: hash of the log key)
//   clock: 300                                     (seconds between two rooms' or tools' clocks)
//   jump: 7776000                                  (seconds that the clock may be ahead of what is
//                                                  sealed, R13)
//   administrator: alice sha256:… SPKI-base64
//   group: everyone alice bob carol
//   charter: group everyone quorum 3 delay none
//   requester: image-service person release-desk open 32 bytes 1073741824 records 1000
//              key sha256:… SPKI-base64            (one line)
//   repository: image tuf image                    (name, dialect, kind: policy/dialect.h)
//   role: image/root group everyone quorum 3 by quorum least 86400 most 31536000 delay none
//         within none rate none threshold 3        (one line; `by mandate`: its quorum approves
//                                                  mandates, and these its signatures)
//   key: image/root ed25519 sha256:… SPKI-base64 custodian none
//
// `delay`: seconds from the opening to the signature; `within`: seconds after the opening until which
// approvals are waited for; `rate`: `none` or `COUNT per SECONDS`, how many versions are signed in
// that time at most; `threshold`: the least that a root may give the role. Each `none` is 0 here.
//
// Lines of one name stand together and strictly ascend (bytewise, by what names them: the name;
// for keys the role, then the key's hash; group members too), so one meaning has one spelling.
#ifndef CONCLAVE_POLICY_CHARTER_H
#define CONCLAVE_POLICY_CHARTER_H

#include "policy/dialect.h"
#include "proto/limits.h"
#include "proto/refusal.h"
#include "signer/base/hash.h"
#include "signer/base/key.h"
#include "signer/base/moment.h"

enum {
    // 2 <= k for every quorum, in code (R5): nobody decides alone, whatever a charter says.
    QUORUM_LEAST = 2,
    // Seconds between two clocks of one house: more than a day is a clock that nobody has set.
    CHARTER_CLOCK_MOST = 24 * 3600,
    // Seconds a payload may be valid: longer than a vehicle is on the road is for ever.
    CHARTER_EXPIRY_MOST = 20 * 366 * 24 * 3600,
    // Seconds between two signatures: an appliance that sleeps for longer is woken by its quorum.
    CHARTER_JUMP_MOST = 10 * 366 * 24 * 3600,
    // Seconds of a delay: longer than a request may live it could never be over.
    CHARTER_DELAY_MOST = LIMIT_REQUEST_LIFE - 1,
    // Seconds and count of a rate.
    CHARTER_RATE_SECONDS_MOST = 366 * 24 * 3600,
    CHARTER_RATE_MOST = 1000000,
    // Keys of a role that a root can list (metadata/tuf.h).
    CHARTER_THRESHOLD_MOST = 64,
};

// What a requester may have (R17); what is over it is counted in one record a day.
struct quota {
    uint64_t open;    // requests open at once: 1 to LIMIT_OPEN
    uint64_t bytes;   // of payloads and evidence a day: at most LIMIT_INDEX
    uint64_t records; // a day that its asks make: 1 to LIMIT_INDEX
};

struct administrator {
    char name[LIMIT_NAME + 1];
    struct key key;
};

struct group {
    char name[LIMIT_NAME + 1];
    uint8_t members[LIMIT_ADMINISTRATORS]; // indexes into administrators, ascending
    size_t member_count;
};

struct requester {
    char name[LIMIT_NAME + 1];
    char person[LIMIT_NAME + 1]; // an administrator's name, or another person's
    struct quota quota;
    struct key key;
};

struct repository {
    char name[LIMIT_NAME + 1];
    enum dialect dialect;
    enum repository_kind kind;
};

struct quorum {
    size_t group; // index into groups
    size_t k;
};

struct role {
    char name[LIMIT_ROLE_NAME + 1]; // "image/targets"
    size_t repository;
    struct quorum quorum;
    bool by_mandate; // requests are signed under a mandate of it, and only so
    int64_t least;   // expiry of a payload lies at least so many seconds ahead; 0 for none
    int64_t most;    // and at most so many
    int64_t delay;   // seconds from the opening to the signature; 0 for none
    int64_t within;  // seconds that approvals are waited for; 0: as long as the request lives
    uint64_t rate;   // versions in `rate_seconds` at most; 0 for none
    int64_t rate_seconds;
    uint64_t threshold; // the least that a root may give this role; 1 to CHARTER_THRESHOLD_MOST
};

struct role_key {
    size_t role; // index into roles
    struct key key;
    bool has_custodian; // then it signs only under this administrator's own approval
    size_t custodian;   // index into administrators
};

struct charter {
    uint64_t epoch;
    struct hash previous;
    struct hash hash; // SHA-256 of the exact text; set by charter_read
    char origin[LIMIT_ROLE_NAME + 1];
    struct hash log;
    int64_t clock;
    int64_t jump;
    struct administrator administrators[LIMIT_ADMINISTRATORS];
    size_t administrator_count;
    struct group groups[LIMIT_GROUPS];
    size_t group_count;
    struct quorum changes; // the charter's own quorum
    int64_t changes_delay; // and delay, of every motion
    struct requester requesters[LIMIT_REQUESTERS];
    size_t requester_count;
    struct repository repositories[LIMIT_REPOSITORIES];
    size_t repository_count;
    struct role roles[LIMIT_ROLES];
    size_t role_count;
    struct role_key keys[LIMIT_KEYS];
    size_t key_count;
};

// A charter is large (some 300 KB): it lives on the heap. NULL without memory.
struct charter *charter_new(void);
void charter_free(struct charter *charter); // takes NULL

// Reads, and enforces everything that a charter must be (policy/charter_rules.h, R16).
// ERR_FORM when the text is not a charter (R2), ERR_REFUSED with the rule when it is a forbidden
// one (`refusal` is filled in for both); `out` is then of no use.
enum err must_check charter_read(
    struct span text, struct charter *out, struct refusal *refusal);
// Writes the text of a charter whose lists are in ascending order already.
void charter_write(const struct charter *charter, struct bytes *out);

// Look-ups; NULL when there is none.
const struct administrator *charter_administrator(
    const struct charter *charter, const struct hash *key);
const struct requester *charter_requester(
    const struct charter *charter, const struct hash *key);
// Whoever may ask: a requester; or, for motions alone, an administrator with the own key (so that
// the house is not dead when every requester's key is lost). False when it is neither.
struct asking {
    const char *name;   // of requester or administrator
    const char *person; // behind it; never counts for what it asks
    const struct key *key;
    const struct quota *quota;
};
bool charter_asking(
    const struct charter *charter, const struct hash *key, bool motion, struct asking *out);
// What an administrator may ask with the own key.
extern const struct quota charter_own_quota;
const struct administrator *charter_administrator_named(
    const struct charter *charter, const char *name);
// By its name, or by what an item of it is called (proto/name.h).
const struct role *charter_role(const struct charter *charter, const char *name);
// Whether each item of the role names a vehicle (else none does): a Director's roles but its root.
bool charter_for_vehicles(const struct charter *charter, const struct role *role);
// Whether the key is of the role that an item of this name is of.
bool charter_key_of(
    const struct charter *charter, const struct role_key *key, const char *item);
// The repository that a role belongs to; the one of a name, and the one in which a role of that name
// ("image/targets") stands or would stand: NULL when there is none.
const struct repository *charter_repository(
    const struct charter *charter, const struct role *role);
const struct repository *charter_repository_named(
    const struct charter *charter, const char *name);
const struct repository *charter_repository_of(
    const struct charter *charter, const char *role_name);
// The part of a role's name behind the repository: "targets" of "image/targets".
const char *role_short_name(const struct role *role);

#endif
