// Signing under mandates in a fixture's log.
#ifndef CONCLAVE_TESTS_UNIT_LOG_FIXTURE_MANDATE_H
#define CONCLAVE_TESTS_UNIT_LOG_FIXTURE_MANDATE_H

#include "tests/unit/audit_fixture.h"

#define MANDATE_ROLE "vehicles/targets"

// cmocka's set-up: besides the fixture's own, a Director's role MANDATE_ROLE that mandates sign, with
// the fixture's next spare key.
int audit_make_mandated(void **state);
// The same in a guarded fixture.
int audit_make_all(void **state);
#define AUDIT_MANDATED(name)                                                                   \
    cmocka_unit_test_setup_teardown(audit__##name, audit_make_mandated, audit_clean)
#define AUDIT_ALL(name)                                                                        \
    cmocka_unit_test_setup_teardown(audit__##name, audit_make_all, audit_clean)

// What the next mandate of the role would be: versions 1 to 1000, 100 payloads of a day, for a month.
struct mandate_motion fixture_mandate(const struct fixture *log);
// Asked for, approved by alice and bob, and in force.
void half_mandate(struct fixture *log, const struct mandate_motion *motion);

// A request of the service under the mandate in force, for one payload of a vehicle, and its order;
// kept, and not yet appended.
struct under {
    struct request request;
    struct mandated mandated;
};
void under_ask(struct fixture *log, struct under *under, const char *vehicle, uint64_t version);
// Writes the request anew, as it is now, and the order with it.
void under_ask_again(struct fixture *log, struct under *under);
// Appends the order; then the outcome, for which the vault reserves numbers if it has none.
struct place under_order(struct fixture *log, const struct under *under);
struct place under_outcome(
    struct fixture *log, const struct under *under, const struct place *order);
struct place under_sign(struct fixture *log, const struct under *under);
struct place under_carry(struct fixture *log, const char *vehicle, uint64_t version);

#endif
