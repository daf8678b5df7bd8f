// Counting persons (R5): distinct persons and distinct public keys, never signatures; the
// requester's person never counts. Pure; keeper, vault and every tool count with this.
#ifndef CONCLAVE_POLICY_QUORUM_H
#define CONCLAVE_POLICY_QUORUM_H

#include "policy/charter.h"
#include "proto/statement.h"

struct vote {
    struct hash approver; // key
    enum decision decision;
};

struct tally {
    size_t need;      // k
    size_t approved;  // distinct persons who approve and count
    size_t reachable; // approved + members who may still approve
};

// What all votes of one key amount to. Who rejects once never counts as approving, whatever else
// stands there: a rejection is final for its person.
enum standing { STANDING_OPEN, STANDING_APPROVED, STANDING_REJECTED };
enum standing quorum_standing(
    const struct hash *approver, const struct vote *votes, size_t vote_count);

// Counts `votes` for one quorum. A vote by a key that is no administrator's, by a person outside
// the group or by the requester's person (`requester_person`, a name) counts nothing. A person who
// rejects once never counts as approving, whatever else stands there.
struct tally quorum_count(const struct charter *charter, const struct quorum *quorum,
    const char *requester_person, const struct vote *votes, size_t vote_count);
bool tally_complete(const struct tally *tally); // approved >= need
bool tally_possible(const struct tally *tally); // reachable >= need

#endif
