// A shelf: the folder in which a repository's root files lie under the names that clients ask for. A
// version is put there once, and never over other bytes; a power cut leaves a file whole or not there.
#ifndef CONCLAVE_ADMIN_CLI_CMD_ROOT_SHELF_H
#define CONCLAVE_ADMIN_CLI_CMD_ROOT_SHELF_H

#include "admin-cli/file.h"
#include "policy/dialect.h"
#include "signer/base/hash.h"

// A signed root on its way there. Borrowed.
struct shelf_root {
    enum dialect dialect;
    uint64_t version;
    struct span file;
    struct hash previous; // payload of the version before; none for the first
};

// DIR/N.root.json. ERR_EXISTS: a file of that name has other bytes. ERR_SYSTEM, ERR_LIMIT; `path` has
// room for FILE_PATH bytes.
enum err must_check shelf_put(
    const char *folder, const struct shelf_root *root, char *path, struct refusal *refusal);
// DIR/root.json, which is the newest: written over the version before alone, and a newer one stays. As
// above; ERR_EXISTS: any other root lies there.
enum err must_check shelf_put_newest(
    const char *folder, const struct shelf_root *root, char *path, struct refusal *refusal);

#endif
