// Passing one open descriptor beside bytes over a unix stream socket (SCM_RIGHTS, unix(7)).
// conclaved hands the keeper its new gate this way; nobody else passes anything.
#ifndef CONCLAVE_SIGNER_CORRIDOR_DESCRIPTOR_H
#define CONCLAVE_SIGNER_CORRIDOR_DESCRIPTOR_H

#include "signer/base/bytes.h"

#include <sys/types.h>

// Sends all of `message` and a copy of `descriptor` in one call; the caller keeps its own.
// ERR_AGAIN when the socket is full, ERR_CLOSED, ERR_SYSTEM; a part sent is ERR_SYSTEM.
enum err must_check descriptor_send(int socket, struct span message, int descriptor);

// As read(2); *descriptor becomes one that came along (close-on-exec), or -1. More than one, which
// nobody sends, are closed.
ssize_t descriptor_receive(int socket, uint8_t *room, size_t size, int *descriptor);

#endif
