// A desk with one request on it, as the appliance shows it, and what a reviewing tool holds against it.
#ifndef CONCLAVE_TESTS_UNIT_REVIEW_DESK_H
#define CONCLAVE_TESTS_UNIT_REVIEW_DESK_H

#include "client/review.h"
#include "tests/unit/log_fixture.h"

struct desk {
    struct fixture *fixture;
    struct review_case held;
    struct hash id;
    struct request request;
    struct opened opened;
    struct bytes payload;
    struct bytes request_text;
    struct bytes record;
    uint64_t index;
    enum fate fate;
};

// For setup and teardown of a test: a desk with the first root, opened.
int desk_make(void **state);
int desk_clean(void **state);

// Payloads with the fixture's keys.
void desk_write_root(struct desk *desk, unsigned version);
void desk_write_targets(struct desk *desk, unsigned version, const char *path);
// Opens the payload that is there, over what the role signed last.
void desk_open(struct desk *desk, const char *role, uint64_t version, struct span previous);
// Writes record and request text again after a test has changed them.
void desk_write(struct desk *desk);
// Signs the request as it is now, and writes it.
void desk_sign(struct desk *desk, const struct fixture_key *key);
// The hash of the words over the payload that is there.
struct hash desk_shown(const struct desk *desk, struct span previous);

#endif
