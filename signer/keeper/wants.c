#include "signer/keeper/wants.h"

void wants_clear(struct wants *wants)
{
    for (size_t i = 0; i < wants->count; i++)
        bytes_clear(&wants->at[i].bytes);
    *wants = (struct wants){0};
}

enum err wants_add(struct wants *wants, const struct hash *hash)
{
    if (hash_is_none(hash))
        return OK;
    for (size_t i = 0; i < wants->count; i++)
        if (hash_equal(&wants->at[i].hash, hash))
            return OK;
    if (wants->count == WANTS_MOST)
        return ERR_LIMIT;
    struct want *want = &wants->at[wants->count++];
    *want = (struct want){.hash = *hash};
    bytes_init(&want->bytes, LIMIT_PAYLOAD);
    wants->missing++;
    return OK;
}

static enum err fill(struct wants *wants, struct want *want, struct span bytes)
{
    bytes_add(&want->bytes, bytes);
    want->here = true;
    wants->bytes += bytes.size;
    wants->missing--;
    return bytes_finish(&want->bytes);
}

enum err wants_give(struct wants *wants, struct span bytes)
{
    struct hash hash = hash_of(bytes);
    size_t before = wants->count;
    enum err err = wants_add(wants, &hash);
    if (err != OK || wants->count == before)
        return err;
    wants->at[before].given = true;
    return fill(wants, &wants->at[before], bytes);
}

struct want *wants_next(struct wants *wants)
{
    for (size_t i = 0; i < wants->count; i++) {
        struct want *want = &wants->at[i];
        if (want->here || want->asked)
            continue;
        want->asked = true;
        wants->asked++;
        return want;
    }
    return NULL;
}

enum err wants_fill(struct wants *wants, size_t at, struct span bytes)
{
    struct hash hash = hash_of(bytes);
    if (at >= wants->count || !wants->at[at].asked || wants->at[at].here ||
        !hash_equal(&hash, &wants->at[at].hash))
        return ERR_FORM;
    wants->asked--;
    return fill(wants, &wants->at[at], bytes);
}

struct span wants_bytes(const struct wants *wants, const struct hash *hash)
{
    for (size_t i = 0; i < wants->count; i++)
        if (hash_equal(&wants->at[i].hash, hash))
            return bytes_span(&wants->at[i].bytes);
    return (struct span){0};
}

void wants_forget(struct wants *wants)
{
    for (size_t i = 0; i < wants->count; i++)
        if (!wants->at[i].given)
            bytes_clear(&wants->at[i].bytes);
}
