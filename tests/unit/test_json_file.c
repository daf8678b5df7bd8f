// The one file form of a canonical value.
#include "metadata/json_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void json_file__refuses_what_it_would_not_write(void **state)
{
    (void)state;
    static const char *const bad[] = {"\"\n\"", "\"\\u000a\"", "\"\\u0041\"", "\"\\u001F\"",
        "\"\\t\"", "\"\\/\"", "\"\\u00", "\"\\", "\"\\u0020\"", "\"\\u0100\"", "\"\x1f\""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct bytes out;
        bytes_init(&out, 64);
        assert_int_equal(json_file_read(DIALECT_TUF, span_text(bad[i]), &out), ERR_FORM);
        bytes_clear(&out);
    }
}

static void json_file__r1_gives_the_canonical_bytes_back(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t canonical[] = {'"', '\\', '\\', 'n', (uint8_t)byte, '\\', '"', '"'};
        if (byte == '\\')
            continue; // not canonical
        struct span value = span_of(canonical, sizeof canonical);
        struct bytes file, again;
        bytes_init(&file, 64);
        bytes_init(&again, 64);
        json_file_write(DIALECT_TUF, value, &file);
        assert_int_equal(bytes_finish(&file), OK);
        for (size_t i = 0; i < file.size; i++)
            assert_true(file.data[i] >= 0x20);
        assert_int_equal(json_file_read(DIALECT_TUF, bytes_span(&file), &again), OK);
        assert_true(span_equal(bytes_span(&again), value));
        bytes_clear(&file);
        bytes_clear(&again);
    }
}

// Strict JSON already: the file is the canonical form.
static void json_file__r1_is_the_canonical_value_in_uptane(void **state)
{
    (void)state;
    struct span value = span_text("{\"a\":\"\\n\\u00e4\\\\\"}");
    struct bytes file, again;
    bytes_init(&file, 64);
    bytes_init(&again, 64);
    json_file_write(DIALECT_UPTANE, value, &file);
    assert_true(span_equal(bytes_span(&file), value));
    assert_int_equal(json_file_read(DIALECT_UPTANE, bytes_span(&file), &again), OK);
    assert_true(span_equal(bytes_span(&again), value));
    bytes_clear(&file);
    bytes_clear(&again);
}

static void json_file__says_when_there_is_no_room(void **state)
{
    (void)state;
    struct bytes out;
    bytes_init(&out, 3);
    assert_int_equal(json_file_read(DIALECT_TUF, span_text("\"abc\""), &out), ERR_LIMIT);
    bytes_reset(&out);
    assert_int_equal(json_file_read(DIALECT_UPTANE, span_text("\"abc\""), &out), ERR_LIMIT);
    bytes_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_file__refuses_what_it_would_not_write),
        cmocka_unit_test(json_file__r1_gives_the_canonical_bytes_back),
        cmocka_unit_test(json_file__r1_is_the_canonical_value_in_uptane),
        cmocka_unit_test(json_file__says_when_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
