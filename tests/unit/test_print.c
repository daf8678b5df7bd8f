// Printing for people: what reaches a stream of foreign text, and of words of ours.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/print.h"

#include <string.h>

enum { PRINTED_MOST = 16 * 1024 };

// What stands in the stream, which is then empty.
static void assert_printed(FILE *stream, const char *expected)
{
    static char text[PRINTED_MOST];
    rewind(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = 0;
    assert_string_equal(text, expected);
    fclose(stream);
}

static FILE *stream_new(void)
{
    FILE *stream = tmpfile();
    assert_non_null(stream);
    return stream;
}

// ESC, a direction mark, invalid UTF-8, a carriage return, NUL and DEL.
static const char evil[] = "a\x1b[2J\xe2\x80\xae \xff\xc0\xaf\r\0\x7f";
#define EVIL_SHOWN "a\\x1b[2J\\xe2\\x80\\xae \\xff\\xc0\\xaf\\x0d\\x00\\x7f"

static void print__one_line_stays_one_line(void **state)
{
    FILE *stream = stream_new();
    (void)state;
    print_line(stream, span_of(evil, sizeof evil - 1));
    print_line(stream, span_text("why\nFate      signed"));
    print_line(stream, span_text(""));
    assert_printed(stream, EVIL_SHOWN "\nwhy\\x0aFate      signed\n\n");
}

static void print__foreign_text_keeps_its_lines_only(void **state)
{
    FILE *stream = stream_new();
    (void)state;
    print_foreign(stream, span_text("one\n\n  two\x1b\nthree"));
    assert_printed(stream, "one\n\n  two\\x1b\nthree");
}

static void print__words_escape_what_stands_in_them(void **state)
{
    FILE *stream = stream_new();
    (void)state;
    print_words(stream, "%s is %d\n",
        "\x9b"
        "31m",
        7);
    assert_printed(stream, "\\x9b31m is 7\n");
}

static void print__says_that_words_were_too_long(void **state)
{
    static char words[PRINT_WORDS + 2];
    FILE *stream = stream_new();
    (void)state;
    memset(words, 'x', PRINT_WORDS);
    print_words(stream, "%s\n", words);
    memset(words, 0, sizeof words);
    memset(words, 'x', PRINT_WORDS - 1);
    memcpy(words + PRINT_WORDS - 1, "...", 3);
    rewind(stream);
    static char text[PRINT_WORDS + 8];
    assert_int_equal(fread(text, 1, sizeof text, stream), PRINT_WORDS + 3);
    assert_memory_equal(text, words, PRINT_WORDS + 1);
    fclose(stream);
}

static void print__a_paragraph_breaks_between_words(void **state)
{
    FILE *stream = stream_new();
    (void)state;
    print_paragraph(stream, 70, "one two three");
    print_paragraph(stream, 70, "a-word-that-is-longer-than-the-line and more");
    assert_printed(stream,
        "one two\n"
        "                                                                      "
        "three\n"
        "a-word-that-is-longer-than-the-line\n"
        "                                                                      "
        "and more\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(print__one_line_stays_one_line),
        cmocka_unit_test(print__foreign_text_keeps_its_lines_only),
        cmocka_unit_test(print__words_escape_what_stands_in_them),
        cmocka_unit_test(print__says_that_words_were_too_long),
        cmocka_unit_test(print__a_paragraph_breaks_between_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
