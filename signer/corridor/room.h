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
#include "signer/corridor/layout.h"
#include "signer/corridor/log.h"

enum { ROOM_CONTROL = 3, ROOM_UP = 4, ROOM_DOWN = 5, ROOM_RESOURCE = 6 };

// Exit statuses; deploy's units do not restart after HALT and PIN.
enum { EXIT_HALT = 70, EXIT_PIN = 77, EXIT_NEIGHBOUR = 75, EXIT_TOKEN = 69 };

struct room {
    const char *name;       // "keeper"
    struct channel control; // to conclaved
    struct channel up;
    struct channel down;
    bool stopping; // SIGTERM came, or conclaved closed the control line
    uint64_t gate; // the keeper's: which gate it talks to; the first is 1
};

// The configuration as the rooms keep it: each text as the message may have it, and a NUL.
struct room_config {
    enum stage stage;
    char folder[CONFIG_PATH_MOST + 1];
    char module[CONFIG_PATH_MOST + 1];
    char token[CONFIG_LABEL_MOST + 1];
    char programs[CONFIG_PROGRAMS_MOST + 1]; // the `program:` lines of the start record
};

// First call of every room: takes the name that ps shows (conclave-NAME), reads ROOM_CONFIG from the
// control line (blocking), closes every descriptor above ROOM_RESOURCE, takes over `up` and `down`
// as channels when asked to, forbids core dumps, ptrace by others and new privileges, dies with
// conclaved, ignores SIGPIPE and SIGINT (which a terminal sends to everybody; conclaved decides).
// Any failure ends the process.
enum { ROOM_HAS_UP = 1, ROOM_HAS_DOWN = 2 };
void room_enter(
    struct room *room, const char *name, unsigned channels, struct room_config *config);
// Writes a line with the libraries that are mapped into the process, then (after the caller's
// sandbox_enter) ROOM_READY goes to conclaved.
void room_list_libraries(const struct room *room);
void room_ready(struct room *room);

// Handles one message from a neighbour. Any error but OK is fatal for the room (from the gate:
// for the gate). ERR_HALT is fatal for the room in any case.
typedef enum err room_handler(void *context, const struct message *message);

// The loop: `turn` once (with what it still wants to do: commit, time-outs; returns milliseconds
// until it wants to be called again, or -1), one flush for each channel, poll, one fill for each
// that is ready (control, down, up), every whole message to its handler. When conclaved closes
// the control line, or SIGTERM comes: `stopping` is set, a last turn and flush, and the exit
// status is returned. EOF or a malformed message on up or down ends the process, unless the house
// stops or `up_lost` is set (the keeper's gate).
//
// The keeper ends by itself, when the house stops (ROOM_STOP, which from_control gets): the handler
// or turn that sees its last record durable sets `stopping`. Its neighbour sees it go, and then
// that the house stops, because conclaved closes the next control line as soon as the keeper ended.
//
// The keeper's gate: when it is lost (EOF, malformed, or from_up returned an error) the loop
// closes `up` and calls up_lost, which forgets what the old gate asked, and tells conclaved
// (ROOM_REPLACE). Later ROOM_GATE comes: the new gate is `up` after from_control has returned (or
// before, if that took the descriptor with room_take_descriptor and made `up` of it). A record of
// the change belongs to ROOM_GATE: when the house stops, the gate goes first and none follows.
struct room_loop {
    void *context;
    room_handler *from_up;
    room_handler *from_down;
    room_handler *from_control;                       // NULL: none expected
    int (*turn)(void *context);                       // NULL: nothing to do
    enum err (*up_lost)(void *context, enum err why); // NULL: fatal
};
int room_run(struct room *room, const struct room_loop *loop);

// For loops of one's own. Whether the house stops: waits a moment for conclaved to close the
// control line, since a neighbour may have heard of it first. Sets `stopping`.
bool room_stops(struct room *room);
// How a room ends that has lost its up or down neighbour: with 0 when the house stops, else with
// EXIT_NEIGHBOUR and a sentence.
_Noreturn void room_lost(struct room *room, const char *neighbour, enum err why);

// Receives ROOM_GATE's descriptor (SCM_RIGHTS) that came with the last control message; -1: none.
// It is the caller's then.
int room_take_descriptor(struct room *room);

#endif
