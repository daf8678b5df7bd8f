// What a room cannot do even when it is subverted: Landlock (no path, or one folder) and a short
// seccomp list. Irrevocable. Called after the room has opened what it needs.
#ifndef CONCLAVE_SIGNER_CORRIDOR_SANDBOX_H
#define CONCLAVE_SIGNER_CORRIDOR_SANDBOX_H

#include "signer/base/err.h"

enum sandbox_kind {
    SANDBOX_GATE,   // no path; accept, but no open, exec, ptrace or new socket
    SANDBOX_KEEPER, // no path; neither accept nor any socket
    SANDBOX_LEDGER, // files below one folder
    SANDBOX_VAULT,  // files below one folder (the token's)
};

// `folder` is NULL for gate and keeper. Ends the process when it cannot be had: a kernel without
// Landlock is refused with a sentence.
void sandbox_enter(enum sandbox_kind kind, const char *folder);

#endif
