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

static void judge__every_row_has_a_rule_and_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < judge_rows; i++) {
        assert_int_equal(judge_table[i].rule[0], 'R');
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(judge_table[i].name, judge_table[j].name);
    }
    assert_int_equal(judge_rows, 34); // a new row needs a test here
}

static void judge__takes_a_good_order(void **state)
{
    struct world *world = *state;
    struct refusal refusal = {0};
    world_build(world);
    assert_int_equal(judge(&world->judged, false, &refusal), OK);
    assert_int_equal(judge(&world->judged, true, &refusal), OK);
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
        IN_WORLD(judge__r4_refuses_approvals_that_do_not_follow_the_opening),
        IN_WORLD(judge__r3_refuses_an_approval_that_does_not_hold),
        IN_WORLD(judge__r5_refuses_without_a_quorum_of_persons),
        IN_WORLD(judge__every_row_has_a_rule_and_a_name),
        IN_WORLD(judge__takes_a_good_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
