// Options of a command: one table says what can be given, and the help is written from it.
// Every command also takes --json, --socket, --home and --help.
#ifndef CONCLAVE_ADMIN_CLI_OPTIONS_H
#define CONCLAVE_ADMIN_CLI_OPTIONS_H

#include "admin-cli/cli.h"

// Values of an option that may be given more than once.
enum { OPTION_VALUES_MOST = LIMIT_ITEMS, OPTION_RULES_MOST = 24 };
struct option_values {
    const char *at[OPTION_VALUES_MOST];
    size_t count;
};

// One option; exactly one of set, text and values is given.
struct option_rule {
    const char *name;
    const char *argument; // what the value is, for the help; NULL for a switch
    const char *help;
    bool needed;
    bool *set;
    const char **text; // borrowed from the command line
    struct option_values *values;
};

// Reads the options of cli->command and keeps the arguments behind them in `cli`. True: go on.
// False: the command ends with `*status` (the help was printed, or what is wrong was said).
bool options_read(struct cli *cli, const struct option_rule *rules, size_t count, int argc,
    char **argv, int *status);

// A decimal number, nothing else. False (and said) when it is none or over `most`.
bool options_number(const char *name, const char *text, uint64_t most, uint64_t *out);

#endif
