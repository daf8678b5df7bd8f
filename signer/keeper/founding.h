// The keeper's part of founding (design section 2): it holds the draft in memory until every
// administrator has signed it. A founding that breaks off leaves nothing behind.
#ifndef CONCLAVE_SIGNER_KEEPER_FOUNDING_H
#define CONCLAVE_SIGNER_KEEPER_FOUNDING_H

#include "policy/charter.h"
#include "policy/objects.h"
#include "proto/message.h"

struct draft {
    struct bytes objects;  // what the vault generated; empty before
    struct bytes charter;  // its text; empty before
    struct bytes founding; // conclave.founding/v1
    struct charter *read;  // the charter
    struct founded founded;
    bool complete;
};

void draft_init(struct draft *draft);
void draft_clear(struct draft *draft);

// Takes the vault's list and forgets everything else. ERR_LIMIT, ERR_MEMORY.
enum err must_check draft_set_objects(struct draft *draft, struct span objects);
// Takes a charter: must read, be epoch 1, and name exactly the keys that were generated.
// Writes the founding record. ERR_REFUSED.
enum err must_check draft_set_charter(
    struct draft *draft, struct span charter, moment now, struct refusal *refusal);
// Takes one administrator's signature over the founding record. ERR_REFUSED.
enum err must_check draft_sign(struct draft *draft, const struct hash *approver,
    struct span signature, struct refusal *refusal);
// Whether every administrator has signed (n of n).
bool draft_is_signed(const struct draft *draft);
// The answer ANSWER_FOUNDING; spans borrow from the draft.
void draft_answer(const struct draft *draft, struct message *out);

#endif
