// A connection to an appliance's unix socket: frames out, frames in. While it waits to write it
// reads what comes, so that many asks in flight never leave both sides waiting for each other.
//
// It gives each ask its id: a counter and, in the low byte, the ask's kind. So an answer that does
// not answer what was asked is noticed without remembering every ask.
#ifndef CONCLAVE_CLIENT_CONNECTION_H
#define CONCLAVE_CLIENT_CONNECTION_H

#include "proto/decode.h"

enum {
    // Answers that came and were not yet received, in bytes.
    CONNECTION_KEEP = 64 * 1024 * 1024,
    // Asks whose answer nobody waits for any more (a wait that took too long).
    CONNECTION_ABANDONED = 16,
    // Without a time limit.
    CONNECTION_FOR_EVER = -1,
};

struct connection {
    int fd; // -1: closed
    struct bytes in;
    size_t taken;   // bytes of `in` that were received
    uint64_t count; // asks ever sent
    uint64_t in_flight;
    uint64_t abandoned[CONNECTION_ABANDONED];
    size_t abandoned_count;
};

// ERR_SYSTEM: errno says why.
enum err must_check connection_open(struct connection *connection, const char *socket);
void connection_close(struct connection *connection);

// Sets the ask's id and sends it. ERR_CLOSED; ERR_LIMIT when over CONNECTION_KEEP has come and was
// not received; ERR_FORM and ERR_LIMIT when the ask itself cannot be sent.
enum err must_check connection_send(struct connection *connection, struct message *ask);
// The next answer; the caller clears it. ERR_AGAIN: none came in so many milliseconds; ERR_CLOSED;
// ERR_FORM: what came is no answer to anything that was asked (the connection is unusable).
enum err must_check connection_receive(
    struct connection *connection, int64_t milliseconds, struct decoded *answer);
// Nobody waits for this answer any more: it is dropped when it comes. False: too many are already.
bool connection_abandon(struct connection *connection, uint64_t id);

// Milliseconds of the monotonic clock.
int64_t connection_clock(void);

#endif
