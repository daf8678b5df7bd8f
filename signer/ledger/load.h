// The rule by which the ledger commits: a function of how much waits and how long. Pure.
#ifndef CONCLAVE_SIGNER_LEDGER_LOAD_H
#define CONCLAVE_SIGNER_LEDGER_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    // Records in one transaction at most: beyond this nothing more was gained (measured), and
    // every one of them waits for the last.
    LOAD_BATCH = 64,
    // The longest that an inserted record waits for others (measured: 20 ms lose no rate at 256
    // in flight, and nobody who approves notices them).
    LOAD_AGE_MS = 20,
};

// What the rule looks at.
struct load {
    size_t waiting;  // inserted, and not durable
    size_t at_vault; // on their way through the vault, and to be inserted soon
    int64_t age_ms;  // of the oldest that waits
};
// When those that wait are at least as many as those that may still join them, or so many, or so
// old. Better than every turn, and better than whenever the input is empty (measured).
bool load_is_due(const struct load *load);
// Milliseconds until age alone makes it due; -1 when nothing waits.
int load_wait(const struct load *load);

#endif
