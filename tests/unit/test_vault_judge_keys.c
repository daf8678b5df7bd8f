// The vault's table of checks, the rows about custodians, thresholds, delays, time-outs and rates
// (see test_vault_judge.c).
#include "tests/unit/made_up.h"
#include "tests/unit/order_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// ---- custodians ----

// The role's one key becomes Carol's, who has not approved.
static void carol_keeps_the_key(struct world *world, enum step step)
{
    if (step == STEP_CHARTER) {
        world->charter.keys[0].has_custodian = true;
        world->charter.keys[0].custodian = CAROL;
    }
}
static void bob_keeps_the_key(struct world *world, enum step step)
{
    if (step == STEP_CHARTER) {
        world->charter.keys[0].has_custodian = true;
        world->charter.keys[0].custodian = BOB;
    }
}
// Bob approves, but stands behind the request.
static void bob_asks_for_his_key(struct world *world, enum step step)
{
    bob_keeps_the_key(world, step);
    if (step == STEP_CHARTER)
        snprintf(world->charter.requesters[0].person, LIMIT_NAME + 1, "bob");
    if (step == STEP_ORDER) {
        world->order.approvals[2] = (struct order_approval){8, world->people[CAROL].key.id};
        world->order.approval_count = 3;
    }
    if (step == STEP_ASK)
        world_approve(world, 2, &world->people[CAROL], DECISION_APPROVE);
}

static void judge__r12_signs_with_no_key_whose_custodian_has_not_approved(void **state)
{
    static const char row[] = "keys that may sign";
    refused_by(*state, row, carol_keeps_the_key, ALONE);
    refused_by(*state, row, bob_asks_for_his_key, ALONE);
    taken(*state, bob_keeps_the_key);
}

static void retire(struct world *world, const struct key *key)
{
    struct key_state retired = {.key = *key, .retired = true};
    snprintf(retired.role, sizeof retired.role, "image/targets");
    assert_int_equal(state_set_key(&world->state, &retired), OK);
}
static void every_key_retired(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        retire(world, &world->role_key);
}

static void judge__r18_signs_with_no_retired_key(void **state)
{
    struct world *world = *state;
    refused_by(world, "the roles' keys", every_key_retired, NOT_ALONE);
    taken(world, NULL);
    assert_true(judge_signs(&world->judged, &world->charter.keys[0]));
    retire(world, &world->role_key);
    assert_false(judge_signs(&world->judged, &world->charter.keys[0]));
}

// ---- thresholds ----

// Keys of Alice, Bob and Carol beside the one without custodian; Carol has not approved. So three
// may sign.
static void three_of_four(struct world *world, enum step step, uint64_t need)
{
    if (step == STEP_CHARTER)
        for (unsigned i = 0; i < PEOPLE; i++)
            world_add_key(world, 50 + i, i);
    if (step != STEP_OPENED)
        return;
    struct reach *reach = &world->opened.reach[world->opened.reach_count++];
    *reach = (struct reach){.need = need, .key_count = 4};
    snprintf(reach->role, sizeof reach->role, "image/targets");
    for (size_t i = 0; i < 4; i++) {
        size_t at = i;
        const struct hash *key = &world->charter.keys[i].key.id;
        while (at > 0 && memcmp(key, &reach->keys[at - 1], HASH_SIZE) < 0) {
            reach->keys[at] = reach->keys[at - 1];
            at--;
        }
        reach->keys[at] = *key;
    }
}
static void three_are_enough(struct world *world, enum step step)
{
    three_of_four(world, step, 3);
}
static void four_are_needed(struct world *world, enum step step)
{
    three_of_four(world, step, 4);
}
static void one_of_three_retired(struct world *world, enum step step)
{
    three_of_four(world, step, 3);
    if (step == STEP_VAULT)
        retire(world, &world->role_key);
}
// The old threshold is reached, the new one is not.
static void two_thresholds(struct world *world, enum step step)
{
    three_of_four(world, step, 3);
    three_of_four(world, step == STEP_CHARTER ? STEP_VAULT : step, 4);
}

static void judge__r12_signs_when_old_and_new_threshold_can_be_reached(void **state)
{
    static const char row[] = "the thresholds' reach";
    refused_by(*state, row, four_are_needed, ALONE);
    refused_by(*state, row, two_thresholds, ALONE);
    refused_by(*state, row, one_of_three_retired, ALONE);
    taken(*state, three_are_enough);
}

// ---- what is added later ----

// Signed once by the keys of Alice and of nobody; now Bob has approved too.
static void add_to(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        for (unsigned i = 0; i < 2; i++)
            world_add_key(world, 50 + i, i);
    if (step == STEP_ORDER) {
        world->order.adds = true;
        world->order.added_to = (struct place){LEAVES - 1, hash_of(span_text("outcome"))};
    }
    if (step != STEP_VAULT)
        return;
    struct signed_state line = {"image/targets", world->charter.keys[1].key.id, 6};
    world->state.roles[0].version = 12;
    world->state.roles[0].payload = hash_of(span_text(world->payload));
    assert_int_equal(state_set_signed(&world->state, &line), OK);
}
static void add_nothing(struct world *world, enum step step)
{
    add_to(world, step);
    struct signed_state line = {"image/targets", world->charter.keys[2].key.id, 6};
    if (step == STEP_VAULT)
        assert_int_equal(state_set_signed(&world->state, &line), OK);
}
static void add_to_what_was_overtaken(struct world *world, enum step step)
{
    add_to(world, step);
    if (step == STEP_VAULT) {
        world->state.roles[0].version = 11;
        world->state.roles[0].payload = hash_of(span_text("version 11"));
    }
}
static void add_before_the_opening(struct world *world, enum step step)
{
    add_to(world, step);
    if (step == STEP_ORDER)
        world->order.added_to.index = OPENED_AT;
}
static void add_to_what_is_not_durable(struct world *world, enum step step)
{
    add_to(world, step);
    if (step == STEP_ORDER)
        world->order.added_to.index = LEAVES;
}
static void add_to_a_motion(struct world *world, enum step step)
{
    if (step == STEP_ORDER) {
        world->order.adds = true;
        world->order.added_to = (struct place){LEAVES - 1, hash_of(span_text("outcome"))};
    }
}

static void judge__r12_adds_only_what_is_missing_of_what_was_signed_last(void **state)
{
    struct world *world = *state;
    static const char row[] = "what is added to";
    refused_by(world, "keys that may sign", add_nothing, ALONE);
    refused_by(world, row, add_to_what_was_overtaken, ALONE);
    refused_by(world, row, add_before_the_opening, ALONE);
    refused_by(world, row, add_to_what_is_not_durable, ALONE);
    taken(world, add_to);
    assert_false(judge_signs(&world->judged, &world->charter.keys[0]));
    assert_false(judge_signs(&world->judged, &world->charter.keys[1]));
    assert_true(judge_signs(&world->judged, &world->charter.keys[2]));
    world->motion = MOTION_KEYS;
    refused_by(world, row, add_to_a_motion, ALONE);
}

// ---- delays and time-outs ----

static void delay_of_an_hour(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->charter.roles[0].delay = world->charter.changes_delay = 3600;
}
static void opened_with_a_shorter_delay(struct world *world, enum step step)
{
    delay_of_an_hour(world, step);
    if (step == STEP_OPENED)
        world->opened.earliest = world->opened.time + 3599;
}
static void opened_with_the_delay(struct world *world, enum step step)
{
    delay_of_an_hour(world, step);
    if (step == STEP_OPENED)
        world->opened.earliest = world->opened.time + 3600;
}

static void judge__r4_refuses_a_shorter_delay_than_the_charters(void **state)
{
    static const char row[] = "the delay";
    for (int motion = 0; motion < 2; motion++) {
        ((struct world *)*state)->motion = motion ? MOTION_KEYS : MOTION_NONE;
        refused_by(*state, row, opened_with_a_shorter_delay, ALONE);
        taken(*state, opened_with_the_delay);
    }
}

static void within_a_day(struct world *world, enum step step, moment expires)
{
    if (step == STEP_CHARTER)
        world->charter.roles[0].within = DAY;
    if (step == STEP_OPENED)
        world->opened.expires = expires;
}
static void waits_longer_than_a_day(struct world *world, enum step step)
{
    within_a_day(world, step, NOW - 3600 + DAY + 1);
}
static void waits_for_a_day(struct world *world, enum step step)
{
    within_a_day(world, step, NOW - 3600 + DAY);
}
static void waits_longer_than_asked(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.expires = world->request.expires + 1;
}

static void judge__r6_refuses_approvals_that_were_waited_for_too_long(void **state)
{
    static const char row[] = "the time for approvals";
    refused_by(*state, row, waits_longer_than_a_day, ALONE);
    refused_by(*state, row, waits_longer_than_asked, ALONE);
    taken(*state, waits_for_a_day);
}

// ---- rates ----

static void used(struct world *world, enum step step, uint64_t count, moment since)
{
    if (step == STEP_CHARTER) {
        world->charter.roles[0].rate = 3;
        world->charter.roles[0].rate_seconds = 3600;
    }
    if (step == STEP_VAULT) {
        world->state.roles[0].used = count;
        world->state.roles[0].used_since = since;
    }
}
static void used_up(struct world *world, enum step step)
{
    used(world, step, 3, NOW - 3599);
}
static void used_two_of_three(struct world *world, enum step step)
{
    used(world, step, 2, NOW - 3599);
}
static void used_in_the_window_before(struct world *world, enum step step)
{
    used(world, step, 3, NOW - 3600);
}

static void judge__r17_refuses_more_than_the_rate_of_a_role(void **state)
{
    refused_by(*state, "the rate", used_up, ALONE);
    taken(*state, used_two_of_three);
    taken(*state, used_in_the_window_before);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(judge__r12_signs_with_no_key_whose_custodian_has_not_approved),
        IN_WORLD(judge__r18_signs_with_no_retired_key),
        IN_WORLD(judge__r12_signs_when_old_and_new_threshold_can_be_reached),
        IN_WORLD(judge__r12_adds_only_what_is_missing_of_what_was_signed_last),
        IN_WORLD(judge__r4_refuses_a_shorter_delay_than_the_charters),
        IN_WORLD(judge__r6_refuses_approvals_that_were_waited_for_too_long),
        IN_WORLD(judge__r17_refuses_more_than_the_rate_of_a_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
