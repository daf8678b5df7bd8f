// A denial: the appliance refused what was asked of it. What is told besides rule and sentence is
// whether the log has it: a recorded refusal can be proven to anybody, one that is not recorded (the
// appliance could not know who asks, say, or counted it over a quota) to nobody.
#ifndef CONCLAVE_ADMIN_CLI_DENIAL_H
#define CONCLAVE_ADMIN_CLI_DENIAL_H

#include "admin-cli/keeping.h"
#include "client/house.h"

struct denial {
    struct refused told; // its time is not known
    bool recorded;       // says the appliance
};

// Takes the answer to an ask of the key `from` about `request` (none: about no request). False: it is
// no refusal.
bool denial_take(struct denial *denial, const struct message *answer,
    const struct hash *request, const struct hash *from);

// Tells the denial over a submission, whose record is the request's fate, and keeps record and proof;
// or over a statement, whose record is looked for at the log's end. The exit status.
int denial_of_submission(struct cli *cli, struct denial *denial, struct keeping *keeping);
int denial_of_statement(struct cli *cli, struct denial *denial, const struct house *house);

#endif
