// The door: the listening unix socket at which clients knock. conclaved keeps it, so that clients
// wait while a gate is replaced, and gives each gate a copy.
#ifndef CONCLAVE_SIGNER_DOOR_H
#define CONCLAVE_SIGNER_DOOR_H

#include "proto/refusal.h"

#include <sys/types.h>

struct door {
    int fd;
    const char *path; // borrowed
    dev_t device;     // of the socket's file, so that only this one is ever removed
    ino_t inode;
};

// A socket that nobody answers on is a leftover and is removed; one that somebody answers on, and
// anything that is no socket, is left alone. ERR_REFUSED with a sentence.
enum err must_check door_open(
    struct door *door, const char *path, mode_t mode, struct refusal *why);
// Removes the socket's file too, if it is still this one.
void door_close(struct door *door);

#endif
