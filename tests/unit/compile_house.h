// Policies that change: a repository with root keys and targets keys, founded and compiled anew.
#ifndef CONCLAVE_TESTS_UNIT_COMPILE_HOUSE_H
#define CONCLAVE_TESTS_UNIT_COMPILE_HOUSE_H

#include "policy/compile.h"
#include "tests/unit/made_up.h"
#include "tests/unit/policy_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Numbers of the made-up keys (tests/unit/made_up.h).
enum { LOG = 99, FIRST_ROOT = 100, FIRST_TARGETS = 150, FIRST_SPARE = 200 };
enum { ALICE = 1, BOB = 2, CAROL = 4, EVERYBODY = ALICE | BOB | CAROL };
// An administrator who is always there: two of three can then ask for a charter and decide (R5).
enum { DAVE = 8, PERSONS = 4 };

struct wanted {
    unsigned people;     // administrators beside dave
    unsigned members;    // of the group that decides about roots
    const char *keys;    // of the root, what stands between the brackets
    const char *targets; // of targets; NULL: there is no such role
};

struct spares {
    struct key_state keys[8];
    size_t count;
};

#define KEYS_AT      "repositories[0].roles[0].keys"
#define TARGETS      "{type: ed25519, count: 1}"
#define TWO          "{type: ed25519, count: 2}"
#define ONE_OF(name) "{type: ed25519, count: 1, custodian: " name "}"

extern const char *const compile_names[PERSONS]; // of ALICE, BOB, CAROL, DAVE
extern const struct spares no_spares;
extern const struct wanted two_roots;  // two root keys without custodians
extern const struct wanted custodians; // three, of alice, bob and carol

struct policy *policy_of(const struct wanted *wanted);
// Made-up keys in ascending order of their hashes.
void sorted_keys(unsigned first, struct key *out, size_t count);
struct key_state spare_key(const char *role, const struct key *key);
// A policy's `keys` with the first digits of some hashes: %1, %2, ... stand for these. Borrowed
// until the next call.
char *keys_text(const char *format, const struct key *const *keys);

// Founds a house with so many root keys (FIRST_ROOT on), all of type ed25519, and one targets key.
struct charter *found(const struct wanted *wanted, size_t root_keys);
struct charter *compile_next(
    const struct wanted *wanted, const struct charter *now, const struct spares *spares);
void expect_next_fault(const struct wanted *wanted, const struct charter *now,
    const struct spares *spares, enum err expected, const char *path, const char *sentence);
// The custodian of a root key, "" for none; fails when the charter does not have it.
const char *custodian_of(const struct charter *charter, const struct key *key);
size_t count_keys(const struct charter *charter, const char *role);

#endif
