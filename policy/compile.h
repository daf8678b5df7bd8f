// From the policy file that people write (YAML, POLICY.md) to the charter. Only tools link this:
// no room reads YAML.
#ifndef CONCLAVE_POLICY_COMPILE_H
#define CONCLAVE_POLICY_COMPILE_H

#include "policy/charter.h"
#include "policy/objects.h"
#include "policy/policy_fault.h"
#include "policy/state.h"

struct policy; // a policy file that was read and is well-formed

// Reads the YAML text; key files it names are read relative to `folder`. Refuses unknown and
// duplicate fields, wrong types, a second document, an empty file, names that stand for nothing.
// ERR_FORM with `fault`, ERR_MEMORY.
enum err must_check policy_read(
    struct span yaml, const char *folder, struct policy **out, struct policy_fault *fault);
void policy_free(struct policy *policy); // takes NULL

// The origin of the log that it names (`appliance:`), as the wishes name it. Borrowed.
const char *policy_origin(const struct policy *policy);
// What a founding has to make. Fills at most LIMIT_KEYS wishes, in charter order; returns how many.
// A key that the policy names is not wished for: no founding can make it.
size_t policy_wishes(const struct policy *policy, struct key_wish *wishes);

// Everything that can be said before keys exist: the charter's rules (policy/charter_rules.h).
// ERR_REFUSED with `fault`, whose sentence begins with the rule.
enum err must_check policy_check(const struct policy *policy, struct policy_fault *fault);
// Compiles to the charter's text of epoch 1 with the keys that were made, and reads it back with
// charter_read, so that what a person gets is what the vault will accept. `charter` (with a limit
// of LIMIT_CHARTER) is emptied first. ERR_FORM when the keys are not those that were wished for, or
// the policy names one; ERR_REFUSED as policy_check; ERR_MEMORY.
enum err must_check policy_compile(const struct policy *policy, const struct key *log,
    const struct made_key *keys, size_t key_count, struct bytes *charter,
    struct policy_fault *fault);

// Compiles to the text of the charter that follows `now`: epoch + 1, previous, log and origin as
// they are, and the keys as policy/allot.h says. `spare` are the state's keys beside the charter;
// retired ones, also those that `now` still has, take no part. ERR_FORM when `appliance` is another
// one's, or the keys do not come out even; the rest as policy_compile.
enum err must_check policy_compile_next(const struct policy *policy, const struct charter *now,
    const struct key_state *spare, size_t spare_count, struct bytes *charter,
    struct policy_fault *fault);

#endif
