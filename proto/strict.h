// Whether an unpacked protobuf-c message was spelled in the one way that we accept. The library
// itself takes unknown fields and enum values, fields twice, overlong numbers and more.
#ifndef CONCLAVE_PROTO_STRICT_H
#define CONCLAVE_PROTO_STRICT_H

#include "signer/base/bytes.h"

#include <protobuf-c/protobuf-c.h>

// No unknown field and no unknown enum value at any level. It recurses as deep as the schema does,
// which has no recursive type.
bool strict_known(const ProtobufCMessage *message);
// Packing gives exactly `bytes`; nothing is copied for that.
bool strict_same(const ProtobufCMessage *message, struct span bytes);

// The member of a message that a field descriptor describes.
const void *strict_member(
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);
// How many there are of it: of a repeated field its count; else 1 when it is there, or 0.
size_t strict_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);
// A pointer that lies at `at`.
const void *strict_pointer(const void *at);

#endif
