// Copies: bytes that were read from the disk or must outlive a neighbour's buffer, kept until the
// message that is made of them has been queued, and freed together.
#ifndef CONCLAVE_SIGNER_LEDGER_COPIES_H
#define CONCLAVE_SIGNER_LEDGER_COPIES_H

#include "signer/base/bytes.h"

struct copy;

struct copies {
    struct copy *newest; // NULL: none
    size_t size;         // bytes of all of them
};

void copies_init(struct copies *copies);
// Frees all. Spans that were handed out end.
void copies_clear(struct copies *copies);
// Copies `bytes`; `out` is valid until copies_clear. ERR_MEMORY.
enum err must_check copies_add(struct copies *copies, struct span bytes, struct span *out);

#endif
