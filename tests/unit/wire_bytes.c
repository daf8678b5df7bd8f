#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/wire.h"
#include "tests/unit/wire_bytes.h"

#include <stdlib.h>
#include <string.h>

void wire_varint(struct bytes *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        bytes_add_u8(out, (uint8_t)(value | 0x80));
    bytes_add_u8(out, (uint8_t)value);
}

void wire_tag(struct bytes *out, unsigned number, unsigned type)
{
    wire_varint(out, (uint64_t)number << 3 | type);
}

void wire_number(struct bytes *out, unsigned number, uint64_t value)
{
    wire_tag(out, number, VARINT);
    wire_varint(out, value);
}

void wire_bytes(struct bytes *out, unsigned number, struct span span)
{
    wire_tag(out, number, DELIMITED);
    wire_varint(out, span.size);
    bytes_add(out, span);
}

void wire_filled(struct bytes *out, unsigned number, uint8_t byte, size_t size)
{
    wire_tag(out, number, DELIMITED);
    wire_varint(out, size);
    uint8_t *room = bytes_room(out, size);
    assert_non_null(room);
    memset(room, byte, size);
    bytes_grew(out, size);
}

void wire_hash(struct bytes *out, unsigned number, uint8_t byte)
{
    wire_filled(out, number, byte, HASH_SIZE);
}

static struct span filled(size_t size)
{
    static uint8_t block[LIMIT_PAYLOAD];
    assert_true(size <= sizeof block);
    if (block[0] == 0)
        memset(block, 'x', sizeof block);
    return span_of(block, size);
}

static void fill_number(const struct wire_field *field, void *at)
{
    memcpy(at, &field->most, sizeof field->most);
}

static void fill_word(const struct wire_field *field, void *at)
{
    uint32_t value = (uint32_t)field->most;
    memcpy(at, &value, sizeof value);
}

static void fill_hash(const struct wire_field *field, void *at)
{
    (void)field;
    memset(at, 0xff, sizeof(struct hash));
}

static void fill_span(const struct wire_field *field, void *at)
{
    *(struct span *)at = filled(field->most);
}

static void fill_place(const struct wire_field *field, void *at)
{
    (void)field;
    struct place *place = at;
    place->index = LIMIT_INDEX;
    memset(&place->leaf, 0xff, sizeof place->leaf);
}

static void fill_entry(const struct wire_field *field, void *at)
{
    (void)field;
    *(struct entry *)at = (struct entry){LIMIT_INDEX, filled(LIMIT_RECORD)};
}

static void fill_hashes(const struct wire_field *field, void *at)
{
    struct hash_list *list = at;
    list->count = field->count;
    memset(list->at, 0xff, list->count * sizeof list->at[0]);
}

static void fill_spans(const struct wire_field *field, void *at)
{
    struct span_list *list = at;
    size_t size = field->total / field->count;
    for (list->count = 0; list->count < field->count; list->count++)
        list->at[list->count] = filled(size);
    // What the division left over.
    list->at[0] = filled(size + field->total % field->count);
}

static void fill_entries(const struct wire_field *field, void *at)
{
    struct entry_list *list = at;
    size_t size = field->total / field->count;
    for (list->count = 0; list->count < field->count; list->count++)
        list->at[list->count] = (struct entry){LIMIT_INDEX, filled(size)};
    list->at[0].text = filled(size + field->total % field->count);
}

static void (*const fillers[WIRE_CLASSES])(const struct wire_field *field, void *at) = {
    [WIRE_NUMBER] = fill_number,
    [WIRE_COUNT] = fill_word,
    [WIRE_FLAG] = fill_word,
    [WIRE_ENUM] = fill_word,
    [WIRE_HASH] = fill_hash,
    [WIRE_BYTES] = fill_span,
    [WIRE_TEXT] = fill_span,
    [WIRE_WORD] = fill_span,
    [WIRE_NOTE] = fill_span,
    [WIRE_PLACE] = fill_place,
    [WIRE_ENTRY] = fill_entry,
    [WIRE_HASHES] = fill_hashes,
    [WIRE_SPANS] = fill_spans,
    [WIRE_ENTRIES] = fill_entries,
};

void message_fill(struct message *message, enum message_kind kind)
{
    const struct wire_row *row = wire_row_of(kind);
    assert_non_null(row);
    memset(message, 0, sizeof *message);
    message->kind = kind;
    message->id = UINT64_MAX;
    for (size_t i = 0; i < row->field_count; i++) {
        const struct wire_field *field = &row->fields[i];
        fillers[field->class](field, (uint8_t *)message + field->offset);
    }
}

enum err wire_decode(bool ask, struct span body, struct decoded *out)
{
    uint8_t *copy = malloc(body.size > 0 ? body.size : 1);
    assert_non_null(copy);
    if (body.size > 0)
        memcpy(copy, body.data, body.size);
    struct span exact = span_of(copy, body.size);
    enum err err = ask ? decode_ask(exact, out) : decode_answer(exact, out);
    free(copy);
    return err;
}

enum err wire_decode_only(bool ask, struct span body)
{
    struct decoded decoded;
    enum err err = wire_decode(ask, body, &decoded);
    decoded_clear(&decoded);
    return err;
}
