#include "client/token.h"

#include "client/fault.h"

#include <errno.h>
#include <libp11.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

struct admin_token {
    PKCS11_CTX *ctx;
    PKCS11_SLOT *slots;
    unsigned slot_count;
    PKCS11_SLOT *slot; // in slots
    bool loaded;
    EVP_PKEY *private_key;
    struct key key;
};

static enum err load_module(struct admin_token *token, const char *module, struct refusal *why)
{
    // libp11 prints what the loader says; a path that is not there is said here instead.
    if (strchr(module, '/') != NULL && access(module, R_OK) != 0)
        return fault(ERR_TOKEN, why, "%s: %s: name the token's PKCS#11 library with --module",
            module, strerror(errno));
    token->ctx = PKCS11_CTX_new();
    if (token->ctx == NULL)
        return fault(ERR_MEMORY, why, "no memory to load the module %s", module);
    if (PKCS11_CTX_load(token->ctx, module) != 0)
        return fault(ERR_TOKEN, why,
            "the PKCS#11 module %s cannot be loaded: name the path of the token's library with "
            "--module",
            module);
    token->loaded = true;
    if (PKCS11_enumerate_slots(token->ctx, &token->slots, &token->slot_count) != 0)
        return fault(
            ERR_TOKEN, why, "the module %s lists no slots: is the reader connected?", module);
    return OK;
}

static enum err find_token(struct admin_token *token, const char *label, struct refusal *why)
{
    for (unsigned i = 0; i < token->slot_count; i++) {
        PKCS11_SLOT *slot = &token->slots[i];
        if (slot->token == NULL || slot->token->label == NULL ||
            strcmp(slot->token->label, label) != 0)
            continue;
        if (token->slot != NULL)
            return fault(ERR_TOKEN, why,
                "two tokens are called \"%s\": unplug one, or give one another label", label);
        token->slot = slot;
    }
    if (token->slot != NULL)
        return OK;
    (void)fault(OK, why,
        "there is no token called \"%s\": plug it in, or name another with --token", label);
    return ERR_NOT_FOUND;
}

// libp11 hangs on a token that was never initialised and spends a try on one that is locked.
static enum err token_ready(const PKCS11_TOKEN *token, const char *label, struct refusal *why)
{
    if (!token->initialized || !token->userPinSet)
        return fault(ERR_TOKEN, why,
            "the token \"%s\" is not initialised: give it a user PIN with the maker's tool",
            label);
    if (token->userPinLocked)
        return fault(ERR_PIN, why,
            "the PIN of the token \"%s\" is locked: unlock it with the maker's tool", label);
    return OK;
}

// libp11 wants the PIN as a C string: a copy that lives as long as the call.
static int login(PKCS11_SLOT *slot, const struct secret *pin)
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
    struct admin_token *token, const char *label, const struct secret *pin, struct refusal *why)
{
    enum err err = token_ready(token->slot->token, label, why);
    if (err != OK)
        return err;
    if (secret_span(pin).size == 0)
        return fault(
            ERR_PIN, why, "the PIN for the token \"%s\" is empty: nothing was tried", label);
    if (PKCS11_open_session(token->slot, 0) != 0)
        return fault(
            ERR_TOKEN, why, "the token \"%s\" opens no session: plug it in again", label);
    if (login(token->slot, pin) != 0)
        return fault(ERR_PIN, why,
            "the token \"%s\" refused the PIN: it was tried once; check it before you try "
            "again",
            label);
    return OK;
}

static bool wanted(PKCS11_KEY *key, const char *label)
{
    if (label != NULL)
        return key->label != NULL && strcmp(key->label, label) == 0;
    return PKCS11_get_key_type(key) == EVP_PKEY_EC;
}

static enum err pick_key(PKCS11_KEY *keys, unsigned count, const struct admin_token_name *name,
    PKCS11_KEY **out, struct refusal *why)
{
    *out = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (!wanted(&keys[i], name->key))
            continue;
        if (*out != NULL)
            return fault(ERR_TOKEN, why,
                "the token \"%s\" holds more than one such key: name one with --key-label",
                name->label);
        *out = &keys[i];
    }
    if (*out == NULL)
        return fault(ERR_NOT_FOUND, why,
            "the token \"%s\" holds no such P-256 key: make one with `conclave token generate`",
            name->label);
    return OK;
}

// The public half in our own encoding (R21), held to what key_read accepts (R16).
static enum err read_public(EVP_PKEY *pkey, struct key *out)
{
    uint8_t spki[KEY_SPKI_MOST], *end = spki;
    int size = i2d_PUBKEY(pkey, NULL);
    if (size <= 0 || (size_t)size > sizeof spki || i2d_PUBKEY(pkey, &end) != size)
        return ERR_KEY;
    enum err err = key_read(span_of(spki, (size_t)size), out);
    if (err == OK && out->type != KEY_P256)
        return ERR_KEY;
    return err == ERR_FORM ? ERR_KEY : err;
}

static enum err take_key(
    struct admin_token *token, const struct admin_token_name *name, struct refusal *why)
{
    PKCS11_KEY *keys = NULL, *key = NULL;
    unsigned count = 0;
    // libp11 gives up on a whole token for one key of a type it does not know.
    if (PKCS11_enumerate_keys(token->slot->token, &keys, &count) != 0)
        return fault(ERR_TOKEN, why,
            "the keys of the token \"%s\" cannot be listed: an administrator's token may hold "
            "no Ed25519 key",
            name->label);
    enum err err = pick_key(keys, count, name, &key, why);
    if (err != OK)
        return err;
    EVP_PKEY *public_key = PKCS11_get_public_key(key);
    err = public_key == NULL ? ERR_KEY : read_public(public_key, &token->key);
    EVP_PKEY_free(public_key);
    if (err != OK)
        return fault(ERR_KEY, why,
            "the key on the token \"%s\" is no P-256 key: make one with `conclave token "
            "generate`",
            name->label);
    token->private_key = PKCS11_get_private_key(key);
    if (token->private_key == NULL)
        return fault(
            ERR_TOKEN, why, "the private key of the token \"%s\" cannot be used", name->label);
    return OK;
}

enum err admin_token_open(const struct admin_token_name *name, const struct secret *pin,
    struct admin_token **out, struct refusal *refusal)
{
    struct admin_token *token = calloc(1, sizeof *token);
    *out = NULL;
    if (token == NULL)
        return fault(ERR_MEMORY, refusal, "no memory for the token \"%s\"", name->label);
    enum err err = load_module(token, name->module, refusal);
    if (err == OK)
        err = find_token(token, name->label, refusal);
    if (err == OK)
        err = log_in(token, name->label, pin, refusal);
    if (err == OK)
        err = take_key(token, name, refusal);
    if (err == OK)
        *out = token;
    else
        admin_token_close(token);
    ERR_clear_error();
    return err;
}

void admin_token_close(struct admin_token *token)
{
    if (token == NULL)
        return;
    EVP_PKEY_free(token->private_key);
    if (token->slots != NULL)
        PKCS11_release_all_slots(token->ctx, token->slots, token->slot_count);
    if (token->loaded)
        PKCS11_CTX_unload(token->ctx);
    if (token->ctx != NULL)
        PKCS11_CTX_free(token->ctx);
    free(token);
}

const struct key *admin_token_key(const struct admin_token *token)
{
    return &token->key;
}

static enum err digest_sign(
    EVP_PKEY *key, struct span message, uint8_t *signature, size_t *size)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL)
        return ERR_MEMORY;
    bool good = EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(ctx, signature, size, message.data, message.size) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return good ? OK : ERR_TOKEN;
}

enum err admin_token_sign(
    struct admin_token *token, struct span message, struct bytes *signature)
{
    uint8_t der[KEY_SIGNATURE_MOST];
    size_t size = sizeof der;
    enum err err = digest_sign(token->private_key, message, der, &size);
    if (err != OK)
        return err;
    err = key_verify(&token->key, message, span_of(der, size));
    if (err != OK)
        return err;
    bytes_add(signature, span_of(der, size));
    return bytes_finish(signature);
}
