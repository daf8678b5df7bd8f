#include "metadata/reach.h"

#include "metadata/rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_of(const struct reach_case *given, const struct role_key *key)
{
    return &given->charter->roles[key->role] == given->role;
}

static enum dialect dialect_of(const struct reach_case *given)
{
    return charter_repository(given->charter, given->role)->dialect;
}

static bool has_custodians(const struct reach_case *given)
{
    for (size_t i = 0; i < given->charter->key_count; i++)
        if (is_of(given, &given->charter->keys[i]) && given->charter->keys[i].has_custodian)
            return true;
    return false;
}

static bool may_sign(const struct reach_case *given, const struct role_key *key)
{
    const struct key_state *other = state_key(given->state, &key->key.id);
    return is_of(given, key) && (other == NULL || !other->retired);
}

// Whether the role lists the key; of a NULL role nobody knows, and every key may count.
static bool is_listed(
    const struct tuf_root *root, const struct tuf_role *role, const struct hash *identity)
{
    if (role == NULL)
        return true;
    for (size_t i = 0; i < role->keyid_count; i++) {
        const struct tuf_key *key = tuf_root_key(root, role->keyids[i]);
        if (key != NULL && hash_equal(&key->identity, identity))
            return true;
    }
    return false;
}

// One line: the keys of the charter that `role` of `root` lists. The charter's keys of a role ascend.
static enum err add_line(const struct reach_case *given, const struct tuf_root *root,
    const struct tuf_role *role, struct opened *opened, struct refusal *refusal)
{
    struct reach line = {0};
    uint64_t threshold = role == NULL ? given->role->threshold : (uint64_t)role->threshold;
    for (size_t i = 0; i < given->charter->key_count; i++) {
        const struct role_key *key = &given->charter->keys[i];
        if (!may_sign(given, key) || !is_listed(root, role, &key->key.id))
            continue;
        if (line.key_count == LIMIT_REACH_KEYS)
            return rule_refuse(refusal, RULE_CUSTODIANS_MOST,
                "%s has more than %d keys here, some with custodians, and an opened record "
                "names "
                "no more: list fewer.",
                given->role->name, LIMIT_REACH_KEYS);
        line.keys[line.key_count++] = key->key.id;
    }
    line.need = threshold < line.key_count ? threshold : line.key_count;
    if (line.need == 0)
        return OK;
    if (opened->reach_count == LIMIT_REACH)
        return rule_refuse(refusal, RULE_CUSTODIANS_MOST,
            "The request's roles have more than %d thresholds that custodians must reach: "
            "split "
            "the request.",
            LIMIT_REACH);
    snprintf(line.role, sizeof line.role, "%s", given->role->name);
    opened->reach[opened->reach_count++] = line;
    return OK;
}

static enum err add_own(const struct reach_case *given, struct tuf *tuf, struct opened *opened,
    struct refusal *refusal)
{
    enum err err = tuf_read(dialect_of(given), given->payload, tuf, refusal);
    if (err != OK)
        return err;
    const struct tuf_role *own = tuf_root_role(&tuf->root, TUF_ROOT);
    return add_line(given, &tuf->root, own, opened, refusal);
}

static enum err add_lines(const struct reach_case *given, struct tuf *tuf,
    struct opened *opened, struct refusal *refusal)
{
    const char *name = role_short_name(given->role);
    enum tuf_type type = tuf_type_of_role(name);
    bool by_root = type != TUF_TARGETS || span_is(span_text(name), "targets");
    if (!by_root)
        return add_line(given, &tuf->root, NULL, opened, refusal);
    enum err err = OK;
    if (given->root.size > 0)
        err = tuf_read_past(dialect_of(given), given->root, tuf, refusal);
    if (err == OK && given->root.size > 0)
        err = add_line(given, &tuf->root, tuf_root_role(&tuf->root, type), opened, refusal);
    return err == OK && type == TUF_ROOT ? add_own(given, tuf, opened, refusal) : err;
}

enum err reach_add(
    const struct reach_case *given, struct opened *opened, struct refusal *refusal)
{
    if (!has_custodians(given))
        return OK;
    struct tuf *tuf = calloc(1, sizeof *tuf);
    if (tuf == NULL)
        return ERR_MEMORY;
    enum err err = add_lines(given, tuf, opened, refusal);
    free(tuf);
    return err;
}
