// From the texts of a policy file to a charter without keys and the keys that it wishes for:
// every name, number and duration read, every name found, every key file opened.
#ifndef CONCLAVE_POLICY_POLICY_BUILD_H
#define CONCLAVE_POLICY_POLICY_BUILD_H

#include "policy/charter.h"
#include "policy/objects.h"
#include "policy/policy_file.h"
#include "policy/policy_source.h"

struct build {
    const struct policy_file *file;
    const char *folder; // key files are relative to it
    // Filled in:
    struct charter *charter; // all but log and keys; empty before
    struct policy_sources *sources;
    struct key_wish *wishes; // room for LIMIT_KEYS; in the order of the charter
    size_t wish_count;
    struct policy_fault *fault;
};

// ERR_FORM with path and sentence of `fault`.
enum err must_check policy_build(struct build *build);

// Its second half: repositories, roles and wishes. Persons and groups are there.
enum err must_check policy_build_roles(struct build *build);
// A quorum: the group by its name, at the fault's path with `.group` and `.quorum` behind it.
enum err must_check policy_build_quorum(
    struct build *build, const char *group, const char *quorum, struct quorum *out);

#endif
