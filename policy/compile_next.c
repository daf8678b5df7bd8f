// The next charter: what a policy makes of the one in force.
#include "policy/compile_part.h"
#include "policy/yaml_place.h"

#include <stdlib.h>
#include <string.h>

static enum err check_appliance(
    const struct policy *policy, const struct charter *now, struct policy_fault *fault)
{
    if (strcmp(policy->charter.origin, now->origin) == 0)
        return OK;
    policy_fault_at(fault, "appliance");
    policy_fault_say(fault,
        "This policy is of another appliance: the name of this one is %s, and never changes.",
        now->origin);
    yaml_place(bytes_span(&policy->yaml), fault);
    return ERR_FORM;
}

static const struct key_state *find_spare(
    const struct key_state *spare, size_t spare_count, const struct hash *key)
{
    for (size_t i = 0; i < spare_count; i++)
        if (hash_equal(&spare[i].key.id, key))
            return &spare[i];
    return NULL;
}

static bool has_key(const struct charter *charter, const struct hash *key)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, key))
            return true;
    return false;
}

// A key of a role that the policy no longer has is no candidate: it goes with its role.
static struct candidate *add(
    struct allotment *allotment, const char *role_name, const struct key *key)
{
    const struct role *role = charter_role(allotment->charter, role_name);
    if (role == NULL || allotment->candidate_count == ALLOT_CANDIDATES)
        return NULL;
    struct candidate *candidate = &allotment->candidates[allotment->candidate_count++];
    candidate->role = (size_t)(role - allotment->charter->roles);
    candidate->key = *key;
    return candidate;
}

static bool is_member(const struct charter *charter, size_t role, size_t administrator)
{
    const struct group *group = &charter->groups[charter->roles[role].quorum.group];
    return memchr(group->members, (int)administrator, group->member_count) != NULL;
}

// Whose it is by the charter in force, as the new charter knows that person.
static void set_custody(
    const struct charter *next, const char *custodian, struct candidate *candidate)
{
    const struct administrator *one = charter_administrator_named(next, custodian);
    candidate->custody = CUSTODY_GONE;
    if (one == NULL)
        return;
    candidate->custodian = (size_t)(one - next->administrators);
    if (is_member(next, candidate->role, candidate->custodian))
        candidate->custody = CUSTODY_OF;
}

static void add_present(const struct charter *now, const struct key_state *spare,
    size_t spare_count, struct allotment *allotment)
{
    for (size_t i = 0; i < now->key_count; i++) {
        const struct role_key *key = &now->keys[i];
        struct candidate *candidate = add(allotment, now->roles[key->role].name, &key->key);
        if (candidate == NULL)
            continue;
        const struct key_state *state = find_spare(spare, spare_count, &key->key.id);
        candidate->standing =
            state != NULL && state->retired ? CANDIDATE_RETIRED : CANDIDATE_PRESENT;
        if (key->has_custodian)
            set_custody(
                allotment->charter, now->administrators[key->custodian].name, candidate);
    }
}

static void add_spare(const struct charter *now, const struct key_state *spare,
    size_t spare_count, struct allotment *allotment)
{
    for (size_t i = 0; i < spare_count; i++) {
        if (has_key(now, &spare[i].key.id))
            continue;
        struct candidate *candidate = add(allotment, spare[i].role, &spare[i].key);
        if (candidate != NULL)
            candidate->standing = spare[i].retired ? CANDIDATE_RETIRED : CANDIDATE_SPARE;
    }
}

enum err policy_compile_next(const struct policy *policy, const struct charter *now,
    const struct key_state *spare, size_t spare_count, struct bytes *out,
    struct policy_fault *fault)
{
    memset(fault, 0, sizeof *fault);
    if (check_appliance(policy, now, fault) != OK)
        return ERR_FORM;
    struct allotment *allotment = compile_allotment(policy);
    if (allotment == NULL)
        return compile_no_memory(fault);
    struct compile_head head = {
        .epoch = now->epoch + 1, .previous = now->hash, .log = now->log};
    add_present(now, spare, spare_count, allotment);
    add_spare(now, spare, spare_count, allotment);
    enum err err = compile_finish(policy, allotment, &head, out, fault);
    free(allotment);
    return err;
}
