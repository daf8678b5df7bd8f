// A fault: an error of this side of the wire with its sentence for people. (A refusal is the
// appliance's; proto/refusal.h.)
#ifndef CONCLAVE_CLIENT_FAULT_H
#define CONCLAVE_CLIENT_FAULT_H

#include "proto/refusal.h"

// Fills in the sentence (what is wrong, and what to do), leaves the rule empty and returns `err`,
// so that a check can end with `return fault(…)`.
enum err fault(enum err err, struct refusal *refusal, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
