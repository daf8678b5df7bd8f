// Whatever is read from the public wire is written back as the very same bytes, and can be passed
// on between rooms: a client's ask never is what the gate cannot carry.
#include "proto/decode.h"
#include "proto/encode.h"
#include "proto/frame.h"
#include "signer/corridor/codec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_again(const struct message *message, struct span body)
{
    struct bytes again;
    struct span again_body = {NULL, 0};
    bytes_init(&again, FRAME_MOST);
    must(encode(message, &again) == OK);
    must(frame_body(bytes_span(&again), &again_body) == OK);
    must(span_equal(again_body, body));
    bytes_clear(&again);
}

static void check_corridor(const struct message *message)
{
    static struct message heard;
    struct bytes frame;
    bytes_init(&frame, CODEC_HEADER + LIMIT_FRAME);
    codec_encode(message, &frame);
    must(bytes_finish(&frame) == OK);
    struct span inside = span_of(frame.data + CODEC_HEADER, frame.size - CODEC_HEADER);
    must(codec_decode(inside, &heard) == OK);
    must(heard.kind == message->kind && heard.id == message->id);
    bytes_clear(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct decoded decoded;
    struct span body = span_of(data, size);
    if (decode_ask(body, &decoded) == OK) {
        check_again(&decoded.message, body);
        check_corridor(&decoded.message);
        decoded_clear(&decoded);
    }
    if (decode_answer(body, &decoded) == OK) {
        check_again(&decoded.message, body);
        check_corridor(&decoded.message);
        decoded_clear(&decoded);
    }
    return 0;
}
