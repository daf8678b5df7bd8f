// A reader of canonical JSON: keys sorted bytewise, no white space, each character of a string in the
// one spelling of the dialect (metadata/json_character.h): of `tuf` OLPC's, of `uptane` jsoncpp's. It
// reads without copying, checks while it reads, and accepts exactly one spelling for each value: what
// it accepts, any JSON parser understands the same way.
//
// Refused (formats reference, section 1): duplicate or unsorted object keys, white space, other
// spellings, fractions, exponents, -0, leading zeros, integers beyond 2^53-1, keys with anything but
// printable ASCII, lone surrogates and other invalid UTF-8, BOM, bytes after the value, depth over
// JSON_DEPTH.
//
// A pull reader with sticky failure: callers say what they expect, in order.
#ifndef CONCLAVE_METADATA_JSON_H
#define CONCLAVE_METADATA_JSON_H

#include "metadata/rule_id.h"
#include "policy/dialect.h"
#include "signer/base/bytes.h"

enum { JSON_DEPTH = 32 };
#define JSON_INTEGER_MOST INT64_C(9007199254740991)

enum json_kind {
    JSON_NONE = 0, // at the end, or failed
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_INTEGER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

struct json {
    enum dialect dialect;
    struct span whole;
    size_t at;
    unsigned depth;
    const char *failure;   // NULL, or what was wrong, for people
    enum rule_id rule;     // that was broken by it
    size_t failed_at;      // offset of the failure; depth and keys stay as they were then
    bool past;             // what is read lies in the past: some rules are noted, not failed by
    struct rule_set noted; // the rules that were broken and noted
    // Up to `depth` only:
    struct span keys[JSON_DEPTH]; // the last key read at each depth, raw; empty in an array
    bool first[JSON_DEPTH];       // nothing was read yet at this depth
};

struct json json_of(enum dialect dialect, struct span bytes);
// What comes next; reads nothing.
enum json_kind json_next(struct json *json);

// Objects: enter, then json_key until it says false (which leaves the object).
void json_enter_object(struct json *json);
// The next member's key, raw (keys are printable ASCII; one with an escape is refused).
bool json_key(struct json *json, struct span *key);
// Whether a raw string may be a key.
bool json_is_key(struct span raw);
// Arrays: enter, then while (json_element(…)) read one value; false leaves the array.
void json_enter_array(struct json *json);
bool json_element(struct json *json);

// A string's raw bytes between its quotes (still escaped, borrowed).
struct span json_string(struct json *json);
// Whether a raw string holds an escape, i.e. is not its own meaning.
bool json_has_escape(struct span raw);
// Appends a raw string's meaning, in UTF-8, which is never longer.
void json_unescape(struct span raw, struct bytes *out);
int64_t json_integer(struct json *json);
bool json_boolean(struct json *json);
// Reads any one value completely (all checks) and returns its exact bytes.
struct span json_skip(struct json *json);
// Marks the reader failed by a rule, with words for people that outlive it; the first failure stays.
// json_fail means the place it has come to, json_fail_at an earlier one.
void json_fail(struct json *json, enum rule_id rule, const char *failure);
void json_fail_at(struct json *json, size_t at, enum rule_id rule, const char *failure);
// A rule is broken at that place: fails the reader, or notes the rule when it reads the past.
void json_note_at(struct json *json, size_t at, enum rule_id rule, const char *failure);
// Fails the reader when what comes next is of another kind: by RULE_FIELD_TYPE when it is a value at
// all, and else by RULE_CANONICAL.
void json_expect(struct json *json, enum json_kind kind, const char *failure);
// OK when one whole value was read, nothing failed and no byte is left. ERR_FORM.
enum err must_check json_finish(struct json *json);

#endif
