// The ritual with which every program of the corridor starts (style 10): take my configuration,
// take my descriptors, drop, sandbox, say ready, loop. And how it ends.
//
//   descriptor 3  control: conclaved
//   descriptor 4  up:   the neighbour nearer to the clients (gate: its listening socket)
//   descriptor 5  down: the neighbour nearer to the key (not in the vault)
//   descriptor 6  the room's own resource (vault: where the PIN is read from)
#ifndef CONCLAVE_SIGNER_CORRIDOR_ROOM_H
#define CONCLAVE_SIGNER_CORRIDOR_ROOM_H

#include "signer/corridor/channel.h"

enum { ROOM_CONTROL = 3, ROOM_UP = 4, ROOM_DOWN = 5, ROOM_RESOURCE = 6 };

// Exit statuses; deploy's units do not restart after HALT and PIN.
enum { EXIT_HALT = 70, EXIT_PIN = 77, EXIT_NEIGHBOUR = 75, EXIT_TOKEN = 69 };

struct room {
    const char *name;       // "keeper"
    struct channel control; // to conclaved
    struct channel up;
    struct channel down;
    bool stopping; // SIGTERM came, or conclaved closed the control line
};

// The configuration as the rooms keep it.
struct room_config {
    enum stage stage;
    char folder[4096];
    char module[4096];
    char token[128];
};

// First call of every room: reads ROOM_CONFIG from the control line (blocking), closes every
// descriptor above ROOM_RESOURCE, takes over `up` and `down` as channels when asked to, forbids
// core dumps, ptrace by others and new privileges. Any failure ends the process.
enum { ROOM_HAS_UP = 1, ROOM_HAS_DOWN = 2 };
void room_enter(
    struct room *room, const char *name, unsigned channels, struct room_config *config);
// Writes a line with the libraries that are mapped into the process, then (after the caller's
// sandbox_enter) ROOM_READY goes to conclaved.
void room_list_libraries(const struct room *room);
void room_ready(struct room *room);

// Handles one message from a neighbour. Any error but OK is fatal for the room (from the gate:
// for the gate).
typedef enum err room_handler(void *context, const struct message *message);

// The loop: poll on the room's channels, one fill for each that is ready, every whole message to
// its handler, `turn` once (with what it still wants to do: commit, time-outs; returns
// milliseconds until it wants to be called again, or -1), one flush for each. Returns the exit
// status when conclaved closes the control line. EOF or a malformed message on up or down ends
// the process, unless `up_lost` is set (the keeper's gate).
struct room_loop {
    void *context;
    room_handler *from_up;
    room_handler *from_down;
    room_handler *from_control;      // NULL: none expected
    int (*turn)(void *context);      // NULL: nothing to do
    enum err (*up_lost)(void *context, enum err why); // NULL: fatal
};
int room_run(struct room *room, const struct room_loop *loop);

// Receives ROOM_GATE's descriptor (SCM_RIGHTS) that came with the last control message; -1: none.
int room_take_descriptor(struct room *room);

// The six words of logging: one line to standard error, "conclave-keeper: …".
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Says why and what to do, and ends the process with `status`.
_Noreturn void log_halt(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
