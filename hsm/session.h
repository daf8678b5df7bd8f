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
    char label[TOKEN_LABEL_MOST + 1];
};

// Fills in the sentence "WHAT: the token answered CKR_…" and returns ERR_TOKEN.
enum err token_failed(struct refusal *why, const char *what, CK_RV rv);

#endif
