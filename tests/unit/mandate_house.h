// A charter whose frequent roles mandates sign, for tests.
#ifndef CONCLAVE_TESTS_UNIT_MANDATE_HOUSE_H
#define CONCLAVE_TESTS_UNIT_MANDATE_HOUSE_H

#include "policy/charter.h"
#include "policy/state.h"

// The persons of tests/unit/charter_house.h: alice, bob and carol are the group release; dave, who
// stands behind the requester laptop, is an administrator, but not one of them.
enum { MANDATE_NOW = 1795000000 };

// Not read yet: the Director's root, snapshot, supplier, targets and timestamp, and an Image
// repository's root, snapshot, targets and timestamp, each of two keys, payloads valid for 1 to 24
// hours; release decides with two. The Director's snapshot, targets and timestamp, and the Image
// timestamp, are signed by mandate.
struct charter *mandate_draft(void);
// The same as charter_read gives it.
struct charter *mandate_charter(void);
struct role *mandate_role(struct charter *charter, const char *name);
// image-service's, live: number 3, versions 101 to 1000, 500 payloads of 12 hours, a day from
// MANDATE_NOW on; nothing is reserved, and alice and bob approved it.
struct mandate_state mandate_of(const struct charter *charter, const char *role);

#endif
