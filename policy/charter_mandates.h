// Which roles a charter may have mandates sign (design section 2, "mandate").
#ifndef CONCLAVE_POLICY_CHARTER_MANDATES_H
#define CONCLAVE_POLICY_CHARTER_MANDATES_H

#include "policy/charter_rules.h"

// R2   mandates sign timestamps, snapshots and a Director's targets, and nothing else
// R17  such a role has no rate, delay or time for approvals: its mandates have a count, and what
//      people are asked for, the mandates, are motions
// R5   nor has it custodians, nor has any role that signs for vehicles: nobody is there who could
//      release a key for each of them
// ERR_REFUSED as charter_rules.
enum err must_check mandates_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal);

#endif
