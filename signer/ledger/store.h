// The store: the ledger's folder. One database and one lock file in it; whoever holds the lock is
// the only ledger of this folder.
//
// Everything between two commits is one transaction; it is durable when store_commit returns, or
// not at all. Invariant: records 0 … size-1 are there, and 0 … durable-1 of them for good.
// A failure of the disk is final (R9): ERR_HALT, and store_fault says what to do.
#ifndef CONCLAVE_SIGNER_LEDGER_STORE_H
#define CONCLAVE_SIGNER_LEDGER_STORE_H

#include "signer/ledger/copies.h"
#include "signer/ledger/tables.h"

enum {
    // Requests are refused when less than this would stay free: what is left belongs to what
    // administrators still have to say (R17), some ten thousand statements.
    STORE_RESERVE_REQUESTS = 16 * 1024 * 1024,
    // Nothing is taken below this: the room in which SQLite empties its write-ahead file (sql.c)
    // and the machine can still be worked with.
    STORE_RESERVE = 4 * 1024 * 1024,
};

struct store {
    struct sql *sql;
    int folder;
    int lock;
    bool writing; // a transaction is open
    uint64_t size;
    uint64_t durable;
    struct refusal fault;
};

// ERR_HALT with `why`: no folder, another ledger holds it, not ours, the disk.
enum err must_check store_open(const char *folder, struct store **out, struct refusal *why);
void store_close(struct store *store); // takes NULL; what was not committed is gone

// Why the store failed: a sentence that says what to do.
const char *store_fault(const struct store *store);
// Keeps the first sentence, and returns ERR_HALT.
enum err store_fail(struct store *store, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// A new query on a statement of tables.h; a writing one must stand in a transaction.
struct query store_query(struct store *store, enum table_statement statement);
// Opens a transaction unless one is open.
enum err must_check store_begin(struct store *store);
// Makes everything durable. Without a transaction there is nothing to do.
enum err must_check store_commit(struct store *store);
// Whether an order or an outcome was ever logged here.
enum err must_check store_has_orders(struct store *store, bool *out);
// An empty log, for a founding that starts over; durable when it returns.
enum err must_check store_forget_all(struct store *store);

// Bytes that are free on the folder's disk. ERR_HALT.
enum err must_check store_free(struct store *store, uint64_t *out);
// What `bytes` in `pieces` pieces take on the disk at most: in the write-ahead file, and again in
// the database, with the pages that they begin and the trees above them.
uint64_t store_cost(uint64_t bytes, uint64_t pieces);

#endif
