#include "policy/policy_build.h"
#include "policy/policy_value.h"

#include <stdio.h>
#include <string.h>

// ---- names ----

static enum err name_role(struct build *build, size_t repository, size_t role)
{
    const struct file_repository *file = &build->file->repositories[repository];
    struct source source = {.entry = repository, .inner = role};
    char name[LIMIT_NAME + 1];
    policy_fault_at(build->fault, "repositories[%zu].roles[%zu].name", repository, role);
    if (build->charter->role_count == LIMIT_ROLES)
        return policy_fault_say(build->fault,
            "There are more than %d roles in all repositories: take some out.", LIMIT_ROLES);
    if (value_name(file->roles[role].name, name, build->fault) != OK)
        return ERR_FORM;
    // The repository's name was found good before, so that it is not cut here.
    snprintf(source.name, sizeof source.name, "%.*s/%s", LIMIT_NAME, file->name, name);
    return source_add(
        build->sources->roles, build->charter->role_count++, &source, build->fault);
}

static enum err name_roles(struct build *build)
{
    for (size_t i = 0; i < build->file->repository_count; i++)
        for (size_t j = 0; j < build->file->repositories[i].role_count; j++)
            if (name_role(build, i, j) != OK)
                return ERR_FORM;
    source_sort(build->sources->roles, build->charter->role_count);
    return OK;
}

// ---- fields ----

static void at_role(struct build *build, const struct source *source, const char *field)
{
    policy_fault_at(
        build->fault, "repositories[%zu].roles[%zu]%s", source->entry, source->inner, field);
}

static enum err build_expires(struct build *build, struct role *out,
    const struct file_role *role, const struct source *source)
{
    at_role(build, source, ".expires.least");
    if (role->expires.least != NULL &&
        value_duration(role->expires.least, &out->least, build->fault) != OK)
        return ERR_FORM;
    at_role(build, source, ".expires.most");
    return value_duration(role->expires.most, &out->most, build->fault);
}

static enum err build_words(
    struct build *build, const struct file_role *role, const struct source *source)
{
    at_role(build, source, ".signs");
    if (value_only(role->signs, "quorum", build->fault) != OK)
        return ERR_FORM;
    at_role(build, source, ".delay");
    return value_only(role->delay, "none", build->fault);
}

// ---- keys ----

static enum err add_wishes(
    struct build *build, const struct source *source, enum key_type type, const char *text)
{
    size_t count = 0;
    if (value_count(text, &count, build->fault) != OK)
        return ERR_FORM;
    if (count == 0)
        return policy_fault_say(build->fault, "Write 1 or more keys, or take this entry out.");
    if (count > LIMIT_KEYS - build->wish_count)
        return policy_fault_say(build->fault,
            "There are more than %d keys in all roles: ask for fewer.", LIMIT_KEYS);
    for (size_t i = 0; i < count; i++) {
        struct key_wish *wish = &build->wishes[build->wish_count++];
        wish->type = type;
        memcpy(wish->role, source->name, sizeof wish->role);
    }
    return OK;
}

static enum err build_key(
    struct build *build, const struct source *source, const struct file_key *key, size_t entry)
{
    char field[32];
    snprintf(field, sizeof field, ".keys[%zu].custodian", entry);
    at_role(build, source, field);
    if (value_only(key->custodian, "none", build->fault) != OK)
        return ERR_FORM;
    snprintf(field, sizeof field, ".keys[%zu].type", entry);
    at_role(build, source, field);
    enum key_type type = key_type_from(span_text(key->type));
    if (type == KEY_NONE)
        return policy_fault_say(build->fault, "This must be %s or %s.",
            key_type_text(KEY_ED25519), key_type_text(KEY_P256));
    snprintf(field, sizeof field, ".keys[%zu].count", entry);
    at_role(build, source, field);
    return add_wishes(build, source, type, key->count);
}

static enum err build_keys(
    struct build *build, const struct file_role *role, const struct source *source)
{
    for (size_t i = 0; i < role->key_count; i++)
        if (build_key(build, source, &role->keys[i], i) != OK)
            return ERR_FORM;
    return OK;
}

static size_t repository_of(const struct build *build, const struct source *source)
{
    const char *name = build->file->repositories[source->entry].name;
    return source_find(build->sources->repositories, build->charter->repository_count, name);
}

static enum err build_role(struct build *build, struct role *out, const struct source *source)
{
    const struct file_role *role =
        &build->file->repositories[source->entry].roles[source->inner];
    memcpy(out->name, source->name, sizeof out->name);
    out->repository = repository_of(build, source);
    at_role(build, source, "");
    if (policy_build_quorum(build, role->group, role->quorum, &out->quorum) != OK ||
        build_words(build, role, source) != OK || build_expires(build, out, role, source) != OK)
        return ERR_FORM;
    return build_keys(build, role, source);
}

enum err policy_build_roles(struct build *build)
{
    if (name_roles(build) != OK)
        return ERR_FORM;
    for (size_t i = 0; i < build->charter->role_count; i++)
        if (build_role(build, &build->charter->roles[i], &build->sources->roles[i]) != OK)
            return ERR_FORM;
    return OK;
}
