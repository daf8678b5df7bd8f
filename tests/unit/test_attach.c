// Attaching detached signatures to the payload they are for.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/attach.h"
#include "metadata/tuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_A    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SIG_A   "{\"keyid\":\"" ID_A "\",\"sig\":\"00ff\"}"
#define SIG_B   "{\"keyid\":\"" ID_B "\",\"sig\":\"1234\"}"
#define PAYLOAD "{\"_type\":\"targets\",\"version\":1}"

static enum err add(struct attach *attach, const char *text, struct refusal *why)
{
    memset(why, 0, sizeof *why);
    return attach_add(attach, span_text(text), "one.json", why);
}

static void attach__refuses_what_is_no_signature_object(void **state)
{
    static const char *const bad[] = {
        "",
        "x",
        "{}",
        "[]x",
        "7",
        "[7]",
        "{\"keyid\":\"" ID_A "\"}",
        "{\"sig\":\"00ff\"}",
        "{\"keyid\":\"" ID_A "\",\"method\":\"ed25519\",\"sig\":\"00ff\"}",
        "{\"keyid\":\"" ID_A "\",\"sig\":\"00ff\",\"zeal\":1}",
        "{\"keyid\":\"" ID_A "\",\"keyid\":\"" ID_A "\",\"sig\":\"00ff\"}",
        "{\"sig\":\"00ff\",\"keyid\":\"" ID_A "\"}",
        "{\"keyid\":7,\"sig\":\"00ff\"}",
        "{\"keyid\":\"" ID_A "\",\"sig\":[]}",
        SIG_A SIG_B,
        SIG_A "\n\n",
        "[" SIG_A "," SIG_B,
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct attach attach;
        struct refusal why;
        attach_init(&attach, DIALECT_NONE);
        if (add(&attach, bad[i], &why) != ERR_FORM)
            fail_msg("taken: %s", bad[i]);
        assert_non_null(strstr(why.sentence, "one.json"));
        attach_clear(&attach);
    }
}

static void attach__refuses_key_ids_and_signatures_that_are_not_hex(void **state)
{
    static const char *const bad[] = {
        "{\"keyid\":\"aaaa\",\"sig\":\"00ff\"}",
        "{\"keyid\":\"" ID_A "aa\",\"sig\":\"00ff\"}",
        "{\"keyid\":\"Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
        "\"sig\":\"00ff\"}",
        "{\"keyid\":\"" ID_A "\",\"sig\":\"\"}",
        "{\"keyid\":\"" ID_A "\",\"sig\":\"0\"}",
        "{\"keyid\":\"" ID_A "\",\"sig\":\"00FF\"}",
        "{\"keyid\":\"" ID_A "\",\"sig\":\"base64==\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct attach attach;
        struct refusal why;
        attach_init(&attach, DIALECT_NONE);
        if (add(&attach, bad[i], &why) != ERR_FORM)
            fail_msg("taken: %s", bad[i]);
        attach_clear(&attach);
    }
}

static void attach__refuses_a_second_signature_of_one_key(void **state)
{
    struct attach attach;
    struct refusal why;
    (void)state;
    attach_init(&attach, DIALECT_NONE);
    assert_int_equal(add(&attach, SIG_A, &why), OK);
    assert_int_equal(add(&attach, SIG_A, &why), ERR_EXISTS);
    assert_int_equal(
        add(&attach, "{\"keyid\":\"" ID_A "\",\"sig\":\"1111\"}", &why), ERR_EXISTS);
    attach_clear(&attach);
    attach_init(&attach, DIALECT_NONE);
    assert_int_equal(add(&attach, "[" SIG_B "," SIG_B "]", &why), ERR_FORM);
    attach_clear(&attach);
}

static void attach__r20_refuses_more_signatures_than_a_role_has_keys(void **state)
{
    struct attach attach;
    struct refusal why;
    char text[128];
    (void)state;
    attach_init(&attach, DIALECT_NONE);
    for (unsigned i = 0; i < ATTACH_MOST; i++) {
        snprintf(text, sizeof text, "{\"keyid\":\"%064x\",\"sig\":\"00\"}", i);
        assert_int_equal(add(&attach, text, &why), OK);
    }
    assert_int_equal(add(&attach, SIG_A, &why), ERR_LIMIT);
    attach_clear(&attach);
}

static void attach__refuses_a_payload_that_is_not_canonical(void **state)
{
    static const char *const bad[] = {"", "{", "[]", "{\"b\":1,\"a\":2}", "{\"a\": 1}",
        "{\"a\":1}\n", "{\"a\":1.5}", "\"text\""};
    struct attach attach;
    struct refusal why;
    (void)state;
    attach_init(&attach, DIALECT_NONE);
    assert_int_equal(add(&attach, SIG_A, &why), OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct bytes out;
        bytes_init(&out, ATTACH_FILE_MOST);
        if (attach_write(&attach, span_text(bad[i]), &out, &why) != ERR_FORM)
            fail_msg("taken: %s", bad[i]);
        bytes_clear(&out);
    }
    attach_clear(&attach);
}

static void attach__refuses_to_write_a_file_without_signatures(void **state)
{
    struct attach attach;
    struct refusal why;
    struct bytes out;
    (void)state;
    attach_init(&attach, DIALECT_NONE);
    bytes_init(&out, ATTACH_FILE_MOST);
    assert_int_equal(add(&attach, "[]", &why), OK);
    assert_int_equal(attach_write(&attach, span_text(PAYLOAD), &out, &why), ERR_NOT_FOUND);
    bytes_clear(&out);
    attach_clear(&attach);
}

static void attach__sorts_signatures_and_leaves_the_payload_alone(void **state)
{
    static const char *const orders[][2] = {
        {SIG_A, SIG_B "\n"}, {SIG_B, SIG_A}, {"[" SIG_B "," SIG_A "]\n", "[]"}};
    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct attach attach;
        struct refusal why;
        struct bytes out;
        attach_init(&attach, DIALECT_NONE);
        bytes_init(&out, ATTACH_FILE_MOST);
        assert_int_equal(add(&attach, orders[i][0], &why), OK);
        assert_int_equal(add(&attach, orders[i][1], &why), OK);
        assert_int_equal(attach_write(&attach, span_text(PAYLOAD), &out, &why), OK);
        assert_true(span_is(
            bytes_span(&out), "{\"signatures\":[" SIG_A "," SIG_B "],\"signed\":" PAYLOAD "}"));
        bytes_clear(&out);
        attach_clear(&attach);
    }
}

static void attach__writes_what_the_metadata_reader_reads(void **state)
{
    struct attach attach;
    struct refusal why;
    struct bytes out;
    struct tuf_envelope *envelope = calloc(1, sizeof *envelope);
    (void)state;
    assert_non_null(envelope);
    attach_init(&attach, DIALECT_NONE);
    bytes_init(&out, ATTACH_FILE_MOST);
    assert_int_equal(add(&attach, "[" SIG_B "," SIG_A "]", &why), OK);
    assert_int_equal(attach_write(&attach, span_text(PAYLOAD), &out, &why), OK);
    assert_int_equal(tuf_envelope_read(DIALECT_TUF, bytes_span(&out), envelope, &why), OK);
    assert_true(span_is(envelope->signed_part, PAYLOAD));
    assert_int_equal(envelope->signature_count, 2);
    bytes_clear(&out);
    attach_clear(&attach);
    free(envelope);
}

// ---- uptane ----

#define SIG_64                                                                                 \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
#define UPTANE_A       "{\"keyid\":\"" ID_A "\",\"method\":\"ed25519\",\"sig\":\"" SIG_64 "\"}"
#define UPTANE_PAYLOAD "{\"_type\":\"Targets\",\"note\":\"\\u00e4\\n\",\"version\":1}"

static void attach__refuses_signatures_of_two_dialects(void **state)
{
    static const struct {
        enum dialect dialect;
        const char *first, *second;
    } bad[] = {{DIALECT_NONE, UPTANE_A, SIG_B}, {DIALECT_NONE, SIG_B, UPTANE_A},
        {DIALECT_UPTANE, "[]", SIG_B}, {DIALECT_TUF, "[]", UPTANE_A}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct attach attach;
        struct refusal why;
        attach_init(&attach, bad[i].dialect);
        assert_int_equal(add(&attach, bad[i].first, &why), OK);
        assert_int_equal(add(&attach, bad[i].second, &why), ERR_FORM);
        assert_non_null(strstr(why.sentence, "read as dialect"));
        attach_clear(&attach);
    }
}

static void attach__an_uptane_file_holds_a_payload_of_its_dialect(void **state)
{
    struct attach attach;
    struct refusal why;
    struct bytes out;
    struct tuf_envelope *envelope = calloc(1, sizeof *envelope);
    (void)state;
    assert_non_null(envelope);
    attach_init(&attach, DIALECT_NONE);
    bytes_init(&out, ATTACH_FILE_MOST);
    assert_int_equal(add(&attach, "[]", &why), OK);
    assert_int_equal(add(&attach, UPTANE_A "\n", &why), OK);
    assert_int_equal(attach.dialect, DIALECT_UPTANE);
    struct span raw = span_text("{\"_type\":\"Targets\",\"note\":\"\xc3\xa4\"}");
    assert_int_equal(attach_write(&attach, raw, &out, &why), ERR_FORM);
    assert_non_null(strstr(why.sentence, "dialect uptane"));
    assert_int_equal(attach_write(&attach, span_text(UPTANE_PAYLOAD), &out, &why), OK);
    assert_true(span_is(
        bytes_span(&out), "{\"signatures\":[" UPTANE_A "],\"signed\":" UPTANE_PAYLOAD "}"));
    assert_int_equal(tuf_envelope_read(DIALECT_UPTANE, bytes_span(&out), envelope, &why), OK);
    assert_true(span_is(envelope->signed_part, UPTANE_PAYLOAD));
    bytes_clear(&out);
    attach_clear(&attach);
    free(envelope);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attach__refuses_what_is_no_signature_object),
        cmocka_unit_test(attach__refuses_key_ids_and_signatures_that_are_not_hex),
        cmocka_unit_test(attach__refuses_a_second_signature_of_one_key),
        cmocka_unit_test(attach__r20_refuses_more_signatures_than_a_role_has_keys),
        cmocka_unit_test(attach__refuses_a_payload_that_is_not_canonical),
        cmocka_unit_test(attach__refuses_to_write_a_file_without_signatures),
        cmocka_unit_test(attach__sorts_signatures_and_leaves_the_payload_alone),
        cmocka_unit_test(attach__writes_what_the_metadata_reader_reads),
        cmocka_unit_test(attach__refuses_signatures_of_two_dialects),
        cmocka_unit_test(attach__an_uptane_file_holds_a_payload_of_its_dialect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
