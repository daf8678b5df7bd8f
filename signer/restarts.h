// How often the gate was replaced: a bounded number of times an hour. A gate that dies more often
// is attacked or broken, and a person has to look.
#ifndef CONCLAVE_SIGNER_RESTARTS_H
#define CONCLAVE_SIGNER_RESTARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Some malformed input now and then is ridden out; one every three minutes is no accident.
enum { GATE_RESTARTS_AN_HOUR = 20 };

struct restarts {
    int64_t at[GATE_RESTARTS_AN_HOUR]; // a ring of the newest, in seconds of a steady clock
    size_t count;                      // all that were counted
};

// Counts one at `now` and says true, unless it would be more than GATE_RESTARTS_AN_HOUR within an
// hour. Times do not run back.
bool restarts_take(struct restarts *restarts, int64_t now);

#endif
