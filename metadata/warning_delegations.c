// What Targets delegate otherwise than before: whoever holds the keys of a delegated role, and for which
// images they count.
#include "metadata/pattern.h"
#include "metadata/warning.h"

// Patterns are compared each with each, and a role may have a thousand; this takes some 20 ms. What is not
// compared by then is warned of.
enum { STEPS_MOST = 4 * 1024 * 1024 };

// One side, as it is now or as it was.
struct side {
    const struct tuf *tuf;
    struct tuf_key keys[TUF_KEYS_MOST];
    size_t key_count;
};

static void read_side(const struct tuf *tuf, struct side *out)
{
    out->tuf = tuf;
    out->key_count = tuf->delegations.size == 0 ? 0 : tuf_delegations_keys(tuf, out->keys);
}

static bool find_role(const struct side *side, struct span name, struct tuf_delegation *out)
{
    struct tuf_delegations roles = tuf_delegations_of(side->tuf);
    while (tuf_delegations_next(&roles, out))
        if (span_equal(out->name, name))
            return true;
    return false;
}

// ---- keys ----

static const struct tuf_key *find_key(const struct side *side, struct span id)
{
    for (size_t i = 0; i < side->key_count; i++)
        if (span_equal(side->keys[i].id, id))
            return &side->keys[i];
    return NULL;
}

static bool has_key(
    const struct side *side, const struct tuf_delegation *role, const struct hash *identity)
{
    for (size_t i = 0; i < role->keyid_count; i++) {
        const struct tuf_key *key = find_key(side, role->keyids[i]);
        if (key != NULL && hash_equal(&key->identity, identity))
            return true;
    }
    return false;
}

// Whether a key of the role is none of the same role on the other side, under whatever id.
static bool misses_key(const struct side *side, const struct tuf_delegation *role,
    const struct side *other, const struct tuf_delegation *same)
{
    for (size_t i = 0; i < role->keyid_count; i++) {
        const struct tuf_key *key = find_key(side, role->keyids[i]);
        if (key != NULL && !has_key(other, same, &key->identity))
            return true;
    }
    return false;
}

// ---- patterns ----

static bool covers(const struct tuf *tuf, bool hash_prefixes, struct span wide,
    struct span narrow, uint64_t *steps)
{
    if (hash_prefixes)
        return wide.size <= narrow.size && span_equal(wide, span_of(narrow.data, wide.size));
    return span_equal(wide, narrow) || pattern_covers(tuf->dialect, wide, narrow, steps);
}

// Whether the role had this pattern, or one that takes in all that it matches.
static bool had_pattern(const struct side *last, const struct tuf_delegation *before,
    struct span pattern, uint64_t *steps)
{
    struct json json = json_of(last->tuf->dialect, before->patterns);
    json.past = last->tuf->past;
    json_enter_array(&json);
    while (*steps > 0 && json_element(&json)) {
        struct span one = json_string(&json);
        --*steps;
        if (covers(last->tuf, before->hash_prefixes, one, pattern, steps))
            return true;
    }
    return false;
}

static bool is_wider(const struct side *now, const struct tuf_delegation *role,
    const struct side *last, const struct tuf_delegation *before, uint64_t *steps)
{
    if (role->hash_prefixes != before->hash_prefixes)
        return true;
    if (span_equal(role->patterns, before->patterns))
        return false;
    struct json json = json_of(now->tuf->dialect, role->patterns);
    json_enter_array(&json);
    while (json_element(&json))
        if (!had_pattern(last, before, json_string(&json), steps))
            return true;
    return false;
}

// ---- all of them ----

static void compare(const struct side *now, const struct side *last,
    const struct tuf_delegation *before, uint64_t *steps, struct rule_set *out)
{
    struct tuf_delegation role;
    if (!find_role(now, before->name, &role)) {
        rule_set_add(out, RULE_DELEGATION_REMOVED);
        return;
    }
    if (misses_key(now, &role, last, before) || misses_key(last, before, now, &role))
        rule_set_add(out, RULE_DELEGATION_KEYS_CHANGED);
    if (role.threshold < before->threshold)
        rule_set_add(out, RULE_DELEGATION_THRESHOLD_LOWERED);
    if (is_wider(now, &role, last, before, steps))
        rule_set_add(out, RULE_DELEGATION_WIDENED);
}

void warnings_of_delegations(
    const struct tuf *now, const struct tuf *last, struct rule_set *out)
{
    struct side sides[2];
    struct tuf_delegation before;
    uint64_t steps = STEPS_MOST;
    if (last->delegations.size == 0 || span_equal(now->delegations, last->delegations))
        return;
    read_side(now, &sides[0]);
    read_side(last, &sides[1]);
    struct tuf_delegations roles = tuf_delegations_of(last);
    while (tuf_delegations_next(&roles, &before))
        compare(&sides[0], &sides[1], &before, &steps, out);
}
