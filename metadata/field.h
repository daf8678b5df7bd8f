// Objects read by a const table of their fields: what is not in the table is refused (in the past:
// noted and passed over), what is in it and not in the object too, unless it may be absent (R2). And
// values within bounds.
#ifndef CONCLAVE_METADATA_FIELD_H
#define CONCLAVE_METADATA_FIELD_H

#include "metadata/json.h"
#include "metadata/rule_id.h"
#include "proto/refusal.h"

// Tables ascend by name.
struct field {
    const char *name;
    const char *missing; // the words when it is absent; NULL: it may be
    void (*read)(struct json *json, void *into);
    enum dialect only; // known in this dialect alone; DIALECT_NONE: in both
};

// Reads one object; each field's value is read into `into` by its function.
void fields_read(struct json *json, const struct field *fields, size_t count, void *into);

// Values within bounds, or the reader fails by the rule; the words say what must be.
struct field_must {
    enum rule_id rule;
    const char *words;
};
// An integer from `least` to `most`.
int64_t field_integer(struct json *json, int64_t least, int64_t most, struct field_must must);
// A string of exactly `digits` lower-case hex digits.
struct span field_hex(struct json *json, size_t digits, struct field_must must);
bool is_hex(struct span text); // lower-case digits only, of any number

// The refusal for a reader that failed: "WHAT: byte 17, field roles/root: …", by the rule that was
// broken. OK when it did not fail and everything was read.
enum err must_check field_finish(struct json *json, const char *what, struct refusal *refusal);

#endif
