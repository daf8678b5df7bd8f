// Landlock (landlock(7)): which paths and which network a process can still reach. Everything that
// the running kernel can handle is handled, and only what is below one folder is given back.
#ifndef CONCLAVE_SIGNER_CORRIDOR_LANDLOCK_H
#define CONCLAVE_SIGNER_CORRIDOR_LANDLOCK_H

#include "signer/base/err.h"

// Irrevocable, for the process and its children. `folder` (NULL: no path at all) may be read,
// written and changed below; nothing can be executed anywhere. No TCP where the kernel can forbid
// it (ABI 4), no abstract sockets and no signals to others (ABI 6). ERR_NOT_FOUND: a kernel
// without Landlock; ERR_SYSTEM: errno says why.
enum err must_check landlock_enter(const char *folder);

#endif
