// The vault's table of checks, the rows about what would be signed, and when (see
// test_vault_judge.c).
#include "proto/dsse.h"
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

static void unknown_role(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        snprintf(world->charter.roles[0].name, LIMIT_ROLE_NAME + 1, "image/other");
}

static void judge__r2_refuses_a_role_that_the_charter_does_not_know(void **state)
{
    refused_by(*state, "the roles", unknown_role, NOT_ALONE);
}

static void key_missing(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->keyring.count = 0;
}
static void key_of_another_role(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        snprintf(world->keyring.keys[0].label, LIMIT_ROLE_NAME + 1, "image/root");
}
static void role_without_key(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->charter.key_count = 0;
}
static void more_signatures_than_fit(struct world *world, enum step step)
{
    if (step != STEP_VAULT)
        return;
    for (unsigned i = 0; i < MANY_KEYS; i++) {
        world->charter.keys[i] = (struct role_key){.role = 0, .key = made_up_key(i)};
        world->keyring.keys[i] = world->keyring.keys[0];
        world->keyring.keys[i].key = world->charter.keys[i].key;
    }
    world->charter.key_count = world->keyring.count = MANY_KEYS;
}

static void judge__r18_refuses_a_role_whose_keys_are_not_all_here(void **state)
{
    static const char row[] = "the roles' keys";
    refused_by(*state, row, key_missing, ALONE);
    refused_by(*state, row, key_of_another_role, ALONE);
    refused_by(*state, row, role_without_key, NOT_ALONE);
    refused_by(*state, row, more_signatures_than_fit, ALONE);
}

static void type_of_another(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world_write_payload(world, "root");
}
static void version_of_another(struct world *world, enum step step)
{
    if (step == STEP_CHARTER) {
        world->payload_version = 13;
        world_write_payload(world, "targets");
    }
}
static void not_metadata(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        snprintf(world->payload, sizeof world->payload, "a raw digest");
}

// The same payload under a charter of the other dialect, and the other way round.
static void type_of_tuf(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->charter.repositories[0].dialect = DIALECT_UPTANE;
}
static void type_of_uptane(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world_write_payload(world, "Targets");
}
static void uptane(struct world *world, enum step step)
{
    type_of_tuf(world, step);
    type_of_uptane(world, step);
}

static void judge__r2_holds_a_payload_to_the_charters_dialect(void **state)
{
    static const char row[] = "type and version";
    refused_by(*state, row, type_of_tuf, NOT_ALONE);
    refused_by(*state, row, type_of_uptane, NOT_ALONE);
    taken(*state, uptane);
}

static void judge__r2_refuses_a_payload_of_another_type_or_version(void **state)
{
    static const char row[] = "type and version";
    refused_by(*state, row, type_of_another, NOT_ALONE);
    refused_by(*state, row, version_of_another, NOT_ALONE);
    refused_by(*state, row, not_metadata, NOT_ALONE);
}

static void expire_at(struct world *world, enum step step, moment expires)
{
    if (step == STEP_CHARTER) {
        world->payload_expires = expires;
        world_write_payload(world, "targets");
    }
}
static void payload_too_short(struct world *world, enum step step)
{
    expire_at(world, step, NOW - 3600 + DAY - 1);
}
static void payload_too_long(struct world *world, enum step step)
{
    expire_at(world, step, NOW - 3600 + 100 * (moment)DAY + 1);
}
static void payload_expired(struct world *world, enum step step)
{
    expire_at(world, step, NOW - 3600 + DAY);
    if (step == STEP_ORDER)
        world->order.time = NOW + 2 * (moment)DAY;
    if (step == STEP_VAULT)
        world->judged.now = NOW + 2 * (moment)DAY;
}

static void judge__r6_refuses_a_payload_that_lives_too_short_or_too_long(void **state)
{
    static const char row[] = "the payloads' expiry";
    refused_by(*state, row, payload_too_short, ALONE);
    refused_by(*state, row, payload_too_long, ALONE);
    refused_by(*state, row, payload_expired, ALONE);
}

static void previous_of_another(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.items[0].previous = hash_of(span_text("version 10"));
}
static void previous_none(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.items[0].previous = (struct hash){0};
}

static void judge__r12_refuses_what_was_built_on_another_payload(void **state)
{
    static const char row[] = "previous";
    refused_by(*state, row, previous_of_another, ALONE);
    refused_by(*state, row, previous_none, ALONE);
}

static void version_again(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->state.roles[0].version = 12;
}
static void version_falls(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->state.roles[0].version = 13;
}

static void judge__r12_refuses_a_version_that_does_not_rise(void **state)
{
    static const char row[] = "the versions' chain";
    refused_by(*state, row, version_again, ALONE);
    refused_by(*state, row, version_falls, ALONE);
}

// Signed once already: the very same bytes may be signed again, whatever they were opened over.
static void signed_already(struct world *world, enum step step)
{
    if (step == STEP_VAULT) {
        world->state.roles[0].version = 12;
        world->state.roles[0].payload = hash_of(span_text(world->payload));
    }
}

static void judge__r12_takes_the_same_version_over_the_same_bytes(void **state)
{
    struct world *world = *state;
    struct refusal refusal = {0};
    world->bend = signed_already;
    world_build(world);
    assert_int_equal(judge(&world->judged, false, &refusal), OK);
    world->bend = NULL;
}

static void request_expired(struct world *world, enum step step)
{
    if (step == STEP_REQUEST)
        world->request.expires = NOW;
    if (step == STEP_OPENED)
        world->opened.expires = NOW + DAY;
}
static void opened_expired(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.expires = NOW;
}
static void lives_too_long(struct world *world, enum step step)
{
    if (step == STEP_REQUEST)
        world->request.expires = NOW + LIMIT_REQUEST_LIFE;
}

static void judge__r6_refuses_a_request_that_has_expired(void **state)
{
    static const char row[] = "the request's expiry";
    refused_by(*state, row, request_expired, NOT_ALONE);
    refused_by(*state, row, opened_expired, ALONE);
    refused_by(*state, row, lives_too_long, ALONE);
}

static void too_early(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.earliest = NOW + 1;
}
// Back-dated and brought in at start: its delay of half an hour counts from the start.
static void back_dated(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.earliest = world->opened.time + 1800;
    if (step == STEP_VAULT) {
        world->comebacks = (struct comebacks){{{OPENED_AT, OPENED_AT + 1, NOW - 1799}}, 1};
    }
}
static void back_dated_long_ago(struct world *world, enum step step)
{
    back_dated(world, step);
    if (step == STEP_VAULT)
        world->comebacks.at[0].since = NOW - 1800;
}
static void seen_by_this_vault(struct world *world, enum step step)
{
    back_dated(world, step);
    if (step == STEP_VAULT)
        world->comebacks.at[0] = (struct comeback){OPENED_AT + 1, OPENED_AT + 2, NOW};
}

static void judge__r4_refuses_to_sign_before_the_delay_is_over(void **state)
{
    struct world *world = *state;
    struct refusal refusal = {0};
    static const char row[] = "earliest signing";
    refused_by(*state, row, too_early, ALONE);
    refused_by(*state, row, back_dated, ALONE);
    world->bend = back_dated_long_ago;
    world_build(world);
    assert_int_equal(judge(&world->judged, false, &refusal), OK);
    world->bend = seen_by_this_vault;
    world_build(world);
    assert_int_equal(judge(&world->judged, false, &refusal), OK);
    world->bend = NULL;
}

static void order_from_the_past(struct world *world, enum step step)
{
    if (step == STEP_ORDER)
        world->order.time = NOW - 301;
}
static void order_from_the_future(struct world *world, enum step step)
{
    if (step == STEP_ORDER)
        world->order.time = NOW + 301;
}
static void judge__r4_refuses_times_that_are_not_near_the_clock(void **state)
{
    static const char row[] = "times near the clock";
    refused_by(*state, row, order_from_the_past, ALONE);
    refused_by(*state, row, order_from_the_future, ALONE);
}

static void clock_ran_back(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->state.time = NOW + 1;
}

static void judge__r13_refuses_to_sign_when_the_clock_ran_back(void **state)
{
    refused_by(*state, "the clock", clock_ran_back, ALONE);
}

// ---- once more, when it is carried out ----

static void judge__r6_looks_at_the_clock_again(void **state)
{
    struct world *world = *state;
    struct refusal refusal = {0};
    static const struct {
        moment now;
        enum err err;
    } later[] = {
        {NOW + 1, OK}, {NOW - 1, ERR_REFUSED}, // ran back
        {NOW + 7 * (moment)DAY - 1, OK},       // the request's last second
        {NOW + 7 * (moment)DAY, ERR_REFUSED},  // the request has expired
        {NOW + 30 * (moment)DAY, ERR_REFUSED}, // the payload, too
    };
    world_build(world);
    assert_int_equal(judge(&world->judged, false, &refusal), OK);
    world->judged.ask = NULL; // not looked at again
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        world->judged.now = later[i].now;
        assert_int_equal(judge(&world->judged, true, &refusal), later[i].err);
    }
}

// ---- what follows ----

static void judge__next_state_is_the_last_one_with_the_order_and_its_items(void **state)
{
    struct world *world = *state;
    struct refusal refusal = {0};
    struct state next;
    struct place place = {LEAVES, hash_of(span_text("the order"))};
    world_build(world);
    assert_int_equal(judge(&world->judged, false, &refusal), OK);
    assert_int_equal(judge_next(&world->judged, &place, NULL, &next), OK);
    assert_int_equal(next.time, NOW);
    assert_true(next.has_order);
    assert_int_equal(next.order.index, LEAVES);
    assert_true(hash_equal(&next.order.leaf, &place.leaf));
    assert_int_equal(next.role_count, 1);
    assert_int_equal(next.roles[0].version, 12);
    assert_int_equal(next.roles[0].expires, world->payload_expires);
    struct hash payload = hash_of(span_text(world->payload));
    assert_true(hash_equal(&next.roles[0].payload, &payload));
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(judge__r2_refuses_a_role_that_the_charter_does_not_know),
        IN_WORLD(judge__r18_refuses_a_role_whose_keys_are_not_all_here),
        IN_WORLD(judge__r2_holds_a_payload_to_the_charters_dialect),
        IN_WORLD(judge__r2_refuses_a_payload_of_another_type_or_version),
        IN_WORLD(judge__r6_refuses_a_payload_that_lives_too_short_or_too_long),
        IN_WORLD(judge__r12_refuses_what_was_built_on_another_payload),
        IN_WORLD(judge__r12_refuses_a_version_that_does_not_rise),
        IN_WORLD(judge__r12_takes_the_same_version_over_the_same_bytes),
        IN_WORLD(judge__r6_refuses_a_request_that_has_expired),
        IN_WORLD(judge__r4_refuses_to_sign_before_the_delay_is_over),
        IN_WORLD(judge__r4_refuses_times_that_are_not_near_the_clock),
        IN_WORLD(judge__r13_refuses_to_sign_when_the_clock_ran_back),
        IN_WORLD(judge__r6_looks_at_the_clock_again),
        IN_WORLD(judge__next_state_is_the_last_one_with_the_order_and_its_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
