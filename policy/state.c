#include "policy/state.h"

#include "proto/name.h"

#include <string.h>

// Moves what stands at `at` and behind it one place up.
static void make_room(void *list, size_t count, size_t at, size_t size)
{
    uint8_t *place = (uint8_t *)list + at * size;
    memmove(place + size, place, (count - at) * size);
}

static void take_out(void *list, size_t count, size_t at, size_t size)
{
    uint8_t *place = (uint8_t *)list + at * size;
    memmove(place, place + size, (count - at - 1) * size);
}

static int compare_hashes(const struct hash *a, const struct hash *b)
{
    return span_compare(hash_span(a), hash_span(b));
}

// ---- roles ----

const struct role_state *state_role(const struct state *state, const char *role)
{
    for (size_t i = 0; i < state->role_count; i++)
        if (strcmp(state->roles[i].role, role) == 0)
            return &state->roles[i];
    return NULL;
}

size_t state_vehicles(const struct state *state)
{
    size_t count = 0;
    for (size_t i = 0; i < state->role_count; i++)
        count += item_vehicle(state->roles[i].role) != NULL;
    return count;
}

enum err state_set(struct state *state, const struct role_state *role)
{
    size_t at = 0;
    while (at < state->role_count && strcmp(state->roles[at].role, role->role) < 0)
        at++;
    if (at < state->role_count && strcmp(state->roles[at].role, role->role) == 0) {
        state->roles[at] = *role;
        return OK;
    }
    size_t vehicles = state_vehicles(state);
    bool full = item_vehicle(role->role) != NULL ? vehicles == LIMIT_LAST - LIMIT_ROLES
                                                 : state->role_count - vehicles == LIMIT_ROLES;
    if (full)
        return ERR_LIMIT;
    make_room(state->roles, state->role_count++, at, sizeof state->roles[0]);
    state->roles[at] = *role;
    return OK;
}

// ---- mandates ----

const struct mandate_state *state_mandate(const struct state *state, const char *role)
{
    for (size_t i = 0; i < state->mandate_count; i++)
        if (strcmp(state->mandates[i].role, role) == 0)
            return &state->mandates[i];
    return NULL;
}

enum err state_set_mandate(struct state *state, const struct mandate_state *mandate)
{
    size_t at = 0;
    while (at < state->mandate_count && strcmp(state->mandates[at].role, mandate->role) < 0)
        at++;
    bool there =
        at < state->mandate_count && strcmp(state->mandates[at].role, mandate->role) == 0;
    if (!there && state->mandate_count == LIMIT_MANDATES)
        return ERR_LIMIT;
    if (!there)
        make_room(state->mandates, state->mandate_count++, at, sizeof state->mandates[0]);
    state->mandates[at] = *mandate;
    return OK;
}

void state_end_mandate(struct state *state, const char *role)
{
    for (size_t i = 0; i < state->mandate_count; i++)
        if (strcmp(state->mandates[i].role, role) == 0) {
            state->mandates[i].live = false;
            state->mandates[i].approver_count = 0;
        }
}

// ---- keys beside the charter's ----

int key_state_compare(const struct key_state *a, const struct key_state *b)
{
    if (a->retired != b->retired)
        return a->retired ? 1 : -1;
    int order = strcmp(a->role, b->role);
    return order != 0 ? order : compare_hashes(&a->key.id, &b->key.id);
}

const struct key_state *state_key(const struct state *state, const struct hash *key)
{
    for (size_t i = 0; i < state->spare_count; i++)
        if (hash_equal(&state->spare[i].key.id, key))
            return &state->spare[i];
    return NULL;
}

enum err state_set_key(struct state *state, const struct key_state *key)
{
    const struct key_state added = *key; // may be one of the list
    state_drop_key(state, &added.key.id);
    if (state->spare_count == LIMIT_SPARE)
        return ERR_LIMIT;
    size_t at = 0;
    while (at < state->spare_count && key_state_compare(&state->spare[at], &added) < 0)
        at++;
    make_room(state->spare, state->spare_count++, at, sizeof state->spare[0]);
    state->spare[at] = added;
    return OK;
}

void state_drop_key(struct state *state, const struct hash *key)
{
    const struct key_state *found = state_key(state, key);
    if (found != NULL)
        take_out(state->spare, state->spare_count--, (size_t)(found - state->spare),
            sizeof state->spare[0]);
}

// ---- freezes ----

const struct freeze_state *state_freeze(const struct state *state, const struct hash *statement)
{
    for (size_t i = 0; i < state->freeze_count; i++)
        if (hash_equal(&state->freezes[i].statement, statement))
            return &state->freezes[i];
    return NULL;
}

enum err state_set_freeze(struct state *state, const struct freeze_state *freeze)
{
    if (state_freeze(state, &freeze->statement) != NULL)
        return ERR_EXISTS;
    if (state->freeze_count == LIMIT_FREEZES)
        return ERR_LIMIT;
    size_t at = 0;
    while (at < state->freeze_count &&
           compare_hashes(&state->freezes[at].statement, &freeze->statement) < 0)
        at++;
    make_room(state->freezes, state->freeze_count++, at, sizeof state->freezes[0]);
    state->freezes[at] = *freeze;
    return OK;
}

void state_drop_freeze(struct state *state, const struct hash *statement)
{
    const struct freeze_state *found = state_freeze(state, statement);
    if (found != NULL)
        take_out(state->freezes, state->freeze_count--, (size_t)(found - state->freezes),
            sizeof state->freezes[0]);
}

uint64_t state_freezer(const struct state *state, const struct hash *administrator)
{
    for (size_t i = 0; i < state->freezer_count; i++)
        if (hash_equal(&state->freezers[i].administrator, administrator))
            return state->freezers[i].number;
    return 0;
}

enum err state_set_freezer(
    struct state *state, const struct hash *administrator, uint64_t number)
{
    size_t at = 0;
    while (at < state->freezer_count &&
           compare_hashes(&state->freezers[at].administrator, administrator) < 0)
        at++;
    bool there = at < state->freezer_count &&
                 hash_equal(&state->freezers[at].administrator, administrator);
    if (!there && state->freezer_count == LIMIT_ADMINISTRATORS)
        return ERR_LIMIT;
    if (!there)
        make_room(state->freezers, state->freezer_count++, at, sizeof state->freezers[0]);
    state->freezers[at] = (struct freezer_state){*administrator, number};
    return OK;
}

// ---- custodians' keys that signed ----

int signed_state_compare(const struct signed_state *a, const struct signed_state *b)
{
    int order = strcmp(a->role, b->role);
    return order != 0 ? order : compare_hashes(&a->key, &b->key);
}

const struct signed_state *state_signed(
    const struct state *state, const char *role, const struct hash *key)
{
    for (size_t i = 0; i < state->signed_count; i++)
        if (strcmp(state->signed_[i].role, role) == 0 &&
            hash_equal(&state->signed_[i].key, key))
            return &state->signed_[i];
    return NULL;
}

enum err state_set_signed(struct state *state, const struct signed_state *line)
{
    size_t at = 0;
    while (at < state->signed_count && signed_state_compare(&state->signed_[at], line) < 0)
        at++;
    bool there =
        at < state->signed_count && signed_state_compare(&state->signed_[at], line) == 0;
    if (!there && state->signed_count == LIMIT_KEYS)
        return ERR_LIMIT;
    if (!there)
        make_room(state->signed_, state->signed_count++, at, sizeof state->signed_[0]);
    state->signed_[at] = *line;
    return OK;
}

void state_drop_signed(struct state *state, const char *role)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->signed_count; i++)
        if (strcmp(state->signed_[i].role, role) != 0)
            state->signed_[kept++] = state->signed_[i];
    state->signed_count = kept;
}
