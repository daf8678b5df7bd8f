// Every signature that a vault in a struct house ever let out under mandates, whatever became of it, held
// against what people approved. A signature too many ends the test.
#ifndef CONCLAVE_TESTS_UNIT_TALLY_H
#define CONCLAVE_TESTS_UNIT_TALLY_H

#include "tests/unit/vault_house.h"

enum { TALLY_PERMITS = 32 };

// A mandate that was approved, and what was signed under it.
struct permit {
    char role[LIMIT_ROLE_NAME + 1];
    struct hash text;
    uint64_t first, last, count;
    uint64_t let_out; // payloads; the roles in the house have one key each
};

// All zero at first.
struct tally {
    struct permit permits[TALLY_PERMITS];
    size_t permit_count;
    uint64_t highest; // version of the one role without vehicles
    size_t let_out;
    size_t reached; // mandates of which all was let out
};

struct permit *tally_permit(struct tally *tally, const struct mandate_state *mandate);
// Counts the VAULT_OUTCOME that was heard last, which is of the order that was made last: each
// signature is good, under a mandate that was approved, within its count and its versions; without
// vehicles it is of a version above all before.
void tally_take(struct tally *tally, const struct house *house);

#endif
