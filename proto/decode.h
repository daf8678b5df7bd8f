// Reading the public wire: the bytes of one frame to one struct message, strictly. There is exactly
// one spelling for each message; anything else is ERR_FORM:
//
//   - no unknown field at any level, known values of enums only, exactly one kind in the envelope;
//   - packing it again gives the same bytes: no field twice, no overlong number, no default value
//     written out, fields in ascending order, no NUL inside a string;
//   - strings are UTF-8, and printable ASCII where our texts are (proto/wire.h);
//   - every count and size within proto/limits.h.
//
// Memory is bounded before anything is believed: DECODE_BASE + DECODE_FACTOR bytes for each byte of
// the frame, over which it is ERR_LIMIT.
#ifndef CONCLAVE_PROTO_DECODE_H
#define CONCLAVE_PROTO_DECODE_H

#include "proto/message.h"

enum {
    // Each byte is copied once, and what holds the copies is counted in the base.
    DECODE_FACTOR = 2,
    // The largest lists: 256 entries or blobs, some 200 bytes each while they are read.
    DECODE_BASE = 96 * 1024,
};

// A decoded message and the memory that its spans borrow from. The frame is needed no longer.
struct decoded {
    struct message message; // MESSAGE_NONE when nothing is held
    void *memory;           // owned
};

// Both set `out` in any case; the caller ends with decoded_clear.
enum err must_check decode_ask(struct span body, struct decoded *out);
enum err must_check decode_answer(struct span body, struct decoded *out);
// Frees what the message borrows from. Also takes one that is zero or already cleared.
void decoded_clear(struct decoded *decoded);

#endif
