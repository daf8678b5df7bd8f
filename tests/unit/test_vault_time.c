// The real conclave-vault program while it waits for time, and when a quorum states it (R13). The
// sealed state is set years off by whoever has the PIN, which to the vault is a clock that is years
// off.
#include "tests/unit/vault_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { YEAR = 365 * 24 * 3600 };
static const struct freeze_of everything = {.what = FREEZE_EVERYTHING};

// Founded, and then sealed so many seconds ahead of the clock.
static void seal_ahead(struct house *house, int64_t seconds)
{
    static struct state state;
    house_found(house);
    state = *house_state(house);
    state.time = moment_now() + seconds;
    house_plant_state(house, &state);
    house_serve(house);
}

static struct span opened_of(struct house *house, const struct wish *wish)
{
    house_make_opened(house, wish);
    return bytes_span(&house->opened);
}

static void takes_nothing_but_freezes_and_the_time(struct house *house)
{
    struct bytes text;
    struct start start = {.time = moment_now(),
        .version = "0.1.0",
        .programs = {{"conclave-vault", {{1}}}},
        .program_count = 1};
    bytes_init(&text, LIMIT_RECORD);
    start_write(&start, &text);
    house_append(house, bytes_span(&text)); // records are
    bytes_clear(&text);
    struct wish wish = house_metadata(house, "image/targets", 1);
    house_say_text(house, VAULT_APPEND, opened_of(house, &wish));
    house_hear_refusal(house, "R13");
    wish = house_charter(house, NULL);
    house_say_text(house, VAULT_APPEND, opened_of(house, &wish));
    house_hear_refusal(house, "R13");
    moment sealed = house_state(house)->time;
    house_freeze(house, &house->people[BOB], &everything);
    assert_int_equal(house_state(house)->time, sealed);
}

static void state_the_time(struct house *house, moment time)
{
    struct wish wish = house_time(house, time);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_carry_out(house);
    assert_int_equal(house_state(house)->time, time);
}

static void sign_again(struct house *house)
{
    struct wish wish = house_lift(house, &everything, "charter");
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_carry_out(house);
    house_sign(house, 1);
    house_stop(house);
    house_serve(house);
    assert_false(house_has_said(house, "waits for time"));
    house_stop(house);
}

static void vault__r13_waits_for_time_ten_years_behind_and_is_set_back(void **state)
{
    struct house *house = *state;
    seal_ahead(house, 10 * (int64_t)YEAR);
    assert_true(house_has_said(house, "is behind the sealed time"));
    takes_nothing_but_freezes_and_the_time(house);
    state_the_time(house, moment_now());
    assert_int_equal(house_state(house)->since, house->record_count - 1);
    sign_again(house);
}

static void vault__r13_waits_for_time_ten_years_ahead_and_goes_on(void **state)
{
    struct house *house = *state;
    seal_ahead(house, -10 * (int64_t)YEAR);
    assert_true(house_has_said(house, "is ahead of the sealed time"));
    takes_nothing_but_freezes_and_the_time(house);
    state_the_time(house, moment_now());
    assert_int_equal(house_state(house)->since, 0);
    sign_again(house);
}

// Somewhere between: the jump is bridged by a statement that the clock fits.
static void vault__r13_refuses_a_statement_that_the_clock_does_not_fit(void **state)
{
    struct house *house = *state;
    static const int64_t wrong[] = {400, -91 * (int64_t)HOUSE_DAY, 10 * (int64_t)YEAR};
    seal_ahead(house, 10 * (int64_t)YEAR);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct wish wish = house_time(house, moment_now() + wrong[i]);
        house_make(house, &wish, BY_ALICE | BY_CAROL);
        house_say_order(house, VAULT_JUDGE);
        house_hear_refusal(house, "R13");
    }
    state_the_time(house, moment_now() - HOUSE_DAY);
    house_stop(house);
}

// 2038 and 2106, where counters of 32 bits end.
static void vault__r13_waits_at_the_ends_of_32_bits_too(void **state)
{
    struct house *house = *state;
    static const moment ends[] = {
        INT32_MAX, (moment)INT32_MAX + 1, UINT32_MAX, (moment)UINT32_MAX + 1, 0};
    static struct state sealed;
    house_found(house);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        sealed = *house_state(house);
        sealed.time = ends[i];
        house_plant_state(house, &sealed);
        house_serve(house);
        assert_true(house_has_said(house, "waits for time"));
        house_stop(house);
    }
    house_serve(house);
    state_the_time(house, moment_now());
    house_sign(house, 1);
    house_stop(house);
}

// A small correction of the clock: there is time, but nothing is signed before what is sealed.
static void vault__r13_signs_nothing_before_the_sealed_time(void **state)
{
    struct house *house = *state;
    seal_ahead(house, 200);
    assert_false(house_has_said(house, "waits for time"));
    house_make_order(house, 1);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R13");
    house_stop(house);
}

// ---- the newest record ----

static void keep_start(struct house *house, moment time)
{
    struct bytes text;
    struct start start = {.time = time,
        .version = "0.1.0",
        .programs = {{"conclave-vault", {{1}}}},
        .program_count = 1};
    bytes_init(&text, LIMIT_RECORD);
    start_write(&start, &text);
    house_keep(house, bytes_span(&text));
    bytes_clear(&text);
}

// The clock went back behind what came in since the seal.
static void vault__r13_waits_when_the_clock_is_behind_the_newest_record(void **state)
{
    struct house *house = *state;
    house_found(house);
    keep_start(house, moment_now() + 80 * (moment)HOUSE_DAY);
    house_serve(house);
    assert_true(house_has_said(house, "is behind the newest record of"));
    takes_nothing_but_freezes_and_the_time(house);
    state_the_time(house, moment_now());
    sign_again(house);
}

// Somebody set the clock years ahead and right again: what came in meanwhile binds nobody.
static void vault__r13_does_not_wait_for_a_record_beyond_the_jump(void **state)
{
    struct house *house = *state;
    house_found(house);
    keep_start(house, moment_now() + 10 * (moment)YEAR);
    house_serve(house);
    assert_false(house_has_said(house, "waits for time"));
    house_sign(house, 1);
    house_stop(house);
}

// A delay that ran while there was no time has not run.
static void vault__r4_counts_delays_of_what_came_back_from_when_there_is_time(void **state)
{
    struct house *house = *state;
    static struct state sealed;
    house_found(house);
    house_serve(house);
    house->delay = 3;
    house_make_order(house, 1);
    struct kept_order *kept = house_keep_order(house);
    house->delay = 0;
    house_stop(house);
    sealed = *house_state(house);
    sealed.time -= 10 * (moment)YEAR;
    house_plant_state(house, &sealed);
    house_serve(house);
    sleep(4);
    state_the_time(house, moment_now());
    house_order_kept(house, kept);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R13");
    sleep(4);
    house_carry_out(house);
    house_stop(house);
}

// An opened record of an hour ago, with half an hour of delay, that the ledger brings in at start.
static struct kept_order *back_date(struct house *house)
{
    struct wish wish = house_metadata(house, "image/targets", 1);
    house_make_opened(house, &wish);
    house->open.time -= 3600;
    house->open.earliest = house->open.time + 1800;
    bytes_reset(&house->opened);
    opened_write(&house->open, &house->opened);
    house->place = (struct place){house->record_count, merkle_leaf(bytes_span(&house->opened))};
    house->ordered = (struct order){.request = house->open.request, .opened = house->place};
    house_stop(house);
    house_keep(house, bytes_span(&house->opened));
    house_serve(house);
    house_approve(house, &house->people[ALICE]);
    house_approve(house, &house->people[CAROL]);
    return house_keep_order(house);
}

// What a seal covers was not for that taken in by this vault.
static void vault__r4_counts_delays_of_what_came_back_behind_another_seal_too(void **state)
{
    static const struct freeze_of root = {FREEZE_ROLE, "image/root", {{0}}};
    struct house *house = *state;
    house_found(house);
    house_serve(house);
    struct kept_order *kept = back_date(house);
    house_freeze(house, &house->people[BOB], &root);
    house_stop(house);
    house_serve(house);
    house_order_kept(house, kept);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R13");
    house_stop(house);
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(vault__r13_waits_for_time_ten_years_behind_and_is_set_back),
        IN_HOUSE(vault__r13_waits_for_time_ten_years_ahead_and_goes_on),
        IN_HOUSE(vault__r13_refuses_a_statement_that_the_clock_does_not_fit),
        IN_HOUSE(vault__r13_waits_at_the_ends_of_32_bits_too),
        IN_HOUSE(vault__r13_signs_nothing_before_the_sealed_time),
        IN_HOUSE(vault__r13_waits_when_the_clock_is_behind_the_newest_record),
        IN_HOUSE(vault__r13_does_not_wait_for_a_record_beyond_the_jump),
        IN_HOUSE(vault__r4_counts_delays_of_what_came_back_from_when_there_is_time),
        IN_HOUSE(vault__r4_counts_delays_of_what_came_back_behind_another_seal_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
