// Lines that are wider than a terminal (metadata/page.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/page.h"
#include "tests/unit/rows.h"

#include <string.h>

static struct bytes wrapped, joined;

static int open_page(void **state)
{
    (void)state;
    bytes_init(&wrapped, 1024 * 1024);
    bytes_init(&joined, 1024 * 1024);
    return 0;
}

static int close_page(void **state)
{
    (void)state;
    bytes_clear(&wrapped);
    bytes_clear(&joined);
    return 0;
}

// The rows are narrow, and together they are the text.
static void assert_rows(struct span text)
{
    bytes_reset(&wrapped);
    bytes_reset(&joined);
    page_wrap(&wrapped, text);
    rows_join(bytes_span(&wrapped), &joined);
    assert_int_equal(bytes_finish(&wrapped), OK);
    assert_true(span_equal(bytes_span(&joined), text));
    for (size_t at = 0, row = 0; at < wrapped.size; at++, row++) {
        if (wrapped.data[at] != '\n')
            continue;
        assert_true(row <= PAGE_WIDTH);
        row = (size_t)-1;
    }
}

static void assert_wraps(const char *text, const char *rows)
{
    assert_rows(span_text(text));
    bytes_add_u8(&wrapped, 0);
    assert_string_equal(wrapped.data, rows);
}

#define TEN   "0123456789"
#define FORTY TEN TEN TEN TEN

static void page_wrap__leaves_what_fits(void **state)
{
    (void)state;
    assert_wraps("a\n\n  b\n", "a\n\n  b\n");
    assert_wraps(FORTY FORTY "\n", FORTY FORTY "\n");
}

static void page_wrap__breaks_before_a_space_and_else_where_the_width_ends(void **state)
{
    (void)state;
    assert_wraps("label: " FORTY " " FORTY "\n", "label: " FORTY "\n  | " FORTY "\n");
    assert_wraps("  " FORTY " " FORTY "\n", "  " FORTY "\n    | " FORTY "\n");
    assert_wraps(FORTY FORTY TEN "\n", FORTY FORTY "\n  |" TEN "\n");
    assert_wraps(
        "a: " FORTY FORTY TEN "\n", "a: " FORTY TEN TEN TEN "0123456\n  |789" TEN "\n");
}

static void page_wrap__breaks_behind_a_line_feed_and_never_inside_an_escape(void **state)
{
    (void)state;
    assert_wraps("key: a\\x0a" FORTY "\\x0a" FORTY "\\x0a\n",
        "key: a\\x0a\n  |" FORTY "\\x0a\n  |" FORTY "\\x0a\n");
    assert_wraps(FORTY TEN TEN TEN "01234567\\x1b\n", FORTY TEN TEN TEN "01234567\n  |\\x1b\n");
    assert_wraps("short\\x0aline\n", "short\\x0aline\n");
}

static void page_wrap__r14_no_two_texts_look_alike(void **state)
{
    (void)state;
    static const char bytes[] = "a \\xb1 b|";
    struct bytes text;
    bytes_init(&text, 4096);
    // Rows that can be put together again cannot be those of two texts.
    for (size_t seed = 0; seed < 3000; seed++) {
        size_t state_of = seed * 2654435761U + 1;
        bytes_reset(&text);
        for (size_t i = 0; i < 60 + seed % 200; i++) {
            state_of = state_of * 6364136223846793005U + 1442695040888963407U;
            size_t pick = state_of >> 33 & 7;
            if (pick == 2 || pick == 3)
                bytes_add_text(&text, pick == 2 ? "\\x0a" : "\\xb1");
            else
                bytes_add_u8(&text, i == 0 ? 'a' : (uint8_t)bytes[pick == 7 ? 7 : pick]);
        }
        bytes_add_text(&text, "\n");
        assert_rows(bytes_span(&text));
    }
    bytes_clear(&text);
}

static void page_wrap__r20_says_when_there_is_no_room(void **state)
{
    (void)state;
    struct bytes small;
    bytes_init(&small, 82);
    page_wrap(&small, span_text(FORTY FORTY TEN "\n"));
    assert_int_equal(bytes_finish(&small), ERR_LIMIT);
    bytes_clear(&small);
}

#define PAGE_TEST(name) cmocka_unit_test_setup_teardown(name, open_page, close_page)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE_TEST(page_wrap__leaves_what_fits),
        PAGE_TEST(page_wrap__breaks_before_a_space_and_else_where_the_width_ends),
        PAGE_TEST(page_wrap__breaks_behind_a_line_feed_and_never_inside_an_escape),
        PAGE_TEST(page_wrap__r14_no_two_texts_look_alike),
        PAGE_TEST(page_wrap__r20_says_when_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
