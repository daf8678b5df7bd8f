// The public wire as a table: for each kind of message its place in the envelope and, for each of
// its fields, where it lies in struct message and what it may be. Encoder and decoder are both
// driven by it, so they cannot disagree; the field at position i of a row is number i + 1 of the
// protobuf message (proto/conclave.proto).
#ifndef CONCLAVE_PROTO_WIRE_H
#define CONCLAVE_PROTO_WIRE_H

#include "proto/message.h"

enum wire_class {
    WIRE_NUMBER,  // uint64, uint64_t
    WIRE_COUNT,   // uint32, uint32_t
    WIRE_FLAG,    // bool, uint32_t of 0 or 1
    WIRE_ENUM,    // enum
    WIRE_HASH,    // bytes of 32, struct hash; the zero hash is "none"
    WIRE_BYTES,   // bytes, struct span
    WIRE_TEXT,    // bytes of 20 to 7E and LF, struct span: a statement, record or list
    WIRE_WORD,    // string of 20 to 7E, struct span
    WIRE_NOTE,    // string, UTF-8 whose only control character is LF, struct span
    WIRE_PLACE,   // Place, struct place; always there
    WIRE_ENTRY,   // Entry, struct entry; absent when its text is empty
    WIRE_HASHES,  // repeated bytes of 32, struct hash_list
    WIRE_SPANS,   // repeated bytes, struct span_list
    WIRE_ENTRIES, // repeated Entry, struct entry_list
    WIRE_CLASSES
};

// The decisions of one dossier: a decision record with an RSA-4096 signature has up to 1,025 bytes.
enum { WIRE_DECISION_MOST = 1100, WIRE_DECISIONS_BYTES = LIMIT_DECISIONS * WIRE_DECISION_MOST };

// Bounds: of the value (numbers, enums), of the size (bytes and strings, also each element's).
struct wire_field {
    enum wire_class class;
    size_t offset; // in struct message, or in the element
    uint64_t least;
    uint64_t most;
    uint32_t count; // lists: elements at most
    size_t total;   // lists: bytes of all elements at most
};

struct wire_row {
    enum message_kind kind;
    uint32_t number;          // of the envelope's field
    enum message_kind answer; // asks: the kind that answers it, besides ANSWER_REFUSED
    const struct wire_field *fields;
    size_t field_count;
};

// The row of a kind, or of a field of the envelope Ask or Answer; NULL: not on the public wire.
const struct wire_row *wire_row_of(enum message_kind kind);
const struct wire_row *wire_row_at(bool ask, uint32_t number);
// Whether a kind is something that a client asks.
bool wire_is_ask(enum message_kind kind);
// Whether `answer` may answer `ask`.
bool wire_answers(enum message_kind ask, enum message_kind answer);

// The fields of the two messages that stand inside others.
extern const struct wire_field wire_place[2];
extern const struct wire_field wire_entry[2];

// Whether bytes are what their class says (BYTES, TEXT, WORD and NOTE; the others are true).
bool wire_spelled(enum wire_class class, struct span span);

#endif
