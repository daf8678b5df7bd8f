// A small house for tests of reviews and audits: real keys, a real charter, and a log that is
// written record by record with real signatures. A test makes one wrong step and looks whether it
// is seen.
#ifndef CONCLAVE_TESTS_UNIT_LOG_FIXTURE_H
#define CONCLAVE_TESTS_UNIT_LOG_FIXTURE_H

#include "client/source.h"
#include "log/merkle.h"
#include "policy/charter.h"
#include "policy/state.h"

#include <openssl/evp.h>

enum {
    FIXTURE_ADMINS = 3,
    FIXTURE_ROLES = 2,
    FIXTURE_FOREIGN = 2,
    FIXTURE_SPARE = 8,
    FIXTURE_RECORDS = 128,
    FIXTURE_BLOBS = 512
};
#define FIXTURE_ORIGIN "log.example/fixture"
#define FIXTURE_START  INT64_C(1800000000)

struct fixture_key {
    EVP_PKEY *pkey;
    struct key key;
};

struct fixture_blob {
    struct hash hash;
    struct bytes bytes;
};

struct fixture {
    struct fixture_key log;
    struct fixture_key admins[FIXTURE_ADMINS]; // alice, bob, carol
    struct fixture_key service;                // person: release-desk
    struct fixture_key bobs;                   // a requester's key of bob's
    struct fixture_key stranger;
    struct fixture_key foreign[FIXTURE_FOREIGN]; // of other appliances
    struct fixture_key roles[FIXTURE_ROLES];     // image/root, image/targets
    struct fixture_key newcomer;                 // dave, whom no charter names yet
    struct fixture_key spare[FIXTURE_SPARE];     // keys of the token for whatever a test needs
    size_t made;                                 // of them, by motions: from the first on
    struct charter *charter;
    struct bytes charter_text;
    struct source source;
    struct fixture_blob blobs[FIXTURE_BLOBS];
    size_t blob_count;
    struct bytes records[FIXTURE_RECORDS];
    struct place places[FIXTURE_RECORDS];
    size_t record_count;
    struct hash objects;
    struct state state; // as the vault would seal it
    struct order order; // the last one
    moment now;
};

struct fixture *fixture_new(void);
// One whose first charter `shape` has changed before it is written.
struct fixture *fixture_new_shaped(void (*shape)(struct fixture *fixture));
// One whose log has this origin, and this key of somebody else's; NULL: the fixture's own.
struct fixture *fixture_new_for(const char *origin, const struct key *log);
void fixture_free(struct fixture *fixture);

void fixture_sign(const struct fixture_key *key, const char *type, struct span body,
    uint8_t *signature, size_t *size);
// The same over bare bytes, as a role's key signs a payload.
void fixture_sign_bytes(
    const struct fixture_key *key, struct span message, uint8_t *signature, size_t *size);
// Whose key it is; NULL for nobody's.
const struct fixture_key *fixture_key_of(const struct fixture *fixture, const struct hash *key);
// Keeps the bytes where the source finds them.
struct hash fixture_keep(struct fixture *fixture, struct span bytes);
// What was kept.
struct span fixture_blob(const struct fixture *fixture, const struct hash *hash);
// Forgets them again.
void fixture_lose(struct fixture *fixture, const struct hash *hash);
struct place fixture_append(struct fixture *fixture, const struct bytes *text);
// Takes the last record back.
void fixture_drop(struct fixture *fixture);
// The checkpoint of all records.
struct checkpoint fixture_checkpoint(const struct fixture *fixture);

// Canonical metadata of the type targets, without a target, that lives for 30 days.
void fixture_targets(const struct fixture *fixture, uint64_t version, struct bytes *out);

// The records of a log, as the appliance would write them.
void fixture_found(struct fixture *fixture);
// A request by `service` for one item, not yet kept by its id.
struct request fixture_request(
    struct fixture *fixture, const char *role, uint64_t version, struct span payload);
struct hash fixture_keep_request(struct fixture *fixture, const struct request *request);
// The opened record of a request, not yet appended.
struct opened fixture_opened(struct fixture *fixture, const struct request *request);
struct place fixture_open(struct fixture *fixture, const struct opened *opened);
// A decision of `admin` (FIXTURE_ADMINS: the newcomer) over an opened record, not yet appended.
struct decided fixture_decided(struct fixture *fixture, const struct opened *opened,
    const struct place *place, size_t admin, enum decision decision);
struct place fixture_decide(struct fixture *fixture, const struct decided *decided);
struct place fixture_order(struct fixture *fixture, const struct order *order);
// What the vault writes for the last order, over `opened`: signatures by the keys that nobody guards
// and by those whose custodians the order names; or what is done for a motion
// (tests/unit/log_fixture_govern.h). Signatures and state are kept; the state moves.
struct outcome fixture_outcome(
    struct fixture *fixture, const struct opened *opened, const struct place *order);
// Keeps the state as it is now.
struct hash fixture_keep_state(struct fixture *fixture);
// A signature on an item by one of the fixture's keys, as the outcome's next line.
void fixture_add_line(struct fixture *fixture, const struct item *item, const struct hash *key,
    struct outcome *outcome);
struct place fixture_append_outcome(struct fixture *fixture, const struct outcome *outcome);

// All of it: founding, a request for `version` of image/targets, two approvals, order, outcome.
void fixture_found_and_sign(struct fixture *fixture);

#endif
