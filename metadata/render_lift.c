// The lift of a freeze: who stopped what and why, and what goes on.
#include "metadata/render_part.h"
#include "proto/motion.h"

#include <inttypes.h>
#include <stdlib.h>

static void render_of(const struct freeze_of *of, struct bytes *out)
{
    bytes_add_text(out, "what was frozen: ");
    if (of->what == FREEZE_EVERYTHING) {
        bytes_add_text(out, "everything but a new charter, lifts and the time");
    } else if (of->what == FREEZE_ROLE) {
        bytes_add_text(out, "the role ");
        page_foreign(out, span_text(of->role));
    } else {
        bytes_add_text(out, "the request ");
        page_hash(out, &of->thing);
    }
    page_end(out);
}

static void render_freeze(
    const struct motion_view *view, const struct freeze *freeze, struct bytes *out)
{
    const struct administrator *who =
        charter_administrator(view->charter, &freeze->administrator);
    bytes_add_text(out, "freeze: ");
    page_hash(out, &view->item->previous);
    page_end(out);
    render_of(&freeze->of, out);
    if (who != NULL)
        page_field(out, 0, "frozen by", span_text(who->name));
    else
        bytes_add_text(out, "!! frozen by: somebody who is no administrator any more\n");
    bytes_add_text(out, "  key: ");
    page_hash(out, &freeze->administrator);
    bytes_add_format(out, "\n  under charter: epoch %" PRIu64 " ", freeze->epoch);
    page_hash(out, &freeze->charter);
    bytes_add_format(
        out, "\n  that administrator's freeze number: %" PRIu64 "\n", freeze->number);
    page_field(out, 0, "why it was frozen", span_text(freeze->reason));
}

// The request that waits, from its own text, which came along.
static enum err render_request(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal)
{
    struct request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return ERR_MEMORY;
    enum err err = OK;
    if (view->rendered->request->evidence_count == 0 ||
        request_read(view->rendered->evidence[0], request) != OK)
        err = refuse(refusal, "R14", "The text of the frozen request did not come along.");
    for (size_t i = 0; err == OK && i < request->item_count; i++) {
        page_field(out, 1, "item", span_text(request->items[i].role));
        bytes_add_format(
            out, "    version: %" PRIu64 "\n    payload: ", request->items[i].version);
        page_hash(out, &request->items[i].payload);
        page_end(out);
    }
    if (err == OK) {
        page_field(out, 1, "its reason", span_text(request->reason));
        bytes_add_text(out, "  it ends: ");
        page_moment(out, request->expires);
        page_end(out);
    }
    free(request);
    return err;
}

static enum err check_freeze(const struct motion_view *view, const struct lift_motion *motion,
    const struct freeze *freeze, struct refusal *refusal)
{
    if (!hash_equal(&motion->freeze, &view->item->previous))
        return refuse(refusal, "R14", "The lift names another freeze than the opened record.");
    if (!freeze_of_equal(&motion->of, &freeze->of))
        return refuse(refusal, "R14", "The lift does not say what its freeze stops.");
    if (view->item->version != 1)
        return refuse(refusal, "R14", "A lift has the number 1.");
    return OK;
}

enum err render_lift(const struct motion_view *view, struct bytes *out, struct refusal *refusal)
{
    struct lift_motion motion;
    struct freeze freeze;
    if (lift_motion_read(view->payload, &motion) != OK ||
        freeze_read(view->previous, &freeze) != OK)
        return refuse(refusal, "R2", "This is no lift, or what it lifts is no freeze.");
    enum err err = check_freeze(view, &motion, &freeze, refusal);
    if (err != OK)
        return err;
    render_freeze(view, &freeze, out);
    if (freeze.of.what == FREEZE_REQUEST)
        err = render_request(view, out, refusal);
    bytes_add_text(out,
        "what that does: what waited for this freeze goes on, unless another one stops it too; "
        "approvals given before it or while it was in force count\n");
    return err;
}
