// A policy file for tests, and the folder with the key files that it names.
#ifndef CONCLAVE_TESTS_UNIT_POLICY_HOUSE_H
#define CONCLAVE_TESTS_UNIT_POLICY_HOUSE_H

#include "policy/compile.h"

// 36 lines, in which nothing stands in the order of the charter. Its key files are those of the
// made-up keys 0 to 4: alice, bob, carol, laptop, service; and dave.pem, a P-256 key.
extern const char house_policy[];
extern char house_folder[];

// Set-up and tear-down of a test group: the folder with good and bad key files.
int house_make(void **unused);
int house_remove(void **unused);

// Writes a PEM file into the folder.
void house_write_key(const char *name, const struct key *key);
// A new P-256 key, whose other half is gone.
struct key house_p256(void);

// A change of the policy file, and the fault that must follow.
struct change {
    const char *from; // the first of these becomes `to`; NULL: the file is `to`
    const char *to;
    unsigned line, column;
    const char *path;
    const char *sentence; // words of it
};
struct bytes house_changed(const char *from, const char *to);
// Reads and checks it.
enum err house_check(struct span yaml, struct policy_fault *fault);
void expect_faults(const struct change *changes, size_t count, enum err expected);

#endif
