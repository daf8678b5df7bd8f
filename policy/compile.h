// From the policy file that people write (YAML, POLICY.md) to the charter. Only tools link this:
// no room reads YAML.
#ifndef CONCLAVE_POLICY_COMPILE_H
#define CONCLAVE_POLICY_COMPILE_H

#include "policy/charter.h"
#include "policy/objects.h"

// Where a policy file is wrong: line and column (0 when unknown), the path of the field
// ("repositories[0].roles[2].quorum") and a sentence that says what to do.
struct policy_fault {
    unsigned line;
    unsigned column;
    char path[200];
    char sentence[LIMIT_SENTENCE + 1];
};

struct policy; // a policy file that was read and is well-formed

// Reads the YAML text; key files it names are read relative to `folder`. Refuses unknown and
// duplicate fields, wrong types, a second document, an empty file. ERR_FORM with `fault`.
enum err must_check policy_read(struct span yaml, const char *folder, struct policy **out,
    struct policy_fault *fault);
void policy_free(struct policy *policy); // takes NULL

// Fills at most LIMIT_KEYS wishes, in charter order; returns how many.
size_t policy_wishes(const struct policy *policy, struct key_wish *wishes);

// Compiles to the charter's text of epoch 1 with the keys that were made, and reads it back with
// charter_read, so that what a person gets is what the vault will accept. ERR_FORM / ERR_REFUSED
// with `fault` (the charter's rules have no line: path and sentence only).
enum err must_check policy_compile(const struct policy *policy, const struct key *log,
    const struct made_key *keys, size_t key_count, struct bytes *charter,
    struct policy_fault *fault);
// Everything that can be said before keys exist: the compilation with keys that are made up.
enum err must_check policy_check(const struct policy *policy, struct policy_fault *fault);

#endif
