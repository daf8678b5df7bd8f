// Deciding: what the votes over one opened record amount to, and whether one more may be counted.
// Pure: the keeper decides with it, and every tool shows its progress with it.
#ifndef CONCLAVE_POLICY_DECIDE_H
#define CONCLAVE_POLICY_DECIDE_H

#include "policy/quorum.h"
#include "policy/state.h"

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
    VERDICT_COMPLETE,   // every item has its quorum, and enough custodians approved
    VERDICT_IMPOSSIBLE, // some item's quorum can no longer be reached
};

enum verdict decide(const struct ballot *ballot);
// Each quorum that decides: of a motion those that the opened record names, of metadata its items'
// roles'. How many there are, and the name and count of one. A role that the charter does not know
// has an unreachable quorum.
size_t decide_quorums(const struct ballot *ballot);
const char *decide_name(const struct ballot *ballot, size_t at);
struct tally decide_tally(const struct ballot *ballot, size_t at);
// How many of a reach line's keys may sign as the votes stand: no custodian, or one who approved
// (and rejected nothing). Complete are votes that reach every line (R12).
size_t decide_reached(const struct ballot *ballot, const struct reach *reach);
// After the request was signed: whether somebody who approved now is custodian of a key of its roles
// that has not signed yet (the state's `signed` lines).
bool decide_adds(const struct ballot *ballot, const struct state *state);
// Whether `approver` may still cast `decision`: an administrator, not the requester's person, a
// member of a group that decides, who did not reject, and did not say the same already.
// ERR_REFUSED with R5 otherwise.
enum err must_check decide_admits(const struct ballot *ballot, const struct hash *approver,
    enum decision decision, struct refusal *refusal);

#endif
