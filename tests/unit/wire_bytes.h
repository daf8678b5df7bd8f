// Protobuf written by hand, a field at a time, so that the tests do not believe the library about
// what lies on the wire; and messages filled to their limits.
#ifndef CONCLAVE_TESTS_UNIT_WIRE_BYTES_H
#define CONCLAVE_TESTS_UNIT_WIRE_BYTES_H

#include "proto/decode.h"

enum { VARINT = 0, FIXED64 = 1, DELIMITED = 2, GROUP = 3, FIXED32 = 5 };

void wire_varint(struct bytes *out, uint64_t value);
void wire_tag(struct bytes *out, unsigned number, unsigned type);
void wire_number(struct bytes *out, unsigned number, uint64_t value);
void wire_bytes(struct bytes *out, unsigned number, struct span span);
// Field `number` with `size` bytes of `byte`.
void wire_filled(struct bytes *out, unsigned number, uint8_t byte, size_t size);
void wire_hash(struct bytes *out, unsigned number, uint8_t byte);

// Decodes an exact heap copy, so that the sanitizer sees one byte too many.
enum err wire_decode(bool ask, struct span body, struct decoded *out);
// The same, of which only the error matters.
enum err wire_decode_only(bool ask, struct span body);

// Every field of a kind of the public wire as large as it may be. Spans borrow from one static
// block, but for the id there is no other state.
void message_fill(struct message *message, enum message_kind kind);

#endif
