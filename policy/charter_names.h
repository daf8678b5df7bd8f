// Names that people would take for one another (R2, R5): letters' case alone tells nothing apart. A
// part of policy/charter_rules.h, which everybody else asks.
#ifndef CONCLAVE_POLICY_CHARTER_NAMES_H
#define CONCLAVE_POLICY_CHARTER_NAMES_H

#include "policy/charter_rules.h"

// As charter_rules, for the names of persons, repositories and roles.
enum err must_check names_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal);

#endif
