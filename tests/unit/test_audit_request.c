// The audit of requests until their quorum is complete: openings, decisions, and ends without a
// signature.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include <stdio.h>
#include <string.h>

// ---- requests ----

static void audit__r1_finds_a_request_that_its_requester_did_not_sign(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half.opened.signature[5] ^= 1;
    fixture_open(log, &half.opened);
    assert_found(log, 3, "R1", "requester's signature");
}

static void audit__r4_finds_an_opening_that_does_not_say_what_was_asked(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half.opened.items[0].version++;
    fixture_open(log, &half.opened);
    assert_found(log, 3, "R4", "what the request says");
    half.opened.items[0].version--;
    half.opened.items[0].payload.byte[0] ^= 1;
    fixture_open(log, &half.opened);
    assert_found(log, 4, "R4", "what the request says");
    half.opened.items[0].payload.byte[0] ^= 1;
    half.opened.expires++;
    fixture_open(log, &half.opened);
    assert_found(log, 5, "R4", "what the request says");
}

static void audit__r4_finds_an_opening_for_another_appliance_or_charter(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half.opened.appliance.byte[0] ^= 1;
    fixture_open(log, &half.opened);
    assert_found(log, 3, "R4", "another appliance");
    half.opened.appliance.byte[0] ^= 1;
    half.opened.charter.byte[0] ^= 1;
    fixture_open(log, &half.opened);
    assert_found(log, 4, "R4", "another charter");
}

static void audit__r4_finds_a_request_that_lives_too_long(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct request request = fixture_request(log, "image/targets", 1, span_text("x"));
    request.expires = log->now + LIMIT_REQUEST_LIFE;
    half_open(log, &half, request);
    assert_clean(log);
    request.expires++;
    half_open(log, &half, request);
    assert_found(log, 3, "R4", "too long after");
    request.expires = log->now;
    half_open(log, &half, request);
    assert_found(log, 4, "R4", "before it was opened");
}

static void audit__r2_finds_a_request_that_is_none(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half.opened.request = fixture_keep(log, span_text("conclave.request/v1\n"));
    fixture_open(log, &half.opened);
    assert_found(log, 3, "R2", "no request");
}

static void audit__r2_finds_a_role_that_the_charter_does_not_have(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open(log, &half, fixture_request(log, "image/snapshot", 1, span_text("x")));
    assert_found(log, 2, "R2", "image/snapshot");
}

static void audit__r21_finds_a_requester_that_the_charter_does_not_have(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct request request = fixture_request(log, "image/targets", 1, span_text("x"));
    request.requester = log->stranger.key.id;
    half_open(log, &half, request);
    assert_found(log, 2, "R21", "no requester");
}

static void audit__r11_finds_an_id_that_is_used_again(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    half_approve(log, &half, 1);
    half_sign(log, &half);
    fixture_open(log, &half.opened);
    assert_found(log, 7, "R11", "ended before");
}

// ---- decisions ----

static void audit__r3_finds_an_approval_of_something_else(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    struct decided decided =
        fixture_decided(log, &half.opened, &half.place, 0, DECISION_REJECT);
    decided.decision = DECISION_APPROVE;
    fixture_decide(log, &decided);
    assert_found(log, 3, "R3", "alice");
}

static void audit__r4_finds_a_decision_over_an_older_opening(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    fixture_open(log, &half.opened);
    half_approve(log, &half, 0);
    assert_found(log, 4, "R4", "newest opening");
}

static void audit__r4_finds_a_decision_after_expiry(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    log->now = half.opened.expires;
    half_approve(log, &half, 0);
    assert_found(log, 3, "R4", "expired");
}

static void audit__r5_finds_a_person_who_decides_twice_or_after_rejecting(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    half_approve(log, &half, 0);
    assert_found(log, 4, "R5", "already");
    struct decided decided =
        fixture_decided(log, &half.opened, &half.place, 1, DECISION_REJECT);
    fixture_decide(log, &decided);
    half_approve(log, &half, 1);
    assert_found(log, 6, "R5", "final");
}

static void audit__r5_finds_the_requesters_own_person(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct request request = fixture_request(log, "image/targets", 1, span_text("x"));
    request.requester = log->bobs.key.id;
    half_open(log, &half, request);
    half_approve(log, &half, 1);
    assert_found(log, 3, "R5", "bob");
    half_approve(log, &half, 0);
    half_sign(log, &half);
    assert_found(log, 5, "R5", "no quorum");
}

static void audit__r5_finds_a_stranger_who_decides(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    struct fixture_key alice = log->admins[0];
    log->admins[0] = log->stranger;
    half_approve(log, &half, 0);
    log->admins[0] = alice;
    assert_found(log, 3, "R5", "no administrator");
}

static void audit__r11_finds_a_decision_over_a_request_that_was_never_opened(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half.opened.request.byte[0] ^= 1;
    half_approve(log, &half, 0);
    assert_found(log, 3, "R11", "never opened");
}

// ---- ends ----

static void audit__r5_finds_a_rejection_that_nobody_made(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    fixture_end(log, &half.opened.request, ENDING_REJECTED);
    assert_found(log, 3, "R5", "could still be reached");
}

static void audit__accepts_a_request_that_was_rejected(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    for (size_t i = 0; i < 2; i++) {
        struct decided decided =
            fixture_decided(log, &half.opened, &half.place, i, DECISION_REJECT);
        fixture_decide(log, &decided);
    }
    fixture_end(log, &half.opened.request, ENDING_REJECTED);
    assert_clean(log);
    half_approve(log, &half, 2);
    assert_found(log, 6, "R11", "ended before");
}

static void audit__r4_finds_an_early_expiry(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    fixture_end(log, &half.opened.request, ENDING_EXPIRED);
    assert_found(log, 3, "R4", "had not expired");
    fixture_drop(log);
    log->now = half.opened.expires;
    fixture_end(log, &half.opened.request, ENDING_EXPIRED);
    assert_clean(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(r1_finds_a_request_that_its_requester_did_not_sign),
        AUDIT_TEST(r4_finds_an_opening_that_does_not_say_what_was_asked),
        AUDIT_TEST(r4_finds_an_opening_for_another_appliance_or_charter),
        AUDIT_TEST(r4_finds_a_request_that_lives_too_long),
        AUDIT_TEST(r2_finds_a_request_that_is_none),
        AUDIT_TEST(r2_finds_a_role_that_the_charter_does_not_have),
        AUDIT_TEST(r21_finds_a_requester_that_the_charter_does_not_have),
        AUDIT_TEST(r11_finds_an_id_that_is_used_again),
        AUDIT_TEST(r3_finds_an_approval_of_something_else),
        AUDIT_TEST(r4_finds_a_decision_over_an_older_opening),
        AUDIT_TEST(r4_finds_a_decision_after_expiry),
        AUDIT_TEST(r5_finds_a_person_who_decides_twice_or_after_rejecting),
        AUDIT_TEST(r5_finds_the_requesters_own_person),
        AUDIT_TEST(r5_finds_a_stranger_who_decides),
        AUDIT_TEST(r11_finds_a_decision_over_a_request_that_was_never_opened),
        AUDIT_TEST(r5_finds_a_rejection_that_nobody_made),
        AUDIT_TEST(accepts_a_request_that_was_rejected),
        AUDIT_TEST(r4_finds_an_early_expiry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
