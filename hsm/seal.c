#include "hsm/seal.h"

#include "hsm/object.h"
#include "signer/base/cursor.h"

#include <openssl/crypto.h>

#define SEAL_MAGIC       "conclave.seal.v1"
#define SEAL_LABEL       "conclave.seal"
#define SEAL_KEY_LABEL   "conclave.seal-key"
#define SEAL_APPLICATION "conclave"
#define COUNT(array)     (sizeof(array) / sizeof((array)[0]))

enum { MAGIC_SIZE = 16, SEALED_SIZE = SEAL_SIZE - HASH_SIZE };

// ---- the HMAC key ----

static const struct object_flag key_flags[] = {
    {CKA_TOKEN, "CKA_TOKEN", CK_TRUE},
    {CKA_PRIVATE, "CKA_PRIVATE", CK_TRUE},
    {CKA_SENSITIVE, "CKA_SENSITIVE", CK_TRUE},
    {CKA_SIGN, "CKA_SIGN", CK_TRUE},
    {CKA_VERIFY, "CKA_VERIFY", CK_TRUE},
    {CKA_EXTRACTABLE, "CKA_EXTRACTABLE", CK_FALSE},
    {CKA_ENCRYPT, "CKA_ENCRYPT", CK_FALSE},
    {CKA_DECRYPT, "CKA_DECRYPT", CK_FALSE},
    {CKA_WRAP, "CKA_WRAP", CK_FALSE},
    {CKA_UNWRAP, "CKA_UNWRAP", CK_FALSE},
    {CKA_DERIVE, "CKA_DERIVE", CK_FALSE},
    {CKA_MODIFIABLE, "CKA_MODIFIABLE", CK_FALSE},
    {CKA_COPYABLE, "CKA_COPYABLE", CK_FALSE},
};
static const struct object_flag key_made_flags[] = {
    {CKA_LOCAL, "CKA_LOCAL", CK_TRUE},
    {CKA_ALWAYS_SENSITIVE, "CKA_ALWAYS_SENSITIVE", CK_TRUE},
    {CKA_NEVER_EXTRACTABLE, "CKA_NEVER_EXTRACTABLE", CK_TRUE},
};
static const CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY, data_class = CKO_DATA;
static const CK_KEY_TYPE key_type = CKK_GENERIC_SECRET;
static const CK_MECHANISM_TYPE mac_mechanism = CKM_SHA256_HMAC;
static const CK_ULONG key_size = 32; // as many bytes as the HMAC has

static enum err check_key(struct token *token, const struct seal_key *key, struct refusal *why)
{
    enum err err = object_has_flags(token, key->handle, key_flags, COUNT(key_flags), why);
    if (err == OK)
        err = object_has_flags(token, key->handle, key_made_flags, COUNT(key_made_flags), why);
    if (err == OK)
        err = object_allows_only(token, key->handle, &mac_mechanism, 1, why);
    return err;
}

enum err seal_key_generate(struct token *token, struct seal_key *out, struct refusal *why)
{
    struct object_template template = {.count = 0};
    object_template_add(&template, CKA_CLASS, &secret_class, sizeof secret_class);
    object_template_add(&template, CKA_KEY_TYPE, &key_type, sizeof key_type);
    object_template_add(&template, CKA_VALUE_LEN, &key_size, sizeof key_size);
    object_template_add(&template, CKA_LABEL, SEAL_KEY_LABEL, sizeof SEAL_KEY_LABEL - 1);
    object_template_add(
        &template, CKA_ALLOWED_MECHANISMS, &mac_mechanism, sizeof mac_mechanism);
    object_template_flags(&template, key_flags, COUNT(key_flags));
    CK_MECHANISM mechanism = {CKM_GENERIC_SECRET_KEY_GEN, NULL, 0};
    CK_RV rv = token->p11->C_GenerateKey(
        token->session, &mechanism, template.at, template.count, &out->handle);
    if (rv != CKR_OK)
        return token_failed(why, "the seal's key cannot be generated", rv);
    return check_key(token, out, why);
}

enum err seal_key_find(struct token *token, struct seal_key *out, struct refusal *why)
{
    struct object_template template = {.count = 0};
    object_template_add(&template, CKA_CLASS, &secret_class, sizeof secret_class);
    size_t count = 0;
    enum err err = object_find(token, &template, &out->handle, 1, &count, why);
    if (err == ERR_LIMIT) {
        refuse(why, "R18", "the token holds more than one secret key; only one is the seal's");
        return ERR_KEY;
    }
    if (err != OK)
        return err;
    return count == 0 ? ERR_NOT_FOUND : check_key(token, out, why);
}

static enum err mac(struct token *token, const struct seal_key *key, struct span sealed,
    uint8_t out[HASH_SIZE], struct refusal *why)
{
    CK_MECHANISM mechanism = {mac_mechanism, NULL, 0};
    CK_ULONG size = HASH_SIZE;
    CK_RV rv = token->p11->C_SignInit(token->session, &mechanism, key->handle);
    // C_Sign takes a pointer to bytes that it does not change.
    if (rv == CKR_OK)
        rv = token->p11->C_Sign(
            token->session, (CK_BYTE *)(uintptr_t)sealed.data, sealed.size, out, &size);
    if (rv != CKR_OK || size != HASH_SIZE)
        return token_failed(why, "the seal cannot be authenticated", rv);
    return OK;
}

// ---- the layout ----

static void encode_comebacks(const struct comebacks *list, struct bytes *out)
{
    bytes_add_u64(out, list->count);
    for (size_t i = 0; i < COMEBACKS_MOST; i++) {
        bool used = i < list->count;
        bytes_add_u64(out, used ? list->at[i].from : 0);
        bytes_add_u64(out, used ? list->at[i].to : 0);
        bytes_add_u64(out, used ? (uint64_t)list->at[i].since : 0);
    }
}

static bool decode_comebacks(struct cursor *cursor, struct comebacks *out)
{
    uint64_t count = cursor_u64(cursor);
    for (size_t i = 0; i < COMEBACKS_MOST; i++) {
        out->at[i].from = cursor_u64(cursor);
        out->at[i].to = cursor_u64(cursor);
        out->at[i].since = (moment)cursor_u64(cursor);
    }
    out->count = (size_t)count;
    return count <= COMEBACKS_MOST;
}

static void encode(const struct seal *seal, struct bytes *out)
{
    bytes_add(out, span_of(SEAL_MAGIC, MAGIC_SIZE));
    bytes_add_u64(out, seal->number);
    bytes_add_u64(out, seal->epoch);
    bytes_add(out, hash_span(&seal->charter));
    bytes_add_u64(out, seal->size);
    bytes_add(out, hash_span(&seal->root));
    bytes_add(out, hash_span(&seal->state));
    encode_comebacks(&seal->comebacks, out);
}

static bool decode(struct span value, struct seal *out)
{
    struct cursor cursor = cursor_of(value);
    bool ours = span_equal(cursor_take(&cursor, MAGIC_SIZE), span_of(SEAL_MAGIC, MAGIC_SIZE));
    out->number = cursor_u64(&cursor);
    out->epoch = cursor_u64(&cursor);
    cursor_copy(&cursor, out->charter.byte, HASH_SIZE);
    out->size = cursor_u64(&cursor);
    cursor_copy(&cursor, out->root.byte, HASH_SIZE);
    cursor_copy(&cursor, out->state.byte, HASH_SIZE);
    bool fits = decode_comebacks(&cursor, &out->comebacks);
    cursor_take(&cursor, HASH_SIZE);
    return ours && fits && cursor_finish(&cursor) == OK;
}

// ---- the objects ----

// By class alone: a label may be what was damaged.
static enum err find_all(struct token *token, CK_OBJECT_HANDLE handles[SEALS_MOST],
    size_t *count, struct refusal *why)
{
    struct object_template template = {.count = 0};
    object_template_add(&template, CKA_CLASS, &data_class, sizeof data_class);
    return object_find(token, &template, handles, SEALS_MOST, count, why);
}

enum err seal_count(struct token *token, size_t *out, struct refusal *why)
{
    CK_OBJECT_HANDLE handles[SEALS_MOST];
    return find_all(token, handles, out, why);
}

// OK: valid. ERR_NOT_FOUND: torn, false, or not even readable.
static enum err read_one(struct token *token, const struct seal_key *key,
    CK_OBJECT_HANDLE handle, struct seal *out, struct refusal *why)
{
    uint8_t value[SEAL_SIZE], expected[HASH_SIZE];
    struct object_room room = {value, sizeof value};
    // The token itself may fail to decrypt what was damaged: that is a false seal as well.
    if (object_bytes(token, handle, CKA_VALUE, &room, why) != OK ||
        !decode(span_of(value, room.size), out))
        return ERR_NOT_FOUND;
    enum err err = mac(token, key, span_of(value, SEALED_SIZE), expected, why);
    if (err != OK)
        return err;
    return CRYPTO_memcmp(value + SEALED_SIZE, expected, HASH_SIZE) == 0 ? OK : ERR_NOT_FOUND;
}

static enum err destroy_others(struct token *token, CK_OBJECT_HANDLE kept, struct refusal *why)
{
    CK_OBJECT_HANDLE handles[SEALS_MOST];
    size_t count = 0;
    enum err err = find_all(token, handles, &count, why);
    for (size_t i = 0; err == OK && i < count; i++)
        if (handles[i] != kept)
            err = object_destroy(token, handles[i], why);
    return err;
}

enum err seal_find(
    struct token *token, const struct seal_key *key, struct seal *out, struct refusal *why)
{
    CK_OBJECT_HANDLE handles[SEALS_MOST], best = CK_INVALID_HANDLE;
    size_t count = 0;
    *out = (struct seal){0};
    enum err err = find_all(token, handles, &count, why);
    for (size_t i = 0; err == OK && i < count; i++) {
        struct seal seal;
        err = read_one(token, key, handles[i], &seal, why);
        if (err == OK && seal.number > out->number) {
            *out = seal;
            best = handles[i];
        }
        if (err == ERR_NOT_FOUND)
            err = OK;
    }
    if (err != OK)
        return err;
    return best == CK_INVALID_HANDLE ? ERR_NOT_FOUND : destroy_others(token, best, why);
}

static enum err create(
    struct token *token, struct span value, CK_OBJECT_HANDLE *out, struct refusal *why)
{
    static const struct object_flag flags[] = {
        {CKA_TOKEN, "CKA_TOKEN", CK_TRUE},
        {CKA_PRIVATE, "CKA_PRIVATE", CK_TRUE},
        {CKA_MODIFIABLE, "CKA_MODIFIABLE", CK_FALSE},
        {CKA_COPYABLE, "CKA_COPYABLE", CK_FALSE},
    };
    struct object_template template = {.count = 0};
    object_template_add(&template, CKA_CLASS, &data_class, sizeof data_class);
    object_template_add(
        &template, CKA_APPLICATION, SEAL_APPLICATION, sizeof SEAL_APPLICATION - 1);
    object_template_add(&template, CKA_LABEL, SEAL_LABEL, sizeof SEAL_LABEL - 1);
    object_template_add(&template, CKA_VALUE, value.data, value.size);
    object_template_flags(&template, flags, COUNT(flags));
    return object_create(token, &template, out, why);
}

static enum err read_back(
    struct token *token, CK_OBJECT_HANDLE handle, struct span value, struct refusal *why)
{
    uint8_t again[SEAL_SIZE];
    struct object_room room = {again, sizeof again};
    enum err err = object_bytes(token, handle, CKA_VALUE, &room, why);
    if (err != OK)
        return err;
    if (span_equal(span_of(again, room.size), value))
        return OK;
    refuse(why, "R8", "the token gave back another seal than the one that was written");
    return ERR_TOKEN;
}

enum err seal_write(struct token *token, const struct seal_key *key, const struct seal *seal,
    struct refusal *why)
{
    struct bytes value;
    uint8_t code[HASH_SIZE];
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    bytes_init(&value, SEAL_SIZE);
    encode(seal, &value);
    enum err err = bytes_finish(&value);
    if (err == OK)
        err = mac(token, key, bytes_span(&value), code, why);
    bytes_add(&value, span_of(code, sizeof code));
    if (err == OK)
        err = bytes_finish(&value);
    if (err == OK)
        err = create(token, bytes_span(&value), &handle, why);
    if (err == OK)
        err = read_back(token, handle, bytes_span(&value), why);
    if (err == OK)
        err = destroy_others(token, handle, why);
    bytes_clear(&value);
    return err;
}

enum err seal_fits(struct token *token, struct refusal *why)
{
    static const uint8_t value[SEAL_SIZE];
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    enum err err = create(token, span_of(value, sizeof value), &handle, why);
    if (err != OK)
        return err;
    err = read_back(token, handle, span_of(value, sizeof value), why);
    struct refusal unused;
    enum err destroyed = object_destroy(token, handle, err == OK ? why : &unused);
    return err == OK ? destroyed : err;
}
