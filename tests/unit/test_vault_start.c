// The real conclave-vault program over a real token, with the test in the ledger's place: its start, its
// founding, and what somebody changed while it was off.
#include "tests/unit/vault_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// ---- the token at start ----

static void vault__r19_tries_a_wrong_pin_once(void **state)
{
    struct house *house = *state;
    house_start(house, STAGE_FOUNDING, "wrong");
    house_ends(house, EXIT_PIN, "refused the PIN");
}

static void vault__r19_ends_without_a_pin(void **state)
{
    struct house *house = *state;
    house_start(house, STAGE_FOUNDING, NULL);
    house_ends(house, EXIT_PIN, "no PIN can be read");
    house_start(house, STAGE_FOUNDING, "");
    house_ends(house, EXIT_PIN, "the PIN is empty");
}

static void vault__says_which_module_is_missing(void **state)
{
    struct house *house = *state;
    snprintf(house->softhsm.module, sizeof house->softhsm.module, "/nonexistent/module.so");
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_ends(house, EXIT_TOKEN, "/nonexistent/module.so");
}

static void vault__does_not_serve_with_an_empty_token(void **state)
{
    struct house *house = *state;
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_ends(house, EXIT_HALT, "--found");
}

static void vault__does_not_serve_after_a_founding_that_broke_off(void **state)
{
    struct house *house = *state;
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_FOUNDING);
    house_ask_keys(house);
    house_kill(house);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_ends(house, EXIT_HALT, "a founding broke off");
}

static void vault__does_not_found_over_a_seal(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_ends(house, EXIT_HALT, "this appliance was founded");
}

// ---- founding ----

static void vault__founds_and_starts_again_with_the_first_seal(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    struct hash root = house_root(house, 2), charter = hash_of(bytes_span(&house->charter));
    struct hash sealed = hash_of(bytes_span(&house->state));
    assert_int_equal(house->seal.number, 1);
    assert_int_equal(house->seal.epoch, 1);
    assert_int_equal(house->seal.size, 2);
    assert_true(hash_equal(&house->seal.root, &root));
    assert_true(hash_equal(&house->seal.charter, &charter));
    assert_true(hash_equal(&house->seal.state, &sealed));
    house_stop(house);
}

static void vault__starts_a_founding_that_broke_off_over_with_new_keys(void **state)
{
    struct house *house = *state;
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_FOUNDING);
    house_ask_keys(house);
    struct hash first = house->log.id;
    house_kill(house);
    house_found(house);
    assert_false(hash_equal(&first, &house->log.id));
    house_serve(house);
    house_stop(house);
}

static void vault__does_not_found_with_keys_of_an_earlier_process(void **state)
{
    struct house *house = *state;
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_FOUNDING);
    house_ask_keys(house);
    house_write_charter(house);
    house_kill(house);
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_FOUNDING);
    house_say_found(house);
    house_hear_refusal(house, "R18");
    house_stop(house);
}

static void vault__refuses_wishes_that_are_none(void **state)
{
    struct house *house = *state;
    struct message ask = {.kind = VAULT_FOUND_KEYS};
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_FOUNDING);
    ask.found_keys.wishes = span_text("conclave.wishes/v1\nkey: conclave.log ed25519\n");
    house_say(house, &ask);
    house_hear_refusal(house, "R20");
    house_ask_keys(house);
    house_stop(house);
}

static void vault__refuses_a_founding_and_takes_the_next(void **state)
{
    struct house *house = *state;
    struct person carol = house->people[CAROL];
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_FOUNDING);
    house_ask_keys(house);
    house_write_charter(house);
    // Carol's signature by another key.
    house->people[CAROL].pair = house->people[ALICE].pair;
    house_say_found(house);
    house->people[CAROL] = carol;
    house_hear_refusal(house, "R3");
    house_say_found(house);
    house_hear(house, VAULT_FOUND_JUDGED);
    house_stop(house);
}

static void vault__r8_does_not_seal_a_founding_that_is_not_durable(void **state)
{
    struct house *house = *state;
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_FOUNDING);
    house_ask_keys(house);
    house_write_charter(house);
    house_say_found(house);
    house_hear(house, VAULT_FOUND_JUDGED);
    house_say_durable(house, 1);
    house_hear(house, VAULT_CHECKPOINT);
    house_say_kind(house, VAULT_EXECUTE);
    house_ends(house, EXIT_NEIGHBOUR, "not durable");
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_ends(house, EXIT_HALT, "no seal");
}

static void vault__takes_nothing_once_it_is_founded(void **state)
{
    struct house *house = *state;
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_FOUNDING);
    house_ask_keys(house);
    house_write_charter(house);
    house_say_found(house);
    house_hear(house, VAULT_FOUND_JUDGED);
    house_durable(house);
    house_say_kind(house, VAULT_EXECUTE);
    house_hear(house, VAULT_SEALED);
    house_say_kind(house, VAULT_EXECUTE);
    house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
}

// ---- what was changed while it was off ----

static void vault__stops_at_a_seal_with_a_flipped_bit(void **state)
{
    struct house *house = *state;
    struct softhsm_files files;
    size_t size = 0;
    house_found(house);
    softhsm_seals(&house->softhsm, &files);
    assert_int_equal(files.count, 1);
    size_t value = softhsm_value(files.path[0], &size);
    softhsm_flip(files.path[0], value + size / 2);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_ends(house, EXIT_HALT, "no seal in the token is valid");
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_ends(house, EXIT_HALT, "this appliance was founded");
    softhsm_flip(files.path[0], value + size / 2);
    house_serve(house);
    house_stop(house);
}

static void vault__stops_at_a_seal_that_was_removed(void **state)
{
    struct house *house = *state;
    struct softhsm_files files;
    house_found(house);
    softhsm_seals(&house->softhsm, &files);
    assert_int_equal(files.count, 1);
    assert_int_equal(remove(files.path[0]), 0);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_ends(house, EXIT_HALT, "it was removed");
}

static void vault__r10_stops_when_the_token_was_put_back(void **state)
{
    struct house *house = *state;
    char copy[128];
    struct bytes old;
    snprintf(copy, sizeof copy, "%s/copy", house->softhsm.folder);
    bytes_init(&old, LIMIT_STATE);
    house_found(house);
    house_serve(house);
    house_sign(house, 1);
    house_stop(house);
    softhsm_copy(&house->softhsm, copy);
    bytes_add(&old, bytes_span(&house->state));
    house_serve(house);
    house_sign(house, 2);
    house_stop(house);
    softhsm_put_back(&house->softhsm, copy);
    // Even a ledger that still had the state of then, and plays along.
    bytes_reset(&house->state);
    bytes_add(&house->state, bytes_span(&old));
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    assert_int_equal(house->seal.number, 2);
    house_say_resume(house);
    for (size_t i = (size_t)house->seal.size; i < house->record_count; i++)
        house_say_text(house, VAULT_REPLAY, bytes_span(&house->records[i]));
    house_ends(house, EXIT_HALT, "the token was put back");
    bytes_clear(&old);
}

static void outcome_must_end(struct house *house, const struct outcome *outcome)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    outcome_write(outcome, &text);
    assert_int_equal(bytes_finish(&text), OK);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    house_say_resume(house);
    house_say_text(house, VAULT_REPLAY, bytes_span(&text));
    house_ends(house, EXIT_HALT, "the token was put back");
    bytes_clear(&text);
}

static void vault__r10_takes_only_the_outcome_of_the_sealed_order_and_state(void **state)
{
    struct house *house = *state;
    static struct outcome outcome;
    house_found(house);
    house_serve(house);
    house_sign(house, 1);
    house_stop(house);
    struct span text = bytes_span(&house->records[house->record_count - 1]);
    assert_int_equal(outcome_read(text, &outcome), OK);
    outcome.order.index++;
    outcome_must_end(house, &outcome);
    outcome.order.index--;
    outcome.order.leaf.byte[0] ^= 1;
    outcome_must_end(house, &outcome);
    outcome.order.leaf.byte[0] ^= 1;
    outcome.state.byte[0] ^= 1;
    outcome_must_end(house, &outcome);
    house_serve(house);
    house_stop(house);
}

static void resume_must_end(struct house *house, const char *sentence)
{
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    house_say_resume(house);
    house_ends(house, EXIT_HALT, sentence);
}

static void vault__r10_stops_when_the_ledger_is_not_what_was_sealed(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_serve(house);
    house_sign(house, 1);
    house_stop(house);
    house->charter.data[40] ^= 1;
    resume_must_end(house, "charter is not the sealed one");
    house->charter.data[40] ^= 1;
    house->state.data[30] ^= 1;
    resume_must_end(house, "state is not the sealed one");
    house->state.data[30] ^= 1;
    house->records[1].data[30] ^= 1;
    resume_must_end(house, "is not the one that was sealed at size");
    house->records[1].data[30] ^= 1;
    house_serve(house);
    house_stop(house);
}

// What somebody with the PIN has sealed, or a damaged disk: state and seal are of two charters.
static void vault__r10_stops_when_state_and_seal_name_two_charters(void **state)
{
    struct house *house = *state;
    static struct state other;
    house_found(house);
    other = *house_state(house);
    other.epoch = 2;
    house_plant_state(house, &other);
    resume_must_end(house, "names another charter than the seal");
    other.epoch = 1;
    other.charter.byte[0] ^= 1;
    house_plant_state(house, &other);
    resume_must_end(house, "names another charter than the seal");
}

// A program that knows less says which one knows more.
static void vault__r17_stops_at_a_state_of_a_newer_format(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_plant_state(house, house_state(house));
    char *line = strstr((char *)house->state.data, "format: 2 ");
    assert_non_null(line);
    line[strlen("format: ")] = '3';
    house_plant_text(house);
    resume_must_end(house, "install version " CONCLAVE_VERSION);
}

static void vault__ends_at_a_replay_that_is_not_of_records(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    house_say_resume(house);
    house_say_text(house, VAULT_REPLAY, bytes_span(&house->records[1]));
    house_ends(house, EXIT_NEIGHBOUR, "malformed");
}

static void vault__ends_at_a_second_outcome_of_one_order(void **state)
{
    struct house *house = *state;
    house_found(house);
    house_serve(house);
    house_sign(house, 1);
    house_stop(house);
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    house_say_resume(house);
    struct span outcome = bytes_span(&house->records[house->record_count - 1]);
    house_say_text(house, VAULT_REPLAY, outcome);
    house_say_text(house, VAULT_REPLAY, outcome);
    house_ends(house, EXIT_NEIGHBOUR, "malformed");
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(vault__r19_tries_a_wrong_pin_once),
        IN_HOUSE(vault__r19_ends_without_a_pin),
        IN_HOUSE(vault__says_which_module_is_missing),
        IN_HOUSE(vault__does_not_serve_with_an_empty_token),
        IN_HOUSE(vault__does_not_serve_after_a_founding_that_broke_off),
        IN_HOUSE(vault__does_not_found_over_a_seal),
        IN_HOUSE(vault__founds_and_starts_again_with_the_first_seal),
        IN_HOUSE(vault__starts_a_founding_that_broke_off_over_with_new_keys),
        IN_HOUSE(vault__does_not_found_with_keys_of_an_earlier_process),
        IN_HOUSE(vault__refuses_wishes_that_are_none),
        IN_HOUSE(vault__refuses_a_founding_and_takes_the_next),
        IN_HOUSE(vault__r8_does_not_seal_a_founding_that_is_not_durable),
        IN_HOUSE(vault__takes_nothing_once_it_is_founded),
        IN_HOUSE(vault__stops_at_a_seal_with_a_flipped_bit),
        IN_HOUSE(vault__stops_at_a_seal_that_was_removed),
        IN_HOUSE(vault__r10_stops_when_the_token_was_put_back),
        IN_HOUSE(vault__r10_takes_only_the_outcome_of_the_sealed_order_and_state),
        IN_HOUSE(vault__r10_stops_when_the_ledger_is_not_what_was_sealed),
        IN_HOUSE(vault__r10_stops_when_state_and_seal_name_two_charters),
        IN_HOUSE(vault__r17_stops_at_a_state_of_a_newer_format),
        IN_HOUSE(vault__ends_at_a_replay_that_is_not_of_records),
        IN_HOUSE(vault__ends_at_a_second_outcome_of_one_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
