// The audit of how requests end: orders, outcomes, and ends without a signature.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include <stdio.h>
#include <string.h>

// ---- ends ----

static void append_end(struct fixture *log, const struct hash *request, enum ending how)
{
    struct bytes text;
    struct ended ended = {.time = log->now, .request = *request, .how = how, .why = "because"};
    bytes_init(&text, LIMIT_RECORD);
    ended_write(&ended, &text);
    fixture_append(log, &text);
    bytes_clear(&text);
}

static void audit__r5_finds_a_rejection_that_nobody_made(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    half_open_targets(log, &half, 1);
    append_end(log, &half.opened.request, ENDING_REJECTED);
    assert_found(log, 3, "R5", "could still be reached");
}

static void audit__accepts_a_request_that_was_rejected(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    half_open_targets(log, &half, 1);
    for (size_t i = 0; i < 2; i++) {
        struct decided decided =
            fixture_decided(log, &half.opened, &half.place, i, DECISION_REJECT);
        fixture_decide(log, &decided);
    }
    append_end(log, &half.opened.request, ENDING_REJECTED);
    assert_clean(log);
    half_approve(log, &half, 2);
    assert_found(log, 6, "R11", "ended before");
}

static void audit__r4_finds_an_early_expiry(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    half_open_targets(log, &half, 1);
    append_end(log, &half.opened.request, ENDING_EXPIRED);
    assert_found(log, 3, "R4", "had not expired");
}

// ---- orders and outcomes ----

static void audit__r5_finds_an_order_without_a_quorum(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    half_sign(log, &half);
    assert_found(log, 4, "R5", "no quorum");
}

static void audit__r5_finds_an_order_whose_approvals_are_none(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
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
    fixture_found(log);
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
    fixture_found(log);
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
    fixture_found_and_sign(log); // version 7
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
    fixture_found_and_sign(log);
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
    fixture_found(log);
    half_open_targets(log, &half, 1);
    struct outcome outcome = fixture_outcome(log, &half.opened, &half.place);
    fixture_append_outcome(log, &outcome);
    assert_found(log, 3, "R8", "no order");
}

static void audit__r11_finds_a_second_outcome(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
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
    fixture_found(log);
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
    fixture_found(log);
    log->now -= log->charter->clock;
    half_open_targets(log, &half, 1);
    assert_clean(log);
    log->now -= 1;
    half_open_targets(log, &half, 2);
    assert_found(log, 3, "R13", "behind");
}

#define ROW(name) cmocka_unit_test_setup_teardown(audit__##name, audit_make, audit_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(r5_finds_a_rejection_that_nobody_made),
        ROW(accepts_a_request_that_was_rejected),
        ROW(r4_finds_an_early_expiry),
        ROW(r5_finds_an_order_without_a_quorum),
        ROW(r5_finds_an_order_whose_approvals_are_none),
        ROW(r4_finds_an_order_over_an_older_opening),
        ROW(r6_finds_an_order_after_expiry),
        ROW(r12_finds_a_version_that_does_not_rise),
        ROW(r12_finds_a_request_that_builds_on_an_older_payload),
        ROW(r8_finds_an_outcome_that_nobody_ordered),
        ROW(r11_finds_a_second_outcome),
        ROW(r8_finds_a_signature_that_does_not_hold),
        ROW(r8_finds_a_signature_by_a_key_of_no_role),
        ROW(r8_finds_a_signature_on_another_version),
        ROW(r8_finds_a_signature_that_nobody_ordered),
        ROW(r8_finds_a_state_that_the_log_does_not_give),
        ROW(r13_finds_time_that_runs_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
