// The real conclave-vault program over a real token, with the test in the ledger's place:
// messages, records and orders.
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

static struct span start_record(struct bytes *out, moment time)
{
    struct start start = {.time = time,
        .version = "0.1.0",
        .programs = {{"conclave-vault", {{1}}}},
        .program_count = 1};
    bytes_reset(out);
    start_write(&start, out);
    assert_int_equal(bytes_finish(out), OK);
    return bytes_span(out);
}

// ---- messages ----

// In each stage a few that belong to another.
static void vault__ends_at_a_message_out_of_its_stage(void **state)
{
    struct house *house = *state;
    static const enum message_kind founding[] = {
        VAULT_RESUMED, VAULT_EXECUTE, VAULT_APPEND, ASK_STATUS, VAULT_UP};
    static const enum message_kind serving[] = {
        VAULT_RESUMED, VAULT_EXECUTE, VAULT_REPLAY, VAULT_FOUND_KEYS, VAULT_SEALED};
    for (size_t i = 0; i < sizeof founding / sizeof founding[0]; i++) {
        house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
        house_hear_seal(house, STAGE_FOUNDING);
        house_say_kind(house, founding[i]);
        house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
    }
    house_found(house);
    for (size_t i = 0; i < sizeof serving / sizeof serving[0]; i++) {
        house_serve(house);
        house_say_kind(house, serving[i]);
        house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
    }
}

static void vault__ends_at_a_malformed_message(void **state)
{
    struct house *house = *state;
    static const uint8_t malformed[] = {0, 0, 0, 3, 0, 1, 2};
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_FOUNDING);
    bytes_add(&house->up.out, span_of(malformed, sizeof malformed));
    assert_int_equal(channel_flush(&house->up), OK);
    house_ends(house, EXIT_NEIGHBOUR, "malformed");
}

static void vault__ends_at_records_that_it_may_not_append(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_serve(house);
    house_make_order(house, 1);
    house_say_text(house, VAULT_APPEND, bytes_span(&house->order));
    house_ends(house, EXIT_NEIGHBOUR, "malformed");
    house_serve(house);
    house_say_text(house, VAULT_APPEND, bytes_span(&house->records[0]));
    house_ends(house, EXIT_NEIGHBOUR, "malformed");
    house_serve(house);
    house_say_text(house, VAULT_APPEND, span_text("conclave.start/v1\n"));
    house_ends(house, EXIT_NEIGHBOUR, "malformed");
}

static void vault__r8_ends_at_a_durable_size_that_cannot_be(void **state)
{
    struct house *house = *state;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    house_found(house);
    house_serve(house);
    house_say_durable(house, 3);
    house_ends(house, EXIT_NEIGHBOUR, "between 2 and 2");
    house_serve(house);
    house_append(house, start_record(&text, moment_now()));
    house_durable(house);
    house_say_durable(house, 2);
    house_ends(house, EXIT_NEIGHBOUR, "between 3 and 3");
    bytes_clear(&text);
}

static void vault__signs_a_checkpoint_at_exactly_the_durable_size(void **state)
{
    struct house *house = *state;
    struct bytes text;
    struct checkpoint checkpoint;
    bytes_init(&text, LIMIT_RECORD);
    house_found(house);
    house_serve(house);
    house_durable(house);
    for (moment i = 0; i < 5; i++)
        house_append(house, start_record(&text, moment_now() + i));
    for (size_t size = 3; size <= 7; size += 2) {
        struct hash root = house_root(house, size);
        house_say_durable(house, size);
        house_hear(house, VAULT_CHECKPOINT);
        assert_int_equal(checkpoint_open(house->heard.checkpoint.note, "log.example/test",
                             &house->log, &checkpoint),
            OK);
        assert_int_equal(checkpoint.size, size);
        assert_true(hash_equal(&checkpoint.root, &root));
    }
    house_stop(house);
    bytes_clear(&text);
}

static void vault__r4_refuses_an_opened_record_that_is_not_near_its_clock(void **state)
{
    struct house *house = *state;
    static struct opened opened;
    static const moment away[] = {-301, 301};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    house_found(house);
    house_serve(house);
    house_make_order(house, 1);
    assert_int_equal(opened_read(bytes_span(&house->opened), &opened), OK);
    for (size_t i = 0; i < 2; i++) {
        // A second may pass on the way.
        opened.time = opened.earliest = moment_now() + away[i] + (away[i] > 0 ? 5 : 0);
        bytes_reset(&text);
        opened_write(&opened, &text);
        house_say_text(house, VAULT_APPEND, bytes_span(&text));
        house_hear_refusal(house, "R4");
    }
    // Nothing changed: the next record stands where it would have.
    house_append(house, start_record(&text, moment_now()));
    house_durable(house);
    house_stop(house);
    bytes_clear(&text);
}

static void vault__r13_refuses_any_record_that_is_not_near_its_clock(void **state)
{
    struct house *house = *state;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    house_found(house);
    house_serve(house);
    house_say_text(house, VAULT_APPEND, start_record(&text, moment_now() - 310));
    house_hear_refusal(house, "R13");
    house_say_text(house, VAULT_APPEND, start_record(&text, moment_now() + 310));
    house_hear_refusal(house, "R13");
    house_append(house, start_record(&text, moment_now()));
    house_stop(house);
    bytes_clear(&text);
}

// ---- orders ----

static void vault__signs_an_order_and_the_next_after_a_start(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_serve(house);
    house_sign(house, 1);
    house_sign(house, 2);
    house_stop(house);
    house_serve(house);
    assert_int_equal(house->seal.number, 3);
    house_sign(house, 3);
    house_stop(house);
}

static void vault__r12_refuses_a_version_that_was_sealed_over_other_bytes(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_serve(house);
    house_sign(house, 5);
    house_stop(house);
    house_serve(house);
    house_make_order(house, 4);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R12");
    house_sign(house, 6);
    house_stop(house);
}

static void vault__changes_nothing_when_it_refuses(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_serve(house);
    house_make_order(house, 1);
    house->signatures[0][5] ^= 1;
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R3");
    house->signatures[0][5] ^= 1;
    // The same place as before is free, and an order may come.
    struct bytes next;
    bytes_init(&next, LIMIT_STATE);
    house_judge(house, &next);
    house_execute(house, &next);
    assert_int_equal(house->seal.number, 2);
    house_outcome(house, true);
    house_stop(house);
    bytes_clear(&next);
}

static void vault__ends_at_a_second_order_in_flight(void **state)
{
    struct house *house = *state;
    struct bytes next;
    bytes_init(&next, LIMIT_STATE);
    house_found(house);
    house_serve(house);
    house_make_order(house, 1);
    house_judge(house, &next);
    house_say_order(house, VAULT_JUDGE);
    house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
    bytes_clear(&next);
}

static void vault__r8_does_not_sign_an_order_that_is_not_durable(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_serve(house);
    house_make_order(house, 1);
    house_say_order(house, VAULT_JUDGE);
    house_hear(house, VAULT_JUDGED);
    house_say_kind(house, VAULT_EXECUTE);
    house_ends(house, EXIT_NEIGHBOUR, "not durable");
    house_serve(house);
    assert_int_equal(house->seal.number, 1);
    house_stop(house);
}

// The payload of VAULT_JUDGE is what is signed, whatever the ledger has in memory later.
static void vault__r1_signs_the_bytes_that_were_judged(void **state)
{
    struct house *house = *state;
    struct bytes next, noise;
    bytes_init(&next, LIMIT_STATE);
    bytes_init(&noise, LIMIT_RECORD);
    house_found(house);
    house_serve(house);
    house_make_order(house, 1);
    house_judge(house, &next);
    // More messages than one read holds, so that the vault's buffer is another by then.
    for (int i = 0; i < 20; i++)
        house_append(house, start_record(&noise, moment_now() + i));
    house_durable(house);
    house_execute(house, &next);
    house_outcome(house, true);
    house_stop(house);
    bytes_clear(&next);
    bytes_clear(&noise);
}

static void vault__r8_carries_a_sealed_order_out_again_over_the_same_bytes(void **state)
{
    struct house *house = *state;
    struct bytes next, text;
    bytes_init(&next, LIMIT_STATE);
    bytes_init(&text, LIMIT_RECORD);
    house_found(house);
    house_serve(house);
    house_make_order(house, 1);
    house_judge(house, &next);
    house_execute(house, &next);
    house_outcome(house, false); // lost on its way to the disk
    house_kill(house);
    house_serve(house);
    assert_int_equal(house->seal.number, 2);
    house_append(house, start_record(&text, moment_now())); // a start may come in before
    house_say_order(house, VAULT_REDO);
    house_outcome(house, true);
    house_durable(house);
    house_sign(house, 2);
    house_stop(house);
    house_serve(house);
    house_stop(house);
    bytes_clear(&next);
    bytes_clear(&text);
}

static void lose_an_outcome(struct house *house)
{
    struct bytes next;
    bytes_init(&next, LIMIT_STATE);
    house_serve(house);
    house_make_order(house, 1);
    house_judge(house, &next);
    house_execute(house, &next);
    house_outcome(house, false);
    house_kill(house);
    bytes_clear(&next);
}

static void vault__takes_no_order_before_the_sealed_one_has_its_outcome(void **state)
{
    struct house *house = *state;
    static const struct freeze_of everything = {.what = FREEZE_EVERYTHING};
    house_found(house);
    lose_an_outcome(house);
    house_serve(house);
    house_say_order(house, VAULT_JUDGE);
    house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
    house_serve(house);
    house_make_freeze(house, &house->people[BOB], &everything);
    house_say_text(house, VAULT_FREEZE, bytes_span(&house->order));
    house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
}

static void vault__takes_no_freeze_while_an_order_is_in_flight(void **state)
{
    struct house *house = *state;
    static const struct freeze_of everything = {.what = FREEZE_EVERYTHING};
    struct bytes next;
    bytes_init(&next, LIMIT_STATE);
    house_found(house);
    house_serve(house);
    house_make_order(house, 1);
    house_judge(house, &next);
    house_make_freeze(house, &house->people[BOB], &everything);
    house_say_text(house, VAULT_FREEZE, bytes_span(&house->order));
    house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
    bytes_clear(&next);
}

static void vault__r8_carries_out_again_only_what_was_sealed(void **state)
{
    struct house *house = *state;
    static const char sentence[] = "does not give the order that was sealed last";
    house_found(house);
    lose_an_outcome(house);
    house_serve(house);
    house->payload[40] ^= 1;
    house_say_order(house, VAULT_REDO);
    house_ends(house, EXIT_HALT, sentence);
    house->payload[40] ^= 1;
    house_serve(house);
    house->opened.data[house->opened.size - 3] ^= 1;
    house_say_order(house, VAULT_REDO);
    house_ends(house, EXIT_HALT, sentence);
    house->opened.data[house->opened.size - 3] ^= 1;
    house_serve(house);
    house->order.data[house->order.size - 3] ^= 1;
    house_say_order(house, VAULT_REDO);
    house_ends(house, EXIT_HALT, sentence);
    house->order.data[house->order.size - 3] ^= 1;
    house_serve(house);
    house_say_order(house, VAULT_REDO);
    house_outcome(house, true);
    // Once is enough.
    house_say_order(house, VAULT_REDO);
    house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
}

static void vault__r6_refuses_what_expires_before_it_is_carried_out(void **state)
{
    struct house *house = *state;
    struct bytes next;
    bytes_init(&next, LIMIT_STATE);
    house_found(house);
    house_serve(house);
    house->life = 3;
    house_make_order(house, 1);
    house_judge(house, &next);
    sleep(4);
    house_say_kind(house, VAULT_EXECUTE);
    house_hear_refusal(house, "R6");
    house->life = HOUSE_DAY;
    house_sign(house, 2);
    assert_int_equal(house->seal.number, 2); // nothing was sealed for the first
    house_stop(house);
    bytes_clear(&next);
}

// Nobody held its time against a clock that was running: its delay counts from the start.
static void vault__r4_counts_the_delay_of_a_replayed_record_from_the_start(void **state)
{
    struct house *house = *state;
    struct bytes next;
    bytes_init(&next, LIMIT_STATE);
    house_found(house);
    house_serve(house);
    house->delay = 3;
    house_make_order(house, 1);
    house_stop(house);
    sleep(4);
    house_serve(house);
    house_durable(house);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R13");
    sleep(4);
    house_judge(house, &next);
    house_stop(house);
    bytes_clear(&next);
}

// An order that was durable but not sealed is a leaf, and is judged again as if it came now.
static void vault__r8_judges_an_order_again_that_was_not_sealed(void **state)
{
    struct house *house = *state;
    struct bytes next;
    bytes_init(&next, LIMIT_STATE);
    house_found(house);
    house_serve(house);
    house_make_order(house, 1);
    house_judge(house, &next);
    house_kill(house);
    house_serve(house);
    assert_int_equal(house->seal.number, 1);
    house_sign(house, 2);
    house_stop(house);
    bytes_clear(&next);
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(vault__ends_at_a_message_out_of_its_stage),
        IN_HOUSE(vault__ends_at_a_malformed_message),
        IN_HOUSE(vault__ends_at_records_that_it_may_not_append),
        IN_HOUSE(vault__r8_ends_at_a_durable_size_that_cannot_be),
        IN_HOUSE(vault__signs_a_checkpoint_at_exactly_the_durable_size),
        IN_HOUSE(vault__r4_refuses_an_opened_record_that_is_not_near_its_clock),
        IN_HOUSE(vault__r13_refuses_any_record_that_is_not_near_its_clock),
        IN_HOUSE(vault__signs_an_order_and_the_next_after_a_start),
        IN_HOUSE(vault__r12_refuses_a_version_that_was_sealed_over_other_bytes),
        IN_HOUSE(vault__changes_nothing_when_it_refuses),
        IN_HOUSE(vault__ends_at_a_second_order_in_flight),
        IN_HOUSE(vault__r8_does_not_sign_an_order_that_is_not_durable),
        IN_HOUSE(vault__r1_signs_the_bytes_that_were_judged),
        IN_HOUSE(vault__r8_carries_a_sealed_order_out_again_over_the_same_bytes),
        IN_HOUSE(vault__takes_no_order_before_the_sealed_one_has_its_outcome),
        IN_HOUSE(vault__takes_no_freeze_while_an_order_is_in_flight),
        IN_HOUSE(vault__r8_carries_out_again_only_what_was_sealed),
        IN_HOUSE(vault__r6_refuses_what_expires_before_it_is_carried_out),
        IN_HOUSE(vault__r4_counts_the_delay_of_a_replayed_record_from_the_start),
        IN_HOUSE(vault__r8_judges_an_order_again_that_was_not_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
