#include "hsm/token_kind.h"

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

// An RSA key's one exponent (R16).
static const uint8_t exponent[] = {0x01, 0x00, 0x01};

// ---- listing ----

static enum err find_public(
    struct token *token, struct span id, CK_OBJECT_HANDLE *out, struct refusal *why)
{
    static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    struct object_template template = {.count = 0};
    size_t count = 0;
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    object_template_add(&template, CKA_ID, id.data, id.size);
    enum err err = object_find(token, &template, out, 1, &count, why);
    if (err != OK || count == 1)
        return err;
    refuse(why, "R18", "a private key in the token has no public half");
    return ERR_KEY;
}

static enum err public_half(struct token *token, struct span id, enum key_type type,
    struct key *out, struct refusal *why)
{
    CK_OBJECT_HANDLE handle = 0;
    enum err err = find_public(token, id, &handle, why);
    if (err == OK)
        err = token_public_read(token, handle, out, why);
    if (err != OK || out->type == type)
        return err;
    refuse(why, "R15", "the two halves of a key in the token are of different types");
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
    enum err err = token_kind_read(token, handle, &type, why);
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

static enum err check_private(struct token *token, const struct token_key *key,
    enum token_purpose purpose, struct refusal *why)
{
    CK_MECHANISM_TYPE allowed[TOKEN_MECHANISMS_MOST];
    const struct token_kind *kind = token_kind_of(key->key.type);
    if (kind == NULL)
        return ERR_KEY;
    enum err err =
        object_has_flags(token, key->handle, private_flags, COUNT(private_flags), why);
    if (err == OK)
        err = object_has_flags(token, key->handle, made_flags, COUNT(made_flags), why);
    if (err == OK)
        err = object_allows_only(
            token, key->handle, allowed, token_kind_allows(kind, purpose, allowed), why);
    return err;
}

enum err token_key_check(struct token *token, const struct token_key *key, struct refusal *why)
{
    return check_private(token, key, TOKEN_ROLES_KEY, why);
}

// ---- generating ----

// A pair that is being made.
struct pair {
    const char *label;
    const struct token_kind *kind;
    enum token_purpose purpose;
    CK_OBJECT_HANDLE public, private;
};

static void name_template(struct object_template *template, const CK_OBJECT_CLASS *class,
    const struct pair *pair, struct span id)
{
    object_template_add(template, CKA_CLASS, class, sizeof *class);
    object_template_add(template, CKA_KEY_TYPE, &pair->kind->type, sizeof pair->kind->type);
    object_template_add(template, CKA_LABEL, pair->label, strlen(pair->label));
    object_template_add(template, CKA_ID, id.data, id.size);
}

static void public_template(
    struct object_template *template, const struct pair *pair, struct span id)
{
    static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    const struct token_kind *kind = pair->kind;
    name_template(template, &class, pair, id);
    if (kind->modulus_bits == 0) {
        object_template_add(template, CKA_EC_PARAMS, kind->curve.data, kind->curve.size);
    } else {
        object_template_add(
            template, CKA_MODULUS_BITS, &kind->modulus_bits, sizeof kind->modulus_bits);
        object_template_add(template, CKA_PUBLIC_EXPONENT, exponent, sizeof exponent);
    }
    object_template_flags(template, public_flags, COUNT(public_flags));
}

static enum err generate_pair(struct token *token, struct pair *pair, struct refusal *why)
{
    static const CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
    CK_MECHANISM_TYPE allowed[TOKEN_MECHANISMS_MOST];
    uint8_t id[OBJECT_ID_SIZE];
    if (RAND_bytes(id, sizeof id) != 1)
        return ERR_CRYPTO;
    size_t count = token_kind_allows(pair->kind, pair->purpose, allowed);
    struct object_template public = {.count = 0}, private = {.count = 0};
    public_template(&public, pair, span_of(id, sizeof id));
    name_template(&private, &private_class, pair, span_of(id, sizeof id));
    object_template_add(&private, CKA_ALLOWED_MECHANISMS, allowed, count * sizeof allowed[0]);
    object_template_flags(&private, private_flags, COUNT(private_flags));
    CK_MECHANISM mechanism = {pair->kind->generate, NULL, 0};
    CK_RV rv = token->p11->C_GenerateKeyPair(token->session, &mechanism, public.at,
        public.count, private.at, private.count, &pair->public, &pair->private);
    return rv == CKR_OK ? OK : token_failed(why, "a key cannot be generated", rv);
}

static enum err read_back(
    struct token *token, const struct pair *pair, struct token_key *out, struct refusal *why)
{
    enum err err = read_pair(token, pair->private, out, why);
    if (err == OK)
        err = check_private(token, out, pair->purpose, why);
    if (err == OK)
        err = object_has_flags(token, pair->public, public_flags, COUNT(public_flags), why);
    return err;
}

static enum err generate(
    struct token *token, struct pair *pair, struct token_key *out, struct refusal *why)
{
    struct refusal unused;
    size_t size = strlen(pair->label);
    if (pair->kind == NULL || size == 0 || size > LIMIT_ROLE_NAME) {
        refuse(why, "R15", "no key can be generated of that type, or with that name");
        return ERR_FORM;
    }
    enum err err = generate_pair(token, pair, why);
    if (err != OK)
        return err;
    err = read_back(token, pair, out, why);
    // What the token made otherwise than it was told is nobody's.
    if (err != OK && object_destroy(token, pair->private, &unused) == OK)
        (void)!object_destroy(token, pair->public, &unused);
    return err;
}

enum err token_key_generate(struct token *token, const char *label, enum key_type type,
    struct token_key *out, struct refusal *why)
{
    struct pair pair = {label, token_kind_of(type), TOKEN_ROLES_KEY, 0, 0};
    return generate(token, &pair, out, why);
}

enum err token_key_generate_for_person(struct token *token, const char *label,
    enum key_type type, struct token_key *out, struct refusal *why)
{
    struct pair pair = {label, token_kind_of(type), TOKEN_PERSONS_KEY, 0, 0};
    return generate(token, &pair, out, why);
}
