#include "metadata/render_part.h"

#include <inttypes.h>

// One side, as it is now or as it was.
struct side {
    const struct tuf *tuf;
    struct tuf_key keys[TUF_KEYS_MOST];
    size_t key_count;
};

static void side_read(struct side *side, const struct tuf *tuf)
{
    side->tuf = tuf;
    side->key_count = tuf_delegations_keys(tuf, side->keys);
}

static const struct tuf_key *find_key(const struct side *side, struct span id)
{
    for (size_t i = 0; i < side->key_count; i++)
        if (span_equal(side->keys[i].id, id))
            return &side->keys[i];
    return NULL;
}

// The role of a name and its place in the order of priority, from 1; 0 when there is none.
static size_t find_role(const struct side *side, struct span name, struct tuf_delegation *out)
{
    struct tuf_delegations roles = tuf_delegations_of(side->tuf);
    for (size_t place = 1; tuf_delegations_next(&roles, out); place++)
        if (span_equal(out->name, name))
            return place;
    return 0;
}

static bool is_same_role(const struct tuf_delegation *a, const struct tuf_delegation *b)
{
    bool same = a->keyid_count == b->keyid_count && a->threshold == b->threshold &&
                a->terminating == b->terminating && a->hash_prefixes == b->hash_prefixes &&
                span_equal(a->patterns, b->patterns);
    for (size_t i = 0; same && i < a->keyid_count; i++)
        same = span_equal(a->keyids[i], b->keyids[i]);
    return same;
}

static void render_patterns(
    const struct side *side, const struct tuf_delegation *role, struct bytes *out)
{
    struct json json = json_of(side->tuf->dialect, role->patterns);
    json_enter_array(&json);
    while (json_element(&json))
        page_value(
            out, 2, role->hash_prefixes ? "path hash prefix" : "path", json_string(&json));
}

static void render_role(const struct charter *charter, const struct side *side,
    const struct tuf_delegation *role, size_t place, struct bytes *out)
{
    page_number(out, 2, "place in the order", (int64_t)place);
    page_words(out, 2, "terminating",
        role->terminating ? "yes, no later role is asked for its paths" : "no");
    page_indent(out, 2);
    bytes_add_format(
        out, "threshold: %" PRId64 " of %zu keys\n", role->threshold, role->keyid_count);
    render_patterns(side, role, out);
    for (size_t i = 0; i < role->keyid_count; i++) {
        page_field(out, 2, "key", role->keyids[i]);
        render_key(charter, find_key(side, role->keyids[i]), 3, out);
    }
}

static void render_now(const struct render_view *view, const struct side *now,
    const struct side *last, struct bytes *out)
{
    struct tuf_delegations roles = tuf_delegations_of(now->tuf);
    struct tuf_delegation role, before;
    for (size_t place = 1; tuf_delegations_next(&roles, &role); place++) {
        size_t was = find_role(last, role.name, &before);
        enum change change = was == 0                                       ? CHANGE_ADDED
                             : was == place && is_same_role(&role, &before) ? CHANGE_NONE
                                                                            : CHANGE_CHANGED;
        page_change(out, 1, change, "delegated role", role.name);
        render_role(view->charter, now, &role, place, out);
        if (change != CHANGE_CHANGED)
            continue;
        page_field(out, 1, "!! before this change, delegated role", role.name);
        render_role(view->charter, last, &before, was, out);
    }
}

static void render_removed(const struct render_view *view, const struct side *now,
    const struct side *last, struct bytes *out)
{
    struct tuf_delegations roles = tuf_delegations_of(last->tuf);
    struct tuf_delegation role, after;
    for (size_t place = 1; tuf_delegations_next(&roles, &role); place++) {
        if (find_role(now, role.name, &after) != 0)
            continue;
        page_change(out, 1, CHANGE_REMOVED, "delegated role", role.name);
        render_role(view->charter, last, &role, place, out);
    }
}

void render_delegations(const struct render_view *view, struct bytes *out)
{
    struct side now, last;
    // An object without roles is something else than no object.
    page_words(out, 0, "delegations", view->now.delegations.size > 0 ? "these" : "none");
    side_read(&now, &view->now);
    side_read(&last, &view->last);
    render_now(view, &now, &last, out);
    render_removed(view, &now, &last, out);
}
