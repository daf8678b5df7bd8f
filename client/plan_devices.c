// What devices will see that hold an older root, and which roles must be signed again at once.
#include "client/plan_part.h"
#include "metadata/judge.h"

#include <inttypes.h>
#include <string.h>

// Signatures around a root: an object of an RSA-4096 key, the largest, and a comma.
enum { SIGNATURE_MOST = 1200 };

// ---- roles whose keys change ----

static bool keys_change(const struct plan *plan, enum tuf_type type)
{
    for (size_t i = 0; i < plan->key_count; i++)
        if (plan->keys[i].role == type && plan->keys[i].change != PLAN_STAYS)
            return true;
    return false;
}

static struct plan_role *role_of(struct plan *plan, enum tuf_type type)
{
    size_t at = 0;
    while (at + 1 < TUF_ROOT_ROLES && plan->roles[at].type != type)
        at++;
    return &plan->roles[at];
}

// Some of the keys that stay may never have signed: where any goes, nobody knows who is left.
static bool loses_keys(const struct plan *plan, enum tuf_type type)
{
    for (size_t i = 0; i < plan->key_count; i++)
        if (plan->keys[i].role == type && plan->keys[i].change == PLAN_GOES)
            return true;
    return false;
}

// A file names the one before it by its hash, signatures included: so what is signed again has the
// next one signed again too.
static void mark_again(struct plan *plan)
{
    static const enum tuf_type order[] = {TUF_TARGETS, TUF_SNAPSHOT, TUF_TIMESTAMP};
    bool again = false;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        struct plan_role *role = role_of(plan, order[i]);
        again = again || loses_keys(plan, order[i]) || role->threshold > role->before;
        role->again = plan->last_version > 0 && again;
    }
}

static void note_roles(struct plan *plan)
{
    static const enum tuf_type cached[] = {TUF_SNAPSHOT, TUF_TIMESTAMP};
    for (size_t i = 0; i < sizeof cached / sizeof cached[0]; i++)
        if (keys_change(plan, cached[i]))
            bytes_add_format(&plan->notes,
                "The keys of %s change: clients forget what snapshot and timestamp said.\n",
                tuf_type_text(cached[i]));
    for (size_t i = 1; i < TUF_ROOT_ROLES; i++)
        if (plan->roles[i].again)
            bytes_add_format(&plan->notes,
                "%s must be signed again at once: until then clients of the next root may find "
                "no %s that they accept.\n",
                tuf_type_text(plan->roles[i].type), tuf_type_text(plan->roles[i].type));
}

static void note_thresholds(struct plan *plan)
{
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++) {
        const struct plan_role *role = &plan->roles[i];
        if (role->before > 0 && role->threshold != role->before)
            bytes_add_format(&plan->notes,
                "The threshold of %s is %s to %" PRId64 ", and it was %" PRId64 ".\n",
                tuf_type_text(role->type),
                role->threshold < role->before ? "LOWERED" : "raised", role->threshold,
                role->before);
    }
}

static void note_ids(struct plan *plan)
{
    for (size_t i = 0; i < plan->key_count; i++)
        if (plan->keys[i].was[0] != 0)
            bytes_add_format(&plan->notes,
                "Key %.16s... of %s was listed as %.16s...: the next root names it as the "
                "dialect does.\n",
                plan->keys[i].id, tuf_type_text(plan->keys[i].role), plan->keys[i].was);
}

// ---- a draft that the charter has left behind ----

// What a root lists in vain: its place would be another key's.
static void note_unable(struct plan *plan)
{
    for (size_t i = 0; i < plan->key_count; i++) {
        const struct plan_key *key = &plan->keys[i];
        if (key->change != PLAN_GOES && key->holder == PLAN_UNABLE && key->custodian == NULL)
            bytes_add_format(&plan->notes,
                "Key %.16s... is listed for %s and signs no more: make the draft anew.\n",
                key->id, tuf_type_text(key->role));
    }
}

static bool is_listed(const struct plan *plan, const struct hash *identity)
{
    for (size_t i = 0; i < plan->key_count; i++)
        if (plan->keys[i].change != PLAN_GOES && hash_equal(&plan->keys[i].identity, identity))
            return true;
    return false;
}

static bool is_roots(const struct plan_view *view, const struct role *role)
{
    const char *name = role_short_name(role);
    return charter_repository(view->given->charter, role) == view->repository &&
           (tuf_type_of_role(name) != TUF_TARGETS || strcmp(name, "targets") == 0);
}

static void note_left_out(const struct plan_view *view, struct plan *plan)
{
    const struct charter *charter = view->given->charter;
    for (size_t i = 0; i < charter->key_count; i++) {
        const struct role_key *own = &charter->keys[i];
        struct hash id = tuf_key_id(plan->dialect, &own->key);
        char hex[2 * HASH_SIZE + 1];
        hash_hex(&id, hex);
        if (is_roots(view, &charter->roles[own->role]) &&
            state_key(view->given->state, &own->key.id) == NULL &&
            !is_listed(plan, &own->key.id))
            bytes_add_format(&plan->notes,
                "The charter has key %.16s... for %s, and this root does not list it: what it "
                "signs counts for nobody.\n",
                hex, charter->roles[own->role].name);
    }
}

// ---- the way of devices ----

static void note_walk(struct plan *plan)
{
    if (plan->last_version == 0) {
        bytes_add_text(&plan->notes,
            "This is the first root: devices take it as they are made, and trust it from then "
            "on.\n");
        return;
    }
    bytes_add_format(&plan->notes,
        "Devices walk from the version that they hold by one at a time. Those with version "
        "%" PRIu64 " accept version %" PRIu64 " when it has %" PRId64
        " of the last root's keys and %" PRId64 " of the next root's on it.\n",
        plan->last_version, plan->version, plan->old.need, plan->new_.need);
}

// "Version 3 is", "Versions 1 to 3 are".
static void add_versions(struct bytes *out, uint64_t first, uint64_t last)
{
    if (first == last)
        bytes_add_format(out, "Version %" PRIu64 " is", first);
    else
        bytes_add_format(out, "Versions %" PRIu64 " to %" PRIu64 " are", first, last);
}

// Which versions are at hand: one run, since each names the one before it.
static void note_chain(const struct plan_case *given, struct plan *plan)
{
    if (given->chain_count == 0 || plan->last_version == 0)
        return;
    uint64_t first = given->chain[0].version;
    add_versions(&plan->notes, first, given->chain[given->chain_count - 1].version);
    bytes_add_text(&plan->notes, " in this appliance's log.\n");
    if (first <= 1)
        return;
    add_versions(&plan->notes, 1, first - 1);
    bytes_add_text(&plan->notes,
        " not: devices that hold so old a root need the files from where they were signed.\n");
}

static void note_one_expired(const struct plan_link *link, bool last, struct plan *plan)
{
    char expires[MOMENT_TEXT + 1];
    moment_write(link->expires, expires);
    bytes_add_format(&plan->notes,
        "Version %" PRIu64 " has expired (%s): devices walk over it, %s.\n", link->version,
        expires,
        last ? "but take nothing else before they have the next"
             : "for only the newest may not have expired");
}

static void note_expired(const struct plan_view *view, struct plan *plan)
{
    const struct plan_case *given = view->given;
    for (size_t i = 0; i < given->chain_count; i++)
        if (given->chain[i].version < plan->last_version &&
            given->chain[i].expires <= given->now)
            note_one_expired(&given->chain[i], false, plan);
    const struct plan_link last = {plan->last_version, plan->last_expires};
    if (plan->last_version > 0 && plan->last_expires <= given->now)
        note_one_expired(&last, true, plan);
}

static void note_size(const struct plan_view *view, struct plan *plan)
{
    size_t signatures = 0, taken = judge_file_most(view->repository, TUF_ROOT);
    for (size_t i = 0; i < plan->key_count; i++)
        signatures += plan->keys[i].role == TUF_ROOT;
    size_t most = plan->size + signatures * SIGNATURE_MOST;
    if (plan->dialect != DIALECT_UPTANE)
        return;
    bytes_add_format(&plan->notes,
        "The payload has %zu bytes, with signatures at most %zu. Uptane clients take %zu and "
        "skip a larger root without a word.%s\n",
        plan->size, most, taken, most > taken ? " List fewer keys." : "");
}

static void note_consistent(const struct plan_view *view, struct plan *plan)
{
    if (view->last.type != TUF_NONE &&
        view->last.root.consistent_snapshot != view->next.root.consistent_snapshot)
        bytes_add_text(&plan->notes,
            "consistent_snapshot changes: clients ask for files by other names.\n");
}

void plan_devices(const struct plan_view *view, struct plan *plan)
{
    mark_again(plan);
    note_walk(plan);
    note_chain(view->given, plan);
    note_expired(view, plan);
    note_thresholds(plan);
    note_ids(plan);
    note_unable(plan);
    note_left_out(view, plan);
    note_roles(plan);
    note_consistent(view, plan);
    note_size(view, plan);
}
