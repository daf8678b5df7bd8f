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

void policy_build_at_role(struct build *build, const struct source *source, const char *field)
{
    policy_fault_at(
        build->fault, "repositories[%zu].roles[%zu]%s", source->entry, source->inner, field);
}

static enum err build_expires(struct build *build, struct role *out,
    const struct file_role *role, const struct source *source)
{
    policy_build_at_role(build, source, ".expires.least");
    if (role->expires.least != NULL &&
        value_duration(role->expires.least, &out->least, build->fault) != OK)
        return ERR_FORM;
    policy_build_at_role(build, source, ".expires.most");
    return value_duration(role->expires.most, &out->most, build->fault);
}

static enum err build_rate(struct build *build, struct role *out, const struct file_role *role,
    const struct source *source)
{
    policy_build_at_role(build, source, ".rate.count");
    if (role->rate.count == NULL)
        return OK;
    if (value_number(role->rate.count, &out->rate, build->fault) != OK)
        return ERR_FORM;
    policy_build_at_role(build, source, ".rate.per");
    if (value_duration(role->rate.per, &out->rate_seconds, build->fault) != OK)
        return ERR_FORM;
    policy_build_at_role(build, source, ".rate");
    // In the charter that would be no rate at all.
    if (out->rate == 0 || out->rate_seconds == 0)
        return policy_fault_say(
            build->fault, "With such a rate nothing is ever signed: write more than 0.");
    return OK;
}

static enum err build_times(struct build *build, struct role *out, const struct file_role *role,
    const struct source *source)
{
    policy_build_at_role(build, source, ".signs");
    if (value_choice(role->signs, "quorum", "mandate", &out->by_mandate, build->fault) != OK)
        return ERR_FORM;
    policy_build_at_role(build, source, ".delay");
    if (value_duration_or_none(role->delay, &out->delay, build->fault) != OK)
        return ERR_FORM;
    policy_build_at_role(build, source, ".approve_within");
    if (value_duration_or_none(role->approve_within, &out->within, build->fault) != OK)
        return ERR_FORM;
    return build_rate(build, out, role, source);
}

static size_t repository_of(const struct build *build, const struct source *source)
{
    const char *name = build->file->repositories[source->entry].name;
    return source_find(build->sources->repositories, build->charter->repository_count, name);
}

static enum err build_role(struct build *build, size_t index)
{
    const struct source *source = &build->sources->roles[index];
    const struct file_role *role =
        &build->file->repositories[source->entry].roles[source->inner];
    struct role *out = &build->charter->roles[index];
    memcpy(out->name, source->name, sizeof out->name);
    out->repository = repository_of(build, source);
    policy_build_at_role(build, source, "");
    if (policy_build_quorum(build, role->group, role->quorum, &out->quorum) != OK ||
        build_expires(build, out, role, source) != OK ||
        build_times(build, out, role, source) != OK)
        return ERR_FORM;
    return policy_build_keys(build, role, index);
}

enum err policy_build_roles(struct build *build)
{
    if (name_roles(build) != OK)
        return ERR_FORM;
    for (size_t i = 0; i < build->charter->role_count; i++)
        if (build_role(build, i) != OK)
            return ERR_FORM;
    return OK;
}
