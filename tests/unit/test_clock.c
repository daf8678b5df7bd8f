// Whether the vault has time (R13).
#include "hsm/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CLOCK = 300, JUMP = 90 * 24 * 3600, YEAR = 365 * 24 * 3600 };

static bool has(moment sealed, moment newest, moment now)
{
    struct charter *charter = charter_new();
    static struct state state;
    assert_non_null(charter);
    charter->clock = CLOCK;
    charter->jump = JUMP;
    state.time = sealed;
    const struct clock clock = {charter, &state, newest};
    struct refusal refusal = {0};
    bool has = clock_has_time(&clock, now);
    enum err err = clock_check(&clock, now, &refusal);
    assert_int_equal(err, has ? OK : ERR_REFUSED);
    if (!has) {
        assert_string_equal(refusal.rule, "R13");
        assert_non_null(strstr(refusal.sentence, "state the time"));
    }
    charter_free(charter);
    return has;
}

static void clock__r13_has_time_between_the_seal_and_the_jump(void **state)
{
    (void)state;
    const moment sealed = 1800000000;
    assert_true(has(sealed, 0, sealed));
    assert_true(has(sealed, 0, sealed - CLOCK));
    assert_false(has(sealed, 0, sealed - CLOCK - 1));
    assert_true(has(sealed, 0, sealed + JUMP));
    assert_false(has(sealed, 0, sealed + JUMP + 1));
}

static void clock__r13_has_none_behind_the_newest_record(void **state)
{
    (void)state;
    const moment sealed = 1800000000, newest = sealed + 86400;
    assert_true(has(sealed, newest, newest - CLOCK));
    assert_false(has(sealed, newest, newest - CLOCK - 1));
    assert_true(has(sealed, newest, sealed + JUMP));
}

// Ten years off, 2038 and 2106 in both directions, and the ends of what can be written.
static void clock__r13_stands_at_every_edge_of_the_calendar(void **state)
{
    (void)state;
    static const moment edges[] = {0, INT32_MAX, (moment)UINT32_MAX, 253402300799};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        assert_true(has(edges[i], 0, edges[i]));
        assert_true(has(edges[i], 0, edges[i] + 1));
        assert_false(has(edges[i], 0, edges[i] + 10 * (moment)YEAR));
        assert_false(has(edges[i] + 10 * (moment)YEAR, 0, edges[i]));
        for (size_t j = 0; j < i; j++) {
            assert_false(has(edges[i], 0, edges[j]));
            assert_false(has(edges[j], 0, edges[i]));
        }
    }
}

static void clock__r13_a_stated_time_fits_within_the_same_limits(void **state)
{
    (void)state;
    struct charter *charter = charter_new();
    const moment stated = 1800000000;
    assert_non_null(charter);
    charter->clock = CLOCK;
    charter->jump = JUMP;
    assert_true(clock_fits(charter, stated, stated - CLOCK));
    assert_false(clock_fits(charter, stated, stated - CLOCK - 1));
    assert_true(clock_fits(charter, stated, stated + JUMP));
    assert_false(clock_fits(charter, stated, stated + JUMP + 1));
    charter_free(charter);
}

// A record that came in while the clock was years ahead must not keep the house waiting once the
// clock is right.
static void clock__r13_a_record_beyond_the_jump_does_not_count(void **state)
{
    (void)state;
    struct charter *charter = charter_new();
    static struct state sealed;
    assert_non_null(charter);
    charter->clock = CLOCK;
    charter->jump = JUMP;
    sealed.time = 1800000000;
    const struct clock clock = {charter, &sealed, 0};
    assert_true(clock_counts(&clock, sealed.time + JUMP));
    assert_false(clock_counts(&clock, sealed.time + JUMP + 1));
    assert_true(clock_counts(&clock, 0));
    charter_free(charter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock__r13_has_time_between_the_seal_and_the_jump),
        cmocka_unit_test(clock__r13_has_none_behind_the_newest_record),
        cmocka_unit_test(clock__r13_stands_at_every_edge_of_the_calendar),
        cmocka_unit_test(clock__r13_a_stated_time_fits_within_the_same_limits),
        cmocka_unit_test(clock__r13_a_record_beyond_the_jump_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
