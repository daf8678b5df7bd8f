// Governing in a fixture's log: motions, freezes, charters.
#ifndef CONCLAVE_TESTS_UNIT_LOG_FIXTURE_GOVERN_H
#define CONCLAVE_TESTS_UNIT_LOG_FIXTURE_GOVERN_H

#include "policy/govern.h"
#include "tests/unit/log_fixture.h"

// A request by `service` for a motion, whose text is cleared; not yet kept by its id.
struct request fixture_motion(
    struct fixture *fixture, enum motion motion, uint64_t number, struct bytes *text);
// One more file of evidence.
void fixture_show(struct fixture *fixture, struct request *request, struct span file);

struct request fixture_ask_keys(struct fixture *fixture, const struct keys_motion *motion);
struct request fixture_ask_time(struct fixture *fixture, uint64_t number, moment time);
struct request fixture_ask_lift(struct fixture *fixture, const struct freeze *freeze);
// The charter as the next one, to be changed; the caller's. And a request for it, with a proof of
// possession by the newcomer if it names dave.
struct charter *fixture_draft(const struct fixture *fixture);
struct request fixture_ask_charter(struct fixture *fixture, const struct charter *draft);
// Adds dave, whose key is the newcomer's, to administrators and everyone.
void fixture_add_newcomer(const struct fixture *fixture, struct charter *draft);

// The next freeze of an administrator; its record, appended; and its outcome, with which it stands in
// the state.
struct freeze fixture_freeze(
    const struct fixture *fixture, size_t admin, const struct freeze_of *of);
struct place fixture_frozen(struct fixture *fixture, size_t admin, const struct freeze *freeze);
struct outcome fixture_froze(
    struct fixture *fixture, const struct freeze *freeze, const struct place *frozen);
struct hash fixture_freeze_id(const struct freeze *freeze);

// Forgets the state of every outcome.
void fixture_lose_states(struct fixture *fixture);

// What the appliance writes about itself.
void fixture_start(struct fixture *fixture);
void fixture_clock(struct fixture *fixture, const char *why);
struct place fixture_end(struct fixture *fixture, const struct hash *request, enum ending how);

#endif
