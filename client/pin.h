// The log key that a home has pinned.
#ifndef CONCLAVE_CLIENT_PIN_H
#define CONCLAVE_CLIENT_PIN_H

#include "signer/base/key.h"

// Reads it from an opened home; `origin` has room for LIMIT_ROLE_NAME + 1 bytes. ERR_NOT_FOUND:
// nothing is pinned; ERR_FORM: the file is not what was written there.
enum err must_check pin_read(int folder, char *origin, struct key *log);

#endif
