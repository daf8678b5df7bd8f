#include "policy/policy_build.h"
#include "policy/policy_value.h"

#include <stdio.h>
#include <string.h>

// One entry of a role's list `keys`.
struct entry {
    struct build *build;
    const struct source *role; // where the role stands in the file
    const struct file_key *file;
    struct key_slot slot; // as far as it is read
};

// Says that the next fault is of this entry, at the field `field` (".type"; "" for the entry).
static void at(const struct entry *entry, const char *field)
{
    char path[48];
    snprintf(path, sizeof path, ".keys[%zu]%s", entry->slot.entry, field);
    policy_build_at_role(entry->build, entry->role, path);
}

static enum err read_custodian(struct entry *entry)
{
    struct build *build = entry->build;
    const char *name = entry->file->custodian;
    at(entry, ".custodian");
    if (name == NULL || strcmp(name, "none") == 0)
        return OK;
    entry->slot.has_custodian = true;
    entry->slot.custodian =
        source_find(build->sources->administrators, build->charter->administrator_count, name);
    if (entry->slot.custodian < build->charter->administrator_count)
        return OK;
    return policy_fault_say(build->fault,
        "%.50s is no administrator: add this person to administrators, or correct the name.",
        name);
}

static enum err missing(const struct entry *entry, const char *field)
{
    at(entry, "");
    return policy_fault_say(
        entry->build->fault, "The field %s is missing here: add it.", field);
}

static enum err read_type(struct entry *entry)
{
    if (entry->file->type == NULL)
        return OK;
    at(entry, ".type");
    entry->slot.type = key_type_from(span_text(entry->file->type));
    if (entry->slot.type != KEY_NONE)
        return OK;
    return policy_fault_say(entry->build->fault, "This must be " KEY_TYPES ".");
}

// Of one custodian, or one that is named, there is one key.
static enum err check_count(const struct entry *entry, size_t count)
{
    struct policy_fault *fault = entry->build->fault;
    at(entry, ".count");
    if (count == 0)
        return policy_fault_say(fault, "Write 1 or more keys, or take this entry out.");
    if (count > 1 && entry->slot.named[0] != '\0')
        return policy_fault_say(fault, "This entry names one key: write 1, or leave this out.");
    if (count > 1 && entry->slot.has_custodian)
        return policy_fault_say(fault,
            "A custodian has one key of a role: write 1, and an entry for each custodian.");
    if (count > LIMIT_KEYS - entry->build->slot_count)
        return policy_fault_say(
            fault, "There are more than %d keys in all roles: ask for fewer.", LIMIT_KEYS);
    return OK;
}

static enum err read_count(const struct entry *entry, size_t *count)
{
    *count = 1;
    at(entry, ".count");
    if (entry->file->count != NULL &&
        value_count(entry->file->count, count, entry->build->fault) != OK)
        return ERR_FORM;
    return check_count(entry, *count);
}

static enum err read_named(struct entry *entry)
{
    at(entry, ".key");
    if (entry->file->key != NULL)
        return value_key_name(entry->file->key, entry->slot.named, entry->build->fault);
    if (entry->file->type == NULL)
        return missing(entry, "type");
    return entry->file->count == NULL ? missing(entry, "count") : OK;
}

static enum err add_slots(struct entry *entry)
{
    size_t count = 0;
    if (read_custodian(entry) != OK || read_named(entry) != OK || read_type(entry) != OK ||
        read_count(entry, &count) != OK)
        return ERR_FORM;
    while (count-- > 0)
        entry->build->slots[entry->build->slot_count++] = entry->slot;
    return OK;
}

// The least threshold of a role where the file does not say: so many of the keys that the role has,
// here and elsewhere, must be stolen before anything false is signed.
static uint64_t default_threshold(const char *short_name)
{
    static const struct {
        const char *name;
        uint64_t threshold;
    } defaults[] = {{"root", 5}, {"targets", 3}, {"snapshot", 1}, {"timestamp", 1}};
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        if (strcmp(defaults[i].name, short_name) == 0)
            return defaults[i].threshold;
    return 1;
}

static enum err build_threshold(struct build *build, const struct file_role *role,
    const struct source *source, struct role *out, size_t keys)
{
    policy_build_at_role(build, source, ".threshold");
    out->threshold = default_threshold(role_short_name(out));
    if (role->threshold != NULL)
        return value_number(role->threshold, &out->threshold, build->fault);
    if (keys >= out->threshold)
        return OK;
    return policy_fault_say(build->fault,
        "A root gives %s a threshold of at least %zu unless this file says otherwise, but the "
        "role has %zu keys here: write `threshold: N` yourself, or give the role more keys.",
        out->name, (size_t)out->threshold, keys);
}

enum err policy_build_keys(struct build *build, const struct file_role *role, size_t index)
{
    const struct source *source = &build->sources->roles[index];
    size_t before = build->slot_count;
    for (size_t i = 0; i < role->key_count; i++) {
        struct entry entry = {.build = build,
            .role = source,
            .file = &role->keys[i],
            .slot = {.role = index, .entry = i}};
        if (add_slots(&entry) != OK)
            return ERR_FORM;
    }
    return build_threshold(
        build, role, source, &build->charter->roles[index], build->slot_count - before);
}
