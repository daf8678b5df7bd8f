#include "proto/frame.h"

#include "signer/base/cursor.h"

enum err frame_size(struct span bytes, size_t *size)
{
    if (bytes.size < FRAME_HEADER)
        return ERR_AGAIN;
    struct cursor cursor = cursor_of(bytes);
    uint32_t length = cursor_u32(&cursor);
    if (length == 0)
        return ERR_FORM;
    if (length > LIMIT_FRAME)
        return ERR_LIMIT;
    *size = FRAME_HEADER + (size_t)length;
    return OK;
}

enum err frame_body(struct span bytes, struct span *body)
{
    size_t size = 0;
    enum err err = frame_size(bytes, &size);
    if (err != OK)
        return err;
    if (bytes.size < size)
        return ERR_AGAIN;
    *body = span_of(bytes.data + FRAME_HEADER, size - FRAME_HEADER);
    return OK;
}
