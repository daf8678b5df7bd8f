// What follows from a payload: keys that come, stay and go, and who can have them sign.
#include "client/plan_part.h"
#include "metadata/judge.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(PLAN_KEYS_MOST >= 2 * TUF_KEYS_MOST, "each key of both roots has a line");

// ---- judging ----

static enum err judge(
    const struct plan_view *view, struct span payload, struct refusal *refusal)
{
    struct judge_facts facts;
    const struct plan_case *given = view->given;
    struct item item = {.version = view->next.version, .payload = hash_of(payload)};
    (void)snprintf(item.role, sizeof item.role, "%s", view->role->name);
    const struct judge_case judged = {
        .charter = given->charter,
        .role = view->role,
        .state = given->state,
        .item = &item,
        .payload = payload,
        .previous = given->last,
        .root = given->last,
        .now = given->now,
    };
    return judge_payload(&judged, &facts, refusal);
}

// ---- keys ----

static void write_id(struct span id, char out[2 * HASH_SIZE + 1])
{
    (void)snprintf(out, 2 * HASH_SIZE + 1, "%.*s", (int)id.size, (const char *)id.data);
}

// The key as a role of that root lists it, under whatever id (R21); NULL when it does not.
static const struct tuf_key *listed_in(
    const struct tuf *tuf, enum tuf_type type, const struct hash *identity)
{
    if (tuf->type == TUF_NONE)
        return NULL;
    const struct tuf_role *role = tuf_root_role(&tuf->root, type);
    for (size_t i = 0; i < role->keyid_count; i++) {
        const struct tuf_key *key = tuf_root_key(&tuf->root, role->keyids[i]);
        if (key != NULL && hash_equal(&key->identity, identity))
            return key;
    }
    return NULL;
}

static struct plan_key *add_key(const struct plan_view *view, struct plan *plan,
    enum tuf_type type, const struct tuf_key *listed)
{
    struct key key;
    struct plan_key *one = &plan->keys[plan->key_count++];
    *one = (struct plan_key){.role = type, .identity = listed->identity};
    one->holder = plan_holder(view, type, &listed->identity, &one->custodian);
    one->type = tuf_key_from(listed, &key) == OK ? key.type : KEY_NONE;
    write_id(listed->id, one->id);
    return one;
}

static void add_next(const struct plan_view *view, struct plan *plan, enum tuf_type type)
{
    const struct tuf_role *role = tuf_root_role(&view->next.root, type);
    for (size_t i = 0; i < role->keyid_count; i++) {
        const struct tuf_key *now = tuf_root_key(&view->next.root, role->keyids[i]);
        const struct tuf_key *before = listed_in(&view->last, type, &now->identity);
        struct plan_key *one = add_key(view, plan, type, now);
        one->change = before == NULL ? PLAN_COMES : PLAN_STAYS;
        if (before != NULL && !span_equal(before->id, now->id))
            write_id(before->id, one->was);
    }
}

static bool has_key(const struct plan *plan, enum tuf_type type, const struct hash *identity)
{
    for (size_t i = 0; i < plan->key_count; i++)
        if (plan->keys[i].role == type && hash_equal(&plan->keys[i].identity, identity))
            return true;
    return false;
}

// A past root may list one key twice, under two ids.
static void add_gone(const struct plan_view *view, struct plan *plan, enum tuf_type type)
{
    if (view->last.type == TUF_NONE)
        return;
    const struct tuf_role *role = tuf_root_role(&view->last.root, type);
    for (size_t i = 0; i < role->keyid_count; i++) {
        const struct tuf_key *before = tuf_root_key(&view->last.root, role->keyids[i]);
        if (before == NULL || has_key(plan, type, &before->identity) ||
            plan->key_count == PLAN_KEYS_MOST)
            continue;
        add_key(view, plan, type, before)->change = PLAN_GOES;
    }
}

// ---- thresholds ----

bool plan_counts_before(const struct plan_key *key)
{
    return key->role == TUF_ROOT && key->change != PLAN_COMES;
}

bool plan_counts_after(const struct plan_key *key)
{
    return key->role == TUF_ROOT && key->change != PLAN_GOES;
}

static void count(struct plan_threshold *threshold, enum plan_holder holder)
{
    threshold->itself += holder == PLAN_ITSELF;
    threshold->custodians += holder == PLAN_CUSTODIAN;
    threshold->elsewhere += holder == PLAN_ELSEWHERE;
    threshold->unable += holder == PLAN_UNABLE;
}

static void count_thresholds(struct plan *plan)
{
    plan->old.need = plan->roles[0].before;
    plan->new_.need = plan->roles[0].threshold;
    for (size_t i = 0; i < plan->key_count; i++) {
        if (plan->old.need > 0 && plan_counts_before(&plan->keys[i]))
            count(&plan->old, plan->keys[i].holder);
        if (plan_counts_after(&plan->keys[i]))
            count(&plan->new_, plan->keys[i].holder);
    }
}

int64_t plan_spare(const struct plan_threshold *threshold)
{
    return (int64_t)(threshold->itself + threshold->custodians + threshold->elsewhere) -
           threshold->need;
}

bool plan_must(const struct plan *plan, const struct plan_key *key)
{
    return key->holder == PLAN_CUSTODIAN &&
           ((plan_counts_after(key) && plan_spare(&plan->new_) <= 0) ||
               (plan->old.need > 0 && plan_counts_before(key) && plan_spare(&plan->old) <= 0));
}

static enum err reachable(
    const struct plan_threshold *threshold, const char *which, struct refusal *refusal)
{
    int64_t spare = plan_spare(threshold);
    if (spare >= 0)
        return OK;
    return refuse(refusal, "R12",
        "The threshold of %s root needs %" PRId64 " keys, and %zu can still sign: %" PRId64
        " too few. %s",
        which, threshold->need, (size_t)(threshold->need + spare), -spare,
        strcmp(which, "the last") == 0
            ? "No client would follow; only who gets a lost key or custodian back can go on."
            : "Lower it (--threshold root=N), or list keys that can sign.");
}

enum err plan_reachable(const struct plan *plan, struct refusal *refusal)
{
    enum err err = reachable(&plan->old, "the last", refusal);
    return err == OK ? reachable(&plan->new_, "the next", refusal) : err;
}

// A charter gives nobody two keys of a role; should one do so, two keys would be one person's (R5).
static enum err check_custodians(const struct plan *plan, struct refusal *refusal)
{
    for (size_t i = 0; i < plan->key_count; i++)
        for (size_t k = 0; k < i; k++)
            if (plan->keys[i].role == plan->keys[k].role && plan->keys[i].custodian != NULL &&
                plan->keys[i].custodian == plan->keys[k].custodian)
                return refuse(refusal, "R5",
                    "%s is custodian of two keys of %s, and would count for two: name another "
                    "custodian.",
                    plan->keys[i].custodian->name, tuf_type_text(plan->keys[i].role));
    return OK;
}

// ---- the whole ----

static void fill_roles(const struct plan_view *view, struct plan *plan)
{
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++) {
        enum tuf_type type = plan_role_at(i);
        plan->roles[i] = (struct plan_role){
            .type = type, .threshold = tuf_root_role(&view->next.root, type)->threshold};
        if (view->last.type != TUF_NONE)
            plan->roles[i].before = tuf_root_role(&view->last.root, type)->threshold;
        add_next(view, plan, type);
        add_gone(view, plan, type);
    }
}

static void fill(const struct plan_view *view, struct plan *plan)
{
    bytes_reset(&plan->notes);
    plan->key_count = 0;
    plan->old = plan->new_ = (struct plan_threshold){0};
    plan->role = view->role;
    plan->dialect = view->repository->dialect;
    plan->version = view->next.version;
    plan->expires = view->next.expires;
    plan->until = view->next.expires - view->role->least;
    plan->last_version = view->last.version;
    plan->last_expires = view->last.expires;
    plan->size = view->next.whole.size;
    fill_roles(view, plan);
    count_thresholds(plan);
    plan_devices(view, plan);
}

enum err plan_read(const struct plan_case *given, struct span payload, struct plan *out,
    struct refusal *refusal)
{
    enum err err;
    struct plan_view *view = plan_view_new(given, &err, refusal);
    if (view == NULL)
        return err;
    err = tuf_read(view->repository->dialect, payload, &view->next, refusal);
    if (err == OK)
        err = judge(view, payload, refusal);
    if (err == OK) {
        fill(view, out);
        err = check_custodians(out, refusal);
    }
    if (err == OK)
        err = bytes_finish(&out->notes);
    plan_view_free(view);
    return err;
}
