// Key objects (TUF specification 1.0.x, section 4.2; formats reference, section 1).
#include "metadata/tuf_part.h"

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

static enum err read_foreign(struct span value, struct key *out)
{
    (void)value;
    (void)out;
    return ERR_KEY;
}

static enum err own_identity(
    enum err (*read)(struct span, struct key *), struct span value, struct hash *out)
{
    struct key key;
    enum err err = read(value, &key);
    if (err == OK)
        *out = key.id;
    return err;
}

static enum err ed25519_identity(struct span value, struct hash *out)
{
    return own_identity(read_ed25519, value, out);
}

static enum err p256_identity(struct span value, struct hash *out)
{
    return own_identity(read_p256, value, out);
}

static void write_ed25519(const struct key *key, struct bytes *out)
{
    bytes_add_hex(out, key_raw(key));
}

static const struct form {
    const char *keytype;
    const char *scheme;
    enum key_type type; // KEY_NONE: one that we list, and neither make nor verify
    enum err (*read)(struct span value, struct key *out);
    enum err (*identity)(struct span value, struct hash *out);
    void (*write)(const struct key *key, struct bytes *out);
} forms[] = {
    {"ed25519", "ed25519", KEY_ED25519, read_ed25519, ed25519_identity, write_ed25519},
    {"ecdsa", "ecdsa-sha2-nistp256", KEY_P256, read_p256, p256_identity, key_to_pem},
    {"rsa", "rsassa-pss-sha256", KEY_NONE, read_foreign, tuf_rsa_identity, NULL},
};
enum { FORMS = sizeof forms / sizeof forms[0] };

static const struct form *form_of(const struct tuf_key *key)
{
    for (size_t i = 0; i < FORMS; i++)
        if (span_is(key->keytype, forms[i].keytype) && span_is(key->scheme, forms[i].scheme))
            return &forms[i];
    return NULL;
}

const char *tuf_key_identify(struct tuf_key *key)
{
    const struct form *form = form_of(key);
    if (form == NULL)
        return "keytype and scheme must be ed25519 and ed25519, ecdsa and ecdsa-sha2-nistp256, "
               "or rsa and rsassa-pss-sha256";
    enum err err = form->identity(key->value, &key->identity);
    if (err == ERR_KEY)
        return "a public key that is never accepted (R16)";
    return err == OK ? NULL : "the public key is not written as its type demands";
}

enum err tuf_key_from(const struct tuf_key *tuf, struct key *out)
{
    const struct form *form = form_of(tuf);
    return form == NULL ? ERR_KEY : form->read(tuf->value, out);
}

void tuf_key_write(const struct key *key, struct bytes *out)
{
    for (size_t i = 0; i < FORMS; i++) {
        if (forms[i].type != key->type || forms[i].write == NULL)
            continue;
        bytes_add_format(
            out, "{\"keytype\":\"%s\",\"keyval\":{\"public\":\"", forms[i].keytype);
        forms[i].write(key, out);
        bytes_add_format(out, "\"},\"scheme\":\"%s\"}", forms[i].scheme);
    }
}

struct hash tuf_key_id(const struct key *key)
{
    enum { OBJECT_MOST = 1024 }; // a P-256 key in PEM, and 80 bytes around it
    struct bytes object;
    bytes_init(&object, OBJECT_MOST);
    tuf_key_write(key, &object);
    struct hash id = object.failure == OK ? hash_of(bytes_span(&object)) : (struct hash){0};
    bytes_clear(&object);
    return id;
}
