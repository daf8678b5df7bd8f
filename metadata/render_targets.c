#include "metadata/render_part.h"

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

static void render_tally(const struct render_view *view, struct bytes *out)
{
    struct tally_of_images tally = count_images(view);
    const size_t *of = tally.of;
    bytes_add_format(out,
        "images: %zu (%zu added, %zu changed, %zu unchanged), and %zu removed\n",
        of[CHANGE_ADDED] + of[CHANGE_CHANGED] + of[CHANGE_NONE], of[CHANGE_ADDED],
        of[CHANGE_CHANGED], of[CHANGE_NONE], of[CHANGE_REMOVED]);
    if (tally.new_content > 0)
        bytes_add_format(
            out, "!! images with NEW CONTENT under an OLD NAME: %zu\n", tally.new_content);
}

// ---- one image ----

static void render_value(
    unsigned depth, const char *label, struct span value, struct bytes *out)
{
    if (value.size > 0)
        page_value(out, depth, label, value);
    else
        page_words(out, depth, label, "none");
}

// A label, and the one for what stood there before.
struct labels {
    unsigned depth;
    const char *now;
    const char *was;
};

static void render_text(
    struct span now, struct span before, struct labels labels, struct bytes *out)
{
    bool same = span_equal(now, before);
    if (now.size > 0 || !same)
        render_value(labels.depth, labels.now, now, out);
    if (!same)
        render_value(labels.depth, labels.was, before, out);
}

static void render_image(
    const struct tuf_target *target, const struct tuf_target *before, struct bytes *out)
{
    page_number(out, 1, "length", target->length);
    if (before->length != target->length)
        page_number(out, 1, "!! length was", before->length);
    render_text(
        target->sha256, before->sha256, (struct labels){1, "sha256", "!! sha256 was"}, out);
    render_text(
        target->sha512, before->sha512, (struct labels){1, "sha512", "!! sha512 was"}, out);
    render_text(
        target->custom, before->custom, (struct labels){1, "custom", "!! custom was"}, out);
}

static void render_place(const struct walk *walk, enum change change, struct bytes *out)
{
    const struct tuf_target *shown = change == CHANGE_REMOVED ? &walk->before : &walk->target;
    const struct tuf_target *before = change == CHANGE_CHANGED ? &walk->before : shown;
    page_change(out, 0, change, "image", shown->path);
    if (change == CHANGE_CHANGED && !has_same_content(shown, before))
        bytes_add_text(out, "  !! NEW CONTENT UNDER AN OLD NAME\n");
    render_image(shown, before, out);
}

void render_targets(const struct render_view *view, struct bytes *out)
{
    struct walk walk = walk_of(view);
    enum change change;
    struct span before = view->last.type == TUF_NONE ? view->now.custom : view->last.custom;
    render_text(view->now.custom, before, (struct labels){0, "custom", "!! custom was"}, out);
    render_tally(view, out);
    render_delegations(view, out);
    for (; walk_here(&walk, &change); walk_on(&walk, change))
        render_place(&walk, change, out);
}
