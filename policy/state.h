// The state: what the vault remembers beyond the charter, as a text that the ledger stores and
// whose hash is in the seal (design section 2, "seal").
//
//   conclave.state/v1
//   format: 2 0.3.0                      (of the lines behind it, and the version of the programs
//                                        that wrote it: who knows less names what to install)
//   time: …                              (nothing is signed at an earlier one, R13)
//   order: 1840 sha256:…                 (the order that this state was sealed for; or none)
//   charter: 4 sha256:…                  (epoch and hash in force)
//   since: 0                             (records opened below this index count no more: a time
//                                        statement set the time back behind them)
//   motion: conclave/keys 3 sha256:…     (the last of each kind that is a chain; ascending; none
//                                        for charter and lift)
//   spare: image/root ed25519 sha256:… SPKI-base64 by 3
//                                        (in the token, not in the charter: made by that keys
//                                        motion; ascending by role, then key)
//   retired: image/root ed25519 sha256:… SPKI-base64
//                                        (in the token, signs no more; may still be in the charter)
//   freeze: sha256:STATEMENT sha256:ADMINISTRATOR 2026-… role image/targets
//                                        (in force; when; what; ascending by statement)
//   freezer: sha256:ADMINISTRATOR 2      (freezes of this epoch, counted; ascending)
//   mandate: director/targets 3 sha256:… live sha256:REQUESTER 101 100000 50000 86400 2027-…
//            512 612                     (one line. The role's last mandate: its number and text;
//                                        live or ended; its requester, versions, count, longest and
//                                        until; how many payloads numbers were reserved for; the
//                                        highest version that may be signed already. Ascending)
//   approved: director/targets sha256:ADMINISTRATOR
//                                        (who approved a live mandate; ascending by role, then key)
//   role: image/targets 12 sha256:… 2026-12-31T00:00:00Z 3 2026-…
//                                        (version, payload, expiry; how many versions in the window
//                                        of its rate, and when that began; 0 and the first moment
//                                        for a role without one)
//   signed: image/root sha256:KEY 1840   (custodians' keys that signed the role's last payload, and
//                                        for which order; ascending by role, then key)
//
// Role lines are of what a quorum signed: each is called like the item, a vehicle's too. They ascend
// by name; what was never signed has none. Format 1 had a line `mandate: none`. Pure.
#ifndef CONCLAVE_POLICY_STATE_H
#define CONCLAVE_POLICY_STATE_H

#include "proto/motion.h"
#include "proto/record.h"

enum { STATE_FORMAT = 2 };

struct role_state {
    char role[LIMIT_ROLE_NAME + 1];
    uint64_t version;
    struct hash payload;
    moment expires;
    uint64_t used;     // versions signed in the window of the role's rate
    moment used_since; // when it began
};

// The last of a kind of motion.
struct motion_state {
    uint64_t number; // 0: none yet
    struct hash payload;
};

// A key that the token holds beside what the charter names, or that signs no more.
struct key_state {
    char role[LIMIT_ROLE_NAME + 1];
    struct key key;
    bool retired;
    uint64_t by; // the keys motion that made it; 0 for a retired one
};

struct freeze_state {
    struct hash statement;
    struct hash administrator;
    moment time;
    struct freeze_of of;
};

struct freezer_state {
    struct hash administrator;
    uint64_t number; // 1 at least
};

// The last mandate of a role (proto/motion.h). What it may still sign is counted in blocks: the
// numbers of one are reserved, and sealed, before the first is used.
struct mandate_state {
    char role[LIMIT_ROLE_NAME + 1];
    uint64_t number;
    struct hash text;
    bool live; // else it ended: by another one, its revocation, a charter, or a time set back
    struct hash requester;
    uint64_t first, last, count;
    int64_t longest;
    moment until;
    uint64_t reserved; // of `count`
    uint64_t top;      // no version above it was signed under this mandate or before it
    struct hash approvers[LIMIT_ADMINISTRATORS]; // who made its quorum; of a live one
    size_t approver_count;
};

// A custodian's key that signed what its role signed last.
struct signed_state {
    char role[LIMIT_ROLE_NAME + 1];
    struct hash key;
    uint64_t order; // index of the order
};

struct state {
    uint64_t format;
    char program[LIMIT_NAME + 1];
    moment time;
    bool has_order;
    struct place order;
    uint64_t epoch;
    struct hash charter;
    uint64_t since;
    struct motion_state motions[MOTION_KINDS];
    struct key_state spare[LIMIT_SPARE]; // not retired ones first, as in the text
    size_t spare_count;
    struct freeze_state freezes[LIMIT_FREEZES];
    size_t freeze_count;
    struct freezer_state freezers[LIMIT_ADMINISTRATORS];
    size_t freezer_count;
    struct mandate_state mandates[LIMIT_MANDATES];
    size_t mandate_count;
    struct role_state roles[LIMIT_LAST];
    size_t role_count;
    struct signed_state signed_[LIMIT_KEYS];
    size_t signed_count;
};

// Writes STATE_FORMAT and CONCLAVE_VERSION, whatever the struct says.
void state_write(const struct state *state, struct bytes *out);
// ERR_FORM. ERR_HALT: written in a newer format; `out->program` is then the version that wrote it,
// and nothing else is of use.
enum err must_check state_read(struct span text, struct state *out);
// What was last sealed for what an item is called; NULL when it never signed.
const struct role_state *state_role(const struct state *state, const char *role);
// The last mandate of a role, live or not; NULL when it never had one.
const struct mandate_state *state_mandate(const struct state *state, const char *role);
// Adds or replaces one by its role, keeping the order. ERR_LIMIT.
enum err must_check state_set_mandate(struct state *state, const struct mandate_state *mandate);
// Ends it: only its number and text, and the versions that were used, are remembered further.
void state_end_mandate(struct state *state, const char *role);
// How many of these are of vehicles, and of roles.
size_t state_vehicles(const struct state *state);
// Sets it, keeping the order. ERR_LIMIT: also for more vehicles than LIMIT_LAST leaves beside the
// roles.
enum err must_check state_set(struct state *state, const struct role_state *role);
// The spare or retired key of this id; NULL when there is none.
const struct key_state *state_key(const struct state *state, const struct hash *key);
// Adds or replaces one by its key, keeping the order; ERR_LIMIT. Takes one out.
enum err must_check state_set_key(struct state *state, const struct key_state *key);
void state_drop_key(struct state *state, const struct hash *key);
// The order of their lines: <0, 0, >0.
int key_state_compare(const struct key_state *a, const struct key_state *b);
// The freeze of this statement; NULL when none is in force.
const struct freeze_state *state_freeze(
    const struct state *state, const struct hash *statement);
// Adds one, keeping the order; ERR_EXISTS, ERR_LIMIT. Takes one out.
enum err must_check state_set_freeze(struct state *state, const struct freeze_state *freeze);
void state_drop_freeze(struct state *state, const struct hash *statement);
// How many freezes of this epoch are the administrator's; and sets it. ERR_LIMIT.
uint64_t state_freezer(const struct state *state, const struct hash *administrator);
enum err must_check state_set_freezer(
    struct state *state, const struct hash *administrator, uint64_t number);
// The line of a custodian's key that signed the role's last payload; NULL when it did not.
const struct signed_state *state_signed(
    const struct state *state, const char *role, const struct hash *key);
// Adds or replaces one, keeping the order; ERR_LIMIT. Takes out all of a role.
enum err must_check state_set_signed(struct state *state, const struct signed_state *line);
void state_drop_signed(struct state *state, const char *role);
// The order of their lines: <0, 0, >0.
int signed_state_compare(const struct signed_state *a, const struct signed_state *b);

#endif
