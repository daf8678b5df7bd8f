// A source of bytes by their hash: an appliance, or the folder of an exported log. Whatever comes
// out of one was held against the hash that was asked for.
#ifndef CONCLAVE_CLIENT_SOURCE_H
#define CONCLAVE_CLIENT_SOURCE_H

#include "client/conclave.h"

struct source {
    // Appends the bytes with this hash. ERR_NOT_FOUND when the source does not have them,
    // ERR_SIGNATURE when it has others under that name.
    enum err (*blob)(
        void *context, const struct hash *hash, struct bytes *out, struct refusal *refusal);
    void *context;
};

// Borrows the connection.
struct source source_of_appliance(struct conclave *conclave);
// The files FOLDER/HEX. Borrows the path; NULL is a source that has nothing.
struct source source_of_folder(char *folder);

// Reads a whole file, at most the limit of `out`. ERR_NOT_FOUND, ERR_SYSTEM, ERR_LIMIT.
enum err must_check source_read_file(
    const char *path, struct bytes *out, struct refusal *refusal);

#endif
