#include "metadata/render_part.h"

static bool find_file(const struct tuf *tuf, struct span name, struct tuf_file *out)
{
    struct tuf_files files = tuf_files_of(tuf);
    while (tuf_files_next(&files, out))
        if (span_equal(out->name, name))
            return true;
    return false;
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

static void render_file(const struct render_view *view, const struct tuf_file *file,
    struct sketch *sketch, struct bytes *out)
{
    struct tuf_file before;
    bool known = find_file(&view->last, file->name, &before);
    sketch_reset(sketch);
    sketch_file(file, &sketch->now);
    if (known)
        sketch_file(&before, &sketch->last);
    bool same = span_equal(bytes_span(&sketch->now), bytes_span(&sketch->last));
    enum change change = !known ? CHANGE_ADDED : same ? CHANGE_NONE : CHANGE_CHANGED;
    page_change(out, 0, change, "file", file->name);
    if (known && file->version < before.version)
        bytes_add_text(out, "  !! THE VERSION GOES BACK\n");
    render_element(out, 0, change, sketch);
}

static void render_removed(
    const struct render_view *view, struct sketch *sketch, struct bytes *out)
{
    struct tuf_files files = tuf_files_of(&view->last);
    struct tuf_file file, after;
    while (tuf_files_next(&files, &file)) {
        if (find_file(&view->now, file.name, &after))
            continue;
        sketch_reset(sketch);
        sketch_file(&file, &sketch->last);
        page_change(out, 0, CHANGE_REMOVED, "file", file.name);
        render_element(out, 0, CHANGE_REMOVED, sketch);
    }
}

void render_files(const struct render_view *view, struct bytes *out)
{
    struct tuf_files files = tuf_files_of(&view->now);
    struct tuf_file file;
    struct sketch sketch;
    sketch_init(&sketch);
    while (tuf_files_next(&files, &file))
        render_file(view, &file, &sketch, out);
    render_removed(view, &sketch, out);
    sketch_clear(&sketch);
}
