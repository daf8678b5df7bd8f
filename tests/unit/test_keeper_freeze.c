// Freezes: one administrator's statement, sealed before any other order. Over the real program.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct span made_up = {(const uint8_t *)"made up", 7};
static const struct freeze_of everything = {.what = FREEZE_EVERYTHING};

static int by_statement(const void *a, const void *b)
{
    const struct freeze_state *left = a, *right = b;
    return memcmp(left->statement.byte, right->statement.byte, HASH_SIZE);
}

// What the vault would have sealed.
static void seal_freeze(struct keeper_house *house, const struct frozen *frozen)
{
    struct state *state = house->state;
    state->freezes[state->freeze_count++] = (struct freeze_state){.statement = frozen->request,
        .administrator = frozen->freeze.administrator,
        .time = frozen->time,
        .of = frozen->freeze.of};
    qsort(state->freezes, state->freeze_count, sizeof state->freezes[0], by_statement);
    state->freezers[0] =
        (struct freezer_state){frozen->freeze.administrator, frozen->freeze.number};
    state->freezer_count = 1;
}

static struct place freeze(struct keeper_house *house, const struct freeze_of *of)
{
    struct hash statement;
    struct frozen frozen;
    uint64_t asked = gate_freezes(house, ALICE, 1, of, &statement);
    uint64_t id = ledger_takes_freeze(house, &frozen);
    assert_memory_equal(&frozen.request, &statement, sizeof statement);
    seal_freeze(house, &frozen);
    struct place outcome = ledger_signs(house, id, &statement, OUTCOME_FREEZE, 0, false);
    assert_int_equal(
        gate_is_accepted(house, asked, &statement, FATE_SIGNED).index, outcome.index);
    gate_hears_moved(house, &statement);
    return outcome;
}

static struct freeze_of role_of(const char *role)
{
    struct freeze_of of = {.what = FREEZE_ROLE};
    snprintf(of.role, sizeof of.role, "%s", role);
    return of;
}

static void keeper__takes_a_freeze_as_an_order_with_its_statement(void **state)
{
    struct keeper_house *house = *state;
    struct hash statement;
    struct frozen frozen;
    house_start(house);
    gate_freezes(house, ALICE, 1, &everything, &statement);
    uint64_t id = ledger_takes_freeze(house, &frozen);
    assert_memory_equal(&frozen.request, &statement, sizeof statement);
    assert_memory_equal(
        &frozen.freeze.administrator, &house->people[ALICE].key.id, sizeof(struct hash));
    assert_int_equal(frozen.freeze.number, 1);
    assert_true(frozen.time >= moment_now() - 5 && frozen.time <= moment_now());
    seal_freeze(house, &frozen);
    ledger_signs(house, id, &statement, OUTCOME_FREEZE, 0, false);
    house_hears(house, &house->gate, ANSWER_ACCEPTED);
}

// The frozen request waits; it is not ended, and the quorum's decisions over it are taken.
static void keeper__a_frozen_request_waits_for_the_lift(void **state)
{
    struct keeper_house *house = *state;
    struct play play = play_new(house, &house->service, "image/targets", 1, made_up);
    struct freeze_of of = role_of("image/targets");
    play_live(house, &play);
    house_start(house);
    freeze(house, &of);
    house_decides(house, &play, ALICE, DECISION_APPROVE);
    house_decides(house, &play, BOB, DECISION_APPROVE);
    house_is_silent(&house->ledger);
    // Another freeze changes nothing of it; that the first is gone does.
    of = role_of("image/root");
    struct hash statement;
    struct frozen frozen;
    uint64_t asked = gate_freezes(house, ALICE, 2, &of, &statement);
    uint64_t id = ledger_takes_freeze(house, &frozen);
    house->state->freeze_count = 0;
    seal_freeze(house, &frozen);
    ledger_signs(house, id, &statement, OUTCOME_FREEZE, 0, false);
    gate_is_accepted(house, asked, &statement, FATE_SIGNED);
    struct order order;
    ledger_takes_order(house, &order);
    assert_memory_equal(&order.request, &play.id, sizeof play.id);
    play_clear(&play);
}

static void keeper__a_freeze_goes_before_every_order_that_waits(void **state)
{
    struct keeper_house *house = *state;
    struct play play[3];
    for (size_t i = 0; i < 3; i++) {
        play[i] = play_new(house, &house->service, "image/targets", 1, made_up);
        play_live(house, &play[i]);
        play_decides(house, &play[i], ALICE, DECISION_APPROVE);
        play_decides(house, &play[i], BOB, DECISION_APPROVE);
    }
    house_start(house);
    struct order order;
    struct frozen frozen;
    struct hash statement;
    uint64_t id = ledger_takes_order(house, &order);
    uint64_t asked = gate_freezes(house, ALICE, 1, &everything, &statement);
    house_is_silent(&house->ledger); // one at a time
    ledger_refuses(house, id, "R17");
    id = ledger_takes_freeze(house, &frozen);
    house_is_silent(&house->ledger);
    seal_freeze(house, &frozen);
    ledger_signs(house, id, &statement, OUTCOME_FREEZE, 0, false);
    gate_is_accepted(house, asked, &statement, FATE_SIGNED);
    gate_hears_moved(house, &statement);
    house_is_silent(&house->ledger);
    for (size_t i = 0; i < 3; i++)
        play_clear(&play[i]);
}

static void keeper__judges_a_freeze_by_what_the_one_before_it_sealed(void **state)
{
    struct keeper_house *house = *state;
    struct freeze_of of = role_of("image/root");
    struct hash first, second, again;
    struct frozen frozen;
    house_start(house);
    uint64_t asked = gate_freezes(house, ALICE, 1, &everything, &first);
    uint64_t id = ledger_takes_freeze(house, &frozen);
    uint64_t asked_second = gate_freezes(house, ALICE, 2, &of, &second);
    uint64_t asked_again = gate_freezes(house, ALICE, 1, &everything, &again);
    house_is_silent(&house->ledger);
    seal_freeze(house, &frozen);
    ledger_signs(house, id, &first, OUTCOME_FREEZE, 0, false);
    gate_is_accepted(house, asked, &first, FATE_SIGNED);
    gate_hears_moved(house, &first);
    id = ledger_takes_freeze(house, &frozen);
    assert_int_equal(frozen.freeze.number, 2);
    seal_freeze(house, &frozen);
    ledger_signs(house, id, &second, OUTCOME_FREEZE, 0, false);
    gate_is_accepted(house, asked_second, &second, FATE_SIGNED);
    gate_hears_moved(house, &second);
    // R11: the ledger tells what became of one that is in force.
    id = ledger_takes_freeze(house, &frozen);
    assert_memory_equal(&frozen.request, &first, sizeof first);
    struct message known = {.kind = ANSWER_ACCEPTED, .id = id};
    known.accepted.request = first;
    known.accepted.fate = FATE_SIGNED;
    house_says(&house->ledger, &known);
    gate_is_accepted(house, asked_again, &first, FATE_SIGNED);
}

static void keeper__a_freeze_holds_after_a_start(void **state)
{
    struct keeper_house *house = *state;
    struct play play = play_new(house, &house->service, "image/targets", 1, made_up);
    play_live(house, &play);
    play_decides(house, &play, ALICE, DECISION_APPROVE);
    play_decides(house, &play, BOB, DECISION_APPROVE);
    house->state->freezes[0] = (struct freeze_state){.statement = hash_of(span_text("freeze")),
        .administrator = house->people[ALICE].key.id,
        .time = moment_now(),
        .of = role_of("image/targets")};
    house->state->freeze_count = 1;
    house_start(house);
    house_is_silent(&house->ledger);
    house_stop(house);
    house->state->freeze_count = 0;
    house_start(house);
    ledger_takes_order(house, NULL);
    play_clear(&play);
}

// A lift as its administrator's tool makes it; the keeper fetches the statement that it lifts.
static struct play ask_for_lift(
    struct keeper_house *house, const struct freeze_state *lifted, struct span statement)
{
    struct bytes text;
    const struct lift_motion lift = {.freeze = lifted->statement, .of = lifted->of};
    bytes_init(&text, LIMIT_RECORD);
    lift_motion_write(&lift, &text);
    struct play play =
        play_new(house, &house->people[BOB], "conclave/lift", 1, bytes_span(&text));
    uint64_t id = gate_submits(house, &play);
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    assert_memory_equal(&ask.blob.hash, &lift.freeze, sizeof lift.freeze);
    struct message blob = {.kind = ANSWER_BLOB, .id = ask.id};
    blob.blob_is.bytes = statement;
    house_says(&house->ledger, &blob);
    ledger_opens(house, &play);
    gate_is_accepted(house, id, &play.id, FATE_OPEN);
    bytes_clear(&text);
    return play;
}

static void keeper__a_lift_is_ordered_while_everything_is_frozen(void **state)
{
    struct keeper_house *house = *state;
    struct freeze_state *frozen = &house->state->freezes[0];
    struct bytes statement;
    const struct freeze frozen_by = {.appliance = house->log.key.id,
        .administrator = house->people[ALICE].key.id,
        .epoch = 1,
        .charter = house->charter->hash,
        .number = 1,
        .of = everything,
        .reason = "suspicion"};
    bytes_init(&statement, LIMIT_RECORD);
    freeze_write(&frozen_by, &statement);
    *frozen = (struct freeze_state){.statement = hash_of(bytes_span(&statement)),
        .administrator = house->people[ALICE].key.id,
        .time = moment_now(),
        .of = everything};
    house->state->freeze_count = 1;
    house_start(house);
    struct play play = ask_for_lift(house, frozen, bytes_span(&statement));
    struct play other = ask_for_lift(house, frozen, bytes_span(&statement));
    house_decides(house, &play, ALICE, DECISION_APPROVE);
    house_decides(house, &play, CAROL, DECISION_APPROVE);
    house_decides(house, &play, DAVE, DECISION_APPROVE);
    uint64_t id = ledger_takes_order(house, NULL);
    house->state->freeze_count = 0;
    ledger_signs(house, id, &play.id, "conclave/lift", 0, false);
    gate_hears_moved(house, &play.id);
    // The other lifts what is not frozen any more: heard anew, it ends.
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    assert_memory_equal(&ask.blob.hash, &other.id, sizeof other.id);
    play_clear(&play);
    play_clear(&other);
    bytes_clear(&statement);
}

static void keeper__r17_a_freeze_replayed_after_its_lift_is_a_refusal(void **state)
{
    struct keeper_house *house = *state;
    struct hash statement;
    struct refused refused;
    struct bytes record;
    house->state->freezers[0] = (struct freezer_state){house->people[ALICE].key.id, 1};
    house->state->freezer_count = 1;
    house_start(house);
    uint64_t asked = gate_freezes(house, ALICE, 1, &everything, &statement);
    ledger_stores(house, RECORD_REFUSED, &record);
    assert_int_equal(refused_read(bytes_span(&record), &refused), OK);
    // Not about the statement: that would be its fate for ever.
    assert_true(hash_is_none(&refused.request));
    assert_memory_equal(&refused.from, &house->people[ALICE].key.id, sizeof(struct hash));
    gate_is_refused(house, asked, refused.rule, refused.why, true);
    house_is_silent(&house->ledger);
    bytes_clear(&record);
}

static void keeper__a_freeze_is_of_a_request_that_is_open(void **state)
{
    struct keeper_house *house = *state;
    struct freeze_of of = {.what = FREEZE_REQUEST, .thing = hash_of(span_text("another"))};
    struct hash statement;
    struct play play = play_new(house, &house->service, "image/targets", 1, made_up);
    play_live(house, &play);
    house_start(house);
    uint64_t asked = gate_freezes(house, ALICE, 1, &of, &statement);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, asked, "R11", "no open request", true);
    of.thing = play.id;
    freeze(house, &of);
    house_decides(house, &play, BOB, DECISION_APPROVE);
    house_decides(house, &play, CAROL, DECISION_APPROVE);
    house_is_silent(&house->ledger);
    play_clear(&play);
}

static void keeper__a_freeze_is_an_administrators_own(void **state)
{
    struct keeper_house *house = *state;
    struct hash statement;
    house_start(house);
    struct person alice = house->people[ALICE];
    // Another key signs; then a key that is nobody's.
    struct message ask = {.kind = ASK_FREEZE};
    uint8_t signature[KEY_SIGNATURE_MOST] = {0};
    struct freeze freeze = {.appliance = house->log.key.id,
        .administrator = alice.key.id,
        .epoch = 1,
        .charter = house->charter->hash,
        .number = 1,
        .of = everything,
        .reason = "suspicion"};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    freeze_write(&freeze, &text);
    ask.freeze.statement = bytes_span(&text);
    ask.freeze.signature = span_of(signature, 64);
    gate_is_refused(house, gate_says(house, &ask), "R3", "signature of alice", false);
    bytes_add_text(&text, "\n");
    ask.freeze.statement = bytes_span(&text);
    gate_is_refused(house, gate_says(house, &ask), "R20", "not a freeze", false);
    house->people[ALICE] = house->service;
    uint64_t asked = gate_freezes(house, ALICE, 1, &everything, &statement);
    gate_is_refused(house, asked, "R5", "no administrator's", false);
    house->people[ALICE] = alice;
    struct hash log = house->log.key.id;
    house->log.key.id = hash_of(span_text("another appliance"));
    asked = gate_freezes(house, ALICE, 1, &everything, &statement);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, asked, "R4", "another appliance", true);
    house->log.key.id = log;
    house_is_silent(&house->ledger);
    bytes_clear(&text);
}

static void keeper__r17_the_vaults_refusal_of_a_freeze_is_told_and_recorded(void **state)
{
    struct keeper_house *house = *state;
    struct hash statement;
    struct frozen frozen;
    house_start(house);
    uint64_t asked = gate_freezes(house, ALICE, 1, &everything, &statement);
    ledger_refuses(house, ledger_takes_freeze(house, &frozen), "R9");
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, asked, "R9", "the vault would not", true);
    freeze(house, &everything); // the same again
}

static void keeper__r20_holds_no_more_freezes_than_credits(void **state)
{
    struct keeper_house *house = *state;
    struct hash statement;
    struct frozen frozen;
    house_start(house);
    gate_freezes(house, ALICE, 1, &everything, &statement);
    uint64_t id = ledger_takes_freeze(house, &frozen);
    for (int i = 0; i < LIMIT_CREDITS; i++)
        gate_freezes(house, BOB, 1, &everything, &statement);
    house_is_silent(&house->control);
    gate_freezes(house, BOB, 1, &everything, &statement);
    house_hears(house, &house->control, ROOM_REPLACE);
    // What the old gate asked is forgotten; the one in flight goes its way.
    ledger_refuses(house, id, "R9");
    ledger_stores(house, RECORD_REFUSED, NULL);
    house_is_silent(&house->ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, house_make, house_drop)
        TEST(keeper__takes_a_freeze_as_an_order_with_its_statement),
        TEST(keeper__a_frozen_request_waits_for_the_lift),
        TEST(keeper__a_freeze_goes_before_every_order_that_waits),
        TEST(keeper__judges_a_freeze_by_what_the_one_before_it_sealed),
        TEST(keeper__a_freeze_holds_after_a_start),
        TEST(keeper__a_lift_is_ordered_while_everything_is_frozen),
        TEST(keeper__r17_a_freeze_replayed_after_its_lift_is_a_refusal),
        TEST(keeper__a_freeze_is_of_a_request_that_is_open),
        TEST(keeper__a_freeze_is_an_administrators_own),
        TEST(keeper__r17_the_vaults_refusal_of_a_freeze_is_told_and_recorded),
        TEST(keeper__r20_holds_no_more_freezes_than_credits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
