// A freezing: one administrator's freeze statement on its way from a command to the log. It is
// confirmed on the terminal, signed with the own token, handed in, and believed to be in force only
// when the log proves it. A mandate is revoked the same way (proto/motion.h, FREEZE_MANDATE).
#ifndef CONCLAVE_ADMIN_CLI_FREEZING_H
#define CONCLAVE_ADMIN_CLI_FREEZING_H

#include "admin-cli/credential.h"
#include "client/house.h"
#include "proto/motion.h"

struct freezing {
    struct credential credential;
    const char *reason;
    bool yes;             // nobody is asked
    const char *what;     // stands before what is stopped, in the question: "What is stopped"
    const char *warning;  // what signing it means: a sentence, and no line feed
    const char *word;     // that is typed to sign it
    struct freeze freeze; // its `of` is the command's, all else is filled in here
    struct hash id;
    struct bytes text;
    struct bytes signature;
};

enum { FREEZING_RULES = CREDENTIAL_RULES + 2 };

// The options that fill it in. Ends with freezing_clear.
void freezing_init(struct freezing *freezing, struct option_rule rules[FREEZING_RULES]);
void freezing_clear(struct freezing *freezing);

// Does all of it and prints the statement's id. `house` is loaded anew. The exit status.
int freezing_run(struct cli *cli, struct freezing *freezing, struct house *house);

#endif
