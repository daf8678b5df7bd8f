#include "policy/chain.h"

#include "proto/name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_root(const char *role)
{
    const char *slash = strchr(role, '/');
    return slash != NULL && strcmp(slash + 1, "root") == 0;
}

static enum err root_follows(uint64_t last, const struct item *item, struct refusal *refusal)
{
    if (item->version - 1 == last)
        return OK;
    return refuse(refusal, "R12",
        "%s is version %" PRIu64 ", but a root must be exactly one above the last signed, "
        "which is %" PRIu64 ": make version %" PRIu64 ".",
        item->role, item->version, last, last + 1);
}

static enum err other_follows(uint64_t last, const struct item *item, struct refusal *refusal)
{
    if (item->version > last)
        return OK;
    return refuse(refusal, "R12",
        "%s is version %" PRIu64 ", but version %" PRIu64
        " was signed already: make a version above it.",
        item->role, item->version, last);
}

static bool is_again(const struct role_state *last, const struct item *item)
{
    return last != NULL && item->version == last->version &&
           hash_equal(&last->payload, &item->payload);
}

static enum err same_version(
    const struct role_state *last, const struct item *item, struct refusal *refusal)
{
    if (is_again(last, item))
        return OK;
    return refuse(refusal, "R12",
        "%s version %" PRIu64 " was signed already over other bytes, and a version is signed "
        "over one payload only: give the change version %" PRIu64 ".",
        item->role, item->version, last->version + 1);
}

static const struct mandate_state *mandate_of(const struct state *state, const char *item)
{
    for (size_t i = 0; i < state->mandate_count; i++)
        if (item_is_of(item, state->mandates[i].role))
            return &state->mandates[i];
    return NULL;
}

uint64_t chain_top(const struct state *state, const char *role)
{
    const struct mandate_state *mandate = mandate_of(state, role);
    uint64_t top = mandate == NULL ? 0 : mandate->top;
    for (size_t i = 0; i < state->role_count; i++)
        if (item_is_of(state->roles[i].role, role) && state->roles[i].version > top)
            top = state->roles[i].version;
    return top;
}

// What may have been signed for any vehicle, and so for this one: under mandates; and by version 0.2.0,
// which named none.
static uint64_t top_of_all(
    const struct state *state, const struct mandate_state *mandate, const char *item)
{
    uint64_t top = mandate == NULL ? 0 : mandate->top;
    for (size_t i = 0; i < state->role_count; i++)
        if (item_is_of(item, state->roles[i].role) && state->roles[i].version > top)
            top = state->roles[i].version;
    return top;
}

// Under a mandate the state remembers no vehicle. A quorum's may all be new in one request, and the
// items are judged one by one: so there must be room for the most of them.
static enum err is_remembered(
    const struct state *state, const struct item *item, bool under, struct refusal *refusal)
{
    enum { ROOM = LIMIT_LAST - LIMIT_ROLES - LIMIT_ITEMS };
    if (under || item_vehicle(item->role) == NULL || state_role(state, item->role) != NULL ||
        state_vehicles(state) <= ROOM)
        return OK;
    return refuse(refusal, "R20",
        "%s was never signed, and the appliance remembers %zu vehicles by itself, as many as a "
        "quorum signs for: have the role signed under a mandate.",
        item->role, state_vehicles(state));
}

static enum err metadata_follows(
    const struct state *state, const struct item *item, struct refusal *refusal)
{
    const struct role_state *last = state_role(state, item->role);
    const struct mandate_state *mandate = mandate_of(state, item->role);
    bool under = mandate != NULL && mandate->live;
    uint64_t version = last == NULL ? 0 : last->version;
    uint64_t top = under ? 0 : top_of_all(state, mandate, item->role);
    if (is_remembered(state, item, under, refusal) != OK)
        return ERR_REFUSED;
    if (item->version == 0 || item->version > LIMIT_VERSION)
        return refuse(refusal, "R12",
            "%s has version %" PRIu64 ", but versions go from 1 to %" PRIu64
            ": make version %" PRIu64 ".",
            item->role, item->version, LIMIT_VERSION, version + 1);
    if (last != NULL && item->version == version)
        return same_version(last, item, refusal);
    if (is_root(item->role))
        return root_follows(version, item, refusal);
    return other_follows(version > top ? version : top, item, refusal);
}

// ---- motions ----

// Of lifts the state keeps none: each is the first and last for its freeze.
static uint64_t motion_last(const struct state *state, enum motion motion)
{
    return motion == MOTION_CHARTER ? state->epoch : state->motions[motion].number;
}

static enum err motion_follows(const struct state *state, enum motion motion,
    const struct item *item, struct refusal *refusal)
{
    uint64_t last = motion_last(state, motion);
    if (motion == MOTION_MANDATE)
        return OK; // its text names the role whose chain it stands in (govern_mandate.c)
    if (item->version <= LIMIT_VERSION && item->version - 1 == last)
        return OK;
    return refuse(refusal, "R12",
        "%s has number %" PRIu64 ", but it must be %" PRIu64
        ", and each is carried out once: make it anew over what is in force.",
        item->role, item->version, last + 1);
}

enum err chain_follows(
    const struct state *state, const struct item *item, struct refusal *refusal)
{
    enum motion motion = motion_of(item->role);
    return motion == MOTION_NONE ? metadata_follows(state, item, refusal)
                                 : motion_follows(state, motion, item, refusal);
}

struct hash chain_previous(const struct state *state, const char *role)
{
    enum motion motion = motion_of(role);
    if (motion == MOTION_CHARTER)
        return state->charter;
    if (motion != MOTION_NONE)
        return state->motions[motion].payload;
    const struct role_state *last = state_role(state, role);
    return last == NULL ? (struct hash){0} : last->payload;
}

struct hash chain_mandate(const struct state *state, const char *role)
{
    const struct mandate_state *last = state_mandate(state, role);
    return last == NULL ? (struct hash){0} : last->text;
}

// ---- rates ----

// Only `rate_seconds` end a window: a clock that stands a little before its beginning does not, and
// what a time statement sets back is moved with it (policy/govern.h).
static bool in_window(const struct role *role, const struct role_state *last, moment now)
{
    return last != NULL && now - last->used_since < role->rate_seconds;
}

enum err chain_rate(const struct role *role, const struct state *state, const struct item *item,
    moment now, struct refusal *refusal)
{
    const struct role_state *last = state_role(state, item->role);
    if (role->rate == 0 || is_again(last, item) || !in_window(role, last, now) ||
        last->used < role->rate)
        return OK;
    char opens[MOMENT_TEXT + 1];
    moment_write(last->used_since + role->rate_seconds, opens);
    return refuse(refusal, "R17",
        "%s has signed %" PRIu64 " versions in its window of %" PRId64
        " seconds, and the charter lets it sign %" PRIu64 ": it opens again at %s.",
        item->role, last->used, role->rate_seconds, role->rate, opens);
}

struct role_state chain_next(const struct role *role, const struct state *state,
    const struct item *item, moment expires, moment now)
{
    const struct role_state *last = state_role(state, item->role);
    struct role_state next = {
        .version = item->version, .payload = item->payload, .expires = expires};
    snprintf(next.role, sizeof next.role, "%s", item->role);
    bool carry = last != NULL && (is_again(last, item) || in_window(role, last, now));
    if (role->rate > 0 && carry) {
        next.used = last->used + !is_again(last, item);
        next.used_since = last->used_since;
    } else if (role->rate > 0) {
        next.used = 1;
        next.used_since = now;
    }
    return next;
}
