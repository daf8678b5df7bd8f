#include "hsm/keyring.h"

#include "proto/name.h"

#include <stdlib.h>
#include <string.h>

static enum err no_single_log(struct refusal *why, const char *what)
{
    refuse(why, "R18", "the token holds %s log key; it is not a token of this appliance", what);
    return ERR_KEY;
}

// Puts one pair where it belongs.
static enum err place_key(
    struct keyring *keyring, const struct token_key *key, struct refusal *why)
{
    if (strcmp(key->label, KEYRING_LOG) != 0) {
        if (keyring_add(keyring, key) != OK)
            return no_single_log(why, "too many keys and no");
        return OK;
    }
    if (keyring->log.key.type != KEY_NONE)
        return no_single_log(why, "more than one");
    if (key->key.type != KEY_ED25519)
        return no_single_log(why, "another type of");
    keyring->log = *key;
    return OK;
}

static enum err load(
    struct token *token, struct keyring *out, struct token_key *all, struct refusal *why)
{
    size_t count = 0;
    enum err err = token_key_list(token, all, TOKEN_KEYS_MOST, &count, why);
    for (size_t i = 0; err == OK && i < count; i++) {
        err = token_key_check(token, &all[i], why);
        if (err == OK)
            err = place_key(out, &all[i], why);
    }
    if (err != OK)
        return err;
    if (count == 0)
        return ERR_NOT_FOUND;
    return out->log.key.type == KEY_NONE ? no_single_log(why, "no") : OK;
}

enum err keyring_load(struct token *token, struct keyring *out, struct refusal *why)
{
    memset(out, 0, sizeof *out);
    struct token_key *all = calloc(TOKEN_KEYS_MOST, sizeof *all);
    if (all == NULL)
        return ERR_MEMORY;
    enum err err = load(token, out, all, why);
    free(all);
    return err;
}

const struct token_key *keyring_find(
    const struct keyring *keyring, const char *item, const struct hash *id)
{
    for (size_t i = 0; i < keyring->count; i++)
        if (hash_equal(&keyring->keys[i].key.id, id) &&
            item_is_of(item, keyring->keys[i].label))
            return &keyring->keys[i];
    return NULL;
}

enum err keyring_add(struct keyring *keyring, const struct token_key *key)
{
    if (keyring->count == TOKEN_KEYS_MOST)
        return ERR_LIMIT;
    keyring->keys[keyring->count++] = *key;
    return OK;
}

void keyring_drop(struct keyring *keyring, const struct hash *id)
{
    for (size_t i = 0; i < keyring->count; i++)
        if (hash_equal(&keyring->keys[i].key.id, id)) {
            keyring->keys[i] = keyring->keys[--keyring->count];
            return;
        }
}

// ---- what should be here ----

static bool charter_names(const struct charter *charter, const struct token_key *key)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, &key->key.id))
            return strcmp(charter->roles[charter->keys[i].role].name, key->label) == 0;
    return false;
}

static bool state_names(const struct state *state, const struct token_key *key)
{
    const struct key_state *known = state == NULL ? NULL : state_key(state, &key->key.id);
    return known != NULL && strcmp(known->role, key->label) == 0;
}

enum err keyring_holds(const struct keyring *keyring, const struct charter *charter,
    const struct state *state, struct refusal *why)
{
    size_t spare = state == NULL ? 0 : state->spare_count;
    if (!hash_equal(&charter->log, &keyring->log.key.id))
        return refuse(
            why, "R18", "the charter is of another appliance: its log key is another");
    for (size_t i = 0; i < charter->key_count; i++) {
        const char *role = charter->roles[charter->keys[i].role].name;
        if (keyring_find(keyring, role, &charter->keys[i].key.id) == NULL)
            return refuse(why, "R18",
                "the charter names a key of %s that the token does not hold for it", role);
    }
    for (size_t i = 0; i < spare; i++)
        if (keyring_find(keyring, state->spare[i].role, &state->spare[i].key.id) == NULL)
            return refuse(why, "R18",
                "the state names a key of %s that the token does not hold for it",
                state->spare[i].role);
    return OK;
}

const struct token_key *keyring_stray(
    const struct keyring *keyring, const struct charter *charter, const struct state *state)
{
    for (size_t i = 0; i < keyring->count; i++)
        if (!charter_names(charter, &keyring->keys[i]) &&
            !state_names(state, &keyring->keys[i]))
            return &keyring->keys[i];
    return NULL;
}

enum err keyring_fits(
    const struct keyring *keyring, const struct charter *charter, struct refusal *why)
{
    enum err err = keyring_holds(keyring, charter, NULL, why);
    const struct token_key *stray = keyring_stray(keyring, charter, NULL);
    if (err != OK || stray == NULL)
        return err;
    return refuse(why, "R18",
        "the token holds a key of %s that the charter does not name for it", stray->label);
}
