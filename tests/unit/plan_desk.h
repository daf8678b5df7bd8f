// A desk on which a root is planned: the house of the metadata tests, its last root, and the plan.
#ifndef CONCLAVE_TESTS_UNIT_PLAN_DESK_H
#define CONCLAVE_TESTS_UNIT_PLAN_DESK_H

#include "client/plan.h"
#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"

// By plan_role_at, and of the house's charter.
enum { DESK_ROOT, DESK_SNAPSHOT, DESK_TARGETS, DESK_TIMESTAMP };
// The RSA key that root-1 of `tuf` lists for its root and the charter does not have.
#define DESK_OTHER "c38de54606b01d81cab0d2afba3dd08493cef2c5ab4e827879eab32407bc21f4"

struct desk {
    struct house house;
    struct plan_case given;
    struct bytes last, draft;
    struct plan *plan;
    struct refusal refusal;
};

int desk_open(void **state); // of `tuf`
int desk_open_uptane(void **state);
int desk_close(void **state);

// The repository has signed tests/vectors/DIALECT/NAME.json last; its bytes are changed afterwards.
void desk_last(struct desk *desk, const char *name);
void desk_change_last(struct desk *desk, const char *old, const char *new);

// The n-th key that the charter has for a role, and what becomes of it.
const struct key *desk_key(const struct desk *desk, enum tuf_type type, size_t n);
void desk_drop(struct desk *desk, enum tuf_type type, size_t n);
void desk_retire(struct desk *desk, enum tuf_type type, size_t n);
void desk_replace(struct desk *desk, enum tuf_type type, size_t n, const struct key *key);
void desk_custodian(struct desk *desk, size_t n, size_t administrator); // of a root key

// Make and read a draft, which must be good; or must be refused.
void desk_make(struct desk *desk);
void desk_read(struct desk *desk);
void desk_refused(struct desk *desk, const char *rule, const char *sentence);
void desk_unread(struct desk *desk, const char *rule, const char *sentence);

// The plan's line for a key, which must be there.
const struct plan_key *desk_line(
    const struct desk *desk, enum tuf_type type, const struct hash *identity);
bool desk_notes(const struct desk *desk, const char *words);

#endif
