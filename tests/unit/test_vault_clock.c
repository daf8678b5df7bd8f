// The real conclave-vault program over a real token, with the test in the ledger's place, while
// somebody sets its clock (R13).
#include "tests/unit/vault_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { YEAR = 365 * 24 * 3600 };
static const struct freeze_of targets = {FREEZE_ROLE, "image/targets", {{0}}};

static void serve(struct house *house)
{
    house->program = CONCLAVE_VAULT_WITH_CLOCK;
    house_found(house);
    house_serve(house);
}

static void nothing_is_opened_or_signed(struct house *house)
{
    struct wish wish = house_metadata(house, "image/targets", 9);
    house_make_opened(house, &wish);
    house_say_text(house, VAULT_APPEND, bytes_span(&house->opened));
    house_hear_refusal(house, "R13");
}

// The waiting order: refused, and good again once the clock is.
static void order_waits(struct house *house, struct kept_order *kept)
{
    house_order_kept(house, kept);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R13");
}

static void vault__r13_a_clock_years_off_ends_nothing_and_moves_nothing(void **state)
{
    struct house *house = *state;
    // Ten years either way, and the ends of 32 bits, signed and unsigned.
    const int64_t off[] = {10 * (int64_t)YEAR, -10 * (int64_t)YEAR, INT32_MAX - moment_now(),
        (int64_t)UINT32_MAX + 1 - moment_now(), 91 * (int64_t)HOUSE_DAY};
    serve(house);
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++) {
        house_make_order(house, i + 1);
        struct kept_order *kept = house_keep_order(house);
        moment sealed = house_state(house)->time;
        *house->ahead = off[i];
        nothing_is_opened_or_signed(house);
        order_waits(house, kept);
        house_freeze(house, &house->people[BOB], &targets);
        assert_int_equal(house_state(house)->time, sealed);
        assert_int_equal(house_state(house)->freezes[0].time, sealed);
        assert_true(house_has_said(house, "the vault waits for time"));
        *house->ahead = 0;
        struct wish wish = house_lift(house, &targets, "image/targets");
        house_make(house, &wish, BY_ALICE | BY_CAROL);
        house_carry_out(house);
        assert_true(house_has_said(house, "the vault has time again"));
        house_sign(house, i + 1);
        house_stop(house);
        house_serve(house);
        assert_false(house_has_said(house, "waits for time"));
    }
    house_stop(house);
}

// A day back, which what is sealed would allow: but a record came in since.
static void vault__r13_does_not_run_back_behind_the_newest_record(void **state)
{
    struct house *house = *state;
    serve(house);
    *house->ahead = 10 * HOUSE_DAY;
    house_make_order(house, 1);
    struct kept_order *kept = house_keep_order(house);
    *house->ahead = 9 * HOUSE_DAY;
    nothing_is_opened_or_signed(house);
    order_waits(house, kept);
    *house->ahead = 10 * HOUSE_DAY;
    house_sign(house, 1);
    house_stop(house);
}

static bool hears(const struct house *house, const char *words)
{
    struct span sentence = house->heard.refused.sentence;
    return memmem(sentence.data, sentence.size, words, strlen(words)) != NULL;
}

static void state_the_time(struct house *house, moment time)
{
    struct wish wish = house_time(house, time);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_carry_out(house);
    assert_int_equal(house_state(house)->time, time);
}

static void nobody_sets_back(struct house *house, moment time)
{
    struct wish wish = house_time(house, time);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R13");
    assert_true(hears(house, "would end every approval for nothing"));
}

// Approved before the time was set back: void, although nothing else stands against it.
static void vault__r13_approvals_end_when_the_time_is_set_back(void **state)
{
    struct house *house = *state;
    serve(house);
    *house->ahead = HOUSE_DAY;
    house_sign(house, 1);
    house_make_order(house, 2);
    struct kept_order *kept = house_keep_order(house);
    *house->ahead = 0;
    state_the_time(house, house_now(house));
    assert_int_equal(house_state(house)->since, house->record_count - 1);
    *house->ahead = HOUSE_DAY;
    house_order_kept(house, kept);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R13");
    assert_true(hears(house, "before the time was set back"));
    house_sign(house, 2); // the same, opened behind it
    house_stop(house);
}

// What was signed while a statement waited for its approvals is no reason to end the others.
static void vault__r13_sets_no_time_back_while_it_has_time(void **state)
{
    struct house *house = *state;
    serve(house);
    house_make_order(house, 1);
    struct kept_order *kept = house_keep_order(house);
    moment sealed = house_state(house)->time;
    nobody_sets_back(house, sealed - 1);
    *house->ahead = HOUSE_DAY;
    nobody_sets_back(house, sealed - 1);
    *house->ahead = -200; // behind, by less than the charter's clock
    nobody_sets_back(house, house_now(house));
    state_the_time(house, sealed);
    assert_int_equal(house_state(house)->since, 0);
    *house->ahead = 0;
    house_order_kept(house, kept);
    house_carry_out(house);
    house_stop(house);
}

static void set_after_it_was_judged(struct house *house, int64_t ahead)
{
    struct keys_motion keys = {.make_count = 1};
    snprintf(keys.make[0].role, LIMIT_ROLE_NAME + 1, "image/targets");
    keys.make[0].type = KEY_ED25519;
    struct wish wish = house_keys(house, &keys);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_judge(house, &house->next_state);
    *house->ahead = ahead;
    house_say_kind(house, VAULT_EXECUTE);
    house_hear_refusal(house, "R13");
    *house->ahead = 0;
}

static void vault__r13_carries_nothing_out_when_the_clock_was_set_meanwhile(void **state)
{
    struct house *house = *state;
    serve(house);
    size_t keys = 4;
    set_after_it_was_judged(house, 10 * (int64_t)YEAR);
    set_after_it_was_judged(house, -10 * (int64_t)YEAR);
    set_after_it_was_judged(house, -2);
    house_stop(house);
    assert_int_equal(house->seal.number, 1);
    assert_int_equal(house_count_keys(house), keys);
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(vault__r13_a_clock_years_off_ends_nothing_and_moves_nothing),
        IN_HOUSE(vault__r13_does_not_run_back_behind_the_newest_record),
        IN_HOUSE(vault__r13_approvals_end_when_the_time_is_set_back),
        IN_HOUSE(vault__r13_sets_no_time_back_while_it_has_time),
        IN_HOUSE(vault__r13_carries_nothing_out_when_the_clock_was_set_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
