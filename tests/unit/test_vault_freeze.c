// The table by which the vault judges a freeze. As in test_vault_judge.c each case bends one thing,
// names the row that must refuse it, and holds it against the table without that row.
#include "hsm/freeze_judge.h"
#include "proto/dsse.h"
#include "tests/unit/made_up.h"
#include "tests/unit/person.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW ((moment)1800000000)
enum { DAY = 24 * 3600 };

enum step { STEP_FREEZE, STEP_RECORD, STEP_ASK, STEP_VAULT };

struct world {
    struct person alice, bob;
    struct charter charter;
    struct state state;
    struct frozen frozen;
    struct bytes statement, record;
    struct freeze_judgement judged;
    void (*bend)(struct world *world, enum step step);
};

static void bend(struct world *world, enum step step)
{
    if (world->bend != NULL)
        world->bend(world, step);
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    person_make(&world->alice, KEY_P256);
    person_make(&world->bob, KEY_ED25519);
    bytes_init(&world->statement, LIMIT_RECORD);
    bytes_init(&world->record, LIMIT_RECORD);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    person_clear(&world->alice);
    person_clear(&world->bob);
    bytes_clear(&world->statement);
    bytes_clear(&world->record);
    free(world);
    return 0;
}

static void make_vault(struct world *world)
{
    struct charter *charter = &world->charter;
    memset(charter, 0, sizeof *charter);
    charter->epoch = 3;
    charter->hash = hash_of(span_text("the charter"));
    charter->log = hash_of(span_text("the log key"));
    charter->clock = 300;
    charter->jump = 90 * (int64_t)DAY;
    charter->administrator_count = 1;
    snprintf(charter->administrators[0].name, LIMIT_NAME + 1, "alice");
    charter->administrators[0].key = world->alice.key;
    charter->role_count = 1;
    snprintf(charter->roles[0].name, LIMIT_ROLE_NAME + 1, "image/targets");
    memset(&world->state, 0, sizeof world->state);
    world->state.time = NOW - DAY;
    world->state.epoch = 3;
    world->state.charter = charter->hash;
}

static void write_statement(struct world *world)
{
    bytes_reset(&world->statement);
    freeze_write(&world->frozen.freeze, &world->statement);
    assert_int_equal(bytes_finish(&world->statement), OK);
}

static void make_record(struct world *world)
{
    struct frozen *frozen = &world->frozen;
    *frozen = (struct frozen){.time = NOW};
    frozen->freeze = (struct freeze){.appliance = world->charter.log,
        .administrator = world->alice.key.id,
        .epoch = 3,
        .charter = world->charter.hash,
        .number = 1,
        .of = {FREEZE_ROLE, "image/targets", {{0}}},
        .reason = "a stolen laptop"};
    bend(world, STEP_FREEZE);
    write_statement(world);
    frozen->request = hash_of(bytes_span(&world->statement));
    frozen->signature_size = person_sign(
        &world->alice, DSSE_FREEZE, bytes_span(&world->statement), frozen->signature);
    bend(world, STEP_RECORD);
    bytes_reset(&world->record);
    frozen_write(frozen, &world->record);
    assert_int_equal(bytes_finish(&world->record), OK);
}

static void build(struct world *world)
{
    make_vault(world);
    make_record(world);
    world->judged = (struct freeze_judgement){.charter = &world->charter,
        .state = &world->state,
        .record = bytes_span(&world->record),
        .now = NOW};
    bend(world, STEP_ASK);
    bend(world, STEP_VAULT);
}

static void taken(struct world *world, void (*bending)(struct world *world, enum step step))
{
    struct refusal refusal = {0};
    world->bend = bending;
    build(world);
    if (freeze_judge(&world->judged, &refusal) != OK)
        fail_msg("refused by %s: %s", refusal.rule, refusal.sentence);
    world->bend = NULL;
}

enum alone { ALONE, NOT_ALONE };

static void refused_by(struct world *world, const char *name, const char *rule,
    void (*bending)(struct world *world, enum step step), enum alone alone)
{
    struct freeze_row rows[16];
    struct refusal refusal = {0}, without = {0};
    size_t row = 0, count = 0;
    while (row < freeze_rows && strcmp(freeze_table[row].name, name) != 0)
        row++;
    assert_true(row < freeze_rows);
    world->bend = bending;
    build(world);
    assert_int_equal(freeze_judge(&world->judged, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, rule);
    assert_int_equal(freeze_judge_by(freeze_table, row, &world->judged, &without), OK);
    for (size_t i = 0; i < freeze_rows; i++)
        if (i != row)
            rows[count++] = freeze_table[i];
    build(world);
    enum err err = freeze_judge_by(rows, count, &world->judged, &without);
    if (alone == ALONE)
        assert_int_equal(err, OK);
    else
        assert_string_not_equal(without.sentence, refusal.sentence);
    world->bend = NULL;
}

// ---- the record ----

static void cut(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->judged.record.size--;
}
static void another_kind(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->judged.record = span_text("conclave.start/v1\n");
}

static void freeze__refuses_what_is_not_in_its_form(void **state)
{
    refused_by(*state, "the record's form", "R6", cut, NOT_ALONE);
    refused_by(*state, "the record's form", "R6", another_kind, NOT_ALONE);
}

static void id_of_another(struct world *world, enum step step)
{
    if (step == STEP_RECORD)
        world->frozen.request = hash_of(span_text("another statement"));
}

static void freeze__r1_refuses_a_record_of_another_statement(void **state)
{
    refused_by(*state, "the statement", "R1", id_of_another, ALONE);
}

static void signed_by_another(struct world *world, enum step step)
{
    if (step == STEP_RECORD)
        world->frozen.signature_size = person_sign(
            &world->bob, DSSE_FREEZE, bytes_span(&world->statement), world->frozen.signature);
}
static void signed_as_something_else(struct world *world, enum step step)
{
    if (step == STEP_RECORD)
        world->frozen.signature_size = person_sign(&world->alice, DSSE_REQUEST,
            bytes_span(&world->statement), world->frozen.signature);
}
// The signature is Alice's, over the freeze of another role; the id fits what the record says.
static void signed_for_another_role(struct world *world, enum step step)
{
    if (step != STEP_RECORD)
        return;
    world->frozen.freeze.of.what = FREEZE_EVERYTHING;
    write_statement(world);
    world->frozen.request = hash_of(bytes_span(&world->statement));
}
static void signed_for_another_appliance(struct world *world, enum step step)
{
    if (step == STEP_FREEZE)
        world->frozen.freeze.appliance = hash_of(span_text("another log key"));
    if (step != STEP_RECORD)
        return;
    world->frozen.freeze.appliance = world->charter.log;
    write_statement(world);
    world->frozen.request = hash_of(bytes_span(&world->statement));
}

static void freeze__r3_refuses_a_signature_that_does_not_hold(void **state)
{
    static const char row[] = "the signature";
    refused_by(*state, row, "R3", signed_by_another, ALONE);
    refused_by(*state, row, "R3", signed_as_something_else, ALONE);
    refused_by(*state, row, "R3", signed_for_another_role, ALONE);
    refused_by(*state, row, "R3", signed_for_another_appliance, ALONE);
}

static void of_a_stranger(struct world *world, enum step step)
{
    if (step == STEP_FREEZE)
        world->frozen.freeze.administrator = world->bob.key.id;
    signed_by_another(world, step);
}

static void freeze__r3_refuses_who_is_no_administrator(void **state)
{
    refused_by(*state, "the signature", "R3", of_a_stranger, NOT_ALONE);
}

// ---- the freeze ----

static void of_the_old_epoch(struct world *world, enum step step)
{
    if (step == STEP_FREEZE)
        world->frozen.freeze.epoch = 2;
}
static void replayed(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        assert_int_equal(state_set_freezer(&world->state, &world->alice.key.id, 1), OK);
}
static void of_a_role_that_is_none(struct world *world, enum step step)
{
    if (step == STEP_FREEZE)
        snprintf(world->frozen.freeze.of.role, LIMIT_ROLE_NAME + 1, "image/other");
}

static void freeze__r7_refuses_what_governing_refuses(void **state)
{
    static const char row[] = "the freeze";
    refused_by(*state, row, "R7", of_the_old_epoch, ALONE);
    refused_by(*state, row, "R11", replayed, ALONE);
    refused_by(*state, row, "R2", of_a_role_that_is_none, ALONE);
}

static void from_the_past(struct world *world, enum step step)
{
    if (step == STEP_RECORD)
        world->frozen.time = NOW - 301;
}
static void from_the_future(struct world *world, enum step step)
{
    if (step == STEP_RECORD)
        world->frozen.time = NOW + 301;
}

static void freeze__r13_refuses_a_time_that_is_not_near_the_clock(void **state)
{
    refused_by(*state, "the time", "R13", from_the_past, ALONE);
    refused_by(*state, "the time", "R13", from_the_future, ALONE);
}

// ---- without time, and what follows ----

static void clock_years_behind(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->state.time = NOW + 3653 * (moment)DAY;
}
static void clock_years_ahead(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->state.time = NOW - 3653 * (moment)DAY;
}

static void freeze__r13_is_taken_without_time_and_never_moves_it(void **state)
{
    struct world *world = *state;
    static void (*const bendings[])(struct world * world, enum step step) = {
        NULL, clock_years_behind, clock_years_ahead};
    static struct state next;
    const struct place place = {7, hash_of(span_text("the record"))};
    for (size_t i = 0; i < 3; i++) {
        taken(world, bendings[i]);
        assert_int_equal(freeze_next(&world->judged, &place, &next), OK);
        assert_int_equal(next.time, world->state.time);
        assert_int_equal(next.order.index, 7);
        assert_int_equal(next.freeze_count, 1);
        assert_int_equal(next.freezes[0].time, i == 0 ? NOW : world->state.time);
        assert_true(hash_equal(&next.freezes[0].statement, &world->frozen.request));
        assert_int_equal(state_freezer(&next, &world->alice.key.id), 1);
    }
}

static void freeze__every_row_has_a_rule_and_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < freeze_rows; i++) {
        assert_int_equal(freeze_table[i].rule[0], 'R');
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(freeze_table[i].name, freeze_table[j].name);
    }
    assert_int_equal(freeze_rows, 5); // a new row needs a test here
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(freeze__refuses_what_is_not_in_its_form),
        IN_WORLD(freeze__r1_refuses_a_record_of_another_statement),
        IN_WORLD(freeze__r3_refuses_a_signature_that_does_not_hold),
        IN_WORLD(freeze__r3_refuses_who_is_no_administrator),
        IN_WORLD(freeze__r7_refuses_what_governing_refuses),
        IN_WORLD(freeze__r13_refuses_a_time_that_is_not_near_the_clock),
        IN_WORLD(freeze__r13_is_taken_without_time_and_never_moves_it),
        IN_WORLD(freeze__every_row_has_a_rule_and_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
