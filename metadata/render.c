#include "metadata/render.h"

#include "metadata/render_part.h"
#include "metadata/shown.h"
#include "proto/name.h"

#include <inttypes.h>
#include <string.h>

enum { DAY = 24 * 3600 };

// ---- one item ----

static size_t keys_of(const struct charter *charter, const struct role *role)
{
    size_t count = 0;
    for (size_t i = 0; i < charter->key_count; i++)
        if (&charter->roles[charter->keys[i].role] == role)
            count++;
    return count;
}

void render_quorum(const struct charter *charter, const struct quorum *quorum,
    const char *label, unsigned depth, struct bytes *out)
{
    const struct group *group = &charter->groups[quorum->group];
    page_indent(out, depth);
    bytes_add_format(
        out, "%s: %zu of %zu persons, group ", label, quorum->k, group->member_count);
    page_foreign(out, span_text(group->name));
    page_end(out);
}

static void render_place(
    const struct render_view *view, const struct item *item, struct bytes *out)
{
    const struct charter *charter = view->charter;
    const struct role *role = view->role;
    const struct repository *repository = charter_repository(charter, role);
    page_field(out, 0, "repository", span_text(repository->name));
    bytes_add_format(out, "  dialect: %s, %s\n", dialect_text(repository->dialect),
        kind_text(repository->kind));
    page_field(out, 0, "role", span_text(role_short_name(role)));
    if (item_vehicle(item->role) != NULL)
        page_field(out, 0, "vehicle", span_text(item_vehicle(item->role)));
    render_quorum(charter, &role->quorum, "approvals needed", 1, out);
    bytes_add_format(out, "  keys here: %zu\n", keys_of(charter, role));
}

static void render_version(const struct render_view *view, struct bytes *out)
{
    bytes_add_text(out, "version: ");
    if (view->last.type == TUF_NONE)
        bytes_add_text(out, "none");
    else
        bytes_add_format(out, "%" PRIu64, view->last.version);
    bytes_add_format(out, " -> %" PRIu64, view->now.version);
    if (view->last.type != TUF_NONE && view->last.version == view->now.version)
        bytes_add_text(out, " (the same once more)");
    page_end(out);
}

static void render_expiry(const struct render_view *view, moment opened, struct bytes *out)
{
    bytes_add_text(out, "expires: ");
    page_moment(out, view->now.expires);
    int64_t ahead = view->now.expires - opened;
    if (ahead < 0)
        bytes_add_text(out, "\n!! that was over when this was opened\n");
    else
        bytes_add_format(out, " (%" PRId64 " day%s after the opening)\n", ahead / DAY,
            ahead / DAY == 1 ? "" : "s");
    if (view->last.type == TUF_NONE)
        return;
    bytes_add_text(out, "  the last one: ");
    page_moment(out, view->last.expires);
    page_end(out);
}

void render_specification(
    const struct tuf *tuf, unsigned depth, const char *label, struct bytes *out)
{
    if (tuf->spec_version.size > 0)
        page_field(out, depth, label, tuf->spec_version);
    else
        page_words(out, depth, label, "none");
}

static void render_payload(
    const struct render_view *view, const struct item *item, struct bytes *out)
{
    bytes_add_text(out, "payload: ");
    page_hash(out, &item->payload);
    page_end(out);
    page_spoken(out, 1, &item->payload);
    bytes_add_format(out, "  bytes: %zu\nbefore: ", view->now.whole.size);
    page_hash(out, &item->previous);
    page_end(out);
    page_words(out, 0, "type", tuf_type_text(view->now.type));
    render_specification(&view->now, 0, "specification", out);
    if (view->last.type != TUF_NONE &&
        !span_equal(view->last.spec_version, view->now.spec_version))
        render_specification(&view->last, 1, "the last one", out);
}

static void (*const by_type[])(const struct render_view *view, struct bytes *out) = {
    [TUF_ROOT] = render_root,
    [TUF_TARGETS] = render_targets,
    [TUF_SNAPSHOT] = render_files,
    [TUF_TIMESTAMP] = render_files,
};

void render_by_type(const struct render_view *view, struct bytes *out)
{
    by_type[view->now.type](view, out);
}

// ---- what must fit together before it is shown ----

// The payload must be the one that approvers will sign for.
static enum err check_bytes(
    struct span bytes, const struct hash *named, const char *role, struct refusal *refusal)
{
    struct hash hash = bytes.size == 0 ? (struct hash){0} : hash_of(bytes);
    if (hash_equal(&hash, named))
        return OK;
    return refuse(refusal, "R14",
        "The bytes at hand for %s are not those that the opened record names.", role);
}

static enum err read_view(const struct render_case *rendered, size_t i,
    struct render_view *view, struct refusal *refusal)
{
    const struct item *item = &rendered->opened->items[i];
    view->charter = rendered->charter;
    view->evidence = rendered->request->evidence_count > 0;
    view->role = charter_role(rendered->charter, item->role);
    if (view->role == NULL)
        return refuse(refusal, "R14", "The charter has no role %s.", item->role);
    enum dialect dialect = charter_repository(view->charter, view->role)->dialect;
    enum err err = check_bytes(rendered->payloads[i], &item->payload, item->role, refusal);
    if (err == OK)
        err = check_bytes(rendered->previous[i], &item->previous, item->role, refusal);
    if (err == OK)
        err = tuf_read(dialect, rendered->payloads[i], &view->now, refusal);
    if (err == OK && rendered->previous[i].size > 0)
        err = tuf_read_past(dialect, rendered->previous[i], &view->last, refusal);
    return err;
}

static enum err check_view(
    const struct render_view *view, const struct item *item, struct refusal *refusal)
{
    enum tuf_type demanded = tuf_type_of_role(role_short_name(view->role));
    if (view->now.type != demanded ||
        (view->last.type != TUF_NONE && view->last.type != demanded))
        return refuse(refusal, "R14", "%s signs metadata of type %s, and this is another.",
            item->role, tuf_type_text(demanded));
    if (view->now.version != item->version)
        return refuse(refusal, "R14",
            "The opened record names version %" PRIu64 " of %s, and the payload is %" PRIu64
            ".",
            item->version, item->role, view->now.version);
    return OK;
}

static enum err render_item(
    const struct render_case *rendered, size_t i, struct bytes *out, struct refusal *refusal)
{
    const struct item *item = &rendered->opened->items[i];
    struct render_view view = {0};
    enum err err = read_view(rendered, i, &view, refusal);
    if (err == OK)
        err = check_view(&view, item, refusal);
    if (err == OK)
        err = shown_check(&view.now, refusal);
    if (err != OK)
        return err;
    bytes_add_format(out, "\n---- item %zu of %zu ----\n", i + 1, rendered->opened->item_count);
    render_place(&view, item, out);
    render_version(&view, out);
    render_expiry(&view, rendered->opened->time, out);
    render_payload(&view, item, out);
    render_named_warnings(&view, out);
    render_by_type(&view, out);
    return bytes_finish(out);
}

static enum err render_items(
    const struct render_case *rendered, struct bytes *out, struct refusal *refusal)
{
    enum err err = OK;
    if (render_is_motion(rendered))
        return render_motion(rendered, out, refusal);
    for (size_t i = 0; err == OK && i < rendered->opened->item_count; i++)
        err = render_item(rendered, i, out, refusal);
    return err;
}

static bool is_same_item(const struct item *asked, const struct item *opened)
{
    return strcmp(asked->role, opened->role) == 0 && asked->version == opened->version &&
           hash_equal(&asked->payload, &opened->payload);
}

// The opened record must be one of this request, under this charter.
static enum err check_opened(const struct render_case *rendered, struct refusal *refusal)
{
    const struct request *request = rendered->request;
    const struct opened *opened = rendered->opened;
    bool same = request->item_count == opened->item_count &&
                hash_equal(&request->requester, &opened->requester);
    for (size_t i = 0; same && i < request->item_count; i++)
        same = is_same_item(&request->items[i], &opened->items[i]);
    if (!same)
        return refuse(refusal, "R14", "The opened record does not repeat the request.");
    if (opened->epoch != rendered->charter->epoch ||
        !hash_equal(&opened->charter, &rendered->charter->hash))
        return refuse(refusal, "R14", "The opened record names another charter.");
    return OK;
}

static enum err render_all(const struct render_case *rendered, const struct asking *requester,
    struct bytes *out, struct refusal *refusal)
{
    render_head(rendered, requester, out);
    enum err err = render_items(rendered, out, refusal);
    bytes_add_text(out, "\n---- end ----\n");
    return err == OK ? bytes_finish(out) : err;
}

enum err render(const struct render_case *rendered, struct bytes *out, struct refusal *refusal)
{
    struct asking requester;
    struct bytes lines;
    if (!charter_asking(rendered->charter, &rendered->request->requester,
            render_is_motion(rendered), &requester))
        return refuse(refusal, "R14", "The charter has no requester with this key.");
    enum err err = check_opened(rendered, refusal);
    if (err != OK)
        return err;
    bytes_init(&lines, RENDER_MOST);
    err = render_all(rendered, &requester, &lines, refusal);
    if (err == OK)
        page_wrap(out, bytes_span(&lines));
    bytes_clear(&lines);
    if (err == OK)
        err = out->size > RENDER_MOST ? ERR_LIMIT : bytes_finish(out);
    if (err != OK && err != ERR_REFUSED)
        (void)refuse(refusal, "R20", "The rendering: %s.", err_text(err));
    return err;
}
