#include "signer/corridor/codec.h"

#include "signer/base/cursor.h"
#include "signer/corridor/layout.h"

#include <string.h>

static void unfit(struct bytes *out)
{
    if (out->failure == OK)
        out->failure = ERR_FORM;
}

static void put_number(const struct field *field, const void *at, struct bytes *out)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    if (value < field->least || value > field->most)
        unfit(out);
    bytes_add_u32(out, value);
}

static void take_number(const struct field *field, struct cursor *cursor, void *at)
{
    uint32_t value = cursor_u32(cursor);
    if (value < field->least || value > field->most)
        cursor_fail(cursor);
    memcpy(at, &value, sizeof value);
}

static void put_wide(const struct field *field, const void *at, struct bytes *out)
{
    (void)field;
    bytes_add_u64(out, *(const uint64_t *)at);
}

static void take_wide(const struct field *field, struct cursor *cursor, void *at)
{
    (void)field;
    *(uint64_t *)at = cursor_u64(cursor);
}

static void put_moment(const struct field *field, const void *at, struct bytes *out)
{
    (void)field;
    moment value = *(const moment *)at;
    if (value < 0)
        unfit(out);
    bytes_add_u64(out, (uint64_t)value);
}

static void take_moment(const struct field *field, struct cursor *cursor, void *at)
{
    (void)field;
    uint64_t value = cursor_u64(cursor);
    if (value > INT64_MAX)
        cursor_fail(cursor);
    else
        *(moment *)at = (moment)value;
}

static void put_hash(const struct field *field, const void *at, struct bytes *out)
{
    (void)field;
    bytes_add(out, hash_span(at));
}

static void take_hash(const struct field *field, struct cursor *cursor, void *at)
{
    (void)field;
    cursor_copy(cursor, ((struct hash *)at)->byte, HASH_SIZE);
}

static void put_span(const struct field *field, const void *at, struct bytes *out)
{
    const struct span *span = at;
    if (span->size > field->most) {
        unfit(out);
        return;
    }
    bytes_add_u32(out, (uint32_t)span->size);
    bytes_add(out, *span);
}

static void take_span(const struct field *field, struct cursor *cursor, void *at)
{
    uint32_t size = cursor_u32(cursor);
    if (size > field->most)
        cursor_fail(cursor);
    *(struct span *)at = cursor_take(cursor, size);
}

// A list's count; 0 when it is more than the field may have.
static uint32_t put_count(const struct field *field, uint32_t count, struct bytes *out)
{
    if (count > field->count) {
        unfit(out);
        return 0;
    }
    bytes_add_u32(out, count);
    return count;
}

static uint32_t take_count(const struct field *field, struct cursor *cursor)
{
    uint32_t count = cursor_u32(cursor);
    if (count <= field->count)
        return count;
    cursor_fail(cursor);
    return 0;
}

static void put_spans(const struct field *field, const void *at, struct bytes *out)
{
    const struct span_list *list = at;
    uint32_t count = put_count(field, list->count, out);
    for (uint32_t i = 0; i < count; i++)
        put_span(field, &list->at[i], out);
}

static void take_spans(const struct field *field, struct cursor *cursor, void *at)
{
    struct span_list *list = at;
    list->count = take_count(field, cursor);
    for (uint32_t i = 0; i < list->count; i++)
        take_span(field, cursor, &list->at[i]);
}

static void put_hashes(const struct field *field, const void *at, struct bytes *out)
{
    const struct hash_list *list = at;
    uint32_t count = put_count(field, list->count, out);
    bytes_add(out, span_of(list->at, count * sizeof list->at[0]));
}

static void take_hashes(const struct field *field, struct cursor *cursor, void *at)
{
    struct hash_list *list = at;
    list->count = take_count(field, cursor);
    for (uint32_t i = 0; i < list->count; i++)
        take_hash(field, cursor, &list->at[i]);
}

static void put_entry(const struct field *field, const void *at, struct bytes *out)
{
    const struct entry *entry = at;
    bytes_add_u64(out, entry->index);
    put_span(field, &entry->text, out);
}

static void take_entry(const struct field *field, struct cursor *cursor, void *at)
{
    struct entry *entry = at;
    entry->index = cursor_u64(cursor);
    take_span(field, cursor, &entry->text);
}

static void put_entries(const struct field *field, const void *at, struct bytes *out)
{
    const struct entry_list *list = at;
    uint32_t count = put_count(field, list->count, out);
    for (uint32_t i = 0; i < count; i++)
        put_entry(field, &list->at[i], out);
}

static void take_entries(const struct field *field, struct cursor *cursor, void *at)
{
    struct entry_list *list = at;
    list->count = take_count(field, cursor);
    for (uint32_t i = 0; i < list->count; i++)
        take_entry(field, cursor, &list->at[i]);
}

static void put_signed_by(const struct field *field, const void *at, struct bytes *out)
{
    const struct signed_by_list *list = at;
    uint32_t count = put_count(field, list->count, out);
    for (uint32_t i = 0; i < count; i++) {
        put_hash(field, &list->at[i].key, out);
        put_span(field, &list->at[i].signature, out);
    }
}

static void take_signed_by(const struct field *field, struct cursor *cursor, void *at)
{
    struct signed_by_list *list = at;
    list->count = take_count(field, cursor);
    for (uint32_t i = 0; i < list->count; i++) {
        take_hash(field, cursor, &list->at[i].key);
        take_span(field, cursor, &list->at[i].signature);
    }
}

static void put_lasts(const struct field *field, const void *at, struct bytes *out)
{
    const struct last_list *list = at;
    uint32_t count = put_count(field, list->count, out);
    for (uint32_t i = 0; i < count; i++) {
        bytes_add_u64(out, list->at[i].version);
        put_hash(field, &list->at[i].payload, out);
    }
}

static void take_lasts(const struct field *field, struct cursor *cursor, void *at)
{
    struct last_list *list = at;
    list->count = take_count(field, cursor);
    for (uint32_t i = 0; i < list->count; i++) {
        list->at[i].version = cursor_u64(cursor);
        take_hash(field, cursor, &list->at[i].payload);
    }
}

static const struct {
    void (*put)(const struct field *field, const void *at, struct bytes *out);
    void (*take)(const struct field *field, struct cursor *cursor, void *at);
} shapes[] = {
    [NUMBER] = {put_number, take_number},
    [WIDE] = {put_wide, take_wide},
    [MOMENT] = {put_moment, take_moment},
    [HASH] = {put_hash, take_hash},
    [SPAN] = {put_span, take_span},
    [SPANS] = {put_spans, take_spans},
    [HASHES] = {put_hashes, take_hashes},
    [ENTRY] = {put_entry, take_entry},
    [ENTRIES] = {put_entries, take_entries},
    [SIGNED_BY] = {put_signed_by, take_signed_by},
    [LASTS] = {put_lasts, take_lasts},
};

// The size is known only at the end; its four bytes were left free.
static void set_size(struct bytes *out, size_t start)
{
    size_t size = out->size - start - CODEC_HEADER;
    if (size > LIMIT_FRAME) {
        unfit(out);
        return;
    }
    for (unsigned i = 0; i < CODEC_HEADER; i++)
        out->data[start + i] = (uint8_t)(size >> (8 * (CODEC_HEADER - 1 - i)));
}

void codec_encode(const struct message *message, struct bytes *out)
{
    const struct layout *layout = layout_of((unsigned)message->kind);
    size_t start = out->size;
    if (layout == NULL) {
        unfit(out);
        return;
    }
    bytes_add_u32(out, 0);
    bytes_add_u16(out, (uint16_t)message->kind);
    bytes_add_u64(out, message->id);
    for (size_t i = 0; i < layout->count; i++) {
        const struct field *field = &layout->fields[i];
        shapes[field->shape].put(field, (const uint8_t *)message + field->at, out);
    }
    if (out->failure == OK)
        set_size(out, start);
}

enum err codec_decode(struct span frame, struct message *out)
{
    struct cursor cursor = cursor_of(frame);
    memset(out, 0, sizeof *out);
    unsigned kind = cursor_u16(&cursor);
    const struct layout *layout = layout_of(kind);
    if (frame.size > LIMIT_FRAME || layout == NULL)
        return ERR_FORM;
    out->kind = (enum message_kind)kind;
    out->id = cursor_u64(&cursor);
    for (size_t i = 0; i < layout->count; i++) {
        const struct field *field = &layout->fields[i];
        shapes[field->shape].take(field, &cursor, (uint8_t *)out + field->at);
    }
    return cursor_finish(&cursor);
}
