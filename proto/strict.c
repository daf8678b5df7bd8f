#include "proto/strict.h"

#include <string.h>

const void *strict_pointer(const void *at)
{
    const void *pointer;
    memcpy(&pointer, at, sizeof pointer);
    return pointer;
}

const void *strict_member(
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return (const uint8_t *)message + field->offset;
}

static size_t repeated_count(
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    size_t count;
    memcpy(&count, (const uint8_t *)message + field->quantifier_offset, sizeof count);
    return count;
}

static bool is_the_case(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    uint32_t number;
    memcpy(&number, (const uint8_t *)message + field->quantifier_offset, sizeof number);
    return number == field->id;
}

size_t strict_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return repeated_count(message, field);
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && !is_the_case(message, field))
        return 0;
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return 1;
    return strict_pointer(strict_member(message, field)) != NULL;
}

static bool enum_is_known(const void *member, const ProtobufCFieldDescriptor *field)
{
    int value;
    memcpy(&value, member, sizeof value);
    return protobuf_c_enum_descriptor_get_value(field->descriptor, value) != NULL;
}

static bool field_is_known(
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const uint8_t *member = strict_member(message, field);
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return enum_is_known(member, field);
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return true;
    size_t count = strict_count(message, field);
    if (field->label == PROTOBUF_C_LABEL_REPEATED && count > 0)
        member = strict_pointer(member);
    for (size_t i = 0; i < count; i++)
        if (!strict_known(strict_pointer(member + i * sizeof(void *))))
            return false;
    return true;
}

bool strict_known(const ProtobufCMessage *message)
{
    if (message->n_unknown_fields > 0)
        return false;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++)
        if (!field_is_known(message, &message->descriptor->fields[i]))
            return false;
    return true;
}

struct comparison {
    ProtobufCBuffer base;
    struct span rest;
    bool differs;
};

static void compare(ProtobufCBuffer *buffer, size_t size, const uint8_t *data)
{
    struct comparison *comparison = (struct comparison *)buffer;
    if (size > comparison->rest.size)
        comparison->differs = true;
    if (comparison->differs || size == 0)
        return;
    comparison->differs = memcmp(comparison->rest.data, data, size) != 0;
    comparison->rest = span_of(comparison->rest.data + size, comparison->rest.size - size);
}

bool strict_same(const ProtobufCMessage *message, struct span bytes)
{
    struct comparison comparison = {.base = {.append = compare}, .rest = bytes};
    protobuf_c_message_pack_to_buffer(message, &comparison.base);
    return !comparison.differs && comparison.rest.size == 0;
}
