// Blobs and states: bytes named by their SHA-256. What is read back is hashed again: bytes that
// the disk changed stop the ledger instead of reaching anybody (R1).
#ifndef CONCLAVE_SIGNER_LEDGER_BLOBS_H
#define CONCLAVE_SIGNER_LEDGER_BLOBS_H

#include "signer/base/hash.h"
#include "signer/ledger/store.h"

// Stores bytes that may be there already. `hash` is theirs: the caller has computed it. ERR_HALT.
enum err must_check blobs_put(struct store *store, const struct hash *hash, struct span bytes);
enum err must_check blobs_has(struct store *store, const struct hash *hash, bool *out);
// ERR_NOT_FOUND, ERR_MEMORY, ERR_HALT.
enum err must_check blobs_get(
    struct store *store, const struct hash *hash, struct copies *copies, struct span *out);

// Whether bytes that were read back are those of the hash. ERR_HALT.
enum err must_check blobs_check(
    struct store *store, const struct hash *hash, struct span bytes);

enum err must_check states_put(struct store *store, const struct hash *hash, struct span text);
enum err must_check states_get(
    struct store *store, const struct hash *hash, struct copies *copies, struct span *out);
// Forgets all states but two: the sealed one, and the one that the newest outcome names that
// anybody has seen. They may be the same.
enum err must_check states_keep(
    struct store *store, const struct hash *sealed, const struct hash *named);

#endif
