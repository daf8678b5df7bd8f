#include "policy/charter_mandates.h"

#include <string.h>

static bool can_have_mandates(const struct charter *charter, const struct role *role)
{
    const char *name = role_short_name(role);
    if (strcmp(name, "timestamp") == 0 || strcmp(name, "snapshot") == 0)
        return true;
    return strcmp(name, "targets") == 0 && charter_for_vehicles(charter, role);
}

// Which of the fields that only quorums have it has; NULL for none.
static const char *field_of_quorums(const struct role *role)
{
    if (role->delay != 0)
        return "delay";
    if (role->within != 0)
        return "approve_within";
    return role->rate != 0 ? "rate" : NULL;
}

static enum err role_rule(const struct charter *charter, const struct role *role,
    struct charter_place *where, struct refusal *refusal)
{
    if (!role->by_mandate)
        return OK;
    where->field = "signs";
    if (!can_have_mandates(charter, role))
        return refuse(refusal, "R2",
            "%s is signed by mandate, but mandates sign timestamps, snapshots and a Director's "
            "targets only: have a quorum sign it.",
            role->name);
    const char *field = field_of_quorums(role);
    if (field == NULL)
        return OK;
    where->field = field;
    return refuse(refusal, "R17",
        "%s is signed by mandate and has a rate, a delay or a time for approvals: leave them "
        "out, its mandates say how many are signed.",
        role->name);
}

static enum err no_custodian(const struct charter *charter, bool by_mandate,
    struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->key_count; i++) {
        const struct role_key *key = &charter->keys[i];
        const struct role *role = &charter->roles[key->role];
        if (!key->has_custodian || role->by_mandate != by_mandate ||
            !(by_mandate || charter_for_vehicles(charter, role)))
            continue;
        *where = (struct charter_place){CHARTER_ROLE, key->role, "keys"};
        return refuse(refusal, "R5",
            "%s has a key with a custodian, but it signs by mandate or for vehicles, and "
            "nobody releases a key for each of them: leave the custodian out.",
            role->name);
    }
    return OK;
}

enum err mandates_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    for (size_t i = 0; i < charter->role_count; i++) {
        *where = (struct charter_place){CHARTER_ROLE, i, "signs"};
        if (role_rule(charter, &charter->roles[i], where, refusal) != OK)
            return ERR_REFUSED;
    }
    return no_custodian(charter, true, where, refusal);
}

enum err vehicles_rules(
    const struct charter *charter, struct charter_place *where, struct refusal *refusal)
{
    return no_custodian(charter, false, where, refusal);
}
