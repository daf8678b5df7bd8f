// Who can still decide what under a new charter, and how many may be lost before nobody can.
#include "metadata/render_charter.h"

#include <inttypes.h>
#include <string.h>

static size_t members(const struct charter *charter, const struct quorum *quorum)
{
    return charter->groups[quorum->group].member_count;
}

static void render_members(
    const struct charter *charter, const struct quorum *quorum, struct bytes *out)
{
    const struct group *group = &charter->groups[quorum->group];
    bytes_add_text(out, "    persons: ");
    for (size_t i = 0; i < group->member_count; i++) {
        bytes_add_text(out, i == 0 ? "" : ", ");
        page_foreign(out, span_text(charter->administrators[group->members[i]].name));
    }
    page_end(out);
}

static bool is_member(
    const struct charter *charter, const struct quorum *quorum, const char *person)
{
    const struct group *group = &charter->groups[quorum->group];
    for (size_t i = 0; i < group->member_count; i++)
        if (strcmp(charter->administrators[group->members[i]].name, person) == 0)
            return true;
    return false;
}

static void render_loss(size_t spare, const char *words, const char *name, struct bytes *out)
{
    if (spare == 0)
        bytes_add_text(out, "    !! none may be lost");
    else
        bytes_add_format(out, "    may be lost: %zu", spare);
    bytes_add_text(out, words);
    if (name != NULL)
        page_foreign(out, span_text(name));
    page_end(out);
}

// Whoever asks does not count: with a requester of a member there is one less.
static void render_losses(
    const struct charter *charter, const struct quorum *quorum, struct bytes *out)
{
    size_t spare = members(charter, quorum) - quorum->k;
    render_loss(
        spare, spare == 0 ? ": without each of them nothing is decided" : "", NULL, out);
    for (size_t i = 0; i < charter->requester_count; i++) {
        const struct requester *requester = &charter->requesters[i];
        if (is_member(charter, quorum, requester->person))
            render_loss(spare == 0 ? 0 : spare - 1, " of the others, when asked by ",
                requester->name, out);
    }
}

static void render_step(
    const struct charter *last, const struct quorum *was, size_t k, struct bytes *out)
{
    if (was->k == k)
        return;
    bytes_add_format(out, "    !! quorum %s, it was: %zu of %zu persons\n",
        k < was->k ? "LOWERED" : "raised", was->k, members(last, was));
}

// `was` is NULL for what is new.
static void render_one(const struct charter *next, const struct quorum *quorum,
    const struct charter *last, const struct quorum *was, const char *name, struct bytes *out)
{
    render_quorum(next, quorum, name, 1, out);
    render_members(next, quorum, out);
    if (was != NULL)
        render_step(last, was, quorum->k, out);
    render_losses(next, quorum, out);
}

// ---- keys ----

struct key_count {
    size_t all;
    size_t kept; // by custodians
};

static struct key_count keys_of(const struct charter *charter, const struct role *role)
{
    struct key_count count = {0};
    for (size_t i = 0; i < charter->key_count; i++) {
        if (&charter->roles[charter->keys[i].role] != role)
            continue;
        count.all++;
        count.kept += charter->keys[i].has_custodian;
    }
    return count;
}

static void render_key_count(
    const struct charter *charter, const struct role *role, struct bytes *out)
{
    struct key_count count = keys_of(charter, role);
    bytes_add_format(out,
        "    keys here: %zu, %zu of them with a custodian; a root gives the role a threshold "
        "of "
        "at least %" PRIu64 "\n",
        count.all, count.kept, role->threshold);
    if (count.all < role->threshold)
        bytes_add_format(out, "    !! at least %" PRIu64 " more must sign elsewhere\n",
            role->threshold - count.all);
    else if (count.kept > 0)
        bytes_add_format(out,
            "    custodians that may be lost, at that threshold: %" PRIu64 "\n",
            count.all - role->threshold < count.kept ? count.all - role->threshold
                                                     : count.kept);
}

void render_quorums(
    const struct motion_view *view, const struct charter *next, struct bytes *out)
{
    const struct charter *last = view->charter;
    bytes_add_text(out, "who decides from then on:\n");
    render_one(next, &next->changes, last, &last->changes,
        "charter, keys, time, import, recovery, lift of a freeze of everything", out);
    for (size_t i = 0; i < next->role_count; i++) {
        const struct role *role = &next->roles[i], *was = charter_role(last, role->name);
        render_one(
            next, &role->quorum, last, was == NULL ? NULL : &was->quorum, role->name, out);
        render_key_count(next, role, out);
    }
}
