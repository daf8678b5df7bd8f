// Whose turn it is: requests under mandates, what quorums decided, freezes, and a house that stops. Over
// the real program.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_mandate.h"

#include <stdio.h>
#include <string.h>

enum { FLOOD = 4 };

struct flood {
    struct play plays[FLOOD];
    uint64_t asked[FLOOD];
};

// Requests for as many vehicles, all waiting; the first one's lasts are asked for.
static void flood(struct keeper_house *house, struct flood *flood)
{
    for (size_t i = 0; i < FLOOD; i++) {
        char item[LIMIT_ROLE_NAME + 1];
        snprintf(item, sizeof item, "director/targets@vehicle-%zu", i);
        flood->plays[i] = play_targets(house, &house->service, item, 3);
        flood->asked[i] = gate_submits(house, &flood->plays[i]);
    }
}

// Everything that was submitted stands in the line: what came behind it has gone on to the ledger.
static void all_wait(struct keeper_house *house)
{
    struct message ask = {.kind = ASK_STATUS};
    gate_says(house, &ask);
    house_hears(house, &house->ledger, ASK_STATUS);
}

static void drain(struct flood *flood)
{
    for (size_t i = 0; i < FLOOD; i++)
        play_clear(&flood->plays[i]);
}

// One of them, from being asked about to its signature.
static void signs(struct keeper_house *house, const struct flood *flood, size_t i)
{
    uint64_t id = ledger_goes_to_order(house, &flood->plays[i]);
    ledger_signs_mandated(house, id, &flood->plays[i].id, false);
    gate_is_accepted(house, flood->asked[i], &flood->plays[i].id, FATE_SIGNED);
    gate_hears_moved(house, &flood->plays[i].id);
}

// New keys, approved by all of its quorum but one.
static struct play almost_decided(struct keeper_house *house)
{
    struct play play = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    play_live(house, &play);
    play_decides(house, &play, ALICE, DECISION_APPROVE);
    play_decides(house, &play, BOB, DECISION_APPROVE);
    return play;
}

static void decide_last(struct keeper_house *house, struct play *play)
{
    uint64_t id = gate_decides(house, play, CAROL, DECISION_APPROVE);
    ledger_stores(house, RECORD_DECISION, NULL);
    gate_is_accepted(house, id, &play->id, FATE_OPEN);
}

static void keeper__a_flood_under_mandates_keeps_no_quorums_order_away(void **state)
{
    struct keeper_house *house = *state;
    struct play keys = almost_decided(house);
    struct flood waiting;
    struct order order;
    house_start(house);
    flood(house, &waiting);
    uint64_t first = ledger_is_asked(house, &waiting.plays[0]);
    decide_last(house, &keys);
    house_is_silent(&house->ledger); // one at a time
    ledger_says_last(house, first, 0, (struct span){0});
    ledger_gives_root(house);
    first = ledger_takes_mandated(house, &waiting.plays[0], NULL);
    house_is_silent(&house->ledger);
    ledger_signs_mandated(house, first, &waiting.plays[0].id, false);
    gate_is_accepted(house, waiting.asked[0], &waiting.plays[0].id, FATE_SIGNED);
    gate_hears_moved(house, &waiting.plays[0].id);
    uint64_t id = ledger_takes_order(house, &order);
    assert_memory_equal(&order.request, &keys.id, sizeof keys.id);
    house_is_silent(&house->ledger);
    house->state->motions[MOTION_KEYS] =
        (struct motion_state){1, keys.request.items[0].payload};
    ledger_signs(house, id, &keys.id, "conclave/keys", 0, false);
    gate_hears_moved(house, &keys.id);
    for (size_t i = 1; i < FLOOD; i++)
        signs(house, &waiting, i);
    play_clear(&keys);
    drain(&waiting);
}

static void keeper__a_freeze_goes_before_what_waits_under_mandates(void **state)
{
    struct keeper_house *house = *state;
    const struct freeze_of everything = {.what = FREEZE_EVERYTHING};
    struct flood waiting;
    struct frozen frozen;
    struct hash statement;
    house_start(house);
    flood(house, &waiting);
    uint64_t first = ledger_is_asked(house, &waiting.plays[0]);
    gate_freezes(house, ALICE, 1, &everything, &statement);
    ledger_says_last(house, first, 0, (struct span){0});
    ledger_gives_root(house);
    first = ledger_takes_mandated(house, &waiting.plays[0], NULL);
    ledger_refuses(house, first, "R9");
    gate_is_refused(house, waiting.asked[0], "R9", "", false);
    ledger_takes_freeze(house, &frozen);
    assert_memory_equal(&frozen.request, &statement, sizeof statement);
    house_is_silent(&house->ledger);
    drain(&waiting);
}

// It was good when it was submitted.
static void keeper__a_mandate_that_was_revoked_meanwhile_signs_nothing(void **state)
{
    struct keeper_house *house = *state;
    struct freeze_of of = {.what = FREEZE_MANDATE, .thing = house_mandate(house)->text};
    struct flood waiting;
    struct frozen frozen;
    struct hash statement;
    snprintf(of.role, sizeof of.role, "director/targets");
    house_start(house);
    flood(house, &waiting);
    uint64_t first = ledger_is_asked(house, &waiting.plays[0]);
    uint64_t revoked = gate_freezes(house, ALICE, 1, &of, &statement);
    ledger_says_last(house, first, 0, (struct span){0});
    ledger_gives_root(house);
    first = ledger_takes_mandated(house, &waiting.plays[0], NULL);
    ledger_signs_mandated(house, first, &waiting.plays[0].id, false);
    gate_is_accepted(house, waiting.asked[0], &waiting.plays[0].id, FATE_SIGNED);
    gate_hears_moved(house, &waiting.plays[0].id);
    uint64_t id = ledger_takes_freeze(house, &frozen);
    state_end_mandate(house->state, "director/targets");
    house->state->freezers[house->state->freezer_count++] =
        (struct freezer_state){house->people[ALICE].key.id, 1};
    ledger_signs(house, id, &statement, OUTCOME_FREEZE, 0, false);
    gate_is_accepted(house, revoked, &statement, FATE_SIGNED);
    gate_hears_moved(house, &statement);
    for (size_t i = 1; i < FLOOD; i++) {
        ledger_says_last(house, ledger_is_asked(house, &waiting.plays[i]), 0, (struct span){0});
        ledger_gives_root(house);
        ledger_stores(house, RECORD_REFUSED, NULL);
        gate_is_refused(house, waiting.asked[i], "R7", "No mandate is in force", true);
    }
    drain(&waiting);
}

static void keeper__r11_judges_a_request_once_at_a_time(void **state)
{
    struct keeper_house *house = *state;
    struct flood waiting;
    house_start(house);
    flood(house, &waiting);
    uint64_t again = gate_submits(house, &waiting.plays[1]);
    gate_is_refused(house, again, "R11", "is being judged", false);
    again = gate_submits(house, &waiting.plays[0]);
    gate_is_refused(house, again, "R11", "is being judged", false);
    for (size_t i = 0; i < FLOOD; i++)
        signs(house, &waiting, i);
    drain(&waiting);
}

static void keeper__r17_what_waits_counts_as_open(void **state)
{
    struct keeper_house *house = *state;
    struct flood waiting;
    house->charter->requesters[1].quota.open = FLOOD;
    house_write_charter(house);
    house_start(house);
    flood(house, &waiting);
    struct play more = play_targets(house, &house->service, "director/targets@more", 3);
    uint64_t id = gate_submits(house, &more);
    gate_is_refused(house, id, "R17", "has 4 open requests", false);
    signs(house, &waiting, 0);
    gate_submits(house, &more);
    signs(house, &waiting, 1);
    play_clear(&more);
    drain(&waiting);
}

static void keeper__what_waits_when_the_house_stops_may_be_asked_for_again(void **state)
{
    struct keeper_house *house = *state;
    const struct message stop = {.kind = ROOM_STOP};
    struct flood waiting;
    house_start(house);
    flood(house, &waiting);
    uint64_t first = ledger_is_asked(house, &waiting.plays[0]);
    all_wait(house);
    house_says(&house->control, &stop);
    for (size_t i = 1; i < FLOOD; i++)
        gate_is_refused(house, waiting.asked[i], "", "the appliance is stopping", false);
    ledger_says_last(house, first, 0, (struct span){0});
    ledger_gives_root(house);
    first = ledger_takes_mandated(house, &waiting.plays[0], NULL);
    ledger_signs_mandated(house, first, &waiting.plays[0].id, false);
    gate_is_accepted(house, waiting.asked[0], &waiting.plays[0].id, FATE_SIGNED);
    gate_hears_moved(house, &waiting.plays[0].id);
    ledger_stores(house, RECORD_STOP, NULL);
    house_ends(house, 0);
    drain(&waiting);
}

// ---- a clock that is set while they wait ----

static int make_with_clock(void **state)
{
    if (house_make_mandate(state) != 0)
        return -1;
    struct keeper_house *house = *state;
    house->program = "keeper-with-clock";
    return 0;
}

static void keeper__r13_signs_nothing_under_mandates_without_time(void **state)
{
    struct keeper_house *house = *state;
    struct flood waiting;
    house_start(house);
    flood(house, &waiting);
    uint64_t first = ledger_is_asked(house, &waiting.plays[0]);
    all_wait(house);
    *house->ahead = 10LL * 365 * HOUSE_DAY;
    ledger_stores(house, RECORD_CLOCK, NULL); // it was set
    ledger_stores(house, RECORD_CLOCK, NULL); // there is no time
    ledger_says_fate(house, first, &waiting.plays[0].id);
    gate_is_accepted(house, waiting.asked[0], &waiting.plays[0].id, FATE_SIGNED);
    for (size_t i = 1; i < FLOOD; i++)
        gate_is_refused(house, waiting.asked[i], "R13", "ahead of the sealed time", false);
    house_is_silent(&house->ledger);
    drain(&waiting);
}

static void keeper__r4_signs_nothing_that_expired_while_it_waited(void **state)
{
    struct keeper_house *house = *state;
    struct flood waiting;
    house_start(house);
    flood(house, &waiting);
    uint64_t first = ledger_is_asked(house, &waiting.plays[0]);
    all_wait(house);
    *house->ahead = 2 * HOUSE_DAY;
    ledger_stores(house, RECORD_CLOCK, NULL);
    ledger_says_fate(house, first, &waiting.plays[0].id);
    gate_is_accepted(house, waiting.asked[0], &waiting.plays[0].id, FATE_SIGNED);
    for (size_t i = 1; i < FLOOD; i++) {
        ledger_stores(house, RECORD_REFUSED, NULL);
        gate_is_refused(house, waiting.asked[i], "R4", "the request has expired", true);
    }
    drain(&waiting);
}

// No more than a gate's credits stand there, whatever gates let in.
static void keeper__r20_the_line_has_an_end(void **state)
{
    struct keeper_house *house = *state;
    house->charter->requesters[1].quota.open = LIMIT_OPEN;
    house_write_charter(house);
    house_start(house);
    for (size_t i = 0; i <= LIMIT_CREDITS; i++) {
        struct play play = play_targets(house, &house->service, "director/targets@one", 3);
        uint64_t id = gate_submits(house, &play);
        if (i == LIMIT_CREDITS)
            gate_is_refused(house, id, "R20", "as many requests under mandates wait", false);
        play_clear(&play);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, house_make_mandate, house_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeper__a_flood_under_mandates_keeps_no_quorums_order_away),
        TEST(keeper__a_freeze_goes_before_what_waits_under_mandates),
        TEST(keeper__a_mandate_that_was_revoked_meanwhile_signs_nothing),
        TEST(keeper__r11_judges_a_request_once_at_a_time),
        TEST(keeper__r17_what_waits_counts_as_open),
        TEST(keeper__what_waits_when_the_house_stops_may_be_asked_for_again),
        cmocka_unit_test_setup_teardown(
            keeper__r13_signs_nothing_under_mandates_without_time, make_with_clock, house_drop),
        cmocka_unit_test_setup_teardown(
            keeper__r4_signs_nothing_that_expired_while_it_waited, make_with_clock, house_drop),
        TEST(keeper__r20_the_line_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
