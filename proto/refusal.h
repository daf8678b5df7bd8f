// A refusal: the rule that failed and one sentence that says what was wrong and what to do.
#ifndef CONCLAVE_PROTO_REFUSAL_H
#define CONCLAVE_PROTO_REFUSAL_H

#include "proto/limits.h"
#include "signer/base/err.h"

struct refusal {
    char rule[LIMIT_RULE + 1];         // "R5", or with the check's own name "R12/root-next"
    char sentence[LIMIT_SENTENCE + 1]; // printable ASCII, no line feed
};

// Fills it in and returns ERR_REFUSED, so that a check can end with `return refuse(…)`.
// Bytes of the formatted text outside 20 to 7E become '?'; what is too long is cut.
enum err refuse(struct refusal *refusal, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
