#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/corridor/codec.h"
#include "tests/unit/message_sample.h"

#include <stdlib.h>
#include <string.h>

static void assert_frame(const struct bytes *frame, struct span body)
{
    uint8_t size[CODEC_HEADER] = {(uint8_t)(body.size >> 24), (uint8_t)(body.size >> 16),
        (uint8_t)(body.size >> 8), (uint8_t)body.size};
    assert_int_equal(frame->size, CODEC_HEADER + body.size);
    assert_memory_equal(frame->data, size, CODEC_HEADER);
    assert_memory_equal(frame->data + CODEC_HEADER, body.data, body.size);
}

// What encoding gives; the encoded bytes must be `body` behind their size.
static void assert_encodes_to(const struct message *message, struct span body)
{
    struct bytes frame;
    bytes_init(&frame, LIMIT_FRAME + CODEC_HEADER);
    codec_encode(message, &frame);
    assert_int_equal(bytes_finish(&frame), OK);
    assert_frame(&frame, body);
    bytes_clear(&frame);
}

// Decodes an exact heap copy, so that the sanitizer sees one byte too many.
static enum err decode_copy(struct span body, struct message *out)
{
    uint8_t *copy = malloc(body.size > 0 ? body.size : 1);
    assert_non_null(copy);
    if (body.size > 0)
        memcpy(copy, body.data, body.size);
    enum err err = codec_decode(span_of(copy, body.size), out);
    free(copy);
    return err;
}

static void codec__refuses_every_truncation_of_every_kind(void **state)
{
    (void)state;
    struct message out;
    for (unsigned kind = 1; kind < MESSAGE_KINDS; kind++) {
        struct sample sample;
        sample_make(&sample, kind);
        for (size_t size = 0; size < sample.body.size; size++)
            assert_int_equal(decode_copy(span_of(sample.body.data, size), &out), ERR_FORM);
        sample_clear(&sample);
    }
}

static void codec__refuses_left_over_bytes_of_every_kind(void **state)
{
    (void)state;
    struct message out;
    for (unsigned kind = 1; kind < MESSAGE_KINDS; kind++) {
        struct sample sample;
        sample_make(&sample, kind);
        bytes_add_u8(&sample.body, 0);
        assert_int_equal(decode_copy(bytes_span(&sample.body), &out), ERR_FORM);
        sample_clear(&sample);
    }
}

static void codec__refuses_unknown_kinds(void **state)
{
    (void)state;
    static const uint16_t unknown[] = {
        MESSAGE_NONE, MESSAGE_KINDS, MESSAGE_KINDS + 1, 0x7fff, 0xffff};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        struct bytes body;
        struct message message = {.kind = (enum message_kind)unknown[i]}, out;
        bytes_init(&body, 64);
        bytes_add_u16(&body, unknown[i]);
        bytes_add_u64(&body, 1);
        assert_int_equal(codec_decode(bytes_span(&body), &out), ERR_FORM);
        bytes_reset(&body);
        codec_encode(&message, &body);
        assert_int_equal(bytes_finish(&body), ERR_FORM);
        bytes_clear(&body);
    }
}

static void codec__carries_every_kind_byte_for_byte(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind < MESSAGE_KINDS; kind++) {
        struct sample sample;
        struct message out;
        sample_make(&sample, kind);
        assert_encodes_to(&sample.message, bytes_span(&sample.body));
        assert_int_equal(codec_decode(bytes_span(&sample.body), &out), OK);
        assert_int_equal(out.kind, kind);
        assert_int_equal(out.id, SAMPLE_ID);
        assert_encodes_to(&out, bytes_span(&sample.body));
        sample_clear(&sample);
    }
}

static void codec__decodes_into_spans_of_the_frame(void **state)
{
    (void)state;
    struct sample sample;
    struct message out;
    sample_make(&sample, ANSWER_BLOB);
    assert_int_equal(codec_decode(bytes_span(&sample.body), &out), OK);
    assert_ptr_equal(out.blob_is.bytes.data, sample.body.data + SAMPLE_HEAD + 4);
    assert_true(span_equal(out.blob_is.bytes, sample.message.blob_is.bytes));
    sample_clear(&sample);
}

static void codec__keeps_a_failure_of_the_buffer(void **state)
{
    (void)state;
    struct message message = {.kind = ASK_STATUS};
    struct bytes frame;
    bytes_init(&frame, 13);
    codec_encode(&message, &frame);
    assert_int_equal(bytes_finish(&frame), ERR_LIMIT);
    codec_encode(&message, &frame);
    assert_int_equal(bytes_finish(&frame), ERR_LIMIT);
    bytes_clear(&frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codec__refuses_every_truncation_of_every_kind),
        cmocka_unit_test(codec__refuses_left_over_bytes_of_every_kind),
        cmocka_unit_test(codec__refuses_unknown_kinds),
        cmocka_unit_test(codec__keeps_a_failure_of_the_buffer),
        cmocka_unit_test(codec__carries_every_kind_byte_for_byte),
        cmocka_unit_test(codec__decodes_into_spans_of_the_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
