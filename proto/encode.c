#include "proto/encode.h"

#include "proto/conclave.pb-c.h"
#include "proto/frame.h"
#include "proto/strict.h"
#include "proto/wire.h"

#include <stdalign.h>
#include <string.h>

// What the protobuf-c structures of one message need: 256 entries with their pointers, two paths,
// and copies of the strings, which the library wants to end with a NUL.
enum { ROOM_MOST = 32 * 1024 };

struct writing {
    alignas(max_align_t) uint8_t room[ROOM_MOST];
    size_t used;
};

static void *writing_take(struct writing *writing, size_t size)
{
    size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (rounded > ROOM_MOST - writing->used)
        return NULL;
    void *taken = writing->room + writing->used;
    writing->used += rounded;
    return taken;
}

static ProtobufCMessage *writing_message(
    struct writing *writing, const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = writing_take(writing, descriptor->sizeof_message);
    if (message != NULL)
        protobuf_c_message_init(descriptor, message);
    return message;
}

// Putters: one field of struct message (`in` points at it) to one protobuf-c member (`to`).
struct putting {
    struct writing *writing;
    const struct wire_field *field;
    const ProtobufCFieldDescriptor *descriptor;
    const uint8_t *in;
    uint8_t *to;
    uint8_t *quantifier;
};

static enum err fields_put(struct writing *writing, const void *in,
    const struct wire_field *fields, size_t count, ProtobufCMessage *out);

static enum err put_number(const struct putting *putting)
{
    uint64_t value;
    memcpy(&value, putting->in, sizeof value);
    memcpy(putting->to, &value, sizeof value);
    return value < putting->field->least || value > putting->field->most ? ERR_LIMIT : OK;
}

static enum err put_word(const struct putting *putting)
{
    uint32_t value;
    memcpy(&value, putting->in, sizeof value);
    memcpy(putting->to, &value, sizeof value);
    return value < putting->field->least || value > putting->field->most ? ERR_LIMIT : OK;
}

// The library's structures have no const; it only reads what it packs.
static ProtobufCBinaryData binary_of(struct span span)
{
    ProtobufCBinaryData binary = {.len = span.size};
    memcpy(&binary.data, &span.data, sizeof binary.data);
    return binary;
}

static enum err span_check(struct span span, const struct wire_field *field)
{
    if (span.size < field->least || span.size > field->most)
        return ERR_LIMIT;
    return wire_spelled(field->class, span) ? OK : ERR_FORM;
}

static enum err put_hash(const struct putting *putting)
{
    ProtobufCBinaryData binary = binary_of(span_of(putting->in, HASH_SIZE));
    memcpy(putting->to, &binary, sizeof binary);
    return OK;
}

static enum err put_bytes(const struct putting *putting)
{
    struct span span;
    memcpy(&span, putting->in, sizeof span);
    ProtobufCBinaryData binary = binary_of(span);
    memcpy(putting->to, &binary, sizeof binary);
    return span_check(span, putting->field);
}

static enum err put_string(const struct putting *putting)
{
    struct span span;
    memcpy(&span, putting->in, sizeof span);
    enum err err = span_check(span, putting->field);
    if (err != OK)
        return err;
    char *string = writing_take(putting->writing, span.size + 1);
    if (string == NULL)
        return ERR_LIMIT;
    if (span.size > 0)
        memcpy(string, span.data, span.size);
    string[span.size] = 0;
    memcpy(putting->to, &string, sizeof string);
    return OK;
}

static enum err part_put(const struct putting *putting, const void *in,
    const struct wire_field *fields, size_t count, void *pointer_out)
{
    ProtobufCMessage *part = writing_message(putting->writing, putting->descriptor->descriptor);
    if (part == NULL)
        return ERR_LIMIT;
    memcpy(pointer_out, &part, sizeof part);
    return fields_put(putting->writing, in, fields, count, part);
}

static enum err put_place(const struct putting *putting)
{
    return part_put(putting, putting->in, wire_place, 2, putting->to);
}

static enum err put_entry(const struct putting *putting)
{
    struct entry entry;
    memcpy(&entry, putting->in, sizeof entry);
    if (entry.text.size == 0)
        return OK;
    return part_put(putting, &entry, wire_entry, 2, putting->to);
}

// The array of a repeated field, and its count; NULL: over a limit.
static void *list_put(const struct putting *putting, size_t count, size_t element)
{
    if (count > putting->field->count)
        return NULL;
    void *array = writing_take(putting->writing, count * element);
    if (array == NULL)
        return NULL;
    memcpy(putting->quantifier, &count, sizeof count);
    memcpy(putting->to, &array, sizeof array);
    return array;
}

static enum err put_hashes(const struct putting *putting)
{
    const struct hash_list *list = (const struct hash_list *)putting->in;
    ProtobufCBinaryData *array = list_put(putting, list->count, sizeof *array);
    if (array == NULL)
        return ERR_LIMIT;
    for (size_t i = 0; i < list->count; i++)
        array[i] = binary_of(hash_span(&list->at[i]));
    return OK;
}

static enum err put_spans(const struct putting *putting)
{
    const struct span_list *list = (const struct span_list *)putting->in;
    ProtobufCBinaryData *array = list_put(putting, list->count, sizeof *array);
    if (array == NULL)
        return ERR_LIMIT;
    size_t total = 0;
    for (size_t i = 0; i < list->count; i++) {
        enum err err = span_check(list->at[i], putting->field);
        if (err != OK)
            return err;
        array[i] = binary_of(list->at[i]);
        total += list->at[i].size;
    }
    return total > putting->field->total ? ERR_LIMIT : OK;
}

static enum err put_entries(const struct putting *putting)
{
    const struct entry_list *list = (const struct entry_list *)putting->in;
    void **array = list_put(putting, list->count, sizeof *array);
    if (array == NULL)
        return ERR_LIMIT;
    size_t total = 0;
    for (size_t i = 0; i < list->count; i++) {
        enum err err = part_put(putting, &list->at[i], wire_entry, 2, &array[i]);
        if (err != OK)
            return err;
        total += list->at[i].text.size;
    }
    return total > putting->field->total ? ERR_LIMIT : OK;
}

static enum err (*const putters[WIRE_CLASSES])(const struct putting *putting) = {
    [WIRE_NUMBER] = put_number,
    [WIRE_COUNT] = put_word,
    [WIRE_FLAG] = put_word,
    [WIRE_ENUM] = put_word,
    [WIRE_HASH] = put_hash,
    [WIRE_BYTES] = put_bytes,
    [WIRE_TEXT] = put_bytes,
    [WIRE_WORD] = put_string,
    [WIRE_NOTE] = put_string,
    [WIRE_PLACE] = put_place,
    [WIRE_ENTRY] = put_entry,
    [WIRE_HASHES] = put_hashes,
    [WIRE_SPANS] = put_spans,
    [WIRE_ENTRIES] = put_entries,
};

static enum err fields_put(struct writing *writing, const void *in,
    const struct wire_field *fields, size_t count, ProtobufCMessage *out)
{
    for (size_t i = 0; i < count; i++) {
        const ProtobufCFieldDescriptor *descriptor = &out->descriptor->fields[i];
        struct putting putting = {writing, &fields[i], descriptor,
            (const uint8_t *)in + fields[i].offset, (uint8_t *)out + descriptor->offset,
            (uint8_t *)out + descriptor->quantifier_offset};
        enum err err = putters[fields[i].class](&putting);
        if (err != OK)
            return err;
    }
    return OK;
}

static ProtobufCMessage *envelope_put(struct writing *writing, const struct message *message,
    const struct wire_row *row, enum err *err)
{
    const ProtobufCMessageDescriptor *kind = row->answer != MESSAGE_NONE
                                                 ? &conclave__v1__ask__descriptor
                                                 : &conclave__v1__answer__descriptor;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(kind, row->number);
    ProtobufCMessage *envelope = writing_message(writing, kind);
    ProtobufCMessage *inner = writing_message(writing, field->descriptor);
    memcpy((uint8_t *)envelope + kind->fields[0].offset, &message->id, sizeof message->id);
    memcpy((uint8_t *)envelope + field->quantifier_offset, &row->number, sizeof row->number);
    memcpy((uint8_t *)envelope + field->offset, &inner, sizeof inner);
    *err = fields_put(writing, message, row->fields, row->field_count, inner);
    return envelope;
}

static enum err frame_put(const ProtobufCMessage *envelope, struct bytes *out)
{
    size_t size = protobuf_c_message_get_packed_size(envelope);
    if (size > LIMIT_FRAME || bytes_room(out, FRAME_HEADER + size) == NULL)
        return size > LIMIT_FRAME ? ERR_LIMIT : bytes_finish(out);
    bytes_add_u32(out, (uint32_t)size);
    protobuf_c_message_pack(envelope, bytes_room(out, size));
    bytes_grew(out, size);
    return OK;
}

enum err encode(const struct message *message, struct bytes *out)
{
    const struct wire_row *row = wire_row_of(message->kind);
    if (row == NULL)
        return ERR_FORM;
    struct writing writing;
    writing.used = 0;
    enum err err;
    const ProtobufCMessage *envelope = envelope_put(&writing, message, row, &err);
    return err != OK ? err : frame_put(envelope, out);
}
