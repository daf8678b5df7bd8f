// Requests under mandates: what the keeper refuses, and what it orders with nobody present. Over the real
// program.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_mandate.h"

#include <stdio.h>
#include <string.h>

static const char item[] = "director/targets@one";

// Judged, and refused by this rule, which becomes a record.
static void is_refused(struct keeper_house *house, const struct play *play, uint64_t last,
    const char *rule, const char *words)
{
    static const struct span made_up = {(const uint8_t *)"made up", 7};
    uint64_t id = gate_submits(house, play);
    uint64_t asked = ledger_is_asked(house, play);
    ledger_says_last(house, asked, last, last == 0 ? (struct span){0} : made_up);
    ledger_gives_root(house);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, rule, words, true);
}

static void keeper__r7_signs_nothing_without_a_mandate(void **state)
{
    struct keeper_house *house = *state;
    house_mandate(house)->live = false;
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    is_refused(house, &play, 0, "R7", "No mandate is in force for director/targets@one");
    play_clear(&play);
}

static void keeper__r5_a_mandate_is_its_requesters_alone(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play play = play_targets(house, &house->laptop, item, 3);
    is_refused(house, &play, 0, "R5", "is another requester's");
    play_clear(&play);
}

static void keeper__r6_a_mandate_that_is_over_covers_nothing(void **state)
{
    struct keeper_house *house = *state;
    house_mandate(house)->until = moment_now() - 1;
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    is_refused(house, &play, 0, "R6", "have the next one approved");
    play_clear(&play);
}

static void keeper__r6_nothing_frozen_is_signed_under_a_mandate(void **state)
{
    struct keeper_house *house = *state;
    struct freeze_state *freeze = &house->state->freezes[house->state->freeze_count++];
    *freeze = (struct freeze_state){.statement = hash_of(span_text("freeze")),
        .administrator = house->people[ALICE].key.id,
        .time = moment_now(),
        .of = {.what = FREEZE_ROLE, .role = "director/targets"}};
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    is_refused(house, &play, 0, "R6", "An administrator froze");
    play_clear(&play);
}

static void keeper__r12_versions_rise_for_each_vehicle(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play below = play_targets(house, &house->service, item, 4);
    struct play same = play_targets(house, &house->service, item, 5);
    struct play outside = play_targets(house, &house->service, item, 2);
    is_refused(house, &below, 5, "R12/version-rises", "but version 5 was signed already");
    is_refused(house, &same, 5, "R12/version-once", "signed already over other bytes");
    is_refused(house, &outside, 0, "R12", "its mandate covers 3 to 1000");
    play_clear(&below);
    play_clear(&same);
    play_clear(&outside);
}

// Signed by a quorum before the role's mandates, or imported.
static void keeper__r12_goes_on_from_what_the_state_remembers(void **state)
{
    struct keeper_house *house = *state;
    struct role_state last = {
        .version = 7, .payload = hash_of(span_text("old")), .expires = moment_now()};
    snprintf(last.role, sizeof last.role, "%s", item);
    assert_int_equal(state_set(house->state, &last), OK);
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 6);
    uint64_t id = gate_submits(house, &play);
    ledger_says_last(house, ledger_is_asked(house, &play), 5, span_text("older"));
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    assert_memory_equal(&ask.blob.hash, &last.payload, sizeof last.payload);
    struct message blob = {.kind = ANSWER_BLOB, .id = ask.id};
    blob.blob_is.bytes = span_text("old");
    house_says(&house->ledger, &blob);
    ledger_gives_root(house);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, "R12/version-rises", "but version 7 was signed already", true);
    play_clear(&play);
}

static void keeper__r2_a_request_goes_one_way(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    play_adds(&play, &house->service, "image/targets", 1, &play.request.items[0].payload);
    uint64_t id = gate_submits(house, &play);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, "R2", "ask for them in two requests", true);
    play_clear(&play);
}

static void keeper__r2_an_item_names_its_vehicle(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play play = play_targets(house, &house->service, "director/targets", 3);
    uint64_t id = gate_submits(house, &play);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, "R2", "call the item director/targets@VEHICLE", true);
    play_clear(&play);
}

static void keeper__r1_the_requester_signed_these_bytes(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    play.signature[0] ^= 1;
    uint64_t id = gate_submits(house, &play);
    gate_is_refused(house, id, "R1", "does not fit the request's exact bytes", false);
    house_is_silent(&house->ledger);
    play_clear(&play);
}

// A Director's role that a quorum signs: for one vehicle at a time too.
static void keeper__opens_what_a_quorum_signs_for_a_vehicle(void **state)
{
    struct keeper_house *house = *state;
    struct order order;
    house_mandate(house)->live = false;
    house->charter->roles[1].by_mandate = false;
    house_write_charter(house);
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    uint64_t id = gate_submits(house, &play);
    ledger_gives_root(house);
    ledger_opens(house, &play);
    gate_is_accepted(house, id, &play.id, FATE_OPEN);
    assert_string_equal(play.opened.items[0].role, item);
    house_decides(house, &play, ALICE, DECISION_APPROVE);
    house_decides(house, &play, BOB, DECISION_APPROVE);
    ledger_takes_order(house, &order);
    assert_memory_equal(&order.request, &play.id, sizeof play.id);
    play_clear(&play);
}

// ---- what is signed ----

static void keeper__signs_under_a_mandate_with_nobody_present(void **state)
{
    struct keeper_house *house = *state;
    struct mandated order;
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    uint64_t asked = gate_submits(house, &play);
    ledger_says_last(house, ledger_is_asked(house, &play), 0, (struct span){0});
    ledger_gives_root(house);
    uint64_t id = ledger_takes_mandated(house, &play, &order);
    assert_memory_equal(&order.requester, &house->service.key.id, sizeof order.requester);
    assert_memory_equal(order.signature, play.signature, play.signature_size);
    assert_int_equal(order.signature_size, play.signature_size);
    assert_int_equal(order.mandate_count, 1);
    assert_string_equal(order.mandates[0].role, "director/targets");
    assert_memory_equal(
        &order.mandates[0].text, &house_mandate(house)->text, sizeof order.mandates[0].text);
    house_mandate(house)->reserved = LIMIT_BLOCK;
    house_mandate(house)->top = LIMIT_BLOCK;
    struct place outcome = ledger_signs_mandated(house, id, &play.id, true);
    assert_int_equal(
        gate_is_accepted(house, asked, &play.id, FATE_SIGNED).index, outcome.index);
    gate_hears_moved(house, &play.id);
    play_clear(&play);
}

// Its state was told with the one before; what that signed comes along.
static void keeper__takes_a_state_that_was_told(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 4);
    struct play last = play_targets(house, &house->service, item, 3);
    uint64_t asked = gate_submits(house, &play);
    uint64_t id = ledger_is_asked(house, &play);
    ledger_says_last(house, id, 3, bytes_span(&last.payload));
    ledger_gives_root(house);
    id = ledger_takes_mandated(house, &play, NULL);
    ledger_signs_mandated(house, id, &play.id, false);
    gate_is_accepted(house, asked, &play.id, FATE_SIGNED);
    gate_hears_moved(house, &play.id);
    play_clear(&play);
    play_clear(&last);
}

static void keeper__takes_no_state_that_nobody_told(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    gate_submits(house, &play);
    uint64_t id = ledger_goes_to_order(house, &play);
    house_mandate(house)->reserved = LIMIT_BLOCK;
    ledger_signs_mandated(house, id, &play.id, false);
    house_ends(house, EXIT_NEIGHBOUR);
    play_clear(&play);
}

static void keeper__takes_no_last_with_other_bytes(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    gate_submits(house, &play);
    struct message last = {.kind = LAST_ARE, .id = ledger_is_asked(house, &play)};
    last.lasts.at.count = last.lasts.payloads.count = 1;
    last.lasts.at.at[0] = (struct last){2, hash_of(span_text("one"))};
    last.lasts.payloads.at[0] = span_text("another");
    house_says(&house->ledger, &last);
    house_ends(house, EXIT_NEIGHBOUR);
    play_clear(&play);
}

static void keeper__r11_tells_a_fate_that_is_known(void **state)
{
    struct keeper_house *house = *state;
    house->charter->requesters[1].quota.records = 1;
    house_write_charter(house);
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    uint64_t asked = gate_submits(house, &play);
    ledger_says_fate(house, ledger_is_asked(house, &play), &play.id);
    gate_is_accepted(house, asked, &play.id, FATE_SIGNED);
    // Nothing was recorded, so nothing was charged.
    asked = gate_submits(house, &play);
    ledger_says_fate(house, ledger_goes_to_order(house, &play), &play.id);
    gate_is_accepted(house, asked, &play.id, FATE_SIGNED);
    play_clear(&play);
}

static void keeper__r17_what_passes_is_no_record(void **state)
{
    struct keeper_house *house = *state;
    static const char *const rules[] = {"R9", "R13", "R17"};
    house->charter->requesters[1].quota.records = 1;
    house_write_charter(house);
    house_start(house);
    struct play play = play_targets(house, &house->service, item, 3);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        uint64_t asked = gate_submits(house, &play);
        ledger_refuses(house, ledger_goes_to_order(house, &play), rules[i]);
        gate_is_refused(house, asked, rules[i], "the vault would not", false);
    }
    uint64_t asked = gate_submits(house, &play);
    ledger_refuses(house, ledger_goes_to_order(house, &play), "R12");
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, asked, "R12", "the vault would not", true);
    // That was its record of the day.
    struct play next = play_targets(house, &house->service, item, 3);
    asked = gate_submits(house, &next);
    gate_is_refused(house, asked, "R17", "used up its 1 records", false);
    play_clear(&play);
    play_clear(&next);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, house_make_mandate, house_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeper__r7_signs_nothing_without_a_mandate),
        TEST(keeper__r5_a_mandate_is_its_requesters_alone),
        TEST(keeper__r6_a_mandate_that_is_over_covers_nothing),
        TEST(keeper__r6_nothing_frozen_is_signed_under_a_mandate),
        TEST(keeper__r12_versions_rise_for_each_vehicle),
        TEST(keeper__r12_goes_on_from_what_the_state_remembers),
        TEST(keeper__r2_a_request_goes_one_way),
        TEST(keeper__r2_an_item_names_its_vehicle),
        TEST(keeper__r1_the_requester_signed_these_bytes),
        TEST(keeper__opens_what_a_quorum_signs_for_a_vehicle),
        TEST(keeper__signs_under_a_mandate_with_nobody_present),
        TEST(keeper__takes_a_state_that_was_told),
        TEST(keeper__takes_no_state_that_nobody_told),
        TEST(keeper__takes_no_last_with_other_bytes),
        TEST(keeper__r11_tells_a_fate_that_is_known),
        TEST(keeper__r17_what_passes_is_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
