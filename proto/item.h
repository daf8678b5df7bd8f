// Items as they stand in a text: what is to be signed or carried out, one a line.
#ifndef CONCLAVE_PROTO_ITEM_H
#define CONCLAVE_PROTO_ITEM_H

#include "proto/statement.h"

// Without or with the word `previous` and the payload that it builds on.
enum item_form { ITEM_ASKED, ITEM_WITH_PREVIOUS };

void items_write(
    const struct item *items, size_t count, enum item_form form, struct bytes *out);
// 1 to LIMIT_ITEMS of them, no role twice. Returns how many.
size_t items_read(struct text *text, enum item_form form, struct item *items);
// Whether one of them is the role's.
bool items_have(const struct item *items, size_t count, const char *role);
// "expires: …": a moment behind which there is something to do. 1970 itself is what an unset field
// looks like, and fails.
moment expires_read(struct text *text);

#endif
