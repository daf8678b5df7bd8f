// The watch over the clock (R13).
#include "signer/keeper/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CLOCK = 300, JUMP = 90 * 24 * 3600 };
static const moment sealed = 1800000000; // 2027

struct fixture {
    struct charter *charter;
    struct state *state;
    struct watch watch;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->charter = charter_new();
    fixture->state = calloc(1, sizeof *fixture->state);
    fixture->charter->clock = CLOCK;
    fixture->charter->jump = JUMP;
    fixture->state->time = sealed;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    charter_free(fixture->charter);
    free(fixture->state);
    free(fixture);
    return 0;
}

static enum err check(const struct fixture *fixture, moment now, struct refusal *refusal)
{
    *refusal = (struct refusal){0};
    return watch_check(&fixture->watch, fixture->charter, fixture->state, now, refusal);
}

static void watch__r13_has_time_within_clock_and_jump_of_what_is_sealed(void **state)
{
    const struct fixture *fixture = *state;
    struct refusal refusal;
    static const struct {
        int64_t after;
        enum err expected;
    } cases[] = {
        {-CLOCK - 1, ERR_REFUSED}, {-CLOCK, OK}, {0, OK}, {JUMP, OK}, {JUMP + 1, ERR_REFUSED},
        {-(int64_t)315576000, ERR_REFUSED},       // ten years
        {315576000, ERR_REFUSED},                 //
        {INT32_MAX - 1800000000LL, ERR_REFUSED},  // 2038
        {UINT32_MAX - 1800000000LL, ERR_REFUSED}, // 2106
        {-1800000000LL, ERR_REFUSED},             // 1970
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(check(fixture, sealed + cases[i].after, &refusal), cases[i].expected);
}

static void watch__r13_says_both_times_and_what_helps(void **state)
{
    const struct fixture *fixture = *state;
    struct refusal refusal;
    assert_int_equal(check(fixture, 0, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, "R13");
    assert_non_null(strstr(refusal.sentence, "1970-01-01T00:00:00Z"));
    assert_non_null(strstr(refusal.sentence, "behind the sealed time 2027-01-15T08:00:00Z"));
    assert_non_null(strstr(refusal.sentence, "waits for time"));
    assert_non_null(strstr(refusal.sentence, "set the clock"));
    assert_non_null(strstr(refusal.sentence, "conclave time state"));
    assert_int_equal(check(fixture, sealed + 2 * (moment)JUMP, &refusal), ERR_REFUSED);
    assert_non_null(strstr(refusal.sentence, "ahead of the sealed time 2027-01-15T08:00:00Z"));
}

static void watch__r13_is_not_behind_the_newest_record(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal;
    watch_note(&fixture->watch, fixture->charter, fixture->state, sealed + 5000);
    watch_note(&fixture->watch, fixture->charter, fixture->state, sealed + 4000);
    assert_int_equal(check(fixture, sealed + 5000 - CLOCK, &refusal), OK);
    assert_int_equal(check(fixture, sealed + 5000 - CLOCK - 1, &refusal), ERR_REFUSED);
    assert_non_null(strstr(refusal.sentence, "newest record"));
}

// Else a clock that was years ahead at one start, and is right again, would never do.
static void watch__r13_does_not_count_records_of_a_clock_that_had_no_time(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal;
    watch_note(&fixture->watch, fixture->charter, fixture->state, sealed + JUMP + 1);
    assert_int_equal(check(fixture, sealed, &refusal), OK);
    watch_note(&fixture->watch, fixture->charter, fixture->state, sealed + JUMP);
    assert_int_equal(check(fixture, sealed, &refusal), ERR_REFUSED);
}

static void watch__r13_counts_anew_when_a_quorum_stated_the_time(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal;
    watch_note(&fixture->watch, fixture->charter, fixture->state, sealed + 50000);
    assert_int_equal(check(fixture, sealed, &refusal), ERR_REFUSED);
    watch_restart(&fixture->watch);
    assert_int_equal(check(fixture, sealed, &refusal), OK);
}

static void watch__notices_that_the_clock_was_set(void **state)
{
    struct fixture *fixture = *state;
    struct watch *watch = &fixture->watch;
    assert_int_equal(watch_step(watch, sealed, 1000, CLOCK), 0);
    assert_int_equal(watch_step(watch, sealed + 10, 1010, CLOCK), 0);
    assert_int_equal(watch_step(watch, sealed + 20 + CLOCK, 1020, CLOCK), 0);
    // Small steps add up.
    assert_int_equal(watch_step(watch, sealed + 31 + CLOCK, 1030, CLOCK), CLOCK + 1);
    assert_int_equal(watch_step(watch, sealed + 41 + CLOCK, 1040, CLOCK), 0);
    assert_int_equal(watch_step(watch, sealed - 5000, 1050, CLOCK), -5051 - CLOCK);
    assert_int_equal(watch_step(watch, sealed - 4990, 1060, CLOCK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            watch__r13_has_time_within_clock_and_jump_of_what_is_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            watch__r13_says_both_times_and_what_helps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            watch__r13_is_not_behind_the_newest_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            watch__r13_does_not_count_records_of_a_clock_that_had_no_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            watch__r13_counts_anew_when_a_quorum_stated_the_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            watch__notices_that_the_clock_was_set, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
