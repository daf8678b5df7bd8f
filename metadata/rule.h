// Every check that a payload is held to before anybody is asked to approve it, by name (formats
// reference, section 2). Readers, judgement, history, `conclave rules` and POLICY.md speak of a rule
// by its id; a refusal carries the design's rule and the id behind a slash: "R12/root-next".
//
// A rule that refuses stops the payload. One that warns is found by the judgement, shown in the
// rendering, and accepted by whoever approves. A rule with a sentence about the past may be broken
// by what an import brings (metadata/history.h): it is a finding there, accepted by its id.
#ifndef CONCLAVE_METADATA_RULE_H
#define CONCLAVE_METADATA_RULE_H

#include "metadata/tuf.h"

enum severity { SEVERITY_REFUSE = 0, SEVERITY_WARN };

// What a rule is about, as bits.
enum {
    RULE_ROOT = 1 << TUF_ROOT,
    RULE_TARGETS = 1 << TUF_TARGETS,
    RULE_SNAPSHOT = 1 << TUF_SNAPSHOT,
    RULE_TIMESTAMP = 1 << TUF_TIMESTAMP,
    RULE_EVERY_TYPE = RULE_ROOT | RULE_TARGETS | RULE_SNAPSHOT | RULE_TIMESTAMP,
    RULE_TUF = 1 << DIALECT_TUF,
    RULE_UPTANE = 1 << DIALECT_UPTANE,
    RULE_BOTH = RULE_TUF | RULE_UPTANE,
};

struct rule {
    const char *id;     // lower-case words and hyphens; at most LIMIT_RULE - 4 bytes
    const char *design; // "R12"
    enum severity severity;
    unsigned types;       // RULE_ROOT …
    unsigned dialects;    // RULE_TUF …
    const char *sentence; // what must hold, for people
    const char *past;     // NULL, or what it means when the past broke it
};

#endif
