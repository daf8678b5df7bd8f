// The real conclave-vault program, signing under mandates: numbers are sealed before the first is
// used, a crash loses what was left of them, and nothing brings them back.
#include "tests/unit/vault_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char targets[] = "director/targets", timestamp[] = "image/timestamp";
static const char vin_1[] = "director/targets@VIN-1", vin_2[] = "director/targets@VIN-2";

static void found(struct house *house)
{
    house->by_mandate = true;
    house_found(house);
    house_serve(house);
}

static const char *asked;

// A role that has none gets one that nobody approved.
static void name_one(struct mandated *order)
{
    struct mandate_named *named = &order->mandates[0];
    if (order->mandate_count > 0)
        return;
    order->mandate_count = 1;
    named->text = hash_of(span_text("a mandate that nobody approved"));
    snprintf(named->role, LIMIT_ROLE_NAME + 1, "%.*s", (int)strcspn(asked, "@"), asked);
}

static void say(struct house *house, const char *item, uint64_t version)
{
    const struct mandate_wish wish = {.item = asked = item, .version = version};
    house_make_mandated(house, &wish, 1, name_one);
    house_say_mandated(house);
}

static void sign(struct house *house, const char *item, uint64_t version, bool reserves)
{
    const struct mandate_wish wish = {.item = item, .version = version};
    house_sign_mandated(house, &wish, 1, reserves);
}

static void refused(struct house *house, const char *item, uint64_t version, const char *rule)
{
    say(house, item, version);
    house_hear_refusal(house, rule);
}

static void start_again(struct house *house)
{
    house_kill(house);
    house_serve(house);
}

// ---- what an order cannot choose ----

static void anothers_mandate(struct mandated *order)
{
    order->mandates[0].text = hash_of(span_text("a mandate that nobody approved"));
}
static void another_roles_mandate(struct mandated *order)
{
    snprintf(order->mandates[0].role, LIMIT_ROLE_NAME + 1, "director/targets");
}

static void refused_bent(struct house *house, void (*bend)(struct mandated *order))
{
    const struct mandate_wish wish = {.item = timestamp, .version = 1};
    house_make_mandated(house, &wish, 1, bend);
    house_say_mandated(house);
    house_hear_refusal(house, "R7");
}

// The key of another role, and one approval, for a role that two decide over.
static void make_for_another_key(struct house *house, uint64_t version, unsigned by)
{
    struct wish wish = house_metadata(house, "image/targets", version);
    wish.reach = (struct reach){.need = 1, .key_count = 1};
    snprintf(wish.reach.role, sizeof wish.reach.role, "image/targets");
    for (size_t i = 0; i < house->read->key_count; i++)
        if (strcmp(house->read->roles[house->read->keys[i].role].name, "image/root") == 0)
            wish.reach.keys[0] = house->read->keys[i].key.id;
    house_make(house, &wish, by);
    house_say_order(house, VAULT_JUDGE);
}

static void vault__takes_key_and_k_from_the_sealed_charter(void **state)
{
    struct house *house = *state;
    found(house);
    house_have_mandate(house, timestamp, 10);
    make_for_another_key(house, 1, BY_ALICE);
    house_hear_refusal(house, "R5");
    make_for_another_key(house, 1, BY_ALICE | BY_CAROL);
    house_hear_refusal(house, "R12");
    house_sign(house, 1); // by the two keys of the role, whoever asks
    refused_bent(house, anothers_mandate);
    refused_bent(house, another_roles_mandate);
    sign(house, timestamp, 1, true); // by the role's one key
    // What mandates sign no quorum signs instead, and the other way round.
    struct wish wish = house_metadata(house, timestamp, 2);
    house_make(house, &wish, BY_ALICE | BY_BOB | BY_CAROL);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R2");
    refused(house, "image/targets", 2, "R2");
    house_stop(house);
}

// ---- numbers ----

static void mandate__reserves_before_the_first_number(void **state)
{
    struct house *house = *state;
    static const struct mandate_wish round_[] = {{.item = vin_1, .version = 5},
        {.item = vin_2, .version = 5}, {.item = timestamp, .version = 5}};
    found(house);
    refused(house, vin_1, 5, "R7");
    house_have_mandate(house, targets, 1000);
    house_have_mandate(house, timestamp, 1000);
    house_sign_mandated(house, round_, 3, true);
    assert_int_equal(house_mandate_state(house, targets)->reserved, LIMIT_BLOCK);
    assert_int_equal(house_mandate_state(house, timestamp)->reserved, LIMIT_BLOCK);
    assert_int_equal(house_mandate_state(house, targets)->top, 5 + LIMIT_BLOCK - 1);
    // Each vehicle has its own versions; without one they rise.
    sign(house, vin_1, 5, false);
    sign(house, vin_2, 2, false);
    refused(house, timestamp, 5, "R12");
    refused(house, timestamp, 4, "R12");
    sign(house, timestamp, 6, false);
    sign(house, timestamp, 5 + LIMIT_BLOCK, true);
    assert_int_equal(house_mandate_state(house, timestamp)->reserved, LIMIT_BLOCK);
    house_stop(house);
}

static void mandate__never_exceeds_its_count(void **state)
{
    struct house *house = *state;
    found(house);
    house_have_mandate(house, timestamp, 3);
    sign(house, timestamp, 1, true);
    sign(house, timestamp, 2, false);
    sign(house, timestamp, 3, false);
    refused(house, timestamp, 4, "R12");
    // The next one begins with nothing, above what may have been signed.
    house_have_mandate(house, timestamp, 2);
    uint64_t first = house_mandate_state(house, timestamp)->first;
    assert_int_equal(first, house_mandate_state(house, timestamp)->top + 1);
    refused(house, timestamp, 4, "R12");
    sign(house, timestamp, first, true);
    // Nor does it come back what a start took: 2 were reserved, 1 was used.
    start_again(house);
    refused(house, timestamp, first + LIMIT_BLOCK, "R12");
    house_stop(house);
}

static void mandate__of_before_is_never_used(void **state)
{
    struct house *house = *state;
    struct freeze_of of = {.what = FREEZE_MANDATE};
    found(house);
    house_have_mandate(house, timestamp, 1000);
    sign(house, timestamp, 1, true);
    house_have_mandate(house, timestamp, 1000); // the old block has 255 numbers left
    uint64_t first = house_mandate_state(house, timestamp)->first;
    sign(house, timestamp, first, true);
    of.thing = house_mandate_state(house, timestamp)->text;
    snprintf(of.role, sizeof of.role, "%s", timestamp);
    house_freeze(house, &house->people[BOB], &of);
    refused(house, timestamp, first + 1, "R7");
    start_again(house);
    refused(house, timestamp, first + 1, "R7");
    house_stop(house);
}

// ---- crashes ----

enum point { RESERVED, DURABLE, EXECUTED, SEALED, SIGNED, KEPT, POINTS };

// As far as that point, and then dead.
static void go_to(struct house *house, uint64_t version, enum point point)
{
    say(house, timestamp, version);
    house_hear_reserve(house);
    if (point == DURABLE)
        house_durable(house);
    if (point == EXECUTED)
        house_say_kind(house, VAULT_EXECUTE);
    if (point >= SEALED)
        house_execute(house, &house->next_state);
    if (point >= SIGNED) {
        house_say_mandated(house);
        house_hear_mandated(house, point == KEPT);
    }
    house_kill(house);
}

static void mandate__a_crash_loses_the_rest_of_the_block(void **state)
{
    struct house *house = *state;
    uint64_t version = 1, signed_ = 0;
    found(house);
    house_have_mandate(house, timestamp, 3000);
    for (enum point point = RESERVED; point < POINTS; point++) {
        struct mandate_state before = *house_mandate_state(house, timestamp);
        go_to(house, version, point);
        bool sealed = house_resume_either(house) || point >= SEALED;
        const struct mandate_state *now = house_mandate_state(house, timestamp);
        assert_int_equal(now->reserved, before.reserved + (sealed ? LIMIT_BLOCK : 0));
        if (point != EXECUTED)
            assert_int_equal(sealed, point >= SEALED);
        // Of what was sealed nothing is left, used or not: neither versions, nor, as the next
        // round sees, numbers.
        if (now->top > 0)
            refused(house, timestamp, now->top, "R12");
        version = now->top + 1;
        signed_ += point >= SIGNED;
        assert_true(signed_ <= now->reserved);
    }
    sign(house, timestamp, version, true);
    house_stop(house);
}

// The mandate itself is a motion: sealed without an outcome, it is carried out again, and once.
static void mandate__r8_its_motion_is_carried_out_again_after_a_crash(void **state)
{
    struct house *house = *state;
    found(house);
    struct wish wish = house_mandate(house, timestamp, 1000);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_judge(house, &house->next_state);
    house_execute(house, &house->next_state);
    start_again(house);
    house_say_order(house, VAULT_REDO);
    house_done(house, motion_role(MOTION_MANDATE), 1, true);
    house_durable(house);
    sign(house, timestamp, 1, true);
    start_again(house); // no order was sealed last: nothing is due
    sign(house, timestamp, house_mandate_state(house, timestamp)->top + 1, true);
    house_stop(house);
}

static void stops(struct house *house, int status, const char *sentence)
{
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    house_say_resume(house);
    for (size_t i = (size_t)house->seal.size; i < house->record_count; i++)
        house_say_text(house, VAULT_REPLAY, bytes_span(&house->records[i]));
    house_say_kind(house, VAULT_RESUMED);
    house_ends(house, status, sentence);
}

static void lose_record(struct house *house, size_t at)
{
    for (size_t i = at; i + 1 < house->record_count; i++) {
        bytes_reset(&house->records[i]);
        bytes_add(&house->records[i], bytes_span(&house->records[i + 1]));
    }
    house->record_count--;
}

// What was signed behind the seal comes back, with whatever stands between.
static void mandate__r10_takes_what_the_block_covers(void **state)
{
    struct house *house = *state;
    found(house);
    house_have_mandate(house, timestamp, 1000);
    sign(house, timestamp, 1, true);
    house_sign(house, 1);
    sign(house, timestamp, 2, false); // behind the quorum's seal, of the block before it
    sign(house, timestamp, 3, false);
    start_again(house);
    refused(house, timestamp, 4, "R12");
    uint64_t version = house_mandate_state(house, timestamp)->top + 1;
    sign(house, timestamp, version, true);
    // Before the outcome of the order that was sealed last nothing is signed under a mandate.
    house_sign(house, 2);
    sign(house, timestamp, version + 1, false);
    house_stop(house);
    lose_record(house, house->record_count - 3);
    stops(house, EXIT_NEIGHBOUR, "malformed");
}

static void mandate__r10_stops_when_the_token_was_put_back(void **state)
{
    struct house *house = *state;
    char folder[160];
    struct bytes old;
    snprintf(folder, sizeof folder, "%s/copy", house->softhsm.folder);
    bytes_init(&old, LIMIT_STATE);
    found(house);
    house_have_mandate(house, timestamp, 1000);
    house_stop(house);
    softhsm_copy(&house->softhsm, folder);
    bytes_add(&old, bytes_span(&house->state));
    house_serve(house);
    sign(house, timestamp, 1, true);
    house_stop(house);
    // An order without its outcome: half of what is written at once.
    house->record_count--;
    stops(house, EXIT_HALT, "without its outcome");
    house->record_count++;
    softhsm_put_back(&house->softhsm, folder);
    // Even a ledger that still had the state of then, and plays along.
    bytes_reset(&house->state);
    bytes_add(&house->state, bytes_span(&old));
    stops(house, EXIT_HALT, "the token was put back");
    bytes_clear(&old);
}

// ---- order ----

// Another seal forgets that an order has no outcome yet: that must be durable.
static void mandate__r8_reserves_nothing_before_the_last_outcome_is_durable(void **state)
{
    struct house *house = *state;
    found(house);
    house_have_mandate(house, timestamp, 1000);
    house_make_order(house, 1);
    house_judge(house, &house->next_state);
    house_execute(house, &house->next_state);
    house_outcome(house, false);
    say(house, timestamp, 1);
    house_hear_reserve(house);
    house_say_kind(house, VAULT_EXECUTE);
    house_ends(house, EXIT_NEIGHBOUR, "before the last outcome is durable");
}

// A block may last for years. Nobody is there who would have anything else sealed meanwhile.
static void mandate__r13_the_sealed_time_keeps_up_with_what_is_signed(void **state)
{
    struct house *house = *state;
    house->program = CONCLAVE_VAULT_WITH_CLOCK;
    found(house);
    house_have_mandate(house, timestamp, 1000);
    sign(house, timestamp, 1, true);
    const uint64_t reserved = house_mandate_state(house, timestamp)->reserved;
    *house->ahead = 44 * (int64_t)HOUSE_DAY;
    sign(house, timestamp, 2, false);
    *house->ahead = 46 * (int64_t)HOUSE_DAY; // more than half of the charter's jump
    sign(house, timestamp, 3, true);
    assert_true(house_state(house)->time + 60 > house_now(house));
    *house->ahead = 92 * (int64_t)HOUSE_DAY;
    sign(house, timestamp, 4, true);
    sign(house, timestamp, 5, false);
    assert_int_equal(house_mandate_state(house, timestamp)->reserved, reserved);
    *house->ahead = 183 * (int64_t)HOUSE_DAY;
    refused(house, timestamp, 6, "R13");
    house_stop(house);
}

static void mandate__ends_at_an_order_out_of_its_stage(void **state)
{
    struct house *house = *state;
    found(house);
    house_have_mandate(house, timestamp, 1000);
    say(house, timestamp, 1);
    house_hear_reserve(house);
    house_say_mandated(house);
    house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
    house_serve(house);
    house_make_order(house, 1);
    house_judge(house, &house->next_state);
    say(house, timestamp, 1);
    house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(vault__takes_key_and_k_from_the_sealed_charter),
        IN_HOUSE(mandate__reserves_before_the_first_number),
        IN_HOUSE(mandate__never_exceeds_its_count),
        IN_HOUSE(mandate__of_before_is_never_used),
        IN_HOUSE(mandate__a_crash_loses_the_rest_of_the_block),
        IN_HOUSE(mandate__r8_its_motion_is_carried_out_again_after_a_crash),
        IN_HOUSE(mandate__r10_takes_what_the_block_covers),
        IN_HOUSE(mandate__r10_stops_when_the_token_was_put_back),
        IN_HOUSE(mandate__r8_reserves_nothing_before_the_last_outcome_is_durable),
        IN_HOUSE(mandate__r13_the_sealed_time_keeps_up_with_what_is_signed),
        IN_HOUSE(mandate__ends_at_an_order_out_of_its_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
