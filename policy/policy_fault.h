// Where a policy file is wrong, and what to do about it.
#ifndef CONCLAVE_POLICY_POLICY_FAULT_H
#define CONCLAVE_POLICY_POLICY_FAULT_H

#include "proto/limits.h"
#include "signer/base/err.h"

// The longest path of a field has seven parts: repositories[15].roles[255].keys[511].custodian.
enum { POLICY_PATH_MOST = 200 };

struct policy_fault {
    unsigned line; // both from 1; 0 when unknown
    unsigned column;
    char path[POLICY_PATH_MOST]; // "repositories[0].roles[2].quorum"; empty: the whole file
    char sentence[LIMIT_SENTENCE + 1]; // what is wrong and what to do; printable ASCII
};

// Says of which field the next fault would be.
void policy_fault_at(struct policy_fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Says what is wrong there, and returns ERR_FORM, so that a check can end with it.
enum err policy_fault_say(struct policy_fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
