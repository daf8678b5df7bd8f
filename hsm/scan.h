// The vault's own look at a payload: the top-level _type, version and expires of TUF metadata in
// the canonical JSON of its dialect (policy/dialect.h). It shares no line with metadata/'s reader: one mistake must not open two rooms.
//
// It walks the whole text (strings, numbers, nesting, no white space, nothing left over), and the
// names at the top strictly ascend, so each of the three stands there once and what is reported is
// what any reader finds.
#ifndef CONCLAVE_HSM_SCAN_H
#define CONCLAVE_HSM_SCAN_H

#include "policy/dialect.h"
#include "signer/base/bytes.h"
#include "signer/base/moment.h"

enum {
    // The longest _type is "timestamp".
    SCAN_TYPE_MOST = 16,
    // Delegations with paths lie five deep; custom fields a little deeper.
    SCAN_DEPTH = 32,
};

struct scan {
    char type[SCAN_TYPE_MOST + 1];
    uint64_t version; // 1 to LIMIT_VERSION
    moment expires;
};

// ERR_FORM when the payload is not one JSON object of that form, or one of the three is missing,
// of another type or out of range.
enum err must_check scan_payload(enum dialect dialect, struct span payload, struct scan *out);

#endif
