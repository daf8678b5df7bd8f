// Blocks: the numbers of live mandates as the vault has them in memory. What a mandate may still sign
// without another seal was reserved in the sealed state beforehand (policy/mandate.h); here it is
// counted down. Nothing of it outlives the process: what a crash leaves of a block is lost, and never
// comes back. Pure.
//
// A block is found by the hash of its mandate's text, so a new mandate starts with nothing left, and
// nothing of a mandate that ended is used: who asks here asks with a live one of the sealed state.
#ifndef CONCLAVE_HSM_BLOCK_H
#define CONCLAVE_HSM_BLOCK_H

#include "policy/mandate.h"

enum {
    // What a block holds at most: what is left of the one before was less than a request of
    // LIMIT_ITEMS wants.
    BLOCK_MOST = LIMIT_BLOCK + LIMIT_ITEMS - 1,
};

struct block {
    struct hash mandate; // SHA-256 of its text
    uint64_t left;       // payloads that may be signed; at most BLOCK_MOST
    uint64_t floor;      // without vehicles, nothing is signed at this version or below it
};

// All zero: at start nothing is left of any block.
struct blocks {
    struct block at[LIMIT_MANDATES];
    size_t count;
};

// What one request takes of a mandate.
struct block_need {
    const struct mandate_state *mandate; // a live one of the sealed state; borrowed
    uint64_t count;                      // payloads, 1 at least
    uint64_t highest;                    // version
};

// The highest version that was signed under it in this run, or may have been before.
uint64_t blocks_floor(const struct blocks *blocks, const struct mandate_state *mandate);
// Whether its numbers are reserved and left: so many payloads, up to that version.
bool blocks_suffice(const struct blocks *blocks, const struct block_need *need);
// Reserves in `next`, a copy of the sealed state, what is missing. ERR_REFUSED with R12: the mandate
// has no more.
enum err must_check blocks_reserve(const struct blocks *blocks, const struct block_need *need,
    struct state *next, struct refusal *refusal);
// `next` was sealed over `before`: what it reserved is left now. Blocks of mandates that are not live
// are forgotten.
void blocks_sealed(struct blocks *blocks, const struct state *before, const struct state *next);
// Takes the numbers, which suffice. Before the first signature is made.
void blocks_take(struct blocks *blocks, const struct block_need *need);

#endif
