// What every part of a plan asks: the repository, the last root, whose key is whose.
#include "client/plan.h"

#include "client/plan_part.h"
#include "policy/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan *plan_new(void)
{
    struct plan *plan = calloc(1, sizeof *plan);
    if (plan != NULL)
        bytes_init(&plan->notes, PLAN_NOTES_MOST);
    return plan;
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    bytes_clear(&plan->notes);
    free(plan);
}

const char *plan_change_text(enum plan_change change)
{
    static const char *const words[] = {
        [PLAN_STAYS] = "stays", [PLAN_COMES] = "comes", [PLAN_GOES] = "goes"};
    return words[change];
}

enum tuf_type plan_role_at(size_t at)
{
    static const enum tuf_type order[TUF_ROOT_ROLES] = {
        TUF_ROOT, TUF_SNAPSHOT, TUF_TARGETS, TUF_TIMESTAMP};
    return at < TUF_ROOT_ROLES ? order[at] : TUF_NONE;
}

// ---- the repository and its last root ----

void plan_role_name(const struct plan_view *view, enum tuf_type type, char out[PLAN_ROLE_NAME])
{
    (void)snprintf(out, PLAN_ROLE_NAME, "%s/%s", view->repository->name, tuf_type_text(type));
}

static enum err find_role(struct plan_view *view, struct refusal *refusal)
{
    char name[PLAN_ROLE_NAME];
    const struct charter *charter = view->given->charter;
    view->repository = charter_repository_named(charter, view->given->repository);
    if (view->repository == NULL)
        return refuse(refusal, "R2",
            "The charter has no repository %s: see `conclave charter show`.",
            view->given->repository);
    plan_role_name(view, TUF_ROOT, name);
    view->role = charter_role(charter, name);
    if (view->role == NULL)
        return refuse(refusal, "R2",
            "The charter has no role %s: this repository's root is signed elsewhere.", name);
    return OK;
}

// A root of another repository, or one that was overtaken, is not what the state remembers.
static enum err read_last(struct plan_view *view, struct refusal *refusal)
{
    struct span last = view->given->last;
    struct hash remembered = chain_previous(view->given->state, view->role->name);
    struct hash hash = last.size == 0 ? (struct hash){0} : hash_of(last);
    if (!hash_equal(&hash, &remembered))
        return refuse(refusal, "R12",
            "This is not the root that %s signed last: plan over the newest one.",
            view->role->name);
    return last.size == 0
               ? OK
               : tuf_read_past(view->repository->dialect, last, &view->last, refusal);
}

struct plan_view *plan_view_new(
    const struct plan_case *given, enum err *err, struct refusal *refusal)
{
    struct plan_view *view = calloc(1, sizeof *view);
    *err = ERR_MEMORY;
    if (view == NULL)
        return NULL;
    view->given = given;
    *err = find_role(view, refusal);
    if (*err == OK)
        *err = read_last(view, refusal);
    if (*err == OK)
        return view;
    plan_view_free(view);
    return NULL;
}

void plan_view_free(struct plan_view *view)
{
    free(view);
}

// ---- whose key it is ----

const struct role_key *plan_own_key(const struct charter *charter, const struct hash *identity)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, identity))
            return &charter->keys[i];
    return NULL;
}

// Whoever asks for a request does not approve it (R5).
static enum plan_holder custody(const struct plan_view *view, const struct role_key *own,
    const struct administrator **custodian)
{
    if (!own->has_custodian)
        return PLAN_ITSELF;
    *custodian = &view->given->charter->administrators[own->custodian];
    bool asks =
        view->given->person != NULL && strcmp(view->given->person, (*custodian)->name) == 0;
    return asks ? PLAN_UNABLE : PLAN_CUSTODIAN;
}

// A key that the state lists and the charter does not waits for a charter, or is at its end: either
// way it signs nothing now.
enum plan_holder plan_holder(const struct plan_view *view, enum tuf_type type,
    const struct hash *identity, const struct administrator **custodian)
{
    char name[PLAN_ROLE_NAME];
    const struct charter *charter = view->given->charter;
    const struct role_key *own = plan_own_key(charter, identity);
    *custodian = NULL;
    if (state_key(view->given->state, identity) != NULL)
        return PLAN_UNABLE;
    if (own == NULL)
        return PLAN_ELSEWHERE;
    plan_role_name(view, type, name);
    if (strcmp(charter->roles[own->role].name, name) != 0)
        return PLAN_UNABLE;
    return custody(view, own, custodian);
}

// ---- whose root it is ----

static const struct repository *repository_listed(
    const struct charter *charter, const struct tuf_root *root)
{
    const struct tuf_role *role = tuf_root_role(root, TUF_ROOT);
    for (size_t i = 0; i < role->keyid_count; i++) {
        const struct tuf_key *key = tuf_root_key(root, role->keyids[i]);
        const struct role_key *own = plan_own_key(charter, &key->identity);
        if (own != NULL && strcmp(role_short_name(&charter->roles[own->role]), "root") == 0)
            return charter_repository(charter, &charter->roles[own->role]);
    }
    return NULL;
}

// The dialect is that of the repository which is found: a payload that is read in another is of none.
enum err plan_repository(const struct charter *charter, struct span payload,
    const struct repository **out, struct refusal *refusal)
{
    static const enum dialect dialects[] = {DIALECT_UPTANE, DIALECT_TUF};
    struct tuf *tuf = calloc(1, sizeof *tuf);
    enum err err = tuf == NULL ? ERR_MEMORY : ERR_REFUSED;
    for (size_t i = 0; err == ERR_REFUSED && i < sizeof dialects / sizeof dialects[0]; i++)
        err = tuf_read(dialects[i], payload, tuf, refusal);
    if (err == OK && tuf->type != TUF_ROOT)
        err = refuse(refusal, "R2", "This is metadata of type %s, and no root.",
            tuf_type_text(tuf->type));
    *out = err == OK ? repository_listed(charter, &tuf->root) : NULL;
    bool of_none = err == OK && (*out == NULL || (*out)->dialect != tuf->dialect);
    free(tuf);
    if (!of_none)
        return err;
    return refuse(refusal, "R12",
        "This root lists none of the appliance's root keys as their repository's dialect has "
        "it, so it belongs to no repository here: make the draft with `conclave root plan`.");
}
