// A motion: what is asked of the appliance itself (proto/motion.h).
#include "metadata/render_part.h"
#include "proto/motion.h"

#include <inttypes.h>
#include <string.h>

static enum err (*const by_motion[MOTION_KINDS])(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal) = {
    [MOTION_CHARTER] = render_charter,
    [MOTION_IMPORT] = render_import,
    [MOTION_KEYS] = render_keys,
    [MOTION_LIFT] = render_lift,
    [MOTION_MANDATE] = render_mandate,
    [MOTION_TIME] = render_time,
};

// ---- who decides ----

static void render_role_quorum(
    const struct charter *charter, const struct role *role, struct bytes *out)
{
    page_field(out, 0, "decided by the quorum of", span_text(role->name));
    render_quorum(charter, &role->quorum, "approvals needed", 1, out);
}

static enum err render_decides(
    const struct render_case *rendered, struct bytes *out, struct refusal *refusal)
{
    const struct charter *charter = rendered->charter;
    for (size_t i = 0; i < rendered->opened->decides_count; i++) {
        const char *name = rendered->opened->decides[i];
        const struct role *role = charter_role(charter, name);
        if (strcmp(name, "charter") == 0)
            render_quorum(
                charter, &charter->changes, "decided by the charter's quorum", 0, out);
        else if (role != NULL)
            render_role_quorum(charter, role, out);
        else
            return refuse(refusal, "R14", "The charter has no role %s to decide.", name);
    }
    return OK;
}

// ---- the item ----

static enum err check_item(const struct motion_view *view, struct refusal *refusal)
{
    struct hash payload = hash_of(view->payload);
    struct hash previous =
        view->previous.size == 0 ? (struct hash){0} : hash_of(view->previous);
    if (hash_equal(&payload, &view->item->payload) &&
        hash_equal(&previous, &view->item->previous))
        return OK;
    return refuse(refusal, "R14",
        "The bytes at hand for %s are not those that the opened record names.",
        view->item->role);
}

// What came along must be what the request names.
static enum err check_evidence(const struct render_case *rendered, struct refusal *refusal)
{
    const struct request *request = rendered->request;
    for (size_t i = 0; i < request->evidence_count; i++) {
        struct hash hash = hash_of(rendered->evidence[i]);
        if (!hash_equal(&hash, &request->evidence[i]))
            return refuse(
                refusal, "R14", "The evidence at hand is not what the request names.");
    }
    return OK;
}

static void render_item(const struct motion_view *view, struct bytes *out)
{
    bytes_add_text(out, "\n---- item 1 of 1 ----\n");
    page_field(out, 0, "the appliance itself", span_text(view->item->role));
    bytes_add_format(out, "number: %" PRIu64 "\npayload: ", view->item->version);
    page_hash(out, &view->item->payload);
    page_end(out);
    page_spoken(out, 1, &view->item->payload);
    bytes_add_format(out, "  bytes: %zu\nbefore: ", view->payload.size);
    page_hash(out, &view->item->previous);
    page_end(out);
}

enum err render_motion(
    const struct render_case *rendered, struct bytes *out, struct refusal *refusal)
{
    struct motion_view view = {.rendered = rendered,
        .charter = rendered->charter,
        .item = &rendered->opened->items[0],
        .payload = rendered->payloads[0],
        .previous = rendered->previous[0]};
    enum err err = check_item(&view, refusal);
    if (err == OK)
        err = check_evidence(rendered, refusal);
    if (err != OK)
        return err;
    render_item(&view, out);
    err = render_decides(rendered, out, refusal);
    if (err == OK)
        err = by_motion[motion_of(view.item->role)](&view, out, refusal);
    return err == OK ? bytes_finish(out) : err;
}
