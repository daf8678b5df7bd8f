#include "hsm/object.h"

#include <openssl/rand.h>
#include <string.h>

// What a private key is, stated in full: SoftHSM's own choice would be neither sensitive nor for
// signing alone. The same table is read back.
static const struct object_flag private_flags[] = {
    {CKA_TOKEN, "CKA_TOKEN", CK_TRUE},
    {CKA_PRIVATE, "CKA_PRIVATE", CK_TRUE},
    {CKA_SENSITIVE, "CKA_SENSITIVE", CK_TRUE},
    {CKA_SIGN, "CKA_SIGN", CK_TRUE},
    {CKA_EXTRACTABLE, "CKA_EXTRACTABLE", CK_FALSE},
    {CKA_DECRYPT, "CKA_DECRYPT", CK_FALSE},
    {CKA_UNWRAP, "CKA_UNWRAP", CK_FALSE},
    {CKA_DERIVE, "CKA_DERIVE", CK_FALSE},
    {CKA_SIGN_RECOVER, "CKA_SIGN_RECOVER", CK_FALSE},
    {CKA_MODIFIABLE, "CKA_MODIFIABLE", CK_FALSE},
    {CKA_COPYABLE, "CKA_COPYABLE", CK_FALSE},
};
// What only the token can set.
static const struct object_flag made_flags[] = {
    {CKA_LOCAL, "CKA_LOCAL", CK_TRUE},
    {CKA_ALWAYS_SENSITIVE, "CKA_ALWAYS_SENSITIVE", CK_TRUE},
    {CKA_NEVER_EXTRACTABLE, "CKA_NEVER_EXTRACTABLE", CK_TRUE},
};
// The public half is readable before the log-in, so that an administrator's tool finds it.
static const struct object_flag public_flags[] = {
    {CKA_TOKEN, "CKA_TOKEN", CK_TRUE},
    {CKA_PRIVATE, "CKA_PRIVATE", CK_FALSE},
    {CKA_VERIFY, "CKA_VERIFY", CK_TRUE},
    {CKA_ENCRYPT, "CKA_ENCRYPT", CK_FALSE},
    {CKA_WRAP, "CKA_WRAP", CK_FALSE},
    {CKA_VERIFY_RECOVER, "CKA_VERIFY_RECOVER", CK_FALSE},
    {CKA_DERIVE, "CKA_DERIVE", CK_FALSE},
    {CKA_MODIFIABLE, "CKA_MODIFIABLE", CK_FALSE},
    {CKA_COPYABLE, "CKA_COPYABLE", CK_FALSE},
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// PrintableString "edwards25519" and the named curve prime256v1 (PKCS#11 CKA_EC_PARAMS).
static const uint8_t ed25519_params[] = {
    0x13, 0x0c, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9'};
static const uint8_t p256_params[] = {
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

enum { OCTET_STRING = 0x04, RAW_SIGNATURE = 64 };

static const struct kind {
    CK_KEY_TYPE type;
    CK_MECHANISM_TYPE generate;
    CK_MECHANISM_TYPE sign;
    struct span params;
    bool over_digest; // the mechanism signs a SHA-256 digest, and returns r ‖ s
} kinds[] = {
    [KEY_ED25519] = {CKK_EC_EDWARDS, CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EDDSA,
        {ed25519_params, sizeof ed25519_params}, false},
    [KEY_P256] = {CKK_EC, CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, {p256_params, sizeof p256_params},
        true},
};

static const struct kind *kind_of(enum key_type type)
{
    return type > KEY_NONE && type < COUNT(kinds) ? &kinds[type] : NULL;
}

// ---- listing ----

// CKA_EC_POINT is an OCTET STRING around the raw key (PKCS#11 section 2.3.3); some modules give
// Ed25519 points bare.
static struct span point_raw(struct span point)
{
    bool wrapped =
        point.size > 2 && point.data[0] == OCTET_STRING && point.data[1] == point.size - 2;
    return wrapped ? span_of(point.data + 2, point.size - 2) : point;
}

static enum err public_half(struct token *token, struct span id, enum key_type type,
    struct key *out, struct refusal *why)
{
    static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    struct object_template template = {.count = 0};
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    object_template_add(&template, CKA_ID, id.data, id.size);
    CK_OBJECT_HANDLE handle = 0;
    size_t count = 0;
    enum err err = object_find(token, &template, &handle, 1, &count, why);
    if (err != OK)
        return err;
    if (count == 0) {
        refuse(why, "R18", "a private key in the token has no public half");
        return ERR_KEY;
    }
    uint8_t point[KEY_RAW_MOST + 2];
    struct object_room room = {point, sizeof point};
    err = object_bytes(token, handle, CKA_EC_POINT, &room, why);
    if (err != OK)
        return err;
    if (key_from_raw(type, point_raw(span_of(point, room.size)), out) == OK)
        return OK;
    refuse(why, "R16", "a public key in the token is not an acceptable one");
    return ERR_KEY;
}

static enum err type_of(
    struct token *token, CK_OBJECT_HANDLE handle, enum key_type *out, struct refusal *why)
{
    CK_ULONG type = 0;
    uint8_t params[32];
    struct object_room room = {params, sizeof params};
    enum err err = object_number(token, handle, CKA_KEY_TYPE, &type, why);
    if (err == OK)
        err = object_bytes(token, handle, CKA_EC_PARAMS, &room, why);
    for (size_t i = KEY_ED25519; err == OK && i < COUNT(kinds); i++)
        if (kinds[i].type == type && span_equal(kinds[i].params, span_of(params, room.size))) {
            *out = (enum key_type)i;
            return OK;
        }
    refuse(why, "R15", "a private key in the token is neither Ed25519 nor P-256");
    return ERR_KEY;
}

static enum err read_pair(
    struct token *token, CK_OBJECT_HANDLE handle, struct token_key *out, struct refusal *why)
{
    uint8_t id[OBJECT_ID_SIZE];
    struct object_room id_room = {id, sizeof id};
    struct object_room label_room = {(uint8_t *)out->label, sizeof out->label - 1};
    enum key_type type = KEY_NONE;
    *out = (struct token_key){.handle = handle};
    enum err err = type_of(token, handle, &type, why);
    if (err == OK)
        err = object_bytes(token, handle, CKA_LABEL, &label_room, why);
    if (err == OK)
        err = object_bytes(token, handle, CKA_ID, &id_room, why);
    if (err == OK)
        err = public_half(token, span_of(id, id_room.size), type, &out->key, why);
    return err;
}

enum err token_key_list(
    struct token *token, struct token_key *out, size_t most, size_t *count, struct refusal *why)
{
    static const CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    struct object_template template = {.count = 0};
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    CK_OBJECT_HANDLE handles[TOKEN_KEYS_MOST];
    if (most > COUNT(handles))
        most = COUNT(handles);
    size_t found = 0;
    *count = 0;
    enum err err = object_find(token, &template, handles, most, &found, why);
    for (size_t i = 0; err == OK && i < found; i++)
        if (!object_is_torn_key(token, handles[i]))
            err = read_pair(token, handles[i], &out[(*count)++], why);
    return err;
}

enum err token_key_check(struct token *token, const struct token_key *key, struct refusal *why)
{
    const struct kind *kind = kind_of(key->key.type);
    if (kind == NULL)
        return ERR_KEY;
    enum err err =
        object_has_flags(token, key->handle, private_flags, COUNT(private_flags), why);
    if (err == OK)
        err = object_has_flags(token, key->handle, made_flags, COUNT(made_flags), why);
    if (err == OK)
        err = object_allows_only(token, key->handle, kind->sign, why);
    return err;
}

// ---- generating ----

static void name_template(struct object_template *template, const CK_OBJECT_CLASS *class,
    const struct kind *kind, const char *label, struct span id)
{
    object_template_add(template, CKA_CLASS, class, sizeof *class);
    object_template_add(template, CKA_KEY_TYPE, &kind->type, sizeof kind->type);
    object_template_add(template, CKA_LABEL, label, strlen(label));
    object_template_add(template, CKA_ID, id.data, id.size);
}

static enum err generate_pair(struct token *token, const char *label, const struct kind *kind,
    CK_OBJECT_HANDLE *out, struct refusal *why)
{
    static const CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY, private_class = CKO_PRIVATE_KEY;
    uint8_t id[OBJECT_ID_SIZE];
    if (RAND_bytes(id, sizeof id) != 1)
        return ERR_CRYPTO;
    struct object_template public = {.count = 0}, private = {.count = 0};
    name_template(&public, &public_class, kind, label, span_of(id, sizeof id));
    object_template_add(&public, CKA_EC_PARAMS, kind->params.data, kind->params.size);
    object_template_flags(&public, public_flags, COUNT(public_flags));
    name_template(&private, &private_class, kind, label, span_of(id, sizeof id));
    object_template_add(&private, CKA_ALLOWED_MECHANISMS, &kind->sign, sizeof kind->sign);
    object_template_flags(&private, private_flags, COUNT(private_flags));
    CK_MECHANISM mechanism = {kind->generate, NULL, 0};
    CK_OBJECT_HANDLE public_handle = 0;
    CK_RV rv = token->p11->C_GenerateKeyPair(token->session, &mechanism, public.at,
        public.count, private.at, private.count, &public_handle, out);
    return rv == CKR_OK ? OK : token_failed(why, "a key cannot be generated", rv);
}

enum err token_key_generate(struct token *token, const char *label, enum key_type type,
    struct token_key *out, struct refusal *why)
{
    const struct kind *kind = kind_of(type);
    if (kind == NULL || strlen(label) == 0 || strlen(label) > LIMIT_ROLE_NAME) {
        refuse(why, "R15", "no key can be generated of that type, or with that name");
        return ERR_FORM;
    }
    CK_OBJECT_HANDLE handle = 0;
    enum err err = generate_pair(token, label, kind, &handle, why);
    if (err == OK)
        err = read_pair(token, handle, out, why);
    if (err == OK)
        err = token_key_check(token, out, why);
    return err;
}

// ---- signing ----

static enum err sign_raw(struct token *token, const struct token_key *key,
    const struct kind *kind, struct span message, uint8_t out[RAW_SIGNATURE],
    struct refusal *why)
{
    CK_MECHANISM mechanism = {kind->sign, NULL, 0};
    CK_ULONG size = RAW_SIGNATURE;
    CK_RV rv = token->p11->C_SignInit(token->session, &mechanism, key->handle);
    // C_Sign takes a pointer to bytes that it does not change.
    if (rv == CKR_OK)
        rv = token->p11->C_Sign(
            token->session, (CK_BYTE *)(uintptr_t)message.data, message.size, out, &size);
    if (rv != CKR_OK || size != RAW_SIGNATURE)
        return token_failed(why, "signing failed", rv);
    return OK;
}

enum err token_key_sign(struct token *token, const struct token_key *key, struct span message,
    struct bytes *out, struct refusal *why)
{
    const struct kind *kind = kind_of(key->key.type);
    if (kind == NULL)
        return ERR_KEY;
    uint8_t raw[RAW_SIGNATURE];
    if (kind->over_digest) {
        // CKM_ECDSA signs whatever it is given: here it is never given but one digest.
        struct hash digest = hash_of(message);
        enum err err = sign_raw(token, key, kind, hash_span(&digest), raw, why);
        return err == OK ? key_ecdsa_der(span_of(raw, sizeof raw), out) : err;
    }
    enum err err = sign_raw(token, key, kind, message, raw, why);
    if (err == OK)
        bytes_add(out, span_of(raw, sizeof raw));
    return err == OK ? bytes_finish(out) : err;
}
