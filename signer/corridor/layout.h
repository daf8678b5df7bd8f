// Which fields each kind of message has on the line between two rooms, and their limits: one const
// table for the encoder and the decoder (signer/corridor/codec.h). A span's limit is the limit of
// what it carries (proto/limits.h), so a neighbour that would send more is malformed, not large.
#ifndef CONCLAVE_SIGNER_CORRIDOR_LAYOUT_H
#define CONCLAVE_SIGNER_CORRIDOR_LAYOUT_H

#include "proto/message.h"

// What ROOM_CONFIG may carry; each room keeps it (signer/corridor/room.h), with a NUL behind.
enum {
    CONFIG_PATH_MOST = 4095, // PATH_MAX counts the NUL
    CONFIG_LABEL_MOST = 127, // PKCS#11 labels have 32; percent-encoded and some room
    // LIMIT_PROGRAMS lines "program: NAME sha256:HASH" and their LF.
    CONFIG_PROGRAMS_MOST = LIMIT_PROGRAMS * (9 + LIMIT_NAME + 8 + 2 * HASH_SIZE + 1),
};

// How a field lies in struct message and on the line: a u32 within bounds (also every enum and
// flag), a u64, a moment that is not negative, and the types of proto/message.h.
enum shape {
    NUMBER,
    WIDE,
    MOMENT,
    HASH,
    SPAN,
    SPANS,
    HASHES,
    ENTRY,
    ENTRIES,
    SIGNED_BY,
    LASTS
};

struct field {
    enum shape shape;
    size_t at;      // offset in struct message
    uint32_t least; // of a number
    uint32_t most;  // of a number; bytes of a span
    uint32_t count; // elements of a list
};

struct layout {
    const struct field *fields; // in the order of struct message; never NULL
    size_t count;
};

// NULL when there is no such kind.
const struct layout *layout_of(unsigned kind);

#endif
