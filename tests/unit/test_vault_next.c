// The state that follows from an order that was judged good: rates, custodians' signatures, and what
// motions say.
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

static struct state next;
static const struct key *made;

static void follow(struct world *world, void (*bending)(struct world *world, enum step step))
{
    const struct place place = {LEAVES, hash_of(span_text("the order"))};
    taken(world, bending);
    assert_int_equal(judge_next(&world->judged, &place, made, &next), OK);
    assert_true(next.has_order);
    assert_int_equal(next.order.index, LEAVES);
    assert_true(hash_equal(&next.order.leaf, &place.leaf));
}

// ---- rates ----

static void rate(struct world *world, enum step step, uint64_t count, moment since)
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
static void window_open(struct world *world, enum step step)
{
    rate(world, step, 2, NOW - 3599);
}
static void window_over(struct world *world, enum step step)
{
    rate(world, step, 3, NOW - 3600);
}
static void rate_is_gone(struct world *world, enum step step)
{
    rate(world, step, 3, NOW - 10);
    if (step == STEP_CHARTER)
        world->charter.roles[0].rate = world->charter.roles[0].rate_seconds = 0;
}
static void again_in_a_full_window(struct world *world, enum step step)
{
    rate(world, step, 3, NOW - 10);
    if (step == STEP_VAULT) {
        world->state.roles[0].version = 12;
        world->state.roles[0].payload = hash_of(span_text(world->payload));
    }
}

static void next__r17_counts_versions_in_the_window_of_a_rate(void **state)
{
    follow(*state, window_open);
    assert_int_equal(next.roles[0].used, 3);
    assert_int_equal(next.roles[0].used_since, NOW - 3599);
    follow(*state, window_over);
    assert_int_equal(next.roles[0].used, 1);
    assert_int_equal(next.roles[0].used_since, NOW);
    follow(*state, rate_is_gone);
    assert_int_equal(next.roles[0].used, 0);
    assert_int_equal(next.roles[0].used_since, 0);
    follow(*state, again_in_a_full_window);
    assert_int_equal(next.roles[0].used, 3);
}

// ---- custodians ----

// Keys of Alice, Bob and Carol beside the one without custodian; Alice's signed the last payload.
static void custodians(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        for (unsigned i = 0; i < PEOPLE; i++)
            world_add_key(world, 50 + i, i);
    struct signed_state line = {.order = 6};
    if (step != STEP_VAULT)
        return;
    snprintf(line.role, sizeof line.role, "image/targets");
    line.key = world->charter.keys[1].key.id;
    assert_int_equal(state_set_signed(&world->state, &line), OK);
    line.key = world->charter.keys[3].key.id; // Carol's, who has not approved this one
    assert_int_equal(state_set_signed(&world->state, &line), OK);
}

static uint64_t order_of(const struct world *world, size_t key)
{
    const struct signed_state *line =
        state_signed(&next, "image/targets", &world->charter.keys[key].key.id);
    return line == NULL ? 0 : line->order;
}

static void next__r12_remembers_whose_keys_signed_and_forgets_with_the_payload(void **state)
{
    struct world *world = *state;
    follow(world, custodians);
    assert_int_equal(order_of(world, 0), 0); // has no custodian
    assert_int_equal(order_of(world, 1), LEAVES);
    assert_int_equal(order_of(world, 2), LEAVES);
    assert_int_equal(order_of(world, 3), 0);
    assert_int_equal(next.signed_count, 2);
}

static void signed_already(struct world *world, enum step step)
{
    custodians(world, step);
    if (step == STEP_VAULT) {
        world->state.roles[0].version = 12;
        world->state.roles[0].payload = hash_of(span_text(world->payload));
    }
}
static void adding(struct world *world, enum step step)
{
    signed_already(world, step);
    if (step == STEP_ORDER) {
        world->order.adds = true;
        world->order.added_to = (struct place){LEAVES - 1, hash_of(span_text("outcome"))};
    }
}

// What is added keeps who signed before; a new request over the same bytes signs with all anew.
static void next__r12_adds_to_those_that_signed(void **state)
{
    struct world *world = *state;
    follow(world, adding);
    assert_int_equal(order_of(world, 1), 6);
    assert_int_equal(order_of(world, 2), LEAVES);
    assert_int_equal(order_of(world, 3), 6);
    follow(world, signed_already);
    assert_int_equal(order_of(world, 1), LEAVES);
    assert_int_equal(order_of(world, 2), LEAVES);
    assert_int_equal(order_of(world, 3), 6);
}

static void alices_key_retired(struct world *world, enum step step)
{
    custodians(world, step);
    struct key_state retired = {.retired = true};
    if (step != STEP_VAULT)
        return;
    snprintf(retired.role, sizeof retired.role, "image/targets");
    retired.key = world->charter.keys[1].key;
    assert_int_equal(state_set_key(&world->state, &retired), OK);
}

static void next__r18_a_retired_key_does_not_sign(void **state)
{
    struct world *world = *state;
    follow(world, alices_key_retired);
    assert_int_equal(order_of(world, 1), 0);
    assert_int_equal(order_of(world, 2), LEAVES);
}

// ---- motions ----

static void next__names_what_a_keys_motion_made(void **state)
{
    struct world *world = *state;
    const struct key keys[] = {made_up_key(77)};
    world->motion = MOTION_KEYS;
    made = keys;
    follow(world, NULL);
    made = NULL;
    const struct key_state *spare = state_key(&next, &keys[0].id);
    assert_non_null(spare);
    assert_false(spare->retired);
    assert_int_equal(spare->by, 1);
    assert_int_equal(next.motions[MOTION_KEYS].number, 1);
    assert_true(
        hash_equal(&next.motions[MOTION_KEYS].payload, &world->request.items[0].payload));
    assert_int_equal(next.time, NOW);
    assert_int_equal(next.role_count, 1);
    assert_int_equal(next.roles[0].version, 11);
}

static void next__r13_a_time_motion_states_the_time_forwards(void **state)
{
    struct world *world = *state;
    world->motion = MOTION_TIME;
    follow(world, NULL);
    assert_int_equal(next.time, NOW - 60);
    assert_int_equal(next.since, 0);
}

static void sealed_in_ten_years(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->state.time = NOW + 3653 * (moment)DAY;
}

// Everything approved until then is void.
static void next__r13_a_time_motion_states_the_time_backwards(void **state)
{
    struct world *world = *state;
    world->motion = MOTION_TIME;
    follow(world, sealed_in_ten_years);
    assert_int_equal(next.time, NOW - 60);
    assert_int_equal(next.since, LEAVES + 1);
}

static void next__a_lift_takes_the_freeze_out(void **state)
{
    struct world *world = *state;
    world->motion = MOTION_LIFT;
    follow(world, NULL);
    assert_int_equal(world->state.freeze_count, 1);
    assert_int_equal(next.freeze_count, 0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(next__r17_counts_versions_in_the_window_of_a_rate),
        IN_WORLD(next__r12_remembers_whose_keys_signed_and_forgets_with_the_payload),
        IN_WORLD(next__r12_adds_to_those_that_signed),
        IN_WORLD(next__r18_a_retired_key_does_not_sign),
        IN_WORLD(next__names_what_a_keys_motion_made),
        IN_WORLD(next__r13_a_time_motion_states_the_time_forwards),
        IN_WORLD(next__r13_a_time_motion_states_the_time_backwards),
        IN_WORLD(next__a_lift_takes_the_freeze_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
