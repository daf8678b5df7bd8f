// The log in the store: records at their places, and the tree over them. What is read back is held
// against its leaf: a record that the disk changed stops the ledger instead of reaching anybody.
#ifndef CONCLAVE_SIGNER_LEDGER_RECORDS_H
#define CONCLAVE_SIGNER_LEDGER_RECORDS_H

#include "log/merkle.h"
#include "proto/record.h"
#include "signer/ledger/store.h"

// Appends a record: row, tree, fate of its request (fates.h). `out` is where it stands. ERR_FORM
// for a record of no known kind or one that fits no fate; ERR_EXISTS for a second outcome of a
// request, or a second one that adds to the same; ERR_MEMORY; ERR_HALT.
// After any error the transaction must not be committed.
enum err must_check records_append(struct store *store, struct span text, struct place *out);

// The record at `index`. ERR_NOT_FOUND, ERR_MEMORY, ERR_HALT.
enum err must_check records_get(
    struct store *store, uint64_t index, struct copies *copies, struct span *out);
// Its leaf. ERR_NOT_FOUND, ERR_HALT.
enum err must_check records_leaf(struct store *store, uint64_t index, struct hash *out);
// The tree, for log/merkle.h. Borrows `store`.
struct merkle_store records_tree(struct store *store);

// Calls `visit` for each opened (`opens`) and decision record of a request below `below`,
// ascending; stops at the first error and returns it.
enum err must_check records_of(struct store *store, const struct hash *request, uint64_t below,
    enum err (*visit)(void *context, uint64_t index, bool opens), void *context);

// The newest outcome of a request below `below`. ERR_NOT_FOUND, ERR_HALT.
enum err must_check records_signed(
    struct store *store, const struct hash *request, uint64_t below, uint64_t *out);

// The newest outcome of all. ERR_NOT_FOUND, ERR_HALT.
enum err must_check records_newest(struct store *store, uint64_t *out);

// The opened, decision, order and outcome records of all live requests, ascending: of those that
// are open, or signed and still take signatures. Nothing may be written
// between start and end. next: OK, ERR_NOT_FOUND at the end, ERR_HALT.
struct query records_live(struct store *store);
enum err must_check records_live_next(struct query *live, uint64_t *index);

// The time that a record states. ERR_FORM.
enum err must_check record_time(struct span text, moment *out);

#endif
