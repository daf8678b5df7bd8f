// Lasts: what each item signed last under a mandate, kept for all vehicles and found by name. The
// sealed state knows only how high the numbers of a mandate went; what a vehicle has is remembered
// here.
#ifndef CONCLAVE_SIGNER_LEDGER_LASTS_H
#define CONCLAVE_SIGNER_LEDGER_LASTS_H

#include "proto/message.h"
#include "signer/ledger/store.h"

// Sets it for the outcome at `outcome`. ERR_FORM when the item signed a higher version before, or
// this one over other bytes (R12); ERR_HALT.
enum err must_check lasts_put(
    struct store *store, const char *item, const struct last *last, uint64_t outcome);
// Version 0 and no payload for an item that never signed under a mandate. Of the payload the bytes
// too when they are `most` at most, else none; they are valid until copies_clear. ERR_MEMORY; ERR_HALT,
// also for bytes that the disk changed or lost.
enum err must_check lasts_get(struct store *store, const char *item, size_t most,
    struct copies *copies, struct last *out, struct span *payload);

#endif
