// The word diff (metadata/difference.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/difference.h"

#include <stdio.h>
#include <string.h>

static struct bytes out, rest;

static int open_diff(void **state)
{
    (void)state;
    bytes_init(&out, 1024 * 1024);
    bytes_init(&rest, 1024 * 1024);
    return 0;
}

static int close_diff(void **state)
{
    (void)state;
    bytes_clear(&out);
    bytes_clear(&rest);
    return 0;
}

// Drops the lines with one mark, and the marks.
static struct span without(uint8_t mark)
{
    bytes_reset(&rest);
    for (size_t at = 0; at < out.size;) {
        const uint8_t *end = memchr(out.data + at, '\n', out.size - at);
        size_t size = (size_t)(end - out.data) + 1 - at;
        if (out.data[at] != mark)
            bytes_add(&rest, span_of(out.data + at + 2, size - 2));
        at += size;
    }
    return bytes_span(&rest);
}

// Each text can be read in the difference.
static void assert_both(struct span before, struct span now)
{
    bytes_reset(&out);
    difference_write(&out, 0, before, now);
    assert_int_equal(bytes_finish(&out), OK);
    assert_true(span_equal(without('-'), now));
    assert_true(span_equal(without('+'), before));
}

static void assert_difference(const char *before, const char *now, const char *expected)
{
    assert_both(span_text(before), span_text(now));
    bytes_add_u8(&out, 0);
    assert_string_equal(out.size == 1 ? "" : (const char *)out.data, expected);
}

static void difference__of_equal_texts_marks_nothing(void **state)
{
    (void)state;
    assert_difference("", "", "");
    assert_difference("a\nb\n", "a\nb\n", "  a\n  b\n");
}

static void difference__marks_what_is_gone_and_what_is_new(void **state)
{
    (void)state;
    assert_difference("", "a\n", "+ a\n");
    assert_difference("a\n", "", "- a\n");
    assert_difference("a\nb\nc\n", "a\nc\n", "  a\n- b\n  c\n");
    assert_difference("a\nc\n", "a\nb\nc\n", "  a\n+ b\n  c\n");
    assert_difference("a\na\n", "a\n", "  a\n- a\n");
    assert_difference("xa\n", "a\n", "- xa\n+ a\n");
    assert_difference("b\na\n", "xb\na\n", "- b\n+ xb\n  a\n");
}

static void difference__keeps_two_values_of_one_thing_together(void **state)
{
    (void)state;
    assert_difference("size: 1\nhash: a\nname: x\n", "size: 2\nhash: b\nname: x\n",
        "- size: 1\n+ size: 2\n- hash: a\n+ hash: b\n  name: x\n");
    assert_difference(
        "path: a\npath: b\n", "path: b\npath: c\n", "- path: a\n  path: b\n+ path: c\n");
}

static void difference__indents_every_line(void **state)
{
    (void)state;
    difference_write(&out, 2, span_text("a\nb\n"), span_text("a\nc\n"));
    bytes_add_u8(&out, 0);
    assert_string_equal(out.data, "      a\n    - b\n    + c\n");
}

// Every pair of short texts of three different lines.
static void difference__r14_leaves_no_line_out(void **state)
{
    (void)state;
    enum { TEXTS = 364 }; // of up to five lines
    static char texts[TEXTS][16];
    size_t count = 1;
    for (size_t i = 0; count < TEXTS; i++)
        for (char line = 'a'; line <= 'c' && count < TEXTS; line++)
            snprintf(texts[count++], sizeof texts[0], "%s%c\n", texts[i], line);
    for (size_t i = 0; i < TEXTS; i++)
        for (size_t k = 0; k < TEXTS; k++)
            assert_both(span_text(texts[i]), span_text(texts[k]));
}

static void difference__r20_of_long_texts_is_whole_and_not_slow(void **state)
{
    (void)state;
    enum { LINES = 20000 };
    struct bytes before, now;
    bytes_init(&before, 1024 * 1024);
    bytes_init(&now, 1024 * 1024);
    for (size_t i = 0; i < LINES; i++) {
        bytes_add_format(&before, "%zu\n", i);
        bytes_add_format(&now, "%zu\n", i == LINES / 2 ? LINES : i);
    }
    assert_both(bytes_span(&before), bytes_span(&now));
    assert_non_null(memmem(out.data, out.size, "  9999\n- 10000\n+ 20000\n  10001\n", 30));
    // However much is put in before the end: it is the end still.
    bytes_reset(&before);
    bytes_add_text(&before, "the end\n");
    bytes_add_text(&now, "the end\n");
    assert_both(bytes_span(&before), bytes_span(&now));
    assert_non_null(memmem(out.data, out.size, "\n+ 19999\n  the end\n", 19));
    bytes_reset(&now);
    for (size_t i = LINES; i-- > 0;)
        bytes_add_format(&now, "%zu\n", i);
    assert_both(bytes_span(&before), bytes_span(&now));
    bytes_clear(&before);
    bytes_clear(&now);
}

#define DIFF_TEST(name) cmocka_unit_test_setup_teardown(name, open_diff, close_diff)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIFF_TEST(difference__of_equal_texts_marks_nothing),
        DIFF_TEST(difference__marks_what_is_gone_and_what_is_new),
        DIFF_TEST(difference__keeps_two_values_of_one_thing_together),
        DIFF_TEST(difference__indents_every_line),
        DIFF_TEST(difference__r14_leaves_no_line_out),
        DIFF_TEST(difference__r20_of_long_texts_is_whole_and_not_slow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
