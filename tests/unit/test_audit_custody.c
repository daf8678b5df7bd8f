// The audit of keys with custodians (R12): who signs, and what is added later.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include <string.h>

enum { ALICE, BOB, CAROL };

static const char supplier[] = "image/supplier";

// Opened, and approved by alice and bob: their keys and the one that nobody guards sign.
static struct place sign_first(struct fixture *log, struct half *half)
{
    half_open_role(log, half, supplier, 1);
    half_approve_both(log, half);
    return half_sign(log, half);
}

static void audit__accepts_custodians_who_add_until_nothing_is_missing(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct place outcome = sign_first(log, &half);
    assert_int_equal(half.opened.reach_count, 1);
    half_approve(log, &half, CAROL);
    half_adds(&half, &outcome);
    half_sign(log, &half);
    assert_clean(log);
    struct audit *audit = audit_all(log);
    const struct audit_report *report = audit_report(audit);
    assert_int_equal(report->requests, 1);
    assert_int_equal(report->additions, 1);
    assert_int_equal(report->signatures, 4);
    audit_free(audit);
    half_approve(log, &half, CAROL);
    assert_found_last(log, "R11", "ended before");
}

static void audit__accepts_a_request_that_is_closed(void **state)
{
    struct fixture *log = *state;
    struct half half;
    sign_first(log, &half);
    fixture_end(log, &half.opened.request, ENDING_CLOSED);
    assert_clean(log);
    half_approve(log, &half, CAROL);
    assert_found_last(log, "R11", "ended before");
}

static void audit__r11_finds_a_signed_request_that_is_not_closed_but_ended(void **state)
{
    struct fixture *log = *state;
    struct half half;
    sign_first(log, &half);
    fixture_end(log, &half.opened.request, ENDING_WITHDRAWN);
    assert_only(log, log->record_count - 1, "R11", "ends a signed request");
}

static void audit__r11_finds_a_request_that_is_closed_before_it_is_signed(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_role(log, &half, supplier, 1);
    fixture_end(log, &half.opened.request, ENDING_CLOSED);
    assert_only(log, log->record_count - 1, "R11", "closes one that is not signed");
}

static void audit__r11_finds_a_signed_request_that_is_opened_anew(void **state)
{
    struct fixture *log = *state;
    struct half half;
    sign_first(log, &half);
    half_reopen(log, &half);
    assert_only(log, log->record_count - 1, "R11", "or was signed");
}

static void audit__r12_finds_a_rejection_of_what_is_signed(void **state)
{
    struct fixture *log = *state;
    struct half half;
    sign_first(log, &half);
    half_decide(log, &half, CAROL, DECISION_REJECT);
    assert_only(log, log->record_count - 1, "R12", "rejects a request that was signed");
}

// ---- who signs ----

// An outcome with a line of carol's key, who has not approved.
static void audit__r8_finds_a_key_whose_custodian_did_not_approve(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_role(log, &half, supplier, 1);
    half_approve_both(log, &half);
    struct place order = half_order(log, &half);
    half.order.approvals[half.order.approval_count++].approver = log->admins[CAROL].key.id;
    log->order = half.order; // the vault is told another one
    half_outcome(log, &half, &order);
    assert_found_last(log, "R8", "");
    assert_found_last(log, "R12", "1 keys of custodians may still sign, and it says 0");
}

static void audit__r8_finds_a_key_that_should_have_signed(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_role(log, &half, supplier, 1);
    half_approve_both(log, &half);
    struct place order = half_order(log, &half);
    struct outcome outcome = fixture_outcome(log, &half.opened, &order);
    outcome.signature_count--;
    fixture_append_outcome(log, &outcome);
    assert_found_last(log, "R8", "image/supplier is missing");
}

static void audit__r12_finds_a_false_count_of_what_is_missing(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_role(log, &half, supplier, 1);
    half_approve_both(log, &half);
    struct place order = half_order(log, &half);
    struct outcome outcome = fixture_outcome(log, &half.opened, &order);
    outcome.missing = 2;
    fixture_append_outcome(log, &outcome);
    assert_only(log, log->record_count - 1, "R12", "1 keys of custodians");
}

static void audit__r18_finds_the_signature_of_a_retired_key(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_retire(log, supplier, ALICE);
    half_open_role(log, &half, supplier, 1);
    half_approve_both(log, &half);
    struct place order = half_order(log, &half);
    state_drop_key(&log->state, &log->spare[ALICE].key.id); // the vault forgets
    struct outcome outcome = fixture_outcome(log, &half.opened, &order);
    fixture_append_outcome(log, &outcome);
    assert_found_last(log, "R8", "");
}

// ---- what is added ----

static void audit__r11_finds_an_addition_to_another_outcome(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct place outcome = sign_first(log, &half);
    half_approve(log, &half, CAROL);
    outcome.leaf.byte[0] ^= 1;
    half_adds(&half, &outcome);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R11", "newest outcome");
}

static void audit__r11_finds_a_second_signing_that_does_not_add(void **state)
{
    struct fixture *log = *state;
    struct half half;
    sign_first(log, &half);
    half_approve(log, &half, CAROL);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R11", "newest outcome");
}

static void audit__r11_finds_an_outcome_that_adds_to_another_than_its_order(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct place first = sign_first(log, &half);
    half_approve(log, &half, CAROL);
    half_adds(&half, &first);
    struct place order = half_order(log, &half);
    struct outcome outcome = fixture_outcome(log, &half.opened, &order);
    outcome.added_to = order;
    fixture_append_outcome(log, &outcome);
    assert_only(log, log->record_count - 1, "R11", "another outcome");
}

static void audit__r12_finds_an_addition_without_a_new_custodian(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct place outcome = sign_first(log, &half);
    half_adds(&half, &outcome);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R12", "adds a signature");
}

static void audit__r12_finds_an_addition_to_what_was_overtaken(void **state)
{
    struct fixture *log = *state;
    struct half half, next;
    struct place outcome = sign_first(log, &half);
    half_open_role(log, &next, supplier, 2);
    half_approve_both(log, &next);
    half_sign(log, &next);
    assert_clean(log);
    half_approve(log, &half, CAROL);
    half_adds(&half, &outcome);
    half_order(log, &half);
    assert_found_last(log, "R12", "does not build on");
}

static void audit__r6_finds_an_addition_after_expiry(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct place outcome = sign_first(log, &half);
    half_approve(log, &half, CAROL);
    log->now = half.opened.expires;
    half_adds(&half, &outcome);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R6", "after expiry");
}

// The same payload again, by another request: custodians who approve again sign again, the others'
// signatures are there already.
static void audit__r12_counts_what_is_missing_when_a_payload_is_signed_again(void **state)
{
    struct fixture *log = *state;
    struct half half, again;
    sign_first(log, &half);
    fixture_end(log, &half.opened.request, ENDING_CLOSED);
    struct request request = half.request;
    request.nonce[1] = 1;
    half_open(log, &again, request);
    half_approve(log, &again, BOB);
    half_approve(log, &again, CAROL);
    half_sign(log, &again);
    assert_clean(log);
    struct audit *audit = audit_all(log);
    assert_int_equal(audit_report(audit)->requests, 2);
    assert_int_equal(audit_report(audit)->signatures, 6);
    audit_free(audit);
    assert_int_equal(log->state.signed_count, 3);
}

// While custodians may add, others sign the same payload; then nothing is missing.
static void audit__r12_counts_what_another_request_signed_meanwhile(void **state)
{
    struct fixture *log = *state;
    struct half half, again;
    struct place outcome = sign_first(log, &half);
    struct request request = half.request;
    request.nonce[1] = 1;
    half_open(log, &again, request);
    half_approve(log, &again, BOB);
    half_approve(log, &again, CAROL);
    half_sign(log, &again);
    half_approve(log, &half, CAROL);
    half_adds(&half, &outcome);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R12", "adds a signature");
}

static void audit__r5_the_requesters_person_releases_no_key(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct bytes payload;
    bytes_init(&payload, LIMIT_PAYLOAD);
    fixture_targets(log, 1, &payload);
    struct request request = fixture_request(log, supplier, 1, bytes_span(&payload));
    bytes_clear(&payload);
    request.requester = log->bobs.key.id;
    half_open(log, &half, request);
    half_approve(log, &half, ALICE);
    half_approve(log, &half, CAROL);
    struct place order = half_order(log, &half);
    half.order.approvals[half.order.approval_count++].approver = log->admins[BOB].key.id;
    log->order = half.order; // the vault is told another one
    half_outcome(log, &half, &order);
    assert_found_last(log, "R8", "signatures that nobody ordered");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_GUARDED(accepts_custodians_who_add_until_nothing_is_missing),
        AUDIT_GUARDED(accepts_a_request_that_is_closed),
        AUDIT_GUARDED(r11_finds_a_signed_request_that_is_not_closed_but_ended),
        AUDIT_GUARDED(r11_finds_a_request_that_is_closed_before_it_is_signed),
        AUDIT_GUARDED(r11_finds_a_signed_request_that_is_opened_anew),
        AUDIT_GUARDED(r12_finds_a_rejection_of_what_is_signed),
        AUDIT_GUARDED(r8_finds_a_key_whose_custodian_did_not_approve),
        AUDIT_GUARDED(r8_finds_a_key_that_should_have_signed),
        AUDIT_GUARDED(r12_finds_a_false_count_of_what_is_missing),
        AUDIT_GUARDED(r18_finds_the_signature_of_a_retired_key),
        AUDIT_GUARDED(r11_finds_an_addition_to_another_outcome),
        AUDIT_GUARDED(r11_finds_a_second_signing_that_does_not_add),
        AUDIT_GUARDED(r11_finds_an_outcome_that_adds_to_another_than_its_order),
        AUDIT_GUARDED(r12_finds_an_addition_without_a_new_custodian),
        AUDIT_GUARDED(r12_finds_an_addition_to_what_was_overtaken),
        AUDIT_GUARDED(r6_finds_an_addition_after_expiry),
        AUDIT_GUARDED(r12_counts_what_is_missing_when_a_payload_is_signed_again),
        AUDIT_GUARDED(r12_counts_what_another_request_signed_meanwhile),
        AUDIT_GUARDED(r5_the_requesters_person_releases_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
