#include "signer/base/cursor.h"

#include <string.h>

struct cursor cursor_of(struct span span)
{
    return (struct cursor){.rest = span};
}

struct span cursor_take(struct cursor *cursor, size_t size)
{
    if (cursor->failed || size > cursor->rest.size) {
        cursor->failed = true;
        return (struct span){0};
    }
    struct span taken = {cursor->rest.data, size};
    if (size > 0)
        cursor->rest = span_of(cursor->rest.data + size, cursor->rest.size - size);
    return taken;
}

static uint64_t take_integer(struct cursor *cursor, size_t size)
{
    struct span span = cursor_take(cursor, size);
    uint64_t value = 0;
    for (size_t i = 0; i < span.size; i++)
        value = value << 8 | span.data[i];
    return value;
}

uint8_t cursor_u8(struct cursor *cursor)
{
    return (uint8_t)take_integer(cursor, 1);
}

uint16_t cursor_u16(struct cursor *cursor)
{
    return (uint16_t)take_integer(cursor, 2);
}

uint32_t cursor_u32(struct cursor *cursor)
{
    return (uint32_t)take_integer(cursor, 4);
}

uint64_t cursor_u64(struct cursor *cursor)
{
    return take_integer(cursor, 8);
}

void cursor_copy(struct cursor *cursor, uint8_t *out, size_t size)
{
    struct span span = cursor_take(cursor, size);
    if (span.size == size && size > 0)
        memcpy(out, span.data, size);
    else
        memset(out, 0, size);
}

void cursor_fail(struct cursor *cursor)
{
    cursor->failed = true;
}

enum err cursor_finish(const struct cursor *cursor)
{
    return cursor->failed || cursor->rest.size > 0 ? ERR_FORM : OK;
}
