#include "metadata/judge.h"

#include "metadata/judge_part.h"
#include "metadata/rule.h"
#include "policy/chain.h"
#include "proto/name.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 24 * 3600 };

// Of what clients take, the signatures around a payload may need so much: in `tuf` 64 of them in hex,
// but a timestamp few; in `uptane` the 20 largest in base64.
enum { SIGNATURES_ROOM = 16 * 1024, TIMESTAMP_ROOM = 4 * 1024 };

// What stock clients take of each type of file (formats reference, section 1), and the room for
// signatures in it. An `uptane` client skips a larger root without a word.
static const struct measure {
    enum dialect dialect;
    enum repository_kind kind; // KIND_NONE: of both
    enum tuf_type type;
    size_t file_most; // bytes, signatures included
    size_t room;
} measures[] = {
    {DIALECT_TUF, KIND_NONE, TUF_ROOT, 512000, SIGNATURES_ROOM},
    {DIALECT_TUF, KIND_NONE, TUF_TARGETS, 5000000, SIGNATURES_ROOM},
    {DIALECT_TUF, KIND_NONE, TUF_SNAPSHOT, 2000000, SIGNATURES_ROOM},
    {DIALECT_TUF, KIND_NONE, TUF_TIMESTAMP, 16384, TIMESTAMP_ROOM},
    {DIALECT_UPTANE, KIND_NONE, TUF_ROOT, 64 * 1024, SIGNATURES_ROOM},
    {DIALECT_UPTANE, KIND_IMAGE, TUF_TARGETS, LIMIT_PAYLOAD, SIGNATURES_ROOM},
    {DIALECT_UPTANE, KIND_DIRECTOR, TUF_TARGETS, 64 * 1024, SIGNATURES_ROOM},
    {DIALECT_UPTANE, KIND_NONE, TUF_SNAPSHOT, 64 * 1024, SIGNATURES_ROOM},
    {DIALECT_UPTANE, KIND_NONE, TUF_TIMESTAMP, 64 * 1024, SIGNATURES_ROOM},
};
static_assert(LIMIT_PAYLOAD == 8 * 1024 * 1024, "what an Uptane client takes of Image targets");

static enum err (*const judges[])(const struct judge_view *view, struct refusal *refusal) = {
    [TUF_ROOT] = judge_root,
    [TUF_TARGETS] = judge_targets,
    [TUF_SNAPSHOT] = judge_snapshot,
    [TUF_TIMESTAMP] = judge_timestamp,
};

static const struct measure *measure_of(const struct repository *repository, enum tuf_type type)
{
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++)
        if (measures[i].dialect == repository->dialect && measures[i].type == type &&
            (measures[i].kind == KIND_NONE || measures[i].kind == repository->kind))
            return &measures[i];
    return NULL;
}

size_t judge_file_most(const struct repository *repository, enum tuf_type type)
{
    const struct measure *measure = measure_of(repository, type);
    return measure == NULL ? 0 : measure->file_most;
}

static size_t payload_most(const struct repository *repository, enum tuf_type type)
{
    const struct measure *measure = measure_of(repository, type);
    return measure == NULL ? 0 : measure->file_most - measure->room;
}

void judge_sibling_name(
    const struct judge_view *view, struct span short_name, char out[FULL_NAME])
{
    const char *vehicle = item_vehicle(view->given->item->role);
    judge_full_name(view, short_name, out);
    size_t size = strlen(out);
    if (vehicle != NULL)
        snprintf(out + size, FULL_NAME - size, "@%s", vehicle);
}

void judge_full_name(const struct judge_view *view, struct span short_name, char out[FULL_NAME])
{
    const char *name = view->given->role->name;
    snprintf(out, FULL_NAME, "%.*s/%.*s", (int)strcspn(name, "/"), name,
        (int)(short_name.size < LIMIT_ROLE_NAME ? short_name.size : LIMIT_ROLE_NAME),
        (const char *)short_name.data);
}

static enum err check_bytes(const struct judge_case *given, struct refusal *refusal)
{
    struct hash hash = hash_of(given->payload);
    if (!hash_equal(&hash, &given->item->payload))
        return rule_refuse(refusal, RULE_PAYLOAD_NAMED,
            "The payload for %s is not the one that the request names by its hash: send that.",
            given->role->name);
    return OK;
}

static enum err check_type(const struct judge_view *view, struct refusal *refusal)
{
    enum tuf_type demanded = tuf_type_of_role(view->short_name);
    if (view->tuf.type != demanded)
        return rule_refuse(refusal, RULE_TYPE_OF_ROLE,
            "%s signs metadata of type %s, and this is of type %s.", view->given->role->name,
            tuf_type_text(demanded), tuf_type_text(view->tuf.type));
    size_t most = payload_most(view->repository, demanded);
    if (view->given->payload.size > most)
        return rule_refuse(refusal, RULE_PAYLOAD_SIZE,
            "The payload for %s has %zu bytes, and with its signatures clients would not take "
            "it: at most %zu.",
            view->given->role->name, view->given->payload.size, most);
    return OK;
}

// By which rule a version that the chain does not take is refused.
static enum rule_id chain_rule(const struct state *state, const struct item *item)
{
    const struct role_state *last = state_role(state, item->role);
    if (last != NULL && item->version == last->version)
        return RULE_VERSION_ONCE;
    const char *short_name = item->role + strcspn(item->role, "/") + 1;
    return tuf_type_of_role(short_name) == TUF_ROOT ? RULE_ROOT_NEXT : RULE_VERSION_RISES;
}

static enum err check_version(const struct judge_view *view, struct refusal *refusal)
{
    const struct item *item = view->given->item;
    if (view->tuf.version != item->version)
        return rule_refuse(refusal, RULE_VERSION_NAMED,
            "The request names version %" PRIu64 " of %s, but its payload is version %" PRIu64
            ": make them equal.",
            item->version, item->role, view->tuf.version);
    return rule_name(refusal, chain_rule(view->given->state, item),
        chain_follows(view->given->state, item, refusal));
}

static bool expires_in_time(const struct judge_view *view)
{
    const struct role *role = view->given->role;
    int64_t ahead = view->tuf.expires - view->given->now;
    return ahead > 0 && ahead >= role->least && ahead <= role->most;
}

static enum err check_expiry(const struct judge_view *view, struct refusal *refusal)
{
    const struct role *role = view->given->role;
    char expires[MOMENT_TEXT + 1], now[MOMENT_TEXT + 1];
    int64_t ahead = view->tuf.expires - view->given->now;
    if (expires_in_time(view))
        return OK;
    moment_write(view->tuf.expires, expires);
    moment_write(view->given->now, now);
    if (ahead <= 0)
        return rule_refuse(refusal, RULE_EXPIRED,
            "%s expires %s, and it is %s: give it a later expiry.", role->name, expires, now);
    if (ahead < role->least)
        return rule_refuse(refusal, RULE_EXPIRES_SOON,
            "%s expires %s, but the charter demands at least %" PRId64 " seconds (%" PRId64
            " days) from now, %s.",
            role->name, expires, role->least, role->least / DAY, now);
    return rule_refuse(refusal, RULE_EXPIRES_LATE,
        "%s expires %s, but the charter allows at most %" PRId64 " seconds (%" PRId64
        " days) from now, %s.",
        role->name, expires, role->most, role->most / DAY, now);
}

// The payloads that came along must be those that the state remembers.
static enum err check_remembered(const struct judge_case *given, const char *role,
    struct span payload, struct refusal *refusal)
{
    struct hash last = chain_previous(given->state, role);
    struct hash hash = payload.size == 0 ? (struct hash){0} : hash_of(payload);
    if (!hash_equal(&hash, &last))
        return rule_refuse(
            refusal, RULE_LAST_AT_HAND, "What %s signed last is not at hand.", role);
    return OK;
}

// Targets that delegate to nobody need no key of the root: it is enough that one was signed and is at
// hand. To hash and read it costs more than such Targets themselves.
static bool needs_root(const struct judge_view *view, const char *root)
{
    struct hash last = chain_previous(view->given->state, root);
    return view->tuf.type != TUF_TARGETS || view->tuf.delegations.size > 0 ||
           view->given->root.size == 0 || hash_is_none(&last);
}

static enum err read_root(struct judge_view *view, struct refusal *refusal)
{
    char name[FULL_NAME];
    judge_full_name(view, span_text("root"), name);
    if (!needs_root(view, name))
        return OK;
    enum err err = check_remembered(view->given, name, view->given->root, refusal);
    if (err != OK)
        return err;
    if (view->given->root.size > 0)
        return tuf_read_past(
            view->repository->dialect, view->given->root, &view->root, refusal);
    if (view->tuf.type == TUF_ROOT)
        return OK;
    return rule_refuse(refusal, RULE_ROOT_FIRST,
        "%s was never signed here: sign the root first, then %s.", name,
        view->given->role->name);
}

static enum err judge_read(
    struct judge_view *view, struct tuf_entries *entries, struct refusal *refusal)
{
    enum err err = tuf_read_entries(
        view->repository->dialect, view->given->payload, entries, &view->tuf, refusal);
    if (err == OK)
        err = check_type(view, refusal);
    if (err == OK)
        err = check_version(view, refusal);
    if (err == OK)
        err = check_expiry(view, refusal);
    if (err == OK)
        err = read_root(view, refusal);
    if (err == OK)
        err = check_remembered(
            view->given, view->given->item->role, view->given->previous, refusal);
    return err;
}

enum err judge_payload(
    const struct judge_case *judged, struct judge_facts *facts, struct refusal *refusal)
{
    struct rule_set warnings = {{0}};
    struct judge_view view; // every member is set: most of it is room for two roots
    struct tuf_entries images = {0};
    if (judged->role == NULL || !item_is_of(judged->item->role, judged->role->name))
        return rule_refuse(
            refusal, RULE_ROLE_KNOWN, "The charter has no role %s.", judged->item->role);
    view.given = judged;
    view.warnings = &warnings;
    tuf_init(&view.root);
    view.repository = charter_repository(judged->charter, judged->role);
    view.short_name = role_short_name(judged->role);
    enum err err = check_bytes(judged, refusal);
    if (err == OK)
        err = judge_read(&view, &images, refusal);
    if (err == OK)
        err = judges[view.tuf.type](&view, refusal);
    tuf_entries_clear(&images);
    if (err == OK)
        *facts = (struct judge_facts){view.tuf.version, view.tuf.expires, warnings};
    return err;
}
