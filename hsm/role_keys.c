#include "hsm/role_keys.h"

bool role_key_is_retired(const struct state *state, const struct role_key *key)
{
    const struct key_state *known = state_key(state, &key->key.id);
    return known != NULL && known->retired;
}

static enum err count_keys(const struct role_keys *keys, const char *item, size_t *count,
    const char *rule, struct refusal *refusal)
{
    const struct charter *charter = keys->charter;
    size_t before = *count;
    for (size_t i = 0; i < charter->key_count; i++) {
        const struct role_key *key = &charter->keys[i];
        if (!charter_key_of(charter, key, item) || role_key_is_retired(keys->state, key))
            continue;
        if (keyring_find(keys->keyring, item, &key->key.id) == NULL)
            return refuse(refusal, rule, "The token does not hold every key of %s.", item);
        (*count)++;
    }
    return *count > before ? OK : refuse(refusal, rule, "%s has no key that signs.", item);
}

enum err role_keys_check(const struct role_keys *keys, const struct item *items,
    size_t item_count, const char *rule, struct refusal *refusal)
{
    size_t count = 0;
    for (size_t i = 0; i < item_count; i++) {
        enum err err = count_keys(keys, items[i].role, &count, rule, refusal);
        if (err != OK)
            return err;
    }
    if (count <= LIMIT_SIGNATURES)
        return OK;
    return refuse(refusal, rule,
        "The request needs %zu signatures; at most %d fit one outcome.", count,
        LIMIT_SIGNATURES);
}
