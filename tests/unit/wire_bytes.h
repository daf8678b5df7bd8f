// Protobuf written by hand, a field at a time, so that the tests do not believe the library about
// what lies on the wire; and messages filled to their limits.
#ifndef CONCLAVE_TESTS_UNIT_WIRE_BYTES_H
#define CONCLAVE_TESTS_UNIT_WIRE_BYTES_H

#include "proto/message.h"

enum { VARINT = 0, FIXED64 = 1, DELIMITED = 2, GROUP = 3, FIXED32 = 5 };

void add_varint(struct bytes *out, uint64_t value);
void add_tag(struct bytes *out, unsigned number, unsigned type);
void add_number(struct bytes *out, unsigned number, uint64_t value);
void add_bytes(struct bytes *out, unsigned number, struct span span);
// Field `number` with `size` bytes of `byte`.
void add_filled(struct bytes *out, unsigned number, uint8_t byte, size_t size);
void add_hash(struct bytes *out, unsigned number, uint8_t byte);

// Every field of a kind of the public wire as large as it may be. Spans borrow from one static
// block, but for the id there is no other state.
void message_fill(struct message *message, enum message_kind kind);

#endif
