// Orders: when one is given, what waits, and custodians who add their signatures. Over the real
// program.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_play.h"

#include <string.h>
#include <time.h>

static const struct span made_up = {(const uint8_t *)"made up", 7};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void keeper__r5_orders_a_motion_when_its_quorum_is_complete(void **state)
{
    struct keeper_house *house = *state;
    struct order order;
    house_start(house);
    struct play play = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    house_opens(house, &play);
    assert_int_equal(play.opened.decides_count, 1);
    assert_string_equal(play.opened.decides[0], "charter");
    house_decides(house, &play, ALICE, DECISION_APPROVE);
    house_decides(house, &play, BOB, DECISION_APPROVE);
    house_is_silent(&house->ledger);
    house_decides(house, &play, CAROL, DECISION_APPROVE);
    uint64_t id = ledger_takes_order(house, &order);
    assert_memory_equal(&order.request, &play.id, sizeof play.id);
    assert_int_equal(order.approval_count, 3);
    assert_false(order.adds);
    house->state->motions[MOTION_KEYS] =
        (struct motion_state){1, play.request.items[0].payload};
    ledger_signs(house, id, &play.id, "conclave/keys", 0, false);
    gate_hears_moved(house, &play.id);
    // The next of its kind builds on it.
    struct play next = play_new(house, &house->service, "conclave/keys", 2, (struct span){0});
    uint64_t submitted = gate_submits(house, &next);
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    assert_memory_equal(&ask.blob.hash, &play.request.items[0].payload, sizeof ask.blob.hash);
    struct message blob = {.kind = ANSWER_BLOB, .id = ask.id};
    blob.blob_is.bytes = bytes_span(&play.payload);
    house_says(&house->ledger, &blob);
    ledger_opens(house, &next);
    gate_is_accepted(house, submitted, &next.id, FATE_OPEN);
    play_clear(&play);
    play_clear(&next);
}

static void keeper__r5_an_administrator_who_asks_does_not_count(void **state)
{
    struct keeper_house *house = *state;
    struct person *alice = &house->people[ALICE];
    house_start(house);
    struct play play = play_new(house, alice, "conclave/keys", 1, (struct span){0});
    house_opens(house, &play);
    uint64_t id = gate_decides(house, &play, ALICE, DECISION_APPROVE);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, "R5", "alice stands behind this request", true);
    // Another requester of nobody's cannot withdraw it; alice can.
    id = gate_withdraws(house, &play, &house->service);
    gate_is_refused(house, id, "R5", "only a key of the person", false);
    id = gate_withdraws(house, &play, alice);
    ledger_stores(house, RECORD_ENDED, NULL);
    gate_is_accepted(house, id, &play.id, FATE_WITHDRAWN);
    play_clear(&play);
}

static void keeper__r21_an_administrators_own_key_asks_for_no_metadata(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    struct play play = play_new(house, &house->people[ALICE], "image/targets", 1, made_up);
    uint64_t id = gate_submits(house, &play);
    gate_is_refused(house, id, "R21", "alice is an administrator", false);
    house_is_silent(&house->ledger);
    play_clear(&play);
}

// Two requests that are complete at the start; the first order that goes out is `first`'s.
static uint64_t complete(
    struct keeper_house *house, struct play play[2], size_t *first, struct order *order)
{
    for (size_t i = 0; i < 2; i++) {
        play[i] = play_new(house, &house->service, "image/targets", 1, made_up);
        play_live(house, &play[i]);
        play_decides(house, &play[i], ALICE, DECISION_APPROVE);
        play_decides(house, &play[i], BOB, DECISION_APPROVE);
    }
    house_start(house);
    uint64_t id = ledger_takes_order(house, order);
    *first = memcmp(&order->request, &play[1].id, sizeof play[1].id) == 0;
    return id;
}

static void what_waits_gives_others_their_turn(const char *rule, struct keeper_house *house)
{
    struct play play[2];
    struct order order;
    size_t first;
    uint64_t id = complete(house, play, &first, &order);
    int64_t refused = now_ms();
    ledger_refuses(house, id, rule);
    id = ledger_takes_order(house, &order); // the other's, at once
    assert_memory_equal(&order.request, &play[1 - first].id, sizeof order.request);
    ledger_refuses(house, id, rule);
    house_is_silent(&house->ledger);
    id = ledger_takes_order(house, &order); // again, a second later
    assert_memory_equal(&order.request, &play[first].id, sizeof order.request);
    assert_true(now_ms() - refused >= 1000);
    refused = now_ms();
    ledger_refuses(house, id, rule);
    ledger_takes_order(house, &order);
    assert_memory_equal(&order.request, &play[1 - first].id, sizeof order.request);
    assert_true(now_ms() - refused >= 900);
    play_clear(&play[0]);
    play_clear(&play[1]);
}

static void keeper__r9_an_order_without_room_is_given_once_a_second(void **state)
{
    what_waits_gives_others_their_turn("R9", *state);
}

static void keeper__r13_an_order_without_time_is_given_once_a_second(void **state)
{
    what_waits_gives_others_their_turn("R13", *state);
}

static void keeper__r17_an_order_over_a_rate_is_given_once_a_second(void **state)
{
    what_waits_gives_others_their_turn("R17", *state);
}

static void keeper__r6_any_other_refusal_ends_the_request(void **state)
{
    struct keeper_house *house = *state;
    struct play play[2];
    struct order order;
    struct bytes record;
    struct ended ended;
    size_t first;
    uint64_t id = complete(house, play, &first, &order);
    ledger_refuses(house, id, "R5");
    ledger_stores(house, RECORD_ENDED, &record);
    assert_int_equal(ended_read(bytes_span(&record), &ended), OK);
    assert_memory_equal(&ended.request, &play[first].id, sizeof ended.request);
    assert_int_equal(ended.how, ENDING_REFUSED);
    assert_string_equal(ended.why, "R5: the vault would not");
    gate_hears_moved(house, &play[first].id);
    ledger_takes_order(house, &order);
    assert_memory_equal(&order.request, &play[1 - first].id, sizeof order.request);
    bytes_clear(&record);
    play_clear(&play[0]);
    play_clear(&play[1]);
}

static void keeper__r17_a_role_that_used_up_its_rate_waits(void **state)
{
    struct keeper_house *house = *state;
    struct role *targets = &house->charter->roles[1];
    targets->rate = 1;
    targets->rate_seconds = 3600;
    house_write_charter(house);
    struct role_state last = {.role = "image/targets",
        .version = 1,
        .payload = hash_of(span_text("old")),
        .expires = moment_now() + HOUSE_DAY,
        .used = 1,
        .used_since = moment_now() - 10};
    assert_int_equal(state_set(house->state, &last), OK);
    struct play play = play_new(house, &house->service, "image/targets", 2, made_up);
    play_live(house, &play);
    play_decides(house, &play, ALICE, DECISION_APPROVE);
    play_decides(house, &play, BOB, DECISION_APPROVE);
    struct play root = play_new(house, &house->service, "image/root", 1, made_up);
    play_live(house, &root);
    play_decides(house, &root, ALICE, DECISION_APPROVE);
    play_decides(house, &root, BOB, DECISION_APPROVE);
    house_start(house);
    struct order order;
    uint64_t id = ledger_takes_order(house, &order);
    assert_memory_equal(&order.request, &root.id, sizeof root.id);
    ledger_refuses(house, id, "R9");
    ledger_takes_order(house, &order);
    assert_memory_equal(&order.request, &root.id, sizeof root.id);
    play_clear(&play);
    play_clear(&root);
}

// ---- custodians ----

// A root that was signed with two of its three keys, and whose third custodian has not approved.
static struct play signed_root(struct keeper_house *house, uint64_t *outcome)
{
    struct play play = play_new(house, &house->service, "image/root", 1, made_up);
    play_live(house, &play);
    play_decides(house, &play, ALICE, DECISION_APPROVE);
    play_decides(house, &play, BOB, DECISION_APPROVE);
    house_start(house);
    uint64_t id = ledger_takes_order(house, NULL);
    struct role_state last = {.role = "image/root",
        .version = 1,
        .payload = play.request.items[0].payload,
        .expires = moment_now() + HOUSE_DAY};
    assert_int_equal(state_set(house->state, &last), OK);
    for (size_t i = 0; i < house->charter->key_count; i++) {
        const struct role_key *key = &house->charter->keys[i];
        struct signed_state *signed_ = &house->state->signed_[house->state->signed_count];
        if (!key->has_custodian || key->custodian == CAROL)
            continue;
        *signed_ = (struct signed_state){
            .role = "image/root", .key = key->key.id, .order = house->leaf_count - 1};
        house->state->signed_count++;
    }
    *outcome = ledger_signs(house, id, &play.id, NULL, 1, false).index;
    gate_hears_moved(house, &play.id);
    return play;
}

static void keeper__r12_waits_until_enough_keys_can_sign(void **state)
{
    struct keeper_house *house = *state;
    struct play play = play_new(house, &house->service, "image/root", 1, made_up);
    play_live(house, &play);
    play_decides(house, &play, DAVE, DECISION_APPROVE); // of the group, and no custodian
    play_decides(house, &play, ALICE, DECISION_APPROVE);
    house_start(house);
    house_is_silent(&house->ledger);
    house_decides(house, &play, CAROL, DECISION_APPROVE);
    struct order order;
    ledger_takes_order(house, &order);
    assert_int_equal(order.approval_count, 3);
    play_clear(&play);
}

static void keeper__r12_a_custodian_who_approves_later_adds_a_signature(void **state)
{
    struct keeper_house *house = *state;
    uint64_t outcome;
    struct order order;
    struct play play = signed_root(house, &outcome);
    // Whoever asks again is told that it is signed.
    uint64_t id = gate_submits(house, &play);
    assert_int_equal(gate_is_accepted(house, id, &play.id, FATE_SIGNED).index, outcome);
    // Who keeps no key adds none.
    id = gate_decides(house, &play, DAVE, DECISION_APPROVE);
    ledger_stores(house, RECORD_DECISION, NULL);
    gate_is_accepted(house, id, &play.id, FATE_SIGNED);
    house_is_silent(&house->ledger);
    id = gate_decides(house, &play, CAROL, DECISION_APPROVE);
    ledger_stores(house, RECORD_DECISION, NULL);
    gate_is_accepted(house, id, &play.id, FATE_SIGNED);
    id = ledger_takes_order(house, &order);
    assert_true(order.adds);
    assert_int_equal(order.added_to.index, outcome);
    assert_int_equal(order.approval_count, 4);
    ledger_signs(house, id, &play.id, NULL, 0, false);
    gate_hears_moved(house, &play.id);
    // Nothing is missing: it is gone, without another record.
    id = gate_decides(house, &play, ERIN, DECISION_APPROVE);
    gate_is_refused(house, id, "R11", "no open request", false);
    play_clear(&play);
}

static void keeper__r12_what_is_signed_is_neither_rejected_nor_withdrawn(void **state)
{
    struct keeper_house *house = *state;
    uint64_t outcome;
    struct play play = signed_root(house, &outcome);
    uint64_t id = gate_decides(house, &play, CAROL, DECISION_REJECT);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, "R12", "a rejection takes no signature back", true);
    id = gate_withdraws(house, &play, &house->service);
    gate_is_refused(house, id, "R11", "is signed", false);
    // The ledger knows its fate; the refusal is told all the same.
    id = gate_decides(house, &play, ALICE, DECISION_APPROVE);
    struct message order = house_hears(house, &house->ledger, ORDER_RECORD);
    struct message fate = {.kind = ANSWER_ACCEPTED, .id = order.id};
    fate.accepted.request = play.id;
    fate.accepted.fate = FATE_SIGNED;
    house_says(&house->ledger, &fate);
    gate_is_refused(house, id, "R5", "approved this request already", false);
    play_clear(&play);
}

static void keeper__r12_closes_what_is_signed_when_its_role_has_moved(void **state)
{
    struct keeper_house *house = *state;
    uint64_t outcome;
    struct bytes record;
    struct ended ended;
    struct play play = signed_root(house, &outcome);
    struct play keys = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    house_opens(house, &keys);
    for (size_t person = ALICE; person <= CAROL; person++)
        house_decides(house, &keys, person, DECISION_APPROVE);
    uint64_t id = ledger_takes_order(house, NULL);
    house->state->roles[0].version = 2;
    house->state->roles[0].payload = hash_of(span_text("another root"));
    ledger_signs(house, id, &keys.id, "conclave/keys", 0, false);
    gate_hears_moved(house, &keys.id);
    ledger_stores(house, RECORD_ENDED, &record);
    assert_int_equal(ended_read(bytes_span(&record), &ended), OK);
    assert_int_equal(ended.how, ENDING_CLOSED);
    assert_memory_equal(&ended.request, &play.id, sizeof play.id);
    gate_hears_moved(house, &play.id);
    bytes_clear(&record);
    play_clear(&play);
    play_clear(&keys);
}

static void keeper__r12_closes_what_is_signed_when_it_expires(void **state)
{
    struct keeper_house *house = *state;
    uint64_t outcome;
    struct bytes record;
    struct ended ended;
    struct play play = play_new(house, &house->service, "image/root", 1, made_up);
    play_clear(&play);
    play = signed_root(house, &outcome);
    house_stop(house);
    // The same records at a start after its expiry.
    struct keeper_house *later = house;
    for (size_t i = 0; i < later->live_count; i++)
        bytes_clear(&later->live[i].text);
    later->live_count = 0;
    play.request.expires = moment_now() - 1;
    play.opened.expires = moment_now() - 1;
    play_live(later, &play);
    static struct outcome first;
    first = (struct outcome){.time = moment_now(),
        .request = play.id,
        .order = {1, later->leaves[1]},
        .state = hash_of(span_text("a state")),
        .missing = 1,
        .signature_count = 1};
    first.signatures[0] = (struct outcome_signature){.role = "image/root",
        .version = 1,
        .key = hash_of(span_text("key")),
        .signature = hash_of(span_text("signature"))};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    outcome_write(&first, &text);
    house_live(later, bytes_span(&text));
    house_start(later);
    ledger_stores(later, RECORD_ENDED, &record);
    assert_int_equal(ended_read(bytes_span(&record), &ended), OK);
    assert_int_equal(ended.how, ENDING_CLOSED);
    assert_non_null(strstr(ended.why, "expiry passed"));
    bytes_clear(&text);
    bytes_clear(&record);
    play_clear(&play);
}

static void keeper__r12_closes_what_is_signed_when_the_vault_refuses_to_add(void **state)
{
    struct keeper_house *house = *state;
    uint64_t outcome;
    struct bytes record;
    struct ended ended;
    struct play play = signed_root(house, &outcome);
    uint64_t id = gate_decides(house, &play, CAROL, DECISION_APPROVE);
    ledger_stores(house, RECORD_DECISION, NULL);
    gate_is_accepted(house, id, &play.id, FATE_SIGNED);
    ledger_refuses(house, ledger_takes_order(house, NULL), "R12");
    ledger_stores(house, RECORD_ENDED, &record);
    assert_int_equal(ended_read(bytes_span(&record), &ended), OK);
    assert_int_equal(ended.how, ENDING_CLOSED);
    assert_string_equal(ended.why, "R12: the vault would not");
    bytes_clear(&record);
    play_clear(&play);
}

static void keeper__r20_keeps_a_named_number_of_decisions(void **state)
{
    struct keeper_house *house = *state;
    struct play play = play_new(house, &house->service, "image/targets", 1, made_up);
    play_live(house, &play);
    for (int i = 0; i < LIMIT_DECISIONS; i++)
        play_decides(house, &play, ALICE, DECISION_REJECT);
    house_start(house);
    uint64_t id = gate_decides(house, &play, BOB, DECISION_APPROVE);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, "R20", "128 approvals and rejections", true);
    play_clear(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, house_make, house_drop)
        TEST(keeper__r5_orders_a_motion_when_its_quorum_is_complete),
        TEST(keeper__r5_an_administrator_who_asks_does_not_count),
        TEST(keeper__r21_an_administrators_own_key_asks_for_no_metadata),
        TEST(keeper__r9_an_order_without_room_is_given_once_a_second),
        TEST(keeper__r13_an_order_without_time_is_given_once_a_second),
        TEST(keeper__r17_an_order_over_a_rate_is_given_once_a_second),
        TEST(keeper__r6_any_other_refusal_ends_the_request),
        TEST(keeper__r17_a_role_that_used_up_its_rate_waits),
        TEST(keeper__r12_waits_until_enough_keys_can_sign),
        TEST(keeper__r12_a_custodian_who_approves_later_adds_a_signature),
        TEST(keeper__r12_what_is_signed_is_neither_rejected_nor_withdrawn),
        TEST(keeper__r12_closes_what_is_signed_when_its_role_has_moved),
        TEST(keeper__r12_closes_what_is_signed_when_it_expires),
        TEST(keeper__r12_closes_what_is_signed_when_the_vault_refuses_to_add),
        TEST(keeper__r20_keeps_a_named_number_of_decisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
