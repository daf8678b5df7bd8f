// The parent of the four rooms: starts them from the token outwards, joins neighbours, waits, and
// ends them from the clients inwards. It reads nothing of what they say to each other.
//
// What always holds: only the gate is ever started again. When another room ends, or the gate ends
// too often, everything ends with that room's status.
#ifndef CONCLAVE_SIGNER_PARENT_H
#define CONCLAVE_SIGNER_PARENT_H

#include "signer/child.h"
#include "signer/config.h"
#include "signer/door.h"
#include "signer/pin.h"
#include "signer/restarts.h"

// From the token outwards, the order in which they start.
enum { VAULT, LEDGER, KEEPER, GATE, ROOMS };

enum {
    // A room says ready after its replay; the largest docket, on slow disks, with sanitizers.
    READY_MS = 120 * 1000,
    // The vault says ready after its PIN; a person has to be found who types it.
    READY_ASKED_MS = 15 * 60 * 1000,
    // A room that is asked to stop finishes its transaction: one fsync of a slow disk.
    STOP_MS = 5000,
    // Before that the keeper has a record to make durable: behind what is in flight, a large
    // request that a slow token signs among it. Together well below what systemd waits (90 s).
    STOP_RECORD_MS = 15 * 1000,
    // When the house has failed nothing is finished: what is durable is, and the rest is not.
    FAIL_MS = 1000,
};

struct parent {
    const struct config *config; // borrowed
    const char *rooms;           // borrowed: the folder of the programs
    enum stage stage;
    struct door door;
    struct pin pin;
    int signals; // signalfd
    int line;    // the end that the next room gets as its down; -1: none
    struct child children[ROOMS];
    struct program_file programs[ROOMS]; // each open until it is started
    struct bytes program_lines;          // of all of them and conclaved, for the start record
    struct restarts restarts;
    bool unwanted; // the keeper hung up on a gate that is not ready yet
    uint64_t gate; // which gate it is; the first is 1
    bool over;     // asked to stop, or failed
    int status;    // 0: asked to stop
};

// Takes over door, pin and programs (start_open_programs); blocks SIGCHLD and the signals that ask it to stop. ERR_SYSTEM.
enum err must_check parent_init(struct parent *parent);
// Serves until it is asked to stop or a room ends. Returns the exit status.
int parent_run(struct parent *parent);
// For its other parts: takes in what the signals tell, that it shall stop and which rooms ended.
void parent_take_signals(struct parent *parent);

#endif
