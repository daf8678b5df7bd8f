// What the keeper records of its own accord: start, stop, and what went over a quota (R17). Over the
// real program.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_play.h"

#include <stdio.h>
#include <string.h>

static void keeper__r17_its_start_names_the_programs(void **state)
{
    struct keeper_house *house = *state;
    struct bytes record;
    struct start start;
    house_comes_up(house);
    ledger_stores(house, RECORD_START, &record);
    assert_int_equal(start_read(bytes_span(&record), &start), OK);
    assert_int_equal(start.program_count, 1);
    assert_string_equal(start.programs[0].name, "conclave-keeper");
    struct hash hash = hash_of(span_text("program"));
    assert_memory_equal(&start.programs[0].hash, &hash, sizeof hash);
    assert_string_equal(start.version, CONCLAVE_VERSION);
    assert_true(start.time >= moment_now() - 20 && start.time <= moment_now());
    bytes_clear(&record);
}

static void keeper__r17_records_that_it_stops_and_then_does(void **state)
{
    struct keeper_house *house = *state;
    const struct message stop = {.kind = ROOM_STOP};
    house_start(house);
    struct play play = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    house_opens(house, &play);
    house_says(&house->control, &stop);
    struct message order = house_hears(house, &house->ledger, ORDER_RECORD);
    assert_int_equal(record_kind(order.record.text), RECORD_STOP);
    // Nothing new is begun; whoever asks is told.
    uint64_t id = gate_decides(house, &play, ALICE, DECISION_APPROVE);
    gate_is_refused(house, id, "", "stopping", false);
    id = gate_submits(house, &play);
    gate_is_refused(house, id, "", "stopping", false);
    house_is_silent(&house->ledger);
    struct message done = {.kind = DONE_RECORD, .id = order.id};
    done.place = house_leaf(house, order.record.text);
    house_says(&house->ledger, &done);
    house_ends(house, 0);
    play_clear(&play);
}

static void keeper__stops_also_when_the_log_takes_no_record(void **state)
{
    struct keeper_house *house = *state;
    const struct message stop = {.kind = ROOM_STOP};
    house_start(house);
    house_says(&house->control, &stop);
    struct message order = house_hears(house, &house->ledger, ORDER_RECORD);
    ledger_refuses(house, order.id, "R9");
    house_ends(house, 0);
}

static void keeper__gives_no_order_any_more_when_it_stops(void **state)
{
    struct keeper_house *house = *state;
    const struct message stop = {.kind = ROOM_STOP};
    struct play play =
        play_new(house, &house->service, "image/targets", 1, span_text("made up"));
    play_live(house, &play);
    play_decides(house, &play, ALICE, DECISION_APPROVE);
    house_start(house);
    uint64_t id = gate_decides(house, &play, BOB, DECISION_APPROVE);
    struct message decision = house_hears(house, &house->ledger, ORDER_RECORD);
    struct message done = {.kind = DONE_RECORD, .id = decision.id};
    done.place = house_leaf(house, decision.record.text);
    house_says(&house->control, &stop);
    struct message last = house_hears(house, &house->ledger, ORDER_RECORD);
    assert_int_equal(record_kind(last.record.text), RECORD_STOP);
    house_says(&house->ledger, &done);
    gate_is_accepted(house, id, &play.id, FATE_OPEN);
    house_is_silent(&house->ledger);
    play_clear(&play);
}

static void keeper__r17_stops_behind_the_order_that_is_in_flight(void **state)
{
    struct keeper_house *house = *state;
    const struct message stop = {.kind = ROOM_STOP};
    struct play play =
        play_new(house, &house->service, "image/targets", 1, span_text("made up"));
    play_live(house, &play);
    play_decides(house, &play, ALICE, DECISION_APPROVE);
    house_start(house);
    uint64_t id = gate_decides(house, &play, BOB, DECISION_APPROVE);
    ledger_stores(house, RECORD_DECISION, NULL);
    gate_is_accepted(house, id, &play.id, FATE_OPEN);
    struct message order = house_hears(house, &house->ledger, ORDER_SIGN);
    house_says(&house->control, &stop);
    house_is_silent(&house->ledger);
    ledger_refuses(house, order.id, "R9");
    ledger_stores(house, RECORD_STOP, NULL);
    house_ends(house, 0);
    play_clear(&play);
}

static void keeper__gives_no_order_after_one_that_was_in_flight_when_it_stops(void **state)
{
    struct keeper_house *house = *state;
    const struct message stop = {.kind = ROOM_STOP};
    struct play play[2];
    struct order order;
    for (size_t i = 0; i < 2; i++) {
        play[i] = play_new(house, &house->service, "image/targets", 1, span_text("made up"));
        play_live(house, &play[i]);
        play_decides(house, &play[i], ALICE, DECISION_APPROVE);
        play_decides(house, &play[i], BOB, DECISION_APPROVE);
    }
    house_start(house);
    uint64_t id = ledger_takes_order(house, &order);
    house_says(&house->control, &stop);
    house_is_silent(&house->ledger);
    ledger_signs(house, id, &order.request, NULL, 0, false);
    gate_hears_moved(house, &order.request);
    ledger_stores(house, RECORD_STOP, NULL);
    house_ends(house, 0);
    play_clear(&play[0]);
    play_clear(&play[1]);
}

// What was being heard is asked for again after the next start.
static void keeper__r17_records_nothing_behind_its_stop(void **state)
{
    struct keeper_house *house = *state;
    const struct message stop = {.kind = ROOM_STOP};
    house->state->motions[MOTION_KEYS] =
        (struct motion_state){1, hash_of(span_text("the last"))};
    house_start(house);
    struct play play = play_new(house, &house->service, "conclave/keys", 2, (struct span){0});
    gate_submits(house, &play);
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    house_says(&house->control, &stop);
    struct message last = house_hears(house, &house->ledger, ORDER_RECORD);
    assert_int_equal(record_kind(last.record.text), RECORD_STOP);
    struct message blob = {.kind = ANSWER_BLOB, .id = ask.id};
    blob.blob_is.bytes = span_text("the last");
    house_says(&house->ledger, &blob);
    house_is_silent(&house->ledger);
    play_clear(&play);
}

// ---- quotas ----

static void set_quota(struct keeper_house *house, struct quota quota)
{
    house->charter->requesters[1].quota = quota; // service
    house_write_charter(house);
}

static void keeper__r17_bounds_what_a_requester_has_open(void **state)
{
    struct keeper_house *house = *state;
    struct play play[3];
    set_quota(house, (struct quota){.open = 2, .bytes = 1 << 20, .records = 100});
    house_start(house);
    for (size_t i = 0; i < 3; i++)
        play[i] = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    house_opens(house, &play[0]);
    // What is on its way counts already.
    uint64_t id = gate_submits(house, &play[1]);
    uint64_t over = gate_submits(house, &play[2]);
    gate_is_refused(house, over, "R17", "2 open requests", false);
    ledger_opens(house, &play[1]);
    gate_is_accepted(house, id, &play[1].id, FATE_OPEN);
    // Another requester has its own; and what ended is open no more.
    struct play other = play_new(house, &house->laptop, "conclave/keys", 1, (struct span){0});
    house_opens(house, &other);
    id = gate_withdraws(house, &play[0], &house->service);
    ledger_stores(house, RECORD_ENDED, NULL);
    gate_is_accepted(house, id, &play[0].id, FATE_WITHDRAWN);
    gate_hears_moved(house, &play[0].id);
    house_opens(house, &play[2]);
    for (size_t i = 0; i < 3; i++)
        play_clear(&play[i]);
    play_clear(&other);
}

// Whoever may have everything open still leaves room for those who take that away from it.
static void keeper__r17_keeps_room_for_what_administrators_ask_for(void **state)
{
    enum { ROOM = LIMIT_OPEN - LIMIT_CREDITS - LIMIT_OPEN_KEPT };
    struct keeper_house *house = *state;
    set_quota(house, (struct quota){.open = LIMIT_OPEN, .bytes = 1 << 30, .records = 1 << 20});
    house_start(house);
    for (size_t i = 0; i < ROOM; i++) {
        struct play play =
            play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
        house_opens(house, &play);
        play_clear(&play);
    }
    struct play over = play_new(house, &house->laptop, "conclave/keys", 1, (struct span){0});
    uint64_t id = gate_submits(house, &over);
    gate_is_refused(house, id, "R20", "as many open requests", false);
    struct play own =
        play_new(house, &house->people[ALICE], "conclave/keys", 1, (struct span){0});
    house_opens(house, &own);
    play_clear(&own);
    play_clear(&over);
}

static void keeper__r17_bounds_the_bytes_that_are_kept_a_day(void **state)
{
    struct keeper_house *house = *state;
    struct play play[2];
    for (size_t i = 0; i < 2; i++)
        play[i] = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    uint64_t size = play[0].text.size + play[0].payload.size;
    set_quota(house, (struct quota){.open = 9, .bytes = 2 * size - 1, .records = 100});
    house_start(house);
    // A request that is refused keeps no bytes.
    struct play wrong = play_new(house, &house->service, "conclave/keys", 9, (struct span){0});
    uint64_t id = gate_submits(house, &wrong);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, "R12", "", true);
    house_opens(house, &play[0]);
    id = gate_submits(house, &play[1]);
    gate_is_refused(house, id, "R17", "bytes of today", false);
    for (size_t i = 0; i < 2; i++)
        play_clear(&play[i]);
    play_clear(&wrong);
}

static void keeper__r17_bounds_the_records_of_a_day(void **state)
{
    struct keeper_house *house = *state;
    struct play wrong[3];
    set_quota(house, (struct quota){.open = 9, .bytes = 1 << 20, .records = 2});
    house_start(house);
    for (size_t i = 0; i < 3; i++)
        wrong[i] = play_new(house, &house->service, "image/nowhere", 1, span_text("made up"));
    for (size_t i = 0; i < 2; i++) {
        uint64_t id = gate_submits(house, &wrong[i]);
        ledger_stores(house, RECORD_REFUSED, NULL);
        gate_is_refused(house, id, "R2", "no role image/nowhere", true);
    }
    uint64_t id = gate_submits(house, &wrong[2]);
    gate_is_refused(house, id, "R17", "2 records of today", false);
    house_is_silent(&house->ledger);
    for (size_t i = 0; i < 3; i++)
        play_clear(&wrong[i]);
}

// Asked again (R11): the ledger knows its fate, no record is made, and none is charged.
static void keeper__r17_charges_nothing_for_a_fate_that_is_told_again(void **state)
{
    struct keeper_house *house = *state;
    struct play play = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    uint64_t size = play.text.size + play.payload.size;
    set_quota(house, (struct quota){.open = 9, .bytes = size, .records = 1});
    house_start(house);
    for (int i = 0; i < 3; i++) {
        uint64_t id = gate_submits(house, &play);
        struct message order = house_hears(house, &house->ledger, ORDER_RECORD);
        struct message fate = {.kind = ANSWER_ACCEPTED, .id = order.id};
        fate.accepted.request = play.id;
        fate.accepted.fate = FATE_SIGNED;
        house_says(&house->ledger, &fate);
        gate_is_accepted(house, id, &play.id, FATE_SIGNED);
    }
    house_opens(house, &play);
    play_clear(&play);
}

static void keeper__r17_a_replayed_decision_is_charged_to_its_approver(void **state)
{
    struct keeper_house *house = *state;
    struct play play =
        play_new(house, &house->service, "image/targets", 1, span_text("made up"));
    const struct message stop = {.kind = ROOM_STOP};
    struct bytes record;
    struct quota_record quota;
    play_live(house, &play);
    play_decides(house, &play, ALICE, DECISION_APPROVE);
    house_start(house);
    for (uint64_t i = 0; i < charter_own_quota.records; i++) {
        uint64_t id = gate_decides(house, &play, ALICE, DECISION_APPROVE);
        ledger_stores(house, RECORD_REFUSED, NULL);
        gate_is_refused(house, id, "R5", "alice has approved", true);
    }
    for (int i = 0; i < 7; i++) {
        uint64_t id = gate_decides(house, &play, ALICE, DECISION_APPROVE);
        gate_is_refused(house, id, "R17", "records of today", false);
    }
    house_is_silent(&house->ledger);
    // Nobody else is touched; and one record says how often, before the last one.
    uint64_t id = gate_decides(house, &play, DAVE, DECISION_REJECT);
    ledger_stores(house, RECORD_DECISION, NULL);
    gate_is_accepted(house, id, &play.id, FATE_OPEN);
    house_says(&house->control, &stop);
    ledger_stores(house, RECORD_QUOTA, &record);
    assert_int_equal(quota_record_read(bytes_span(&record), &quota), OK);
    assert_int_equal(quota.count, 7);
    assert_memory_equal(&quota.from, &house->people[ALICE].key.id, sizeof quota.from);
    ledger_stores(house, RECORD_STOP, NULL);
    house_ends(house, 0);
    bytes_clear(&record);
    play_clear(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, house_make, house_drop)
        TEST(keeper__r17_its_start_names_the_programs),
        TEST(keeper__r17_records_that_it_stops_and_then_does),
        TEST(keeper__stops_also_when_the_log_takes_no_record),
        TEST(keeper__gives_no_order_any_more_when_it_stops),
        TEST(keeper__r17_records_nothing_behind_its_stop),
        TEST(keeper__gives_no_order_after_one_that_was_in_flight_when_it_stops),
        TEST(keeper__r17_stops_behind_the_order_that_is_in_flight),
        TEST(keeper__r17_bounds_what_a_requester_has_open),
        TEST(keeper__r17_keeps_room_for_what_administrators_ask_for),
        TEST(keeper__r17_bounds_the_bytes_that_are_kept_a_day),
        TEST(keeper__r17_bounds_the_records_of_a_day),
        TEST(keeper__r17_charges_nothing_for_a_fate_that_is_told_again),
        TEST(keeper__r17_a_replayed_decision_is_charged_to_its_approver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
