#include "policy/chain.h"

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

static enum err metadata_follows(
    const struct state *state, const struct item *item, struct refusal *refusal)
{
    const struct role_state *last = state_role(state, item->role);
    uint64_t version = last == NULL ? 0 : last->version;
    if (item->version == 0 || item->version > LIMIT_VERSION)
        return refuse(refusal, "R12",
            "%s has version %" PRIu64 ", but versions go from 1 to %" PRIu64
            ": make version %" PRIu64 ".",
            item->role, item->version, LIMIT_VERSION, version + 1);
    if (last != NULL && item->version == version)
        return same_version(last, item, refusal);
    if (is_root(item->role))
        return root_follows(version, item, refusal);
    return other_follows(version, item, refusal);
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
    const struct role_state *last = state_role(state, role->name);
    if (role->rate == 0 || is_again(last, item) || !in_window(role, last, now) ||
        last->used < role->rate)
        return OK;
    char opens[MOMENT_TEXT + 1];
    moment_write(last->used_since + role->rate_seconds, opens);
    return refuse(refusal, "R17",
        "%s has signed %" PRIu64 " versions in its window of %" PRId64
        " seconds, and the charter lets it sign %" PRIu64 ": it opens again at %s.",
        role->name, last->used, role->rate_seconds, role->rate, opens);
}

struct role_state chain_next(const struct role *role, const struct state *state,
    const struct item *item, moment expires, moment now)
{
    const struct role_state *last = state_role(state, role->name);
    struct role_state next = {
        .version = item->version, .payload = item->payload, .expires = expires};
    snprintf(next.role, sizeof next.role, "%s", role->name);
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
