// Wants: the bytes that a hearing collects, each named by its hash. Some come along with the
// request; the others are asked of the ledger, a few at a time.
#ifndef CONCLAVE_SIGNER_KEEPER_WANTS_H
#define CONCLAVE_SIGNER_KEEPER_WANTS_H

#include "proto/limits.h"
#include "signer/base/hash.h"

struct want {
    struct hash hash;
    struct bytes bytes;
    bool asked;
    bool here;
    bool given; // came with the request, so the ledger has yet to store it
    bool named; // by the request
};

// Each item: payload, previous payload, the repository's root; and the evidence.
enum { WANTS_MOST = 3 * LIMIT_ITEMS + LIMIT_ITEMS };
// So many are asked for at a time, 64 MiB at most: beside all that the gate lets be answered they
// fit into a channel's buffer (CHANNEL_MOST).
enum { WANTS_AT_ONCE = 8 };
// Places to find them by their hashes: a power of two, and twice as many as there are wants.
enum { WANTS_PLACES = 2 * WANTS_MOST };

struct wants {
    struct want at[WANTS_MOST];
    size_t count;
    size_t missing;
    size_t bytes;                  // of those that are here
    size_t asked;                  // and not here yet
    uint16_t places[WANTS_PLACES]; // 1 + where it stands in `at`; 0 for none
};

void wants_clear(struct wants *wants);
// One that is known already, or none, adds nothing. ERR_LIMIT.
enum err must_check wants_add(struct wants *wants, const struct hash *hash);
// The same of one that the request names; and whether everything that came along is such a one.
enum err must_check wants_name(struct wants *wants, const struct hash *hash);
bool wants_are_named(const struct wants *wants);
// Bytes that came along, copied. The same bytes twice add nothing. ERR_LIMIT, ERR_MEMORY.
enum err must_check wants_give(struct wants *wants, struct span bytes);
// The next to ask for; NULL when all are asked for. Marks it asked.
struct want *wants_next(struct wants *wants);
// Takes what was asked for; a wrong hash is ERR_FORM.
enum err must_check wants_fill(struct wants *wants, size_t at, struct span bytes);
// Takes bytes of this hash that came unasked; ERR_FORM when they have another.
enum err must_check wants_take(struct wants *wants, const struct hash *hash, struct span bytes);
// Borrowed; empty when they are not here.
struct span wants_bytes(const struct wants *wants, const struct hash *hash);
// Forgets the bytes that were asked for: the ledger has them.
void wants_forget(struct wants *wants);

#endif
