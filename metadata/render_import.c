// An import: where a repository stands that was signed elsewhere, and which rules its past breaks.
#include "metadata/history.h"
#include "metadata/render_part.h"
#include "metadata/shown.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// ---- the chain, and what it breaks ----

static void render_finding(const struct import_finding *finding, struct bytes *out)
{
    const char *where = NULL;
    const struct rule *rule = history_rule_of(finding->id, &where);
    bytes_add_format(out, "!! accepted of %s version %" PRIu64 ": ",
        rule == NULL ? "an unknown place in" : where, finding->version);
    page_foreign(out, span_text(finding->id));
    page_end(out);
    if (rule != NULL)
        bytes_add_format(out, "  (%s) %s\n", rule->design, rule->past);
    else
        bytes_add_text(out, "  !! no such rule is known here\n");
}

static void render_chain(const struct import_motion *motion, struct bytes *out)
{
    page_field(out, 0, "repository", span_text(motion->repository));
    bytes_add_format(out,
        "chain of roots: %zu, each signed by its own threshold and by that of the one before\n",
        motion->root_count);
    for (size_t i = 0; i < motion->root_count; i++) {
        bytes_add_format(out, "  root version: %" PRIu64 " file ", motion->roots[i].version);
        page_hash(out, &motion->roots[i].file);
        page_end(out);
    }
    bytes_add_format(
        out, "rules that the past breaks and this accepts: %zu\n", motion->finding_count);
    for (size_t i = 0; i < motion->finding_count; i++)
        render_finding(&motion->findings[i], out);
}

// ---- what each role signed last ----

static struct span part_of(const struct render_case *rendered, const struct hash *hash)
{
    for (size_t i = 0; i < rendered->request->evidence_count; i++)
        if (hash_equal(&rendered->request->evidence[i], hash))
            return rendered->evidence[i];
    return (struct span){0};
}

static void render_facts(
    const struct motion_view *view, const struct import_role *role, struct bytes *out)
{
    const struct role *here = charter_role(view->charter, role->role);
    page_field(out, 0, "---- signed last for role", span_text(role->role));
    bytes_add_format(out, "version: %" PRIu64 "\npayload: ", role->version);
    page_hash(out, &role->payload);
    bytes_add_text(out, "\nexpires: ");
    page_moment(out, role->expires);
    page_end(out);
    if (role->expires <= view->rendered->opened->time)
        bytes_add_text(out, "!! that was over when this was opened\n");
    if (here == NULL)
        bytes_add_text(out, "!! the charter has no such role: nothing is signed for it here\n");
    bytes_add_format(out, "what that does: here the role goes on above version %" PRIu64 "\n",
        role->version);
}

// Below the charter's floor the next root must raise it.
static void render_floors(const struct motion_view *view, const struct import_motion *motion,
    const struct tuf_root *root, struct bytes *out)
{
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++) {
        char name[2 * LIMIT_ROLE_NAME + 2];
        snprintf(
            name, sizeof name, "%s/%s", motion->repository, tuf_type_text(root->roles[i].type));
        const struct role *role = charter_role(view->charter, name);
        if (role == NULL || (uint64_t)root->roles[i].threshold >= role->threshold)
            continue;
        bytes_add_format(out,
            "!! the threshold of %s is %" PRId64 ", and the charter demands %" PRIu64
            " of the next root\n",
            tuf_type_text(root->roles[i].type), root->roles[i].threshold, role->threshold);
    }
}

// DIALECT_NONE of a repository that the charter does not name: no payload of it is read.
static enum dialect dialect_of(
    const struct motion_view *view, const struct import_motion *motion)
{
    const struct repository *repository =
        charter_repository_named(view->charter, motion->repository);
    return repository == NULL ? DIALECT_NONE : repository->dialect;
}

static enum err render_role(const struct motion_view *view, const struct import_motion *motion,
    const struct import_role *role, struct bytes *out, struct refusal *refusal)
{
    struct render_view *part = calloc(1, sizeof *part);
    struct span payload = part_of(view->rendered, &role->payload);
    if (part == NULL)
        return ERR_MEMORY;
    render_facts(view, role, out);
    part->charter = view->charter;
    enum err err =
        payload.size == 0
            ? refuse(refusal, "R14", "What %s signed last did not come along.", role->role)
            : tuf_read_past(dialect_of(view, motion), payload, &part->now, refusal);
    if (err == OK) {
        page_words(out, 0, "type", tuf_type_text(part->now.type));
        render_specification(&part->now, 0, "specification", out);
        render_by_type(part, out);
        shown_rest(&part->now, out);
    }
    if (err == OK && part->now.type == TUF_ROOT)
        render_floors(view, motion, &part->now.root, out);
    free(part);
    return err;
}

static enum err render_all(const struct motion_view *view, const struct import_motion *motion,
    struct bytes *out, struct refusal *refusal)
{
    enum err err = OK;
    render_chain(motion, out);
    for (size_t i = 0; err == OK && i < motion->role_count; i++)
        err = render_role(view, motion, &motion->roles[i], out, refusal);
    return err;
}

enum err render_import(
    const struct motion_view *view, struct bytes *out, struct refusal *refusal)
{
    struct import_motion *motion = malloc(sizeof *motion);
    if (motion == NULL)
        return ERR_MEMORY;
    enum err err = OK;
    if (import_motion_read(view->payload, motion) != OK)
        err = refuse(refusal, "R2", "This is no text of an import.");
    else if (motion->number != view->item->version)
        err = refuse(refusal, "R14", "The opened record names another number.");
    else
        err = render_all(view, motion, out, refusal);
    free(motion);
    return err;
}
