// Freezes: taking one, what it stops, and that nobody stops the house for good with them.
#include "tests/unit/council.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ALICE, BOB, CAROL, DAVE, STRANGER = 300 };

static const struct freeze_of everything = {.what = FREEZE_EVERYTHING};
static const struct freeze_of targets = {.what = FREEZE_ROLE, .role = "image/targets"};

static struct freeze_of of_request(unsigned number)
{
    return (struct freeze_of){.what = FREEZE_REQUEST, .thing = council_hash(number)};
}

// The next freeze of an administrator.
static struct freeze freeze_by(
    const struct council *council, size_t person, const struct freeze_of *of)
{
    struct freeze freeze = {.appliance = council->charter->log,
        .administrator = council->charter->administrators[person].key.id,
        .epoch = council->charter->epoch,
        .charter = council->charter->hash,
        .reason = "a token was stolen",
        .of = *of};
    freeze.number = state_freezer(council->state, &freeze.administrator) + 1;
    return freeze;
}

static struct hash statement_of(const struct freeze *freeze)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    freeze_write(freeze, &text);
    struct hash id = hash_of(bytes_span(&text));
    bytes_clear(&text);
    return id;
}

static void refuses(const struct council *council, const struct freeze *freeze,
    const char *rule, const char *sentence)
{
    struct refusal refusal = {.rule = ""};
    enum err err = govern_judge_freeze(council->charter, council->state, freeze, &refusal);
    assert_int_equal(err, ERR_REFUSED);
    assert_string_equal(refusal.rule, rule);
    if (strstr(refusal.sentence, sentence) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", refusal.sentence, sentence);
}

static void takes(struct council *council, const struct freeze *freeze)
{
    struct refusal refusal = {.rule = ""};
    if (govern_judge_freeze(council->charter, council->state, freeze, &refusal) != OK)
        fail_msg("%s \"%s\"", refusal.rule, refusal.sentence);
    assert_int_equal(govern_apply_freeze(freeze, council->now, council->state), OK);
}

static void freezes(struct council *council, size_t person, const struct freeze_of *of)
{
    struct freeze freeze = freeze_by(council, person, of);
    takes(council, &freeze);
}

// ---- taking one ----

static void freeze__r5_only_an_administrator_freezes(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    struct freeze freeze = freeze_by(council, ALICE, &everything);
    freeze.administrator = made_up_key(STRANGER).id;
    refuses(council, &freeze, "R5", "is no administrator's in charter epoch 1");
    freeze.administrator = council->charter->requesters[0].key.id;
    refuses(council, &freeze, "R5", "is no administrator's");
    council_free(council);
}

static void freeze__r7_counts_for_this_appliance_and_this_charter_alone(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    struct freeze freeze = freeze_by(council, ALICE, &everything);
    freeze.appliance = council_hash(1);
    refuses(council, &freeze, "R4", "The freeze of alice is for another appliance");
    freeze = freeze_by(council, ALICE, &everything);
    freeze.epoch = 2;
    refuses(council, &freeze, "R7", "under another charter");
    freeze = freeze_by(council, ALICE, &everything);
    freeze.charter = council_hash(1);
    refuses(council, &freeze, "R7", "in force, which is epoch 1");
    council_free(council);
}

static void freeze__r11_counts_once_and_not_again_after_its_lift(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    struct freeze freeze = freeze_by(council, ALICE, &everything);
    freeze.number = 0;
    refuses(council, &freeze, "R11", "has number 0, but the next is 1");
    freeze.number = 2;
    refuses(council, &freeze, "R11", "has number 2, but the next is 1");
    freeze.number = 1;
    takes(council, &freeze);
    struct hash statement = statement_of(&freeze);
    assert_non_null(state_freeze(council->state, &statement));
    refuses(council, &freeze, "R11", "has number 1, but the next is 2");
    state_drop_freeze(council->state, &statement);
    refuses(council, &freeze, "R11", "has number 1, but the next is 2");
    freezes(council, ALICE, &everything);
    freezes(council, BOB, &targets); // each counts the own ones
    assert_int_equal(council->state->freezer_count, 2);
    council_free(council);
}

static void freeze__r11_what_is_frozen_is_not_frozen_again(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    const struct freeze_of request = of_request(5);
    const struct freeze_of *const things[] = {&everything, &targets, &request};
    for (size_t i = 0; i < 3; i++) {
        freezes(council, ALICE, things[i]);
        struct freeze again = freeze_by(council, BOB, things[i]);
        refuses(council, &again, "R11", "frozen already");
    }
    council_free(council);
}

static void freeze__r7_never_stops_what_a_quorum_needs_to_help_the_house(void **unused)
{
    (void)unused;
    static const enum motion motions[] = {MOTION_CHARTER, MOTION_LIFT, MOTION_TIME};
    for (size_t i = 0; i < 3; i++) {
        struct council *council = council_new();
        struct freeze_of of = {.what = FREEZE_ROLE};
        snprintf(of.role, sizeof of.role, "%s", motion_role(motions[i]));
        struct freeze freeze = freeze_by(council, ALICE, &of);
        refuses(council, &freeze, "R7", "cannot be frozen");
        council_free(council);
    }
}

static void freeze__r2_names_a_role_that_there_is(void **unused)
{
    (void)unused;
    static const char *const roles[] = {"conclave/keys", "conclave/import", "director/root"};
    struct council *council = council_new();
    struct freeze_of of = {.what = FREEZE_ROLE, .role = "image/snapshot"};
    struct freeze freeze = freeze_by(council, ALICE, &of);
    refuses(council, &freeze, "R2", "names no role image/snapshot");
    for (size_t i = 0; i < 3; i++) {
        snprintf(of.role, sizeof of.role, "%s", roles[i]);
        freezes(council, ALICE, &of);
    }
    council_free(council);
}

// ---- room ----

static void freeze__r20_a_persons_last_place_is_kept_for_everything(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    for (unsigned i = 1; i < LIMIT_FREEZES_EACH; i++) {
        struct freeze_of of = of_request(i);
        freezes(council, ALICE, &of);
    }
    struct freeze_of one_more = of_request(99);
    struct freeze freeze = freeze_by(council, ALICE, &one_more);
    refuses(council, &freeze, "R20", "alice has 7 freezes in force, and the last of 8");
    freezes(council, ALICE, &everything);
    state_drop_freeze(council->state, &council->state->freezes[0].statement);
    freezes(council, BOB, &one_more); // nobody fills the list for the others
    council_free(council);
}

static void freeze__r20_nobody_has_more_than_their_places(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    for (unsigned i = 1; i < LIMIT_FREEZES_EACH; i++) {
        struct freeze_of of = of_request(i);
        freezes(council, ALICE, &of);
    }
    struct freeze_state old = {.statement = council_hash(1), .of = of_request(98)};
    old.administrator = council->charter->administrators[ALICE].key.id;
    old.time = COUNCIL_TIME;
    assert_int_equal(state_set_freeze(council->state, &old), OK);
    struct freeze freeze = freeze_by(council, ALICE, &everything);
    refuses(council, &freeze, "R20", "alice has 8 freezes in force");
    council_free(council);
}

// Freezes stay when those who put them there are no administrators any more.
static void fill(struct council *council, unsigned from, unsigned until)
{
    for (unsigned i = from; i < until; i++) {
        struct freeze_state freeze = {.statement = council_hash(i),
            .administrator = council_hash(1000 + i / LIMIT_FREEZES_EACH),
            .time = COUNCIL_TIME,
            .of = of_request(i)};
        assert_int_equal(state_set_freeze(council->state, &freeze), OK);
    }
}

static void freeze__r20_the_last_place_of_all_is_kept_for_everything(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    fill(council, 0, LIMIT_FREEZES - 1);
    struct freeze freeze = freeze_by(council, ALICE, &targets);
    refuses(council, &freeze, "R20", "There are 511 freezes in force");
    freezes(council, ALICE, &everything);
    state_drop_freeze(council->state, &council->state->freezes[0].statement);
    council_free(council);

    council = council_new();
    fill(council, 0, LIMIT_FREEZES);
    freeze = freeze_by(council, ALICE, &everything);
    refuses(council, &freeze, "R20", "There are 512 freezes in force");
    assert_int_equal(govern_apply_freeze(&freeze, council->now, council->state), ERR_LIMIT);
    council_free(council);
}

static void freeze__of_a_request_that_no_longer_lives_is_forgotten(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    for (unsigned i = 1; i < LIMIT_FREEZES_EACH; i++) {
        struct freeze_of of = of_request(i);
        freezes(council, ALICE, &of);
    }
    freezes(council, BOB, &targets);
    council->state->time += LIMIT_REQUEST_LIFE;
    struct freeze_of one_more = of_request(99);
    struct freeze freeze = freeze_by(council, ALICE, &one_more);
    refuses(council, &freeze, "R20", "7 freezes in force");
    council->state->time++;
    freezes(council, ALICE, &one_more);
    assert_int_equal(council->state->freeze_count, 2); // the role's does not end by itself
    council_free(council);
}

// A clock that is years ahead must not make the house forget what was stopped.
static void freeze__r13_is_forgotten_by_the_sealed_time_alone(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    struct freeze_of first = of_request(1);
    freezes(council, ALICE, &first);
    council->now = COUNCIL_TIME + 10 * 366 * 86400;
    freezes(council, BOB, &everything);
    assert_int_equal(council->state->freeze_count, 2);
    council_free(council);

    council = council_new();
    council->now = -10 * 366 * 86400; // and one that is behind must not date it back
    freezes(council, ALICE, &first);
    assert_int_equal(council->state->freezes[0].time, COUNCIL_TIME);
    council->state->time += 86400;
    freezes(council, BOB, &everything);
    assert_int_equal(council->state->freeze_count, 2);
    council_free(council);
}

static void freeze__is_in_the_state_as_its_statement_says(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    council->now = COUNCIL_TIME + 5;
    struct freeze freeze = freeze_by(council, CAROL, &targets);
    takes(council, &freeze);
    struct hash statement = statement_of(&freeze);
    const struct freeze_state *there = state_freeze(council->state, &statement);
    assert_non_null(there);
    assert_true(hash_equal(&there->administrator, &freeze.administrator));
    assert_int_equal(there->time, COUNCIL_TIME + 5);
    assert_true(freeze_of_equal(&there->of, &targets));
    assert_int_equal(state_freezer(council->state, &freeze.administrator), 1);
    council_free(council);
}

// ---- revoking a mandate ----

static struct freeze_of of_mandate(struct council *council, bool live)
{
    struct mandate_state mandate = {.number = 1,
        .text = council_hash(7),
        .live = true,
        .first = 1,
        .last = 9,
        .count = 9,
        .reserved = 4,
        .top = 5,
        .role = "image/timestamp"};
    struct freeze_of of = {
        .what = FREEZE_MANDATE, .role = "image/timestamp", .thing = mandate.text};
    assert_int_equal(state_set_mandate(council->state, &mandate), OK);
    if (!live)
        state_end_mandate(council->state, mandate.role);
    return of;
}

static void mandate__r11_only_one_in_force_is_revoked(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    struct freeze_of of = of_mandate(council, false);
    struct freeze freeze = freeze_by(council, ALICE, &of);
    refuses(council, &freeze, "R11", "This mandate of image/timestamp is not in force");
    of = of_mandate(council, true);
    of.thing = council_hash(8); // of the one before it
    freeze = freeze_by(council, ALICE, &of);
    refuses(council, &freeze, "R11", "is not in force: there is nothing to revoke");
    of = of_mandate(council, true);
    snprintf(of.role, sizeof of.role, "image/snapshot");
    freeze = freeze_by(council, ALICE, &of);
    refuses(council, &freeze, "R11", "of image/snapshot is not in force");
    council_free(council);
}

// Nothing is lifted: a quorum approves another one.
static void mandate__one_administrator_revokes_it_once_and_for_all(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    const struct freeze_of of = of_mandate(council, true);
    struct freeze freeze = freeze_by(council, ALICE, &of);
    takes(council, &freeze);
    const struct mandate_state *mandate = state_mandate(council->state, "image/timestamp");
    assert_false(mandate->live);
    assert_int_equal(mandate->top, 5); // what was signed, or may have been, is remembered
    assert_int_equal(council->state->freeze_count, 0);
    assert_int_equal(state_freezer(council->state, &freeze.administrator), 1);
    refuses(council, &freeze, "R11", "has number 1, but the next is 2");
    freeze = freeze_by(council, BOB, &of);
    refuses(council, &freeze, "R11", "is not in force");
    council_free(council);
}

static void mandate__r20_revoking_one_takes_no_place_among_the_freezes(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    for (unsigned i = 1; i < LIMIT_FREEZES_EACH; i++) {
        struct freeze_of request = of_request(i);
        freezes(council, ALICE, &request);
    }
    freezes(council, ALICE, &everything);
    const struct freeze_of of = of_mandate(council, true);
    struct freeze freeze = freeze_by(council, ALICE, &of);
    takes(council, &freeze);
    assert_int_equal(council->state->freeze_count, LIMIT_FREEZES_EACH);
    council_free(council);
}

// Who is no administrator revokes nothing, and it counts under one charter.
static void mandate__r5_r7_is_revoked_as_a_freeze_is_made(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    const struct freeze_of of = of_mandate(council, true);
    struct freeze freeze = freeze_by(council, ALICE, &of);
    freeze.administrator = council->charter->requesters[0].key.id;
    refuses(council, &freeze, "R5", "is no administrator's");
    freeze = freeze_by(council, ALICE, &of);
    freeze.epoch = 2;
    refuses(council, &freeze, "R7", "under another charter");
    council_free(council);
}

// ---- what is stopped ----

static bool stops(
    const struct council *council, unsigned request, const char *first, const char *second)
{
    struct item items[2] = {{.version = 1}, {.version = 1}};
    struct hash id = council_hash(request);
    snprintf(items[0].role, sizeof items[0].role, "%s", first);
    snprintf(items[1].role, sizeof items[1].role, "%s", second == NULL ? "" : second);
    return govern_frozen(council->state, &id, items, second == NULL ? 1 : 2) != NULL;
}

static void freeze__stops_what_it_names_and_nothing_else(void **unused)
{
    (void)unused;
    struct council *council = council_new();
    struct freeze_of request = of_request(5), keys = {.what = FREEZE_ROLE};
    snprintf(keys.role, sizeof keys.role, "conclave/keys");
    assert_false(stops(council, 5, "image/targets", NULL));
    freezes(council, ALICE, &targets);
    assert_true(stops(council, 4, "image/targets", NULL));
    assert_true(stops(council, 4, "image/root", "image/targets"));
    assert_true(stops(council, 4, "image/root", "image/targets@VIN7"));
    assert_false(stops(council, 4, "image/target@VIN7", NULL));
    assert_false(stops(council, 4, "image/root", NULL));
    freezes(council, ALICE, &request);
    assert_true(stops(council, 5, "image/root", NULL));
    assert_false(stops(council, 6, "image/root", NULL));
    assert_false(stops(council, 6, "conclave/keys", NULL));
    freezes(council, ALICE, &keys);
    assert_true(stops(council, 6, "conclave/keys", NULL));
    freezes(council, ALICE, &everything);
    assert_true(stops(council, 6, "image/root", NULL));
    assert_true(stops(council, 6, "conclave/import", NULL));
    council_free(council);
}

static void freeze__r7_a_charter_a_lift_and_the_time_are_never_stopped(void **unused)
{
    (void)unused;
    static const char *const free_roles[] = {
        "conclave/charter", "conclave/lift", "conclave/time"};
    struct council *council = council_new();
    struct freeze_of request = of_request(5);
    freezes(council, ALICE, &everything);
    freezes(council, ALICE, &request);
    for (size_t i = 0; i < 3; i++) {
        assert_false(stops(council, 5, free_roles[i], NULL));
        assert_true(stops(council, 5, free_roles[i], "image/root"));
    }
    council_free(council);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freeze__r5_only_an_administrator_freezes),
        cmocka_unit_test(freeze__r7_counts_for_this_appliance_and_this_charter_alone),
        cmocka_unit_test(freeze__r11_counts_once_and_not_again_after_its_lift),
        cmocka_unit_test(freeze__r11_what_is_frozen_is_not_frozen_again),
        cmocka_unit_test(freeze__r7_never_stops_what_a_quorum_needs_to_help_the_house),
        cmocka_unit_test(freeze__r2_names_a_role_that_there_is),
        cmocka_unit_test(freeze__r20_a_persons_last_place_is_kept_for_everything),
        cmocka_unit_test(freeze__r20_nobody_has_more_than_their_places),
        cmocka_unit_test(freeze__r20_the_last_place_of_all_is_kept_for_everything),
        cmocka_unit_test(freeze__of_a_request_that_no_longer_lives_is_forgotten),
        cmocka_unit_test(freeze__r13_is_forgotten_by_the_sealed_time_alone),
        cmocka_unit_test(freeze__is_in_the_state_as_its_statement_says),
        cmocka_unit_test(mandate__r11_only_one_in_force_is_revoked),
        cmocka_unit_test(mandate__one_administrator_revokes_it_once_and_for_all),
        cmocka_unit_test(mandate__r20_revoking_one_takes_no_place_among_the_freezes),
        cmocka_unit_test(mandate__r5_r7_is_revoked_as_a_freeze_is_made),
        cmocka_unit_test(freeze__stops_what_it_names_and_nothing_else),
        cmocka_unit_test(freeze__r7_a_charter_a_lift_and_the_time_are_never_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
