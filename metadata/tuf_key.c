// Key objects (TUF specification 1.0.x, section 4.2; formats reference, section 1).
#include "metadata/json_character.h"
#include "metadata/tuf_part.h"

enum { PEM_MOST = 2 * KEY_SPKI_MOST }; // base64, line feeds and two lines around it

// ---- public values ----

static enum err read_hex(enum key_type type, struct span value, struct key *out)
{
    uint8_t raw[KEY_POINT_MOST];
    if (value.size > 2 * sizeof raw || hex_read(value, raw, value.size / 2) != OK)
        return ERR_FORM;
    return key_from_raw(type, span_of(raw, value.size / 2), out);
}

static enum err read_ed25519(struct span value, struct key *out)
{
    return read_hex(KEY_ED25519, value, out);
}

// The point alone, as older programs wrote it.
static enum err read_p256_point(struct span value, struct key *out)
{
    return read_hex(KEY_P256, value, out);
}

// The line feeds of a PEM are escapes in `uptane`.
static enum err read_any_pem(struct span value, struct bytes *pem, struct key *out)
{
    bytes_init(pem, value.size);
    json_unescape(value, pem);
    enum err err = bytes_finish(pem);
    return err == OK ? key_from_pem(bytes_span(pem), out) : err;
}

// In whatever lines other programs wrote it.
static enum err read_loose_pem(struct span value, struct key *out)
{
    struct bytes pem;
    enum err err = read_any_pem(value, &pem, out);
    bytes_clear(&pem);
    return err;
}

// As everybody reads it: OpenSSL, for one, takes no PEM without line feeds or with blank lines. The
// last line feed may be missing.
static bool is_well_laid(struct span pem, const struct key *key)
{
    struct bytes wanted;
    bytes_init(&wanted, PEM_MOST);
    key_to_pem(key, &wanted);
    struct span whole = bytes_span(&wanted);
    bool good =
        wanted.failure == OK &&
        (span_equal(pem, whole) || span_equal(pem, span_of(whole.data, whole.size - 1)));
    bytes_clear(&wanted);
    return good;
}

static enum err read_pem(struct span value, struct key *out)
{
    struct bytes pem;
    enum err err = read_any_pem(value, &pem, out);
    if (err == OK && !is_well_laid(bytes_span(&pem), out))
        err = ERR_FORM;
    bytes_clear(&pem);
    return err;
}

static enum err read_past_p256(struct span value, struct key *out)
{
    enum err err = read_p256_point(value, out);
    return err == ERR_FORM ? read_loose_pem(value, out) : err;
}

static void write_ed25519(enum dialect dialect, const struct key *key, struct bytes *out)
{
    (void)dialect;
    bytes_add_hex(out, key_raw(key));
}

static void write_pem(enum dialect dialect, const struct key *key, struct bytes *out)
{
    uint8_t spelling[CHARACTER_SPELLING];
    struct bytes pem;
    bytes_init(&pem, PEM_MOST);
    key_to_pem(key, &pem);
    for (size_t i = 0; i < pem.size; i++)
        bytes_add(out, span_of(spelling, character_write(dialect, pem.data[i], spelling)));
    if (pem.failure != OK)
        out->failure = pem.failure;
    bytes_clear(&pem);
}

// ---- forms ----

#define TYPE(type) (1u << (type))
enum { RSA = TYPE(KEY_RSA2048) | TYPE(KEY_RSA3072) | TYPE(KEY_RSA4096) };

// How a key can stand in metadata, and what its signatures say of it. Past forms are not written and
// not taken from anybody, but a repository that is imported may have them.
static const struct form {
    enum dialect dialect;
    const char *keytype;
    const char *scheme; // "": the dialect has none
    const char *method; // of signatures; "": the dialect has none
    bool past;          // the keytype is one of the past
    unsigned types;     // of keys that stand so, a bit each
    enum err (*read)(struct span value, struct key *out);
    enum err (*read_past)(struct span value, struct key *out);
    void (*write)(enum dialect dialect, const struct key *key, struct bytes *out);
} forms[] = {
    {DIALECT_TUF, "ed25519", "ed25519", "", false, TYPE(KEY_ED25519), read_ed25519, NULL,
        write_ed25519},
    {DIALECT_TUF, "ecdsa", "ecdsa-sha2-nistp256", "", false, TYPE(KEY_P256), read_pem,
        read_past_p256, write_pem},
    {DIALECT_TUF, "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", "", true, TYPE(KEY_P256),
        read_pem, read_past_p256, NULL},
    {DIALECT_TUF, "ecdsa", "ecdsa-sha2-nistp384", "", false, TYPE(KEY_P384), read_pem,
        read_loose_pem, write_pem},
    {DIALECT_TUF, "rsa", "rsassa-pss-sha256", "", false, RSA, read_pem, read_loose_pem,
        write_pem},
    {DIALECT_UPTANE, "ED25519", "", "ed25519", false, TYPE(KEY_ED25519), read_ed25519, NULL,
        write_ed25519},
    {DIALECT_UPTANE, "ed25519", "", "ed25519", true, TYPE(KEY_ED25519), read_ed25519, NULL,
        NULL},
    {DIALECT_UPTANE, "RSA", "", "rsassa-pss-sha256", false, RSA, read_pem, read_loose_pem,
        write_pem},
    {DIALECT_UPTANE, "rsa", "", "rsassa-pss-sha256", true, RSA, read_pem, read_loose_pem, NULL},
};
enum { FORMS = sizeof forms / sizeof forms[0] };

static const struct form *form_of(const struct tuf_key *key)
{
    for (size_t i = 0; i < FORMS; i++)
        if (key->dialect == forms[i].dialect && span_is(key->keytype, forms[i].keytype) &&
            span_is(key->scheme, forms[i].scheme))
            return &forms[i];
    return NULL;
}

// How we write a key ourselves; NULL: clients of the dialect do not read it.
static const struct form *form_to_write(enum dialect dialect, enum key_type type)
{
    for (size_t i = 0; i < FORMS; i++)
        if (forms[i].dialect == dialect && (forms[i].types & TYPE(type)) != 0 &&
            forms[i].write != NULL)
            return &forms[i];
    return NULL;
}

// `past` says whether the value has a past form.
static enum err read_value(
    const struct form *form, struct span value, struct key *out, bool *past)
{
    enum err err = form->read(value, out);
    *past = err == ERR_FORM && form->read_past != NULL;
    if (*past)
        err = form->read_past(value, out);
    return err == OK && (form->types & TYPE(out->type)) == 0 ? ERR_FORM : err;
}

enum err tuf_key_from(const struct tuf_key *tuf, struct key *out)
{
    const struct form *form = form_of(tuf);
    bool past;
    return form == NULL ? ERR_KEY : read_value(form, tuf->value, out, &past);
}

enum err tuf_key_verify(const struct tuf_key *tuf, struct span message, struct span signature)
{
    struct key key;
    enum err err = tuf_key_from(tuf, &key);
    return err == OK ? key_verify(&key, message, signature) : err;
}

bool tuf_key_signs_by(const struct tuf_key *key, struct span method)
{
    const struct form *form = form_of(key);
    return form != NULL && span_is(method, form->method);
}

const char *tuf_key_method(enum dialect dialect, const struct key *key)
{
    const struct form *form = form_to_write(dialect, key->type);
    return form == NULL ? "" : form->method;
}

// ---- identity ----

static const char *words_of(enum dialect dialect)
{
    return dialect == DIALECT_UPTANE
               ? "keytype must be ED25519 or RSA: clients of the dialect reject the whole file "
                 "for any other"
               : "keytype and scheme must be ed25519 and ed25519, ecdsa and "
                 "ecdsa-sha2-nistp256 or ecdsa-sha2-nistp384, or rsa and rsassa-pss-sha256";
}

// A key that nobody here understands stands for itself, and none of its signatures counts.
static void identify_unknown(struct json *json, struct tuf_key *key)
{
    json_note_at(
        json, tuf_offset(json, key->whole), RULE_KEY_NOT_UNDERSTOOD, words_of(key->dialect));
    key->identity = hash_of(key->whole);
}

void tuf_key_identify(struct json *json, struct tuf_key *key)
{
    static const char badly[] = "the public key is not written as its type demands";
    const struct form *form = form_of(key);
    struct key own = {0};
    size_t at = tuf_offset(json, key->whole);
    bool past;
    if (form == NULL) {
        identify_unknown(json, key);
        return;
    }
    if (form->past)
        json_note_at(json, at, RULE_KEY_TYPE_UNUSUAL, words_of(key->dialect));
    enum err err = read_value(form, key->value, &own, &past);
    if (err == ERR_KEY)
        json_fail_at(
            json, at, RULE_KEY_NEVER_ACCEPTED, "a public key that is never accepted (R16)");
    else if (err != OK)
        json_fail_at(json, at, RULE_KEY_VALUE_FORM, badly);
    else if (past)
        json_note_at(json, at, RULE_KEY_VALUE_UNUSUAL, badly);
    key->identity = own.id;
}

struct hash tuf_key_id_of(const struct tuf_key *key)
{
    return key->dialect == DIALECT_UPTANE ? key->identity : hash_of(key->whole);
}

// ---- writing ----

void tuf_key_write(enum dialect dialect, const struct key *key, struct bytes *out)
{
    const struct form *form = form_to_write(dialect, key->type);
    if (form == NULL)
        return;
    bytes_add_format(out, "{\"keytype\":\"%s\",\"keyval\":{\"public\":\"", form->keytype);
    form->write(dialect, key, out);
    bytes_add_text(out, "\"}");
    if (form->scheme[0] != 0)
        bytes_add_format(out, ",\"scheme\":\"%s\"", form->scheme);
    bytes_add_text(out, "}");
}

struct hash tuf_key_id(enum dialect dialect, const struct key *key)
{
    enum { OBJECT_MOST = 2048 }; // an RSA-4096 key in PEM, and 80 bytes around it
    struct bytes object;
    if (dialect == DIALECT_UPTANE)
        return key->id;
    bytes_init(&object, OBJECT_MOST);
    tuf_key_write(dialect, key, &object);
    struct hash id = object.failure == OK ? hash_of(bytes_span(&object)) : (struct hash){0};
    bytes_clear(&object);
    return id;
}
