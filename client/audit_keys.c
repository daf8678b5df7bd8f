// The audit of which keys sign (R12): those that nobody guards, and those whose custodians have
// approved; and of how many must.
#include "client/audit_part.h"

#include <string.h>

static bool is_retired(const struct audit *audit, const struct role_key *key)
{
    const struct key_state *known = state_key(audit->state, &key->key.id);
    return known != NULL && known->retired;
}

// Who stands behind the request releases no key for it.
static bool is_released(const struct audit *audit, const struct role_key *key)
{
    const struct order *order = &audit->flight.order;
    const char *person = audit_person(audit->charter, &audit->flight.opened);
    if (!key->has_custodian)
        return true;
    const struct administrator *custodian = &audit->charter->administrators[key->custodian];
    if (person[0] == 0 || strcmp(person, custodian->name) == 0)
        return false;
    for (size_t i = 0; i < order->approval_count; i++)
        if (hash_equal(&order->approvals[i].approver, &custodian->key.id))
            return true;
    return false;
}

static const char *role_of(const struct audit *audit, const struct role_key *key)
{
    return audit->charter->roles[key->role].name;
}

bool audit_may_sign(const struct audit *audit, const struct role_key *key)
{
    return !is_retired(audit, key) && is_released(audit, key);
}

bool audit_signs(const struct audit *audit, const struct role_key *key)
{
    if (!audit_may_sign(audit, key))
        return false;
    return !audit->flight.order.adds ||
           (key->has_custodian &&
               state_signed(audit->state, role_of(audit, key), &key->key.id) == NULL);
}

// ---- how many ----

static bool lists(const struct reach *reach, const struct hash *key)
{
    for (size_t i = 0; i < reach->key_count; i++)
        if (hash_equal(&reach->keys[i], key))
            return true;
    return false;
}

static size_t count_reached(const struct audit *audit, const struct reach *reach)
{
    size_t count = 0;
    for (size_t i = 0; i < audit->charter->key_count; i++) {
        const struct role_key *key = &audit->charter->keys[i];
        count += strcmp(role_of(audit, key), reach->role) == 0 && lists(reach, &key->key.id) &&
                 audit_may_sign(audit, key);
    }
    return count;
}

static size_t count_signers(const struct audit *audit, const char *role)
{
    size_t count = 0;
    for (size_t i = 0; i < audit->charter->key_count; i++)
        count += charter_key_of(audit->charter, &audit->charter->keys[i], role) &&
                 audit_signs(audit, &audit->charter->keys[i]);
    return count;
}

// At first every role signs; later at least one key does.
void audit_signers(struct audit *audit)
{
    const struct opened *opened = &audit->flight.opened;
    bool adds = audit->flight.order.adds;
    size_t all = 0;
    for (size_t i = 0; i < opened->item_count; i++) {
        size_t count = count_signers(audit, opened->items[i].role);
        if (count == 0 && !adds)
            audit_find(audit, "R12", "no key of %s may sign", opened->items[i].role);
        all += count;
    }
    if (all == 0 && adds)
        audit_find(audit, "R12", "no approval that it names adds a signature");
    for (size_t i = 0; i < opened->reach_count; i++)
        if (count_reached(audit, &opened->reach[i]) < opened->reach[i].need)
            audit_find(audit, "R12", "too few keys of %s may sign to reach its threshold",
                opened->reach[i].role);
}

// ---- who has signed ----

static bool is_asked(const struct audit *audit, const struct role_key *key)
{
    const struct opened *opened = &audit->flight.opened;
    for (size_t i = 0; i < opened->item_count; i++)
        if (charter_key_of(audit->charter, key, opened->items[i].role))
            return true;
    return false;
}

enum err audit_remember_signers(struct audit *audit, uint64_t *missing)
{
    enum err err = OK;
    *missing = 0;
    for (size_t i = 0; err == OK && i < audit->charter->key_count; i++) {
        const struct role_key *key = &audit->charter->keys[i];
        const char *role = role_of(audit, key);
        if (!key->has_custodian || is_retired(audit, key) || !is_asked(audit, key))
            continue;
        struct signed_state line = {.key = key->key.id, .order = audit->flight.place.index};
        memcpy(line.role, role, strlen(role) + 1);
        if (audit_signs(audit, key))
            err = state_set_signed(audit->state, &line);
        else if (state_signed(audit->state, role, &key->key.id) == NULL)
            (*missing)++;
    }
    return err;
}
