#include "policy/charter_rules.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

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

static enum err quorum_rules(const struct charter *charter, const struct quorum *quorum,
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
    const struct requester *requester = requester_behind(charter, group);
    if (requester != NULL && k == n)
        return refuse(refusal, "R5",
            "The quorum of %s%s is all %zu members of %s, but %s stands behind the requester "
            "%s and never counts for its own requests: lower the quorum, add a member or name "
            "another person.",
            name.kind, name.name, n, group->name, requester->person, requester->name);
    return OK;
}

static enum err clock_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    *where = (struct charter_place){CHARTER_CLOCK, 0, ""};
    if (charter->clock >= 1 && charter->clock <= CHARTER_CLOCK_MOST)
        return OK;
    return refuse(refusal, "R13", "The clock limit is %" PRId64 " seconds: give 1 to %d.",
        charter->clock, CHARTER_CLOCK_MOST);
}

static enum err changes_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    *where = (struct charter_place){CHARTER_CHANGES, 0, "quorum"};
    struct quorum_name name = {"charter", ""};
    if (quorum_rules(charter, &charter->changes, name, refusal) != OK)
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

static const char *looks_like(const char *short_name)
{
    static const char *const names[] = {"root", "targets", "snapshot", "timestamp"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(short_name, names[i]) == 0 && strcmp(short_name, names[i]) != 0)
            return names[i];
    return NULL;
}

static enum err expiry_rule(const struct role *role, struct refusal *refusal)
{
    if (role->most < 1 || role->most > CHARTER_EXPIRY_MOST)
        return refuse(refusal, "R20",
            "%s may be valid for %" PRId64 " seconds at most: give 1 to %d (20 years).",
            role->name, role->most, CHARTER_EXPIRY_MOST);
    if (role->least < 0 || role->least >= role->most)
        return refuse(refusal, "R20",
            "%s must be valid for %" PRId64 " seconds at least, but for %" PRId64
            " at most: make least smaller than most.",
            role->name, role->least, role->most);
    return OK;
}

static enum err role_rules(const struct charter *charter, const struct role *role,
    struct charter_place *where, struct refusal *refusal)
{
    where->field = "name";
    const char *like = looks_like(role_short_name(role));
    if (like != NULL)
        return refuse(refusal, "R2",
            "%s would be a delegated role beside %s: write %s, or choose another name.",
            role->name, like, like);
    where->field = "quorum";
    struct quorum_name name = {"role ", role->name};
    if (quorum_rules(charter, &role->quorum, name, refusal) != OK)
        return ERR_REFUSED;
    where->field = "expires";
    return expiry_rule(role, refusal);
}

static enum err all_role_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->role_count; i++) {
        *where = (struct charter_place){CHARTER_ROLE, i, ""};
        if (role_rules(charter, &charter->roles[i], where, refusal) != OK)
            return ERR_REFUSED;
    }
    return OK;
}

static enum err key_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->role_count; i++) {
        bool has_key = false;
        for (size_t k = 0; k < charter->key_count; k++)
            has_key = has_key || charter->keys[k].role == i;
        if (has_key)
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

static size_t standings_of(const struct charter *charter, struct standing *all)
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
    for (size_t i = 0; i < charter->key_count; i++)
        all[count++] = (struct standing){&charter->keys[i].key.id,
            {CHARTER_ROLE, charter->keys[i].role, "keys"}, "role ",
            charter->roles[charter->keys[i].role].name};
    return count;
}

static enum err one_place_rule(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    struct standing all[STANDINGS];
    size_t count = standings_of(charter, all);
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

enum err charter_rules_without_keys(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    enum err err = clock_rule(charter, where, refusal);
    if (err == OK)
        err = all_role_rules(charter, where, refusal);
    if (err == OK)
        err = changes_rules(charter, where, refusal);
    if (err == OK)
        err = one_place_rule(charter, where, refusal);
    return err;
}

enum err charter_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    enum err err = charter_rules_without_keys(charter, where, refusal);
    if (err == OK)
        err = key_rule(charter, where, refusal);
    return err;
}
