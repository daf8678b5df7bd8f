// Files that a command writes for people and other programs.
#ifndef CONCLAVE_ADMIN_CLI_FILE_H
#define CONCLAVE_ADMIN_CLI_FILE_H

#include "proto/refusal.h"
#include "signer/base/bytes.h"

// Writes the file anew: to a temporary name beside it, then renamed. ERR_SYSTEM, ERR_LIMIT.
enum err must_check file_write(const char *path, struct span content, struct refusal *refusal);
// Makes a folder if it is not there. ERR_SYSTEM.
enum err must_check file_folder(const char *path, struct refusal *refusal);
// FOLDER/NAME into `out`, which has room for FILE_PATH bytes. ERR_LIMIT.
enum { FILE_PATH = 4096 }; // PATH_MAX
enum err must_check file_join(char *out, const char *folder, const char *name);

#endif
