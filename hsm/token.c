#include "hsm/session.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static const struct answer {
    CK_RV rv;
    const char *name;
} answers[] = {
    {CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR"},
    {CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR"},
    {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY"},
    {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED"},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED"},
    {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID"},
    {CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID"},
    {CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID"},
    {CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT"},
    {CKR_ATTRIBUTE_TYPE_INVALID, "CKR_ATTRIBUTE_TYPE_INVALID"},
    {CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID"},
    {CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT"},
    {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN"},
    {CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED"},
};

static const char *answer_name(CK_RV rv)
{
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (answers[i].rv == rv)
            return answers[i].name;
    return "an error";
}

enum err token_failed(struct refusal *why, const char *what, CK_RV rv)
{
    refuse(why, "R18", "%s: the token answered %s (0x%lx)", what, answer_name(rv), rv);
    return ERR_TOKEN;
}

static enum err load_module(struct token *token, const char *module, struct refusal *why)
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

// PKCS#11 pads labels with spaces.
static bool label_matches(const CK_UTF8CHAR padded[TOKEN_LABEL_MOST], const char *label)
{
    size_t size = strlen(label);
    if (size == 0 || size > TOKEN_LABEL_MOST || memcmp(padded, label, size) != 0)
        return false;
    for (size_t i = size; i < TOKEN_LABEL_MOST; i++)
        if (padded[i] != ' ')
            return false;
    return true;
}

static bool slot_matches(struct token *token, CK_SLOT_ID slot, const char *label)
{
    CK_TOKEN_INFO info;
    return token->p11->C_GetTokenInfo(slot, &info) == CKR_OK &&
           (info.flags & CKF_TOKEN_INITIALIZED) != 0 && label_matches(info.label, label);
}

static enum err find_slot(
    struct token *token, const char *label, CK_SLOT_ID *out, struct refusal *why)
{
    CK_SLOT_ID slots[TOKEN_SLOTS_MOST];
    CK_ULONG count = TOKEN_SLOTS_MOST;
    CK_RV rv = token->p11->C_GetSlotList(CK_TRUE, slots, &count);
    if (rv != CKR_OK)
        return token_failed(why, "the list of slots cannot be had", rv);
    size_t found = 0;
    for (CK_ULONG i = 0; i < count; i++)
        if (slot_matches(token, slots[i], label)) {
            *out = slots[i];
            found++;
        }
    if (found == 1)
        return OK;
    refuse(why, "R18", "%s token with the label %s; see that it is connected and initialised",
        found == 0 ? "there is no" : "there is more than one", label);
    return ERR_TOKEN;
}

enum err token_open(
    const char *module, const char *label, struct token **out, struct refusal *why)
{
    CK_SLOT_ID slot = 0;
    CK_RV rv;
    struct token *token = calloc(1, sizeof *token);
    if (token == NULL)
        return ERR_MEMORY;
    enum err err = load_module(token, module, why);
    if (err == OK)
        err = find_slot(token, label, &slot, why);
    if (err != OK)
        goto out;
    memcpy(token->label, label, strlen(label));
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

static bool refuses_pin(CK_RV rv)
{
    return rv == CKR_PIN_INCORRECT || rv == CKR_PIN_LEN_RANGE || rv == CKR_PIN_INVALID ||
           rv == CKR_PIN_LOCKED || rv == CKR_PIN_EXPIRED;
}

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
    if (!refuses_pin(rv))
        return token_failed(why, "the log-in failed", rv);
    refuse(why, "R19",
        "the token %s refused the PIN; it was tried once and will not be tried again",
        token->label);
    return ERR_PIN;
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
