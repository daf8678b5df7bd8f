// From the texts of a policy file to a charter whose role keys are not known yet, and what those
// keys must be: every name, number and duration read, every name found, every key file opened.
#ifndef CONCLAVE_POLICY_POLICY_BUILD_H
#define CONCLAVE_POLICY_POLICY_BUILD_H

#include "policy/charter.h"
#include "policy/key_slot.h"
#include "policy/policy_file.h"
#include "policy/policy_source.h"

struct build {
    const struct policy_file *file;
    const char *folder; // key files are relative to it
    // Filled in:
    struct charter *charter; // all but log and keys; empty before
    struct policy_sources *sources;
    struct key_slot *slots; // room for LIMIT_KEYS; roles in the order of the charter
    size_t slot_count;
    struct policy_fault *fault;
};

// ERR_FORM with path and sentence of `fault`.
enum err must_check policy_build(struct build *build);

// Its second half: roles and slots. Persons, groups and repositories are there.
enum err must_check policy_build_roles(struct build *build);
// The slots of one role, and its threshold.
enum err must_check policy_build_keys(
    struct build *build, const struct file_role *role, size_t index);
// Says that the next fault is of the role that `source` names, at the field `field` (".delay").
void policy_build_at_role(struct build *build, const struct source *source, const char *field);
// A quorum: the group by its name, at the fault's path with `.group` and `.quorum` behind it.
enum err must_check policy_build_quorum(
    struct build *build, const char *group, const char *quorum, struct quorum *out);

#endif
