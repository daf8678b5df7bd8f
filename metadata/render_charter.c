// A new charter: every line that it changes, what that does, and every line that stays.
#include "metadata/render_charter.h"
#include "metadata/charter_text.h"

#include <inttypes.h>
#include <string.h>

// ---- lines ----

// A key is named by its role and its hash.
static void render_name(enum change change, const struct charter_words *line, struct bytes *out)
{
    static const char *const words[] = {
        [CHANGE_NONE] = "unchanged",
        [CHANGE_ADDED] = "!! added",
        [CHANGE_REMOVED] = "!! removed",
        [CHANGE_CHANGED] = "!! changed",
    };
    page_indent(out, 1);
    bytes_add_text(out, words[change]);
    bytes_add_u8(out, ' ');
    page_foreign(out, line->name);
    if (line->id.size > 0)
        bytes_add_text(out, ": ");
    page_foreign(out, line->id);
    if (line->key.size > 0)
        bytes_add_u8(out, ' ');
    page_foreign(out, line->key);
    page_end(out);
}

static void render_columns(const struct charter_words *line, struct bytes *out)
{
    struct charter_column columns[CHARTER_COLUMNS];
    size_t count = charter_columns(line, columns);
    for (size_t i = 0; i < count; i++)
        page_field(out, 2, columns[i].words, columns[i].value);
}

static void render_was(const struct charter_column *column, struct bytes *out)
{
    page_indent(out, 2);
    bytes_add_format(out, "!! %s, it was: ", column->words);
    page_foreign(out, column->value);
    page_end(out);
}

// Lines of one name have the same columns.
static void render_changed(
    const struct charter_words *now, const struct charter_words *last, struct bytes *out)
{
    struct charter_column columns[CHARTER_COLUMNS], before[CHARTER_COLUMNS];
    size_t count = charter_columns(now, columns), was = charter_columns(last, before);
    for (size_t i = 0; i < count || i < was; i++) {
        if (i < count)
            page_field(out, 2, columns[i].words, columns[i].value);
        if (i < was && (i >= count || !span_equal(columns[i].value, before[i].value)))
            render_was(&before[i], out);
    }
}

static bool has_word(struct span list, struct span word)
{
    while (list.size > 0)
        if (span_equal(charter_word(&list), word))
            return true;
    return false;
}

static void render_missing(
    struct span from, struct span in, const char *words, struct bytes *out)
{
    while (from.size > 0) {
        struct span word = charter_word(&from);
        if (!has_word(in, word))
            page_field(out, 2, words, word);
    }
}

static void render_line(const struct charter_walk *walk, enum change change, struct bytes *out)
{
    const struct charter_words *line = change == CHANGE_REMOVED ? &walk->last : &walk->now;
    render_name(change, line, out);
    if (change != CHANGE_CHANGED) {
        render_columns(line, out);
        return;
    }
    render_changed(&walk->now, &walk->last, out);
    if (!span_is(line->name, "group"))
        return;
    render_missing(walk->now.rest, walk->last.rest, "!! member added", out);
    render_missing(walk->last.rest, walk->now.rest, "!! member removed", out);
}

static void render_changes(const struct motion_view *view, struct bytes *out)
{
    struct charter_walk walk = charter_walk_of(view->payload, view->previous);
    enum change change;
    bytes_add_text(out, "what changes in the charter:\n");
    for (; charter_walk_here(&walk, &change); charter_walk_on(&walk, change))
        if (change != CHANGE_NONE)
            render_line(&walk, change, out);
}

static void render_rest(const struct motion_view *view, struct bytes *out)
{
    struct charter_walk walk = charter_walk_of(view->payload, view->previous);
    enum change change;
    bytes_add_text(out, "what stays in the charter as it is:\n");
    for (; charter_walk_here(&walk, &change); charter_walk_on(&walk, change)) {
        if (change != CHANGE_NONE)
            continue;
        page_indent(out, 1);
        page_foreign(out, walk.now.name);
        bytes_add_text(out, ": ");
        page_foreign(out, walk.now.value);
        page_end(out);
    }
}

// ---- the whole ----

// What a difference is taken to must be the charter in force.
static enum err check_charters(
    const struct motion_view *view, const struct charter *next, struct refusal *refusal)
{
    if (!hash_equal(&view->item->previous, &view->charter->hash))
        return refuse(refusal, "R14",
            "The opened record does not build the new charter on the one in force.");
    if (next->epoch != view->item->version || view->charter->epoch + 1 != next->epoch ||
        !hash_equal(&next->previous, &view->charter->hash))
        return refuse(refusal, "R14",
            "The new charter is epoch %" PRIu64 ", and does not follow epoch %" PRIu64 ".",
            next->epoch, view->charter->epoch);
    return OK;
}

enum err render_charter(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal)
{
    struct charter *next = charter_new();
    if (next == NULL)
        return ERR_MEMORY;
    enum err err = charter_read(view->payload, next, refusal);
    if (err == OK)
        err = check_charters(view, next, refusal);
    if (err == OK) {
        render_changes(view, out);
        render_effects(view, next, out);
        render_rest(view, out);
    }
    charter_free(next);
    return err == ERR_FORM ? ERR_REFUSED : err;
}

enum err render_draft(const struct charter *charter, struct span text, struct span draft,
    struct bytes *out, struct refusal *refusal)
{
    const struct item item = {
        .version = charter->epoch + 1, .payload = hash_of(draft), .previous = charter->hash};
    const struct motion_view view = {
        .charter = charter, .item = &item, .payload = draft, .previous = text};
    struct bytes lines;
    bytes_init(&lines, RENDER_MOST);
    enum err err = render_charter(&view, &lines, refusal);
    if (err == OK)
        err = bytes_finish(&lines);
    if (err == OK)
        page_wrap(out, bytes_span(&lines));
    bytes_clear(&lines);
    return err == OK ? bytes_finish(out) : err;
}
