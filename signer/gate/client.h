// A client's connection: a non-blocking stream socket with what was read and not yet passed on, and
// what is to be written. It knows frames and time, and nothing of the rest of the gate.
#ifndef CONCLAVE_SIGNER_GATE_CLIENT_H
#define CONCLAVE_SIGNER_GATE_CLIENT_H

#include "signer/gate/flight.h"

#include <sys/types.h>

enum {
    // A client that takes no byte of its answers for so long is hung up (seconds).
    CLIENT_STALL = 30,
    // A frame that was begun must be whole within this (seconds): 20 MB at 0.7 MB/s.
    CLIENT_SLOW = 30,
};

struct event;
struct gate;

struct client {
    int fd;
    uid_t uid;       // of the peer, for the log
    uint64_t number; // of the connection, for the log

    struct bytes in;
    size_t taken; // bytes of `in` that were passed on
    struct bytes out;
    size_t sent;      // bytes of `out` that were written
    uint64_t queued;  // bytes ever put into `out`
    uint64_t written; // bytes ever written

    struct use held;         // its part of the budget, everything included
    size_t reserved;         // of that: for the large frame at the front of `in`
    enum message_kind front; // of the whole frame at the front, when it had to wait; or NONE

    int64_t reading_since; // a frame was begun then and is not whole; 0: none was
    int64_t writing_since; // it last took bytes then; 0: there are none for it

    struct flight *first_answer; // answered and not yet written, in order
    struct flight *last_answer;

    struct gate *gate; // for the callbacks
    struct event *readable;
    struct event *writable;
    bool reading; // `readable` is waited for
    bool in_line; // it has something to pass on
    bool dirty;   // it has something to write
};

// Takes over `fd`. NULL: no memory (`fd` is closed).
struct client *client_new(int fd, uid_t uid, uint64_t number);
void client_free(struct client *client); // takes NULL; closes the socket

// One read: of the rest of a reserved frame, or else up to BUDGET_ASK bytes in all. Only when
// client_wants_more. OK, ERR_AGAIN, ERR_CLOSED, ERR_SYSTEM, ERR_MEMORY.
enum err must_check client_fill(struct client *client);
// What was read and not passed on.
struct span client_pending(const struct client *client);
// Counts a whole frame as passed on.
void client_passed(struct client *client, size_t size);

// One write of what is queued. OK also when a remainder is left; ERR_CLOSED, ERR_SYSTEM.
enum err must_check client_flush(struct client *client, int64_t now);
bool client_wants_write(const struct client *client);
// Counts `size` bytes that were added to `out`, the answer to `flight`.
void client_answered(struct client *client, struct flight *flight, size_t size, int64_t now);
// The oldest answered flight that is completely written, taken off; NULL: none.
struct flight *client_written(struct client *client);

// What is wrong at this time, in words for the log; NULL: nothing.
const char *client_is_late(const struct client *client, int64_t now);

#endif
