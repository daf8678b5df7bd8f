#include "policy/charter_rules.h"

#include "policy/charter_bounds.h"
#include "policy/charter_mandates.h"
#include "policy/charter_names.h"

#include <string.h>

// Whatever quorum it is, its sentence names it: "role image/root" or "charter".
struct quorum_name {
    const char *kind;
    const char *name;
};

static const struct requester *requester_behind(
    const struct charter *charter, const struct group *group)
{
    for (size_t i = 0; i < charter->requester_count; i++)
        for (size_t m = 0; m < group->member_count; m++)
            if (strcmp(charter->requesters[i].person,
                    charter->administrators[group->members[m]].name) == 0)
                return &charter->requesters[i];
    return NULL;
}

static enum err quorum_size_rule(const struct charter *charter, const struct quorum *quorum,
    struct quorum_name name, struct refusal *refusal)
{
    const struct group *group = &charter->groups[quorum->group];
    size_t k = quorum->k, n = group->member_count;
    if (k < QUORUM_LEAST)
        return refuse(refusal, "R5",
            "The quorum of %s%s is %zu, but nobody decides alone: make it at least %d.",
            name.kind, name.name, k, QUORUM_LEAST);
    if (k > n)
        return refuse(refusal, "R5",
            "The quorum of %s%s is %zu, but the group %s has %zu members: lower it or add "
            "members.",
            name.kind, name.name, k, group->name, n);
    return OK;
}

static enum err role_quorum_rules(
    const struct charter *charter, const struct role *role, struct refusal *refusal)
{
    const struct group *group = &charter->groups[role->quorum.group];
    size_t n = group->member_count;
    struct quorum_name name = {"role ", role->name};
    if (quorum_size_rule(charter, &role->quorum, name, refusal) != OK)
        return ERR_REFUSED;
    const struct requester *requester = requester_behind(charter, group);
    if (requester != NULL && role->quorum.k == n)
        return refuse(refusal, "R5",
            "The quorum of role %s is all %zu members of %s, but %s stands behind the "
            "requester "
            "%s and never counts for its own requests: lower the quorum, add a member or name "
            "another person.",
            role->name, n, group->name, requester->person, requester->name);
    return OK;
}

static bool is_member(
    const struct charter *charter, const struct group *group, const char *name)
{
    for (size_t i = 0; i < group->member_count; i++)
        if (strcmp(charter->administrators[group->members[i]].name, name) == 0)
            return true;
    return false;
}

// A member who rejects whatever the others ask for must not keep them from another charter without
// that member: who asks and who rejects never count.
static enum err without_two_rule(
    const struct charter *charter, const struct group *group, struct refusal *refusal)
{
    size_t k = charter->changes.k, n = group->member_count;
    if (k + 2 <= n)
        return OK;
    for (size_t i = 0; i < charter->requester_count; i++)
        if (!is_member(charter, group, charter->requesters[i].person))
            return OK;
    return refuse(refusal, "R5",
        "The quorum of charter is %zu of the %zu members of %s, and none but members may ask "
        "for another charter: one who asks and one who rejects would be too many. Lower the "
        "quorum, add a member, or name a requester behind whom no member stands.",
        k, n, group->name);
}

// Every administrator may ask for what the charter's quorum decides, with or without requesters.
static enum err changes_quorum_rules(const struct charter *charter, struct refusal *refusal)
{
    const struct group *group = &charter->groups[charter->changes.group];
    struct quorum_name name = {"charter", ""};
    if (quorum_size_rule(charter, &charter->changes, name, refusal) != OK)
        return ERR_REFUSED;
    if (charter->changes.k < group->member_count)
        return without_two_rule(charter, group, refusal);
    return refuse(refusal, "R5",
        "The quorum of charter is all %zu members of %s, but every administrator may ask for "
        "another charter, and whoever asks never counts: lower the quorum or add a member.",
        group->member_count, group->name);
}

static enum err changes_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    *where = (struct charter_place){CHARTER_CHANGES, 0, "quorum"};
    if (changes_quorum_rules(charter, refusal) != OK)
        return ERR_REFUSED;
    for (size_t i = 0; i < charter->role_count; i++)
        if (charter->roles[i].quorum.k > charter->changes.k)
            return refuse(refusal, "R7",
                "The quorum of charter is %zu, but %s has %zu, and who may change the charter "
                "may change that: make it at least %zu.",
                charter->changes.k, charter->roles[i].name, charter->roles[i].quorum.k,
                charter->roles[i].quorum.k);
    return OK;
}

static enum err all_role_quorum_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->role_count; i++) {
        *where = (struct charter_place){CHARTER_ROLE, i, "quorum"};
        if (role_quorum_rules(charter, &charter->roles[i], refusal) != OK)
            return ERR_REFUSED;
    }
    return OK;
}

// ---- custodians ----

// The other key of this one's role with the same custodian; NULL when there is none.
static const struct role_key *key_of_same(
    const struct charter *charter, const struct role_key *key)
{
    for (const struct role_key *other = charter->keys; other != key; other++)
        if (other->role == key->role && other->has_custodian &&
            other->custodian == key->custodian)
            return other;
    return NULL;
}

static size_t keys_of(const struct charter *charter, size_t role)
{
    size_t count = 0;
    for (size_t i = 0; i < charter->key_count; i++)
        count += charter->keys[i].role == role;
    return count;
}

static enum err custodian_rule(
    const struct charter *charter, const struct role_key *key, struct refusal *refusal)
{
    const struct role *role = &charter->roles[key->role];
    const struct group *group = &charter->groups[role->quorum.group];
    const char *name = charter->administrators[key->custodian].name;
    if (memchr(group->members, (int)key->custodian, group->member_count) == NULL)
        return refuse(refusal, "R5",
            "%s is custodian of a key of %s, but no member of %s, so that the key could never "
            "sign: add the member or name another custodian.",
            name, role->name, group->name);
    if (key_of_same(charter, key) != NULL)
        return refuse(refusal, "R5",
            "%s is custodian of two keys of %s, and would count for two: name another "
            "custodian.",
            name, role->name);
    if (keys_of(charter, key->role) > LIMIT_REACH_KEYS)
        return refuse(refusal, "R20",
            "%s has %zu keys, some of them with a custodian: such a role has at most %d.",
            role->name, keys_of(charter, key->role), LIMIT_REACH_KEYS);
    return OK;
}

static enum err all_custodian_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->key_count; i++) {
        *where = (struct charter_place){CHARTER_ROLE, charter->keys[i].role, "keys"};
        if (charter->keys[i].has_custodian &&
            custodian_rule(charter, &charter->keys[i], refusal) != OK)
            return ERR_REFUSED;
    }
    return OK;
}

// ---- repositories ----

static enum err kind_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->repository_count; i++) {
        const struct repository *repository = &charter->repositories[i];
        if (repository->kind != KIND_DIRECTOR || repository->dialect == DIALECT_UPTANE)
            continue;
        *where = (struct charter_place){CHARTER_REPOSITORY, i, "kind"};
        return refuse(refusal, "R2",
            "The repository %s is a director of the dialect %s, but only uptane has "
            "directors: write image, or the dialect uptane.",
            repository->name, dialect_text(repository->dialect));
    }
    return OK;
}

static enum err key_types_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->key_count; i++) {
        const struct role_key *key = &charter->keys[i];
        const struct role *role = &charter->roles[key->role];
        enum dialect dialect = charter_repository(charter, role)->dialect;
        // Of a key that a policy only names, the type is known later.
        if (key->key.type == KEY_NONE || dialect_takes(dialect, key->key.type))
            continue;
        *where = (struct charter_place){CHARTER_ROLE, key->role, "keys"};
        return refuse(refusal, "R16",
            "%s has a key of type %s, which no client of the dialect %s reads: give it one of "
            "%s.",
            role->name, key_type_text(key->key.type), dialect_text(dialect),
            dialect_key_types(dialect));
    }
    return OK;
}

// ---- keys ----

static enum err key_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->role_count; i++) {
        if (keys_of(charter, i) > 0)
            continue;
        *where = (struct charter_place){CHARTER_ROLE, i, "keys"};
        return refuse(refusal, "R18",
            "%s has no key and could never sign: give it one, or leave the role out.",
            charter->roles[i].name);
    }
    return OK;
}

// A public key, where it stands, and how the sentence calls that.
struct standing {
    const struct hash *id;
    struct charter_place place;
    const char *kind;
    const char *name;
};
enum { STANDINGS = 1 + LIMIT_ADMINISTRATORS + LIMIT_REQUESTERS + LIMIT_KEYS };

static size_t standings_of_people(const struct charter *charter, struct standing *all)
{
    size_t count = 0;
    all[count++] = (struct standing){&charter->log, {0, 0, ""}, "the log", ""};
    for (size_t i = 0; i < charter->administrator_count; i++)
        all[count++] = (struct standing){&charter->administrators[i].key.id,
            {CHARTER_ADMINISTRATOR, i, "key"}, "administrator ",
            charter->administrators[i].name};
    for (size_t i = 0; i < charter->requester_count; i++)
        all[count++] = (struct standing){&charter->requesters[i].key.id,
            {CHARTER_REQUESTER, i, "key"}, "requester ", charter->requesters[i].name};
    return count;
}

static size_t standings_of_roles(const struct charter *charter, struct standing *all)
{
    size_t count = 0;
    for (size_t i = 0; i < charter->key_count; i++)
        all[count++] = (struct standing){&charter->keys[i].key.id,
            {CHARTER_ROLE, charter->keys[i].role, "keys"}, "role ",
            charter->roles[charter->keys[i].role].name};
    return count;
}

// Whoever stands first in the charter is the one whose key it is.
static enum err one_place_rule(const struct standing *all, size_t count,
    struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            if (!hash_equal(all[i].id, all[j].id))
                continue;
            *where = all[i].place;
            return refuse(refusal, "R21",
                "The public key of %s%s is the key of %s%s too: a key stands at one place, "
                "so make a new one.",
                all[i].kind, all[i].name, all[j].kind, all[j].name);
        }
    return OK;
}

static enum err people_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    struct standing all[STANDINGS];
    return one_place_rule(all, standings_of_people(charter, all), where, refusal);
}

static enum err everybody_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    struct standing all[STANDINGS];
    size_t count = standings_of_people(charter, all);
    count += standings_of_roles(charter, all + count);
    return one_place_rule(all, count, where, refusal);
}

// ---- all of them ----

typedef enum err charter_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal);

static enum err hold(charter_rule *const *rules, size_t count, const struct charter *charter,
    struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < count; i++)
        if (rules[i](charter, where, refusal) != OK)
            return ERR_REFUSED;
    return OK;
}

enum err charter_rules_without_keys(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    static charter_rule *const rules[] = {bounds_head, names_rules, all_role_quorum_rules,
        bounds_roles, changes_rules, bounds_requesters, all_custodian_rules, people_rule,
        kind_rule, mandates_rules, key_types_rule};
    return hold(rules, sizeof rules / sizeof rules[0], charter, where, refusal);
}

enum err charter_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    static charter_rule *const rules[] = {charter_rules_without_keys, everybody_rule, key_rule};
    return hold(rules, sizeof rules / sizeof rules[0], charter, where, refusal);
}
