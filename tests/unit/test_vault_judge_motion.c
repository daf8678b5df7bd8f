// The vault's table of checks, the rows about motions, freezes and the clock (see
// test_vault_judge.c).
#include "tests/unit/order_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void ask_for(struct world *world, enum motion motion)
{
    world->motion = motion;
}

static void judge__takes_a_good_motion_of_a_requester_or_an_administrator(void **state)
{
    struct world *world = *state;
    static const enum motion motions[] = {MOTION_KEYS, MOTION_TIME, MOTION_LIFT};
    for (size_t i = 0; i < sizeof motions / sizeof motions[0]; i++) {
        ask_for(world, motions[i]);
        world->asker = NULL;
        taken(world, NULL);
        world->asker = &world->people[CAROL];
        taken(world, NULL);
        assert_string_equal(world->judged.asking.person, "carol");
    }
}

// ---- a motion alone ----

static void two_of_them(struct world *world, enum step step)
{
    if (step != STEP_REQUEST)
        return;
    struct item *second = &world->request.items[world->request.item_count++];
    *second = world->request.items[0];
    snprintf(second->role, LIMIT_ROLE_NAME + 1, "image/targets");
}

static void judge__r2_refuses_a_motion_beside_metadata(void **state)
{
    ask_for(*state, MOTION_KEYS);
    refused_by(*state, "a motion alone", two_of_them, NOT_ALONE);
}

// ---- who asks ----

static void judge__r21_refuses_metadata_that_an_administrator_asks_for(void **state)
{
    struct world *world = *state;
    world->asker = &world->people[CAROL];
    refused_by(world, "the requester", NULL, NOT_ALONE);
    ask_for(world, MOTION_KEYS);
    world->asker = &world->stranger;
    refused_by(world, "the requester", NULL, NOT_ALONE);
}

// Alice's own approval counts nothing for what she asked.
static void judge__r5_an_administrator_never_counts_for_the_own_motion(void **state)
{
    struct world *world = *state;
    ask_for(world, MOTION_KEYS);
    world->asker = &world->people[ALICE];
    refused_by(world, "the quorum", NULL, ALONE);
}

// ---- evidence ----

static void evidence_missing(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.judge.evidence.count--;
}
static void evidence_of_another(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.judge.evidence.at[1] = span_text("another file");
}
static void evidence_in_another_order(struct world *world, enum step step)
{
    if (step == STEP_ASK) {
        world->ask.judge.evidence.at[0] = world->evidence[1];
        world->ask.judge.evidence.at[1] = world->evidence[0];
    }
}
static void evidence_for_metadata(struct world *world, enum step step)
{
    if (step == STEP_ASK) {
        world->ask.judge.evidence.count = 1;
        world->ask.judge.evidence.at[0] = span_text("a file");
    }
}

// No motion of these kinds takes evidence: that is the next row but two.
static void judge__r1_refuses_other_evidence_than_was_requested(void **state)
{
    struct world *world = *state;
    static const char row[] = "the evidence's hashes";
    refused_by(world, row, evidence_for_metadata, ALONE);
    ask_for(world, MOTION_KEYS);
    world->evidence[0] = span_text("a file");
    world->evidence[1] = span_text("its neighbour");
    world->evidence_count = 2;
    refused_by(world, row, evidence_missing, NOT_ALONE);
    refused_by(world, row, evidence_of_another, NOT_ALONE);
    refused_by(world, row, evidence_in_another_order, NOT_ALONE);
}

// ---- what it says ----

static void number_of_another(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->keys.number = 2;
}
static void key_that_is_none(struct world *world, enum step step)
{
    if (step == STEP_CHARTER) {
        world->keys.retire_count = 1;
        snprintf(world->keys.retire[0].role, LIMIT_ROLE_NAME + 1, "image/targets");
        world->keys.retire[0].key = hash_of(span_text("no key"));
    }
}

static void judge__r18_refuses_a_motion_that_governing_refuses(void **state)
{
    ask_for(*state, MOTION_KEYS);
    refused_with(*state, "the motion", "R12", number_of_another, NOT_ALONE);
    refused_with(*state, "the motion", "R18", key_that_is_none, NOT_ALONE);
}

static void decided_by_a_role(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        snprintf(world->opened.decides[0], LIMIT_ROLE_NAME + 1, "image/targets");
}
static void decided_by_the_charter(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        snprintf(world->opened.decides[0], LIMIT_ROLE_NAME + 1, "charter");
}

static void judge__r7_refuses_a_motion_that_others_are_said_to_decide(void **state)
{
    ask_for(*state, MOTION_KEYS);
    refused_by(*state, "who decides", decided_by_a_role, ALONE);
    ask_for(*state, MOTION_LIFT);
    refused_by(*state, "who decides", decided_by_the_charter, ALONE);
}

// A frozen request of two roles: both decide over its lift, whatever the record says.
static void lift_of_two(struct world *world, enum step step)
{
    struct charter *charter = &world->charter;
    if (step == STEP_CHARTER) {
        charter->roles[charter->role_count] = charter->roles[0];
        snprintf(charter->roles[charter->role_count++].name, LIMIT_ROLE_NAME + 1, "image/zinc");
        world->lift.of = (struct freeze_of){FREEZE_REQUEST, "", hash_of(world->evidence[0])};
        world->state.freezes[0].of = world->lift.of;
    }
    if (step == STEP_OPENED) {
        world->opened.decides_count = 2;
        snprintf(world->opened.decides[1], LIMIT_ROLE_NAME + 1, "image/zinc");
    }
}
static void lift_of_two_by_one(struct world *world, enum step step)
{
    lift_of_two(world, step);
    if (step == STEP_OPENED)
        world->opened.decides_count = 1;
}

static void judge__r7_each_role_of_a_frozen_request_decides_over_its_lift(void **state)
{
    struct world *world = *state;
    struct bytes text;
    struct request frozen;
    bytes_init(&text, LIMIT_RECORD);
    taken(world, NULL);
    frozen = world->request;
    frozen.items[1] = frozen.items[0];
    snprintf(frozen.items[1].role, LIMIT_ROLE_NAME + 1, "image/zinc");
    frozen.item_count = 2;
    request_write(&frozen, &text);
    assert_int_equal(bytes_finish(&text), OK);
    ask_for(world, MOTION_LIFT);
    world->evidence[0] = bytes_span(&text);
    world->evidence_count = 1;
    taken(world, lift_of_two);
    refused_by(world, "who decides", lift_of_two_by_one, ALONE);
    bytes_clear(&text);
}

static void charter_needs_three(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->charter.changes.k = 3;
}
static void role_needs_three(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->charter.roles[0].quorum.k = 3;
}

static void judge__r7_counts_the_quorum_that_decides_over_the_motion(void **state)
{
    struct world *world = *state;
    ask_for(world, MOTION_KEYS);
    refused_by(world, "the quorum", charter_needs_three, ALONE);
    taken(world, role_needs_three);
    ask_for(world, MOTION_LIFT);
    refused_by(world, "the quorum", role_needs_three, ALONE);
    taken(world, charter_needs_three);
}

static void lift_over_another_freeze(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.items[0].previous = hash_of(span_text("another freeze"));
}
static void keys_over_another(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.items[0].previous = hash_of(span_text("another list of keys"));
}

static void judge__r12_refuses_a_motion_that_was_opened_over_another(void **state)
{
    ask_for(*state, MOTION_LIFT);
    refused_by(*state, "previous", lift_over_another_freeze, ALONE);
    ask_for(*state, MOTION_KEYS);
    refused_by(*state, "previous", keys_over_another, ALONE);
}

// ---- freezes ----

static void freeze(struct world *world, const struct freeze_of *of)
{
    struct freeze_state freeze = {.statement = hash_of(span_text("stop")),
        .administrator = world->people[CAROL].key.id,
        .time = NOW - DAY,
        .of = *of};
    assert_int_equal(state_set_freeze(&world->state, &freeze), OK);
}

static void everything_frozen(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        freeze(world, &(const struct freeze_of){.what = FREEZE_EVERYTHING});
}
static void role_frozen(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        freeze(world, &(const struct freeze_of){FREEZE_ROLE, "image/targets", {{0}}});
}
static void other_role_frozen(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        freeze(world, &(const struct freeze_of){FREEZE_ROLE, "image/root", {{0}}});
}
static void request_frozen(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        freeze(world, &(const struct freeze_of){FREEZE_REQUEST, "", world->opened.request});
}

static void judge__r6_signs_nothing_that_is_frozen(void **state)
{
    static const char row[] = "freezes";
    refused_by(*state, row, everything_frozen, ALONE);
    refused_by(*state, row, role_frozen, ALONE);
    refused_by(*state, row, request_frozen, ALONE);
    taken(*state, other_role_frozen);
    ask_for(*state, MOTION_KEYS);
    refused_by(*state, row, everything_frozen, ALONE);
}

static void judge__r6_no_freeze_stops_a_lift_or_the_time(void **state)
{
    static const enum motion motions[] = {MOTION_LIFT, MOTION_TIME};
    for (size_t i = 0; i < 2; i++) {
        ask_for(*state, motions[i]);
        taken(*state, everything_frozen);
        taken(*state, request_frozen);
    }
}

// ---- the clock ----

static void set_back(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->state.since = OPENED_AT + 1;
}
static void set_back_before(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->state.since = OPENED_AT;
}

static void judge__r13_approvals_before_a_time_that_was_set_back_count_no_more(void **state)
{
    refused_by(*state, "times set back", set_back, ALONE);
    taken(*state, set_back_before);
}

static void sealed_at(struct world *world, enum step step, moment time)
{
    if (step == STEP_VAULT)
        world->state.time = time;
}
static void behind_the_seal(struct world *world, enum step step)
{
    sealed_at(world, step, NOW + 301);
}
static void ahead_by_more_than_a_jump(struct world *world, enum step step)
{
    sealed_at(world, step, NOW - 90 * (moment)DAY - 1);
}
static void ahead_by_a_jump(struct world *world, enum step step)
{
    sealed_at(world, step, NOW - 90 * (moment)DAY);
}
static void behind_the_newest_record(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->judged.newest = NOW + 301;
}
static void near_the_newest_record(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->judged.newest = NOW + 300;
}

static void judge__r13_judges_nothing_without_time(void **state)
{
    static const char row[] = "the clock";
    refused_by(*state, row, behind_the_seal, ALONE);
    refused_by(*state, row, ahead_by_more_than_a_jump, ALONE);
    refused_by(*state, row, behind_the_newest_record, ALONE);
    taken(*state, ahead_by_a_jump);
    taken(*state, near_the_newest_record);
    ask_for(*state, MOTION_KEYS);
    refused_by(*state, row, behind_the_seal, ALONE);
}

// Without time nothing is called too late: it would end what only waits.
static void ten_years_ahead(struct world *world, enum step step)
{
    if (step == STEP_ORDER)
        world->order.time = NOW + 3653 * (moment)DAY;
    if (step == STEP_VAULT)
        world->judged.now = NOW + 3653 * (moment)DAY;
}

static void judge__r13_a_clock_ten_years_ahead_ends_no_request(void **state)
{
    refused_by(*state, "the clock", ten_years_ahead, NOT_ALONE);
}

static void judge__r13_the_time_is_judged_by_what_it_states(void **state)
{
    ask_for(*state, MOTION_TIME);
    taken(*state, behind_the_seal);
    taken(*state, ahead_by_more_than_a_jump);
    taken(*state, behind_the_newest_record);
}

static void stated(struct world *world, enum step step, moment time)
{
    if (step == STEP_CHARTER)
        world->time.time = time;
}
static void stated_too_late(struct world *world, enum step step)
{
    stated(world, step, NOW + 301);
}
static void stated_too_early(struct world *world, enum step step)
{
    stated(world, step, NOW - 90 * (moment)DAY - 1);
}
static void stated_at_the_edge(struct world *world, enum step step)
{
    stated(world, step, NOW + 300);
}
static void stated_as_it_is_sealed(struct world *world, enum step step)
{
    stated(world, step, NOW - DAY);
}
static void stated_before_it_is_sealed(struct world *world, enum step step)
{
    stated(world, step, NOW - DAY - 1);
}
static void set_back_to_now(struct world *world, enum step step)
{
    stated(world, step, NOW);
    sealed_at(world, step, NOW + 301);
}
static void set_back_for_little(struct world *world, enum step step)
{
    stated(world, step, NOW);
    sealed_at(world, step, NOW + 300);
}

// Governing says so first; when it is carried out the clock is looked at once more.
static void judge__r13_refuses_a_time_that_the_clock_does_not_fit(void **state)
{
    struct world *world = *state;
    struct refusal refusal = {0};
    ask_for(world, MOTION_TIME);
    refused_with(world, "the motion", "R13", stated_too_late, NOT_ALONE);
    refused_with(world, "the motion", "R13", stated_too_early, NOT_ALONE);
    refused_with(world, "the motion", "R13", stated_before_it_is_sealed, NOT_ALONE);
    refused_with(world, "the motion", "R13", set_back_for_little, NOT_ALONE);
    taken(world, stated_as_it_is_sealed);
    taken(world, set_back_to_now);
    taken(world, stated_at_the_edge);
    world->judged.now = NOW + 1;
    assert_int_equal(judge(&world->judged, true, &refusal), OK);
    world->judged.now = NOW + 300 + 90 * (moment)DAY + 1;
    world->judged.opened.expires = world->judged.request.expires = world->judged.now + 1;
    assert_int_equal(judge(&world->judged, true, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, "R13");
}

static void judge__r13_the_clock_may_not_run_back_while_an_order_waits(void **state)
{
    struct world *world = *state;
    struct refusal refusal = {0};
    ask_for(world, MOTION_TIME);
    taken(world, NULL);
    world->judged.now = NOW - 1;
    assert_int_equal(judge(&world->judged, true, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, "R13");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(judge__takes_a_good_motion_of_a_requester_or_an_administrator),
        IN_WORLD(judge__r2_refuses_a_motion_beside_metadata),
        IN_WORLD(judge__r21_refuses_metadata_that_an_administrator_asks_for),
        IN_WORLD(judge__r5_an_administrator_never_counts_for_the_own_motion),
        IN_WORLD(judge__r1_refuses_other_evidence_than_was_requested),
        IN_WORLD(judge__r18_refuses_a_motion_that_governing_refuses),
        IN_WORLD(judge__r7_refuses_a_motion_that_others_are_said_to_decide),
        IN_WORLD(judge__r7_each_role_of_a_frozen_request_decides_over_its_lift),
        IN_WORLD(judge__r7_counts_the_quorum_that_decides_over_the_motion),
        IN_WORLD(judge__r12_refuses_a_motion_that_was_opened_over_another),
        IN_WORLD(judge__r6_signs_nothing_that_is_frozen),
        IN_WORLD(judge__r6_no_freeze_stops_a_lift_or_the_time),
        IN_WORLD(judge__r13_approvals_before_a_time_that_was_set_back_count_no_more),
        IN_WORLD(judge__r13_judges_nothing_without_time),
        IN_WORLD(judge__r13_a_clock_ten_years_ahead_ends_no_request),
        IN_WORLD(judge__r13_the_time_is_judged_by_what_it_states),
        IN_WORLD(judge__r13_refuses_a_time_that_the_clock_does_not_fit),
        IN_WORLD(judge__r13_the_clock_may_not_run_back_while_an_order_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
