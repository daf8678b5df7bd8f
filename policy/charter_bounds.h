// The bounds of a charter's numbers (R13, R20): clock, jump, quotas, expiry, delays, rates,
// thresholds. A part of policy/charter_rules.h, which everybody else asks.
#ifndef CONCLAVE_POLICY_CHARTER_BOUNDS_H
#define CONCLAVE_POLICY_CHARTER_BOUNDS_H

#include "policy/charter_rules.h"

// As charter_rules, each for its lines.
enum err must_check bounds_head(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal);
enum err must_check bounds_roles(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal);
enum err must_check bounds_requesters(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal);

#endif
