#include "policy/charter_mandates.h"
#include "policy/charter_rules.h"
#include "policy/compile_part.h"
#include "policy/policy_build.h"
#include "policy/yaml_place.h"

#include <stdlib.h>
#include <string.h>

enum err compile_no_memory(struct policy_fault *fault)
{
    policy_fault_say(fault, "There is not enough memory.");
    return ERR_MEMORY;
}

// ---- reading ----

// What the charter's rules can say of keys that nobody knows yet.
static void announce_keys(struct policy *policy)
{
    for (size_t i = 0; i < policy->slot_count; i++) {
        const struct key_slot *slot = &policy->slots[i];
        policy->charter.keys[i] = (struct role_key){.role = slot->role,
            .key.type = slot->type,
            .has_custodian = slot->has_custodian,
            .custodian = slot->custodian};
    }
    policy->charter.key_count = policy->slot_count;
}

static enum err read_and_build(
    struct policy *policy, const char *folder, struct policy_fault *fault)
{
    struct policy_file *file = NULL;
    struct span yaml = bytes_span(&policy->yaml);
    enum err err = yaml_check(yaml, fault);
    if (err != OK)
        return err;
    err = policy_file_read(yaml, &file, fault);
    if (err == OK) {
        struct build build = {.file = file,
            .folder = folder,
            .charter = &policy->charter,
            .sources = &policy->sources,
            .slots = policy->slots,
            .fault = fault};
        err = policy_build(&build);
        policy->slot_count = build.slot_count;
    }
    policy_file_free(file);
    if (err == ERR_FORM)
        yaml_place(yaml, fault);
    return err;
}

enum err policy_read(
    struct span yaml, const char *folder, struct policy **out, struct policy_fault *fault)
{
    memset(fault, 0, sizeof *fault);
    if (yaml.size > LIMIT_POLICY)
        return policy_fault_say(
            fault, "A policy file has at most %d bytes: make it smaller.", LIMIT_POLICY);
    struct policy *policy = calloc(1, sizeof *policy);
    if (policy == NULL)
        return compile_no_memory(fault);
    bytes_init(&policy->yaml, LIMIT_POLICY);
    bytes_add(&policy->yaml, yaml);
    enum err err = bytes_finish(&policy->yaml);
    if (err == OK)
        err = read_and_build(policy, folder, fault);
    if (err == OK) {
        announce_keys(policy);
        *out = policy;
    } else
        policy_free(policy);
    return err == ERR_MEMORY ? compile_no_memory(fault) : err;
}

void policy_free(struct policy *policy)
{
    if (policy == NULL)
        return;
    bytes_clear(&policy->yaml);
    free(policy);
}

const char *policy_origin(const struct policy *policy)
{
    return policy->charter.origin;
}

size_t policy_wishes(const struct policy *policy, struct key_wish *wishes)
{
    size_t count = 0;
    for (size_t i = 0; i < policy->slot_count; i++) {
        const struct key_slot *slot = &policy->slots[i];
        if (slot->named[0] != '\0')
            continue;
        wishes[count].type = slot->type;
        memcpy(wishes[count++].role, policy->charter.roles[slot->role].name,
            sizeof wishes[0].role);
    }
    return count;
}

// ---- the charter's rules, said of the file ----

static void place_of(
    const struct policy *policy, const struct charter_place *where, struct policy_fault *fault)
{
    const struct policy_sources *sources = &policy->sources;
    const struct source *role = &sources->roles[where->index];
    switch (where->line) {
    case CHARTER_CLOCK:
        policy_fault_at(fault, "clock");
        break;
    case CHARTER_JUMP:
        policy_fault_at(fault, "jump");
        break;
    case CHARTER_ADMINISTRATOR:
        policy_fault_at(fault, "administrators[%zu].%s",
            sources->administrators[where->index].entry, where->field);
        break;
    case CHARTER_CHANGES:
        policy_fault_at(fault, "charter.%s", where->field);
        break;
    case CHARTER_REQUESTER:
        policy_fault_at(
            fault, "requesters[%zu].%s", sources->requesters[where->index].entry, where->field);
        break;
    case CHARTER_REPOSITORY:
        policy_fault_at(fault, "repositories[%zu].%s",
            sources->repositories[where->index].entry, where->field);
        break;
    case CHARTER_ROLE:
        policy_fault_at(
            fault, "repositories[%zu].roles[%zu].%s", role->entry, role->inner, where->field);
        break;
    }
    yaml_place(bytes_span(&policy->yaml), fault);
}

static enum err rule_fault(const struct policy *policy, const struct charter_place *where,
    const struct refusal *refusal, struct policy_fault *fault)
{
    policy_fault_say(fault, "%s: %s", refusal->rule, refusal->sentence);
    place_of(policy, where, fault);
    return ERR_REFUSED;
}

enum err policy_check(const struct policy *policy, struct policy_fault *fault)
{
    struct charter_place where;
    struct refusal refusal;
    memset(fault, 0, sizeof *fault);
    if (charter_rules_without_keys(&policy->charter, &where, &refusal) == OK &&
        vehicles_rules(&policy->charter, &where, &refusal) == OK)
        return OK;
    return rule_fault(policy, &where, &refusal, fault);
}

// ---- compiling ----

struct allotment *compile_allotment(const struct policy *policy)
{
    struct allotment *allotment = calloc(1, sizeof *allotment);
    if (allotment == NULL)
        return NULL;
    allotment->charter = &policy->charter;
    allotment->sources = &policy->sources;
    allotment->slots = policy->slots;
    allotment->slot_count = policy->slot_count;
    return allotment;
}

static int compare_keys(const void *a, const void *b)
{
    const struct role_key *first = a, *second = b;
    if (first->role != second->role)
        return first->role < second->role ? -1 : 1;
    return span_compare(hash_span(&first->key.id), hash_span(&second->key.id));
}

static void fill_in_keys(struct charter *charter, const struct allotment *allotment)
{
    for (size_t i = 0; i < allotment->slot_count; i++)
        charter->keys[i].key = allotment->candidates[allotment->chosen[i]].key;
    qsort(charter->keys, charter->key_count, sizeof charter->keys[0], compare_keys);
}

static enum err write_and_read(
    struct charter *charter, struct bytes *out, struct policy_fault *fault)
{
    struct refusal refusal;
    bytes_reset(out);
    charter_write(charter, out);
    enum err err = bytes_finish(out);
    if (err == OK)
        err = charter_read(bytes_span(out), charter, &refusal);
    if (err == ERR_FORM || err == ERR_REFUSED)
        policy_fault_say(fault, "%s: %s", refusal.rule, refusal.sentence);
    return err == ERR_MEMORY ? compile_no_memory(fault) : err;
}

static enum err rule_and_write(const struct policy *policy, struct charter *charter,
    struct bytes *out, struct policy_fault *fault)
{
    struct charter_place where;
    struct refusal refusal;
    if (charter_rules(charter, &where, &refusal) != OK ||
        vehicles_rules(charter, &where, &refusal) != OK)
        return rule_fault(policy, &where, &refusal, fault);
    return write_and_read(charter, out, fault);
}

enum err compile_finish(const struct policy *policy, struct allotment *allotment,
    const struct compile_head *head, struct bytes *out, struct policy_fault *fault)
{
    if (allot(allotment, fault) != OK) {
        yaml_place(bytes_span(&policy->yaml), fault);
        return ERR_FORM;
    }
    struct charter *charter = charter_new();
    if (charter == NULL)
        return compile_no_memory(fault);
    *charter = policy->charter;
    charter->epoch = head->epoch;
    charter->previous = head->previous;
    charter->log = head->log;
    fill_in_keys(charter, allotment);
    policy_fault_at(fault, "%s", "");
    enum err err = rule_and_write(policy, charter, out, fault);
    charter_free(charter);
    return err;
}
