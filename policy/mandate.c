#include "policy/mandate.h"

#include "proto/name.h"

#include <inttypes.h>
#include <string.h>

// ---- which way ----

static bool has_custodian(const struct charter *charter, const struct role *role)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (&charter->roles[charter->keys[i].role] == role && charter->keys[i].has_custodian)
            return true;
    return false;
}

static enum err vehicle_rule(const struct charter *charter, const struct role *role,
    const struct item *item, struct refusal *refusal)
{
    bool wanted = charter_for_vehicles(charter, role);
    if (wanted && has_custodian(charter, role))
        return refuse(refusal, "R5",
            "%s is signed for vehicles and has a key with a custodian, whom nobody asks for "
            "each of them: propose a charter that leaves the custodian out.",
            role->name);
    if (wanted == (item_vehicle(item->role) != NULL))
        return OK;
    if (wanted)
        return refuse(refusal, "R2",
            "%s is signed for one vehicle at a time: call the item %s@VEHICLE.", role->name,
            role->name);
    return refuse(refusal, "R2",
        "%s names a vehicle, but %s is signed for all of them: leave the vehicle out.",
        item->role, role->name);
}

enum err mandate_way(const struct charter *charter, const struct item *items, size_t count,
    bool *by_mandate, struct refusal *refusal)
{
    *by_mandate = false;
    for (size_t i = 0; i < count; i++) {
        const struct role *role = charter_role(charter, items[i].role);
        if (role == NULL)
            return refuse(refusal, "R2",
                "the charter has no role %s; see `conclave key list` for those it has",
                items[i].role);
        if (vehicle_rule(charter, role, &items[i], refusal) != OK)
            return ERR_REFUSED;
        if (i > 0 && role->by_mandate != *by_mandate)
            return refuse(refusal, "R2",
                "%s is signed %s and %s is not: ask for them in two requests.", items[i].role,
                role->by_mandate ? "by mandate" : "by quorum", items[0].role);
        *by_mandate = role->by_mandate;
    }
    return OK;
}

// ---- what one covers ----

static const struct mandate_state *mandate_of(const struct mandate_ask *ask)
{
    const struct role *role = charter_role(ask->charter, ask->item->role);
    return role == NULL || !role->by_mandate ? NULL : state_mandate(ask->state, role->name);
}

enum err mandate_stands(const struct mandate_ask *ask, struct refusal *refusal)
{
    const struct mandate_state *mandate = mandate_of(ask);
    char until[MOMENT_TEXT + 1];
    if (mandate == NULL || !mandate->live)
        return refuse(refusal, "R7",
            "No mandate is in force for %s: propose one with `conclave mandate propose`, and "
            "have it approved.",
            ask->item->role);
    if (!hash_equal(&mandate->requester, ask->requester))
        return refuse(refusal, "R5",
            "The mandate of %s is another requester's: ask with the key that it names.",
            mandate->role);
    if (ask->now < mandate->until)
        return OK;
    moment_write(mandate->until, until);
    return refuse(refusal, "R6", "The mandate of %s ended %s: have the next one approved.",
        mandate->role, until);
}

static enum err version_rule(
    const struct item *item, const struct mandate_state *mandate, struct refusal *refusal)
{
    if (item->version >= mandate->first && item->version <= mandate->last)
        return OK;
    return refuse(refusal, "R12",
        "%s is version %" PRIu64 ", and its mandate covers %" PRIu64 " to %" PRIu64
        ": make a version between them, or have another mandate approved.",
        item->role, item->version, mandate->first, mandate->last);
}

enum err mandate_covers(const struct mandate_ask *ask, struct refusal *refusal)
{
    const struct mandate_state *mandate = mandate_of(ask);
    if (mandate_stands(ask, refusal) != OK || version_rule(ask->item, mandate, refusal) != OK)
        return ERR_REFUSED;
    int64_t life = ask->expires - ask->now;
    int64_t least = charter_role(ask->charter, ask->item->role)->least;
    if (life > 0 && life >= least && life <= mandate->longest)
        return OK;
    return refuse(refusal, "R6",
        "%s expires in %" PRId64 " seconds, and its mandate and the charter allow %" PRId64
        " to %" PRId64 ": give it another expiry.",
        ask->item->role, life, least > 1 ? least : 1, mandate->longest);
}

// ---- numbers ----

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

enum err mandate_reserve(struct mandate_state *mandate, uint64_t wanted, uint64_t highest,
    uint64_t *taken, struct refusal *refusal)
{
    uint64_t left = mandate->count - mandate->reserved;
    if (wanted > left || highest > mandate->last)
        return refuse(refusal, "R12",
            "The mandate of %s has numbers for %" PRIu64
            " more payloads, up to version %" PRIu64 ", and %" PRIu64
            " are asked for, up to %" PRIu64 ": have the next one approved.",
            mandate->role, left, mandate->last, wanted, highest);
    *taken = wanted == 0 ? 0 : least(left, wanted > LIMIT_BLOCK ? wanted : LIMIT_BLOCK);
    mandate->reserved += *taken;
    if (highest > mandate->top)
        mandate->top = least(mandate->last, highest + LIMIT_BLOCK - 1);
    return OK;
}

// ---- whose ----

bool mandate_admits(
    const struct charter *charter, const struct role *role, const struct requester *requester)
{
    const struct group *group = &charter->groups[role->quorum.group];
    for (size_t i = 0; i < group->member_count; i++)
        if (strcmp(charter->administrators[group->members[i]].name, requester->person) == 0)
            return false;
    return true;
}
