// Where the lines of a charter come from: the entries of a policy file, ascending by name.
#ifndef CONCLAVE_POLICY_POLICY_SOURCE_H
#define CONCLAVE_POLICY_POLICY_SOURCE_H

#include "policy/policy_fault.h"

#include <stddef.h>

struct source {
    char name[LIMIT_ROLE_NAME + 1];
    size_t entry; // of the file's list; for a role, of the list of repositories
    size_t inner; // for a role, of its repository's list of roles
};

struct policy_sources {
    struct source administrators[LIMIT_ADMINISTRATORS];
    struct source groups[LIMIT_GROUPS];
    struct source requesters[LIMIT_REQUESTERS];
    struct source repositories[LIMIT_REPOSITORIES];
    struct source roles[LIMIT_ROLES];
};

// Appends one behind `count` others. ERR_FORM with the fault's sentence when its name is there.
enum err must_check source_add(struct source *sources, size_t count,
    const struct source *source, struct policy_fault *fault);
void source_sort(struct source *sources, size_t count);
// Where `name` is; `count` when it is not there.
size_t source_find(const struct source *sources, size_t count, const char *name);

#endif
