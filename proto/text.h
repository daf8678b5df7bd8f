// The text that people and machines both read (design section 4): one `name: value` a line, LF,
// fields of bytes 21 to 7E with every other byte and `%` percent-encoded in upper-case hex, one
// space between fields. Exactly one spelling for each meaning, so there is nothing to canonicalise.
//
// The writer appends to a struct bytes (whose failure is sticky; an empty word, sentence or base64
// has no spelling and makes it ERR_FORM). The reader is a cursor over lines and fields whose
// failure is sticky too: a grammar is one list of calls and a finish.
#ifndef CONCLAVE_PROTO_TEXT_H
#define CONCLAVE_PROTO_TEXT_H

#include "signer/base/bytes.h"
#include "signer/base/hash.h"
#include "signer/base/moment.h"

// ---- writing ----
// A first line without value, e.g. "conclave.request/v1".
void text_title(struct bytes *out, const char *title);
// Starts a line: `name:`; then fields, each preceded by one space; then text_end().
void text_name(struct bytes *out, const char *name);
void text_word(struct bytes *out, struct span value);  // percent-encoded as needed; never empty
void text_plain(struct bytes *out, const char *value); // a word of ours
void text_number(struct bytes *out, uint64_t value);
void text_hash(struct bytes *out, const struct hash *value); // sha256:… or none
void text_moment(struct bytes *out, moment value);
void text_base64(struct bytes *out, struct span value);
// A value that is a single text (reason): a space stands as itself, but %20 where it is first, last
// or follows another one.
void text_sentence(struct bytes *out, struct span value);
void text_end(struct bytes *out);
// A whole line of one field.
void text_hash_line(struct bytes *out, const char *name, const struct hash *value);
void text_moment_line(struct bytes *out, const char *name, moment value);
void text_sentence_line(struct bytes *out, const char *name, const char *value);

// ---- reading ----
struct text {
    struct span rest; // whole lines that are not read yet
    struct span line; // what is left of the line that is being read
    bool in_line;
    bool failed;
};

struct text text_of(struct span bytes);
// The first line must be exactly `title`.
void text_read_title(struct text *text, const char *title);
// The next line must be `name: …`; its fields follow.
void text_read_name(struct text *text, const char *name);
// Whether the next line is `name: …`; reads nothing.
bool text_next_is(const struct text *text, const char *name);
// The next field as it stands (still encoded, at most `most` bytes), borrowed.
struct span text_read_field(struct text *text, size_t most);
// The next field decoded into `out` (which has room for `most` bytes and a NUL); a NUL byte inside
// fails. Returns its length.
size_t text_read_word(struct text *text, char *out, size_t most);
// The next field must be exactly `word`.
void text_read_plain(struct text *text, const char *word);
// Whether a field is left on this line.
bool text_has_field(const struct text *text);
uint64_t text_read_number(struct text *text, uint64_t most); // no sign, no leading zero
struct hash text_read_hash(struct text *text);               // fails on none
struct hash text_read_hash_or_none(struct text *text);
moment text_read_moment(struct text *text);
void text_read_base64(struct text *text, struct bytes *out);
// The same into `out`, which has room for `most` bytes. Returns how many there are.
size_t text_read_base64_to(struct text *text, uint8_t *out, size_t most);
// The whole value of the line, decoded, single inner spaces allowed; as text_read_word else.
size_t text_read_sentence(struct text *text, char *out, size_t most);
// The line must be used up.
void text_read_end(struct text *text);
// A whole line of one field.
struct hash text_read_hash_line(struct text *text, const char *name);
moment text_read_moment_line(struct text *text, const char *name);
void text_read_sentence_line(struct text *text, const char *name, char *out, size_t most);
void text_fail(struct text *text);
// OK when nothing failed and nothing is left. ERR_FORM.
enum err must_check text_finish(const struct text *text);

#endif
