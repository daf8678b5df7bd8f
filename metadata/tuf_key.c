// Key objects (TUF specification 1.0.x, section 4.2; formats reference, section 1).
#include "metadata/tuf_part.h"

// ---- public values ----

static enum err read_ed25519(struct span value, struct key *out)
{
    uint8_t raw[32];
    enum err err = hex_read(value, raw, sizeof raw);
    return err != OK ? err : key_from_raw(KEY_ED25519, span_of(raw, sizeof raw), out);
}

static enum err read_p256(struct span value, struct key *out)
{
    enum err err = key_from_pem(value, out);
    return err != OK ? err : out->type == KEY_P256 ? OK : ERR_FORM;
}

// The point alone, as older programs wrote it.
static enum err read_p256_point(struct span value, struct key *out)
{
    uint8_t raw[KEY_RAW_MOST];
    enum err err = hex_read(value, raw, sizeof raw);
    return err != OK ? err : key_from_raw(KEY_P256, span_of(raw, sizeof raw), out);
}

static void write_ed25519(const struct key *key, struct bytes *out)
{
    bytes_add_hex(out, key_raw(key));
}

// ---- forms ----

// How a key can stand in metadata. Past forms are not written and not taken from anybody, but a
// repository that is imported may have them.
static const struct form {
    enum dialect dialect;
    const char *keytype;
    const char *scheme;
    bool past;          // the keytype is one of the past
    enum key_type type; // KEY_NONE: one that we list, and do not hold
    enum err (*read)(struct span value, struct key *out);
    enum err (*read_past)(struct span value, struct key *out);
    void (*write)(const struct key *key, struct bytes *out);
} forms[] = {
    {DIALECT_TUF, "ed25519", "ed25519", false, KEY_ED25519, read_ed25519, NULL, write_ed25519},
    {DIALECT_TUF, "ecdsa", "ecdsa-sha2-nistp256", false, KEY_P256, read_p256, read_p256_point,
        key_to_pem},
    {DIALECT_TUF, "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", true, KEY_P256, read_p256,
        read_p256_point, NULL},
    {DIALECT_TUF, "rsa", "rsassa-pss-sha256", false, KEY_NONE, NULL, NULL, NULL},
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

// `past` says whether the value has a past form.
static enum err read_value(
    const struct form *form, struct span value, struct key *out, bool *past)
{
    enum err err = form->read(value, out);
    *past = err == ERR_FORM && form->read_past != NULL;
    return *past ? form->read_past(value, out) : err;
}

enum err tuf_key_from(const struct tuf_key *tuf, struct key *out)
{
    const struct form *form = form_of(tuf);
    bool past;
    if (form == NULL || form->type == KEY_NONE)
        return ERR_KEY;
    return read_value(form, tuf->value, out, &past);
}

enum err tuf_key_verify(const struct tuf_key *tuf, struct span message, struct span signature)
{
    const struct form *form = form_of(tuf);
    struct key key;
    if (form != NULL && form->type == KEY_NONE)
        return tuf_rsa_verify(tuf->value, message, signature);
    enum err err = tuf_key_from(tuf, &key);
    return err == OK ? key_verify(&key, message, signature) : err;
}

// ---- identity ----

static const char types[] = "keytype and scheme must be ed25519 and ed25519, ecdsa and "
                            "ecdsa-sha2-nistp256, or rsa and rsassa-pss-sha256";

// A key that nobody here understands stands for itself, and none of its signatures counts.
static const char *identify_unknown(struct json *json, struct tuf_key *key)
{
    json_note_at(json, tuf_offset(json, key->whole), PAST_KEY_UNKNOWN, types);
    key->identity = hash_of(key->whole);
    return NULL;
}

static enum err identify_own(struct json *json, const struct form *form, struct tuf_key *key)
{
    struct key own;
    bool past;
    enum err err = read_value(form, key->value, &own, &past);
    if (err != OK)
        return err;
    if (past)
        json_note_at(json, tuf_offset(json, key->whole), PAST_KEY_VALUE,
            "the public key is not written as its type demands");
    key->identity = own.id;
    return OK;
}

const char *tuf_key_identify(struct json *json, struct tuf_key *key)
{
    const struct form *form = form_of(key);
    if (form == NULL)
        return identify_unknown(json, key);
    if (form->past)
        json_note_at(json, tuf_offset(json, key->whole), PAST_KEY_TYPE, types);
    enum err err = form->type == KEY_NONE ? tuf_rsa_identity(key->value, &key->identity)
                                          : identify_own(json, form, key);
    if (err == ERR_KEY)
        return "a public key that is never accepted (R16)";
    return err == OK ? NULL : "the public key is not written as its type demands";
}

// ---- writing ----

void tuf_key_write(enum dialect dialect, const struct key *key, struct bytes *out)
{
    for (size_t i = 0; i < FORMS; i++) {
        if (forms[i].dialect != dialect || forms[i].type != key->type || forms[i].write == NULL)
            continue;
        bytes_add_format(
            out, "{\"keytype\":\"%s\",\"keyval\":{\"public\":\"", forms[i].keytype);
        forms[i].write(key, out);
        bytes_add_format(out, "\"},\"scheme\":\"%s\"}", forms[i].scheme);
    }
}

struct hash tuf_key_id(enum dialect dialect, const struct key *key)
{
    enum { OBJECT_MOST = 1024 }; // a P-256 key in PEM, and 80 bytes around it
    struct bytes object;
    bytes_init(&object, OBJECT_MOST);
    tuf_key_write(dialect, key, &object);
    struct hash id = object.failure == OK ? hash_of(bytes_span(&object)) : (struct hash){0};
    bytes_clear(&object);
    return id;
}
