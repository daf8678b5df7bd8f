// What stands above the items: who asks, when, and what for.
#include "metadata/render_part.h"
#include "proto/motion.h"

#include <inttypes.h>

bool render_is_motion(const struct render_case *rendered)
{
    return rendered->request->item_count == 1 &&
           motion_of(rendered->request->items[0].role) != MOTION_NONE;
}

static void render_who(
    const struct render_case *rendered, const struct asking *requester, struct bytes *out)
{
    const struct opened *opened = rendered->opened;
    bytes_add_format(out, "Conclave asks: may this be %s? (rendering %d)\n\n",
        render_is_motion(rendered) ? "done" : "signed", RENDERING);
    page_field(out, 0, "appliance", span_text(rendered->charter->origin));
    bytes_add_text(out, "log key: ");
    page_hash(out, &opened->appliance);
    bytes_add_text(out, "\nrequest: ");
    page_hash(out, &opened->request);
    page_end(out);
    page_field(out, 0, "requester", span_text(requester->name));
    page_field(out, 1, "person", span_text(requester->person));
    bytes_add_text(out, "  key: ");
    page_hash(out, &requester->key->id);
    page_end(out);
    page_field(out, 0, "reason", span_text(rendered->request->reason));
}

static void render_times(const struct render_case *rendered, struct bytes *out)
{
    const struct opened *opened = rendered->opened;
    bytes_add_text(out, "charter: ");
    page_hash(out, &opened->charter);
    bytes_add_format(out, "\n  epoch: %" PRIu64 "\nopened: ", opened->epoch);
    page_moment(out, opened->time);
    bytes_add_text(out,
        render_is_motion(rendered) ? "\ndone at the earliest: " : "\nsigned at the earliest: ");
    page_moment(out, opened->earliest);
    bytes_add_text(out, render_is_motion(rendered) ? "\nends undone: " : "\nends unsigned: ");
    page_moment(out, opened->expires);
    page_end(out);
}

static const struct role_key *key_of(const struct charter *charter, const struct hash *key)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, key))
            return &charter->keys[i];
    return NULL;
}

// Which keys' custodians have to approve, so that enough keys may sign (R12).
static void render_reach(const struct render_case *rendered, struct bytes *out)
{
    const struct charter *charter = rendered->charter;
    for (size_t i = 0; i < rendered->opened->reach_count; i++) {
        const struct reach *reach = &rendered->opened->reach[i];
        page_field(out, 0, "signed when enough keys may sign", span_text(reach->role));
        bytes_add_format(
            out, "  needed: %" PRIu64 " of these %zu keys\n", reach->need, reach->key_count);
        for (size_t k = 0; k < reach->key_count; k++) {
            const struct role_key *key = key_of(charter, &reach->keys[k]);
            bytes_add_text(out, "  key: ");
            page_hash(out, &reach->keys[k]);
            page_end(out);
            if (key != NULL && key->has_custodian)
                page_field(out, 2, "when this custodian has approved",
                    span_text(charter->administrators[key->custodian].name));
        }
    }
}

static void render_lists(const struct render_case *rendered, struct bytes *out)
{
    const struct request *request = rendered->request;
    if (request->evidence_count > 0)
        page_number(out, 0, "evidence that comes with it", (int64_t)request->evidence_count);
    for (size_t i = 0; i < request->evidence_count; i++) {
        page_indent(out, 1);
        page_hash(out, &request->evidence[i]);
        page_end(out);
    }
    render_reach(rendered, out);
    bytes_add_format(out, "to be %s, all or nothing: %zu\n",
        render_is_motion(rendered) ? "done" : "signed", request->item_count);
    for (size_t i = 0; i < request->item_count; i++)
        page_field(out, 1, "item", span_text(request->items[i].role));
}

void render_head(
    const struct render_case *rendered, const struct asking *requester, struct bytes *out)
{
    render_who(rendered, requester, out);
    render_times(rendered, out);
    render_lists(rendered, out);
}
