#include "client/ceremony.h"

#include "client/fault.h"

#include <stdlib.h>
#include <string.h>

struct ceremony *ceremony_new(void)
{
    struct ceremony *ceremony = calloc(1, sizeof *ceremony);
    if (ceremony == NULL)
        return NULL;
    bytes_init(&ceremony->founding_text, LIMIT_RECORD);
    bytes_init(&ceremony->charter_text, LIMIT_CHARTER);
    bytes_init(&ceremony->objects_text, LIMIT_OBJECTS);
    ceremony->charter = charter_new();
    ceremony->objects = calloc(1, sizeof *ceremony->objects);
    if (ceremony->charter != NULL && ceremony->objects != NULL)
        return ceremony;
    ceremony_free(ceremony);
    return NULL;
}

void ceremony_free(struct ceremony *ceremony)
{
    if (ceremony == NULL)
        return;
    bytes_clear(&ceremony->founding_text);
    bytes_clear(&ceremony->charter_text);
    bytes_clear(&ceremony->objects_text);
    charter_free(ceremony->charter);
    free(ceremony->objects);
    free(ceremony);
}

static enum err copy(struct bytes *to, struct span from)
{
    bytes_reset(to);
    bytes_add(to, from);
    return bytes_finish(to);
}

enum err ceremony_read_objects(
    struct ceremony *ceremony, const struct message *answer, struct refusal *refusal)
{
    if (answer->founding.objects.size == 0)
        return fault(ERR_NOT_FOUND, refusal,
            "the appliance has not generated its keys yet: run `conclave init keys`");
    enum err err = copy(&ceremony->objects_text, answer->founding.objects);
    if (err == OK && objects_read(bytes_span(&ceremony->objects_text), ceremony->objects) != OK)
        err = fault(ERR_SIGNATURE, refusal, "the list of the token's objects cannot be read");
    return err;
}

static enum err copy_rest(struct ceremony *ceremony, const struct message *answer)
{
    ceremony->signed_by = answer->founding.signed_by;
    ceremony->complete = answer->founding.complete != 0;
    enum err err = copy(&ceremony->founding_text, answer->founding.founding);
    return err == OK ? copy(&ceremony->charter_text, answer->founding.charter) : err;
}

static bool was_made(const struct objects *objects, const char *role, const struct hash *key)
{
    for (size_t i = 0; i < objects->key_count; i++)
        if (strcmp(objects->keys[i].role, role) == 0 &&
            hash_equal(&objects->keys[i].key.id, key))
            return true;
    return false;
}

// The charter's keys are those that were generated, no more and no fewer.
static enum err check_keys(const struct ceremony *ceremony, struct refusal *refusal)
{
    const struct charter *charter = ceremony->charter;
    if (charter->key_count != ceremony->objects->key_count)
        return fault(ERR_SIGNATURE, refusal,
            "the charter names %zu keys, but %zu were generated: do not sign",
            charter->key_count, ceremony->objects->key_count);
    for (size_t i = 0; i < charter->key_count; i++) {
        const char *role = charter->roles[charter->keys[i].role].name;
        if (!was_made(ceremony->objects, role, &charter->keys[i].key.id))
            return fault(ERR_SIGNATURE, refusal,
                "the charter names a key of %s that was not generated: do not sign", role);
    }
    return OK;
}

static enum err check_founding(const struct ceremony *ceremony, struct refusal *refusal)
{
    const struct founding *founding = &ceremony->founding;
    const struct charter *charter = ceremony->charter;
    struct hash objects = hash_of(bytes_span(&ceremony->objects_text));
    if (!hash_equal(&founding->charter, &charter->hash))
        return fault(ERR_SIGNATURE, refusal,
            "the founding record names another charter than the one shown: do not sign");
    if (!hash_equal(&founding->objects, &objects))
        return fault(ERR_SIGNATURE, refusal,
            "the founding record names another list of objects than the one shown: do not "
            "sign");
    if (!hash_equal(&founding->log.id, &charter->log) ||
        !hash_equal(&founding->log.id, &ceremony->objects->log.id))
        return fault(ERR_SIGNATURE, refusal,
            "founding record, charter and token do not name one log key: do not sign");
    if (strcmp(founding->origin, charter->origin) != 0)
        return fault(ERR_SIGNATURE, refusal,
            "the founding record names another log than the charter: do not sign");
    if (charter->epoch != 1 || !hash_is_none(&charter->previous))
        return fault(ERR_SIGNATURE, refusal, "the charter is not a first one: do not sign");
    return check_keys(ceremony, refusal);
}

enum err ceremony_read(
    struct ceremony *ceremony, const struct message *answer, struct refusal *refusal)
{
    enum err err = ceremony_read_objects(ceremony, answer, refusal);
    if (err != OK)
        return err;
    if (answer->founding.founding.size == 0)
        return fault(ERR_NOT_FOUND, refusal,
            "there is no charter to sign yet: run `conclave init charter`");
    err = copy_rest(ceremony, answer);
    if (err != OK)
        return err;
    if (founding_read(bytes_span(&ceremony->founding_text), &ceremony->founding) != OK)
        return fault(ERR_SIGNATURE, refusal, "the founding record cannot be read");
    if (charter_read(bytes_span(&ceremony->charter_text), ceremony->charter, refusal) != OK)
        return ERR_SIGNATURE;
    return check_founding(ceremony, refusal);
}

bool ceremony_has_signed(const struct ceremony *ceremony, const struct hash *key)
{
    for (uint32_t i = 0; i < ceremony->signed_by.count; i++)
        if (hash_equal(&ceremony->signed_by.at[i], key))
            return true;
    return false;
}
