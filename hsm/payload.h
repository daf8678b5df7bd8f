// Whether a payload is what its item says, as the vault's own scanner reads it (hsm/scan.h): metadata
// of the type that its role signs, in the dialect of its repository, of the item's version (R2). Pure.
#ifndef CONCLAVE_HSM_PAYLOAD_H
#define CONCLAVE_HSM_PAYLOAD_H

#include "hsm/scan.h"
#include "policy/charter.h"
#include "proto/statement.h"

// Whose payload it is. All borrowed.
struct payload_of {
    const struct charter *charter;
    const struct role *role;
    const struct item *item;
};
// ERR_REFUSED with the rule; `out` is what the scanner read.
enum err must_check payload_check(const struct payload_of *of, struct span payload,
    struct scan *out, const char *rule, struct refusal *refusal);

#endif
