// What is a name, and what is none.
#include "proto/limits.h"
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

// Only what a Director signs for one vehicle at a time names one.
static void name__an_item_is_a_role_or_one_of_a_vehicle(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "@", "@VIN7", "director@VIN7", "director/targets@",
        "director/targets@none", "director/targets@VIN 7", "director/targets@VIN7@VIN8",
        "director/targets@VIN7/x", "director/targets@../x", "director/targets@.x",
        "director/targets%40VIN7", "director/root@VIN7", "director/supplier@VIN7",
        "director/mytargets@VIN7", "director/targets2@VIN7", "director/Targets@VIN7",
        "/targets@VIN7", "none/targets@VIN7", "a/b/targets@VIN7", "director/targets@" FIFTY "a",
        FIFTY "a/targets@VIN7"};
    static const char *const good[] = {"director/targets", "director/root", "a/b",
        "director/targets@VIN7", "director/snapshot@7", "director/timestamp@a-b_c.d",
        "targets/targets@targets", FIFTY "/timestamp@" FIFTY};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (item_name_is_good(span_text(bad[i])))
            fail_msg("accepted: %s", bad[i]);
    for (size_t i = 0; i < COUNT(good); i++)
        if (!item_name_is_good(span_text(good[i])))
            fail_msg("refused: %s", good[i]);
    assert_false(item_name_is_good((struct span){0}));
    assert_false(item_name_is_good(span_of("director/targets@a\0b", 20)));
    assert_false(role_name_is_good(span_text("director/targets@VIN7")));
    // No item is called by a longer name.
    assert_int_equal(strlen(FIFTY "/timestamp@" FIFTY), LIMIT_ROLE_NAME);
}

static void name__an_item_is_of_one_role(void **state)
{
    (void)state;
    static const struct {
        const char *item;
        const char *role;
        const char *vehicle;
        bool is_of;
    } cases[] = {
        {"director/targets", "director/targets", NULL, true},
        {"director/targets@VIN7", "director/targets", "VIN7", true},
        {"director/targets@VIN7", "director/target", "VIN7", false},
        {"director/targets@VIN7", "director/targets2", "VIN7", false},
        {"director/targets@VIN7", "director/targets@VIN7", "VIN7", false},
        {"director/targets@VIN7", "director/snapshot", "VIN7", false},
        {"director/targets", "director/target", NULL, false},
        {"director/target", "director/targets", NULL, false},
        {"", "director/targets", NULL, false},
        {"@VIN7", "director/targets", "VIN7", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *vehicle = item_vehicle(cases[i].item);
        assert_int_equal(item_is_of(cases[i].item, cases[i].role), cases[i].is_of);
        assert_int_equal(vehicle == NULL, cases[i].vehicle == NULL);
        if (vehicle != NULL)
            assert_string_equal(vehicle, cases[i].vehicle);
    }
}

static void name__an_origin_can_stand_in_a_note(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "a b", "a+b", "a\nb", "none", "\xc3\xa4", "a\x7f", FIFTY FIFTY "aaaaaaaaaaaa"};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (origin_is_good(span_text(bad[i])))
            fail_msg("accepted: %s", bad[i]);
    assert_true(origin_is_good(span_text("log.example/appliance-0001")));
    assert_true(origin_is_good(span_text(FIFTY FIFTY "aaaaaaaaaaa")));
    assert_false(origin_is_good((struct span){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name__refuses_what_is_none),
        cmocka_unit_test(name__a_role_is_two_names),
        cmocka_unit_test(name__an_item_is_a_role_or_one_of_a_vehicle),
        cmocka_unit_test(name__an_item_is_of_one_role),
        cmocka_unit_test(name__an_origin_can_stand_in_a_note),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
