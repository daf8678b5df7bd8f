// The first charter, with the keys of a founding.
#include "policy/compile_part.h"
#include "policy/yaml_place.h"

#include <stdlib.h>
#include <string.h>

// How many of the keys that were made are a slot's: of its role and its type.
static size_t count_made(const struct policy *policy, const struct key_slot *slot,
    const struct made_key *keys, size_t key_count)
{
    const char *role = policy->charter.roles[slot->role].name;
    size_t count = 0;
    for (size_t i = 0; i < key_count; i++)
        count += strcmp(keys[i].role, role) == 0 && keys[i].key.type == slot->type;
    return count;
}

static size_t count_wanted(const struct policy *policy, const struct key_slot *slot)
{
    size_t count = 0;
    for (size_t i = 0; i < policy->slot_count; i++)
        count += policy->slots[i].role == slot->role && policy->slots[i].type == slot->type;
    return count;
}

static enum err refuse_named(
    const struct policy *policy, const struct key_slot *slot, struct policy_fault *fault)
{
    const struct source *role = &policy->sources.roles[slot->role];
    policy_fault_at(fault, "repositories[%zu].roles[%zu].keys[%zu].key", role->entry,
        role->inner, slot->entry);
    policy_fault_say(fault,
        "A key can be named once it was made, and a founding makes all anew: write type and "
        "count.");
    yaml_place(bytes_span(&policy->yaml), fault);
    return ERR_FORM;
}

static enum err check_made(const struct policy *policy, const struct key *log,
    const struct made_key *keys, size_t key_count, struct policy_fault *fault)
{
    if (log->type != KEY_ED25519)
        return policy_fault_say(
            fault, "The log key must be of type ed25519: make the keys anew.");
    for (size_t i = 0; i < policy->slot_count; i++) {
        const struct key_slot *slot = &policy->slots[i];
        if (slot->named[0] != '\0')
            return refuse_named(policy, slot, fault);
        size_t wanted = count_wanted(policy, slot);
        size_t made = count_made(policy, slot, keys, key_count);
        if (wanted != made)
            return policy_fault_say(fault,
                "The policy asks for %zu keys of type %s for %s, but %zu were made: make them "
                "anew with this policy.",
                wanted, key_type_text(slot->type), policy->charter.roles[slot->role].name,
                made);
    }
    if (key_count == policy->slot_count)
        return OK;
    return policy_fault_say(fault,
        "The policy asks for %zu keys, but %zu were made: make them anew with this policy.",
        policy->slot_count, key_count);
}

static void add_made(const struct policy *policy, const struct made_key *keys, size_t key_count,
    struct allotment *allotment)
{
    for (size_t i = 0; i < key_count; i++) {
        const struct role *role = charter_role(&policy->charter, keys[i].role);
        allotment->candidates[allotment->candidate_count++] =
            (struct candidate){.role = (size_t)(role - policy->charter.roles),
                .key = keys[i].key,
                .standing = CANDIDATE_SPARE};
    }
}

enum err policy_compile(const struct policy *policy, const struct key *log,
    const struct made_key *keys, size_t key_count, struct bytes *out,
    struct policy_fault *fault)
{
    memset(fault, 0, sizeof *fault);
    if (check_made(policy, log, keys, key_count, fault) != OK)
        return ERR_FORM;
    struct allotment *allotment = compile_allotment(policy);
    if (allotment == NULL)
        return compile_no_memory(fault);
    struct compile_head head = {.epoch = 1, .log = log->id};
    add_made(policy, keys, key_count, allotment);
    enum err err = compile_finish(policy, allotment, &head, out, fault);
    free(allotment);
    return err;
}
