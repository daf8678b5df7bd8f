#include "metadata/render_part.h"

#include <inttypes.h>

static bool find_file(const struct tuf *tuf, struct span name, struct tuf_file *out)
{
    struct tuf_files files = tuf_files_of(tuf);
    while (tuf_files_next(&files, out))
        if (span_equal(out->name, name))
            return true;
    return false;
}

static void render_measures(const struct tuf_file *file, struct bytes *out)
{
    if (file->length >= 0)
        page_number(out, 1, "length", file->length);
    if (file->sha256.size > 0)
        page_field(out, 1, "sha256", file->sha256);
    if (file->sha512.size > 0)
        page_field(out, 1, "sha512", file->sha512);
}

static enum change change_of(const struct tuf_file *file, const struct tuf_file *before)
{
    return file->version == before->version && file->length == before->length &&
                   span_equal(file->sha256, before->sha256) &&
                   span_equal(file->sha512, before->sha512)
               ? CHANGE_NONE
               : CHANGE_CHANGED;
}

static void render_file(
    const struct render_view *view, const struct tuf_file *file, struct bytes *out)
{
    struct tuf_file before;
    bool known = find_file(&view->last, file->name, &before);
    page_change(out, 0, known ? change_of(file, &before) : CHANGE_ADDED, "file", file->name);
    bytes_add_text(out, "  version: ");
    if (known)
        bytes_add_format(out, "%" PRId64 " -> ", before.version);
    bytes_add_format(out, "%" PRId64 "\n", file->version);
    if (known && file->version < before.version)
        bytes_add_text(out, "  !! THE VERSION GOES BACK\n");
    render_measures(file, out);
}

void render_files(const struct render_view *view, struct bytes *out)
{
    struct tuf_files files = tuf_files_of(&view->now);
    struct tuf_file file, after;
    while (tuf_files_next(&files, &file))
        render_file(view, &file, out);
    files = tuf_files_of(&view->last);
    while (tuf_files_next(&files, &file)) {
        if (find_file(&view->now, file.name, &after))
            continue;
        page_change(out, 0, CHANGE_REMOVED, "file", file.name);
        page_number(out, 1, "version", file.version);
        render_measures(&file, out);
    }
}
