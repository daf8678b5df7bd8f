// An order under mandates that is on its way. Nothing of it is on the disk before the vault has
// signed: it is held in memory, and then stored in one transaction with its outcome (R8).
#ifndef CONCLAVE_SIGNER_LEDGER_MANDATED_H
#define CONCLAVE_SIGNER_LEDGER_MANDATED_H

#include "signer/ledger/intake.h"

struct held {
    struct request request; // what its text says
    struct span text;       // of the request
    struct copies copies;   // of the pieces
    uint32_t piece_count;
    struct piece pieces[LIMIT_BLOBS]; // request, payloads and evidence, each once
    uint64_t cost; // bytes that the disk must have free for it; 0: none is held
    bool reserved; // numbers were reserved for it
};

#endif
