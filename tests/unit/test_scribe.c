// JSON that commands write.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/print.h"
#include "admin-cli/scribe.h"

static void assert_written(struct scribe *scribe, const char *json)
{
    assert_int_equal(bytes_finish(&scribe->out), OK);
    bytes_add_u8(&scribe->out, 0);
    assert_string_equal((const char *)scribe->out.data, json);
    scribe_clear(scribe);
}

static void scribe__separates_members_and_elements(void **state)
{
    struct scribe scribe;
    (void)state;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_array(&scribe, "empty");
    scribe_array_end(&scribe);
    scribe_number(&scribe, "most", UINT64_MAX);
    scribe_bool(&scribe, "yes", true);
    scribe_array(&scribe, "list");
    scribe_object(&scribe, NULL);
    scribe_object_end(&scribe);
    scribe_text(&scribe, NULL, "a");
    scribe_text(&scribe, NULL, "");
    scribe_array_end(&scribe);
    scribe_object(&scribe, "inner");
    scribe_bool(&scribe, "no", false);
    scribe_object_end(&scribe);
    scribe_moment(&scribe, "at", 0);
    scribe_object_end(&scribe);
    assert_written(&scribe,
        "{\"empty\":[],\"most\":18446744073709551615,\"yes\":true,\"list\":[{},\"a\",\"\"],"
        "\"inner\":{\"no\":false},\"at\":\"1970-01-01T00:00:00Z\"}");
}

static void scribe__writes_no_hash_as_null(void **state)
{
    struct scribe scribe;
    const struct hash none = {{0}}, some = {{0xab}};
    (void)state;
    scribe_init(&scribe);
    scribe_array(&scribe, NULL);
    scribe_hash(&scribe, NULL, &none);
    scribe_hash(&scribe, NULL, &some);
    scribe_array_end(&scribe);
    assert_written(&scribe, "[null,\"ab00000000000000000000000000000000000000000000000000000000"
                            "000000\"]");
}

static void scribe__gives_exact_text_back_in_ascii(void **state)
{
    struct scribe scribe;
    (void)state;
    scribe_init(&scribe);
    scribe_array(&scribe, NULL);
    scribe_exact(&scribe, NULL, span_text("log\n\n\xe2\x80\x94 \"a\" \xe2\x80\xae\x1b"));
    scribe_exact(&scribe, NULL, span_text(""));
    scribe_array_end(&scribe);
    assert_written(&scribe, "[\"log\\n\\n\\u2014 \\\"a\\\" \\u202e\\u001b\",\"\"]");
    scribe_init(&scribe);
    scribe_exact(&scribe, NULL, span_text("\xe2\x80"));
    assert_int_equal(bytes_finish(&scribe.out), ERR_FORM);
    scribe_clear(&scribe);
}

// Direction marks, invalid UTF-8, NUL and escape sequences reach nobody's terminal or parser.
static void scribe__escapes_foreign_bytes(void **state)
{
    static const char foreign[] = "q\"b\\\x1b[2J\n\xe2\x80\xae\xff\x7f\x00.";
    struct scribe scribe;
    (void)state;
    scribe_init(&scribe);
    scribe_span(&scribe, NULL, span_of(foreign, sizeof foreign - 1));
    assert_written(
        &scribe, "\"q\\\"b\\\\\\\\x1b[2J\\n\\\\xe2\\\\x80\\\\xae\\\\xff\\\\x7f\\\\x00.\"");
}

static void scribe__passes_canonical_json_in_its_file_form(void **state)
{
    struct scribe scribe;
    (void)state;
    scribe_init(&scribe);
    scribe_array(&scribe, NULL);
    scribe_json(&scribe, NULL, span_text("{\"public\":\"a\nb\"}"));
    scribe_json(&scribe, NULL, span_text("1"));
    scribe_array_end(&scribe);
    assert_written(&scribe, "[{\"public\":\"a\\nb\"},1]");
}

static void print__escapes_what_is_not_printable_ascii(void **state)
{
    struct bytes out;
    (void)state;
    bytes_init(&out, 64);
    print_escape(&out, span_of("a \x1b\n\xc3\xa9", 6));
    bytes_add_u8(&out, 0);
    assert_string_equal((const char *)out.data, "a \\x1b\\x0a\\xc3\\xa9");
    bytes_clear(&out);
}

static void print__groups_a_hash_to_be_read_aloud(void **state)
{
    const struct hash hash = {{0x9c, 0x2e, 0x01}};
    char grouped[PRINT_GROUPED];
    (void)state;
    print_grouped(&hash, grouped);
    assert_string_equal(grouped, "9c2e 0100 0000 0000 0000 0000 0000 0000 "
                                 "0000 0000 0000 0000 0000 0000 0000 0000");
}

static void print__says_seconds_in_the_largest_unit_that_is_exact(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {{0, "none"}, {1, "1s"}, {60, "1m"}, {61, "61s"}, {90 * 60, "90m"}, {3600, "1h"},
        {12 * 3600, "12h"}, {24 * 3600, "1d"}, {90 * 24 * 3600, "90d"},
        {90 * 24 * 3600 + 1, "7776001s"}, {INT64_MAX, "9223372036854775807s"}};
    char text[PRINT_DURATION];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_duration(rows[i].seconds, text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scribe__separates_members_and_elements),
        cmocka_unit_test(scribe__writes_no_hash_as_null),
        cmocka_unit_test(scribe__gives_exact_text_back_in_ascii),
        cmocka_unit_test(scribe__escapes_foreign_bytes),
        cmocka_unit_test(scribe__passes_canonical_json_in_its_file_form),
        cmocka_unit_test(print__escapes_what_is_not_printable_ascii),
        cmocka_unit_test(print__groups_a_hash_to_be_read_aloud),
        cmocka_unit_test(print__says_seconds_in_the_largest_unit_that_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
