// Lines of a rendering: our own words, and foreign text in which every byte outside 20 to 7E, the
// backslash itself, and a space at either end stand as \xNN. So foreign text never ends a line or begins one, and two
// different texts never look alike (R14).
#ifndef CONCLAVE_METADATA_PAGE_H
#define CONCLAVE_METADATA_PAGE_H

#include "signer/base/hash.h"
#include "signer/base/moment.h"

// Two spaces for each level.
void page_indent(struct bytes *out, unsigned depth);
void page_foreign(struct bytes *out, struct span text);
void page_hash(struct bytes *out, const struct hash *hash); // sha256:… or none
void page_moment(struct bytes *out, moment at);
void page_end(struct bytes *out);

// A terminal as people have it.
enum { PAGE_WIDTH = 80 };
// Appends whole lines, those wider than that broken: behind `\x0a`, else before a space, else where the
// width ends. What follows stands behind two spaces more than the line has, and `|`. No line begins so,
// and no byte is dropped: rows put together are the line, and two different lines stay different.
void page_wrap(struct bytes *out, struct span lines);

// Whole lines: `label: text`, `label: value`, `label: words`, `label: number`. A value is canonical
// JSON of either dialect, or the raw inside of a string of it, and looks alike in both: only `"` and
// `\` keep their escape.
void page_value(struct bytes *out, unsigned depth, const char *label, struct span value);
void page_field(struct bytes *out, unsigned depth, const char *label, struct span text);
void page_words(struct bytes *out, unsigned depth, const char *label, const char *words);
void page_number(struct bytes *out, unsigned depth, const char *label, int64_t number);
// A hash for reading aloud (metadata/pgp_words.h), four words a line: `words 1 to 4: …`.
void page_spoken(struct bytes *out, unsigned depth, const struct hash *hash);

// Whether something is new, gone, other than it was, or the same; and the word for it. What is not
// the same begins with two exclamation marks.
enum change { CHANGE_NONE, CHANGE_ADDED, CHANGE_REMOVED, CHANGE_CHANGED };
// A whole line: `!! added KIND: NAME`.
void page_change(
    struct bytes *out, unsigned depth, enum change change, const char *kind, struct span name);

#endif
