// Group commit: when what was inserted becomes durable, and which answers wait for it.
//
// An answer that says something stands in the log is a promise: it leaves when a signed checkpoint
// covers it. Promises are kept in the order of the log.
#ifndef CONCLAVE_SIGNER_LEDGER_COMMIT_H
#define CONCLAVE_SIGNER_LEDGER_COMMIT_H

#include "proto/message.h"

struct promise {
    struct promise *next;
    uint64_t size; // the tree that must be under a checkpoint
    uint64_t id;
    enum message_kind kind; // DONE_RECORD, ANSWER_ACCEPTED, DONE_SIGN, DONE_FOUND
    struct place place;
    struct hash request; // ANSWER_ACCEPTED
    enum fate fate;      // ANSWER_ACCEPTED
};

struct commit {
    struct promise *first, *last;
    size_t waiting;
    int64_t since; // when the oldest was inserted, in ms of the monotonic clock
    uint64_t said; // the size last said durable to the vault
};

struct ledger;

// A record was inserted.
void commit_inserted(struct ledger *ledger);
// Gives an answer once its size is under a checkpoint; at once when it is already.
void commit_promise(struct ledger *ledger, const struct promise *promise);
// Gives the recorded fate of a request (R11) as ANSWER_ACCEPTED, in the same way. False when it has
// none.
bool commit_promise_fate(struct ledger *ledger, uint64_t id, const struct hash *request);
// Says to the vault that everything in the store is durable; a checkpoint will come.
void commit_say(struct ledger *ledger);
// Commits if it is time to. Returns the milliseconds until it may be, or -1.
int commit_turn(struct ledger *ledger);

#endif
