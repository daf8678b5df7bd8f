// The text of a charter line by line, and two texts side by side: every line of both comes exactly
// once, so that nothing in either can be left unshown (R14). Only for texts that charter_read has
// passed. Values borrow from the texts.
#ifndef CONCLAVE_METADATA_CHARTER_TEXT_H
#define CONCLAVE_METADATA_CHARTER_TEXT_H

#include "metadata/page.h"

// One line: "role: image/root group everyone …". The title is a line of the name "text".
struct charter_words {
    struct span name;  // "role"
    struct span value; // all behind it
    struct span id;    // what names it among others of its name; empty where there is only one
    struct span key;   // of a key's line: its hash, which names it too
    struct span rest;  // the value without `id`
    size_t place;      // of its name in the order of a charter
};

struct charter_walk {
    struct span now_rest, last_rest; // lines that are not read yet
    struct charter_words now, last;
    bool has_now, has_last;
};

struct charter_walk charter_walk_of(struct span now, struct span last);
// What the place where the walk stands is: a line of both (the same or changed), of `now` alone
// (added) or of `last` alone (removed). False at the end of both.
bool charter_walk_here(const struct charter_walk *walk, enum change *change);
void charter_walk_on(struct charter_walk *walk, enum change change);

// One value of a line with the words that people read before it.
struct charter_column {
    const char *words;
    struct span value;
};
enum { CHARTER_COLUMNS = 12 };
size_t charter_columns(
    const struct charter_words *line, struct charter_column columns[CHARTER_COLUMNS]);
// The next word of a value, taken from its front; empty at the end.
struct span charter_word(struct span *rest);

#endif
