// A motion that a command is making: the house it is made from, and the submission it becomes.
#ifndef CONCLAVE_ADMIN_CLI_MAKING_H
#define CONCLAVE_ADMIN_CLI_MAKING_H

#include "admin-cli/inquiry.h"
#include "admin-cli/submission.h"

struct making {
    struct cli *cli; // its arguments are the command's
    struct house *house;
    struct submission *submission;
    const void *options; // the command's own; NULL for most
};

// Fills in item and evidence. STATUS_DONE, or the exit status after having said why.
typedef int make_motion(struct making *making);

// Verifies the house, has the motion made, and submits it. The exit status.
int making_run(
    struct cli *cli, const struct asker *asker, make_motion *make, const void *options);
// The same for a command that has no options but the asker's: reads them first.
int making_command(struct cli *cli, make_motion *make, int argc, char **argv);

// Makes `text` the request's only item, and clears it. The exit status.
int making_set(struct making *making, enum motion motion, uint64_t number, struct bytes *text);
// Adds a piece of evidence. The exit status.
int making_evidence(struct making *making, struct span bytes);

#endif
