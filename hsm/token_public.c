// Public halves as they stand in any token, also of others' making.
#include "hsm/object.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    OCTET_STRING = 0x04,
    ED25519_POINT = 32,
    // CKA_ID of others: 20 bytes for a SHA-1, as many tools write it; none seen is longer than this.
    ID_MOST = 64,
    PAIRS_MOST = 64, // public keys looked through for one; a person's token holds fewer
    PARAMS_MOST = 32,
    EXPONENT_MOST = 8,
    MODULUS_MOST = 512, // RSA-4096's
};

// How a curve stands in CKA_EC_PARAMS: as its name (RFC 5480, RFC 8410 section 3) or, of PKCS#11's
// own, as a PrintableString.
static const uint8_t ed25519_string[] = {
    0x13, 0x0c, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9'};
static const uint8_t ed25519_oid[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
static const uint8_t p256_oid[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static const uint8_t p384_oid[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
static const struct curve {
    CK_KEY_TYPE type;
    struct span params;
    enum key_type key;
} curves[] = {
    {CKK_EC_EDWARDS, {ed25519_string, sizeof ed25519_string}, KEY_ED25519},
    {CKK_EC_EDWARDS, {ed25519_oid, sizeof ed25519_oid}, KEY_ED25519},
    {CKK_EC, {p256_oid, sizeof p256_oid}, KEY_P256},
    {CKK_EC, {p384_oid, sizeof p384_oid}, KEY_P384},
};
static const struct {
    size_t modulus;
    enum key_type key;
} sizes[] = {{256, KEY_RSA2048}, {384, KEY_RSA3072}, {512, KEY_RSA4096}};
static const uint8_t exponent[] = {0x01, 0x00, 0x01}; // 65537, the only one that is taken (R16)

static enum err not_ours(struct refusal *why)
{
    refuse(
        why, "R16", "a public key in the token is not of a type and form that is taken here");
    return ERR_KEY;
}

// A big integer of PKCS#11 may have zero bytes in front.
static struct span trimmed(struct span number)
{
    while (number.size > 0 && number.data[0] == 0)
        number = span_of(number.data + 1, number.size - 1);
    return number;
}

// CKA_EC_POINT is an OCTET STRING around the raw key (PKCS#11 section 2.3.3); some modules give
// Ed25519 points bare: these have 32 bytes, whatever they begin with.
static struct span unwrapped(struct span point)
{
    bool wrapped = point.size > 2 && point.size != ED25519_POINT &&
                   point.data[0] == OCTET_STRING && point.data[1] == point.size - 2;
    return wrapped ? span_of(point.data + 2, point.size - 2) : point;
}

static enum err read_curve(struct token *token, CK_OBJECT_HANDLE object, CK_KEY_TYPE type,
    struct key *out, struct refusal *why)
{
    uint8_t params[PARAMS_MOST], point[KEY_POINT_MOST + 2];
    struct object_room params_room = {params, sizeof params},
                       point_room = {point, sizeof point};
    enum err err = object_bytes(token, object, CKA_EC_PARAMS, &params_room, why);
    if (err == OK)
        err = object_bytes(token, object, CKA_EC_POINT, &point_room, why);
    if (err != OK)
        return err;
    for (size_t i = 0; i < COUNT(curves); i++)
        if (curves[i].type == type &&
            span_equal(curves[i].params, span_of(params, params_room.size)) &&
            key_from_raw(curves[i].key, unwrapped(span_of(point, point_room.size)), out) == OK)
            return OK;
    return not_ours(why);
}

static enum err read_rsa(
    struct token *token, CK_OBJECT_HANDLE object, struct key *out, struct refusal *why)
{
    uint8_t e[EXPONENT_MOST], n[MODULUS_MOST + 1];
    struct object_room e_room = {e, sizeof e}, n_room = {n, sizeof n};
    enum err err = object_bytes(token, object, CKA_PUBLIC_EXPONENT, &e_room, why);
    if (err == OK)
        err = object_bytes(token, object, CKA_MODULUS, &n_room, why);
    if (err != OK)
        return err;
    struct span modulus = trimmed(span_of(n, n_room.size));
    if (!span_equal(trimmed(span_of(e, e_room.size)), span_of(exponent, sizeof exponent)))
        return not_ours(why);
    for (size_t i = 0; i < COUNT(sizes); i++)
        if (sizes[i].modulus == modulus.size && key_from_raw(sizes[i].key, modulus, out) == OK)
            return OK;
    return not_ours(why);
}

enum err token_public_read(
    struct token *token, CK_OBJECT_HANDLE object, struct key *out, struct refusal *why)
{
    CK_ULONG type = 0;
    enum err err = object_number(token, object, CKA_KEY_TYPE, &type, why);
    if (err != OK)
        return err;
    return type == CKK_RSA ? read_rsa(token, object, out, why)
                           : read_curve(token, object, type, out, why);
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
