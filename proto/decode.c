#include "proto/decode.h"

#include "proto/conclave.pb-c.h"
#include "proto/strict.h"
#include "proto/wire.h"

#include <stdlib.h>
#include <string.h>

// What malloc keeps beside each block.
enum { BLOCK_OVERHEAD = 16 };

struct budget {
    size_t left;
    bool exceeded;
};

static void *budget_alloc(void *data, size_t size)
{
    struct budget *budget = data;
    if (budget->left < BLOCK_OVERHEAD || size > budget->left - BLOCK_OVERHEAD) {
        budget->exceeded = true;
        return NULL;
    }
    budget->left -= size + BLOCK_OVERHEAD;
    return malloc(size);
}

static void budget_free(void *data, void *pointer)
{
    (void)data;
    free(pointer);
}

static ProtobufCMessage *unpack(
    const ProtobufCMessageDescriptor *descriptor, struct span body, enum err *err)
{
    struct budget budget = {.left = DECODE_BASE + DECODE_FACTOR * body.size};
    ProtobufCAllocator allocator = {budget_alloc, budget_free, &budget};
    ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor, &allocator, body.size, body.data);
    *err = message != NULL ? OK : budget.exceeded ? ERR_LIMIT : ERR_FORM;
    return message;
}

void decoded_clear(struct decoded *decoded)
{
    ProtobufCAllocator allocator = {budget_alloc, budget_free, NULL};
    protobuf_c_message_free_unpacked(decoded->memory, &allocator);
    memset(decoded, 0, sizeof *decoded);
}

// Takers: one protobuf-c member to one field of struct message (`out` points at it).
struct taking {
    const ProtobufCMessage *from;
    const ProtobufCFieldDescriptor *descriptor;
    const struct wire_field *field;
    uint8_t *out;
};

static enum err fields_take(
    const ProtobufCMessage *from, const struct wire_field *fields, size_t count, void *out);

static enum err take_number(const struct taking *taking)
{
    uint64_t value;
    memcpy(&value, strict_member(taking->from, taking->descriptor), sizeof value);
    memcpy(taking->out, &value, sizeof value);
    return value < taking->field->least || value > taking->field->most ? ERR_LIMIT : OK;
}

// Counts, flags and enums are 32 bits wide on both sides.
static enum err take_word(const struct taking *taking)
{
    uint32_t value;
    memcpy(&value, strict_member(taking->from, taking->descriptor), sizeof value);
    memcpy(taking->out, &value, sizeof value);
    return value < taking->field->least || value > taking->field->most ? ERR_LIMIT : OK;
}

static enum err hash_take(const ProtobufCBinaryData *binary, struct hash *out)
{
    if (binary->len != HASH_SIZE)
        return ERR_FORM;
    memcpy(out->byte, binary->data, HASH_SIZE);
    return OK;
}

static enum err take_hash(const struct taking *taking)
{
    struct hash hash;
    enum err err = hash_take(strict_member(taking->from, taking->descriptor), &hash);
    if (err == OK)
        memcpy(taking->out, &hash, sizeof hash);
    return err;
}

static enum err span_take(struct span span, const struct wire_field *field, void *out)
{
    if (span.size < field->least || span.size > field->most)
        return ERR_LIMIT;
    if (!wire_spelled(field->class, span))
        return ERR_FORM;
    memcpy(out, &span, sizeof span);
    return OK;
}

static enum err take_bytes(const struct taking *taking)
{
    const ProtobufCBinaryData *binary = strict_member(taking->from, taking->descriptor);
    return span_take(span_of(binary->data, binary->len), taking->field, taking->out);
}

static enum err take_string(const struct taking *taking)
{
    const char *string = strict_pointer(strict_member(taking->from, taking->descriptor));
    return span_take(span_text(string), taking->field, taking->out);
}

static enum err take_place(const struct taking *taking)
{
    const void *place = strict_pointer(strict_member(taking->from, taking->descriptor));
    return place == NULL ? ERR_FORM : fields_take(place, wire_place, 2, taking->out);
}

static enum err take_entry(const struct taking *taking)
{
    const void *entry = strict_pointer(strict_member(taking->from, taking->descriptor));
    return entry == NULL ? OK : fields_take(entry, wire_entry, 2, taking->out);
}

static enum err take_hashes(const struct taking *taking)
{
    struct hash_list *list = (struct hash_list *)taking->out;
    size_t count = strict_count(taking->from, taking->descriptor);
    if (count > taking->field->count)
        return ERR_LIMIT;
    const ProtobufCBinaryData *from =
        strict_pointer(strict_member(taking->from, taking->descriptor));
    for (; list->count < count; list->count++) {
        enum err err = hash_take(&from[list->count], &list->at[list->count]);
        if (err != OK)
            return err;
    }
    return OK;
}

static enum err take_spans(const struct taking *taking)
{
    struct span_list *list = (struct span_list *)taking->out;
    size_t count = strict_count(taking->from, taking->descriptor), total = 0;
    if (count > taking->field->count)
        return ERR_LIMIT;
    const ProtobufCBinaryData *from =
        strict_pointer(strict_member(taking->from, taking->descriptor));
    for (; list->count < count; list->count++) {
        struct span span = span_of(from[list->count].data, from[list->count].len);
        enum err err = span_take(span, taking->field, &list->at[list->count]);
        if (err != OK)
            return err;
        total += span.size;
    }
    return total > taking->field->total ? ERR_LIMIT : OK;
}

static enum err take_entries(const struct taking *taking)
{
    struct entry_list *list = (struct entry_list *)taking->out;
    size_t count = strict_count(taking->from, taking->descriptor), total = 0;
    if (count > taking->field->count)
        return ERR_LIMIT;
    const uint8_t *from = strict_pointer(strict_member(taking->from, taking->descriptor));
    for (; list->count < count; list->count++) {
        const void *entry = strict_pointer(from + list->count * sizeof(void *));
        enum err err = fields_take(entry, wire_entry, 2, &list->at[list->count]);
        if (err != OK)
            return err;
        total += list->at[list->count].text.size;
    }
    return total > taking->field->total ? ERR_LIMIT : OK;
}

static enum err (*const takers[WIRE_CLASSES])(const struct taking *taking) = {
    [WIRE_NUMBER] = take_number,
    [WIRE_COUNT] = take_word,
    [WIRE_FLAG] = take_word,
    [WIRE_ENUM] = take_word,
    [WIRE_HASH] = take_hash,
    [WIRE_BYTES] = take_bytes,
    [WIRE_TEXT] = take_bytes,
    [WIRE_WORD] = take_string,
    [WIRE_NOTE] = take_string,
    [WIRE_PLACE] = take_place,
    [WIRE_ENTRY] = take_entry,
    [WIRE_HASHES] = take_hashes,
    [WIRE_SPANS] = take_spans,
    [WIRE_ENTRIES] = take_entries,
};

static enum err fields_take(
    const ProtobufCMessage *from, const struct wire_field *fields, size_t count, void *out)
{
    for (size_t i = 0; i < count; i++) {
        struct taking taking = {
            from, &from->descriptor->fields[i], &fields[i], (uint8_t *)out + fields[i].offset};
        enum err err = takers[fields[i].class](&taking);
        if (err != OK)
            return err;
    }
    return OK;
}

// Both envelopes: number 1 is the id, every other field is one kind.
static enum err envelope_take(const ProtobufCMessage *envelope, bool ask, struct message *out)
{
    const ProtobufCFieldDescriptor *fields = envelope->descriptor->fields;
    memcpy(&out->id, strict_member(envelope, &fields[0]), sizeof out->id);
    for (unsigned i = 1; i < envelope->descriptor->n_fields; i++) {
        if (strict_count(envelope, &fields[i]) == 0)
            continue;
        const struct wire_row *row = wire_row_at(ask, fields[i].id);
        const void *inner = strict_pointer(strict_member(envelope, &fields[i]));
        if (row == NULL || inner == NULL)
            return ERR_FORM;
        out->kind = row->kind;
        return fields_take(inner, row->fields, row->field_count, out);
    }
    return ERR_FORM;
}

static enum err decode(struct span body, bool ask, struct decoded *out)
{
    memset(out, 0, sizeof *out);
    if (body.size > LIMIT_FRAME)
        return ERR_LIMIT;
    enum err err;
    ProtobufCMessage *envelope = unpack(
        ask ? &conclave__v1__ask__descriptor : &conclave__v1__answer__descriptor, body, &err);
    if (envelope == NULL)
        return err;
    out->memory = envelope;
    err = strict_known(envelope) && strict_same(envelope, body) ? OK : ERR_FORM;
    if (err == OK)
        err = envelope_take(envelope, ask, &out->message);
    if (err != OK)
        decoded_clear(out);
    return err;
}

enum err decode_ask(struct span body, struct decoded *out)
{
    return decode(body, true, out);
}

enum err decode_answer(struct span body, struct decoded *out)
{
    return decode(body, false, out);
}
