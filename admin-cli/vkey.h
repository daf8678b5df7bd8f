// A log's verifier key as people give it to a command: itself, or a file that holds it.
#ifndef CONCLAVE_ADMIN_CLI_VKEY_H
#define CONCLAVE_ADMIN_CLI_VKEY_H

#include "proto/limits.h"
#include "proto/refusal.h"
#include "signer/base/key.h"

// `origin` has room for LIMIT_ROLE_NAME + 1 bytes. ERR_FORM, and errors of the file.
enum err must_check vkey_given(
    const char *given, char *origin, struct key *log, struct refusal *refusal);

#endif
