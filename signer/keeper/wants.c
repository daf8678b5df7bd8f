#include "signer/keeper/wants.h"

void wants_clear(struct wants *wants)
{
    for (size_t i = 0; i < wants->count; i++)
        bytes_clear(&wants->at[i].bytes);
    *wants = (struct wants){0};
}

// Hashes are as good as random; requesters who choose others wait for themselves.
static size_t place_of(const struct wants *wants, const struct hash *hash)
{
    size_t place = (hash->byte[0] | (size_t)hash->byte[1] << 8) % WANTS_PLACES;
    while (wants->places[place] != 0 &&
           !hash_equal(&wants->at[wants->places[place] - 1].hash, hash))
        place = (place + 1) % WANTS_PLACES;
    return place;
}

enum err wants_add(struct wants *wants, const struct hash *hash)
{
    if (hash_is_none(hash))
        return OK;
    size_t place = place_of(wants, hash);
    if (wants->places[place] != 0)
        return OK;
    if (wants->count == WANTS_MOST)
        return ERR_LIMIT;
    struct want *want = &wants->at[wants->count++];
    *want = (struct want){.hash = *hash};
    bytes_init(&want->bytes, LIMIT_PAYLOAD);
    wants->places[place] = (uint16_t)wants->count;
    wants->missing++;
    return OK;
}

enum err wants_name(struct wants *wants, const struct hash *hash)
{
    enum err err = wants_add(wants, hash);
    size_t number = wants->places[place_of(wants, hash)];
    if (err == OK && number != 0)
        wants->at[number - 1].named = true;
    return err;
}

bool wants_are_named(const struct wants *wants)
{
    for (size_t i = 0; i < wants->count; i++)
        if (wants->at[i].given && !wants->at[i].named)
            return false;
    return true;
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

enum err wants_take(struct wants *wants, const struct hash *hash, struct span bytes)
{
    struct hash is = hash_of(bytes);
    enum err err = hash_equal(&is, hash) ? wants_add(wants, hash) : ERR_FORM;
    if (err != OK)
        return err;
    struct want *want = &wants->at[wants->places[place_of(wants, hash)] - 1];
    return want->here ? OK : fill(wants, want, bytes);
}

struct span wants_bytes(const struct wants *wants, const struct hash *hash)
{
    size_t number = wants->places[place_of(wants, hash)];
    return number == 0 ? (struct span){0} : bytes_span(&wants->at[number - 1].bytes);
}

void wants_forget(struct wants *wants)
{
    for (size_t i = 0; i < wants->count; i++)
        if (!wants->at[i].given)
            bytes_clear(&wants->at[i].bytes);
}
