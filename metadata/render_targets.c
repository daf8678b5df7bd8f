#include "metadata/render_part.h"

// Images that stay as they are and are listed all the same: two screens of them, not more.
enum { UNCHANGED_SHOWN = 16 };

// Two lists that ascend by path, walked side by side.
struct walk {
    struct tuf_targets now, last;
    struct tuf_target target, before;
    bool has_target, has_before;
};

static struct walk walk_of(const struct render_view *view)
{
    struct walk walk = {.now = tuf_targets_of(&view->now), .last = tuf_targets_of(&view->last)};
    walk.has_target = tuf_targets_next(&walk.now, &walk.target);
    walk.has_before = tuf_targets_next(&walk.last, &walk.before);
    return walk;
}

static bool has_same_content(const struct tuf_target *a, const struct tuf_target *b)
{
    return a->length == b->length && span_equal(a->sha256, b->sha256) &&
           span_equal(a->sha512, b->sha512);
}

// What the place where the walk stands is; false at the end of both lists.
static bool walk_here(const struct walk *walk, enum change *change)
{
    if (!walk->has_target && !walk->has_before)
        return false;
    int order = !walk->has_target   ? 1
                : !walk->has_before ? -1
                                    : span_compare(walk->target.path, walk->before.path);
    if (order != 0)
        *change = order < 0 ? CHANGE_ADDED : CHANGE_REMOVED;
    else
        *change = has_same_content(&walk->target, &walk->before) &&
                          span_equal(walk->target.custom, walk->before.custom)
                      ? CHANGE_NONE
                      : CHANGE_CHANGED;
    return true;
}

static void walk_on(struct walk *walk, enum change change)
{
    if (change != CHANGE_REMOVED)
        walk->has_target = tuf_targets_next(&walk->now, &walk->target);
    if (change != CHANGE_ADDED)
        walk->has_before = tuf_targets_next(&walk->last, &walk->before);
}

// ---- how many of each ----

struct tally_of_images {
    size_t of[CHANGE_CHANGED + 1];
    size_t new_content;
};

static struct tally_of_images count_images(const struct render_view *view)
{
    struct tally_of_images tally = {0};
    struct walk walk = walk_of(view);
    enum change change;
    for (; walk_here(&walk, &change); walk_on(&walk, change)) {
        tally.of[change]++;
        if (change == CHANGE_CHANGED && !has_same_content(&walk.target, &walk.before))
            tally.new_content++;
    }
    return tally;
}

static void render_tally(const struct tally_of_images *tally, struct bytes *out)
{
    const size_t *of = tally->of;
    bytes_add_format(out,
        "images: %zu (%zu added, %zu changed, %zu unchanged), and %zu removed\n",
        of[CHANGE_ADDED] + of[CHANGE_CHANGED] + of[CHANGE_NONE], of[CHANGE_ADDED],
        of[CHANGE_CHANGED], of[CHANGE_NONE], of[CHANGE_REMOVED]);
    if (tally->new_content > 0)
        bytes_add_format(
            out, "!! images with NEW CONTENT under an OLD NAME: %zu\n", tally->new_content);
}

// ---- one image ----

static void sketch_image(
    const struct tuf *tuf, const struct tuf_target *target, struct bytes *out)
{
    page_number(out, 0, "length", target->length);
    page_field(out, 0, "sha256", target->sha256);
    if (target->sha512.size > 0)
        page_field(out, 0, "sha512", target->sha512);
    render_custom(tuf, target->custom, out);
}

// The place where the walk stands.
static void render_place(const struct render_view *view, const struct walk *walk,
    enum change change, struct sketch *sketch, struct bytes *out)
{
    bool removed = change == CHANGE_REMOVED;
    sketch_reset(sketch);
    if (!removed)
        sketch_image(&view->now, &walk->target, &sketch->now);
    if (removed || change == CHANGE_CHANGED)
        sketch_image(&view->last, &walk->before, &sketch->last);
    page_change(out, 0, change, "image", removed ? walk->before.path : walk->target.path);
    if (change == CHANGE_CHANGED && !has_same_content(&walk->target, &walk->before))
        bytes_add_text(out, "  !! NEW CONTENT UNDER AN OLD NAME\n");
    render_element(out, 0, change, sketch);
}

// Among many that stay as they are nobody finds the few that do not. What stays is what the last payload
// says, byte for byte, and its hash stands above.
static void render_images(const struct render_view *view, struct sketch *sketch,
    const struct tally_of_images *tally, struct bytes *out)
{
    struct walk walk = walk_of(view);
    enum change change;
    bool all = tally->of[CHANGE_NONE] <= UNCHANGED_SHOWN;
    if (!all)
        bytes_add_format(out,
            "unchanged images: %zu, as the last version has them; they are not listed\n",
            tally->of[CHANGE_NONE]);
    for (; walk_here(&walk, &change); walk_on(&walk, change))
        if (all || change != CHANGE_NONE)
            render_place(view, &walk, change, sketch, out);
}

// ---- the file's own fields ----

static void render_own_custom(
    const struct render_view *view, struct sketch *sketch, struct bytes *out)
{
    struct span now = view->now.custom, last = view->last.custom;
    enum change change = view->last.type == TUF_NONE ? CHANGE_ADDED
                         : span_equal(now, last)     ? CHANGE_NONE
                         : last.size == 0            ? CHANGE_ADDED
                         : now.size == 0             ? CHANGE_REMOVED
                                                     : CHANGE_CHANGED;
    if (now.size == 0 && last.size == 0)
        return;
    sketch_reset(sketch);
    render_custom(&view->now, now, &sketch->now);
    render_custom(&view->last, last, &sketch->last);
    page_change(out, 0, change, "custom fields of", span_text("this file"));
    render_element(out, 0, change, sketch);
}

void render_targets(const struct render_view *view, struct bytes *out)
{
    struct tally_of_images tally = count_images(view);
    struct sketch sketch;
    sketch_init(&sketch);
    render_own_custom(view, &sketch, out);
    render_tally(&tally, out);
    render_delegations(view, out);
    render_images(view, &sketch, &tally, out);
    sketch_clear(&sketch);
}
