#include "policy/decide.h"

#include <string.h>

// ---- quorums ----

// Only a motion that stands alone names who decides; whatever an opened record of metadata says
// there, its roles decide over it.
static bool is_motion(const struct opened *opened)
{
    return opened->item_count == 1 && motion_of(opened->items[0].role) != MOTION_NONE;
}

size_t decide_quorums(const struct ballot *ballot)
{
    return is_motion(ballot->opened) ? ballot->opened->decides_count
                                     : ballot->opened->item_count;
}

const char *decide_name(const struct ballot *ballot, size_t at)
{
    return is_motion(ballot->opened) ? ballot->opened->decides[at]
                                     : ballot->opened->items[at].role;
}

// NULL for a role that the charter does not know.
static const struct quorum *quorum_named(const struct charter *charter, const char *name)
{
    if (strcmp(name, "charter") == 0)
        return &charter->changes;
    const struct role *role = charter_role(charter, name);
    return role == NULL ? NULL : &role->quorum;
}

struct tally decide_tally(const struct ballot *ballot, size_t at)
{
    const struct quorum *quorum = quorum_named(ballot->charter, decide_name(ballot, at));
    if (quorum == NULL)
        return (struct tally){.need = 1};
    return quorum_count(
        ballot->charter, quorum, ballot->person, ballot->votes, ballot->vote_count);
}

// ---- custodians ----

// What a key's custodian has said. Who stands behind the request never counts for it: neither as a
// person nor with a key.
static enum standing custody(const struct ballot *ballot, const struct role_key *key)
{
    if (!key->has_custodian)
        return STANDING_APPROVED;
    const struct administrator *person = &ballot->charter->administrators[key->custodian];
    if (strcmp(person->name, ballot->person) == 0)
        return STANDING_REJECTED;
    return quorum_standing(&person->key.id, ballot->votes, ballot->vote_count);
}

static const struct role_key *key_of(
    const struct charter *charter, const char *role, const struct hash *key)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, key) &&
            charter_key_of(charter, &charter->keys[i], role))
            return &charter->keys[i];
    return NULL;
}

// How many keys of the line can sign now, and how many may yet.
struct reached {
    size_t now;
    size_t at_most;
};

static struct reached count_reached(const struct ballot *ballot, const struct reach *reach)
{
    struct reached reached = {0};
    for (size_t i = 0; i < reach->key_count; i++) {
        const struct role_key *key = key_of(ballot->charter, reach->role, &reach->keys[i]);
        enum standing standing = key == NULL ? STANDING_REJECTED : custody(ballot, key);
        reached.now += standing == STANDING_APPROVED;
        reached.at_most += standing != STANDING_REJECTED;
    }
    return reached;
}

size_t decide_reached(const struct ballot *ballot, const struct reach *reach)
{
    return count_reached(ballot, reach).now;
}

// Whether what was opened for a role is what it signed last: nothing is added to what was overtaken.
static bool is_last(const struct opened *opened, const struct role_state *last)
{
    for (size_t i = 0; last != NULL && i < opened->item_count; i++)
        if (strcmp(opened->items[i].role, last->role) == 0 &&
            opened->items[i].version == last->version &&
            hash_equal(&opened->items[i].payload, &last->payload))
            return true;
    return false;
}

static bool can_add(
    const struct ballot *ballot, const struct state *state, const struct role_key *key)
{
    const char *role = ballot->charter->roles[key->role].name;
    bool retired = state_key(state, &key->key.id) != NULL;
    return key->has_custodian && custody(ballot, key) == STANDING_APPROVED && !retired &&
           state_signed(state, role, &key->key.id) == NULL &&
           is_last(ballot->opened, state_role(state, role));
}

bool decide_adds(const struct ballot *ballot, const struct state *state)
{
    for (size_t i = 0; i < ballot->charter->key_count; i++)
        if (can_add(ballot, state, &ballot->charter->keys[i]))
            return true;
    return false;
}

// ---- the verdict ----

static enum verdict verdict_of_reach(const struct ballot *ballot)
{
    enum verdict verdict = VERDICT_COMPLETE;
    for (size_t i = 0; i < ballot->opened->reach_count; i++) {
        const struct reach *reach = &ballot->opened->reach[i];
        struct reached reached = count_reached(ballot, reach);
        if (reached.at_most < reach->need)
            return VERDICT_IMPOSSIBLE;
        if (reached.now < reach->need)
            verdict = VERDICT_OPEN;
    }
    return verdict;
}

enum verdict decide(const struct ballot *ballot)
{
    size_t quorums = decide_quorums(ballot);
    enum verdict verdict = quorums == 0 ? VERDICT_IMPOSSIBLE : verdict_of_reach(ballot);
    for (size_t i = 0; i < quorums; i++) {
        struct tally tally = decide_tally(ballot, i);
        if (!tally_possible(&tally))
            return VERDICT_IMPOSSIBLE;
        if (!tally_complete(&tally) && verdict == VERDICT_COMPLETE)
            verdict = VERDICT_OPEN;
    }
    return verdict;
}

// ---- who may vote ----

static bool has_member(const struct group *group, size_t person)
{
    for (size_t i = 0; i < group->member_count; i++)
        if (group->members[i] == person)
            return true;
    return false;
}

static bool is_asked(const struct ballot *ballot, size_t person)
{
    const struct charter *charter = ballot->charter;
    for (size_t i = 0; i < decide_quorums(ballot); i++) {
        const struct quorum *quorum = quorum_named(charter, decide_name(ballot, i));
        if (quorum != NULL && has_member(&charter->groups[quorum->group], person))
            return true;
    }
    return false;
}

static enum err not_said_before(const struct ballot *ballot, const struct administrator *who,
    enum decision decision, struct refusal *refusal)
{
    enum standing standing = quorum_standing(&who->key.id, ballot->votes, ballot->vote_count);
    if (standing == STANDING_REJECTED)
        return refuse(refusal, "R5",
            "%s has rejected this request, and a rejection is final for its person", who->name);
    if (standing == STANDING_APPROVED && decision == DECISION_APPROVE)
        return refuse(refusal, "R5",
            "%s has approved this request already; a person counts once", who->name);
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
            "%s is in no group that decides over this request; ask a member", who->name);
    return not_said_before(ballot, who, decision, refusal);
}
