// What is a name, and what is none.
#include "proto/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define FIFTY "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void name__refuses_what_is_none(void **state)
{
    (void)state;
    static const char *const bad[] = {"", ".", "..", ".a", "a b", "a/b", "a\nb", "none", "a%",
        "\xc3\xa4", "a:b", "a@b", "a+b", "a\x7f", FIFTY "a"};
    static const char *const good[] = {
        "a", "-", "_", "0", "a.b", "a..b", "None", "none-of-it", FIFTY, "Z9_-."};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (name_is_good(span_text(bad[i])))
            fail_msg("accepted: %s", bad[i]);
    for (size_t i = 0; i < COUNT(good); i++)
        if (!name_is_good(span_text(good[i])))
            fail_msg("refused: %s", good[i]);
    assert_false(name_is_good(span_of("a\0b", 3)));
    assert_false(name_is_good((struct span){0}));
}

static void name__a_role_is_two_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "/", "a", "a/", "/a", "a/b/c", "a//b", "none/a",
        "a/none", "../a", "a/..", "a/ b", FIFTY "a/b", "b/" FIFTY "a"};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (role_name_is_good(span_text(bad[i])))
            fail_msg("accepted: %s", bad[i]);
    assert_true(role_name_is_good(span_text("image/targets")));
    assert_true(role_name_is_good(span_text(FIFTY "/" FIFTY)));
    assert_false(role_name_is_good((struct span){0}));
}

static void name__an_origin_can_stand_in_a_note(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "a b", "a+b", "a\nb", "none", "\xc3\xa4", "a\x7f", FIFTY FIFTY "aa"};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (origin_is_good(span_text(bad[i])))
            fail_msg("accepted: %s", bad[i]);
    assert_true(origin_is_good(span_text("log.example/appliance-0001")));
    assert_true(origin_is_good(span_text(FIFTY FIFTY "a")));
    assert_false(origin_is_good((struct span){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name__refuses_what_is_none),
        cmocka_unit_test(name__a_role_is_two_names),
        cmocka_unit_test(name__an_origin_can_stand_in_a_note),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
