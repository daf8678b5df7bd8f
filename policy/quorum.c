#include "policy/quorum.h"

#include <string.h>

enum standing quorum_standing(
    const struct hash *approver, const struct vote *votes, size_t vote_count)
{
    enum standing standing = STANDING_OPEN;
    for (size_t i = 0; i < vote_count; i++) {
        if (!hash_equal(&votes[i].approver, approver))
            continue;
        if (votes[i].decision == DECISION_REJECT)
            return STANDING_REJECTED;
        if (votes[i].decision == DECISION_APPROVE)
            standing = STANDING_APPROVED;
    }
    return standing;
}

// charter_read lets no name and no key stand twice; what opens the vault is counted without
// leaning on that.
static bool counted_before(
    const struct charter *charter, const struct group *group, size_t position)
{
    const struct administrator *person = &charter->administrators[group->members[position]];
    for (size_t i = 0; i < position; i++) {
        const struct administrator *other = &charter->administrators[group->members[i]];
        if (strcmp(other->name, person->name) == 0 ||
            hash_equal(&other->key.id, &person->key.id))
            return true;
    }
    return false;
}

struct tally quorum_count(const struct charter *charter, const struct quorum *quorum,
    const char *requester_person, const struct vote *votes, size_t vote_count)
{
    const struct group *group = &charter->groups[quorum->group];
    struct tally tally = {.need = quorum->k};
    for (size_t i = 0; i < group->member_count; i++) {
        const struct administrator *person = &charter->administrators[group->members[i]];
        if (strcmp(person->name, requester_person) == 0 || counted_before(charter, group, i))
            continue;
        enum standing standing = quorum_standing(&person->key.id, votes, vote_count);
        tally.approved += standing == STANDING_APPROVED;
        tally.reachable += standing != STANDING_REJECTED;
    }
    return tally;
}

bool tally_complete(const struct tally *tally)
{
    return tally->need >= QUORUM_LEAST && tally->approved >= tally->need;
}

bool tally_possible(const struct tally *tally)
{
    return tally->need >= QUORUM_LEAST && tally->reachable >= tally->need;
}
