#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/conclave.pb-c.h"
#include "proto/encode.h"
#include "signer/base/key.h"
#include "signer/gate/budget.h"
#include "tests/unit/wire_bytes.h"

#include <string.h>

// What the fields of asks and answers may not hold. All of it is written by hand.

static struct bytes empty(void)
{
    struct bytes bytes;
    bytes_init(&bytes, 2 * LIMIT_FRAME);
    return bytes;
}

// Ask{id 7, FIELD: inner}.
static struct bytes envelope(unsigned field, const struct bytes *inner)
{
    struct bytes body = empty();
    wire_number(&body, 1, 7);
    wire_bytes(&body, field, bytes_span(inner));
    return body;
}

static void assert_refused(
    const char *what, bool ask, unsigned field, struct bytes *inner, enum err expected)
{
    struct bytes body = envelope(field, inner);
    enum err err = wire_decode_only(ask, bytes_span(&body));
    if (err != expected)
        fail_msg("%s: %s, not %s", what, err_text(err), err_text(expected));
    bytes_clear(&body);
    bytes_clear(inner);
}

static struct bytes good_decide(uint64_t decision, bool place, size_t hash, size_t signature)
{
    struct bytes inner = empty(), where = empty();
    wire_number(&where, 1, 5);
    wire_hash(&where, 2, 0xbb);
    wire_filled(&inner, 1, 0xaa, hash);
    if (place)
        wire_bytes(&inner, 2, bytes_span(&where));
    if (decision != 0)
        wire_number(&inner, 3, decision);
    wire_hash(&inner, 4, 0xcc);
    wire_filled(&inner, 5, 0xdd, signature);
    bytes_clear(&where);
    return inner;
}

static void wire__refuses_a_decision_that_is_not_one(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint64_t decision;
        bool place;
        size_t hash, signature;
        enum err expected;
    } cases[] = {
        {"no decision", 0, true, 32, 64, ERR_LIMIT},
        {"decision 3", 3, true, 32, 64, ERR_FORM},
        {"decision -1", UINT64_MAX, true, 32, 64, ERR_FORM},
        {"decision 2^32 + 1", (UINT64_C(1) << 32) + 1, true, 32, 64, ERR_FORM},
        {"no place", 1, false, 32, 64, ERR_FORM},
        {"a short hash", 1, true, 31, 64, ERR_FORM},
        {"a long hash", 1, true, 33, 64, ERR_FORM},
        {"a long signature", 1, true, 32, KEY_SIGNATURE_MOST + 1, ERR_LIMIT},
        {"a good one", 1, true, 32, KEY_SIGNATURE_MOST, OK},
        {"another good one", 2, true, 32, 1, OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes inner =
            good_decide(cases[i].decision, cases[i].place, cases[i].hash, cases[i].signature);
        assert_refused(cases[i].what, true, 7, &inner, cases[i].expected);
    }
}

static void wire__refuses_unknown_and_doubled_fields_at_every_level(void **state)
{
    (void)state;
    struct bytes inner = good_decide(1, true, 32, 64);
    wire_number(&inner, 6, 1);
    assert_refused("an unknown field", true, 7, &inner, ERR_FORM);

    inner = good_decide(1, true, 32, 64);
    wire_filled(&inner, 5, 0xdd, 64);
    assert_refused("a field twice", true, 7, &inner, ERR_FORM);

    inner = empty();
    struct bytes place = empty();
    wire_number(&place, 1, 5);
    wire_hash(&place, 2, 0xbb);
    wire_number(&place, 3, 1);
    wire_hash(&inner, 1, 0xaa);
    wire_bytes(&inner, 2, bytes_span(&place));
    wire_number(&inner, 3, 1);
    wire_hash(&inner, 4, 0xcc);
    wire_filled(&inner, 5, 0xdd, 64);
    assert_refused("an unknown field two levels down", true, 7, &inner, ERR_FORM);
    bytes_clear(&place);

    inner = empty();
    wire_hash(&inner, 1, 0xaa);
    wire_number(&inner, 1, 5);
    assert_refused("a field of another type", true, 5, &inner, ERR_FORM);
}

static void wire__refuses_hashes_that_are_missing(void **state)
{
    (void)state;
    struct bytes inner = empty();
    assert_refused("no hash", true, 5, &inner, ERR_FORM);
    inner = empty();
    wire_filled(&inner, 1, 0, 0);
    assert_refused("an empty hash", true, 5, &inner, ERR_FORM);
    inner = empty();
    wire_hash(&inner, 1, 0);
    assert_refused("none", true, 5, &inner, OK);
}

static void wire__refuses_numbers_beyond_their_limits(void **state)
{
    (void)state;
    static const struct {
        unsigned kind;
        uint64_t first, second;
        enum err expected;
    } cases[] = {
        {9, 1, LIMIT_RECORDS_PAGE + 1, ERR_LIMIT}, {9, LIMIT_INDEX + 1, 1, ERR_LIMIT},
        {9, LIMIT_INDEX, LIMIT_RECORDS_PAGE, OK}, {10, LIMIT_INDEX, LIMIT_INDEX + 1, ERR_LIMIT},
        {11, LIMIT_INDEX, LIMIT_INDEX, OK},
        {9, 1, UINT64_C(1) << 32 | 1, ERR_FORM}, // does not fit 32 bits: another spelling of 1
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes inner = empty();
        wire_number(&inner, 1, cases[i].first);
        wire_number(&inner, 2, cases[i].second);
        assert_refused("a number", true, cases[i].kind, &inner, cases[i].expected);
    }
    struct bytes inner = empty();
    assert_refused("a page of 0 records", true, 9, &inner, ERR_LIMIT);
}

// Refused{rule, sentence}; Status' checkpoint: what each may hold.
static void assert_sentence(const char *what, struct span sentence, enum err expected)
{
    struct bytes inner = empty();
    wire_bytes(&inner, 1, span_text("R12"));
    wire_bytes(&inner, 2, sentence);
    assert_refused(what, false, 2, &inner, expected);
}

static void assert_checkpoint(const char *what, struct span checkpoint, enum err expected)
{
    struct bytes inner = empty();
    wire_number(&inner, 1, 5);
    wire_bytes(&inner, 4, checkpoint);
    assert_refused(what, false, 7, &inner, expected);
}

static void wire__refuses_strings_that_are_not_plain(void **state)
{
    (void)state;
    assert_sentence("NUL", span_of("a\0b", 3), ERR_FORM);
    assert_sentence("NUL at the end", span_of("a\0", 2), ERR_FORM);
    assert_sentence("LF", span_text("a\nb"), ERR_FORM);
    assert_sentence("escape", span_text("\x1b[2J"), ERR_FORM);
    assert_sentence("DEL", span_text("\x7f"), ERR_FORM);
    assert_sentence("UTF-8", span_text("gr\xc3\xbc\xc3\x9f"), ERR_FORM);
    assert_sentence("plain", span_text(" ~"), OK);

    static const char *const bad[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x85",
        "\xc2\xc0", "\xe0\x9f\xbf", "\xe2\x80", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\rb", "a\tb", "\x7f", "\x01"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_checkpoint("not UTF-8, or a control character", span_text(bad[i]), ERR_FORM);
    assert_checkpoint("NUL", span_of("\n\0", 2), ERR_FORM);
    static const char *const good[] = {"\xe2\x80\x94 a b\n", "\xc2\xa0", "\xdf\xbf",
        "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_checkpoint("UTF-8", span_text(good[i]), OK);
}

static void wire__refuses_texts_with_other_bytes(void **state)
{
    (void)state;
    static const char bad[] = {'\t', '\r', 0x1f, 0x7f, (char)0x80, 0};
    for (size_t i = 0; i < sizeof bad; i++) {
        struct bytes inner = empty();
        wire_bytes(&inner, 1, span_of(&bad[i], 1));
        assert_refused("a text", true, 14, &inner, ERR_FORM);
    }
    struct bytes inner = empty();
    wire_bytes(&inner, 1, span_text("conclave.charter/v1\n"));
    assert_refused("a text", true, 14, &inner, OK);
    inner = empty();
    assert_refused("no text", true, 14, &inner, ERR_LIMIT);
}

static struct bytes good_submit(void)
{
    struct bytes inner = empty();
    wire_bytes(&inner, 1, span_text("conclave.request/v1\n"));
    wire_filled(&inner, 2, 0xdd, 64);
    return inner;
}

static void wire__refuses_requests_beyond_their_limits(void **state)
{
    (void)state;
    struct bytes inner = empty();
    assert_refused("a request that says nothing", true, 3, &inner, ERR_LIMIT);

    inner = good_submit();
    wire_filled(&inner, 3, 'x', LIMIT_PAYLOAD + 1);
    assert_refused("a payload that is too large", true, 3, &inner, ERR_LIMIT);

    inner = good_submit();
    wire_filled(&inner, 3, 'x', 0);
    assert_refused("an empty payload", true, 3, &inner, ERR_LIMIT);

    inner = good_submit();
    for (int i = 0; i < 2 * LIMIT_ITEMS + 1; i++)
        wire_filled(&inner, 3, 'x', 1);
    assert_refused("too many payloads", true, 3, &inner, ERR_LIMIT);

    inner = good_submit();
    for (int i = 0; i < 2 * LIMIT_ITEMS; i++)
        wire_filled(&inner, 3, 'x', 1);
    assert_refused("the most payloads, each a byte", true, 3, &inner, OK);

    inner = good_submit();
    wire_filled(&inner, 3, 'x', LIMIT_PAYLOAD);
    wire_filled(&inner, 3, 'x', LIMIT_PAYLOAD);
    wire_filled(&inner, 3, 'x', LIMIT_REQUEST_BYTES - 2 * LIMIT_PAYLOAD + 1);
    assert_refused("too much in all", true, 3, &inner, ERR_LIMIT);
}

static void wire__refuses_answers_beyond_their_limits(void **state)
{
    (void)state;
    struct bytes inner = empty(), entry = empty();
    for (int i = 0; i < LIMIT_CONSISTENCY + 1; i++)
        wire_hash(&inner, 3, 0xaa);
    assert_refused("too long a path", false, 7, &inner, ERR_LIMIT);

    inner = empty();
    for (int i = 0; i < LIMIT_PATH + 1; i++)
        wire_hash(&inner, 4, 0xaa);
    assert_refused("too long an inclusion path", false, 5, &inner, ERR_LIMIT);

    inner = empty();
    wire_number(&entry, 1, 5);
    wire_bytes(&inner, 3, bytes_span(&entry));
    assert_refused("a record without text", false, 5, &inner, ERR_LIMIT);

    wire_filled(&entry, 2, 'x', 1);
    for (int i = 0; i < LIMIT_RECORDS_PAGE + 1; i++)
        wire_bytes(&inner, 1, bytes_span(&entry));
    assert_refused("too many records", false, 6, &inner, ERR_LIMIT);
    for (int i = 0; i < LIMIT_RECORDS_PAGE; i++)
        wire_bytes(&inner, 1, bytes_span(&entry));
    assert_refused("the most records, each a byte", false, 6, &inner, OK);
    bytes_clear(&entry);

    entry = empty();
    wire_filled(&entry, 2, 'x', LIMIT_RECORD);
    for (int i = 0; i < LIMIT_RECORDS_BYTES / LIMIT_RECORD + 1; i++)
        wire_bytes(&inner, 1, bytes_span(&entry));
    assert_refused("too many bytes of records", false, 6, &inner, ERR_LIMIT);
    bytes_clear(&entry);
}

static struct bytes good_freeze(size_t statement, size_t signature)
{
    struct bytes inner = empty();
    if (statement > 0)
        wire_filled(&inner, 1, 'x', statement);
    if (signature > 0)
        wire_filled(&inner, 2, 0xdd, signature);
    return inner;
}

static void wire__refuses_freezes_beyond_their_limits(void **state)
{
    (void)state;
    enum { STATEMENT_MOST = 4096 };
    static const struct {
        const char *what;
        size_t statement, signature;
        enum err expected;
    } cases[] = {
        {"a freeze that says nothing", 0, 0, ERR_LIMIT},
        {"a freeze without a statement", 0, 64, ERR_LIMIT},
        {"a freeze that nobody signed", 64, 0, ERR_LIMIT},
        {"too long a freeze", STATEMENT_MOST + 1, 64, ERR_LIMIT},
        {"too long a signature", 64, KEY_SIGNATURE_MOST + 1, ERR_LIMIT},
        {"the longest freeze", STATEMENT_MOST, KEY_SIGNATURE_MOST, OK},
        {"the shortest freeze", 1, 1, OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes inner = good_freeze(cases[i].statement, cases[i].signature);
        assert_refused(cases[i].what, true, 17, &inner, cases[i].expected);
    }
}

static void wire__refuses_other_spellings_of_a_freeze(void **state)
{
    (void)state;
    static const char bad[] = {'\t', '\r', 0x1f, 0x7f, (char)0x80, 0};
    for (size_t i = 0; i < sizeof bad; i++) {
        struct bytes inner = empty();
        wire_bytes(&inner, 1, span_of(&bad[i], 1));
        wire_filled(&inner, 2, 0xdd, 64);
        assert_refused("a freeze of other bytes", true, 17, &inner, ERR_FORM);
    }
    struct bytes inner = good_freeze(64, 64);
    wire_filled(&inner, 2, 0xdd, 64);
    assert_refused("a freeze signed twice", true, 17, &inner, ERR_FORM);

    inner = good_freeze(64, 64);
    wire_hash(&inner, 3, 0xcc);
    assert_refused("a freeze that names somebody", true, 17, &inner, ERR_FORM);

    inner = good_freeze(0, 64);
    wire_filled(&inner, 1, 'x', 64);
    assert_refused("a signature before what it signs", true, 17, &inner, ERR_FORM);

    inner = good_freeze(64, 64);
    assert_refused("a freeze as an answer", false, 17, &inner, ERR_FORM);
}

// Every byte of the reason encoded, the longest names and numbers.
static void wire__carries_the_longest_freeze_that_can_be_written(void **state)
{
    (void)state;
    struct freeze freeze = {
        .epoch = LIMIT_INDEX, .number = LIMIT_INDEX, .of = {.what = FREEZE_ROLE}};
    struct message ask = {.kind = ASK_FREEZE, .id = UINT64_MAX};
    struct bytes text = empty(), frame = empty(), signature = empty();
    memset(freeze.reason, '\x7f', LIMIT_SENTENCE);
    memset(freeze.of.role, 'x', LIMIT_ROLE_NAME);
    freeze.of.role[LIMIT_NAME] = '/';
    memset(freeze.charter.byte, 0xcc, HASH_SIZE);
    memset(freeze.appliance.byte, 0xaa, HASH_SIZE);
    memset(freeze.administrator.byte, 0xbb, HASH_SIZE);
    wire_filled(&signature, 1, 0xdd, KEY_SIGNATURE_MOST);
    freeze_write(&freeze, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_true(text.size > 3 * LIMIT_SENTENCE);
    ask.freeze.statement = bytes_span(&text);
    ask.freeze.signature = span_of(signature.data + 3, KEY_SIGNATURE_MOST);
    assert_int_equal(encode(&ask, &frame), OK);
    assert_true(frame.size <= BUDGET_ASK);
    bytes_clear(&text);
    bytes_clear(&frame);
    bytes_clear(&signature);
}

static void wire__r20_memory_follows_the_frame_not_what_it_claims(void **state)
{
    (void)state;
    // Two bytes each: empty kinds, unknown fields, empty blobs, empty records.
    static const struct {
        bool ask;
        unsigned kind; // 0: in the envelope itself
        unsigned number;
    } floods[] = {
        {true, 0, 2}, {true, 0, 99}, {true, 3, 3}, {true, 3, 99}, {false, 5, 5}, {false, 6, 1}};
    for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++) {
        struct bytes body = empty(), inner = empty();
        for (size_t n = 0; n < 1000000; n++)
            wire_filled(&inner, floods[i].number, 0, 0);
        if (floods[i].kind != 0)
            wire_bytes(&body, floods[i].kind, bytes_span(&inner));
        else
            bytes_add(&body, bytes_span(&inner));
        assert_int_equal(wire_decode_only(floods[i].ask, bytes_span(&body)), ERR_LIMIT);
        bytes_clear(&body);
        bytes_clear(&inner);
    }
}

static void wire__refuses_a_body_over_the_limit_of_a_frame(void **state)
{
    (void)state;
    struct bytes inner = good_submit();
    wire_filled(&inner, 3, 'x', LIMIT_FRAME);
    assert_refused("too large a body", true, 3, &inner, ERR_LIMIT);
}

// How deep messages may stand in each other; fails on a cycle, as `left` runs out.
static unsigned depth_of(const ProtobufCMessageDescriptor *descriptor, unsigned left)
{
    unsigned deepest = 0;
    assert_true(left > 0);
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        unsigned depth =
            field->type == PROTOBUF_C_TYPE_MESSAGE ? depth_of(field->descriptor, left - 1) : 0;
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

static void wire__cannot_recurse(void **state)
{
    (void)state;
    assert_int_equal(depth_of(&conclave__v1__ask__descriptor, 8), 3);
    assert_int_equal(depth_of(&conclave__v1__answer__descriptor, 8), 3);
    // 29 KB of a message in itself, for every field that holds a message: refused, not followed.
    for (unsigned number = 1; number <= 18; number++) {
        struct bytes body = empty();
        while (body.size < 29 * 1024) {
            struct bytes outer = empty();
            wire_bytes(&outer, number, bytes_span(&body));
            bytes_clear(&body);
            body = outer;
        }
        assert_int_not_equal(wire_decode_only(true, bytes_span(&body)), OK);
        bytes_clear(&body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wire__refuses_a_decision_that_is_not_one),
        cmocka_unit_test(wire__refuses_unknown_and_doubled_fields_at_every_level),
        cmocka_unit_test(wire__refuses_hashes_that_are_missing),
        cmocka_unit_test(wire__refuses_numbers_beyond_their_limits),
        cmocka_unit_test(wire__refuses_strings_that_are_not_plain),
        cmocka_unit_test(wire__refuses_texts_with_other_bytes),
        cmocka_unit_test(wire__refuses_requests_beyond_their_limits),
        cmocka_unit_test(wire__refuses_answers_beyond_their_limits),
        cmocka_unit_test(wire__refuses_freezes_beyond_their_limits),
        cmocka_unit_test(wire__refuses_other_spellings_of_a_freeze),
        cmocka_unit_test(wire__carries_the_longest_freeze_that_can_be_written),
        cmocka_unit_test(wire__r20_memory_follows_the_frame_not_what_it_claims),
        cmocka_unit_test(wire__refuses_a_body_over_the_limit_of_a_frame),
        cmocka_unit_test(wire__cannot_recurse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
