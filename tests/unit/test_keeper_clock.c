// A clock that is set while the keeper runs (R13), and days that end (R17). Over the real program with
// a clock that the test sets (keeper_clock.c).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_play.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

static const struct span made_up = {(const uint8_t *)"made up", 7};
enum { YEAR = 365 * HOUSE_DAY };

static int make_with_clock(void **state)
{
    if (house_make(state) != 0)
        return -1;
    struct keeper_house *house = *state;
    house->program = "keeper-with-clock";
    return 0;
}

// The next record is about the clock, and says so.
static void notes_clock(struct keeper_house *house, const char *words)
{
    struct bytes record;
    struct clock_record clock;
    ledger_stores(house, RECORD_CLOCK, &record);
    assert_int_equal(clock_record_read(bytes_span(&record), &clock), OK);
    if (strstr(clock.why, words) == NULL)
        fail_msg("not \"%s\": %s", words, clock.why);
    bytes_clear(&record);
}

static void notes_end(struct keeper_house *house, const struct play *play, enum ending how)
{
    struct bytes record;
    struct ended ended;
    ledger_stores(house, RECORD_ENDED, &record);
    assert_int_equal(ended_read(bytes_span(&record), &ended), OK);
    assert_memory_equal(&ended.request, &play->id, sizeof play->id);
    assert_int_equal(ended.how, how);
    bytes_clear(&record);
}

// Both clocks are read in whole seconds, one after the other: what is said may be off by one.
static void notes_step(struct keeper_house *house, const char *how, unsigned long seconds)
{
    struct bytes record;
    struct clock_record clock;
    ledger_stores(house, RECORD_CLOCK, &record);
    assert_int_equal(clock_record_read(bytes_span(&record), &clock), OK);
    const char *said = strstr(clock.why, how);
    assert_non_null(said);
    assert_in_range(strtoul(said + strlen(how), NULL, 10), seconds - 1, seconds + 1);
    bytes_clear(&record);
}

static void keeper__r17_notes_that_the_clock_was_set(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    *house->ahead = 450;
    notes_step(house, "the clock was set ahead by ", 450);
    *house->ahead = 450 - 250; // within the charter's `clock`
    poll(NULL, 0, 1200);       // the look of a second
    house_is_silent(&house->ledger);
    *house->ahead = 450 - 900;
    notes_step(house, "the clock was set back by ", 900);
}

static void keeper__r13_waits_while_the_clock_is_wrong_and_goes_on_after(void **state)
{
    struct keeper_house *house = *state;
    struct play open = play_new(house, &house->service, "image/targets", 1, made_up);
    play_live(house, &open);
    play_decides(house, &open, ALICE, DECISION_APPROVE);
    house_start(house);
    *house->ahead = 10LL * YEAR; // the request has expired by this clock
    notes_clock(house, "set ahead by");
    notes_clock(house, "waits for time");
    uint64_t id = gate_decides(house, &open, BOB, DECISION_APPROVE);
    gate_is_refused(house, id, "R13", "ahead of the sealed time", false);
    house_is_silent(&house->ledger);
    *house->ahead = 0;
    notes_clock(house, "set back by");
    notes_clock(house, "has time again");
    house_decides(house, &open, BOB, DECISION_APPROVE);
    ledger_takes_order(house, NULL);
    play_clear(&open);
}

// A clock that is set back behind what was recorded meanwhile: only a statement helps, or waiting.
static void keeper__r13_is_not_set_back_behind_its_own_records(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    *house->ahead = HOUSE_DAY; // within the charter's `jump`
    notes_clock(house, "set ahead by");
    house_is_silent(&house->ledger);
    *house->ahead = 0;
    notes_clock(house, "set back by");
    notes_clock(house, "behind the newest record");
}

static void keeper__r4_expires_what_nobody_decided_in_time(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play play = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    house_opens(house, &play);
    *house->ahead = HOUSE_DAY + 10;
    notes_clock(house, "set ahead by");
    notes_end(house, &play, ENDING_EXPIRED);
    gate_hears_moved(house, &play.id);
    play_clear(&play);
}

static void keeper__r4_waits_until_the_delay_is_over(void **state)
{
    struct keeper_house *house = *state;
    house->charter->changes_delay = 3600;
    house_write_charter(house);
    house_start(house);
    struct play play = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    house_opens(house, &play);
    assert_int_equal(play.opened.earliest, play.opened.time + 3600);
    for (size_t person = ALICE; person <= CAROL; person++)
        house_decides(house, &play, person, DECISION_APPROVE);
    house_is_silent(&house->ledger);
    *house->ahead = 3590;
    notes_clock(house, "set ahead by");
    house_is_silent(&house->ledger);
    *house->ahead = 3602;
    ledger_takes_order(house, NULL);
    play_clear(&play);
}

// What was complete and only waited for its delay waits for time too.
static void keeper__r13_orders_nothing_without_time(void **state)
{
    struct keeper_house *house = *state;
    house->charter->changes_delay = 3600;
    house_write_charter(house);
    house_start(house);
    struct play play = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    house_opens(house, &play);
    for (size_t person = ALICE; person <= CAROL; person++)
        house_decides(house, &play, person, DECISION_APPROVE);
    *house->ahead = 10LL * YEAR;
    notes_clock(house, "set ahead by");
    notes_clock(house, "waits for time");
    house_is_silent(&house->ledger);
    *house->ahead = 0;
    notes_clock(house, "set back by");
    notes_clock(house, "has time again");
    play_clear(&play);
}

static void puts_off(struct keeper_house *house, int64_t ahead, const char *words)
{
    struct play play = play_new(house, &house->service, "conclave/keys", 2, (struct span){0});
    uint64_t id = gate_submits(house, &play);
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    struct message blob = {.kind = ANSWER_BLOB, .id = ask.id};
    blob.blob_is.bytes = span_text("the last");
    *house->ahead = ahead;
    house_says(&house->ledger, &blob);
    gate_is_refused(house, id, "R13", words, false);
    play_clear(&play);
}

// A motion whose predecessor's bytes are asked for, while somebody sets the clock: to a time at which
// it has expired, and to one at which it could be opened.
static void keeper__r13_puts_off_what_is_being_heard(void **state)
{
    struct keeper_house *house = *state;
    house->state->motions[MOTION_KEYS] =
        (struct motion_state){1, hash_of(span_text("the last"))};
    house_start(house);
    puts_off(house, 10LL * YEAR, "ahead of the sealed time");
    house_stop(house);
    *house->ahead = 0;
    house_start(house);
    puts_off(house, -HOUSE_DAY, "behind the sealed time");
}

// Nothing ends without time; what is hopeless meanwhile ends afterwards.
static void keeper__r13_ends_afterwards_what_became_hopeless(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play play = play_new(house, &house->service, "conclave/time", 1, (struct span){0});
    house_opens(house, &play);
    *house->ahead = -HOUSE_DAY;
    notes_clock(house, "set back by");
    notes_clock(house, "waits for time");
    for (size_t person = ALICE; person <= CAROL; person++)
        house_decides(house, &play, person, DECISION_REJECT);
    house_is_silent(&house->ledger);
    *house->ahead = 0;
    notes_clock(house, "set ahead by");
    notes_clock(house, "has time again");
    notes_end(house, &play, ENDING_REJECTED);
    play_clear(&play);
}

// The same of one that is open: it stays so, and is heard when there is time again.
static void keeper__r13_puts_off_what_is_heard_anew(void **state)
{
    struct keeper_house *house = *state;
    struct play open = play_new(house, &house->service, "image/targets", 1, made_up);
    play_live(house, &open);
    house->state->since = house->leaf_count; // it is to be heard anew
    house_start(house);
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    struct message blob = {.kind = ANSWER_BLOB, .id = ask.id};
    blob.blob_is.bytes = bytes_span(&open.text);
    *house->ahead = 10LL * YEAR; // its expiry is long past by this clock
    notes_clock(house, "set ahead by");
    notes_clock(house, "waits for time");
    house_says(&house->ledger, &blob);
    house_is_silent(&house->ledger);
    *house->ahead = 0;
    notes_clock(house, "set back by");
    notes_clock(house, "has time again");
    ask = house_hears(house, &house->ledger, ASK_BLOB);
    assert_memory_equal(&ask.blob.hash, &open.id, sizeof open.id);
    play_clear(&open);
}

static int64_t to_midnight(void)
{
    return HOUSE_DAY - moment_now() % HOUSE_DAY;
}

static void keeper__r17_a_quota_is_of_a_day_and_one_record_says_what_went_over(void **state)
{
    struct keeper_house *house = *state;
    struct bytes record;
    struct quota_record quota;
    struct play play[4];
    *house->ahead = to_midnight() - 60; // so that no real midnight comes between
    house->state->time = house->newest = moment_now() + *house->ahead;
    house->charter->requesters[1].quota = (struct quota){9, 1 << 20, 1};
    house_write_charter(house);
    house_start(house);
    for (size_t i = 0; i < 4; i++)
        play[i] = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    house_opens(house, &play[0]);
    for (size_t i = 1; i < 3; i++) {
        uint64_t id = gate_submits(house, &play[i]);
        gate_is_refused(house, id, "R17", "1 records of today", false);
    }
    *house->ahead = to_midnight() + 1; // a minute later: no step that is noted
    ledger_stores(house, RECORD_QUOTA, &record);
    assert_int_equal(quota_record_read(bytes_span(&record), &quota), OK);
    assert_int_equal(quota.count, 2);
    assert_memory_equal(&quota.from, &house->service.key.id, sizeof quota.from);
    house_is_silent(&house->ledger);
    house_opens(house, &play[3]);
    for (size_t i = 0; i < 4; i++)
        play_clear(&play[i]);
    bytes_clear(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_with_clock, house_drop)
        TEST(keeper__r17_notes_that_the_clock_was_set),
        TEST(keeper__r13_waits_while_the_clock_is_wrong_and_goes_on_after),
        TEST(keeper__r13_is_not_set_back_behind_its_own_records),
        TEST(keeper__r4_expires_what_nobody_decided_in_time),
        TEST(keeper__r4_waits_until_the_delay_is_over),
        TEST(keeper__r13_orders_nothing_without_time),
        TEST(keeper__r13_puts_off_what_is_being_heard),
        TEST(keeper__r13_puts_off_what_is_heard_anew),
        TEST(keeper__r13_ends_afterwards_what_became_hopeless),
        TEST(keeper__r17_a_quota_is_of_a_day_and_one_record_says_what_went_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
