// What every command has in its hands: the global options, the connection, and how it ends.
//
// A command ends with one of six exit statuses (conclave(1)); an error is one sentence on standard
// error that says what to do: "conclave: R12: …".
#ifndef CONCLAVE_ADMIN_CLI_CLI_H
#define CONCLAVE_ADMIN_CLI_CLI_H

#include "client/conclave.h"

#include <stdio.h>

enum status {
    STATUS_DONE = 0,
    STATUS_LOCAL = 1,      // usage or local error
    STATUS_DAEMON = 2,     // daemon or token error
    STATUS_REFUSED = 3,    // by policy
    STATUS_WAITING = 4,    // for approvals
    STATUS_UNVERIFIED = 5, // verification failed
};

struct command;

struct cli {
    const char *socket;
    const char *home;
    bool json;
    bool pages;  // what is shown is asked about: a page at a time
    bool colour; // standard output is a terminal that may be coloured
    const struct command *command;
    struct conclave *conclave; // NULL until cli_connect
    int argument_count;        // what is left behind the options
    char **arguments;
};

struct command {
    const char *name;      // "request show"
    const char *arguments; // "ID", for the help
    int least, most;       // how many of them; most -1: any number
    const char *summary;
    int (*run)(struct cli *cli, int argc, char **argv);
};

// Where something went wrong decides about the exit status.
enum side { SIDE_LOCAL, SIDE_DAEMON };
// Says the refusal's sentence (or the error's words) and returns the exit status. A refusal with a
// rule is STATUS_REFUSED, ERR_SIGNATURE is STATUS_UNVERIFIED on either side.
int cli_fail(enum side side, enum err err, const struct refusal *refusal);
// Says a sentence of ours and returns `status`.
int cli_say(enum status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Opens the connection once; `pinned` says whether this home must know the appliance's log key.
// STATUS_DONE, or the exit status after having said why.
int cli_connect(struct cli *cli, bool pinned);
void cli_disconnect(struct cli *cli);

// Hands exact bytes to standard output (print_bytes). STATUS_DONE, or STATUS_LOCAL after having said
// why.
int cli_bytes(struct span bytes);

// Whether somebody at the terminal wants to see the next page (print_pages).
bool cli_more(void);

// Asks a question on the terminal; true only when the line that comes back is `expected`. `shown` is
// the stream on which stands what the question is about. ERR_SYSTEM when standard input or that
// stream is no terminal: then nobody is there to answer, or has seen what is asked about.
enum err must_check cli_confirm(
    FILE *shown, const char *question, const char *expected, bool *out);

#endif
