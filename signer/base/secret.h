// A secret: bytes that are locked in memory, kept out of dumps and children, and wiped when freed.
#ifndef CONCLAVE_SIGNER_BASE_SECRET_H
#define CONCLAVE_SIGNER_BASE_SECRET_H

#include "signer/base/bytes.h"

struct secret;

enum { SECRET_MOST = 4096 }; // one page: a PIN or a passphrase, never a file

// An empty secret; NULL when no memory can be had or locked.
struct secret *secret_new(void);
void secret_free(struct secret *secret); // takes NULL
// Reads `fd` to its end, at most SECRET_MOST bytes, and drops one last LF. ERR_LIMIT, ERR_SYSTEM.
enum err must_check secret_read_fd(struct secret *secret, int fd);
// Reads one line from the terminal /dev/tty without echo, after `prompt`. ERR_SYSTEM without one. A
// signal that ends the process does so once the terminal echoes again. One thread asks at a time.
enum err must_check secret_ask(struct secret *secret, const char *prompt);
struct span secret_span(const struct secret *secret);

#endif
