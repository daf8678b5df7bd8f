// The policy file exactly as it was written: the fields of the schema (POLICY.md), each a text.
// What the texts mean is the business of policy/policy_build.h.
#ifndef CONCLAVE_POLICY_POLICY_FILE_H
#define CONCLAVE_POLICY_POLICY_FILE_H

#include "policy/policy_fault.h"
#include "signer/base/bytes.h"

struct file_administrator {
    char *name;
    char *key; // the name of a PEM file
};

struct file_group {
    char *name;
    char **members;
    unsigned member_count;
};

struct file_charter {
    char *group;
    char *quorum;
    char *delay; // NULL when it is absent
};

// Each is NULL when it is absent.
struct file_quota {
    char *open;
    char *bytes;
    char *records;
};

struct file_requester {
    char *name;
    char *person;
    char *key;
    struct file_quota quota;
};

struct file_expires {
    char *least; // NULL when it is absent
    char *most;
};

// Both are NULL when it is absent.
struct file_rate {
    char *count;
    char *per;
};

// Each is NULL when it is absent.
struct file_key {
    char *type;
    char *count;
    char *key;
    char *custodian;
};

struct file_role {
    char *name;
    char *group;
    char *quorum;
    char *signs; // NULL when it is absent
    struct file_expires expires;
    char *delay;
    char *approve_within; // NULL when it is absent
    struct file_rate rate;
    char *threshold; // NULL when it is absent
    struct file_key *keys;
    unsigned key_count;
};

struct file_repository {
    char *name;
    char *dialect;
    char *kind; // NULL when it is absent
    struct file_role *roles;
    unsigned role_count;
};

struct policy_file {
    char *appliance;
    char *clock; // NULL when it is absent
    char *jump;  // NULL when it is absent
    struct file_administrator *administrators;
    unsigned administrator_count;
    struct file_group *groups;
    unsigned group_count;
    struct file_charter charter;
    struct file_requester *requesters;
    unsigned requester_count;
    struct file_repository *repositories;
    unsigned repository_count;
};

// Reads what yaml_check has passed. Refuses unknown, missing and duplicate fields, wrong types,
// empty lists and lists over a limit. ERR_FORM with path and sentence of `fault`, ERR_MEMORY.
enum err must_check policy_file_read(
    struct span yaml, struct policy_file **out, struct policy_fault *fault);
void policy_file_free(struct policy_file *file); // takes NULL

#endif
