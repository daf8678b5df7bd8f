// What tests of the audit share: a fixture's log is audited, and a request is taken half the way.
#ifndef CONCLAVE_TESTS_UNIT_AUDIT_FIXTURE_H
#define CONCLAVE_TESTS_UNIT_AUDIT_FIXTURE_H

#include "client/audit.h"
#include "tests/unit/log_fixture.h"

// cmocka's set-up and tear-down: the state is a struct fixture.
int audit_make(void **state);
int audit_clean(void **state);

// The audit of the fixture's log against a checkpoint, or against its own. The caller's.
struct audit *audit_against(struct fixture *log, const struct checkpoint *checkpoint);
struct audit *audit_all(struct fixture *log);
bool audit_has(
    const struct audit_report *report, uint64_t index, const char *rule, const char *word);
// Fail the test unless there is no finding, or this one at this record.
void assert_clean(struct fixture *log);
void assert_found(struct fixture *log, uint64_t index, const char *rule, const char *word);

// A request that is open, and the order that its approvals so far would give.
struct half {
    struct request request;
    struct opened opened;
    struct place place;
    struct order order;
};
void half_open(struct fixture *log, struct half *half, struct request request);
// A request of the service for a version of image/targets.
void half_open_targets(struct fixture *log, struct half *half, uint64_t version);
void half_approve(struct fixture *log, struct half *half, size_t admin);
// Order and outcome.
void half_sign(struct fixture *log, struct half *half);

#endif
