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

static void render_patterns(
    const struct side *side, const struct tuf_delegation *role, struct bytes *out)
{
    struct json json = json_of(side->tuf->dialect, role->patterns);
    json_enter_array(&json);
    while (json_element(&json))
        page_value(
            out, 0, role->hash_prefixes ? "path hash prefix" : "path", json_string(&json));
}

static void sketch_role(const struct charter *charter, const struct side *side,
    const struct tuf_delegation *role, size_t place, struct bytes *out)
{
    page_number(out, 0, "place in the order", (int64_t)place);
    page_words(out, 0, "terminating",
        role->terminating ? "yes, no later role is asked for its paths" : "no");
    bytes_add_format(
        out, "threshold: %" PRId64 " of %zu keys\n", role->threshold, role->keyid_count);
    render_patterns(side, role, out);
    for (size_t i = 0; i < role->keyid_count; i++) {
        page_field(out, 0, "key", role->keyids[i]);
        render_key(charter, find_key(side, role->keyids[i]), 1, out);
    }
}

// Both sides, the element on the way, and where it goes.
struct drawing {
    const struct charter *charter;
    struct side now, last;
    struct sketch sketch;
    struct bytes *out;
};

static void render_now(struct drawing *drawing)
{
    struct tuf_delegations roles = tuf_delegations_of(drawing->now.tuf);
    struct tuf_delegation role, before;
    struct sketch *sketch = &drawing->sketch;
    for (size_t place = 1; tuf_delegations_next(&roles, &role); place++) {
        size_t was = find_role(&drawing->last, role.name, &before);
        sketch_reset(sketch);
        sketch_role(drawing->charter, &drawing->now, &role, place, &sketch->now);
        if (was != 0)
            sketch_role(drawing->charter, &drawing->last, &before, was, &sketch->last);
        bool same = span_equal(bytes_span(&sketch->now), bytes_span(&sketch->last));
        enum change change = was == 0 ? CHANGE_ADDED : same ? CHANGE_NONE : CHANGE_CHANGED;
        page_change(drawing->out, 1, change, "delegated role", role.name);
        render_element(drawing->out, 1, change, sketch);
    }
}

static void render_removed(struct drawing *drawing)
{
    struct tuf_delegations roles = tuf_delegations_of(drawing->last.tuf);
    struct tuf_delegation role, after;
    for (size_t place = 1; tuf_delegations_next(&roles, &role); place++) {
        if (find_role(&drawing->now, role.name, &after) != 0)
            continue;
        sketch_reset(&drawing->sketch);
        sketch_role(drawing->charter, &drawing->last, &role, place, &drawing->sketch.last);
        page_change(drawing->out, 1, CHANGE_REMOVED, "delegated role", role.name);
        render_element(drawing->out, 1, CHANGE_REMOVED, &drawing->sketch);
    }
}

void render_delegations(const struct render_view *view, struct bytes *out)
{
    struct drawing drawing = {.charter = view->charter, .out = out};
    // An object without roles is something else than no object.
    page_words(out, 0, "delegations", view->now.delegations.size > 0 ? "these" : "none");
    side_read(&drawing.now, &view->now);
    side_read(&drawing.last, &view->last);
    sketch_init(&drawing.sketch);
    render_now(&drawing);
    render_removed(&drawing);
    sketch_clear(&drawing.sketch);
}
