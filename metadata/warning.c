#include "metadata/warning.h"

// ---- roots ----

static bool has_key(
    const struct tuf_root *root, const struct tuf_role *role, const struct hash *identity)
{
    for (size_t i = 0; i < role->keyid_count; i++) {
        const struct tuf_key *key = tuf_root_key(root, role->keyids[i]);
        if (key != NULL && hash_equal(&key->identity, identity))
            return true;
    }
    return false;
}

// Whether a key of the role of `root` is none of the same role of `other`, under whatever id.
static bool misses_key(
    const struct tuf_root *root, const struct tuf_root *other, enum tuf_type type)
{
    const struct tuf_role *role = tuf_root_role(root, type);
    for (size_t i = 0; i < role->keyid_count; i++) {
        const struct tuf_key *key = tuf_root_key(root, role->keyids[i]);
        if (key != NULL && !has_key(other, tuf_root_role(other, type), &key->identity))
            return true;
    }
    return false;
}

void warnings_of_root(
    const struct tuf_root *now, const struct tuf_root *last, struct rule_set *out)
{
    for (int type = TUF_ROOT; type <= TUF_TIMESTAMP; type++) {
        enum tuf_type one = (enum tuf_type)type;
        bool gone = misses_key(last, now, one), come = misses_key(now, last, one);
        if (tuf_root_role(now, one)->threshold < tuf_root_role(last, one)->threshold)
            rule_set_add(out, RULE_THRESHOLD_LOWERED);
        if (gone)
            rule_set_add(out, RULE_KEY_REMOVED);
        if ((one == TUF_SNAPSHOT || one == TUF_TIMESTAMP) && (gone || come))
            rule_set_add(out, RULE_ONLINE_KEYS_CHANGED);
    }
    if (now->consistent_snapshot != last->consistent_snapshot)
        rule_set_add(out, RULE_CONSISTENT_SNAPSHOT_CHANGED);
}

// ---- images ----

void warnings_of_image(bool at_hand, const struct tuf_target *now,
    const struct tuf_target *before, struct rule_set *out)
{
    if (!at_hand)
        rule_set_add(out, RULE_IMAGE_NOT_AT_HAND);
    if (before != NULL &&
        (now->length != before->length || !span_equal(now->sha256, before->sha256) ||
            !span_equal(now->sha512, before->sha512)))
        rule_set_add(out, RULE_NEW_CONTENT);
}

// Both lists ascend by path.
static void of_targets(
    bool at_hand, const struct tuf *now, const struct tuf *last, struct rule_set *out)
{
    const struct tuf none = {.dialect = now->dialect};
    struct tuf_targets targets = tuf_targets_of(now);
    struct tuf_targets befores = tuf_targets_of(last == NULL ? &none : last);
    struct tuf_target target, before;
    bool has_before = tuf_targets_next(&befores, &before);
    while (tuf_targets_next(&targets, &target)) {
        while (has_before && span_compare(before.path, target.path) < 0)
            has_before = tuf_targets_next(&befores, &before);
        bool same = has_before && span_equal(before.path, target.path);
        warnings_of_image(at_hand, &target, same ? &before : NULL, out);
    }
}

struct rule_set warnings_of(bool at_hand, const struct tuf *now, const struct tuf *last)
{
    struct rule_set out = {{0}};
    if (now->type == TUF_ROOT && last != NULL)
        warnings_of_root(&now->root, &last->root, &out);
    if (now->type == TUF_TARGETS && last != NULL)
        warnings_of_delegations(now, last, &out);
    if (now->type == TUF_TARGETS)
        of_targets(at_hand, now, last, &out);
    return out;
}
