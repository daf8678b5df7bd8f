// Which roles a charter may have mandates sign (design section 2, "mandate").
#ifndef CONCLAVE_POLICY_CHARTER_MANDATES_H
#define CONCLAVE_POLICY_CHARTER_MANDATES_H

#include "policy/charter_rules.h"

// R2   mandates sign timestamps, snapshots and a Director's targets, and nothing else
// R17  such a role has no rate, delay or time for approvals: its mandates have a count, and what
//      people are asked for, the mandates, are motions
// R5   nor has it custodians: nobody is there who could release a key
// ERR_REFUSED as charter_rules.
enum err must_check mandates_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal);
// R5   nor has any role that signs for vehicles: nobody releases a key for each of them
// Of a charter that is being made. Version 0.2.0 knew no vehicles, and a charter of then, which may be
// in force, is read; but nothing is signed by such a role (policy/mandate.h).
enum err must_check vehicles_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal);

#endif
