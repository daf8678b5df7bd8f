// Public halves as they stand in any token, also of others' making.
#include "hsm/token_kind.h"

#include <string.h>

enum {
    OCTET_STRING = 0x04,
    ED25519_POINT = 32,
    // CKA_ID of others: 20 bytes for a SHA-1, as many tools write it; none seen is longer than this.
    ID_MOST = 64,
    PAIRS_MOST = 64, // public keys looked through for one; a person's token holds fewer
    EXPONENT_MOST = 8,
};

static const uint8_t exponent[] = {0x01, 0x00, 0x01}; // 65537, the only one that is taken (R16)

static enum err not_ours(struct refusal *why)
{
    refuse(
        why, "R16", "a public key in the token is not of a type and form that is taken here");
    return ERR_KEY;
}

// CKA_EC_POINT is an OCTET STRING around the raw key (PKCS#11 section 2.3.3); some modules give
// Ed25519 points bare: these have 32 bytes, whatever they begin with.
static struct span unwrapped(struct span point)
{
    bool wrapped = point.size > 2 && point.size != ED25519_POINT &&
                   point.data[0] == OCTET_STRING && point.data[1] == point.size - 2;
    return wrapped ? span_of(point.data + 2, point.size - 2) : point;
}

static enum err read_point(struct token *token, CK_OBJECT_HANDLE object, enum key_type type,
    struct key *out, struct refusal *why)
{
    uint8_t point[KEY_POINT_MOST + 2];
    struct object_room room = {point, sizeof point};
    enum err err = object_bytes(token, object, CKA_EC_POINT, &room, why);
    if (err != OK)
        return err;
    err = key_from_raw(type, unwrapped(span_of(point, room.size)), out);
    return err == OK ? OK : not_ours(why);
}

static enum err read_rsa(struct token *token, CK_OBJECT_HANDLE object, enum key_type type,
    struct key *out, struct refusal *why)
{
    uint8_t e[EXPONENT_MOST], n[KEY_RAW_MOST + 1];
    struct object_room e_room = {e, sizeof e}, n_room = {n, sizeof n};
    enum err err = object_bytes(token, object, CKA_PUBLIC_EXPONENT, &e_room, why);
    if (err == OK)
        err = object_bytes(token, object, CKA_MODULUS, &n_room, why);
    if (err != OK)
        return err;
    struct span given = token_kind_trimmed(span_of(e, e_room.size));
    if (!span_equal(given, span_of(exponent, sizeof exponent)) ||
        key_from_raw(type, token_kind_trimmed(span_of(n, n_room.size)), out) != OK)
        return not_ours(why);
    return OK;
}

enum err token_public_read(
    struct token *token, CK_OBJECT_HANDLE object, struct key *out, struct refusal *why)
{
    enum key_type type = KEY_NONE;
    enum err err = token_kind_read(token, object, &type, why);
    if (err != OK)
        return err == ERR_KEY ? not_ours(why) : err;
    return token_kind_of(type)->modulus_bits > 0 ? read_rsa(token, object, type, out, why)
                                                 : read_point(token, object, type, out, why);
}

// ---- from a public half to its private one ----

static enum err find_public(
    struct token *token, const struct key *key, CK_OBJECT_HANDLE *out, struct refusal *why)
{
    static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    struct object_template template = {.count = 0};
    CK_OBJECT_HANDLE handles[PAIRS_MOST];
    struct refusal unused;
    struct key found;
    size_t count = 0;
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    enum err err = object_find(token, &template, handles, PAIRS_MOST, &count, why);
    for (size_t i = 0; err == OK && i < count; i++)
        if (token_public_read(token, handles[i], &found, &unused) == OK &&
            hash_equal(&found.id, &key->id)) {
            *out = handles[i];
            return OK;
        }
    return err == OK ? ERR_NOT_FOUND : err;
}

enum err token_key_find(
    struct token *token, const struct key *key, struct token_key *out, struct refusal *why)
{
    static const CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    struct object_template template = {.count = 0};
    CK_OBJECT_HANDLE public = 0;
    uint8_t id[ID_MOST];
    struct object_room room = {id, sizeof id};
    size_t count = 0;
    *out = (struct token_key){.key = *key};
    enum err err = find_public(token, key, &public, why);
    if (err == OK)
        err = object_bytes(token, public, CKA_ID, &room, why);
    if (err != OK)
        return err;
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    object_template_add(&template, CKA_ID, id, room.size);
    err = object_find(token, &template, &out->handle, 1, &count, why);
    return err == OK && count == 0 ? ERR_NOT_FOUND : err;
}
