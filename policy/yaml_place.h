// A walk over YAML text that knows where everything stands. It takes less than YAML: one document
// of fields, lists and single values, without aliases, anchors, tags or NUL, of bounded depth; the
// schema (policy/policy_file.h) then says which fields.
//
// The library's loader tells the place of the token before a fault, or none: from here every fault
// gets the line and column of the very value.
#ifndef CONCLAVE_POLICY_YAML_PLACE_H
#define CONCLAVE_POLICY_YAML_PLACE_H

#include "policy/policy_fault.h"
#include "signer/base/bytes.h"

// ERR_FORM with the whole fault, ERR_MEMORY.
enum err must_check yaml_check(struct span yaml, struct policy_fault *fault);
// Fills in line and column of the value at `fault->path`, or of the nearest value around it that
// exists. Where a field stands twice, of the last one.
void yaml_place(struct span yaml, struct policy_fault *fault);

#endif
