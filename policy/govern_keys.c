// Keys that are made, retired and destroyed in the token (R18).
#include "policy/govern_part.h"

#include <stdio.h>
#include <string.h>

// ---- judging ----

// Of a role whose repository no charter names yet, the charter that does is held to the same.
static enum err make_rule(
    const struct charter *charter, const struct keys_make *make, struct refusal *refusal)
{
    const struct repository *repository = charter_repository_of(charter, make->role);
    if (motion_reserves(make->role))
        return refuse(refusal, "R2",
            "%s is no role of a repository, and has no keys: make the key for another role.",
            make->role);
    if (repository == NULL || dialect_takes(repository->dialect, make->type))
        return OK;
    return refuse(refusal, "R16",
        "No client of the dialect %s reads a key of type %s: make one of %s for %s.",
        dialect_text(repository->dialect), key_type_text(make->type),
        dialect_key_types(repository->dialect), make->role);
}

static enum err retire_rule(
    const struct govern_case *given, const struct keys_name *name, struct refusal *refusal)
{
    const struct key_state *beside = state_key(given->state, &name->key);
    if (beside != NULL && beside->retired)
        return refuse(
            refusal, "R18", "A key of %s that shall be retired is so already.", name->role);
    bool spare = beside != NULL && strcmp(beside->role, name->role) == 0;
    if (spare || govern_has_key(given->charter, name->role, &name->key))
        return OK;
    return refuse(refusal, "R18",
        "A key that shall be retired is none of %s: compare it with the charter.", name->role);
}

static enum err destroy_rule(
    const struct govern_case *given, const struct keys_name *name, struct refusal *refusal)
{
    const struct key_state *beside = state_key(given->state, &name->key);
    if (beside == NULL || !beside->retired || strcmp(beside->role, name->role) != 0)
        return refuse(refusal, "R18",
            "A key that shall be destroyed is no retired one of %s: have it retired first.",
            name->role);
    if (govern_has_key(given->charter, name->role, &name->key))
        return refuse(refusal, "R18",
            "A key of %s that shall be destroyed is in the charter: propose a charter without "
            "it first.",
            name->role);
    return OK;
}

static bool retires(const struct keys_motion *motion, const struct hash *key)
{
    for (size_t i = 0; i < motion->retire_count; i++)
        if (hash_equal(&motion->retire[i].key, key))
            return true;
    return false;
}

static bool keeps_a_key(
    const struct govern_case *given, const struct keys_motion *motion, size_t role)
{
    for (size_t i = 0; i < given->charter->key_count; i++) {
        const struct role_key *key = &given->charter->keys[i];
        if (key->role == role && !retires(motion, &key->key.id) &&
            state_key(given->state, &key->key.id) == NULL)
            return true;
    }
    return false;
}

static enum err keep_rule(
    const struct govern_case *given, const struct keys_motion *motion, struct refusal *refusal)
{
    for (size_t i = 0; i < motion->retire_count; i++) {
        const struct role *role = charter_role(given->charter, motion->retire[i].role);
        if (role == NULL || keeps_a_key(given, motion, (size_t)(role - given->charter->roles)))
            continue;
        return refuse(refusal, "R18",
            "%s would have no key left that signs: have another one made and put into the "
            "charter first.",
            role->name);
    }
    return OK;
}

// Keys beside the charter's, once all of this is done.
static size_t count_beside(const struct govern_case *given, const struct keys_motion *motion)
{
    size_t count = given->state->spare_count + motion->make_count;
    for (size_t i = 0; i < motion->retire_count; i++)
        count += state_key(given->state, &motion->retire[i].key) == NULL;
    return count - motion->destroy_count;
}

static enum err cost_rule(const struct keys_motion *motion, struct refusal *refusal)
{
    static const size_t costs[] = {[KEY_RSA2048] = 1, [KEY_RSA3072] = 2, [KEY_RSA4096] = 4};
    size_t cost = 0;
    for (size_t i = 0; i < motion->make_count; i++)
        cost += costs[motion->make[i].type];
    if (cost <= LIMIT_MOTION_COST)
        return OK;
    return refuse(refusal, "R20",
        "To make these RSA keys would stop the appliance for too long: ask for at most %d of "
        "2048, %d of 3072 or %d of 4096 bits at once.",
        LIMIT_MOTION_COST, LIMIT_MOTION_COST / 2, LIMIT_MOTION_COST / 4);
}

static enum err room_rule(
    const struct govern_case *given, const struct keys_motion *motion, struct refusal *refusal)
{
    size_t count = count_beside(given, motion);
    if (count <= LIMIT_SPARE)
        return OK;
    return refuse(refusal, "R20",
        "The token would hold %zu spare and retired keys, and it keeps at most %d: destroy "
        "retired ones, or name spare ones in a charter, first.",
        count, LIMIT_SPARE);
}

static enum err keys_rules(
    const struct govern_case *given, const struct keys_motion *motion, struct refusal *refusal)
{
    enum err err = cost_rule(motion, refusal);
    for (size_t i = 0; err == OK && i < motion->make_count; i++)
        err = make_rule(given->charter, &motion->make[i], refusal);
    for (size_t i = 0; err == OK && i < motion->retire_count; i++)
        err = retire_rule(given, &motion->retire[i], refusal);
    for (size_t i = 0; err == OK && i < motion->destroy_count; i++)
        err = destroy_rule(given, &motion->destroy[i], refusal);
    if (err == OK)
        err = keep_rule(given, motion, refusal);
    return err == OK ? room_rule(given, motion, refusal) : err;
}

enum err keys_motion_judge(
    const struct govern_case *given, struct govern *out, struct refusal *refusal)
{
    if (keys_motion_read(given->payload, &out->keys) != OK)
        return govern_no_form(given, refusal);
    if (govern_number(given, out->keys.number, refusal) != OK ||
        govern_evidence(given, 0, refusal) != OK ||
        keys_rules(given, &out->keys, refusal) != OK)
        return ERR_REFUSED;
    govern_decides_charter(out);
    return OK;
}

// ---- carrying out ----

static enum err retire(
    const struct govern_step *step, const struct keys_name *name, struct state *state)
{
    struct key_state retired = {.retired = true};
    const struct key_state *spare = state_key(state, &name->key);
    snprintf(retired.role, sizeof retired.role, "%s", name->role);
    if (spare != NULL)
        retired.key = spare->key;
    for (size_t i = 0; i < step->charter->key_count; i++)
        if (hash_equal(&step->charter->keys[i].key.id, &name->key))
            retired.key = step->charter->keys[i].key;
    return state_set_key(state, &retired);
}

static enum err keep_made(const struct govern_step *step, size_t at, struct state *state)
{
    struct key_state made = {.key = step->deed->made[at], .by = step->deed->item->version};
    snprintf(made.role, sizeof made.role, "%s", step->govern->keys.make[at].role);
    return state_set_key(state, &made);
}

// What goes makes room for what comes.
enum err keys_motion_apply(const struct govern_step *step, struct state *state)
{
    const struct keys_motion *motion = &step->govern->keys;
    enum err err = OK;
    for (size_t i = 0; i < motion->destroy_count; i++)
        state_drop_key(state, &motion->destroy[i].key);
    for (size_t i = 0; err == OK && i < motion->retire_count; i++)
        err = retire(step, &motion->retire[i], state);
    for (size_t i = 0; err == OK && i < motion->make_count; i++)
        err = keep_made(step, i, state);
    return err;
}
