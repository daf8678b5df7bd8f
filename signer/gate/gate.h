// The gate: clients on one side, the keeper on the other, a budget between them. Everything here
// lives in one thread; libevent calls the adapters in gate.c and door.c, and after each round of
// events gate_turn does what follows from them.
#ifndef CONCLAVE_SIGNER_GATE_GATE_H
#define CONCLAVE_SIGNER_GATE_GATE_H

#include "signer/corridor/room.h"
#include "signer/gate/line.h"
#include "signer/gate/waiter.h"

struct event_base;

struct gate {
    struct room room;
    struct event_base *base;
    struct event *knock;        // the listening socket
    struct event *keeper_reads; // the keeper takes bytes again
    int64_t now;                // seconds of the monotonic clock, once a round

    struct client *clients[LIMIT_CLIENTS];
    size_t client_count;
    uint64_t connections; // ever

    struct budget budget;
    struct flights flights;
    struct waiters waiters;
    struct line line;  // clients that may have something to pass on
    struct line dirty; // clients with something to write
};

// door.c: clients come and go.
void door_knock(int fd, short what, void *gate); // event: somebody is at the listening socket
void door_readable(int fd, short what, void *client);                      // event
void door_writable(int fd, short what, void *client);                      // event
void door_shut(struct gate *gate, struct client *client, const char *why); // why NULL: it left
void door_write(struct gate *gate); // flushes every dirty client
void door_tick(struct gate *gate);  // hangs up those who are late
void door_enter_line(struct gate *gate, struct client *client);
void door_enter_dirty(struct gate *gate, struct client *client);
void door_read_on(struct client *client, bool on);

// pass.c: from the clients to the keeper, as far as the budget goes.
void pass_waiters(struct gate *gate);
void pass_clients(struct gate *gate);

// answer.c: one message from the keeper. Anything but OK is fatal.
enum err must_check answer_take(struct gate *gate, const struct message *message);
// An ask is over: gives back what it held.
void answer_end(struct gate *gate, struct flight *flight);

#endif
