// What a charter must be besides well-formed, one sentence for each rule (POLICY.md, "Rules"):
//
//   R5   2 <= k <= n for every quorum; k < n where a member may ask: for a role, one who stands
//        behind a requester; for the charter always, because every administrator may ask for
//        motions; a custodian is a member of the role's group, and of one key of the role only;
//        no two persons' names differ in letters' case alone
//   R7   the charter's own k is at least the largest of any role
//   R13  the clock's limit is from 1 second to CHARTER_CLOCK_MOST, the jump's from that to
//        CHARTER_JUMP_MOST, and longer than the charter's delay
//   R20  bounds of a role's expiry, delay, time for approvals, rate and least threshold, of the
//        charter's delay, of quotas; a role with custodians has at most LIMIT_REACH_KEYS keys
//   R2   no role is called like root, targets, snapshot or timestamp in other letters, and no
//        repository like MOTION_REPOSITORY in any
//        only an uptane repository is a director
//   R2, R5, R17  which roles mandates sign, and what those then do not have
//        (policy/charter_mandates.h)
//   R16  every key of a role is of a type that its repository's clients read
//   R18  every role has a key
//   R21  one public key stands at one place
//
// The reader of charters and the compiler of policy files both ask here, so that nobody can write
// a policy that the vault will refuse.
#ifndef CONCLAVE_POLICY_CHARTER_RULES_H
#define CONCLAVE_POLICY_CHARTER_RULES_H

#include "policy/charter.h"

// The line of a charter that broke a rule: its name, which of that name (as in the struct's list)
// and the word in it. All as a policy file calls them too.
enum charter_line {
    CHARTER_CLOCK = 1,
    CHARTER_JUMP,
    CHARTER_ADMINISTRATOR,
    CHARTER_CHANGES, // the line `charter:`
    CHARTER_REQUESTER,
    CHARTER_REPOSITORY,
    CHARTER_ROLE,
};

struct charter_place {
    enum charter_line line;
    size_t index;
    const char *field;
};

// Holds a charter whose names and indexes are good against all rules. ERR_REFUSED with the rule
// and, in `where`, the first line that broke one.
enum err must_check charter_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal);
// The same, but for the rules about public keys of roles: before keys are made. Roles and
// custodians of `keys` are looked at.
enum err must_check charter_rules_without_keys(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal);

#endif
