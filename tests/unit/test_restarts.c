#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/restarts.h"

static void restarts__refuses_one_more_within_the_hour(void **state)
{
    (void)state;
    struct restarts restarts = {.count = 0};
    for (int i = 0; i < GATE_RESTARTS_AN_HOUR; i++)
        assert_true(restarts_take(&restarts, 100));
    assert_false(restarts_take(&restarts, 100));
    assert_false(restarts_take(&restarts, 100 + 3599));
    assert_true(restarts_take(&restarts, 100 + 3600));
}

static void restarts__counts_any_hour_and_not_the_clocks(void **state)
{
    (void)state;
    struct restarts restarts = {.count = 0};
    int64_t now = 0;
    for (int i = 0; i < GATE_RESTARTS_AN_HOUR; i++, now += 100)
        assert_true(restarts_take(&restarts, now));
    // The first was at 0, the second at 100, and so on.
    assert_false(restarts_take(&restarts, 3599));
    assert_true(restarts_take(&restarts, 3600));
    assert_false(restarts_take(&restarts, 3601));
    assert_false(restarts_take(&restarts, 3699));
    assert_true(restarts_take(&restarts, 3700));
    assert_true(restarts_take(&restarts, 100000));
}

static void restarts__does_not_count_what_it_refused(void **state)
{
    (void)state;
    struct restarts restarts = {.count = 0};
    for (int i = 0; i < GATE_RESTARTS_AN_HOUR; i++)
        assert_true(restarts_take(&restarts, 0));
    for (int i = 0; i < 1000; i++)
        assert_false(restarts_take(&restarts, i));
    assert_true(restarts_take(&restarts, 3600));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restarts__refuses_one_more_within_the_hour),
        cmocka_unit_test(restarts__counts_any_hour_and_not_the_clocks),
        cmocka_unit_test(restarts__does_not_count_what_it_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
