#include "hsm/sign.h"

#include "hsm/role_keys.h"
#include "log/checkpoint.h"

#include <stdio.h>
#include <string.h>

enum err sign_verified(struct token *token, const struct token_key *key,
    const struct key *public, struct span message, struct bytes *out, struct refusal *why)
{
    size_t before = out->size;
    enum err err = token_key_sign(token, key, message, out, why);
    if (err != OK)
        return err;
    struct span signature = span_of(out->data + before, out->size - before);
    err = key_verify(public, message, signature);
    if (err == OK)
        return OK;
    out->size = before;
    refuse(why, "R8",
        "a signature that the token made for %s does not verify: do not use this token again",
        key->label);
    return err;
}

enum err sign_checkpoint(struct token *token, const struct keyring *keyring, const char *origin,
    const struct merkle_edge *edge, struct bytes *out, struct refusal *why)
{
    struct checkpoint checkpoint = {.size = edge->size, .root = merkle_edge_root(edge)};
    snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", origin);
    struct bytes text, signature;
    bytes_init(&text, LIMIT_CHECKPOINT);
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    checkpoint_write(&checkpoint, &text);
    enum err err = bytes_finish(&text);
    if (err == OK)
        err = sign_verified(
            token, &keyring->log, &keyring->log.key, bytes_span(&text), &signature, why);
    if (err == OK) {
        checkpoint_note(&checkpoint, &keyring->log.key, bytes_span(&signature), out);
        err = bytes_finish(out);
    }
    bytes_clear(&signature);
    bytes_clear(&text);
    return err;
}

void signing_init(struct signing *signing)
{
    *signing = (struct signing){0};
    bytes_init(&signing->bytes, (size_t)LIMIT_SIGNATURES * KEY_SIGNATURE_MOST);
}

void signing_clear(struct signing *signing)
{
    bytes_clear(&signing->bytes);
    signing->count = 0;
}

// One signature: its bytes and its line.
static enum err add_signature(struct signing *signing, const struct key *public,
    const struct item *item, struct span payload, struct refusal *why)
{
    const struct token_key *key = keyring_find(signing->keyring, item->role, &public->id);
    if (key == NULL)
        return ERR_NOT_FOUND;
    if (signing->count == LIMIT_SIGNATURES)
        return ERR_LIMIT;
    size_t before = signing->bytes.size;
    enum err err = sign_verified(signing->token, key, public, payload, &signing->bytes, why);
    if (err != OK)
        return err;
    size_t size = signing->bytes.size - before;
    struct outcome_signature *line = &signing->lines[signing->count];
    *line = (struct outcome_signature){.version = item->version,
        .key = public->id,
        .signature = hash_of(span_of(signing->bytes.data + before, size))};
    memcpy(line->role, item->role, sizeof line->role);
    signing->sizes[signing->count++] = size;
    return OK;
}

static bool is_of(
    const struct signing *signing, const struct role_key *key, const struct item *item)
{
    return charter_key_of(signing->charter, key, item->role);
}

static bool signs(
    const struct signing *signing, const struct role_key *key, const struct item *item)
{
    if (!is_of(signing, key, item) || role_key_is_retired(signing->state, key))
        return false;
    if (!key->has_custodian)
        return !signing->adds;
    const struct signed_state *line = state_signed(signing->state, item->role, &key->key.id);
    return line != NULL && line->order == signing->state->order.index;
}

static enum err sign_item(
    struct signing *signing, const struct item *item, struct span payload, struct refusal *why)
{
    const struct charter *charter = signing->charter;
    size_t before = signing->count;
    for (size_t i = 0; i < charter->key_count; i++) {
        if (!signs(signing, &charter->keys[i], item))
            continue;
        enum err err = add_signature(signing, &charter->keys[i].key, item, payload, why);
        if (err != OK)
            return err;
    }
    return signing->count > before || signing->adds ? OK : ERR_NOT_FOUND;
}

enum err signing_make(struct signing *signing, const struct item *items, size_t item_count,
    const struct span *payloads, struct refusal *why)
{
    for (size_t i = 0; i < item_count; i++) {
        enum err err = sign_item(signing, &items[i], payloads[i], why);
        if (err != OK)
            return err;
    }
    return signing->count > 0 ? OK : ERR_NOT_FOUND;
}

uint64_t signing_missing(
    const struct signing *signing, const struct item *items, size_t item_count)
{
    const struct charter *charter = signing->charter;
    uint64_t count = 0;
    for (size_t i = 0; i < item_count; i++)
        for (size_t k = 0; k < charter->key_count; k++) {
            const struct role_key *key = &charter->keys[k];
            count += key->has_custodian && is_of(signing, key, &items[i]) &&
                     !role_key_is_retired(signing->state, key) &&
                     state_signed(signing->state, items[i].role, &key->key.id) == NULL;
        }
    return count;
}

void signing_spans(const struct signing *signing, struct span_list *out)
{
    size_t at = 0;
    out->count = (uint32_t)signing->count;
    for (size_t i = 0; i < signing->count; i++) {
        out->at[i] = span_of(signing->bytes.data + at, signing->sizes[i]);
        at += signing->sizes[i];
    }
}
