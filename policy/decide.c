#include "policy/decide.h"

#include <string.h>

struct tally decide_item(const struct ballot *ballot, size_t item)
{
    const struct role *role = charter_role(ballot->charter, ballot->opened->items[item].role);
    if (role == NULL)
        return (struct tally){.need = 1};
    return quorum_count(
        ballot->charter, &role->quorum, ballot->person, ballot->votes, ballot->vote_count);
}

enum verdict decide(const struct ballot *ballot)
{
    bool complete = ballot->opened->item_count > 0;
    for (size_t i = 0; i < ballot->opened->item_count; i++) {
        struct tally tally = decide_item(ballot, i);
        if (!tally_possible(&tally))
            return VERDICT_IMPOSSIBLE;
        complete = complete && tally_complete(&tally);
    }
    return complete ? VERDICT_COMPLETE : VERDICT_OPEN;
}

static bool is_asked(const struct ballot *ballot, size_t person)
{
    for (size_t i = 0; i < ballot->opened->item_count; i++) {
        const struct role *role = charter_role(ballot->charter, ballot->opened->items[i].role);
        if (role == NULL)
            continue;
        const struct group *group = &ballot->charter->groups[role->quorum.group];
        for (size_t m = 0; m < group->member_count; m++)
            if (group->members[m] == person)
                return true;
    }
    return false;
}

static enum err not_said_before(const struct ballot *ballot, const struct administrator *who,
    enum decision decision, struct refusal *refusal)
{
    for (size_t i = 0; i < ballot->vote_count; i++) {
        const struct vote *vote = &ballot->votes[i];
        if (!hash_equal(&vote->approver, &who->key.id))
            continue;
        if (vote->decision == DECISION_REJECT)
            return refuse(refusal, "R5",
                "%s has rejected this request, and a rejection is final for its person",
                who->name);
        if (vote->decision == decision)
            return refuse(refusal, "R5",
                "%s has approved this request already; a person counts once", who->name);
    }
    return OK;
}

enum err decide_admits(const struct ballot *ballot, const struct hash *approver,
    enum decision decision, struct refusal *refusal)
{
    const struct administrator *who = charter_administrator(ballot->charter, approver);
    if (who == NULL)
        return refuse(refusal, "R5",
            "this key is no administrator's in charter epoch %llu; use the token that is "
            "enrolled",
            (unsigned long long)ballot->charter->epoch);
    if (strcmp(who->name, ballot->person) == 0)
        return refuse(refusal, "R5",
            "%s stands behind this request and never counts for it; ask another administrator",
            who->name);
    if (!is_asked(ballot, (size_t)(who - ballot->charter->administrators)))
        return refuse(refusal, "R5",
            "%s is in no group that decides over these roles; ask a member", who->name);
    return not_said_before(ballot, who, decision, refusal);
}
