#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/conclave.pb-c.h"
#include "proto/decode.h"
#include "proto/encode.h"
#include "proto/frame.h"
#include "proto/wire.h"
#include "signer/base/key.h"
#include "signer/corridor/codec.h"
#include "tests/unit/message_sample.h"
#include "tests/unit/wire_bytes.h"

#include <stdlib.h>
#include <string.h>

enum { LAST_KIND = ANSWER_FOUNDING };

static void must_encode(const struct message *message, struct bytes *frame)
{
    bytes_init(frame, FRAME_MOST);
    assert_int_equal(encode(message, frame), OK);
}

static struct span body_of(const struct bytes *frame)
{
    struct span body;
    assert_int_equal(frame_body(bytes_span(frame), &body), OK);
    assert_int_equal(frame->size, FRAME_HEADER + body.size);
    return body;
}

// Two messages are the same when they are the same on the line between two rooms.
static void assert_same(const struct message *a, const struct message *b)
{
    struct bytes first, second;
    bytes_init(&first, CODEC_HEADER + LIMIT_FRAME);
    bytes_init(&second, CODEC_HEADER + LIMIT_FRAME);
    codec_encode(a, &first);
    codec_encode(b, &second);
    assert_int_equal(bytes_finish(&first), OK);
    assert_int_equal(bytes_finish(&second), OK);
    assert_true(span_equal(bytes_span(&first), bytes_span(&second)));
    bytes_clear(&first);
    bytes_clear(&second);
}

// ---- bad cases: the bytes of an ask are written by hand ----

static void assert_body_refused(const char *what, bool ask, const char *hex)
{
    uint8_t bytes[256];
    size_t size = strlen(hex) / 2;
    assert_int_equal(hex_read(span_text(hex), bytes, size), OK);
    if (wire_decode_only(ask, span_of(bytes, size)) != ERR_FORM)
        fail_msg("%s was accepted", what);
}

static void wire__refuses_other_spellings_of_an_envelope(void **state)
{
    (void)state;
    static const struct {
        const char *what, *hex;
    } bad[] = {
        {"nothing", ""},
        {"an id alone", "0807"},
        {"an id of 0 written out", "08001200"},
        {"an overlong id", "0887001200"},
        {"an id of eleven bytes", "08ffffffffffffffffffff011200"},
        {"an id twice", "080708071200"},
        {"an id behind the kind", "12000807"},
        {"the kind twice", "080712001200"},
        {"two kinds", "080712007a00"},
        {"an overlong length", "0807128000"},
        {"an overlong tag", "0807928000"
                            "00"},
        {"an unknown kind", "0807920100"},
        {"an unknown kind beside a known one", "08071200920100"},
        {"an unknown number", "0807120090"
                              "0105"},
        {"a kind that is a number", "08071005"},
        {"an id of 64 fixed bits", "0907000000000000001200"},
        {"an id of 32 fixed bits", "0d070000001200"},
        {"a group", "08071314"},
        {"field 0", "080712000000"},
        {"a tag that is cut off", "0807120092"},
        {"a length beyond the end", "08071201"},
        {"a length of 4 GB", "080712ffffffff0f"},
        {"a length that wraps", "080712ffffffffffffffffff01"},
        {"something inside nothing", "080712020805"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_body_refused(bad[i].what, true, bad[i].hex);
    uint8_t good[] = {0x08, 0x07, 0x12, 0x00};
    assert_int_equal(wire_decode_only(true, span_of(good, sizeof good)), OK);
}

static void wire__refuses_every_truncation_of_every_kind(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind <= LAST_KIND; kind++) {
        struct sample sample;
        struct bytes frame;
        sample_make(&sample, kind);
        must_encode(&sample.message, &frame);
        struct span body = body_of(&frame);
        for (size_t size = 0; size < body.size; size++)
            assert_int_equal(
                wire_decode_only(wire_is_ask(kind), span_of(body.data, size)), ERR_FORM);
        bytes_clear(&frame);
        sample_clear(&sample);
    }
}

// Any one byte changed gives no message, or another one with exactly these bytes.
static void assert_one_spelling(bool ask, struct span body)
{
    struct decoded decoded;
    if (wire_decode(ask, body, &decoded) != OK)
        return;
    struct bytes again;
    must_encode(&decoded.message, &again);
    assert_true(span_equal(body, body_of(&again)));
    bytes_clear(&again);
    decoded_clear(&decoded);
}

static void wire__changed_bytes_never_are_a_second_spelling(void **state)
{
    (void)state;
    static const uint8_t masks[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff};
    for (unsigned kind = 1; kind <= LAST_KIND; kind++) {
        struct sample sample;
        struct bytes frame;
        sample_make(&sample, kind);
        must_encode(&sample.message, &frame);
        struct span body = body_of(&frame);
        for (size_t i = 0; i < body.size * sizeof masks; i++) {
            uint8_t *byte = &frame.data[FRAME_HEADER + i / sizeof masks];
            *byte ^= masks[i % sizeof masks];
            assert_one_spelling(wire_is_ask(kind), body);
            *byte ^= masks[i % sizeof masks];
        }
        bytes_clear(&frame);
        sample_clear(&sample);
    }
}

// ---- good cases ----

static void wire__carries_every_kind_there_and_back(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind <= LAST_KIND; kind++) {
        struct sample sample;
        struct bytes frame;
        struct decoded decoded;
        sample_make(&sample, kind);
        must_encode(&sample.message, &frame);
        assert_int_equal(wire_decode(wire_is_ask(kind), body_of(&frame), &decoded), OK);
        assert_same(&sample.message, &decoded.message);
        decoded_clear(&decoded);
        // An ask is no answer, and an answer no ask (but for those whose bytes agree).
        if (wire_decode(!wire_is_ask(kind), body_of(&frame), &decoded) == OK)
            assert_int_not_equal(decoded.message.kind, kind);
        decoded_clear(&decoded);
        bytes_clear(&frame);
        sample_clear(&sample);
    }
}

static void wire__carries_every_kind_at_its_limits(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind <= LAST_KIND; kind++) {
        struct message *message = malloc(sizeof *message);
        struct bytes frame;
        struct decoded decoded;
        assert_non_null(message);
        message_fill(message, kind);
        must_encode(message, &frame);
        assert_int_equal(wire_decode(wire_is_ask(kind), body_of(&frame), &decoded), OK);
        assert_same(message, &decoded.message);
        decoded_clear(&decoded);
        bytes_clear(&frame);
        free(message);
    }
}

static void wire__is_these_very_bytes(void **state)
{
    (void)state;
    struct message ask = {.kind = ASK_DECIDE, .id = 300};
    memset(ask.decide.request.byte, 0xaa, HASH_SIZE);
    ask.decide.opened.index = 5;
    memset(ask.decide.opened.leaf.byte, 0xbb, HASH_SIZE);
    ask.decide.decision = DECISION_REJECT;
    memset(ask.decide.approver.byte, 0xcc, HASH_SIZE);
    ask.decide.signature = span_text("sig");
    struct bytes expected, inner, place, frame;
    bytes_init(&expected, LIMIT_RECORD);
    bytes_init(&inner, LIMIT_RECORD);
    bytes_init(&place, LIMIT_RECORD);
    wire_number(&place, 1, 5);
    wire_hash(&place, 2, 0xbb);
    wire_hash(&inner, 1, 0xaa);
    wire_bytes(&inner, 2, bytes_span(&place));
    wire_number(&inner, 3, 2);
    wire_hash(&inner, 4, 0xcc);
    wire_bytes(&inner, 5, span_text("sig"));
    bytes_add_u32(&expected, (uint32_t)(3 + 2 + inner.size + (inner.size > 127)));
    wire_number(&expected, 1, 300);
    wire_bytes(&expected, 7, bytes_span(&inner));
    must_encode(&ask, &frame);
    assert_true(span_equal(bytes_span(&frame), bytes_span(&expected)));
    bytes_clear(&expected);
    bytes_clear(&inner);
    bytes_clear(&place);
    bytes_clear(&frame);
}

// ---- the encoder refuses what the decoder would ----

static void assert_not_encoded(const struct message *message, enum err expected)
{
    struct bytes out;
    bytes_init(&out, FRAME_MOST + 1);
    bytes_add_u8(&out, 'x');
    assert_int_equal(encode(message, &out), expected);
    assert_int_equal(out.size, 1);
    bytes_clear(&out);
}

static void wire__does_not_write_kinds_that_stay_inside(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < MESSAGE_KINDS + 2; kind++) {
        struct message message = {.kind = (enum message_kind)kind};
        if (kind == MESSAGE_NONE || kind > LAST_KIND)
            assert_not_encoded(&message, ERR_FORM);
    }
}

// One step over the limit of each field of each kind, where there is one.
static bool step_over(const struct wire_field *field, void *at)
{
    static const uint8_t byte = 'x';
    struct span *span = at;
    uint32_t *count;
    switch (field->class) {
    case WIRE_NUMBER:
        *(uint64_t *)at = field->most + 1;
        return true;
    case WIRE_COUNT:
    case WIRE_FLAG:
    case WIRE_ENUM:
        *(uint32_t *)at = (uint32_t)field->most + 1;
        return true;
    case WIRE_BYTES:
    case WIRE_TEXT:
    case WIRE_WORD:
    case WIRE_NOTE:
        *span = span_of(&byte, field->most + 1);
        return true;
    case WIRE_HASHES:
        count = &((struct hash_list *)at)->count;
        break;
    case WIRE_SPANS:
        count = &((struct span_list *)at)->count;
        break;
    case WIRE_ENTRIES:
        count = &((struct entry_list *)at)->count;
        break;
    default:
        return false;
    }
    *count = field->count + 1;
    return true;
}

static void wire__r20_does_not_write_beyond_any_limit(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind <= LAST_KIND; kind++) {
        const struct wire_row *row = wire_row_of(kind);
        assert_non_null(row);
        for (size_t i = 0; i < row->field_count; i++) {
            struct sample sample;
            sample_make(&sample, kind);
            if (step_over(&row->fields[i], (uint8_t *)&sample.message + row->fields[i].offset))
                assert_not_encoded(&sample.message, ERR_LIMIT);
            sample_clear(&sample);
        }
    }
}

static void wire__does_not_write_foreign_bytes_as_words(void **state)
{
    (void)state;
    struct message message = {.kind = ANSWER_REFUSED};
    message.refused.sentence = span_of("a\0b", 3);
    assert_not_encoded(&message, ERR_FORM);
    message.refused.sentence = span_text("a\nb");
    assert_not_encoded(&message, ERR_FORM);
}

// ---- the table and the schema say the same ----

static ProtobufCType type_of(enum wire_class class)
{
    static const ProtobufCType types[WIRE_CLASSES] = {
        [WIRE_NUMBER] = PROTOBUF_C_TYPE_UINT64,
        [WIRE_COUNT] = PROTOBUF_C_TYPE_UINT32,
        [WIRE_FLAG] = PROTOBUF_C_TYPE_BOOL,
        [WIRE_ENUM] = PROTOBUF_C_TYPE_ENUM,
        [WIRE_HASH] = PROTOBUF_C_TYPE_BYTES,
        [WIRE_BYTES] = PROTOBUF_C_TYPE_BYTES,
        [WIRE_TEXT] = PROTOBUF_C_TYPE_BYTES,
        [WIRE_WORD] = PROTOBUF_C_TYPE_STRING,
        [WIRE_NOTE] = PROTOBUF_C_TYPE_STRING,
        [WIRE_PLACE] = PROTOBUF_C_TYPE_MESSAGE,
        [WIRE_ENTRY] = PROTOBUF_C_TYPE_MESSAGE,
        [WIRE_HASHES] = PROTOBUF_C_TYPE_BYTES,
        [WIRE_SPANS] = PROTOBUF_C_TYPE_BYTES,
        [WIRE_ENTRIES] = PROTOBUF_C_TYPE_MESSAGE,
    };
    return types[class];
}

static void assert_fields(
    const ProtobufCMessageDescriptor *descriptor, const struct wire_field *fields, size_t count)
{
    assert_int_equal(descriptor->n_fields, count);
    for (size_t i = 0; i < count; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        enum wire_class class = fields[i].class;
        bool repeated = class == WIRE_HASHES || class == WIRE_SPANS || class == WIRE_ENTRIES;
        assert_int_equal(field->id, i + 1);
        assert_int_equal(field->type, type_of(class));
        assert_int_equal(field->label == PROTOBUF_C_LABEL_REPEATED, repeated);
        assert_int_not_equal(field->label, PROTOBUF_C_LABEL_REQUIRED);
        if (class == WIRE_PLACE)
            assert_ptr_equal(field->descriptor, &conclave__v1__place__descriptor);
        if (class == WIRE_ENTRY || class == WIRE_ENTRIES)
            assert_ptr_equal(field->descriptor, &conclave__v1__entry__descriptor);
    }
}

static void assert_envelope(const ProtobufCMessageDescriptor *descriptor, bool ask)
{
    assert_int_equal(descriptor->fields[0].id, 1);
    assert_int_equal(descriptor->fields[0].type, PROTOBUF_C_TYPE_UINT64);
    for (unsigned i = 1; i < descriptor->n_fields; i++) {
        const struct wire_row *row = wire_row_at(ask, descriptor->fields[i].id);
        assert_non_null(row);
        assert_ptr_equal(row, wire_row_of(row->kind));
        assert_true(descriptor->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF);
        assert_fields(descriptor->fields[i].descriptor, row->fields, row->field_count);
    }
}

static void wire__table_and_schema_agree(void **state)
{
    (void)state;
    assert_envelope(&conclave__v1__ask__descriptor, true);
    assert_envelope(&conclave__v1__answer__descriptor, false);
    assert_fields(&conclave__v1__place__descriptor, wire_place, 2);
    assert_fields(&conclave__v1__entry__descriptor, wire_entry, 2);
    unsigned asks = conclave__v1__ask__descriptor.n_fields - 1;
    unsigned answers = conclave__v1__answer__descriptor.n_fields - 1;
    assert_int_equal(asks, ASK_FOUND_SIGN - ASK_STATUS + 1);
    assert_int_equal(answers, ANSWER_FOUNDING - ANSWER_REFUSED + 1);
    for (unsigned kind = 1; kind <= LAST_KIND; kind++)
        assert_non_null(wire_row_of(kind));
}

static void wire__every_ask_has_its_answer_and_no_other(void **state)
{
    (void)state;
    for (unsigned ask = 0; ask < MESSAGE_KINDS; ask++) {
        unsigned answers = 0;
        for (unsigned answer = 0; answer < MESSAGE_KINDS; answer++)
            answers += wire_answers(ask, answer);
        assert_int_equal(answers, ask >= ASK_STATUS && ask <= ASK_FOUND_SIGN ? 2 : 0);
        assert_int_equal(wire_answers(ask, ANSWER_REFUSED), answers == 2);
    }
    assert_true(wire_answers(ASK_WAIT, ANSWER_DOSSIER));
    assert_true(wire_answers(ASK_FOUND_KEYS, ANSWER_FOUND_KEYS));
    assert_false(wire_answers(ASK_SUBMIT, ANSWER_DOSSIER));
}

// ---- frames ----

static void frame__says_what_is_there(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0, 0, 0, 2, 'a', 'b', 'c'};
    size_t size;
    struct span body;
    for (size_t i = 0; i < FRAME_HEADER; i++)
        assert_int_equal(frame_size(span_of(bytes, i), &size), ERR_AGAIN);
    assert_int_equal(frame_size(span_of(bytes, 4), &size), OK);
    assert_int_equal(size, 6);
    assert_int_equal(frame_body(span_of(bytes, 5), &body), ERR_AGAIN);
    assert_int_equal(frame_body(span_of(bytes, 7), &body), OK);
    assert_true(span_is(body, "ab"));
}

static void frame__r20_refuses_lengths_that_cannot_be(void **state)
{
    (void)state;
    static const struct {
        uint32_t length;
        enum err expected;
    } cases[] = {{0, ERR_FORM}, {1, OK}, {LIMIT_FRAME, OK}, {LIMIT_FRAME + 1, ERR_LIMIT},
        {UINT32_MAX, ERR_LIMIT}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes bytes;
        size_t size;
        bytes_init(&bytes, FRAME_HEADER);
        bytes_add_u32(&bytes, cases[i].length);
        assert_int_equal(frame_size(bytes_span(&bytes), &size), cases[i].expected);
        bytes_clear(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wire__refuses_other_spellings_of_an_envelope),
        cmocka_unit_test(wire__refuses_every_truncation_of_every_kind),
        cmocka_unit_test(wire__changed_bytes_never_are_a_second_spelling),
        cmocka_unit_test(wire__carries_every_kind_there_and_back),
        cmocka_unit_test(wire__carries_every_kind_at_its_limits),
        cmocka_unit_test(wire__is_these_very_bytes),
        cmocka_unit_test(wire__does_not_write_kinds_that_stay_inside),
        cmocka_unit_test(wire__r20_does_not_write_beyond_any_limit),
        cmocka_unit_test(wire__does_not_write_foreign_bytes_as_words),
        cmocka_unit_test(wire__table_and_schema_agree),
        cmocka_unit_test(wire__every_ask_has_its_answer_and_no_other),
        cmocka_unit_test(frame__says_what_is_there),
        cmocka_unit_test(frame__r20_refuses_lengths_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
