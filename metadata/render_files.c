#include "metadata/render_part.h"

// Two lists that ascend by name, walked side by side.
struct walk {
    struct tuf_files now, last;
    struct tuf_file file, before;
    bool has_file, has_before;
};

static struct walk walk_of(const struct render_view *view)
{
    struct walk walk = {.now = tuf_files_of(&view->now), .last = tuf_files_of(&view->last)};
    walk.has_file = tuf_files_next(&walk.now, &walk.file);
    walk.has_before = tuf_files_next(&walk.last, &walk.before);
    return walk;
}

// What the place where the walk stands is; CHANGE_CHANGED also when nothing changes there.
static enum change walk_here(const struct walk *walk)
{
    int order = !walk->has_file     ? 1
                : !walk->has_before ? -1
                                    : span_compare(walk->file.name, walk->before.name);
    return order < 0 ? CHANGE_ADDED : order > 0 ? CHANGE_REMOVED : CHANGE_CHANGED;
}

static void walk_on(struct walk *walk, enum change change)
{
    if (change != CHANGE_REMOVED)
        walk->has_file = tuf_files_next(&walk->now, &walk->file);
    if (change != CHANGE_ADDED)
        walk->has_before = tuf_files_next(&walk->last, &walk->before);
}

static void sketch_file(const struct tuf_file *file, struct bytes *out)
{
    page_number(out, 0, "version", file->version);
    if (file->length >= 0)
        page_number(out, 0, "length", file->length);
    if (file->sha256.size > 0)
        page_field(out, 0, "sha256", file->sha256);
    if (file->sha512.size > 0)
        page_field(out, 0, "sha512", file->sha512);
}

static void render_place(
    const struct walk *walk, enum change change, struct sketch *sketch, struct bytes *out)
{
    bool removed = change == CHANGE_REMOVED, both = change == CHANGE_CHANGED;
    sketch_reset(sketch);
    if (!removed)
        sketch_file(&walk->file, &sketch->now);
    if (removed || both)
        sketch_file(&walk->before, &sketch->last);
    if (both && span_equal(bytes_span(&sketch->now), bytes_span(&sketch->last)))
        change = CHANGE_NONE;
    page_change(out, 0, change, "file", removed ? walk->before.name : walk->file.name);
    if (both && walk->file.version < walk->before.version)
        bytes_add_text(out, "  !! THE VERSION GOES BACK\n");
    render_element(out, 0, change, sketch);
}

void render_files(const struct render_view *view, struct bytes *out)
{
    struct walk walk = walk_of(view);
    struct sketch sketch;
    sketch_init(&sketch);
    while (walk.has_file || walk.has_before) {
        enum change change = walk_here(&walk);
        render_place(&walk, change, &sketch, out);
        walk_on(&walk, change);
    }
    sketch_clear(&sketch);
}
