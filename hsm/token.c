#include "hsm/session.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

// What a module answers, and whether that is how it says that the token is gone: it may have been
// pulled out, or put back since, which ends sessions and handles.
static const struct answer {
    CK_RV rv;
    const char *name;
    bool gone;
} answers[] = {
    {CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", false},
    {CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", true},
    {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", false},
    {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", true},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", false},
    {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID", true},
    {CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", false},
    {CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID", true},
    {CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", true},
    {CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT", false},
    {CKR_ATTRIBUTE_TYPE_INVALID, "CKR_ATTRIBUTE_TYPE_INVALID", false},
    {CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID", false},
    {CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", true},
    {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", false},
    {CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED", false},
};

static const struct answer *answer_of(CK_RV rv)
{
    static const struct answer other = {0, "an error", false};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (answers[i].rv == rv)
            return &answers[i];
    return &other;
}

enum err token_failed(struct refusal *why, const char *what, CK_RV rv)
{
    const struct answer *answer = answer_of(rv);
    refuse(why, "R18", "%s: the token answered %s (0x%lx)%s", what, answer->name, rv,
        answer->gone ? "; if it was pulled out, plug it in and start again" : "");
    return ERR_TOKEN;
}

enum err token_load(struct token *token, const char *module, struct refusal *why)
{
    // Kept mapped to the end: a module may have threads or exit handlers of its own.
    token->module = dlopen(module, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (token->module == NULL) {
        refuse(why, "R18", "the PKCS#11 module %s cannot be loaded: %s", module, dlerror());
        return ERR_TOKEN;
    }
    CK_C_GetFunctionList list;
    // ISO C has no cast from an object's to a function's pointer; POSIX promises they are alike.
    *(void **)&list = dlsym(token->module, "C_GetFunctionList");
    if (list == NULL || list(&token->p11) != CKR_OK) {
        refuse(why, "R18", "%s is not a PKCS#11 module", module);
        return ERR_TOKEN;
    }
    CK_RV rv = token->p11->C_Initialize(NULL);
    if (rv != CKR_OK)
        return token_failed(why, "the PKCS#11 module does not start", rv);
    token->initialized = true;
    return OK;
}

// PKCS#11 pads texts with spaces.
static bool is_padded(const CK_UTF8CHAR *padded, size_t room, const char *text)
{
    size_t size = strlen(text);
    if (size == 0 || size > room || memcmp(padded, text, size) != 0)
        return false;
    for (size_t i = size; i < room; i++)
        if (padded[i] != ' ')
            return false;
    return true;
}

// The serial number that a name gives; NULL for a name that is a label.
static const char *serial_of(const char *name)
{
    size_t size = sizeof TOKEN_BY_SERIAL - 1;
    return strncmp(name, TOKEN_BY_SERIAL, size) == 0 ? name + size : NULL;
}

bool token_is_named(const char *label, const char *serial, const char *name)
{
    const char *number = serial_of(name);
    return number == NULL ? name[0] != 0 && strcmp(label, name) == 0
                          : number[0] != 0 && strcmp(serial, number) == 0;
}

static bool slot_matches(struct token *token, CK_SLOT_ID slot, const char *name)
{
    CK_TOKEN_INFO info;
    const char *serial = serial_of(name);
    if (token->p11->C_GetTokenInfo(slot, &info) != CKR_OK ||
        (info.flags & CKF_TOKEN_INITIALIZED) == 0)
        return false;
    return serial == NULL ? is_padded(info.label, sizeof info.label, name)
                          : is_padded(info.serialNumber, sizeof info.serialNumber, serial);
}

enum err token_slots(struct token *token, CK_SLOT_ID slots[TOKEN_SLOTS_MOST], CK_ULONG *count,
    struct refusal *why)
{
    *count = TOKEN_SLOTS_MOST;
    CK_RV rv = token->p11->C_GetSlotList(CK_TRUE, slots, count);
    return rv == CKR_OK ? OK : token_failed(why, "the list of slots cannot be had", rv);
}

static enum err find_slot(
    struct token *token, const char *name, CK_SLOT_ID *out, struct refusal *why)
{
    CK_SLOT_ID slots[TOKEN_SLOTS_MOST];
    CK_ULONG count;
    enum err err = token_slots(token, slots, &count, why);
    size_t found = 0;
    for (CK_ULONG i = 0; err == OK && i < count; i++)
        if (slot_matches(token, slots[i], name)) {
            *out = slots[i];
            found++;
        }
    if (err != OK || found == 1)
        return err;
    refuse(why, "R18", "%s token with the %s %s; see that it is connected and initialised",
        found == 0 ? "there is no" : "there is more than one",
        serial_of(name) == NULL ? "label" : "serial number",
        serial_of(name) == NULL ? name : serial_of(name));
    return ERR_TOKEN;
}

enum err token_open(
    const char *module, const char *name, struct token **out, struct refusal *why)
{
    CK_SLOT_ID slot = 0;
    CK_RV rv;
    struct token *token = calloc(1, sizeof *token);
    if (token == NULL)
        return ERR_MEMORY;
    enum err err = token_load(token, module, why);
    if (err == OK)
        err = find_slot(token, name, &slot, why);
    if (err != OK)
        goto out;
    memcpy(token->label, name, strlen(name));
    rv = token->p11->C_OpenSession(
        slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &token->session);
    token->in_session = rv == CKR_OK;
    if (rv != CKR_OK)
        err = token_failed(why, "no session can be opened", rv);
out:
    if (err != OK) {
        token_close(token);
        token = NULL;
    }
    *out = token;
    return err;
}

// How a token refuses a PIN, and what a person does then.
static const struct {
    CK_RV rv;
    const char *words;
} pins[] = {
    {CKR_PIN_INCORRECT, "refused the PIN; it was tried once and will not be tried again"},
    {CKR_PIN_LEN_RANGE, "refused the PIN; it was tried once and will not be tried again"},
    {CKR_PIN_INVALID, "refused the PIN; it was tried once and will not be tried again"},
    {CKR_PIN_LOCKED, "has locked its PIN; unlock it with its maker's tool"},
    {CKR_PIN_EXPIRED, "says that its PIN has expired; change it with its maker's tool"},
    {CKR_USER_PIN_NOT_INITIALIZED, "has no user PIN; set one with its maker's tool"},
};

enum err token_login(struct token *token, const struct secret *pin, struct refusal *why)
{
    struct span span = secret_span(pin);
    if (span.size == 0) {
        refuse(why, "R19", "the PIN is empty; the token %s was not asked", token->label);
        return ERR_PIN;
    }
    // C_Login takes a pointer to bytes that it does not change.
    CK_RV rv = token->p11->C_Login(
        token->session, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)span.data, span.size);
    if (rv == CKR_OK)
        return OK;
    for (size_t i = 0; i < sizeof pins / sizeof pins[0]; i++)
        if (pins[i].rv == rv) {
            refuse(why, "R19", "the token %s %s", token->label, pins[i].words);
            return ERR_PIN;
        }
    return token_failed(why, "the log-in failed", rv);
}

void token_close(struct token *token)
{
    if (token == NULL)
        return;
    if (token->in_session)
        token->p11->C_CloseSession(token->session);
    if (token->initialized)
        token->p11->C_Finalize(NULL);
    if (token->module != NULL)
        dlclose(token->module);
    free(token);
}
