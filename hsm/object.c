#include "hsm/object.h"

#include <stdlib.h>

// A list that is longer is another than any of ours.
enum { MECHANISMS_MOST = 4 };

void object_template_add(
    struct object_template *template, CK_ATTRIBUTE_TYPE type, const void *value, size_t size)
{
    // A template of ours that does not fit is a mistake in this folder, never input.
    if (template->count == OBJECT_ATTRIBUTES)
        abort();
    template->at[template->count++] =
        (CK_ATTRIBUTE){type, (void *)(uintptr_t)value, (CK_ULONG)size};
}

void object_template_flags(
    struct object_template *template, const struct object_flag *flags, size_t count)
{
    for (size_t i = 0; i < count; i++)
        object_template_add(template, flags[i].type, &flags[i].value, sizeof flags[i].value);
}

enum err object_find(struct token *token, struct object_template *template,
    CK_OBJECT_HANDLE *out, size_t most, size_t *count, struct refusal *why)
{
    CK_ULONG found = 0;
    CK_OBJECT_HANDLE beyond;
    CK_ULONG more = 0;
    CK_RV rv = token->p11->C_FindObjectsInit(token->session, template->at, template->count);
    if (rv != CKR_OK)
        return token_failed(why, "objects cannot be searched", rv);
    rv = token->p11->C_FindObjects(token->session, out, most, &found);
    if (rv == CKR_OK)
        rv = token->p11->C_FindObjects(token->session, &beyond, 1, &more);
    token->p11->C_FindObjectsFinal(token->session);
    if (rv != CKR_OK)
        return token_failed(why, "objects cannot be searched", rv);
    *count = found;
    if (more == 0)
        return OK;
    refuse(why, "R20", "the token holds more than %zu objects of one kind", most);
    return ERR_LIMIT;
}

enum err object_bytes(struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    struct object_room *room, struct refusal *why)
{
    CK_ATTRIBUTE attribute = {type, room->at, room->size};
    CK_RV rv = token->p11->C_GetAttributeValue(token->session, object, &attribute, 1);
    if (rv != CKR_OK || attribute.ulValueLen > room->size)
        return token_failed(why, "an attribute cannot be read", rv);
    room->size = attribute.ulValueLen;
    return OK;
}

enum err object_number(struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    CK_ULONG *out, struct refusal *why)
{
    CK_ULONG value = 0;
    struct object_room room = {(uint8_t *)&value, sizeof value};
    enum err err = object_bytes(token, object, type, &room, why);
    if (err == OK && room.size != sizeof value)
        return token_failed(why, "an attribute has another size", CKR_OK);
    *out = value;
    return err;
}

bool object_is_absent(struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_ATTRIBUTE attribute = {type, NULL, 0};
    CK_RV rv = token->p11->C_GetAttributeValue(token->session, object, &attribute, 1);
    return rv == CKR_ATTRIBUTE_TYPE_INVALID || (rv == CKR_OK && attribute.ulValueLen == 0);
}

bool object_is_torn_key(struct token *token, CK_OBJECT_HANDLE object)
{
    struct refusal unused;
    CK_ULONG type = 0;
    CK_BBOOL local = CK_TRUE;
    struct object_room room = {&local, sizeof local};
    if (object_number(token, object, CKA_KEY_TYPE, &type, &unused) != OK ||
        (type != CKK_EC && type != CKK_EC_EDWARDS && type != CKK_RSA))
        return false;
    return object_bytes(token, object, CKA_LOCAL, &room, &unused) == OK && local == CK_FALSE &&
           object_is_absent(token, object, type == CKK_RSA ? CKA_MODULUS : CKA_EC_PARAMS);
}

static enum err flag_has_value(struct token *token, CK_OBJECT_HANDLE object,
    const struct object_flag *flag, struct refusal *why)
{
    CK_BBOOL value = 0;
    struct object_room room = {&value, sizeof value};
    enum err err = object_bytes(token, object, flag->type, &room, why);
    if (err == OK && room.size == sizeof value && value == flag->value)
        return OK;
    refuse(why, "R18", "a key in the token has %s not %s as it was made with", flag->name,
        flag->value == CK_TRUE ? "true" : "false");
    return ERR_KEY;
}

enum err object_has_flags(struct token *token, CK_OBJECT_HANDLE object,
    const struct object_flag *flags, size_t count, struct refusal *why)
{
    for (size_t i = 0; i < count; i++) {
        enum err err = flag_has_value(token, object, &flags[i], why);
        if (err != OK)
            return err;
    }
    return OK;
}

static bool names(const CK_MECHANISM_TYPE *list, size_t count, CK_MECHANISM_TYPE mechanism)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == mechanism)
            return true;
    return false;
}

enum err object_allows_only(struct token *token, CK_OBJECT_HANDLE object,
    const CK_MECHANISM_TYPE *mechanisms, size_t count, struct refusal *why)
{
    CK_MECHANISM_TYPE allowed[MECHANISMS_MOST] = {0};
    struct object_room room = {(uint8_t *)allowed, sizeof allowed};
    enum err err = object_bytes(token, object, CKA_ALLOWED_MECHANISMS, &room, why);
    bool same = err == OK && room.size == count * sizeof allowed[0];
    for (size_t i = 0; same && i < count; i++)
        same = names(allowed, count, mechanisms[i]);
    if (same)
        return OK;
    refuse(why, "R18", "a key in the token allows other mechanisms than those it was made for");
    return ERR_KEY;
}

enum err object_create(struct token *token, struct object_template *template,
    CK_OBJECT_HANDLE *out, struct refusal *why)
{
    CK_RV rv = token->p11->C_CreateObject(token->session, template->at, template->count, out);
    return rv == CKR_OK ? OK : token_failed(why, "an object cannot be created", rv);
}

enum err object_destroy(struct token *token, CK_OBJECT_HANDLE object, struct refusal *why)
{
    CK_RV rv = token->p11->C_DestroyObject(token->session, object);
    return rv == CKR_OK ? OK : token_failed(why, "an object cannot be destroyed", rv);
}

// Each key has two objects; a few more for seals and what was left torn.
enum { OBJECTS_MOST = 2 * TOKEN_KEYS_MOST + 64 };

enum err object_destroy_all(struct token *token, struct refusal *why)
{
    CK_OBJECT_HANDLE handles[OBJECTS_MOST];
    struct object_template all = {.count = 0};
    size_t count = 0;
    enum err err = object_find(token, &all, handles, OBJECTS_MOST, &count, why);
    for (size_t i = 0; err == OK && i < count; i++)
        err = object_destroy(token, handles[i], why);
    return err;
}
