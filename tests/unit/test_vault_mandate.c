// The vault's table of checks over orders under mandates. One world in which an order is good; each
// case bends one thing and says which row must refuse it. Where no other row looks at the same thing,
// the table without that row takes the bent order.
#include "proto/dsse.h"
#include "tests/unit/mandate_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static size_t row_named(const char *name)
{
    for (size_t i = 0; i < mandate_rows; i++)
        if (strcmp(mandate_table[i].name, name) == 0)
            return i;
    fail_msg("no row is named %s", name);
    return 0;
}

// Whether the row alone stands in the way, or other rows would stumble too.
enum alone { ALONE, NOT_ALONE };

static void refused_with(struct mandate_world *world, const char *name, const char *rule,
    bender *bending, enum alone alone)
{
    struct mandate_row rows[32];
    struct refusal refusal = {0}, without = {0};
    size_t row = row_named(name), count = 0;
    world->bend = bending;
    mandate_world_build(world);
    assert_int_equal(mandate_judge(&world->judged, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, rule);
    assert_int_equal(mandate_judge_by(mandate_table, row, &world->judged, &without), OK);
    for (size_t i = 0; i < mandate_rows; i++)
        if (i != row)
            rows[count++] = mandate_table[i];
    mandate_world_build(world);
    enum err err = mandate_judge_by(rows, count, &world->judged, &without);
    if (alone == ALONE)
        assert_int_equal(err, OK);
    else
        assert_string_not_equal(without.sentence, refusal.sentence);
    world->bend = NULL;
}

static void refused_by(
    struct mandate_world *world, const char *name, bender *bending, enum alone alone)
{
    refused_with(world, name, mandate_table[row_named(name)].rule, bending, alone);
}

static void taken(struct mandate_world *world, bender *bending)
{
    struct refusal refusal = {0};
    world->bend = bending;
    mandate_world_build(world);
    if (mandate_judge(&world->judged, &refusal) != OK)
        fail_msg("refused by %s: %s", refusal.rule, refusal.sentence);
    world->bend = NULL;
}

// A bend of one line at one step.
#define BEND(name, at, what)                                                                   \
    static void name(struct mandate_world *world, enum step step)                              \
    {                                                                                          \
        if (step == (at))                                                                      \
            what;                                                                              \
    }

BEND(bad_order, STEP_ASK, world->ask.judge.order.size--)
BEND(bad_request, STEP_ASK, world->ask.judge.request.size--)
BEND(payload_missing, STEP_ASK, world->ask.judge.payloads.count--)

static void mandate__r6_refuses_what_is_not_in_its_form(void **state)
{
    refused_by(*state, "the order's form", bad_order, NOT_ALONE);
    refused_by(*state, "the order's form", bad_request, NOT_ALONE);
    refused_by(*state, "the order's form", payload_missing, NOT_ALONE);
}

BEND(another_appliance, STEP_REQUEST, world->request.appliance.byte[0] ^= 1)

static void mandate__r4_refuses_a_request_to_another_appliance(void **state)
{
    refused_by(*state, "the appliance", another_appliance, ALONE);
}

BEND(strangers_order, STEP_ORDER, world->mandated.requester = world->stranger.key.id)
static void strangers_request(struct mandate_world *world, enum step step)
{
    if (step == STEP_REQUEST) {
        world->signer = &world->stranger;
        world->request.requester = world->stranger.key.id;
    }
}
// Whoever decides asks for motions alone.
static void administrators_request(struct mandate_world *world, enum step step)
{
    if (step == STEP_REQUEST) {
        world->signer = &world->alice;
        world->request.requester = world->alice.key.id;
    }
}

static void mandate__r21_refuses_an_unknown_requester(void **state)
{
    refused_by(*state, "the requester", strangers_order, NOT_ALONE);
    refused_by(*state, "the requester", strangers_request, NOT_ALONE);
    refused_by(*state, "the requester", administrators_request, NOT_ALONE);
}

BEND(another_request, STEP_ORDER, world->mandated.request.byte[0] ^= 1)
BEND(strangers_signature, STEP_REQUEST, world->signer = &world->stranger)
BEND(signature_flipped, STEP_ORDER, world->mandated.signature[9] ^= 1)
BEND(signature_short, STEP_ORDER, world->mandated.signature_size--)
// The requester signed another one, which differs in its reason.
static void another_text(struct mandate_world *world, enum step step)
{
    static struct request other;
    struct bytes text;
    if (step != STEP_ORDER)
        return;
    other = world->request;
    other.reason[0] ^= 1;
    bytes_init(&text, LIMIT_RECORD);
    request_write(&other, &text);
    world->mandated.signature_size =
        person_sign(&world->desk, DSSE_REQUEST, bytes_span(&text), world->mandated.signature);
    bytes_clear(&text);
}
// The other vehicle's, of the same type and version, and as good as its own.
static void another_payload(struct mandate_world *world, enum step step)
{
    if (step == STEP_PAYLOADS)
        world->payloads[1].expires += 60;
    if (step == STEP_ASK)
        world->ask.judge.payloads.at[0] = world->ask.judge.payloads.at[1];
}

static void mandate__refuses_bytes_the_requester_did_not_sign(void **state)
{
    refused_by(*state, "the request's id", another_request, ALONE);
    refused_by(*state, "the requester's signature", strangers_signature, ALONE);
    refused_by(*state, "the requester's signature", signature_flipped, ALONE);
    refused_by(*state, "the requester's signature", signature_short, ALONE);
    refused_by(*state, "the requester's signature", another_text, ALONE);
    refused_by(*state, "the payloads' hashes", another_payload, ALONE);
}

BEND(vehicle_missing, STEP_REQUEST,
    snprintf(world->request.items[0].role, LIMIT_ROLE_NAME + 1, "director/targets"))
BEND(vehicle_too_many, STEP_REQUEST,
    snprintf(world->request.items[2].role, LIMIT_ROLE_NAME + 1, "image/timestamp@VIN-1"))
BEND(both_ways, STEP_REQUEST,
    snprintf(world->request.items[2].role, LIMIT_ROLE_NAME + 1, "image/targets"))
BEND(unknown_role, STEP_REQUEST,
    snprintf(world->request.items[2].role, LIMIT_ROLE_NAME + 1, "image/snapshot"))
BEND(a_motion, STEP_REQUEST,
    snprintf(world->request.items[2].role, LIMIT_ROLE_NAME + 1, "conclave/time"))
// All of it is of a role that a quorum signs.
static void by_quorum(struct mandate_world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->charter.roles[0].by_mandate = world->charter.roles[2].by_mandate = false;
}

static void mandate__r2_a_role_goes_one_way(void **state)
{
    static const char row[] = "the roles";
    refused_by(*state, row, vehicle_missing, NOT_ALONE);
    refused_by(*state, row, vehicle_too_many, NOT_ALONE);
    refused_by(*state, row, both_ways, NOT_ALONE);
    refused_by(*state, row, unknown_role, NOT_ALONE);
    refused_by(*state, row, a_motion, NOT_ALONE);
    refused_by(*state, row, by_quorum, NOT_ALONE);
}

BEND(key_missing, STEP_VAULT, world->keyring.count--)
BEND(key_of_another_role, STEP_VAULT,
    snprintf(world->keyring.keys[1].label, LIMIT_ROLE_NAME + 1, "image/targets"))
static void key_retired(struct mandate_world *world, enum step step)
{
    if (step != STEP_VAULT)
        return;
    world->state.spare[0] = (struct key_state){.key = world->keys[0], .retired = true};
    world->state.spare_count = 1;
}

static void mandate__r18_needs_every_key_of_the_roles(void **state)
{
    refused_by(*state, "the roles' keys", key_missing, ALONE);
    refused_by(*state, "the roles' keys", key_of_another_role, ALONE);
    refused_by(*state, "the roles' keys", key_retired, ALONE);
}

BEND(another_mandate, STEP_ORDER, world->mandated.mandates[OF_IMAGE].text.byte[0] ^= 1)
BEND(mandate_unnamed, STEP_ORDER, world->mandated.mandate_count--)
BEND(mandate_ended, STEP_VAULT, world->state.mandates[OF_DIRECTOR].live = false)
BEND(mandate_never_was, STEP_VAULT, world->state.mandate_count--)
static void mandate_of_nothing(struct mandate_world *world, enum step step)
{
    if (step != STEP_ORDER)
        return;
    struct mandate_named *more = &world->mandated.mandates[world->mandated.mandate_count++];
    *more = world->mandated.mandates[OF_IMAGE];
    snprintf(more->role, sizeof more->role, "image/zebra");
}

static void mandate__r7_refuses_another_mandate_than_the_live_one(void **state)
{
    static const char row[] = "the mandates";
    refused_by(*state, row, another_mandate, ALONE);
    refused_by(*state, row, mandate_unnamed, ALONE);
    refused_by(*state, row, mandate_of_nothing, ALONE);
    refused_by(*state, row, mandate_ended, NOT_ALONE);
    refused_by(*state, row, mandate_never_was, NOT_ALONE);
}

BEND(clock_behind, STEP_VAULT, world->state.time = NOW + 1)
BEND(clock_far_behind, STEP_VAULT, world->state.time = NOW + 301)
BEND(clock_behind_a_record, STEP_VAULT, world->judged.newest = NOW + 301)
BEND(clock_ahead, STEP_VAULT, world->state.time = NOW - 90 * (moment)DAY - 1)
BEND(order_ahead, STEP_ORDER, world->mandated.time = NOW + 301)
BEND(order_behind, STEP_ORDER, world->mandated.time = NOW - 301)

static void mandate__r13_refuses_when_there_is_no_time(void **state)
{
    refused_by(*state, "the clock", clock_behind, ALONE);
    refused_by(*state, "the clock", clock_far_behind, ALONE);
    refused_by(*state, "the clock", clock_behind_a_record, ALONE);
    refused_by(*state, "the clock", clock_ahead, ALONE);
    refused_by(*state, "a time near the clock", order_ahead, ALONE);
    refused_by(*state, "a time near the clock", order_behind, ALONE);
}

static void freeze(struct mandate_world *world, enum step step, enum freeze_what what)
{
    struct freeze_state *freeze = &world->state.freezes[0];
    if (step != STEP_VAULT)
        return;
    world->state.freeze_count = 1;
    freeze->of = (struct freeze_of){.what = what, .thing = world->mandated.request};
    snprintf(freeze->of.role, sizeof freeze->of.role, "director/targets");
}
static void all_frozen(struct mandate_world *world, enum step step)
{
    freeze(world, step, FREEZE_EVERYTHING);
}
static void role_frozen(struct mandate_world *world, enum step step)
{
    freeze(world, step, FREEZE_ROLE);
}
static void request_frozen(struct mandate_world *world, enum step step)
{
    freeze(world, step, FREEZE_REQUEST);
}

static void mandate__r6_signs_nothing_that_is_frozen(void **state)
{
    refused_by(*state, "freezes", all_frozen, ALONE);
    refused_by(*state, "freezes", role_frozen, ALONE);
    refused_by(*state, "freezes", request_frozen, ALONE);
}

BEND(expired, STEP_REQUEST, world->request.expires = NOW)
BEND(lives_too_long, STEP_REQUEST, world->request.expires = NOW + LIMIT_REQUEST_LIFE + 1)
BEND(lives_longest, STEP_REQUEST, world->request.expires = NOW + LIMIT_REQUEST_LIFE)

static void mandate__r6_refuses_a_request_that_has_expired(void **state)
{
    refused_by(*state, "the request's expiry", expired, ALONE);
    refused_by(*state, "the request's expiry", lives_too_long, ALONE);
    taken(*state, lives_longest);
}

BEND(no_metadata, STEP_PAYLOADS, world->payloads[0].type = "Targets\"x")
BEND(another_type, STEP_PAYLOADS, world->payloads[0].type = "Snapshot")
BEND(another_dialect, STEP_PAYLOADS, world->payloads[0].type = "targets")
BEND(another_version, STEP_REQUEST, world->request.items[2].version++)

static void mandate__r2_refuses_a_payload_of_another_type_or_version(void **state)
{
    static const char row[] = "type and version";
    refused_by(*state, row, no_metadata, NOT_ALONE);
    refused_by(*state, row, another_type, NOT_ALONE);
    refused_by(*state, row, another_dialect, NOT_ALONE);
    refused_by(*state, row, another_version, NOT_ALONE);
}

BEND(anothers_mandate, STEP_VAULT, world->state.mandates[1].requester = world->alice.key.id)
BEND(below_the_first, STEP_VAULT, world->state.mandates[OF_DIRECTOR].first = 151)
BEND(above_the_last, STEP_VAULT, world->state.mandates[OF_IMAGE].last = 149)
BEND(mandate_over, STEP_VAULT, world->state.mandates[OF_DIRECTOR].until = NOW)
BEND(lasts_too_long, STEP_PAYLOADS, world->payloads[1].expires = NOW + 30 * (moment)DAY + 1)
BEND(lasts_too_short, STEP_PAYLOADS, world->payloads[2].expires = NOW + 3599)
BEND(lasts_longest, STEP_PAYLOADS, world->payloads[1].expires = NOW + 30 * (moment)DAY)

static void mandate__signs_nothing_that_its_mandate_does_not_cover(void **state)
{
    static const char row[] = "what the mandates cover";
    refused_with(*state, row, "R5", anothers_mandate, ALONE);
    refused_with(*state, row, "R12", below_the_first, ALONE);
    refused_with(*state, row, "R12", above_the_last, ALONE);
    refused_with(*state, row, "R6", mandate_over, ALONE);
    refused_with(*state, row, "R6", lasts_too_long, ALONE);
    refused_with(*state, row, "R6", lasts_too_short, ALONE);
    taken(*state, lasts_longest);
}

BEND(may_be_signed, STEP_VAULT, world->state.mandates[OF_IMAGE].top = 150)
static void is_signed(struct mandate_world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->blocks = (struct blocks){
            .at = {{.mandate = world->state.mandates[OF_IMAGE].text, .floor = 150}},
            .count = 1};
}
static void last_was(
    struct mandate_world *world, enum step step, const char *item, uint64_t version)
{
    if (step != STEP_VAULT)
        return;
    world->state.role_count = 1;
    world->state.roles[0].version = version;
    snprintf(world->state.roles[0].role, LIMIT_ROLE_NAME + 1, "%s", item);
}
static void imported(struct mandate_world *world, enum step step)
{
    last_was(world, step, "image/timestamp", 150);
}
static void by_quorum_before(struct mandate_world *world, enum step step)
{
    last_was(world, step, "director/targets@VIN-2", 150);
}
// What another vehicle got does not hold back this one, nor what the block has for vehicles.
static void another_vehicle_before(struct mandate_world *world, enum step step)
{
    last_was(world, step, "director/targets@VIN-3", 500);
}

static void mandate__r12_versions_rise_without_vehicles(void **state)
{
    static const char row[] = "versions that rise";
    refused_by(*state, row, may_be_signed, ALONE);
    refused_by(*state, row, is_signed, ALONE);
    refused_by(*state, row, imported, ALONE);
    refused_by(*state, row, by_quorum_before, ALONE);
    taken(*state, another_vehicle_before);
}

static void mandate__needs_a_number_for_each_payload(void **state)
{
    struct block_need needs[LIMIT_MANDATES];
    struct mandate_world *world = *state;
    taken(world, NULL);
    assert_int_equal(mandate_needs(&world->judged, needs), 2);
    assert_ptr_equal(needs[0].mandate, &world->state.mandates[OF_DIRECTOR]);
    assert_int_equal(needs[0].count, 2);
    assert_int_equal(needs[0].highest, 150);
    assert_ptr_equal(needs[1].mandate, &world->state.mandates[OF_IMAGE]);
    assert_int_equal(needs[1].count, 1);
}

static void mandate__every_row_has_a_rule_and_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < mandate_rows; i++) {
        assert_int_equal(mandate_table[i].rule[0], 'R');
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(mandate_table[i].name, mandate_table[j].name);
    }
    assert_int_equal(mandate_rows, 16); // a new row needs a test here
}

#define IN_WORLD(test)                                                                         \
    cmocka_unit_test_setup_teardown(test, mandate_world_set_up, mandate_world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(mandate__r6_refuses_what_is_not_in_its_form),
        IN_WORLD(mandate__r4_refuses_a_request_to_another_appliance),
        IN_WORLD(mandate__refuses_bytes_the_requester_did_not_sign),
        IN_WORLD(mandate__r21_refuses_an_unknown_requester),
        IN_WORLD(mandate__r2_a_role_goes_one_way),
        IN_WORLD(mandate__r18_needs_every_key_of_the_roles),
        IN_WORLD(mandate__r7_refuses_another_mandate_than_the_live_one),
        IN_WORLD(mandate__r13_refuses_when_there_is_no_time),
        IN_WORLD(mandate__r6_signs_nothing_that_is_frozen),
        IN_WORLD(mandate__r6_refuses_a_request_that_has_expired),
        IN_WORLD(mandate__r2_refuses_a_payload_of_another_type_or_version),
        IN_WORLD(mandate__signs_nothing_that_its_mandate_does_not_cover),
        IN_WORLD(mandate__r12_versions_rise_without_vehicles),
        IN_WORLD(mandate__needs_a_number_for_each_payload),
        IN_WORLD(mandate__every_row_has_a_rule_and_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
