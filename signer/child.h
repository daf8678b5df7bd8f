// One room as conclaved sees it: a process and its control line.
#ifndef CONCLAVE_SIGNER_CHILD_H
#define CONCLAVE_SIGNER_CHILD_H

#include "signer/corridor/room.h"
#include "signer/program.h"

#include <sys/types.h>

struct child {
    const char *name;       // "vault"; the program is conclave-vault
    pid_t pid;              // 0: not running
    struct channel control; // conclaved's end
    bool ready;
    int64_t deadline; // when it must be ready, in milliseconds of the steady clock
};

// What a room gets. Descriptors are borrowed; -1: none.
struct child_plan {
    const struct program_file *program; // open; its name is the process' too
    int up;
    int down;
    int resource;
    char *const *environment; // ends with NULL; all that the room sees of one
    struct message config;    // ROOM_CONFIG
};

void child_init(struct child *child, const char *name);
// Runs the program with descriptors 3 to 6 as signer/corridor/room.h says, 0 and 1 from nowhere,
// 2 as it is, nothing else; and sends it its configuration. What the program itself cannot be
// started for is said by the new process, which ends with EXIT_HALT. ERR_SYSTEM.
enum err must_check child_start(struct child *child, const struct child_plan *plan);
// Kills and waits; takes one that is not running.
void child_kill(struct child *child);
// Its end was waited for: hangs up.
void child_ended(struct child *child);

#endif
