// The next root's payload, from the charter's keys and those of other appliances.
#include "client/plan_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    YEAR = 365 * 24 * 3600,
    // A root of TUF_KEYS_MOST keys of the longest kind has 150 KB.
    DRAFT_MOST = 512 * 1024,
};
// Of the TUF specification by which metadata/ reads, for a first root.
#define SPEC_VERSION "1.0.31"

// A key that the next root lists, or a name by which one is dropped.
struct listed {
    enum tuf_type role;
    struct key key;
    char id[2 * HASH_SIZE + 1];
};

struct draft_root {
    const struct plan_view *view;
    struct listed keys[TUF_KEYS_MOST];
    size_t count;
    bool used[PLAN_NAMED_MOST]; // which drops have met a key
    int64_t thresholds[TUF_ROOT_ROLES];
    moment expires;
};

// ---- what is dropped ----

static bool is_named(const char *drop, const char *id, const struct hash *identity)
{
    char hex[2 * HASH_SIZE + 1];
    size_t size = strlen(drop);
    hash_hex(identity, hex);
    return size >= PLAN_PREFIX_LEAST &&
           (strncmp(drop, id, size) == 0 || strncmp(drop, hex, size) == 0);
}

static bool is_dropped(struct draft_root *draft, const char *id, const struct hash *identity)
{
    const struct plan_case *given = draft->view->given;
    bool found = false;
    for (size_t i = 0; i < given->drop_count; i++)
        if (is_named(given->drops[i], id, identity))
            found = draft->used[i] = true;
    return found;
}

static enum err check_drops(const struct draft_root *draft, struct refusal *refusal)
{
    for (size_t i = 0; i < draft->view->given->drop_count; i++)
        if (!draft->used[i])
            return refuse(refusal, "R12",
                "Neither the last root nor the charter has a key that begins with \"%s\", to "
                "be "
                "dropped: give at least %d digits of a key id.",
                draft->view->given->drops[i], PLAN_PREFIX_LEAST);
    return OK;
}

// ---- what is listed ----

static const struct listed *find(const struct draft_root *draft, const struct hash *identity)
{
    for (size_t i = 0; i < draft->count; i++)
        if (hash_equal(&draft->keys[i].key.id, identity))
            return &draft->keys[i];
    return NULL;
}

static enum err check_listed(const struct draft_root *draft, enum tuf_type role,
    const struct key *key, const char *id, struct refusal *refusal)
{
    const struct listed *before = find(draft, &key->id);
    enum dialect dialect = draft->view->repository->dialect;
    if (!dialect_takes(dialect, key->type))
        return refuse(refusal, "R16",
            "Key %.16s... for %s is of type %s, and no client of the dialect %s reads it: take "
            "one of %s.",
            id, tuf_type_text(role), key_type_text(key->type), dialect_text(dialect),
            dialect_key_types(dialect));
    if (before != NULL)
        return refuse(refusal, "R21",
            "Key %.16s... would be listed for %s and for %s, and a key serves one role, once: "
            "drop it, or add another.",
            id, tuf_type_text(before->role), tuf_type_text(role));
    if (draft->count == TUF_KEYS_MOST)
        return refuse(refusal, "R20", "The next root would list more than %d keys: drop some.",
            TUF_KEYS_MOST);
    return OK;
}

static enum err list(struct draft_root *draft, enum tuf_type role, const struct key *key,
    struct refusal *refusal)
{
    struct listed one = {.role = role, .key = *key};
    struct hash id = tuf_key_id(draft->view->repository->dialect, key);
    hash_hex(&id, one.id);
    enum err err = check_listed(draft, role, key, one.id, refusal);
    if (err != OK)
        return err;
    size_t at = draft->count++;
    for (; at > 0 && strcmp(draft->keys[at - 1].id, one.id) > 0; at--)
        draft->keys[at] = draft->keys[at - 1];
    draft->keys[at] = one;
    return OK;
}

static enum err list_own(struct draft_root *draft, enum tuf_type type, struct refusal *refusal)
{
    char name[PLAN_ROLE_NAME], id[2 * HASH_SIZE + 1];
    const struct charter *charter = draft->view->given->charter;
    enum err err = OK;
    plan_role_name(draft->view, type, name);
    for (size_t i = 0; err == OK && i < charter->key_count; i++) {
        const struct key *key = &charter->keys[i].key;
        struct hash keyid = tuf_key_id(draft->view->repository->dialect, key);
        hash_hex(&keyid, id);
        // Retired, and still in the charter: the next charter leaves it out, and this root does.
        if (strcmp(charter->roles[charter->keys[i].role].name, name) == 0 &&
            state_key(draft->view->given->state, &key->id) == NULL &&
            !is_dropped(draft, id, &key->id))
            err = list(draft, type, key, refusal);
    }
    return err;
}

static enum err keep_one(struct draft_root *draft, enum tuf_type type,
    const struct tuf_key *listed, struct refusal *refusal)
{
    const struct administrator *custodian;
    struct key key;
    char id[2 * HASH_SIZE + 1];
    (void)snprintf(id, sizeof id, "%.*s", (int)listed->id.size, (const char *)listed->id.data);
    bool dropped = is_dropped(draft, id, &listed->identity);
    if (dropped ||
        plan_holder(draft->view, type, &listed->identity, &custodian) != PLAN_ELSEWHERE)
        return OK;
    if (tuf_key_from(listed, &key) != OK)
        return refuse(refusal, "R16",
            "Key %.16s... of %s in the last root is of a kind that is never listed anew: drop "
            "it.",
            id, tuf_type_text(type));
    return list(draft, type, &key, refusal);
}

static enum err keep_others(
    struct draft_root *draft, enum tuf_type type, struct refusal *refusal)
{
    const struct tuf *last = &draft->view->last;
    enum err err = OK;
    if (last->type == TUF_NONE)
        return OK;
    const struct tuf_role *role = tuf_root_role(&last->root, type);
    for (size_t i = 0; err == OK && i < role->keyid_count; i++)
        err = keep_one(draft, type, tuf_root_key(&last->root, role->keyids[i]), refusal);
    return err;
}

static enum err list_all(struct draft_root *draft, struct refusal *refusal)
{
    const struct plan_case *given = draft->view->given;
    enum err err = OK;
    for (size_t i = 0; err == OK && i < TUF_ROOT_ROLES; i++)
        err = list_own(draft, plan_role_at(i), refusal);
    for (size_t i = 0; err == OK && i < TUF_ROOT_ROLES; i++)
        err = keep_others(draft, plan_role_at(i), refusal);
    for (size_t i = 0; err == OK && i < given->addition_count; i++)
        err = list(draft, given->additions[i].role, &given->additions[i].key, refusal);
    return err == OK ? check_drops(draft, refusal) : err;
}

// ---- thresholds and expiry ----

static size_t count_keys(const struct draft_root *draft, enum tuf_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < draft->count; i++)
        count += draft->keys[i].role == type;
    return count;
}

// As it was, and not below what the charter demands.
static int64_t threshold_of(const struct draft_root *draft, size_t at)
{
    char name[PLAN_ROLE_NAME];
    const struct plan_view *view = draft->view;
    enum tuf_type type = plan_role_at(at);
    plan_role_name(view, type, name);
    const struct role *role = charter_role(view->given->charter, name);
    int64_t floor = role == NULL ? 1 : (int64_t)role->threshold;
    int64_t before =
        view->last.type == TUF_NONE ? floor : tuf_root_role(&view->last.root, type)->threshold;
    if (view->given->thresholds[at] > 0)
        return (int64_t)view->given->thresholds[at];
    return before < floor ? floor : before;
}

static enum err set_thresholds(struct draft_root *draft, struct refusal *refusal)
{
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++) {
        const char *name = tuf_type_text(plan_role_at(i));
        size_t count = count_keys(draft, plan_role_at(i));
        draft->thresholds[i] = threshold_of(draft, i);
        if (count == 0)
            return refuse(refusal, "R12",
                "The next root would list no key for %s: have the charter name one, or add one "
                "of another appliance (--add %s=FILE).",
                name, name);
        if (draft->thresholds[i] > (int64_t)count)
            return refuse(refusal, "R12",
                "The next root would give %s a threshold of %" PRId64
                ", and list %zu keys for it: lower it (--threshold %s=N), or have more keys.",
                name, draft->thresholds[i], count, name);
    }
    return OK;
}

// The appliance's clock may be behind this one by what the charter allows.
static enum err set_expiry(struct draft_root *draft, struct refusal *refusal)
{
    const struct plan_view *view = draft->view;
    int64_t most = view->role->most - view->given->charter->clock;
    int64_t seconds = view->given->seconds;
    if (seconds == 0)
        seconds = most < YEAR ? most : YEAR;
    draft->expires = view->given->now + seconds;
    if (seconds >= view->role->least && seconds <= view->role->most && seconds > 0)
        return OK;
    return refuse(refusal, "R12",
        "The next root would be valid for %" PRId64 " seconds, and the charter allows %" PRId64
        " to %" PRId64 ": give another --expires.",
        seconds, view->role->least, view->role->most);
}

// ---- writing ----

static const char *type_of(enum dialect dialect)
{
    return dialect == DIALECT_UPTANE ? "Root" : "root";
}

static void write_consistent(const struct plan_view *view, struct bytes *out)
{
    const struct tuf *last = &view->last;
    bool uptane = view->repository->dialect == DIALECT_UPTANE;
    bool first = last->type == TUF_NONE;
    bool value = first ? !uptane : last->root.consistent_snapshot;
    if (uptane && !first && !last->root.says_consistent_snapshot)
        return;
    bytes_add_format(out, "\"consistent_snapshot\":%s,", value ? "true" : "false");
}

static void write_keys(const struct draft_root *draft, struct bytes *out)
{
    bytes_add_text(out, "\"keys\":{");
    for (size_t i = 0; i < draft->count; i++) {
        bytes_add_format(out, "%s\"%s\":", i == 0 ? "" : ",", draft->keys[i].id);
        tuf_key_write(draft->view->repository->dialect, &draft->keys[i].key, out);
    }
    bytes_add_text(out, "},");
}

static void write_role(const struct draft_root *draft, size_t at, struct bytes *out)
{
    enum tuf_type type = plan_role_at(at);
    bool comma = false;
    bytes_add_format(out, "%s\"%s\":{\"keyids\":[", at == 0 ? "" : ",", tuf_type_text(type));
    for (size_t i = 0; i < draft->count; i++)
        if (draft->keys[i].role == type) {
            bytes_add_format(out, "%s\"%s\"", comma ? "," : "", draft->keys[i].id);
            comma = true;
        }
    bytes_add_format(out, "],\"threshold\":%" PRId64 "}", draft->thresholds[at]);
}

static void write_spec_version(const struct plan_view *view, struct bytes *out)
{
    struct span last = view->last.spec_version;
    if (last.size == 0 && view->repository->dialect == DIALECT_UPTANE)
        return;
    bytes_add_text(out, ",\"spec_version\":\"");
    bytes_add(out, last.size == 0 ? span_text(SPEC_VERSION) : last);
    bytes_add_text(out, "\"");
}

static void write_root(const struct draft_root *draft, struct bytes *out)
{
    char expires[MOMENT_TEXT + 1];
    const struct plan_view *view = draft->view;
    moment_write(draft->expires, expires);
    bytes_add_format(out, "{\"_type\":\"%s\",", type_of(view->repository->dialect));
    write_consistent(view, out);
    bytes_add_format(out, "\"expires\":\"%s\",", expires);
    write_keys(draft, out);
    bytes_add_text(out, "\"roles\":{");
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++)
        write_role(draft, i, out);
    bytes_add_text(out, "}");
    write_spec_version(view, out);
    bytes_add_format(out, ",\"version\":%" PRIu64 "}", view->last.version + 1);
}

static enum err make(struct draft_root *draft, struct bytes *payload, struct refusal *refusal)
{
    enum err err = list_all(draft, refusal);
    if (err == OK)
        err = set_thresholds(draft, refusal);
    if (err == OK)
        err = set_expiry(draft, refusal);
    if (err != OK)
        return err;
    struct bytes text;
    bytes_init(&text, DRAFT_MOST);
    write_root(draft, &text);
    err = bytes_finish(&text);
    bytes_add(payload, bytes_span(&text));
    bytes_clear(&text);
    return err == OK ? bytes_finish(payload) : err;
}

enum err plan_make(
    const struct plan_case *given, struct bytes *payload, struct refusal *refusal)
{
    enum err err;
    struct plan_view *view = plan_view_new(given, &err, refusal);
    if (view == NULL)
        return err;
    struct draft_root *draft = calloc(1, sizeof *draft);
    if (draft != NULL) {
        draft->view = view;
        err = make(draft, payload, refusal);
    } else {
        err = ERR_MEMORY;
    }
    free(draft);
    plan_view_free(view);
    return err;
}
