// What a new charter ends and begins.
#include "metadata/render_charter.h"
#include "policy/mandate.h"
#include "proto/motion.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void render_key_line(
    const char *words, const struct key *key, const char *of, struct bytes *out)
{
    page_indent(out, 1);
    bytes_add_text(out, words);
    page_hash(out, &key->id);
    bytes_add_text(out, " of ");
    page_foreign(out, span_text(of));
    page_end(out);
}

// ---- persons ----

static bool is_administrator(const struct charter *charter, const struct administrator *who)
{
    const struct administrator *there = charter_administrator(charter, &who->key.id);
    return there != NULL && strcmp(there->name, who->name) == 0;
}

static bool is_requester(const struct charter *charter, const struct requester *who)
{
    const struct requester *there = charter_requester(charter, &who->key.id);
    return there != NULL && strcmp(there->name, who->name) == 0;
}

static void render_gone(
    const struct charter *last, const struct charter *next, struct bytes *out)
{
    for (size_t i = 0; i < last->administrator_count; i++) {
        const struct administrator *who = &last->administrators[i];
        if (!is_administrator(next, who))
            render_key_line(
                "!! approves, freezes and asks for nothing any more: the administrator's key ",
                &who->key, who->name, out);
    }
    for (size_t i = 0; i < last->requester_count; i++) {
        const struct requester *who = &last->requesters[i];
        if (!is_requester(next, who))
            render_key_line("!! its open requests end, and it asks for nothing any more: the "
                            "requester's key ",
                &who->key, who->name, out);
    }
}

static void render_come(
    const struct charter *last, const struct charter *next, struct bytes *out)
{
    for (size_t i = 0; i < next->administrator_count; i++) {
        const struct administrator *who = &next->administrators[i];
        if (!is_administrator(last, who))
            render_key_line("!! approves from then on: the administrator's key ", &who->key,
                who->name, out);
    }
    for (size_t i = 0; i < next->requester_count; i++) {
        const struct requester *who = &next->requesters[i];
        if (!is_requester(last, who))
            render_key_line(
                "!! asks from then on: the requester's key ", &who->key, who->name, out);
    }
}

// ---- roles and their keys ----

static const struct role_key *find_key(
    const struct charter *charter, const char *role, const struct hash *key)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, key) &&
            charter_key_of(charter, &charter->keys[i], role))
            return &charter->keys[i];
    return NULL;
}

// Each key of `of` that the other charter does not give to that role.
static void render_keys_only_of(
    const struct charter *of, const struct charter *other, const char *words, struct bytes *out)
{
    for (size_t i = 0; i < of->key_count; i++) {
        const struct role_key *key = &of->keys[i];
        const char *role = of->roles[key->role].name;
        if (find_key(other, role, &key->key.id) == NULL)
            render_key_line(words, &key->key, role, out);
    }
}

static void render_roles_only_of(
    const struct charter *of, const struct charter *other, const char *words, struct bytes *out)
{
    for (size_t i = 0; i < of->role_count; i++)
        if (charter_role(other, of->roles[i].name) == NULL)
            page_field(out, 1, words, span_text(of->roles[i].name));
}

// ---- mandates ----

// Which are in force no charter says: of these it is certain that they end.
static void render_ended(
    const struct charter *last, const struct charter *next, struct bytes *out)
{
    bool any = false;
    for (size_t i = 0; i < last->role_count; i++) {
        const struct role *role = &last->roles[i], *then = charter_role(next, role->name);
        any = any || role->by_mandate;
        if (role->by_mandate && (then == NULL || !mandate_fits(role, then)))
            page_field(
                out, 1, "!! its mandate ends, if one is in force", span_text(role->name));
    }
    if (any)
        bytes_add_text(out, "  a mandate of another role ends if its requester or the person "
                            "behind it is another one, or decides over it, or if those who "
                            "approved it are no quorum of its role any more\n");
}

static void render_mandates(
    const struct charter *last, const struct charter *next, struct bytes *out)
{
    render_ended(last, next, out);
    for (size_t i = 0; i < next->role_count; i++) {
        const struct role *role = &next->roles[i], *was = charter_role(last, role->name);
        if (role->by_mandate && (was == NULL || !was->by_mandate))
            page_field(out, 1,
                "!! signed from then on with nobody asked, under a mandate that its quorum "
                "approves",
                span_text(role->name));
    }
}

// ---- proofs ----

// Of a draft nobody has proven anything yet.
static void render_proofs(const struct motion_view *view, struct bytes *out)
{
    if (view->rendered == NULL)
        return;
    struct proofs *proofs = malloc(sizeof *proofs);
    if (proofs == NULL) {
        out->failure = ERR_MEMORY;
        return;
    }
    bool any = view->rendered->request->evidence_count > 0 &&
               proofs_read(view->rendered->evidence[0], proofs) == OK;
    bytes_add_text(out, any ? "who has proven to hold the key, over this very charter:\n"
                            : "no key is new at its place, so none had to be proven\n");
    for (size_t i = 0; any && i < proofs->count; i++) {
        page_indent(out, 1);
        page_hash(out, &proofs->at[i].key);
        page_end(out);
    }
    free(proofs);
}

void render_effects(
    const struct motion_view *view, const struct charter *next, struct bytes *out)
{
    const struct charter *last = view->charter;
    bytes_add_text(out, "what that does:\n");
    bytes_add_format(out,
        "  approvals given under epoch %" PRIu64
        " count no more; requests that stay open are opened anew and must be approved anew\n",
        last->epoch);
    bytes_add_text(out, "  freezes stay in force, but those of roles that are gone; a freeze "
                        "that was signed and "
                        "not sent counts no more\n");
    render_gone(last, next, out);
    render_come(last, next, out);
    render_roles_only_of(
        last, next, "!! requests for it end, and nothing is signed for it any more", out);
    render_roles_only_of(next, last, "!! new role", out);
    render_keys_only_of(last, next,
        "!! retired: it signs nothing any more, wherever a root still lists it: the key ", out);
    render_keys_only_of(next, last, "!! signs from then on: the key ", out);
    render_mandates(last, next, out);
    render_proofs(view, out);
    render_quorums(view, next, out);
}
