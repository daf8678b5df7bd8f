#include "policy/policy_build.h"

#include "policy/duration.h"
#include "policy/key_file.h"
#include "policy/policy_value.h"
#include "proto/name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Seconds that two clocks of a house may differ where the file does not say: what an unattended
// clock loses in a month.
enum { DEFAULT_CLOCK = 300 };
// Seconds that an appliance may lie unused where the file does not say: a season.
enum { DEFAULT_JUMP = 90 * 86400 };
// What a requester may have where the file does not say: a round of everything a service does, many
// times a day, and no flood.
static const struct quota default_quota = {
    .open = 32, .bytes = UINT64_C(1024) * 1024 * 1024, .records = 1000};

static enum err build_head(struct build *build)
{
    const struct policy_file *file = build->file;
    struct charter *charter = build->charter;
    charter->epoch = 1;
    charter->clock = DEFAULT_CLOCK;
    charter->jump = DEFAULT_JUMP;
    policy_fault_at(build->fault, "appliance");
    if (!origin_is_good(span_text(file->appliance)))
        return policy_fault_say(build->fault,
            "This must be the name of the appliance's log, such as log.example/appliance-0001: "
            "1 to %d printable characters without space and '+'.",
            LIMIT_ROLE_NAME);
    snprintf(charter->origin, sizeof charter->origin, "%s", file->appliance);
    policy_fault_at(build->fault, "clock");
    if (file->clock != NULL && !number_read(file->clock, &charter->clock))
        return policy_fault_say(
            build->fault, "This must be a number of seconds in digits, such as 300.");
    policy_fault_at(build->fault, "jump");
    return file->jump == NULL ? OK : value_duration(file->jump, &charter->jump, build->fault);
}

// ---- lists: the names first, because the charter's order follows from them ----

struct list {
    const char *path;
    size_t count;
    struct source *sources;
    const char *(*name)(const struct policy_file *file, size_t entry);
};

static enum err build_names(struct build *build, const struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct source source = {.entry = i};
        policy_fault_at(build->fault, "%s[%zu].name", list->path, i);
        if (value_name(list->name(build->file, i), source.name, build->fault) != OK ||
            source_add(list->sources, i, &source, build->fault) != OK)
            return ERR_FORM;
    }
    source_sort(list->sources, list->count);
    return OK;
}

static const char *administrator_name(const struct policy_file *file, size_t entry)
{
    return file->administrators[entry].name;
}

static enum err build_administrators(struct build *build)
{
    struct charter *charter = build->charter;
    struct list list = {"administrators", build->file->administrator_count,
        build->sources->administrators, administrator_name};
    if (build_names(build, &list) != OK)
        return ERR_FORM;
    for (; charter->administrator_count < list.count; charter->administrator_count++) {
        const struct source *source = &list.sources[charter->administrator_count];
        struct administrator *out = &charter->administrators[charter->administrator_count];
        memcpy(out->name, source->name, sizeof out->name);
        policy_fault_at(build->fault, "administrators[%zu].key", source->entry);
        if (key_file_read(build->folder, build->file->administrators[source->entry].key,
                &out->key, build->fault) != OK)
            return ERR_FORM;
    }
    return OK;
}

static enum err add_member(struct build *build, struct group *group, const char *name)
{
    size_t count = build->charter->administrator_count;
    size_t member = source_find(build->sources->administrators, count, name);
    if (member == count)
        return policy_fault_say(build->fault,
            "%.50s is no administrator: add this person to administrators, or correct the "
            "name.",
            name);
    if (memchr(group->members, (int)member, group->member_count) != NULL)
        return policy_fault_say(
            build->fault, "%s stands twice in this group: take one out.", name);
    group->members[group->member_count++] = (uint8_t)member;
    return OK;
}

static int compare_members(const void *a, const void *b)
{
    const uint8_t *first = a, *second = b;
    return *first - *second;
}

static enum err build_group(struct build *build, struct group *out, const struct source *source)
{
    const struct file_group *group = &build->file->groups[source->entry];
    memcpy(out->name, source->name, sizeof out->name);
    for (size_t i = 0; i < group->member_count; i++) {
        policy_fault_at(build->fault, "groups[%zu].members[%zu]", source->entry, i);
        if (add_member(build, out, group->members[i]) != OK)
            return ERR_FORM;
    }
    qsort(out->members, out->member_count, sizeof out->members[0], compare_members);
    return OK;
}

static const char *group_name(const struct policy_file *file, size_t entry)
{
    return file->groups[entry].name;
}

static enum err build_groups(struct build *build)
{
    struct charter *charter = build->charter;
    struct list list = {"groups", build->file->group_count, build->sources->groups, group_name};
    if (build_names(build, &list) != OK)
        return ERR_FORM;
    for (; charter->group_count < list.count; charter->group_count++)
        if (build_group(build, &charter->groups[charter->group_count],
                &list.sources[charter->group_count]) != OK)
            return ERR_FORM;
    return OK;
}

enum err policy_build_quorum(
    struct build *build, const char *group, const char *quorum, struct quorum *out)
{
    char around[POLICY_PATH_MOST - 8];
    snprintf(around, sizeof around, "%.*s", (int)sizeof around - 1, build->fault->path);
    policy_fault_at(build->fault, "%s.group", around);
    out->group = source_find(build->sources->groups, build->charter->group_count, group);
    if (out->group == build->charter->group_count)
        return policy_fault_say(
            build->fault, "%.50s is no group: add it to groups, or correct the name.", group);
    policy_fault_at(build->fault, "%s.quorum", around);
    return value_count(quorum, &out->k, build->fault);
}

static enum err build_changes(struct build *build)
{
    const struct file_charter *file = &build->file->charter;
    policy_fault_at(build->fault, "charter");
    if (policy_build_quorum(build, file->group, file->quorum, &build->charter->changes) != OK)
        return ERR_FORM;
    policy_fault_at(build->fault, "charter.delay");
    return value_duration_or_none(file->delay, &build->charter->changes_delay, build->fault);
}

static enum err build_quota(struct build *build, struct quota *out, size_t entry)
{
    const struct file_quota *quota = &build->file->requesters[entry].quota;
    *out = default_quota;
    policy_fault_at(build->fault, "requesters[%zu].quota.open", entry);
    if (value_number(quota->open, &out->open, build->fault) != OK)
        return ERR_FORM;
    policy_fault_at(build->fault, "requesters[%zu].quota.bytes", entry);
    if (value_size(quota->bytes, &out->bytes, build->fault) != OK)
        return ERR_FORM;
    policy_fault_at(build->fault, "requesters[%zu].quota.records", entry);
    return value_number(quota->records, &out->records, build->fault);
}

static enum err build_requester(
    struct build *build, struct requester *out, const struct source *source)
{
    const struct file_requester *requester = &build->file->requesters[source->entry];
    memcpy(out->name, source->name, sizeof out->name);
    policy_fault_at(build->fault, "requesters[%zu].person", source->entry);
    if (value_name(requester->person, out->person, build->fault) != OK ||
        build_quota(build, &out->quota, source->entry) != OK)
        return ERR_FORM;
    policy_fault_at(build->fault, "requesters[%zu].key", source->entry);
    return key_file_read(build->folder, requester->key, &out->key, build->fault);
}

static const char *requester_name(const struct policy_file *file, size_t entry)
{
    return file->requesters[entry].name;
}

static enum err build_requesters(struct build *build)
{
    struct charter *charter = build->charter;
    struct list list = {
        "requesters", build->file->requester_count, build->sources->requesters, requester_name};
    if (build_names(build, &list) != OK)
        return ERR_FORM;
    for (; charter->requester_count < list.count; charter->requester_count++)
        if (build_requester(build, &charter->requesters[charter->requester_count],
                &list.sources[charter->requester_count]) != OK)
            return ERR_FORM;
    return OK;
}

static const char *repository_name(const struct policy_file *file, size_t entry)
{
    return file->repositories[entry].name;
}

static enum err build_repository(struct build *build, size_t entry, struct repository *out)
{
    const struct file_repository *file = &build->file->repositories[entry];
    policy_fault_at(build->fault, "repositories[%zu].dialect", entry);
    out->dialect = dialect_from(span_text(file->dialect));
    if (out->dialect == DIALECT_NONE)
        return policy_fault_say(
            build->fault, "This must be tuf or uptane: what the repository's clients read.");
    policy_fault_at(build->fault, "repositories[%zu].kind", entry);
    out->kind = file->kind == NULL ? KIND_IMAGE : kind_from(span_text(file->kind));
    if (out->kind == KIND_NONE)
        return policy_fault_say(build->fault, "This must be image or director.");
    return OK;
}

static enum err build_repositories(struct build *build)
{
    struct charter *charter = build->charter;
    struct list list = {"repositories", build->file->repository_count,
        build->sources->repositories, repository_name};
    if (build_names(build, &list) != OK)
        return ERR_FORM;
    for (; charter->repository_count < list.count; charter->repository_count++) {
        const struct source *source = &list.sources[charter->repository_count];
        struct repository *out = &charter->repositories[charter->repository_count];
        memcpy(out->name, source->name, sizeof out->name);
        if (build_repository(build, source->entry, out) != OK)
            return ERR_FORM;
    }
    return OK;
}

enum err policy_build(struct build *build)
{
    static enum err (*const steps[])(struct build * build) = {build_head, build_administrators,
        build_groups, build_changes, build_requesters, build_repositories, policy_build_roles};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i](build) != OK)
            return ERR_FORM;
    policy_fault_at(build->fault, "%s", "");
    return OK;
}
