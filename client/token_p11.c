#include "client/token_p11.h"

#include "client/fault.h"

#include <libp11.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

struct p11 {
    PKCS11_CTX *ctx;
    PKCS11_SLOT *slots;
    unsigned slot_count;
    PKCS11_SLOT *slot; // in slots
    bool loaded;
    EVP_PKEY *private_key;
};

static enum err load(struct p11 *p11, const char *module, struct refusal *why)
{
    p11->ctx = PKCS11_CTX_new();
    if (p11->ctx == NULL)
        return fault(ERR_MEMORY, why, "no memory to load the module %s", module);
    p11->loaded = PKCS11_CTX_load(p11->ctx, module) == 0;
    if (!p11->loaded)
        return fault(ERR_TOKEN, why, "the PKCS#11 module %s cannot be loaded again", module);
    if (PKCS11_enumerate_slots(p11->ctx, &p11->slots, &p11->slot_count) != 0)
        return fault(
            ERR_TOKEN, why, "the module %s lists no slots: is the reader connected?", module);
    return OK;
}

static bool is_same(const char *ours, const char *theirs)
{
    return strcmp(ours, theirs == NULL ? "" : theirs) == 0;
}

// Slots may have moved since the rack was read: what stays with a token is what it is called.
static enum err find_slot(struct p11 *p11, const struct rack_token *token, struct refusal *why)
{
    for (unsigned i = 0; i < p11->slot_count; i++) {
        const PKCS11_TOKEN *found = p11->slots[i].token;
        if (found != NULL && found->initialized && is_same(token->label, found->label) &&
            is_same(token->serial, found->serialnr)) {
            p11->slot = &p11->slots[i];
            return OK;
        }
    }
    (void)fault(ERR_NOT_FOUND, why,
        "the token \"%s\" is no longer there: plug it in again, and leave it in", token->label);
    return ERR_NOT_FOUND;
}

// libp11 wants the PIN as a C string: a copy that lives as long as the call.
static int log_in_once(PKCS11_SLOT *slot, const struct secret *pin)
{
    char text[SECRET_MOST + 1];
    struct span span = secret_span(pin);
    int failed = -1;
    if (span.size < sizeof text && memchr(span.data, 0, span.size) == NULL) {
        memcpy(text, span.data, span.size);
        text[span.size] = 0;
        failed = PKCS11_login(slot, 0, text);
    }
    OPENSSL_cleanse(text, sizeof text);
    return failed;
}

static enum err log_in(
    struct p11 *p11, const char *label, const struct secret *pin, struct refusal *why)
{
    if (PKCS11_open_session(p11->slot, 0) != 0)
        return fault(
            ERR_TOKEN, why, "the token \"%s\" opens no session: plug it in again", label);
    if (log_in_once(p11->slot, pin) != 0)
        return fault(ERR_PIN, why,
            "the token \"%s\" refused the PIN: it was tried once; check it before you try "
            "again",
            label);
    return OK;
}

// The public half in our own encoding (R21), held to what key_read accepts (R16).
static enum err read_public(PKCS11_KEY *key, struct key *out)
{
    uint8_t spki[KEY_SPKI_MOST], *end = spki;
    EVP_PKEY *pkey = PKCS11_get_public_key(key);
    int size = pkey == NULL ? 0 : i2d_PUBKEY(pkey, NULL);
    bool good = size > 0 && (size_t)size <= sizeof spki && i2d_PUBKEY(pkey, &end) == size;
    EVP_PKEY_free(pkey);
    return good && key_read(span_of(spki, (size_t)size), out) == OK ? OK : ERR_KEY;
}

static bool is_wanted(
    const struct admin_token_place *place, PKCS11_KEY *key, const struct key *public)
{
    if (place->key != NULL)
        return hash_equal(&place->key->key.id, &public->id);
    return place->key_label == NULL || is_same(place->key_label, key->label);
}

static enum err pick_key(const struct admin_token_place *place, PKCS11_KEY *keys,
    unsigned count, PKCS11_KEY **picked, struct key *out, struct refusal *why)
{
    const char *label = place->token->label;
    struct key public;
    *picked = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (read_public(&keys[i], &public) != OK || !is_wanted(place, &keys[i], &public))
            continue;
        if (*picked != NULL)
            return fault(ERR_TOKEN, why,
                "the token \"%s\" holds more than one such key: name one with --key-label",
                label);
        *picked = &keys[i];
        *out = public;
    }
    if (*picked != NULL)
        return OK;
    return fault(ERR_NOT_FOUND, why,
        "the token \"%s\" holds no private half of such a key: make one with `conclave token "
        "generate`",
        label);
}

static enum err take_key(struct p11 *p11, const struct admin_token_place *place,
    struct key *out, struct refusal *why)
{
    PKCS11_KEY *keys = NULL, *key = NULL;
    unsigned count = 0;
    if (PKCS11_enumerate_keys(p11->slot->token, &keys, &count) != 0)
        return fault(ERR_TOKEN, why,
            "the keys of the token \"%s\" cannot be listed: it holds one of a type that cannot "
            "be used, or was pulled out",
            place->token->label);
    enum err err = pick_key(place, keys, count, &key, out, why);
    if (err != OK)
        return err;
    p11->private_key = PKCS11_get_private_key(key);
    if (p11->private_key == NULL)
        return fault(ERR_TOKEN, why, "the private key of the token \"%s\" cannot be used",
            place->token->label);
    return OK;
}

enum err p11_open(const struct admin_token_place *place, const struct secret *pin,
    struct p11 **opened, struct key *out, struct refusal *refusal)
{
    struct p11 *p11 = calloc(1, sizeof *p11);
    *opened = NULL;
    if (p11 == NULL)
        return fault(ERR_MEMORY, refusal, "no memory for the token");
    enum err err = load(p11, place->module, refusal);
    if (err == OK)
        err = find_slot(p11, place->token, refusal);
    if (err == OK)
        err = log_in(p11, place->token->label, pin, refusal);
    if (err == OK)
        err = take_key(p11, place, out, refusal);
    if (err == OK)
        *opened = p11;
    else
        p11_close(p11);
    ERR_clear_error();
    return err;
}

void p11_close(struct p11 *p11)
{
    if (p11 == NULL)
        return;
    EVP_PKEY_free(p11->private_key);
    if (p11->slots != NULL)
        PKCS11_release_all_slots(p11->ctx, p11->slots, p11->slot_count);
    if (p11->loaded)
        PKCS11_CTX_unload(p11->ctx);
    if (p11->ctx != NULL)
        PKCS11_CTX_free(p11->ctx);
    free(p11);
}

// libp11 has OpenSSL pad and hands the token raw RSA.
static bool is_set(EVP_PKEY_CTX *ctx, enum key_type type)
{
    if (type == KEY_P256 || type == KEY_P384)
        return true;
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, KEY_PSS_SALT) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1;
}

enum err p11_sign(
    struct p11 *p11, const struct key *key, struct span message, struct bytes *signature)
{
    uint8_t out[KEY_SIGNATURE_MOST];
    size_t size = sizeof out;
    EVP_PKEY_CTX *pkey_ctx = NULL; // ctx's
    const EVP_MD *digest = key->type == KEY_P384 ? EVP_sha384() : EVP_sha256();
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL)
        return ERR_MEMORY;
    bool good = EVP_DigestSignInit(ctx, &pkey_ctx, digest, NULL, p11->private_key) == 1 &&
                is_set(pkey_ctx, key->type) &&
                EVP_DigestSign(ctx, out, &size, message.data, message.size) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    if (!good)
        return ERR_TOKEN;
    bytes_add(signature, span_of(out, size));
    return bytes_finish(signature);
}
