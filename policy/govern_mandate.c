// Mandates: judging one, carrying it out, and what ends it (design section 2).
#include "policy/chain.h"
#include "policy/govern_part.h"
#include "policy/mandate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// ---- judging ----

static enum err number_rule(const struct govern_case *given, const struct mandate_motion *asked,
    struct refusal *refusal)
{
    const struct mandate_state *last = state_mandate(given->state, asked->role);
    uint64_t number = last == NULL ? 1 : last->number + 1;
    if (last == NULL && given->state->mandate_count == LIMIT_MANDATES)
        return refuse(refusal, "R20",
            "The appliance remembers the mandates of %d roles, and %s would be one more: have "
            "a quorum sign it.",
            LIMIT_MANDATES, asked->role);
    if (asked->number == number)
        return OK;
    return refuse(refusal, "R12",
        "The mandate of %s has number %" PRIu64 ", but the next is %" PRIu64
        ", and each is carried out once: make it anew.",
        asked->role, asked->number, number);
}

// Nobody approves what the own person then asks for.
static enum err requester_rule(const struct govern_case *given, const struct role *role,
    const struct mandate_motion *asked, struct refusal *refusal)
{
    const struct charter *charter = given->charter;
    const struct requester *who = charter_requester(charter, &asked->requester);
    if (who == NULL)
        return refuse(refusal, "R21",
            "The mandate of %s is for a key that is no requester's in charter epoch %" PRIu64
            ": name one that is.",
            asked->role, charter->epoch);
    if (mandate_admits(charter, role, who))
        return OK;
    return refuse(refusal, "R5",
        "%s stands behind the requester %s and is one of those who decide over mandates of %s: "
        "name a requester behind whom none of them stands.",
        who->person, who->name, asked->role);
}

static enum err time_rule(const struct govern_case *given, const struct role *role,
    const struct mandate_motion *asked, struct refusal *refusal)
{
    if (asked->longest > role->most || asked->longest < role->least)
        return refuse(refusal, "R6",
            "Payloads under the mandate may be valid for %" PRId64
            " seconds, and the charter lets those of %s be so for %" PRId64 " to %" PRId64
            ": give a `longest` between them.",
            asked->longest, asked->role, role->least, role->most);
    if (asked->until > given->now && asked->until - given->now <= LIMIT_MANDATE_LIFE)
        return OK;
    char until[MOMENT_TEXT + 1];
    moment_write(asked->until, until);
    return refuse(refusal, "R6",
        "The mandate of %s ends %s, which is over, or more than %d days from now: give a time "
        "between.",
        asked->role, until, LIMIT_MANDATE_LIFE / (24 * 3600));
}

static enum err versions_rule(const struct govern_case *given,
    const struct mandate_motion *asked, struct refusal *refusal)
{
    uint64_t top = chain_top(given->state, asked->role);
    if (asked->last > MANDATE_VERSION_MOST)
        return refuse(refusal, "R12",
            "The mandate of %s goes to version %" PRIu64
            ", and clients read none above %" PRIu64 ": let it end there or before.",
            asked->role, asked->last, MANDATE_VERSION_MOST);
    if (asked->last > top)
        return OK;
    return refuse(refusal, "R12",
        "The mandate of %s goes to version %" PRIu64 ", but up to %" PRIu64
        " may have been signed already: let it go further.",
        asked->role, asked->last, top);
}

enum err mandate_motion_judge(
    const struct govern_case *given, struct govern *out, struct refusal *refusal)
{
    const struct mandate_motion *asked = &out->mandate;
    if (mandate_motion_read(given->payload, &out->mandate) != OK)
        return govern_no_form(given, refusal);
    const struct role *role = charter_role(given->charter, asked->role);
    if (role == NULL || !role->by_mandate)
        return refuse(refusal, "R2",
            "The charter has no role %s that is signed by mandate: name one, or have a charter "
            "say so first.",
            asked->role);
    if (govern_number(given, asked->number, refusal) != OK ||
        govern_evidence(given, 0, refusal) != OK || number_rule(given, asked, refusal) != OK ||
        requester_rule(given, role, asked, refusal) != OK ||
        time_rule(given, role, asked, refusal) != OK ||
        versions_rule(given, asked, refusal) != OK)
        return ERR_REFUSED;
    govern_decides_role(out, role->name);
    return OK;
}

// ---- carrying out ----

static bool is_member(const struct charter *charter, const struct role *role, size_t who)
{
    const struct group *group = &charter->groups[role->quorum.group];
    return memchr(group->members, (int)who, group->member_count) != NULL;
}

static bool approved(const struct govern_deed *deed, const struct hash *key)
{
    for (size_t i = 0; i < deed->approval_count; i++)
        if (hash_equal(&deed->approvals[i].approver, key))
            return true;
    return false;
}

static void insert_approver(struct mandate_state *mandate, const struct hash *key)
{
    size_t at = mandate->approver_count++;
    while (at > 0 && span_compare(hash_span(&mandate->approvers[at - 1]), hash_span(key)) > 0) {
        mandate->approvers[at] = mandate->approvers[at - 1];
        at--;
    }
    mandate->approvers[at] = *key;
}

// Those who count: members of the role's group, without the person behind the request.
static void keep_approvers(
    const struct govern_step *step, const struct role *role, struct mandate_state *mandate)
{
    for (size_t i = 0; i < step->charter->administrator_count; i++) {
        const struct administrator *who = &step->charter->administrators[i];
        bool asks = step->deed->person != NULL && strcmp(who->name, step->deed->person) == 0;
        if (!asks && is_member(step->charter, role, i) && approved(step->deed, &who->key.id))
            insert_approver(mandate, &who->key.id);
    }
}

enum err mandate_motion_apply(const struct govern_step *step, struct state *state)
{
    const struct mandate_motion *asked = &step->govern->mandate;
    const struct role *role = charter_role(step->charter, asked->role);
    struct mandate_state next = {.number = asked->number,
        .text = step->deed->item->payload,
        .live = true,
        .requester = asked->requester,
        .first = asked->first,
        .last = asked->last,
        .count = asked->count,
        .longest = asked->longest,
        .until = asked->until,
        .top = chain_top(state, asked->role)};
    if (role == NULL)
        return ERR_FORM;
    if (next.first <= next.top)
        next.first = next.top + 1;
    snprintf(next.role, sizeof next.role, "%s", asked->role);
    keep_approvers(step, role, &next);
    return state_set_mandate(state, &next);
}

// ---- another charter ----

bool mandate_fits(const struct role *now, const struct role *next)
{
    return next->by_mandate && now->least == next->least && now->most == next->most &&
           now->threshold == next->threshold;
}

static bool same_requester(const struct charter *now, const struct charter *next,
    const struct role *role, const struct hash *key)
{
    const struct requester *before = charter_requester(now, key);
    const struct requester *then = charter_requester(next, key);
    return before != NULL && then != NULL && strcmp(before->person, then->person) == 0 &&
           mandate_admits(next, role, then);
}

// By key: who got another one is asked again.
static bool is_quorum(
    const struct charter *next, const struct role *role, const struct mandate_state *mandate)
{
    struct vote votes[LIMIT_ADMINISTRATORS];
    for (size_t i = 0; i < mandate->approver_count; i++)
        votes[i] = (struct vote){mandate->approvers[i], DECISION_APPROVE};
    struct tally tally = quorum_count(next, &role->quorum, "", votes, mandate->approver_count);
    return tally_complete(&tally);
}

bool mandate_lives_on(
    const struct charter *now, const struct charter *next, const struct mandate_state *mandate)
{
    const struct role *before = charter_role(now, mandate->role);
    const struct role *then = charter_role(next, mandate->role);
    return mandate->live && before != NULL && then != NULL && mandate_fits(before, then) &&
           same_requester(now, next, then, &mandate->requester) &&
           is_quorum(next, then, mandate);
}

void govern_end_mandates(
    const struct charter *now, const struct charter *next, struct state *state)
{
    for (size_t i = 0; i < state->mandate_count; i++)
        if (!mandate_lives_on(now, next, &state->mandates[i]))
            state_end_mandate(state, state->mandates[i].role);
}
