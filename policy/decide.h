// Deciding: what the votes over one opened record amount to, and whether one more may be counted.
// Pure: the keeper decides with it, and every tool shows its progress with it.
#ifndef CONCLAVE_POLICY_DECIDE_H
#define CONCLAVE_POLICY_DECIDE_H

#include "policy/quorum.h"

// What is decided over. All borrowed.
struct ballot {
    const struct charter *charter;
    const struct opened *opened;
    const char *person; // the requester's; never counts (R5)
    const struct vote *votes;
    size_t vote_count;
};

enum verdict {
    VERDICT_OPEN,       // approvals are missing
    VERDICT_COMPLETE,   // every item has its quorum
    VERDICT_IMPOSSIBLE, // some item's quorum can no longer be reached
};

enum verdict decide(const struct ballot *ballot);
// The count for one item. A role that the charter does not know has an unreachable quorum.
struct tally decide_item(const struct ballot *ballot, size_t item);
// Whether `approver` may still cast `decision`: an administrator, not the requester's person, a
// member of a group that some item asks, who did not reject, and did not say the same already.
// ERR_REFUSED with R5 otherwise.
enum err must_check decide_admits(const struct ballot *ballot, const struct hash *approver,
    enum decision decision, struct refusal *refusal);

#endif
