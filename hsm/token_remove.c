#include "hsm/object.h"

#include <string.h>

// A CKA_ID; `size` 0 for an object that has none.
struct id {
    uint8_t bytes[OBJECT_ID_SIZE];
    size_t size;
};

// An id that cannot be read is not taken for none: a good key would lose its other half for it.
static enum err read_id(
    struct token *token, CK_OBJECT_HANDLE object, struct id *out, struct refusal *why)
{
    struct object_room room = {out->bytes, sizeof out->bytes};
    out->size = 0;
    if (object_is_absent(token, object, CKA_ID))
        return OK;
    enum err err = object_bytes(token, object, CKA_ID, &room, why);
    if (err == OK)
        out->size = room.size;
    return err;
}

static enum err find_class(struct token *token, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *out,
    size_t *count, struct refusal *why)
{
    struct object_template template = {.count = 0};
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    return object_find(token, &template, out, TOKEN_KEYS_MOST, count, why);
}

// The private half goes first: what a crash leaves then is a public key, which is swept at start.
enum err token_key_destroy(
    struct token *token, const struct token_key *key, struct refusal *why)
{
    static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    struct id id;
    struct object_template template = {.count = 0};
    CK_OBJECT_HANDLE public = 0;
    size_t count = 0;
    enum err err = read_id(token, key->handle, &id, why);
    if (err != OK)
        return err;
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    object_template_add(&template, CKA_ID, id.bytes, id.size);
    err = object_find(token, &template, &public, 1, &count, why);
    if (err == OK)
        err = object_destroy(token, key->handle, why);
    if (err == OK && count == 1)
        err = object_destroy(token, public, why);
    return err;
}

static bool has_private(const struct id *id, const struct id *privates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (id->size > 0 && id->size == privates[i].size &&
            memcmp(id->bytes, privates[i].bytes, id->size) == 0)
            return true;
    return false;
}

// Fills in the ids of the private keys that stay.
static enum err sweep_private(struct token *token, struct id *privates, size_t *count,
    size_t *destroyed, struct refusal *why)
{
    CK_OBJECT_HANDLE handles[TOKEN_KEYS_MOST];
    size_t found = 0;
    *count = 0;
    enum err err = find_class(token, CKO_PRIVATE_KEY, handles, &found, why);
    for (size_t i = 0; err == OK && i < found; i++) {
        if (!object_is_torn_key(token, handles[i])) {
            err = read_id(token, handles[i], &privates[(*count)++], why);
            continue;
        }
        err = object_destroy(token, handles[i], why);
        (*destroyed)++;
    }
    return err;
}

static enum err sweep_public(struct token *token, const struct id *privates, size_t count,
    size_t *destroyed, struct refusal *why)
{
    CK_OBJECT_HANDLE handles[TOKEN_KEYS_MOST];
    size_t found = 0;
    enum err err = find_class(token, CKO_PUBLIC_KEY, handles, &found, why);
    for (size_t i = 0; err == OK && i < found; i++) {
        struct id id;
        err = read_id(token, handles[i], &id, why);
        if (err != OK || has_private(&id, privates, count))
            continue;
        err = object_destroy(token, handles[i], why);
        (*destroyed)++;
    }
    return err;
}

enum err token_sweep(struct token *token, size_t *destroyed, struct refusal *why)
{
    struct id privates[TOKEN_KEYS_MOST];
    size_t count = 0;
    *destroyed = 0;
    enum err err = sweep_private(token, privates, &count, destroyed, why);
    return err == OK ? sweep_public(token, privates, count, destroyed, why) : err;
}
