// The audit of orders and outcomes of metadata.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include <stdio.h>
#include <string.h>

// ---- orders and outcomes ----

static void audit__r5_finds_an_order_without_a_quorum(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    half_sign(log, &half);
    assert_found(log, 4, "R5", "no quorum");
}

static void audit__r5_finds_an_order_whose_approvals_are_none(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    half.order.approvals[1] = (struct order_approval){
        .index = 4, .approver = log->admins[1].key.id}; // which is the order itself
    half.order.approval_count = 2;
    half_sign(log, &half);
    assert_found(log, 4, "R5", "record 4 is no approval");
    assert_found(log, 4, "R5", "no quorum");
}

static void audit__r4_finds_an_order_over_an_older_opening(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    half_approve(log, &half, 1);
    fixture_open(log, &half.opened);
    half_sign(log, &half);
    assert_found(log, 6, "R4", "newest opening");
}

static void audit__r6_finds_an_order_after_expiry(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    half_approve(log, &half, 1);
    half.order.time = half.opened.expires;
    half_sign(log, &half);
    assert_found(log, 5, "R6", "after expiry");
}

static void audit__r12_finds_a_version_that_does_not_rise(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_sign_targets(log, 7);
    half_open_targets(log, &half, 6);
    half_approve(log, &half, 0);
    half_approve(log, &half, 1);
    half_sign(log, &half);
    assert_found(log, 10, "R12", "version 7 was signed already");
}

static void audit__r12_finds_a_request_that_builds_on_an_older_payload(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_sign_targets(log, 7);
    struct request request = fixture_request(log, "image/targets", 8, span_text("x"));
    half.opened = fixture_opened(log, &request);
    half.opened.items[0].previous = (struct hash){{2}};
    half.place = fixture_open(log, &half.opened);
    half.order =
        (struct order){.time = log->now, .request = half.opened.request, .opened = half.place};
    half_approve(log, &half, 0);
    half_approve(log, &half, 1);
    half_sign(log, &half);
    assert_found(log, 10, "R12", "does not build on");
}

static void audit__r8_finds_an_outcome_that_nobody_ordered(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    struct outcome outcome = fixture_outcome(log, &half.opened, &half.place);
    fixture_append_outcome(log, &outcome);
    assert_found(log, 3, "R8", "no order");
}

static void audit__r11_finds_a_second_outcome(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    half_approve(log, &half, 1);
    struct place order = fixture_order(log, &half.order);
    struct outcome outcome = fixture_outcome(log, &half.opened, &order);
    fixture_append_outcome(log, &outcome);
    fixture_append_outcome(log, &outcome);
    assert_found(log, 7, "R11", "ended before");
}

// One outcome in which something is wrong.
static void check_wrong_outcome(struct fixture *log,
    void (*spoil)(struct fixture *log, struct outcome *outcome), const char *word)
{
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    half_approve(log, &half, 1);
    struct place order = fixture_order(log, &half.order);
    struct outcome outcome = fixture_outcome(log, &half.opened, &order);
    spoil(log, &outcome);
    fixture_append_outcome(log, &outcome);
    assert_found(log, 6, "R8", word);
}

static void spoil_signature(struct fixture *log, struct outcome *outcome)
{
    uint8_t wrong[64] = {1};
    outcome->signatures[0].signature = fixture_keep(log, span_of(wrong, sizeof wrong));
}

static void spoil_key(struct fixture *log, struct outcome *outcome)
{
    outcome->signatures[0].key = log->stranger.key.id;
}

static void spoil_version(struct fixture *log, struct outcome *outcome)
{
    (void)log;
    outcome->signatures[0].version++;
}

static void spoil_more(struct fixture *log, struct outcome *outcome)
{
    (void)log;
    outcome->signatures[1] = outcome->signatures[0];
    memcpy(outcome->signatures[1].role, "image/root", sizeof "image/root");
    outcome->signature_count = 2;
}

static void spoil_state(struct fixture *log, struct outcome *outcome)
{
    struct bytes text;
    struct state other = log->state;
    other.roles[0].version++;
    bytes_init(&text, LIMIT_STATE);
    state_write(&other, &text);
    outcome->state = fixture_keep(log, bytes_span(&text));
    bytes_clear(&text);
}

static void audit__r8_finds_a_signature_that_does_not_hold(void **state)
{
    check_wrong_outcome(*state, spoil_signature, "does not hold");
}

static void audit__r8_finds_a_signature_by_a_key_of_no_role(void **state)
{
    check_wrong_outcome(*state, spoil_key, "is missing");
}

static void audit__r8_finds_a_signature_on_another_version(void **state)
{
    check_wrong_outcome(*state, spoil_version, "is missing");
}

static void audit__r8_finds_a_signature_that_nobody_ordered(void **state)
{
    check_wrong_outcome(*state, spoil_more, "nobody ordered");
}

static void audit__r8_finds_a_state_that_the_log_does_not_give(void **state)
{
    check_wrong_outcome(*state, spoil_state, "state");
}

static void audit__r13_finds_time_that_runs_back(void **state)
{
    struct fixture *log = *state;
    struct half half;
    log->now -= log->charter->clock;
    half_open_targets(log, &half, 1);
    assert_clean(log);
    log->now -= 1;
    half_open_targets(log, &half, 2);
    assert_found(log, 3, "R13", "behind");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(r5_finds_an_order_without_a_quorum),
        AUDIT_TEST(r5_finds_an_order_whose_approvals_are_none),
        AUDIT_TEST(r4_finds_an_order_over_an_older_opening),
        AUDIT_TEST(r6_finds_an_order_after_expiry),
        AUDIT_TEST(r12_finds_a_version_that_does_not_rise),
        AUDIT_TEST(r12_finds_a_request_that_builds_on_an_older_payload),
        AUDIT_TEST(r8_finds_an_outcome_that_nobody_ordered),
        AUDIT_TEST(r11_finds_a_second_outcome),
        AUDIT_TEST(r8_finds_a_signature_that_does_not_hold),
        AUDIT_TEST(r8_finds_a_signature_by_a_key_of_no_role),
        AUDIT_TEST(r8_finds_a_signature_on_another_version),
        AUDIT_TEST(r8_finds_a_signature_that_nobody_ordered),
        AUDIT_TEST(r8_finds_a_state_that_the_log_does_not_give),
        AUDIT_TEST(r13_finds_time_that_runs_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
