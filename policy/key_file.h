// A public key in a PEM file.
#ifndef CONCLAVE_POLICY_KEY_FILE_H
#define CONCLAVE_POLICY_KEY_FILE_H

#include "policy/policy_fault.h"
#include "signer/base/key.h"

// Reads `name` relative to `folder` (or as it is, when it begins with '/'). ERR_FORM with the
// sentence of `fault`: no such file, not a PEM public key, an unknown type, a key that is never
// accepted (R16), or a private key, which has no business here.
enum err must_check key_file_read(
    const char *folder, const char *name, struct key *out, struct policy_fault *fault);

#endif
