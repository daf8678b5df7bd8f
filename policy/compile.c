#include "policy/compile.h"

#include "policy/charter_rules.h"
#include "policy/policy_build.h"
#include "policy/yaml_place.h"

#include <stdlib.h>
#include <string.h>

struct policy {
    struct bytes yaml; // so that a broken rule has a line too
    struct charter charter;
    struct policy_sources sources;
    struct key_wish wishes[LIMIT_KEYS];
    size_t wish_count;
};

static enum err no_memory(struct policy_fault *fault)
{
    policy_fault_say(fault, "There is not enough memory.");
    return ERR_MEMORY;
}

// ---- reading ----

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
            .wishes = policy->wishes,
            .fault = fault};
        err = policy_build(&build);
        policy->wish_count = build.wish_count;
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
        return no_memory(fault);
    bytes_init(&policy->yaml, LIMIT_POLICY);
    bytes_add(&policy->yaml, yaml);
    enum err err = bytes_finish(&policy->yaml);
    if (err == OK)
        err = read_and_build(policy, folder, fault);
    if (err == OK)
        *out = policy;
    else
        policy_free(policy);
    return err == ERR_MEMORY ? no_memory(fault) : err;
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
    memcpy(wishes, policy->wishes, policy->wish_count * sizeof wishes[0]);
    return policy->wish_count;
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
    if (charter_rules_without_keys(&policy->charter, &where, &refusal) == OK)
        return OK;
    return rule_fault(policy, &where, &refusal, fault);
}

// ---- compiling ----

// How many of the keys that were made are a wish's: of its role and its type.
static size_t count_made(
    const struct key_wish *wish, const struct made_key *keys, size_t key_count)
{
    size_t count = 0;
    for (size_t i = 0; i < key_count; i++)
        count += strcmp(keys[i].role, wish->role) == 0 && keys[i].key.type == wish->type;
    return count;
}

static size_t count_wished(const struct policy *policy, const struct key_wish *wish)
{
    size_t count = 0;
    for (size_t i = 0; i < policy->wish_count; i++)
        count += strcmp(policy->wishes[i].role, wish->role) == 0 &&
                 policy->wishes[i].type == wish->type;
    return count;
}

static enum err check_made(const struct policy *policy, const struct key *log,
    const struct made_key *keys, size_t key_count, struct policy_fault *fault)
{
    if (log->type != KEY_ED25519)
        return policy_fault_say(
            fault, "The log key must be of type ed25519: make the keys anew.");
    for (size_t i = 0; i < policy->wish_count; i++) {
        const struct key_wish *wish = &policy->wishes[i];
        size_t wished = count_wished(policy, wish), made = count_made(wish, keys, key_count);
        if (wished != made)
            return policy_fault_say(fault,
                "The policy asks for %zu keys of type %s for %s, but %zu were made: make them "
                "anew with this policy.",
                wished, key_type_text(wish->type), wish->role, made);
    }
    if (key_count == policy->wish_count)
        return OK;
    return policy_fault_say(fault,
        "The policy asks for %zu keys, but %zu were made: make them anew with this policy.",
        policy->wish_count, key_count);
}

static int compare_keys(const void *a, const void *b)
{
    const struct role_key *first = a, *second = b;
    if (first->role != second->role)
        return first->role < second->role ? -1 : 1;
    return span_compare(hash_span(&first->key.id), hash_span(&second->key.id));
}

static void add_keys(struct charter *charter, const struct made_key *keys, size_t key_count)
{
    for (size_t i = 0; i < key_count; i++) {
        const struct role *role = charter_role(charter, keys[i].role);
        charter->keys[i].role = (size_t)(role - charter->roles);
        charter->keys[i].key = keys[i].key;
    }
    charter->key_count = key_count;
    qsort(charter->keys, key_count, sizeof charter->keys[0], compare_keys);
}

// What a person gets is what the vault will read.
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
    return err == ERR_MEMORY ? no_memory(fault) : err;
}

enum err policy_compile(const struct policy *policy, const struct key *log,
    const struct made_key *keys, size_t key_count, struct bytes *out,
    struct policy_fault *fault)
{
    struct charter_place where;
    struct refusal refusal;
    memset(fault, 0, sizeof *fault);
    if (check_made(policy, log, keys, key_count, fault) != OK)
        return ERR_FORM;
    struct charter *charter = charter_new();
    if (charter == NULL)
        return no_memory(fault);
    *charter = policy->charter;
    charter->log = log->id;
    add_keys(charter, keys, key_count);
    enum err err = charter_rules(charter, &where, &refusal);
    if (err == OK)
        err = write_and_read(charter, out, fault);
    else
        err = rule_fault(policy, &where, &refusal, fault);
    charter_free(charter);
    return err;
}
