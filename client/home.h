// A home: the folder (0700) in which a client keeps what it has to remember. Files are written
// whole or not at all: to another name, fsynced, renamed, and the folder fsynced.
#ifndef CONCLAVE_CLIENT_HOME_H
#define CONCLAVE_CLIENT_HOME_H

#include "proto/refusal.h"
#include "signer/base/bytes.h"

#define HOME_VKEY       "vkey"       // the pinned log key
#define HOME_CHECKPOINT "checkpoint" // the newest signed one seen
#define HOME_CONFLICT   "conflict"   // a signed one that does not go with it: evidence

// Opens the folder, which must be ours and writable by nobody else. The descriptor is the caller's.
// ERR_NOT_FOUND: there is none. ERR_SYSTEM: it cannot be opened, or others may write there.
enum err must_check home_open(const char *path, int *folder, struct refusal *refusal);
// The same, after making it when it is missing.
enum err must_check home_make(const char *path, int *folder, struct refusal *refusal);
// Waits until no other client of this home writes; ends with the folder's close or home_unlock.
enum err must_check home_lock(int folder);
void home_unlock(int folder);

// Appends a whole file, at most the limit of `out`. ERR_NOT_FOUND, ERR_LIMIT, ERR_SYSTEM.
enum err must_check home_read(int folder, const char *name, struct bytes *out);
// Only under home_lock. ERR_SYSTEM.
enum err must_check home_write(int folder, const char *name, struct span content);

#endif
