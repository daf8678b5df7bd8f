// Opened records that came back at a start: nobody held their time against a clock of that process,
// so their delays count from that start (R4). The seal keeps them: under a later seal they would look
// like records that this vault took in itself. Pure.
#ifndef CONCLAVE_HSM_COMEBACK_H
#define CONCLAVE_HSM_COMEBACK_H

#include "signer/base/moment.h"

#include <stddef.h>

struct comeback {
    uint64_t from; // the first of them
    uint64_t to;   // behind the last; 0: there is none
    moment since;  // the start, or when the vault had time then
};

enum {
    // A start each night of a month, each with something that was opened behind the last seal. Of
    // more, the oldest two count as one.
    COMEBACKS_MOST = 32,
};

struct comebacks {
    struct comeback at[COMEBACKS_MOST]; // ascending
    size_t count;
};

// This record is one of them, too.
void comeback_grow(struct comeback *back, uint64_t index);
// Adds the newest one, unless there is none.
void comebacks_add(struct comebacks *list, const struct comeback *newest);
// Forgets those that began at this time or before it.
void comebacks_forget(struct comebacks *list, moment before);
// From when the delay of a record counts that states the time `opened`.
moment comebacks_since(const struct comebacks *list, uint64_t index, moment opened);

#endif
