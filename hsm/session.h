// What a struct token is, for the files of the token alone: the module's functions and one
// session. Whoever includes this speaks PKCS#11; nobody else does.
#ifndef CONCLAVE_HSM_SESSION_H
#define CONCLAVE_HSM_SESSION_H

#include "hsm/token.h"

#include <p11-kit/pkcs11.h>

struct token {
    void *module; // of dlopen
    CK_FUNCTION_LIST *p11;
    CK_SESSION_HANDLE session;
    bool initialized;
    bool in_session;
    char label[TOKEN_NAME_MOST + 1]; // as it was asked for
};

// Fills in the sentence "WHAT: the token answered CKR_…" and returns ERR_TOKEN.
enum err token_failed(struct refusal *why, const char *what, CK_RV rv);
// Loads the module and starts it; ends with token_close, also when it failed. ERR_TOKEN.
enum err must_check token_load(struct token *token, const char *module, struct refusal *why);
// The slots with a token in them. ERR_TOKEN.
enum err must_check token_slots(struct token *token, CK_SLOT_ID slots[TOKEN_SLOTS_MOST],
    CK_ULONG *count, struct refusal *why);
// Reads a public key object into a key of ours, held to what key_read accepts (R16). ERR_KEY: its
// type or form is not ours. ERR_TOKEN.
enum err must_check token_public_read(
    struct token *token, CK_OBJECT_HANDLE object, struct key *out, struct refusal *why);

#endif
