// Every check that a payload is held to before anybody is asked to approve it, by name (formats
// reference, section 2). Readers, judgement, history, `conclave rules` and POLICY.md speak of a rule
// by its id; a refusal carries the design's rule and the id behind a slash: "R12/root-next".
//
// A rule that refuses stops the payload. One that warns is found by the judgement, shown in the
// rendering, and accepted by whoever approves. A rule with a sentence about the past may be broken
// by what an import brings (metadata/history.h): it is a finding there, accepted by its id.
#ifndef CONCLAVE_METADATA_RULE_H
#define CONCLAVE_METADATA_RULE_H

#include "metadata/rule_id.h"
#include "metadata/tuf.h"

enum severity { SEVERITY_REFUSE = 0, SEVERITY_WARN };

// What a rule is about, as bits: payloads of a type, or what is no payload.
enum {
    RULE_ROOT = 1 << TUF_ROOT,
    RULE_TARGETS = 1 << TUF_TARGETS,
    RULE_SNAPSHOT = 1 << TUF_SNAPSHOT,
    RULE_TIMESTAMP = 1 << TUF_TIMESTAMP,
    RULE_EVERY_TYPE = RULE_ROOT | RULE_TARGETS | RULE_SNAPSHOT | RULE_TIMESTAMP,
    RULE_IMPORT = 1 << (TUF_TIMESTAMP + 1),
    RULE_REQUEST = 1 << (TUF_TIMESTAMP + 2),
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

// A row for each enum rule_id but RULES, in its order.
extern const struct rule rule_table[RULES];

// Fills in a refusal by a rule, named as "R12/root-next", and returns ERR_REFUSED (proto/refusal.h).
enum err rule_refuse(struct refusal *refusal, enum rule_id id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Names the rule of a refusal that another part has written; passes `err` on, whatever it is.
enum err must_check rule_name(struct refusal *refusal, enum rule_id id, enum err err);

const char *severity_text(enum severity severity); // "refuse", "warn"
// The word for one type or for one dialect of a row: "root", …, "import", "request"; "tuf", "uptane".
const char *rule_type_text(unsigned type);

#endif
