// A new charter (R7): who may ask, approve and sign from now on. What charter_read holds against
// every charter holds for it too; here is what only the step from one to the next can break.
#include "policy/govern_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// ---- judging: the house stays what it is ----

static enum err head_rule(
    const struct govern_case *given, const struct charter *next, struct refusal *refusal)
{
    const struct charter *now = given->charter;
    if (next->epoch != given->item->version)
        return refuse(refusal, "R7",
            "The charter says epoch %" PRIu64 ", but its request asks for %" PRIu64
            ": ask for what it says.",
            next->epoch, given->item->version);
    if (!hash_equal(&next->previous, &now->hash))
        return refuse(refusal, "R7",
            "The charter was not made from the one in force, which is epoch %" PRIu64
            ": compile it anew over that.",
            now->epoch);
    if (!hash_equal(&next->log, &now->log))
        return refuse(refusal, "R7",
            "The charter names another log key, but the log key is the appliance: leave the "
            "line as it is.");
    if (strcmp(next->origin, now->origin) != 0)
        return refuse(refusal, "R7",
            "The charter calls the log %s, but every checkpoint says %s: leave the line as it "
            "is.",
            next->origin, now->origin);
    return OK;
}

static enum err dialect_rule(
    const struct charter *now, const struct charter *next, struct refusal *refusal)
{
    for (size_t i = 0; i < next->repository_count; i++)
        for (size_t old = 0; old < now->repository_count; old++)
            if (strcmp(next->repositories[i].name, now->repositories[old].name) == 0 &&
                (next->repositories[i].dialect != now->repositories[old].dialect ||
                    next->repositories[i].kind != now->repositories[old].kind))
                return refuse(refusal, "R2",
                    "The repository %s keeps the dialect and the kind with which it was made: "
                    "give others to another repository.",
                    next->repositories[i].name);
    return OK;
}

// The last version of a role is remembered even when no charter names the role any more: should
// one do so again, it goes on from there (R12).
static enum err memory_rule(
    const struct state *state, const struct charter *next, struct refusal *refusal)
{
    size_t count = state->role_count - state_vehicles(state);
    for (size_t i = 0; i < next->role_count; i++)
        count += state_role(state, next->roles[i].name) == NULL;
    if (count <= LIMIT_ROLES)
        return OK;
    return refuse(refusal, "R20",
        "With these roles and those that signed before, the appliance would remember %zu, and "
        "it remembers at most %d: leave new ones out, or give them names that signed before.",
        count, LIMIT_ROLES);
}

// ---- judging: keys ----

static enum err origin_rule(const struct govern_case *given, const char *role,
    const struct hash *key, struct refusal *refusal)
{
    const struct key_state *beside = state_key(given->state, key);
    if (govern_has_key(given->charter, role, key))
        return OK;
    if (beside == NULL || strcmp(beside->role, role) != 0)
        return refuse(refusal, "R18",
            "The charter gives %s a key that was not made in the token for it: have one made, "
            "and name that.",
            role);
    if (beside->retired)
        return refuse(refusal, "R18",
            "The charter gives %s a key that is retired, and none comes back: have another one "
            "made.",
            role);
    return OK;
}

static enum err keys_rule(
    const struct govern_case *given, const struct charter *next, struct refusal *refusal)
{
    bool signs[LIMIT_ROLES] = {false};
    for (size_t i = 0; i < next->key_count; i++) {
        const struct role_key *key = &next->keys[i];
        const struct key_state *beside = state_key(given->state, &key->key.id);
        if (origin_rule(given, next->roles[key->role].name, &key->key.id, refusal) != OK)
            return ERR_REFUSED;
        signs[key->role] = signs[key->role] || beside == NULL || !beside->retired;
    }
    for (size_t i = 0; i < next->role_count; i++)
        if (!signs[i])
            return refuse(refusal, "R18",
                "All keys that the charter gives %s are retired, and it could never sign: give "
                "it one that is not, or leave it out.",
                next->roles[i].name);
    return OK;
}

static bool is_dropped(const struct charter *next, const struct charter *now, size_t key)
{
    return !govern_has_key(next, now->roles[now->keys[key].role].name, &now->keys[key].key.id);
}

static bool is_taken(const struct charter *next, const struct key_state *beside)
{
    return !beside->retired && govern_has_key(next, beside->role, &beside->key.id);
}

// What the charter drops is retired and stays in the token until it is destroyed.
static enum err room_rule(
    const struct govern_case *given, const struct charter *next, struct refusal *refusal)
{
    const struct charter *now = given->charter;
    size_t count = given->state->spare_count;
    for (size_t i = 0; i < given->state->spare_count; i++)
        count -= is_taken(next, &given->state->spare[i]);
    for (size_t i = 0; i < now->key_count; i++)
        count +=
            is_dropped(next, now, i) && state_key(given->state, &now->keys[i].key.id) == NULL;
    if (count <= LIMIT_SPARE)
        return OK;
    return refuse(refusal, "R20",
        "With the keys that the charter drops, the token would hold %zu spare and retired "
        "ones, and it keeps at most %d: drop fewer at once, or destroy retired ones first.",
        count, LIMIT_SPARE);
}

// ---- judging: all of it ----

static enum err step_rules(
    const struct govern_case *given, const struct charter *next, struct refusal *refusal)
{
    enum err err = head_rule(given, next, refusal);
    if (err == OK)
        err = dialect_rule(given->charter, next, refusal);
    if (err == OK)
        err = memory_rule(given->state, next, refusal);
    if (err == OK)
        err = keys_rule(given, next, refusal);
    if (err == OK)
        err = room_rule(given, next, refusal);
    return err == OK ? govern_proofs(given, next, refusal) : err;
}

enum err charter_motion_judge(
    const struct govern_case *given, struct govern *out, struct refusal *refusal)
{
    if (out->charter == NULL)
        out->charter = charter_new();
    if (out->charter == NULL)
        return ERR_MEMORY;
    enum err err = charter_read(given->payload, out->charter, refusal);
    if (err == ERR_FORM)
        return ERR_REFUSED; // with the line that is wrong
    if (err == OK)
        err = step_rules(given, out->charter, refusal);
    if (err == OK)
        govern_decides_charter(out);
    return err;
}

// ---- carrying out ----

static void drop_taken_spares(const struct charter *next, struct state *state)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->spare_count; i++)
        if (!is_taken(next, &state->spare[i]))
            state->spare[kept++] = state->spare[i];
    state->spare_count = kept;
}

static enum err retire_dropped(
    const struct charter *now, const struct charter *next, struct state *state)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < now->key_count; i++) {
        struct key_state retired = {.key = now->keys[i].key, .retired = true};
        if (!is_dropped(next, now, i) || state_key(state, &retired.key.id) != NULL)
            continue;
        snprintf(retired.role, sizeof retired.role, "%s", now->roles[now->keys[i].role].name);
        err = state_set_key(state, &retired);
    }
    return err;
}

static void drop_freezes_of_gone_roles(const struct charter *next, struct state *state)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->freeze_count; i++) {
        const struct freeze_of *of = &state->freezes[i].of;
        bool gone = of->what == FREEZE_ROLE && motion_of(of->role) == MOTION_NONE &&
                    charter_role(next, of->role) == NULL;
        if (!gone)
            state->freezes[kept++] = state->freezes[i];
    }
    state->freeze_count = kept;
}

// Only what the charter names can add signatures, and so the lines always fit.
static void drop_signed_of_gone_keys(const struct charter *next, struct state *state)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->signed_count; i++)
        if (govern_has_key(next, state->signed_[i].role, &state->signed_[i].key))
            state->signed_[kept++] = state->signed_[i];
    state->signed_count = kept;
}

enum err charter_motion_apply(const struct govern_step *step, struct state *state)
{
    const struct charter *next = step->govern->charter;
    drop_taken_spares(next, state);
    drop_freezes_of_gone_roles(next, state);
    drop_signed_of_gone_keys(next, state);
    govern_end_mandates(step->charter, next, state);
    state->freezer_count = 0;
    state->epoch = next->epoch;
    state->charter = next->hash;
    return retire_dropped(step->charter, next, state);
}
