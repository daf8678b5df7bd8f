#include "policy/chain.h"

#include <inttypes.h>
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

static enum err same_version(
    const struct role_state *last, const struct item *item, struct refusal *refusal)
{
    if (hash_equal(&last->payload, &item->payload))
        return OK;
    return refuse(refusal, "R12",
        "%s version %" PRIu64 " was signed already over other bytes, and a version is signed "
        "over one payload only: give the change version %" PRIu64 ".",
        item->role, item->version, last->version + 1);
}

enum err chain_follows(
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

struct hash chain_previous(const struct state *state, const char *role)
{
    const struct role_state *last = state_role(state, role);
    return last == NULL ? (struct hash){0} : last->payload;
}
