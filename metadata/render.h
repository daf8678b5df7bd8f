// The rendering: the words an approver sees, a function of request, opened record, charter and
// previous payloads alone (R14): no clock, locale, width or colour. For every byte of a payload some
// line depends on it, besides its hash; RENDERING rises whenever any text changes.
#ifndef CONCLAVE_METADATA_RENDER_H
#define CONCLAVE_METADATA_RENDER_H

#include "policy/charter.h"
#include "proto/statement.h"

enum { RENDERING = 5, RENDER_MOST = 64 * 1024 * 1024 };

struct render_case {
    const struct charter *charter;
    const struct request *request;
    const struct opened *opened; // rendering and shown are not read: they follow from the text
    const struct span *payloads; // one for each item, in order
    const struct span
        *previous; // one for each item; empty when there is none; of a new charter
                   // the text in force, of a lift the freeze statement
    const struct span *evidence; // of a motion, one for each line of the request; else not read
};

// Appends lines of printable ASCII, none wider than PAGE_WIDTH; foreign text is escaped, and wide lines
// are broken, as metadata/page.h says. `!!` stands before what people should look at twice, `- ` and `+ `
// before what is gone and what is new (metadata/difference.h).
// ERR_REFUSED when a payload cannot be read (it was judged before), has a field that no line shows, or
// when charter, request, opened record and bytes do not belong together (R14); ERR_LIMIT, ERR_MEMORY.
// `refusal` says why.
enum err must_check render(
    const struct render_case *rendered, struct bytes *out, struct refusal *refusal);

// The part of it that says what a new charter changes and does, for whoever drafts one: `text` is that
// of the charter in force. As above; ERR_FORM never.
enum err must_check render_draft(const struct charter *charter, struct span text,
    struct span draft, struct bytes *out, struct refusal *refusal);

#endif
