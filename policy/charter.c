#include "policy/charter.h"

#include "proto/name.h"

#include <stdlib.h>
#include <string.h>

// A person asks by hand: a few motions at once, each a text and its evidence.
const struct quota charter_own_quota = {
    .open = 16, .bytes = UINT64_C(64) * 1024 * 1024, .records = 1000};

struct charter *charter_new(void)
{
    return calloc(1, sizeof(struct charter));
}

void charter_free(struct charter *charter)
{
    free(charter);
}

// ---- look-ups ----

const struct administrator *charter_administrator(
    const struct charter *charter, const struct hash *key)
{
    for (size_t i = 0; i < charter->administrator_count; i++)
        if (hash_equal(&charter->administrators[i].key.id, key))
            return &charter->administrators[i];
    return NULL;
}

const struct administrator *charter_administrator_named(
    const struct charter *charter, const char *name)
{
    for (size_t i = 0; i < charter->administrator_count; i++)
        if (strcmp(charter->administrators[i].name, name) == 0)
            return &charter->administrators[i];
    return NULL;
}

const struct requester *charter_requester(const struct charter *charter, const struct hash *key)
{
    for (size_t i = 0; i < charter->requester_count; i++)
        if (hash_equal(&charter->requesters[i].key.id, key))
            return &charter->requesters[i];
    return NULL;
}

bool charter_asking(
    const struct charter *charter, const struct hash *key, bool motion, struct asking *out)
{
    const struct requester *requester = charter_requester(charter, key);
    const struct administrator *administrator =
        motion ? charter_administrator(charter, key) : NULL;
    if (requester != NULL)
        *out = (struct asking){
            requester->name, requester->person, &requester->key, &requester->quota};
    else if (administrator != NULL)
        *out = (struct asking){
            administrator->name, administrator->name, &administrator->key, &charter_own_quota};
    return requester != NULL || administrator != NULL;
}

const struct role *charter_role(const struct charter *charter, const char *name)
{
    for (size_t i = 0; i < charter->role_count; i++)
        if (item_is_of(name, charter->roles[i].name))
            return &charter->roles[i];
    return NULL;
}

bool charter_for_vehicles(const struct charter *charter, const struct role *role)
{
    return charter_repository(charter, role)->kind == KIND_DIRECTOR &&
           strcmp(role_short_name(role), "root") != 0;
}

bool charter_key_of(const struct charter *charter, const struct role_key *key, const char *item)
{
    return item_is_of(item, charter->roles[key->role].name);
}

const struct repository *charter_repository(
    const struct charter *charter, const struct role *role)
{
    return &charter->repositories[role->repository];
}

static const struct repository *find_repository(const struct charter *charter, struct span name)
{
    for (size_t i = 0; i < charter->repository_count; i++)
        if (span_is(name, charter->repositories[i].name))
            return &charter->repositories[i];
    return NULL;
}

const struct repository *charter_repository_named(
    const struct charter *charter, const char *name)
{
    return find_repository(charter, span_text(name));
}

const struct repository *charter_repository_of(
    const struct charter *charter, const char *role_name)
{
    return find_repository(charter, span_of(role_name, strcspn(role_name, "/")));
}

const char *role_short_name(const struct role *role)
{
    const char *slash = strchr(role->name, '/');
    return slash == NULL ? role->name : slash + 1;
}
