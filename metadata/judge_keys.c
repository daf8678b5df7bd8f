// Keys that a payload lists: in a root, and in the delegations of Targets.
#include "metadata/judge_part.h"
#include "metadata/rule.h"
#include "metadata/warning.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct role_key *own_key(
    const struct charter *charter, const struct hash *identity)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, identity))
            return &charter->keys[i];
    return NULL;
}

// The key object, byte for byte, and so its id in both dialects: an id of `uptane` says nothing of how the
// key is written.
static bool is_written_as_ours(const struct tuf_key *listed, const struct key *key)
{
    struct bytes object;
    bytes_init(&object, 4 * KEY_SPKI_MOST);
    tuf_key_write(listed->dialect, key, &object);
    bool same = object.failure == OK && span_equal(listed->whole, bytes_span(&object));
    bytes_clear(&object);
    return same;
}

// A key of ours: only for its own role, and under the key id that our signatures will name.
static enum err judge_own_key(const struct judge_view *view, const struct role_key *own,
    const struct tuf_key *key, const char *listed_for, struct refusal *refusal)
{
    const char *role = view->given->charter->roles[own->role].name;
    if (strcmp(role, listed_for) != 0)
        return rule_refuse(refusal, RULE_KEY_OF_ANOTHER_ROLE,
            "Key %.16s... is listed for %s, but it is the appliance's key for %s, and a key "
            "serves one role: list another.",
            (const char *)key->id.data, listed_for, role);
    if (!is_written_as_ours(key, &own->key))
        return rule_refuse(refusal, RULE_KEY_AS_WRITTEN_HERE,
            "Key %.16s... of %s is one of the appliance's, written in another way than the "
            "appliance writes it: list it as the appliance does.",
            (const char *)key->id.data, listed_for);
    return OK;
}

static bool is_a_persons(const struct charter *charter, const struct hash *identity)
{
    return charter_administrator(charter, identity) != NULL ||
           charter_requester(charter, identity) != NULL || hash_equal(&charter->log, identity);
}

enum err judge_key(const struct judge_view *view, const struct tuf_key *key,
    struct span short_name, struct refusal *refusal)
{
    const struct charter *charter = view->given->charter;
    char listed_for[FULL_NAME];
    judge_full_name(view, short_name, listed_for);
    const struct role_key *own = own_key(charter, &key->identity);
    if (own != NULL)
        return judge_own_key(view, own, key, listed_for, refusal);
    if (is_a_persons(charter, &key->identity))
        return rule_refuse(refusal, RULE_KEY_OF_A_PERSON,
            "Key %.16s... is listed for %s, but the charter has it for a person or the log, "
            "and "
            "a key stands at one place: list another.",
            (const char *)key->id.data, listed_for);
    return OK;
}

static const struct tuf_role *role_of_key(const struct tuf_root *root, struct span id)
{
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++)
        for (size_t k = 0; k < root->roles[i].keyid_count; k++)
            if (span_equal(root->roles[i].keyids[k], id))
                return &root->roles[i];
    return NULL;
}

enum err judge_threshold(const struct judge_view *view, struct span short_name,
    int64_t threshold, struct refusal *refusal)
{
    char name[FULL_NAME];
    judge_full_name(view, short_name, name);
    const struct role *role = charter_role(view->given->charter, name);
    if (role == NULL || (uint64_t)threshold >= role->threshold)
        return OK;
    return rule_refuse(refusal, RULE_THRESHOLD_FLOOR,
        "%s is given a threshold of %" PRId64 ", and the charter demands at least %" PRIu64
        ": raise it.",
        name, threshold, role->threshold);
}

static enum err judge_thresholds(const struct judge_view *view, struct refusal *refusal)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < TUF_ROOT_ROLES; i++) {
        const struct tuf_role *role = &view->tuf.root.roles[i];
        err = judge_threshold(
            view, span_text(tuf_type_text(role->type)), role->threshold, refusal);
    }
    return err;
}

static enum err judge_root_keys(const struct judge_view *view, struct refusal *refusal)
{
    const struct tuf_root *root = &view->tuf.root;
    bool ours = false;
    for (size_t i = 0; i < root->key_count; i++) {
        const struct tuf_key *key = &root->keys[i];
        enum tuf_type type = role_of_key(root, key->id)->type;
        enum err err = judge_key(view, key, span_text(tuf_type_text(type)), refusal);
        if (err != OK)
            return err;
        ours = ours || (type == TUF_ROOT && own_key(view->given->charter, &key->identity));
    }
    if (!ours)
        return rule_refuse(refusal, RULE_ROOT_WITHOUT_OURS,
            "This root lists none of the appliance's keys for %s, so nothing that the "
            "appliance "
            "signs could count for it: list at least one.",
            view->given->role->name);
    return OK;
}

enum err judge_root(const struct judge_view *view, struct refusal *refusal)
{
    enum err err = judge_root_keys(view, refusal);
    if (err == OK)
        err = judge_thresholds(view, refusal);
    if (err == OK && view->root.type != TUF_NONE)
        warnings_of_root(&view->tuf.root, &view->root.root, view->warnings);
    return err;
}

static bool in_root(const struct tuf_root *root, const struct hash *identity)
{
    for (size_t i = 0; i < root->key_count; i++)
        if (hash_equal(&root->keys[i].identity, identity))
            return true;
    return false;
}

enum err judge_delegation(const struct judge_view *view, const struct tuf_key *keys,
    size_t count, const struct tuf_delegation *role, struct refusal *refusal)
{
    for (size_t i = 0; i < count; i++) {
        bool listed = false;
        for (size_t k = 0; k < role->keyid_count; k++)
            listed = listed || span_equal(role->keyids[k], keys[i].id);
        if (!listed)
            continue;
        if (in_root(&view->root.root, &keys[i].identity))
            return rule_refuse(refusal, RULE_KEY_OF_THE_ROOT,
                "Key %.16s... of the delegated role %.*s is a key of the root too, and a key "
                "serves one role: delegate to another.",
                (const char *)keys[i].id.data, (int)role->name.size,
                (const char *)role->name.data);
        enum err err = judge_key(view, &keys[i], role->name, refusal);
        if (err != OK)
            return err;
    }
    return judge_threshold(view, role->name, role->threshold, refusal);
}

// How the paths begin that a delegated role may delegate follows from who delegates to it: that is seen
// when a Snapshot lists both (judge_delegated.c).
static enum err judge_paths(
    const struct judge_view *view, const struct tuf_delegation *role, struct refusal *refusal)
{
    char prefix[LIMIT_NAME + 2];
    if (strcmp(view->short_name, "targets") != 0)
        return OK;
    snprintf(
        prefix, sizeof prefix, "%.*s/", (int)role->name.size, (const char *)role->name.data);
    return judge_patterns(view, role, span_text(prefix), refusal);
}

static void warn_of_delegations(const struct judge_view *view)
{
    enum dialect dialect = view->repository->dialect;
    struct span before = tuf_delegations_past(dialect, view->given->previous);
    if (before.size == 0)
        return;
    struct tuf last = {.dialect = dialect, .delegations = before, .past = true};
    warnings_of_delegations(&view->tuf, &last, view->warnings);
}

enum err judge_targets(const struct judge_view *view, struct refusal *refusal)
{
    struct tuf_key keys[TUF_KEYS_MOST];
    struct tuf_delegation role;
    if (view->tuf.delegations.size > 0 && view->repository->kind == KIND_DIRECTOR)
        return rule_refuse(refusal, RULE_DIRECTOR_DELEGATES,
            "%s is a Director's and delegates, and clients ask a Director's Targets alone: "
            "take the delegations out.",
            view->given->role->name);
    size_t count = tuf_delegations_keys(&view->tuf, keys);
    struct tuf_delegations roles = tuf_delegations_of(&view->tuf);
    while (tuf_delegations_next(&roles, &role)) {
        enum err err = judge_delegation(view, keys, count, &role, refusal);
        if (err == OK)
            err = judge_paths(view, &role, refusal);
        if (err != OK)
            return err;
    }
    warn_of_delegations(view);
    return judge_images(view, refusal);
}
