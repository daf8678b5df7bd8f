// A slot: a key that a policy wants, before it is known which key that is. Each becomes one line
// `key:` of the charter.
#ifndef CONCLAVE_POLICY_KEY_SLOT_H
#define CONCLAVE_POLICY_KEY_SLOT_H

#include "policy/charter.h"

struct key_slot {
    size_t role;        // index into the charter's roles
    enum key_type type; // KEY_NONE: whatever the named key is
    bool has_custodian;
    size_t custodian;              // index into the charter's administrators
    char named[2 * HASH_SIZE + 1]; // the hex digits that its hash begins with; empty: any key
    size_t entry;                  // of the role's list `keys` in the policy file
};

#endif
