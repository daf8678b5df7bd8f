// The reader of a charter's text: the text's cursor, which line it is on, and the fields that
// occur in charters. Of all faults it keeps the first, in words: the others may follow from it.
#ifndef CONCLAVE_POLICY_CHARTER_READER_H
#define CONCLAVE_POLICY_CHARTER_READER_H

#include "policy/charter.h"
#include "proto/text.h"

struct reader {
    struct text text;
    struct charter *out;
    struct refusal *refusal;
    size_t line; // number and name of the line that is being read
    const char *name;
    enum err err; // of the fault that was put into words; OK when there was none
};

// Fails the text, with words for people. Does nothing when it has failed already.
void reader_deny(struct reader *reader, enum err err, const char *rule, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
// The next line must be `name: …`.
void reader_begin(struct reader *reader, const char *name);
// Whether one more line of this name may come: denies (R20) when there are `most` already.
bool reader_has_room(struct reader *reader, size_t count, size_t most);
// Denies when `name` does not stand behind `before`.
void reader_ascend(struct reader *reader, const char *before, const char *name);

void reader_name(struct reader *reader, char out[LIMIT_NAME + 1]);
// A repository's dialect and kind.
void reader_repository(struct reader *reader, struct repository *out);
// `by quorum` or `by mandate`: whether it is the latter.
bool reader_by_mandate(struct reader *reader);
// Hash and SPKI; the hash must be the key's.
void reader_key(struct reader *reader, struct key *out);
// An administrator's name, as an index.
size_t reader_member(struct reader *reader);
// `group NAME quorum K`.
void reader_quorum(struct reader *reader, struct quorum *out);
// The number behind `label`.
uint64_t reader_number(struct reader *reader, const char *label);
int64_t reader_seconds(struct reader *reader, const char *label);
// `LABEL none|SECONDS`; none is 0, and 0 has no other spelling.
int64_t reader_optional(struct reader *reader, const char *label);
// `open N bytes N records N`.
void reader_quota(struct reader *reader, struct quota *out);
// `rate none|COUNT per SECONDS`; none is 0, and 0 has no other spelling.
void reader_rate(struct reader *reader, struct role *out);
// `custodian none|NAME`, of an administrator, as an index. False when there is none.
bool reader_custodian(struct reader *reader, size_t *out);

#endif
