#include "hsm/rack.h"

#include "hsm/object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rack_free(struct rack *rack)
{
    free(rack);
}

// PKCS#11 pads with spaces; a zero byte would end the text for us and not for the token.
static void unpad(const CK_UTF8CHAR *padded, size_t size, char *out)
{
    while (size > 0 && (padded[size - 1] == ' ' || padded[size - 1] == 0))
        size--;
    memcpy(out, padded, size);
    out[size] = 0;
}

static enum rack_state state_of(CK_FLAGS flags)
{
    if ((flags & CKF_TOKEN_INITIALIZED) == 0)
        return RACK_BLANK;
    if ((flags & CKF_USER_PIN_LOCKED) != 0)
        return RACK_LOCKED;
    bool has_pin = (flags & CKF_USER_PIN_INITIALIZED) != 0;
    return has_pin || (flags & CKF_LOGIN_REQUIRED) == 0 ? RACK_READY : RACK_NO_PIN;
}

static void describe(const CK_TOKEN_INFO *info, struct rack_token *out)
{
    *out = (struct rack_token){
        .state = state_of(info->flags),
        .asks_pin = (info->flags & CKF_LOGIN_REQUIRED) != 0,
        .last_try = (info->flags & CKF_USER_PIN_FINAL_TRY) != 0,
    };
    unpad(info->label, sizeof info->label, out->label);
    unpad(info->serialNumber, sizeof info->serialNumber, out->serial);
    unpad(info->manufacturerID, sizeof info->manufacturerID, out->maker);
    unpad(info->model, sizeof info->model, out->model);
}

static void read_key(struct token *token, CK_OBJECT_HANDLE handle, struct rack_token *out)
{
    struct refusal unused;
    struct rack_key *key = &out->keys[out->key_count++];
    struct object_room label = {(uint8_t *)key->label, sizeof key->label - 1};
    if (object_bytes(token, handle, CKA_LABEL, &label, &unused) != OK)
        key->label[0] = 0;
    // One that this program cannot use is shown all the same.
    if (token_public_read(token, handle, &key->key, &unused) != OK)
        key->key = (struct key){.type = KEY_NONE};
}

// libp11 must know of one even when it stands behind those that are looked at.
static bool has_ed25519(struct token *token)
{
    static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    static const CK_KEY_TYPE type = CKK_EC_EDWARDS;
    struct object_template template = {.count = 0};
    CK_OBJECT_HANDLE handle;
    struct refusal unused;
    size_t count = 0;
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    object_template_add(&template, CKA_KEY_TYPE, &type, sizeof type);
    enum err err = object_find(token, &template, &handle, 1, &count, &unused);
    return err == ERR_LIMIT || (err == OK && count > 0);
}

static void read_keys(struct token *token, struct rack_token *out)
{
    static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    struct object_template template = {.count = 0};
    CK_OBJECT_HANDLE handles[RACK_KEYS_MOST];
    struct refusal unused;
    size_t count = 0;
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    enum err err = object_find(token, &template, handles, RACK_KEYS_MOST, &count, &unused);
    out->has_more = err == ERR_LIMIT;
    out->has_ed25519 = has_ed25519(token);
    for (size_t i = 0; i < count; i++)
        read_key(token, handles[i], out);
}

static void read_slot(struct token *token, CK_SLOT_ID slot, struct rack *rack)
{
    CK_TOKEN_INFO info;
    if (token->p11->C_GetTokenInfo(slot, &info) != CKR_OK)
        return;
    struct rack_token *out = &rack->tokens[rack->count++];
    describe(&info, out);
    // Some modules hang or fail on a token that was never initialised.
    if (out->state == RACK_BLANK || token->p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL,
                                        NULL, &token->session) != CKR_OK)
        return;
    read_keys(token, out);
    token->p11->C_CloseSession(token->session);
}

enum err rack_read(const char *module, struct rack **out, struct refusal *why)
{
    CK_SLOT_ID slots[TOKEN_SLOTS_MOST];
    CK_ULONG count = 0;
    struct rack *rack = calloc(1, sizeof *rack);
    struct token *token = calloc(1, sizeof *token);
    *out = NULL;
    enum err err = rack == NULL || token == NULL ? ERR_MEMORY : OK;
    if (err == OK)
        err = token_load(token, module, why);
    if (err == OK)
        err = token_slots(token, slots, &count, why);
    for (CK_ULONG i = 0; err == OK && i < count; i++)
        read_slot(token, slots[i], rack);
    token_close(token);
    if (err == OK)
        *out = rack;
    else
        rack_free(rack);
    return err;
}

bool rack_token_is(const struct rack_token *token, const char *name)
{
    return token->state != RACK_BLANK && token_is_named(token->label, token->serial, name);
}

static bool is_only(
    const struct rack *rack, const struct rack_token *token, const char name[RACK_NAME])
{
    for (size_t i = 0; i < rack->count; i++)
        if (&rack->tokens[i] != token && rack_token_is(&rack->tokens[i], name))
            return false;
    return rack_token_is(token, name);
}

bool rack_name(const struct rack *rack, const struct rack_token *token, char name[RACK_NAME])
{
    (void)snprintf(name, RACK_NAME, "%s", token->label);
    if (is_only(rack, token, name))
        return true;
    (void)snprintf(name, RACK_NAME, TOKEN_BY_SERIAL "%s", token->serial);
    return is_only(rack, token, name);
}

const char *rack_state_text(enum rack_state state)
{
    static const char *const words[] = {
        [RACK_READY] = "ready",
        [RACK_BLANK] = "not initialised",
        [RACK_NO_PIN] = "no PIN set",
        [RACK_LOCKED] = "PIN locked",
    };
    return words[state];
}
