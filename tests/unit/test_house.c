// The house: what an enrolled client believes about its appliance, against one that lies.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/house.h"
#include "client/tail.h"
#include "tests/unit/showroom.h"

#include <stdlib.h>
#include <string.h>

static enum err load(struct house *house, struct refusal *refusal)
{
    memset(refusal, 0, sizeof *refusal);
    return house_load(house, showroom.visitor.conclave, showroom.visitor.home, refusal);
}

static void assert_lie(enum lie lie, uint64_t about, enum err err, const char *word)
{
    struct refusal refusal;
    struct house *house = house_new();
    assert_non_null(house);
    showroom.lie = lie;
    showroom.about = about;
    enum err got = load(house, &refusal);
    house_free(house);
    if (got != err || strstr(refusal.sentence, word) == NULL)
        fail_msg(
            "%s, \"%s\"; not %s, \"%s\"", err_text(got), refusal.sentence, err_text(err), word);
}

static void house__believes_what_is_proven(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    showroom_show();
    if (load(house, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
    assert_string_equal(house->origin, APPLIANCE_ORIGIN);
    assert_true(hash_equal(&house->charter->hash, &showroom.fixture->charter->hash));
    assert_int_equal(house->newest.size, showroom.fixture->record_count);
    assert_int_equal(house->state->role_count, 1);
    assert_int_equal(house->state->roles[0].version, 7);
    house_free(house);
}

static void house__has_an_empty_state_before_the_first_signature(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    (void)state;
    fixture_found(showroom.fixture);
    showroom_show();
    assert_int_equal(load(house, &refusal), OK);
    assert_int_equal(house->state->role_count, 0);
    assert_false(house->state->has_order);
    house_free(house);
}

static void house__finds_the_newest_outcome_far_from_the_end(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    showroom_show();
    pthread_mutex_lock(&showroom.appliance.lock);
    log_grow(&showroom.appliance.log, APPLIANCE_RECORDS - showroom.fixture->record_count, 1);
    pthread_mutex_unlock(&showroom.appliance.lock);
    appliance_show(&showroom.appliance, APPLIANCE_RECORDS);
    assert_int_equal(load(house, &refusal), OK);
    assert_int_equal(house->state->roles[0].version, 7);
    house_free(house);
}

static void house__needs_an_enrolled_home(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    (void)state;
    fixture_found(showroom.fixture);
    showroom_show();
    enum err err = house_load(house, showroom.visitor.conclave, "/nowhere", &refusal);
    assert_int_equal(err, ERR_NOT_FOUND);
    assert_non_null(strstr(refusal.sentence, "conclave enrol"));
    house_free(house);
}

static void house__finds_each_lie_about_the_founding(void **state)
{
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    showroom_show();
    assert_lie(LIE_RECORD, 0, ERR_SIGNATURE, "record 0 is not in the log");
    assert_lie(LIE_INDEX, 0, ERR_NOT_FOUND, "no record 0");
    assert_lie(LIE_NO_RECORD, 0, ERR_NOT_FOUND, "no record 0");
    assert_lie(LIE_PATH, 0, ERR_SIGNATURE, "record 0 is not in the log");
    assert_lie(LIE_CHECKPOINT, 0, ERR_SIGNATURE, "did not sign");
    assert_lie(LIE_KIND, 0, ERR_FORM, "protocol");
    assert_lie(LIE_NONE, 0, OK, "");
}

static void house__finds_each_lie_about_the_newest_outcome(void **state)
{
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    showroom_show();
    uint64_t outcome = showroom.fixture->record_count - 1;
    assert_lie(LIE_NO_RECORD, outcome, ERR_FORM, "does not show record");
    // The outcome is passed off as something else: there would seem to be no signature yet.
    assert_lie(LIE_RECORD, outcome, ERR_SIGNATURE, "not those under its checkpoint");
}

// With so many records before them that the log's beginning is not fetched: for every place where
// that may end, in trees of every shape.
static void house__finds_lies_about_a_tail(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    showroom_show();
    struct made_log *log = &showroom.appliance.log;
    struct span outcome =
        bytes_span(&showroom.fixture->records[showroom.fixture->record_count - 1]);
    while (log->count < APPLIANCE_RECORDS) {
        pthread_mutex_lock(&showroom.appliance.lock);
        log_append(log, outcome);
        pthread_mutex_unlock(&showroom.appliance.lock);
        appliance_show(&showroom.appliance, log->count);
        if (log->count <= TAIL_PAGE)
            continue;
        uint64_t first = log->count - TAIL_PAGE;
        showroom.lie = LIE_NONE;
        if (load(house, &refusal) != OK)
            fail_msg("%zu: %s", log->count, refusal.sentence);
        assert_int_equal(house->state->roles[0].version, 7);
        assert_lie(LIE_RECORD, log->count - 1, ERR_SIGNATURE, "not those under");
        assert_lie(LIE_PATH, first, ERR_SIGNATURE, "not those under");
    }
    assert_lie(LIE_SHORT_PATH, APPLIANCE_RECORDS - TAIL_PAGE, ERR_SIGNATURE, "is none");
    house_free(house);
}

static void house__finds_a_founding_of_another_log(void **state)
{
    struct fixture *other = fixture_new();
    (void)state;
    fixture_found(other);
    for (size_t i = 0; i < other->record_count; i++)
        fixture_append(showroom.fixture, &other->records[i]);
    showroom_show();
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "first record");
    fixture_free(other);
}

// ---- the charter in force ----

// Puts the next charter in force: signs another version of targets over a state that names it.
static void change_charter(const char *origin_log, uint64_t epoch)
{
    struct fixture *fixture = showroom.fixture;
    struct charter *charter = fixture->charter;
    struct bytes text;
    struct outcome outcome;
    charter->epoch = 2;
    charter->previous = charter->hash;
    charter->clock = 60;
    if (origin_log != NULL)
        charter->log = hash_of(span_text(origin_log));
    bytes_init(&text, LIMIT_CHARTER);
    charter_write(charter, &text);
    fixture->state.charter = charter->hash = fixture_keep(fixture, bytes_span(&text));
    fixture->state.epoch = epoch;
    bytes_clear(&text);
    struct bytes *last = &fixture->records[fixture->record_count - 1];
    assert_int_equal(outcome_read(bytes_span(last), &outcome), OK);
    bytes_init(&text, LIMIT_STATE);
    state_write(&fixture->state, &text);
    outcome.state = fixture_keep(fixture, bytes_span(&text));
    bytes_reset(last);
    outcome_write(&outcome, last);
    bytes_clear(&text);
}

static void house__r7_takes_the_charter_that_the_newest_state_names(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    struct charter *old = charter_new();
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    struct hash first = showroom.fixture->charter->hash;
    change_charter(NULL, 2);
    showroom_show();
    if (load(house, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
    assert_int_equal(house->charter->epoch, 2);
    assert_int_equal(house->charter->clock, 60);
    assert_true(hash_equal(&house->charter->hash, &showroom.fixture->charter->hash));
    // An older one is there for records that name it.
    assert_int_equal(
        house_fetch_charter(house, showroom.visitor.conclave, &first, old, &refusal), OK);
    assert_int_equal(old->epoch, 1);
    charter_free(old);
    house_free(house);
}

static void house__r7_refuses_a_charter_of_another_epoch_than_the_state_says(void **state)
{
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    change_charter(NULL, 3);
    showroom_show();
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "another epoch");
}

static void house__refuses_a_charter_of_another_appliance(void **state)
{
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    change_charter("another", 2);
    showroom_show();
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "another log key");
}

// The second outcome names the state of the first order.
static void house__finds_a_state_of_another_order(void **state)
{
    struct outcome outcome;
    struct bytes text;
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    struct fixture *fixture = showroom.fixture;
    assert_int_equal(
        outcome_read(bytes_span(&fixture->records[fixture->record_count - 1]), &outcome), OK);
    outcome.order.index++;
    bytes_init(&text, LIMIT_RECORD);
    outcome_write(&outcome, &text);
    fixture_append(fixture, &text);
    bytes_clear(&text);
    showroom_show();
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "another order");
}

// Signs under mandates, over the state that is sealed already: `change` bends the outcome.
static void mandate_and_sign(void (*change)(struct outcome *outcome))
{
    struct outcome outcome;
    struct bytes text;
    struct mandated order = {.time = FIXTURE_START,
        .signature_size = 1,
        .mandate_count = 1,
        .mandates = {{.role = "image/timestamp"}}};
    fixture_found_and_sign(showroom.fixture);
    struct fixture *fixture = showroom.fixture;
    assert_int_equal(
        outcome_read(bytes_span(&fixture->records[fixture->record_count - 1]), &outcome), OK);
    order.request.byte[0] = order.requester.byte[0] = order.mandates[0].text.byte[0] = 1;
    bytes_init(&text, LIMIT_RECORD);
    mandated_write(&order, &text);
    outcome.order = fixture_append(fixture, &text);
    bytes_reset(&text);
    change(&outcome);
    outcome_write(&outcome, &text);
    fixture_append(fixture, &text);
    bytes_clear(&text);
    showroom_show();
}

static void change_nothing(struct outcome *outcome)
{
    (void)outcome;
}

static void change_leaf(struct outcome *outcome)
{
    outcome->order.leaf.byte[0] ^= 1;
}

// The record before the order under mandates: it is there, but no such order.
static void change_order(struct outcome *outcome)
{
    outcome->order = showroom.fixture->places[outcome->order.index - 1];
}

// A state that was sealed for an order behind this one.
static void change_state(struct outcome *outcome)
{
    struct state *state = &showroom.fixture->state;
    state->order.index = outcome->order.index + 1;
    outcome->state = fixture_keep_state(showroom.fixture);
}

static void house__takes_the_state_that_was_sealed_before_an_order_under_mandates(void **state)
{
    (void)state;
    mandate_and_sign(change_nothing);
    assert_lie(LIE_NONE, 0, OK, "");
}

static void house__finds_an_order_under_mandates_that_is_not_in_the_log(void **state)
{
    (void)state;
    mandate_and_sign(change_leaf);
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "another order");
}

static void house__finds_an_order_that_is_none_under_mandates(void **state)
{
    (void)state;
    mandate_and_sign(change_order);
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "another order");
}

static void house__finds_a_state_that_is_newer_than_an_order_under_mandates(void **state)
{
    (void)state;
    mandate_and_sign(change_state);
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "another order");
}

// A busy appliance has sealed newer states while the log's end was read.
static void house__asks_again_for_a_state_that_was_overtaken(void **state)
{
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    showroom_show();
    assert_lie(LIE_GONE, 1, OK, "");
    assert_lie(LIE_GONE, 2, OK, "");
    assert_lie(LIE_GONE, 3, ERR_REFUSED, "no such blob");
}

static void house__says_when_the_state_is_not_there(void **state)
{
    struct outcome outcome;
    (void)state;
    fixture_found_and_sign(showroom.fixture);
    struct fixture *fixture = showroom.fixture;
    assert_int_equal(
        outcome_read(bytes_span(&fixture->records[fixture->record_count - 1]), &outcome), OK);
    fixture_lose(fixture, &outcome.state);
    showroom_show();
    assert_lie(LIE_NONE, 0, ERR_REFUSED, "no such blob");
}

#define ROW(name) cmocka_unit_test_setup_teardown(house__##name, showroom_make, showroom_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(believes_what_is_proven),
        ROW(has_an_empty_state_before_the_first_signature),
        ROW(finds_the_newest_outcome_far_from_the_end),
        ROW(needs_an_enrolled_home),
        ROW(finds_each_lie_about_the_founding),
        ROW(finds_each_lie_about_the_newest_outcome),
        ROW(finds_lies_about_a_tail),
        ROW(finds_a_founding_of_another_log),
        ROW(r7_takes_the_charter_that_the_newest_state_names),
        ROW(r7_refuses_a_charter_of_another_epoch_than_the_state_says),
        ROW(refuses_a_charter_of_another_appliance),
        ROW(finds_a_state_of_another_order),
        ROW(takes_the_state_that_was_sealed_before_an_order_under_mandates),
        ROW(finds_an_order_under_mandates_that_is_not_in_the_log),
        ROW(finds_an_order_that_is_none_under_mandates),
        ROW(finds_a_state_that_is_newer_than_an_order_under_mandates),
        ROW(asks_again_for_a_state_that_was_overtaken),
        ROW(says_when_the_state_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
