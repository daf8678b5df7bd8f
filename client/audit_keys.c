// The audit of which keys sign: those that nobody guards, and those whose custodians have approved.
#include "client/audit_part.h"

#include <string.h>

static bool is_retired(const struct audit *audit, const struct role_key *key)
{
    const struct key_state *known = state_key(audit->state, &key->key.id);
    return known != NULL && known->retired;
}

static bool is_released(const struct audit *audit, const struct role_key *key,
    const struct opened *opened, const struct order *order)
{
    struct asking asking;
    if (!key->has_custodian)
        return true;
    const struct administrator *custodian = &audit->charter->administrators[key->custodian];
    if (!charter_asking(audit->charter, &opened->requester, false, &asking) ||
        strcmp(asking.person, custodian->name) == 0)
        return false;
    for (size_t i = 0; i < order->approval_count; i++)
        if (hash_equal(&order->approvals[i].approver, &custodian->key.id))
            return true;
    return false;
}

bool audit_signs(const struct audit *audit, const struct role_key *key,
    const struct opened *opened, const struct order *order)
{
    const char *role = audit->charter->roles[key->role].name;
    if (is_retired(audit, key) || !is_released(audit, key, opened, order))
        return false;
    return !order->adds ||
           (key->has_custodian && state_signed(audit->state, role, &key->key.id) == NULL);
}

static bool is_asked(
    const struct audit *audit, const struct role_key *key, const struct opened *opened)
{
    for (size_t i = 0; i < opened->item_count; i++)
        if (strcmp(audit->charter->roles[key->role].name, opened->items[i].role) == 0)
            return true;
    return false;
}

enum err audit_remember_signers(struct audit *audit, const struct opened *opened,
    const struct order *order, uint64_t index, uint64_t *missing)
{
    enum err err = OK;
    *missing = 0;
    for (size_t i = 0; err == OK && i < audit->charter->key_count; i++) {
        const struct role_key *key = &audit->charter->keys[i];
        const char *role = audit->charter->roles[key->role].name;
        if (!key->has_custodian || is_retired(audit, key) || !is_asked(audit, key, opened))
            continue;
        struct signed_state line = {.key = key->key.id, .order = index};
        memcpy(line.role, role, strlen(role) + 1);
        if (audit_signs(audit, key, opened, order))
            err = state_set_signed(audit->state, &line);
        else if (state_signed(audit->state, role, &key->key.id) == NULL)
            (*missing)++;
    }
    return err;
}
