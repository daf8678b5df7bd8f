// Whatever a neighbour's bytes are read as is written back as the very same bytes.
#include "signer/corridor/codec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct message message;
    struct bytes again;
    if (codec_decode(span_of(data, size), &message) != OK)
        return 0;
    bytes_init(&again, CODEC_HEADER + LIMIT_FRAME);
    codec_encode(&message, &again);
    if (bytes_finish(&again) != OK || again.size != CODEC_HEADER + size ||
        !span_equal(span_of(again.data + CODEC_HEADER, size), span_of(data, size)))
        abort();
    bytes_clear(&again);
    return 0;
}
