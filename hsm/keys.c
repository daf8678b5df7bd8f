#include "hsm/vault.h"

#include <stdio.h>
#include <string.h>

// `key` may be one of the keyring.
static void destroy(struct vault *vault, const struct token_key *key)
{
    struct refusal why = {0};
    const struct hash id = key->key.id;
    vault_must(token_key_destroy(vault->token, key, &why), &why);
    keyring_drop(vault->keyring, &id);
}

static enum err make_one(struct vault *vault, const struct keys_make *wish, struct refusal *why)
{
    struct flight *flight = vault->flight;
    struct token_key *made = &flight->made[flight->made_count];
    enum err err = token_key_generate(vault->token, wish->role, wish->type, made, why);
    if (err != OK)
        return err;
    vault_must(keyring_add(vault->keyring, made), NULL);
    flight->made_count++;
    return OK;
}

// A token that cannot make the keys, or has no room for the seal that is to name them, would fail
// in the same way at each start until the request expires: so its answer is the request's end.
enum err keys_make(
    struct vault *vault, const struct keys_motion *motion, struct refusal *refusal)
{
    struct refusal why = {0};
    enum err err = OK;
    for (size_t i = 0; err == OK && i < motion->make_count; i++)
        err = make_one(vault, &motion->make[i], &why);
    if (err == OK)
        err = seal_fits(vault->token, &why);
    if (err != ERR_TOKEN && err != ERR_KEY)
        vault_must(err, &why);
    if (err == OK)
        return OK;
    return refuse(refusal, "R18",
        "The token does not make these keys (%s). See that it works and has room; then ask "
        "again.",
        why.sentence);
}

void keys_unmake(struct vault *vault)
{
    struct flight *flight = vault->flight;
    while (flight->made_count > 0)
        destroy(vault, &flight->made[--flight->made_count]);
}

void keys_destroy(struct vault *vault, const struct keys_motion *motion)
{
    for (size_t i = 0; i < motion->destroy_count; i++) {
        const struct token_key *key =
            keyring_find(vault->keyring, motion->destroy[i].role, &motion->destroy[i].key);
        if (key != NULL)
            destroy(vault, key);
    }
}

void keys_sweep(struct vault *vault)
{
    struct refusal why = {0};
    const struct token_key *stray;
    size_t halves = 0;
    while ((stray = keyring_stray(vault->keyring, vault->charter, vault->state)) != NULL) {
        log_warn("destroying a key of %s that neither the sealed charter nor the sealed state "
                 "names: what made or destroyed it broke off",
            stray->label);
        destroy(vault, stray);
    }
    vault_must(token_sweep(vault->token, &halves, &why), &why);
    if (halves > 0)
        log_warn("destroyed %zu halves of keys whose making or destruction broke off", halves);
}

static bool is_listed(const struct made_line *lines, size_t count, const struct hash *key)
{
    for (size_t i = 0; i < count; i++)
        if (hash_equal(&lines[i].key.id, key))
            return true;
    return false;
}

// By the state alone, so that it is the same when it is carried out again: of two keys of one role
// and type the first in the state's order comes first.
size_t keys_made(
    const struct state *state, const struct keys_motion *motion, struct made_line *out)
{
    size_t count = 0;
    for (size_t i = 0; i < motion->make_count; i++) {
        const struct keys_make *make = &motion->make[i];
        for (size_t at = 0; at < state->spare_count; at++) {
            const struct key_state *key = &state->spare[at];
            if (key->retired || key->by != motion->number || key->key.type != make->type ||
                strcmp(key->role, make->role) != 0 || is_listed(out, count, &key->key.id))
                continue;
            snprintf(out[count].role, sizeof out[count].role, "%s", key->role);
            out[count++].key = key->key;
            break;
        }
    }
    return count;
}
