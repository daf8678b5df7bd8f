// The founding as the `init` commands show it and ask for it.
#ifndef CONCLAVE_ADMIN_CLI_FOUNDING_H
#define CONCLAVE_ADMIN_CLI_FOUNDING_H

#include "admin-cli/cli.h"
#include "client/ceremony.h"

// ASK_FOUND_SHOW, checked. `objects` alone, or everything. STATUS_DONE, or the exit status after
// having said why.
int founding_fetch(struct cli *cli, struct ceremony *ceremony, bool objects);
// What every administrator compares before signing: text, or JSON.
int founding_print(const struct cli *cli, const struct ceremony *ceremony);
// How many have signed: text, or JSON. STATUS_DONE when all have, else STATUS_WAITING.
int founding_print_progress(const struct cli *cli, const struct ceremony *ceremony);

#endif
