// Waiting for time (R13): what the keeper takes and does without it. Over the real program, whose
// clock is this machine's; what is sealed lies years before or behind it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_play.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

static const struct span made_up = {(const uint8_t *)"made up", 7};
enum { YEAR = 365 * HOUSE_DAY };

// A house that waits for time, because what is sealed is so much later.
static void wait_for_time(struct keeper_house *house, int64_t later)
{
    struct bytes record;
    struct clock_record clock;
    house->state->time = house->newest = moment_now() + later;
    house_start(house);
    ledger_stores(house, RECORD_CLOCK, &record);
    assert_int_equal(clock_record_read(bytes_span(&record), &clock), OK);
    assert_non_null(strstr(clock.why, "waits for time"));
    assert_true(house_said(house, "waits for time"));
    assert_true(house_said(house, "conclave time state"));
    bytes_clear(&record);
}

static void keeper__r13_starts_without_time_and_says_what_helps(void **state)
{
    struct keeper_house *house = *state;
    wait_for_time(house, 10LL * YEAR);
    assert_true(house_said(house, "behind the sealed time"));
    house_stop(house);
    wait_for_time(house, -10LL * YEAR);
    assert_true(house_said(house, "ahead of the sealed time"));
    house_stop(house);
    house->state->time = moment_now();
    house->newest = moment_now() + HOUSE_DAY;
    house_start(house);
    ledger_stores(house, RECORD_CLOCK, NULL);
    assert_true(house_said(house, "behind the newest record"));
}

static void keeper__r13_with_time_says_nothing_of_it(void **state)
{
    struct keeper_house *house = *state;
    house->newest = moment_now() + 10LL * YEAR; // of a start whose clock had no time
    house_start(house);
    house_is_silent(&house->ledger);
    assert_false(house_said(house, "waits"));
}

static void keeper__r13_takes_only_a_motion_of_the_time(void **state)
{
    struct keeper_house *house = *state;
    struct play open = play_new(house, &house->service, "image/targets", 1, made_up);
    play_live(house, &open);
    wait_for_time(house, -10LL * YEAR);
    struct play play = play_new(house, &house->service, "image/targets", 1, made_up);
    uint64_t id = gate_submits(house, &play);
    gate_is_refused(house, id, "R13", "conclave time state", false);
    play_clear(&play);
    play = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    id = gate_submits(house, &play);
    gate_is_refused(house, id, "R13", "set the clock", false);
    play_clear(&play);
    // Whatever else is wrong with it is no fate: the clock may have said so.
    play = play_new(house, &house->service, "image/nowhere", 1, made_up);
    id = gate_submits(house, &play);
    gate_is_refused(house, id, "R13", "set the clock", false);
    id = gate_decides(house, &open, ALICE, DECISION_APPROVE);
    gate_is_refused(house, id, "R13", "the sealed time", false);
    id = gate_withdraws(house, &open, &house->service);
    gate_is_refused(house, id, "R13", "the sealed time", false);
    // R11: what it was asked for before is still told.
    id = gate_submits(house, &open);
    gate_is_accepted(house, id, &open.id, FATE_OPEN);
    house_is_silent(&house->ledger);
    play_clear(&play);
    play_clear(&open);
}

static void keeper__r13_a_quorums_statement_ends_the_waiting(void **state)
{
    struct keeper_house *house = *state;
    struct bytes record;
    struct clock_record clock;
    wait_for_time(house, -10LL * YEAR);
    struct play play = play_new(house, &house->service, "conclave/time", 1, (struct span){0});
    house_opens(house, &play);
    for (size_t person = ALICE; person <= CAROL; person++)
        house_decides(house, &play, person, DECISION_APPROVE);
    uint64_t id = ledger_takes_order(house, NULL);
    house->state->time = moment_now();
    house->state->motions[MOTION_TIME] =
        (struct motion_state){1, play.request.items[0].payload};
    ledger_signs(house, id, &play.id, "conclave/time", 0, false);
    gate_hears_moved(house, &play.id);
    ledger_stores(house, RECORD_CLOCK, &record);
    assert_int_equal(clock_record_read(bytes_span(&record), &clock), OK);
    assert_non_null(strstr(clock.why, "has time again"));
    struct play next = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    house_opens(house, &next);
    bytes_clear(&record);
    play_clear(&play);
    play_clear(&next);
}

static void keeper__r13_a_freeze_is_taken_without_time(void **state)
{
    struct keeper_house *house = *state;
    const struct freeze_of of = {.what = FREEZE_EVERYTHING};
    struct hash statement;
    struct frozen frozen;
    wait_for_time(house, 10LL * YEAR);
    uint64_t asked = gate_freezes(house, ALICE, 1, &of, &statement);
    uint64_t id = ledger_takes_freeze(house, &frozen);
    house->state->freezes[house->state->freeze_count++] =
        (struct freeze_state){.statement = statement,
            .administrator = house->people[ALICE].key.id,
            .time = frozen.time,
            .of = of};
    ledger_signs(house, id, &statement, OUTCOME_FREEZE, 0, false);
    gate_is_accepted(house, asked, &statement, FATE_SIGNED);
}

static void hear_what_is_due(struct keeper_house *house, const struct play *late,
    const struct play *hopeless, const struct play *old, bool seen[4])
{
    struct message said;
    struct ended ended;
    struct pollfd ready = {.fd = house->ledger.fd, .events = POLLIN};
    enum err err;
    while ((err = channel_take(&house->ledger, &said)) == ERR_AGAIN) {
        assert_int_equal(poll(&ready, 1, 5000), 1);
        assert_int_equal(channel_fill(&house->ledger), OK);
    }
    assert_int_equal(err, OK);
    if (said.kind == ORDER_RECORD) {
        assert_int_equal(ended_read(said.record.text, &ended), OK);
        seen[0] |= hash_equal(&ended.request, &late->id) && ended.how == ENDING_EXPIRED;
        seen[1] |= hash_equal(&ended.request, &hopeless->id) && ended.how == ENDING_REJECTED;
    }
    seen[2] |= said.kind == ASK_BLOB && hash_equal(&said.blob.hash, &old->id);
    seen[3] |= said.kind == ORDER_SIGN;
}

// Requests that are stale, expired, rejected by too many or complete: motions of the time among them.
static void keeper__r13_does_nothing_to_what_is_open(void **state)
{
    struct keeper_house *house = *state;
    bool seen[4] = {false};
    struct play old = play_new(house, &house->service, "conclave/time", 1, (struct span){0});
    struct play late = play_new(house, &house->service, "conclave/time", 1, (struct span){0});
    struct play hopeless =
        play_new(house, &house->service, "conclave/time", 1, (struct span){0});
    struct play ready = play_new(house, &house->service, "image/targets", 2, made_up);
    play_live(house, &old);
    house->state->since = house->leaf_count; // it is to be heard anew
    late.request.expires = moment_now() - 10;
    play_live(house, &late);
    play_live(house, &hopeless);
    for (size_t person = ALICE; person <= CAROL; person++)
        play_decides(house, &hopeless, person, DECISION_REJECT);
    play_live(house, &ready);
    play_decides(house, &ready, ALICE, DECISION_APPROVE);
    play_decides(house, &ready, BOB, DECISION_APPROVE);
    wait_for_time(house, 10LL * YEAR);
    poll(NULL, 0, 1500); // the sweep of a second
    house_is_silent(&house->ledger);
    house_is_silent(&house->gate);
    house_stop(house);
    house->state->time = house->newest = moment_now(); // the same house with time
    house_start(house);
    for (int i = 0; i < 4; i++)
        hear_what_is_due(house, &late, &hopeless, &old, seen);
    for (int i = 0; i < 4; i++)
        assert_true(seen[i]);
    play_clear(&late);
    play_clear(&ready);
    play_clear(&hopeless);
    play_clear(&old);
}

// Set back: what was opened before is heard anew, and the newest record counts no more.
static void keeper__r13_a_time_that_was_set_back_ends_earlier_approvals(void **state)
{
    struct keeper_house *house = *state;
    house->newest = moment_now() + HOUSE_DAY;
    struct play open = play_new(house, &house->service, "image/targets", 1, made_up);
    play_live(house, &open);
    play_decides(house, &open, ALICE, DECISION_APPROVE);
    play_decides(house, &open, BOB, DECISION_APPROVE);
    house->state->time = moment_now() + HOUSE_DAY;
    house_start(house);
    ledger_stores(house, RECORD_CLOCK, NULL);
    struct play play = play_new(house, &house->service, "conclave/time", 1, (struct span){0});
    house_opens(house, &play);
    for (size_t person = ALICE; person <= CAROL; person++)
        house_decides(house, &play, person, DECISION_APPROVE);
    uint64_t id = ledger_takes_order(house, NULL);
    house->state->time = moment_now();
    house->state->since = house->leaf_count;
    house->state->motions[MOTION_TIME] =
        (struct motion_state){1, play.request.items[0].payload};
    ledger_signs(house, id, &play.id, "conclave/time", 0, false);
    gate_hears_moved(house, &play.id);
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    assert_memory_equal(&ask.blob.hash, &open.id, sizeof open.id);
    play_clear(&play);
    play_clear(&open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, house_make, house_drop)
        TEST(keeper__r13_starts_without_time_and_says_what_helps),
        TEST(keeper__r13_with_time_says_nothing_of_it),
        TEST(keeper__r13_takes_only_a_motion_of_the_time),
        TEST(keeper__r13_a_quorums_statement_ends_the_waiting),
        TEST(keeper__r13_a_freeze_is_taken_without_time),
        TEST(keeper__r13_does_nothing_to_what_is_open),
        TEST(keeper__r13_a_time_that_was_set_back_ends_earlier_approvals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
