// Asks behind the gate: under which id the keeper has each, whose it is, and what it holds of the
// budget until its answer has been written to the client's socket.
#ifndef CONCLAVE_SIGNER_GATE_FLIGHT_H
#define CONCLAVE_SIGNER_GATE_FLIGHT_H

#include "signer/gate/budget.h"

struct client;
struct waiter;

struct flight {
    uint64_t id;             // towards the keeper; 0: this place is free
    struct client *client;   // NULL: it is gone, and only the budget waits for the answer
    uint64_t client_id;      // the client's own id
    enum message_kind asked; // what the keeper was asked
    struct waiter *waiter;   // asked for it; NULL: the answer is the client's
    struct use held;         // of the budget
    uint64_t written_at;     // answered: where in the client's stream its answer ends
    struct flight *next;     // answered: the client's next answer
};

// Invariant: as many places are taken as credits are held.
struct flights {
    struct flight at[LIMIT_CREDITS];
    uint64_t last; // the newest id; never used again
};

// A new one with an id of its own. NULL when no place is free.
struct flight *flight_start(struct flights *flights, struct client *client);
// The one with this id that has no answer yet; NULL: nobody asked that.
struct flight *flight_find(struct flights *flights, uint64_t id);
void flight_end(struct flight *flight);

#endif
