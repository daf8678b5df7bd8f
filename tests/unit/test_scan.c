// The vault's own scanner: what it finds, and all that it takes for nothing.
#include "hsm/scan.h"
#include "proto/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EXPIRES "\"expires\":\"2027-01-02T03:04:05Z\""
#define GOOD    "{\"_type\":\"targets\"," EXPIRES ",\"spec_version\":\"1.0.31\",\"version\":12}"

// Held against a copy of exactly its size, so that a read beyond it is noticed.
static enum err scan_exactly(enum dialect dialect, struct span text, struct scan *out)
{
    uint8_t *copy = malloc(text.size == 0 ? 1 : text.size);
    assert_non_null(copy);
    memcpy(copy, text.data, text.size);
    enum err err = scan_payload(dialect, span_of(copy, text.size), out);
    free(copy);
    return err;
}

static enum err scan_text(const char *text)
{
    struct scan scan;
    return scan_exactly(DIALECT_TUF, span_text(text), &scan);
}

static void scan__finds_the_three_fields(void **state)
{
    (void)state;
    struct scan scan;
    moment expires = 0;
    assert_int_equal(moment_read(span_text("2027-01-02T03:04:05Z"), &expires), OK);
    assert_int_equal(scan_payload(DIALECT_TUF, span_text(GOOD), &scan), OK);
    assert_string_equal(scan.type, "targets");
    assert_int_equal(scan.version, 12);
    assert_int_equal(scan.expires, expires);
}

static void scan__takes_canonical_json_of_every_kind(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{\"_type\":\"root\",\"consistent_snapshot\":true," EXPIRES
        ",\"keys\":{\"ab\":{\"keyval\":{\"public\":\"-----BEGIN\nxyz\n\"}}},\"version\":1}",
        "{\"_type\":\"targets\",\"delegations\":{\"roles\":[{\"paths\":[\"a/"
        "*\",\"b\"]},[],{}]}," EXPIRES ",\"version\":9007199254740991}",
        "{\"_type\":\"snapshot\",\"a\":null,\"b\":false,\"c\":-12,\"d\":0," EXPIRES
        ",\"version\":1}",
        "{\"_type\":\"x\",\"a\":\"quote \\\" and \\\\\"," EXPIRES ",\"version\":1}",
        // What looks like a field, inside a string or deeper down, is none.
        "{\"_type\":\"x\",\"a\":\"\\\"version\\\":7\",\"b\":{\"version\":9,\"_type\":\"root\"}"
        "," EXPIRES ",\"version\":1}",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(scan_text(good[i]), OK);
}

static const char *const bad[] = {
    "",
    "{",
    "}",
    "{}",
    "[]",
    "null",
    "12",
    "\"a\"",
    " " GOOD,
    GOOD " ",
    GOOD "\n",
    GOOD GOOD,
    GOOD "}",
    // a field that is missing
    "{\"_type\":\"targets\"," EXPIRES "}",
    "{\"_type\":\"targets\",\"version\":12}",
    "{" EXPIRES ",\"version\":12}",
    // a field twice, out of order, with another name for it
    "{\"_type\":\"targets\"," EXPIRES ",\"version\":12,\"version\":13}",
    "{\"_type\":\"root\",\"_type\":\"targets\"," EXPIRES ",\"version\":12}",
    "{" EXPIRES ",\"_type\":\"targets\",\"version\":12}",
    "{\"_type\":\"targets\"," EXPIRES ",\"version\":12,\"zz\":1,\"za\":1}",
    "{\"_type\":\"targets\"," EXPIRES ",\"ver\\\"\":1,\"version\":12}",
    "{\"\":1,\"_type\":\"targets\"," EXPIRES ",\"version\":12}",
    // a field of another type or out of range
    "{\"_type\":\"\"," EXPIRES ",\"version\":12}",
    "{\"_type\":\"01234567890123456\"," EXPIRES ",\"version\":12}",
    "{\"_type\":12," EXPIRES ",\"version\":12}",
    "{\"_type\":\"targets\"," EXPIRES ",\"version\":0}",
    "{\"_type\":\"targets\"," EXPIRES ",\"version\":-1}",
    "{\"_type\":\"targets\"," EXPIRES ",\"version\":012}",
    "{\"_type\":\"targets\"," EXPIRES ",\"version\":1.0}",
    "{\"_type\":\"targets\"," EXPIRES ",\"version\":1e3}",
    "{\"_type\":\"targets\"," EXPIRES ",\"version\":\"12\"}",
    "{\"_type\":\"targets\"," EXPIRES ",\"version\":9007199254740992}",
    "{\"_type\":\"targets\"," EXPIRES ",\"version\":18446744073709551628}",
    "{\"_type\":\"targets\",\"expires\":\"2027-02-30T00:00:00Z\",\"version\":12}",
    "{\"_type\":\"targets\",\"expires\":\"2027-01-02T03:04:05.0Z\",\"version\":12}",
    "{\"_type\":\"targets\",\"expires\":1,\"version\":12}",
    // other values that are none
    "{\"_type\":\"x\",\"a\":," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":-0," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":01," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":1.5," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":tru," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":nul," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":\"\\n\"," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":\"\\u0041\"," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":[1,]," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":[1 ,2]," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":{\"b\"}," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":{\"b\":1,}," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\",\"a\":[}," EXPIRES ",\"version\":1}",
    "{\"_type\":\"x\"," EXPIRES ",\"version\":1,}",
    "{\"_type\" :\"x\"," EXPIRES ",\"version\":1}",
};

static void scan__refuses_what_is_not_one_object_of_that_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (scan_text(bad[i]) != ERR_FORM)
            fail_msg("taken: %s", bad[i]);
}

#define AROUND(text) "{\"_type\":\"Root\",\"a\":\"" text "\"," EXPIRES ",\"version\":1}"

// What stands as itself, and what is escaped, is the other way round in the two dialects.
static const struct {
    const char *text;
    enum err tuf, uptane;
} spellings[] = {
    {AROUND("\\\"\\\\"), OK, OK},
    {AROUND("\x7f /"), OK, OK},
    {AROUND("\n"), OK, ERR_FORM},
    {AROUND("\x01"), OK, ERR_FORM},
    {AROUND("\xc3\xa9"), OK, ERR_FORM},
    {AROUND("\\b\\f\\n\\r\\t"), ERR_FORM, OK},
    {AROUND("\\u0000\\u00e9\\ud83d\\ude00"), ERR_FORM, OK},
    {AROUND("\\u00E9"), ERR_FORM, ERR_FORM},
    {AROUND("\\u00e"), ERR_FORM, ERR_FORM},
    {AROUND("\\/"), ERR_FORM, ERR_FORM},
    {AROUND("\\x41"), ERR_FORM, ERR_FORM},
    {AROUND("\\"), ERR_FORM, ERR_FORM},
};

static void scan__r2_takes_each_dialects_own_spelling(void **state)
{
    (void)state;
    struct scan scan;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        struct span text = span_text(spellings[i].text);
        if (scan_exactly(DIALECT_TUF, text, &scan) != spellings[i].tuf ||
            scan_exactly(DIALECT_UPTANE, text, &scan) != spellings[i].uptane)
            fail_msg("judged otherwise: %s", spellings[i].text);
        assert_int_equal(scan_exactly(DIALECT_NONE, text, &scan), ERR_FORM);
    }
}

static void scan__refuses_a_nul_in_the_type(void **state)
{
    (void)state;
    struct scan scan;
    char text[] = GOOD;
    *strstr(text, "targets") = '\0';
    assert_int_equal(
        scan_payload(DIALECT_TUF, span_of(text, sizeof text - 1), &scan), ERR_FORM);
}

static void scan__refuses_every_prefix(void **state)
{
    (void)state;
    struct scan scan;
    for (size_t size = 0; size < sizeof GOOD - 1; size++)
        assert_int_equal(scan_exactly(DIALECT_TUF, span_of(GOOD, size), &scan), ERR_FORM);
}

// A changed byte may make another text of that form, but never one with white space or a byte more.
static void scan__notices_every_byte_put_in(void **state)
{
    (void)state;
    struct scan scan;
    static const char suspects[] = {' ', '\n', '"', ',', '{', '}', '[', ':', '\0', '0'};
    for (size_t at = 0; at < sizeof GOOD; at++)
        for (size_t i = 0; i < sizeof suspects; i++) {
            char text[sizeof GOOD + 1] = {0};
            memcpy(text, GOOD, at);
            text[at] = suspects[i];
            memcpy(text + at + 1, &GOOD[at], strlen(GOOD) - at);
            bool in_string =
                scan_exactly(DIALECT_TUF, span_of(text, strlen(GOOD) + 1), &scan) == OK;
            // Only a free string, a free name or a number can take a byte: type, spec_version,
            // and version's digits.
            if (in_string)
                assert_true(strcmp(scan.type, "targets") != 0 || scan.version != 12 ||
                            strstr(text, "\"spec_version\":\"1.0.31\"") == NULL);
        }
}

static void nested(char *out, size_t size, size_t depth, char open, char close)
{
    int at = snprintf(out, size, "{\"_type\":\"x\",\"a\":");
    memset(out + at, open, depth);
    memset(out + at + depth, close, depth);
    snprintf(
        out + at + 2 * depth, size - (size_t)at - 2 * depth, "," EXPIRES ",\"version\":1}");
}

static void scan__bounds_the_depth(void **state)
{
    (void)state;
    static char text[1 << 20];
    nested(text, sizeof text, SCAN_DEPTH, '[', ']');
    assert_int_equal(scan_text(text), OK);
    nested(text, sizeof text, SCAN_DEPTH + 1, '[', ']');
    assert_int_equal(scan_text(text), ERR_FORM);
    nested(text, sizeof text, 400000, '[', ']');
    assert_int_equal(scan_text(text), ERR_FORM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scan__refuses_what_is_not_one_object_of_that_form),
        cmocka_unit_test(scan__r2_takes_each_dialects_own_spelling),
        cmocka_unit_test(scan__refuses_a_nul_in_the_type),
        cmocka_unit_test(scan__refuses_every_prefix),
        cmocka_unit_test(scan__notices_every_byte_put_in),
        cmocka_unit_test(scan__bounds_the_depth),
        cmocka_unit_test(scan__finds_the_three_fields),
        cmocka_unit_test(scan__takes_canonical_json_of_every_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
