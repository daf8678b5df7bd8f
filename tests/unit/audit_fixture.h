// What tests of the audit share: a fixture's log is audited, and a request is taken half the way.
#ifndef CONCLAVE_TESTS_UNIT_AUDIT_FIXTURE_H
#define CONCLAVE_TESTS_UNIT_AUDIT_FIXTURE_H

#include "client/audit.h"
#include "tests/unit/log_fixture_govern.h"

// cmocka's set-up and tear-down: the state is a struct fixture, founded, with two records. The
// guarded one has besides image/supplier: a key that nobody guards, and one for each of alice, bob
// and carol, of which the charter's threshold is 2.
int audit_make(void **state);
int audit_make_guarded(void **state);
int audit_clean(void **state);
// What the guarded one's charter has besides.
void fixture_guard(struct fixture *log);
#define AUDIT_TEST(name) cmocka_unit_test_setup_teardown(audit__##name, audit_make, audit_clean)
#define AUDIT_GUARDED(name)                                                                    \
    cmocka_unit_test_setup_teardown(audit__##name, audit_make_guarded, audit_clean)

// The audit of the fixture's log against a checkpoint, or against its own. The caller's.
struct audit *audit_against(struct fixture *log, const struct checkpoint *checkpoint);
struct audit *audit_all(struct fixture *log);
bool audit_has(
    const struct audit_report *report, uint64_t index, const char *rule, const char *word);
// Fail the test unless there is no finding; this one at this record; this one at the last record;
// this one and no other.
void assert_clean(struct fixture *log);
void assert_found(struct fixture *log, uint64_t index, const char *rule, const char *word);
void assert_found_last(struct fixture *log, const char *rule, const char *word);
void assert_only(struct fixture *log, uint64_t index, const char *rule, const char *word);

// A request that is open, and the order that its approvals so far would give.
struct half {
    struct request request;
    struct opened opened;
    struct place place;
    struct order order;
};
void half_open(struct fixture *log, struct half *half, struct request request);
// Appends the opened record as it is now, as the newest opening.
void half_reopen(struct fixture *log, struct half *half);
// A request of the service for a version of a role whose payload is of the type targets.
void half_open_role(struct fixture *log, struct half *half, const char *role, uint64_t version);
void half_open_targets(struct fixture *log, struct half *half, uint64_t version);
void half_decide(struct fixture *log, struct half *half, size_t admin, enum decision decision);
void half_approve(struct fixture *log, struct half *half, size_t admin);
// By alice and bob.
void half_approve_both(struct fixture *log, struct half *half);
// The order, with the time as it is; the outcome of the order; both.
struct place half_order(struct fixture *log, struct half *half);
struct place half_outcome(struct fixture *log, struct half *half, const struct place *order);
struct place half_sign(struct fixture *log, struct half *half);
// The next order adds to this outcome.
void half_adds(struct half *half, const struct place *outcome);
// Opens, approves by alice and bob, and carries out; the outcome.
struct place half_carry(struct fixture *log, struct request request);
struct place half_sign_targets(struct fixture *log, uint64_t version);
// One of the fixture's spare keys signs no more for this role.
void half_retire(struct fixture *log, const char *role, size_t spare);
// A freeze by an administrator, in force.
struct freeze half_freeze(struct fixture *log, size_t admin, const struct freeze_of *of);

#endif
