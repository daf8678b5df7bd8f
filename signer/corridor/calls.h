// The system calls that each kind of room may still make (seccomp(2)). Everything else kills the
// process, but for a few that libraries try and can do without: those fail.
#ifndef CONCLAVE_SIGNER_CORRIDOR_CALLS_H
#define CONCLAVE_SIGNER_CORRIDOR_CALLS_H

#include "signer/corridor/sandbox.h"

// Irrevocable, for all threads and children. ERR_SYSTEM.
enum err must_check calls_restrict(enum sandbox_kind kind);

#endif
