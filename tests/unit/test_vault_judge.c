// The vault's table of checks. One world in which an order is good; each case bends one thing and
// says which row must refuse it. Where no other row looks at the same thing, the table without that
// row takes the bent order: so each row is needed, and none stands in for another.
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

static size_t row_named(const char *name)
{
    for (size_t i = 0; i < judge_rows; i++)
        if (strcmp(judge_table[i].name, name) == 0)
            return i;
    fail_msg("no row is named %s", name);
    return 0;
}

// Whether the row alone stands in the way, or other rows would stumble too.
enum alone { ALONE, NOT_ALONE };

static void refused_by(struct world *world, const char *name,
    void (*bending)(struct world *world, enum step step), enum alone alone)
{
    struct judge_row rows[64];
    struct refusal refusal = {0}, without = {0};
    size_t row = row_named(name), count = 0;
    assert_true(judge_rows <= 64);
    world->bend = bending;
    world_build(world);
    assert_int_equal(judge(&world->judged, false, &refusal), ERR_REFUSED);
    // The row and no other: it refuses when all before it have been passed.
    assert_string_equal(refusal.rule, judge_table[row].rule);
    assert_int_equal(judge_by(judge_table, row, &world->judged, false, &without), OK);
    assert_true(strlen(refusal.sentence) > 10);
    for (size_t i = 0; i < judge_rows; i++)
        if (i != row)
            rows[count++] = judge_table[i];
    world_build(world);
    enum err err = judge_by(rows, count, &world->judged, false, &without);
    if (alone == ALONE)
        assert_int_equal(err, OK);
    else
        assert_string_not_equal(without.sentence, refusal.sentence);
    world->bend = NULL;
}

static void judge__takes_a_good_order(void **state)
{
    struct world *world = *state;
    struct refusal refusal = {0};
    world_build(world);
    assert_int_equal(judge(&world->judged, false, &refusal), OK);
    assert_int_equal(judge(&world->judged, true, &refusal), OK);
}

static void bad_order(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.judge.order = span_text("conclave.order/v2\n");
}
static void bad_opened(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.judge.opened.size--;
}
static void bad_request(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.judge.request.size--;
}
static void payload_missing(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.judge.payloads.count = 0;
}
static void approval_missing(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.judge.approvals.count = 1;
}

static void judge__r6_refuses_what_is_not_in_its_form(void **state)
{
    static const char row[] = "the order's form";
    refused_by(*state, row, bad_order, NOT_ALONE);
    refused_by(*state, row, bad_opened, NOT_ALONE);
    refused_by(*state, row, bad_request, NOT_ALONE);
    refused_by(*state, row, payload_missing, NOT_ALONE);
    refused_by(*state, row, approval_missing, NOT_ALONE);
}

static void path_flipped(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.judge.path.at[0].byte[0] ^= 1;
}
static void path_short(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.judge.path.count--;
}
static void path_of_another_size(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.judge.size--;
}
// The proof is one, but of a tree that is not the vault's.
static void tree_of_another(struct world *world, enum step step)
{
    struct hash leaf = {{1}};
    if (step == STEP_VAULT) {
        merkle_edge_init(&world->durable);
        for (size_t i = 0; i < LEAVES; i++)
            merkle_edge_append(&world->durable, &leaf);
    }
}
static void leaf_of_another(struct world *world, enum step step)
{
    if (step == STEP_ORDER)
        world->order.opened.leaf = hash_of(span_text("another leaf"));
}
static void place_of_another(struct world *world, enum step step)
{
    if (step == STEP_ORDER)
        world->order.opened.index = 3;
}

static void judge__r4_refuses_an_opened_record_that_is_not_in_the_log(void **state)
{
    static const char row[] = "the opened record's place";
    refused_by(*state, row, path_flipped, ALONE);
    refused_by(*state, row, path_short, ALONE);
    refused_by(*state, row, path_of_another_size, ALONE);
    refused_by(*state, row, tree_of_another, ALONE);
    refused_by(*state, row, leaf_of_another, ALONE);
    refused_by(*state, row, place_of_another, ALONE);
}

static void request_to_another(struct world *world, enum step step)
{
    if (step == STEP_REQUEST)
        world->request.appliance = hash_of(span_text("another log key"));
}
static void opened_by_another(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.appliance = hash_of(span_text("another log key"));
}
static void requested_of_another(struct world *world, enum step step)
{
    request_to_another(world, step);
    if (step == STEP_OPENED)
        world->opened.appliance = world->charter.log;
}

static void judge__r4_refuses_a_request_to_another_appliance(void **state)
{
    static const char row[] = "the appliance";
    refused_by(*state, row, request_to_another, ALONE);
    refused_by(*state, row, opened_by_another, ALONE);
    refused_by(*state, row, requested_of_another, ALONE);
}

static void old_epoch(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.epoch--;
}
static void other_charter(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.charter = hash_of(span_text("another charter"));
}

static void judge__r7_refuses_what_was_approved_under_another_charter(void **state)
{
    static const char row[] = "epoch and charter";
    refused_by(*state, row, old_epoch, ALONE);
    refused_by(*state, row, other_charter, ALONE);
}

static void opened_for_another(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.request = hash_of(span_text("another request"));
}
static void ordered_for_another(struct world *world, enum step step)
{
    if (step == STEP_ORDER)
        world->order.request = hash_of(span_text("another request"));
}

static void judge__r1_refuses_another_request_than_was_opened(void **state)
{
    static const char row[] = "the request's id";
    refused_by(*state, row, opened_for_another, ALONE);
    refused_by(*state, row, ordered_for_another, ALONE);
}

static void unknown_requester(struct world *world, enum step step)
{
    if (step == STEP_REQUEST)
        world->request.requester = world->stranger.key.id;
    if (step == STEP_OPENED)
        world->opened.signature_size = person_sign(&world->stranger, DSSE_REQUEST,
            bytes_span(&world->request_text), world->opened.signature);
}
static void opened_for_another_requester(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.requester = world->stranger.key.id;
}

static void judge__r21_refuses_an_unknown_requester(void **state)
{
    static const char row[] = "the requester";
    refused_by(*state, row, unknown_requester, NOT_ALONE);
    refused_by(*state, row, opened_for_another_requester, NOT_ALONE);
}

static void requester_signature_of_another(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.signature_size = person_sign(&world->stranger, DSSE_REQUEST,
            bytes_span(&world->request_text), world->opened.signature);
}
static void requester_signature_as_withdrawal(struct world *world, enum step step)
{
    if (step == STEP_OPENED)
        world->opened.signature_size = person_sign(&world->desk, DSSE_WITHDRAWAL,
            bytes_span(&world->request_text), world->opened.signature);
}

static void judge__r3_refuses_a_requesters_signature_that_does_not_hold(void **state)
{
    static const char row[] = "the requester's signature";
    refused_by(*state, row, requester_signature_of_another, ALONE);
    refused_by(*state, row, requester_signature_as_withdrawal, ALONE);
}

static void requested_another_version(struct world *world, enum step step)
{
    if (step == STEP_REQUEST)
        world->request.items[0].version = 13;
    if (step == STEP_OPENED)
        world->opened.items[0].version = 12;
}
static void requested_another_payload(struct world *world, enum step step)
{
    if (step == STEP_REQUEST)
        world->request.items[0].payload = hash_of(span_text("something else"));
    if (step == STEP_OPENED)
        world->opened.items[0].payload = hash_of(span_text(world->payload));
}
static void requested_another_role(struct world *world, enum step step)
{
    if (step == STEP_REQUEST)
        snprintf(world->request.items[0].role, LIMIT_ROLE_NAME + 1, "image/root");
    if (step == STEP_OPENED)
        snprintf(world->opened.items[0].role, LIMIT_ROLE_NAME + 1, "image/targets");
}
static void requested_one_more(struct world *world, enum step step)
{
    if (step == STEP_REQUEST) {
        world->request.items[1] = world->request.items[0];
        snprintf(world->request.items[1].role, LIMIT_ROLE_NAME + 1, "image/root");
        world->request.item_count = 2;
    }
}

static void judge__r4_refuses_other_items_than_were_requested(void **state)
{
    static const char row[] = "the items";
    refused_by(*state, row, requested_another_version, ALONE);
    refused_by(*state, row, requested_another_payload, ALONE);
    refused_by(*state, row, requested_another_role, ALONE);
    refused_by(*state, row, requested_one_more, ALONE);
}

static void payload_of_another(struct world *world, enum step step)
{
    if (step != STEP_ASK)
        return;
    world->payload_expires++;
    world_write_payload(world, "targets");
    world->ask.judge.payloads.at[0] = span_text(world->payload);
}

static void judge__r1_refuses_another_payload_than_was_opened(void **state)
{
    refused_by(*state, "the payloads' hashes", payload_of_another, ALONE);
}

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
        world->charter.keys[i] = (struct role_key){0, made_up_key(i)};
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
    refused_by(*state, row, role_without_key, ALONE);
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
    refused_by(*state, row, request_expired, ALONE);
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
        world->judged.unseen = OPENED_AT;
        world->judged.seen = OPENED_AT + 1;
        world->judged.started = NOW - 1799;
    }
}
static void back_dated_long_ago(struct world *world, enum step step)
{
    back_dated(world, step);
    if (step == STEP_VAULT)
        world->judged.started = NOW - 1800;
}
static void seen_by_this_vault(struct world *world, enum step step)
{
    back_dated(world, step);
    if (step == STEP_VAULT)
        world->judged.seen = OPENED_AT;
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
        world->judged.floor = NOW + 1;
}

static void judge__r13_refuses_to_sign_when_the_clock_ran_back(void **state)
{
    refused_by(*state, "the clock", clock_ran_back, ALONE);
}

static void approval_before_the_opening(struct world *world, enum step step)
{
    if (step == STEP_ORDER)
        world->order.approvals[0].index = OPENED_AT;
}
static void approval_not_durable(struct world *world, enum step step)
{
    if (step == STEP_ORDER)
        world->order.approvals[1].index = LEAVES;
}

static void judge__r4_refuses_approvals_that_do_not_follow_the_opening(void **state)
{
    static const char row[] = "the approvals' places";
    refused_by(*state, row, approval_before_the_opening, ALONE);
    refused_by(*state, row, approval_not_durable, ALONE);
}

static void approval_forged(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->signatures[1][9] ^= 1;
}
static void approval_of_another_key(struct world *world, enum step step)
{
    if (step == STEP_ASK) {
        world_approve(world, 1, &world->people[CAROL], DECISION_APPROVE);
        world->ask.judge.approvals.at[1].key = world->people[BOB].key.id;
    }
}
static void approval_is_a_rejection(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world_approve(world, 1, &world->people[BOB], DECISION_REJECT);
}
static void approval_named_otherwise(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world_approve(world, 1, &world->people[CAROL], DECISION_APPROVE);
}
static void approval_of_a_stranger(struct world *world, enum step step)
{
    if (step == STEP_ORDER) {
        world->order.approvals[2] = (struct order_approval){8, world->stranger.key.id};
        world->order.approval_count = 3;
    }
    if (step == STEP_ASK)
        world_approve(world, 2, &world->stranger, DECISION_APPROVE);
}
// Over the same request, but another opening of it.
static void approval_of_another_opening(struct world *world, enum step step)
{
    if (step != STEP_ASK)
        return;
    struct opened opened = world->opened;
    world->opened.shown = hash_of(span_text("something else was shown"));
    world_approve(world, 0, &world->people[ALICE], DECISION_APPROVE);
    world->opened = opened;
}

static void judge__r3_refuses_an_approval_that_does_not_hold(void **state)
{
    static const char row[] = "the approvals";
    refused_by(*state, row, approval_forged, ALONE);
    refused_by(*state, row, approval_of_another_key, ALONE);
    refused_by(*state, row, approval_is_a_rejection, ALONE);
    refused_by(*state, row, approval_named_otherwise, ALONE);
    refused_by(*state, row, approval_of_a_stranger, ALONE);
    refused_by(*state, row, approval_of_another_opening, ALONE);
}

static void too_few(struct world *world, enum step step)
{
    if (step == STEP_ORDER)
        world->order.approval_count = 1;
}
static void more_are_needed(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->charter.roles[0].quorum.k = 3;
}
static void requester_counts_not(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        snprintf(world->charter.requesters[0].person, LIMIT_NAME + 1, "alice");
}
static void another_group(struct world *world, enum step step)
{
    if (step == STEP_CHARTER) {
        world->charter.groups[0].members[0] = CAROL;
        world->charter.groups[0].member_count = 2;
    }
}
static void nobody_decides_alone(struct world *world, enum step step)
{
    too_few(world, step);
    if (step == STEP_CHARTER)
        world->charter.roles[0].quorum.k = 1;
}

static void judge__r5_refuses_without_a_quorum_of_persons(void **state)
{
    static const char row[] = "the quorum";
    refused_by(*state, row, too_few, ALONE);
    refused_by(*state, row, more_are_needed, ALONE);
    refused_by(*state, row, requester_counts_not, ALONE);
    refused_by(*state, row, another_group, ALONE);
    refused_by(*state, row, nobody_decides_alone, ALONE);
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
    world->judged.floor = NOW;
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        world->judged.now = later[i].now;
        assert_int_equal(judge(&world->judged, true, &refusal), later[i].err);
    }
}

static void judge__every_row_has_a_rule_and_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < judge_rows; i++) {
        assert_int_equal(judge_table[i].rule[0], 'R');
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(judge_table[i].name, judge_table[j].name);
    }
    assert_int_equal(judge_rows, 22); // a new row needs a test here
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
    assert_int_equal(judge_next(&world->judged, &place, &next), OK);
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
        IN_WORLD(judge__r6_refuses_what_is_not_in_its_form),
        IN_WORLD(judge__r4_refuses_an_opened_record_that_is_not_in_the_log),
        IN_WORLD(judge__r4_refuses_a_request_to_another_appliance),
        IN_WORLD(judge__r7_refuses_what_was_approved_under_another_charter),
        IN_WORLD(judge__r1_refuses_another_request_than_was_opened),
        IN_WORLD(judge__r21_refuses_an_unknown_requester),
        IN_WORLD(judge__r3_refuses_a_requesters_signature_that_does_not_hold),
        IN_WORLD(judge__r4_refuses_other_items_than_were_requested),
        IN_WORLD(judge__r1_refuses_another_payload_than_was_opened),
        IN_WORLD(judge__r2_refuses_a_role_that_the_charter_does_not_know),
        IN_WORLD(judge__r18_refuses_a_role_whose_keys_are_not_all_here),
        IN_WORLD(judge__r2_refuses_a_payload_of_another_type_or_version),
        IN_WORLD(judge__r6_refuses_a_payload_that_lives_too_short_or_too_long),
        IN_WORLD(judge__r12_refuses_what_was_built_on_another_payload),
        IN_WORLD(judge__r12_refuses_a_version_that_does_not_rise),
        IN_WORLD(judge__r6_refuses_a_request_that_has_expired),
        IN_WORLD(judge__r4_refuses_to_sign_before_the_delay_is_over),
        IN_WORLD(judge__r4_refuses_times_that_are_not_near_the_clock),
        IN_WORLD(judge__r13_refuses_to_sign_when_the_clock_ran_back),
        IN_WORLD(judge__r4_refuses_approvals_that_do_not_follow_the_opening),
        IN_WORLD(judge__r3_refuses_an_approval_that_does_not_hold),
        IN_WORLD(judge__r5_refuses_without_a_quorum_of_persons),
        IN_WORLD(judge__r6_looks_at_the_clock_again),
        IN_WORLD(judge__r12_takes_the_same_version_over_the_same_bytes),
        IN_WORLD(judge__every_row_has_a_rule_and_a_name),
        IN_WORLD(judge__takes_a_good_order),
        IN_WORLD(judge__next_state_is_the_last_one_with_the_order_and_its_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
