// A charter as it is shown: to people in tables, and to programs.
#ifndef CONCLAVE_ADMIN_CLI_CHARTER_PRINT_H
#define CONCLAVE_ADMIN_CLI_CHARTER_PRINT_H

#include "admin-cli/cli.h"
#include "policy/charter.h"

// Each the exit status.
int charter_print_text(const struct charter *charter);
int charter_print_json(const struct charter *charter);

#endif
