// The policy file as commands use it: read from a path, and its faults said to people.
#ifndef CONCLAVE_ADMIN_CLI_POLICY_H
#define CONCLAVE_ADMIN_CLI_POLICY_H

#include "admin-cli/cli.h"
#include "policy/compile.h"

// Each: STATUS_DONE, or the exit status after having said why.
int policy_load(const char *path, struct policy **out);
// The charter's rules, as far as they can be asked before there are keys.
int policy_hold(const char *path, const struct policy *policy);
int policy_to_charter(const char *path, const struct policy *policy,
    const struct objects *objects, struct bytes *charter);
// Says where the file is wrong; returns STATUS_LOCAL.
int policy_say(const char *path, const struct policy_fault *fault);

#endif
