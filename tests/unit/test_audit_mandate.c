// The audit of what is signed under mandates: nobody approved it, so the mandate covers it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/log_fixture_mandate.h"

#include "policy/mandate.h"

#include <stdio.h>
#include <string.h>

enum { ALICE, BOB, CAROL };
enum { DAY = 24 * 3600 };

static void give(struct fixture *log)
{
    const struct mandate_motion motion = fixture_mandate(log);
    half_mandate(log, &motion);
}

static void audit__accepts_what_a_mandate_covers(void **state)
{
    struct fixture *log = *state;
    give(log);
    under_carry(log, "VIN1", 1);
    under_carry(log, "VIN2", 7);
    under_carry(log, "VIN1", 2);
    half_sign_targets(log, 1);
    under_carry(log, "VIN3", 1);
    assert_clean(log);
    struct audit *audit = audit_all(log);
    assert_int_equal(audit_report(audit)->under_mandates, 4);
    assert_int_equal(audit_report(audit)->requests, 5);
    assert_int_equal(audit_report(audit)->signatures, 5);
    assert_int_equal(audit_report(audit)->motions[MOTION_MANDATE], 1);
    audit_free(audit);
}

static void audit__accepts_a_mandate_that_follows_another(void **state)
{
    struct fixture *log = *state;
    give(log);
    under_carry(log, "VIN1", 3);
    give(log);
    under_carry(log, "VIN1", 500);
    assert_clean(log);
    fixture_lose_states(log);
    assert_clean(log);
}

// ---- the order ----

static void audit__r7_finds_an_order_without_a_mandate(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    const struct freeze_of revoked = {.what = FREEZE_MANDATE,
        .role = MANDATE_ROLE,
        .thing = state_mandate(&log->state, MANDATE_ROLE)->text};
    half_freeze(log, CAROL, &revoked);
    assert_clean(log);
    under_sign(log, &under);
    assert_found(log, log->record_count - 2, "R7", "another mandate");
    assert_found_last(log, "R7", "No mandate is in force");
}

static void audit__r7_finds_another_mandate_named(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    under.mandated.mandates[0].text = log->log.key.id;
    under_sign(log, &under);
    assert_only(log, log->record_count - 2, "R7", "another mandate");
}

static void audit__r1_finds_bytes_the_requester_did_not_sign(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    under.mandated.signature[0] ^= 1;
    under_sign(log, &under);
    assert_only(log, log->record_count - 2, "R1", "does not hold");
}

static void audit__r5_finds_another_requester(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    under.request.requester = log->bobs.key.id;
    under_ask_again(log, &under);
    under_sign(log, &under);
    assert_only(log, log->record_count - 1, "R5", "another requester's");
}

static void audit__r7_finds_a_role_that_a_quorum_signs(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    snprintf(under.request.items[0].role, LIMIT_ROLE_NAME + 1, "image/targets");
    under_ask_again(log, &under);
    under_order(log, &under);
    assert_found_last(log, "R7", "has a quorum sign");
}

static void audit__r7_finds_a_mandate_that_nobody_needs(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    under.mandated.mandates[1] = under.mandated.mandates[0];
    snprintf(under.mandated.mandates[1].role, LIMIT_ROLE_NAME + 1, "vehicles/timestamp");
    under.mandated.mandate_count = 2;
    under_sign(log, &under);
    assert_only(
        log, log->record_count - 2, "R7", "mandates of roles that it does not sign for");
}

static void audit__r21_finds_a_requester_whom_nobody_knows(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    under.request.requester = log->stranger.key.id;
    under_ask_again(log, &under);
    under_order(log, &under);
    assert_only(log, log->record_count - 1, "R21", "has no requester with this key");
}

static void audit__r4_finds_the_request_of_another(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    under.request.appliance = log->stranger.key.id;
    under_ask_again(log, &under);
    under_order(log, &under);
    assert_only(log, log->record_count - 1, "R4", "does not say what the request says");
}

static void audit__r2_finds_a_text_that_is_no_request(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    under.mandated.request = fixture_keep(log, span_text("no request\n"));
    under_order(log, &under);
    assert_only(log, log->record_count - 1, "R2", "the request's text is no request");
}

static void audit__r12_finds_a_mandate_opened_over_another(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct bytes text;
    give(log);
    const struct mandate_motion motion = fixture_mandate(log);
    bytes_init(&text, LIMIT_RECORD);
    mandate_motion_write(&motion, &text);
    half.request = fixture_motion(log, MOTION_MANDATE, motion.number, &text);
    half.opened = fixture_opened(log, &half.request);
    half.opened.items[0].previous = log->log.key.id;
    snprintf(half.opened.decides[0], sizeof half.opened.decides[0], MANDATE_ROLE);
    half_reopen(log, &half);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R12", "another mandate than the role's last");
}

static void audit__r2_finds_an_item_without_a_vehicle(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    snprintf(under.request.items[0].role, LIMIT_ROLE_NAME + 1, MANDATE_ROLE);
    under_ask_again(log, &under);
    under_order(log, &under);
    assert_found_last(log, "R2", "one vehicle at a time");
}

static void audit__r6_finds_what_was_frozen_or_too_late(void **state)
{
    struct fixture *log = *state;
    struct under under;
    const struct freeze_of role = {.what = FREEZE_ROLE, .role = MANDATE_ROLE};
    give(log);
    under_ask(log, &under, "VIN1", 1);
    half_freeze(log, CAROL, &role);
    under_order(log, &under);
    assert_only(log, log->record_count - 1, "R6", "had frozen it");
    fixture_drop(log);
    under.mandated.time = under.request.expires;
    under_order(log, &under);
    assert_found_last(log, "R6", "after the request's expiry");
}

static void audit__r11_finds_a_request_that_is_signed_twice(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    under_sign(log, &under);
    under_order(log, &under);
    assert_only(log, log->record_count - 1, "R11", "opened or signed before");
}

// ---- what was signed ----

static void audit__r12_finds_versions_outside_or_back(void **state)
{
    struct fixture *log = *state;
    give(log);
    under_carry(log, "VIN1", 1001);
    assert_found_last(log, "R12", "covers 1 to 1000");
    fixture_drop(log);
    fixture_drop(log);
    under_carry(log, "VIN1", 5);
    under_carry(log, "VIN2", 4);
    assert_clean(log);
    under_carry(log, "VIN1", 4);
    assert_only(log, log->record_count - 1, "R12", "had signed version 5 already");
}

static void audit__r12_finds_more_than_the_count(void **state)
{
    struct fixture *log = *state;
    struct mandate_motion motion = fixture_mandate(log);
    motion.count = 2;
    half_mandate(log, &motion);
    under_carry(log, "VIN1", 1);
    under_carry(log, "VIN1", 2);
    assert_clean(log);
    under_carry(log, "VIN1", 3);
    assert_only(log, log->record_count - 1, "R12", "than its mandate has");
}

static void audit__r6_finds_what_lives_too_long_or_came_too_late(void **state)
{
    struct fixture *log = *state;
    struct mandate_motion motion = fixture_mandate(log);
    motion.longest = DAY - 1;
    half_mandate(log, &motion);
    under_carry(log, "VIN1", 1);
    assert_only(log, log->record_count - 1, "R6", "its mandate and the charter allow");
    fixture_drop(log);
    fixture_drop(log);
    log->now += 31 * DAY;
    under_carry(log, "VIN1", 1);
    assert_found_last(log, "R6", "ended");
}

static void audit__r8_finds_an_outcome_that_does_not_follow_its_order(void **state)
{
    struct fixture *log = *state;
    struct under under;
    struct half half;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    struct place order = under_order(log, &under);
    half_open_targets(log, &half, 1);
    under_outcome(log, &under, &order);
    assert_only(log, log->record_count - 1, "R8", "the order under mandates before it");
}

static void audit__r8_finds_a_signature_over_other_bytes(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    struct place order = under_order(log, &under);
    struct item *item = &under.request.items[0];
    item->payload = fixture_keep(log, span_text("{}"));
    under_outcome(log, &under, &order);
    assert_only(log, log->record_count - 1, "R8", "does not hold over its payload");
}

static void audit__r8_finds_a_state_that_forgets_numbers(void **state)
{
    struct fixture *log = *state;
    give(log);
    under_carry(log, "VIN1", 1);
    log->state.mandates[0].reserved = 1;
    under_carry(log, "VIN1", 2);
    assert_only(log, log->record_count - 1, "R8", "is not what the log gives");
}

static void audit__r8_finds_a_state_that_ends_a_mandate(void **state)
{
    struct fixture *log = *state;
    give(log);
    state_end_mandate(&log->state, MANDATE_ROLE);
    under_carry(log, "VIN1", 1);
    assert_only(log, log->record_count - 1, "R8", "is not what the log gives");
}

static void audit__counts_a_request_under_mandates_that_is_not_at_hand(void **state)
{
    struct fixture *log = *state;
    struct under under;
    give(log);
    under_ask(log, &under, "VIN1", 1);
    under_sign(log, &under);
    fixture_lose(log, &under.mandated.request);
    assert_clean(log);
    struct audit *audit = audit_all(log);
    assert_int_equal(audit_report(audit)->not_at_hand, 1);
    audit_free(audit);
}

// ---- charters ----

static void audit__r7_a_charter_with_another_person_ends_its_mandate(void **state)
{
    struct fixture *log = *state;
    give(log);
    struct charter *draft = fixture_draft(log);
    snprintf(draft->requesters[1].person, LIMIT_NAME + 1, "night-desk");
    half_carry(log, fixture_ask_charter(log, draft));
    charter_free(draft);
    assert_false(state_mandate(&log->state, MANDATE_ROLE)->live);
    assert_clean(log);
}

// ---- numbers that no record shows ----

// Reserved, and then the vault was killed.
static void reserve_in_vain(struct fixture *log)
{
    struct refusal refusal;
    uint64_t taken = 0;
    struct mandate_state mandate = *state_mandate(&log->state, MANDATE_ROLE);
    assert_int_equal(mandate_reserve(&mandate, 1, 7, &taken, &refusal), OK);
    assert_int_equal(state_set_mandate(&log->state, &mandate), OK);
    log->state.time = log->now;
}

static void audit__r13_accepts_a_time_that_was_sealed_with_numbers_alone(void **state)
{
    struct fixture *log = *state;
    const struct freeze_of all = {.what = FREEZE_EVERYTHING};
    give(log);
    log->now += DAY;
    reserve_in_vain(log);
    log->now += 60;
    fixture_start(log);
    half_freeze(log, CAROL, &all);
    assert_clean(log);
}

// Nor for longer than the jump: the clock of the first record says when.
static void audit__r13_accepts_a_run_that_only_reserved_numbers(void **state)
{
    struct fixture *log = *state;
    give(log);
    log->now += 60 * DAY;
    reserve_in_vain(log);
    fixture_start(log);
    log->now += 60 * DAY;
    half_sign_targets(log, 1);
    assert_clean(log);
}

// ---- a time that was set back ----

// Numbers were reserved by a clock that was ahead, so a stated time sets back what was sealed; when
// that was, only a state would say.
static void set_back_after_numbers(struct fixture *log)
{
    give(log);
    log->now += 2 * DAY;
    under_carry(log, "VIN1", 1);
    fixture_lose_states(log);
    log->now -= DAY;
    fixture_clock(log, "the clock is behind the sealed time");
    half_carry(log, fixture_ask_time(log, 1, log->now));
    assert_false(state_mandate(&log->state, MANDATE_ROLE)->live);
}

static void audit__r13_accepts_that_a_stated_time_ended_a_mandate(void **state)
{
    struct fixture *log = *state;
    set_back_after_numbers(log);
    assert_clean(log);
    fixture_lose_states(log);
    half_sign_targets(log, 1);
    assert_clean(log);
    give(log);
    under_carry(log, "VIN1", 300);
    assert_clean(log);
    fixture_lose_states(log);
    assert_clean(log);
}

// Its state says so.
static void audit__r7_finds_what_is_signed_under_a_mandate_that_a_stated_time_ended(
    void **state)
{
    struct fixture *log = *state;
    struct under under;
    set_back_after_numbers(log);
    under_ask(log, &under, "VIN1", 2);
    under_order(log, &under);
    assert_only(log, log->record_count - 1, "R7", "another mandate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_MANDATED(r13_accepts_a_time_that_was_sealed_with_numbers_alone),
        AUDIT_MANDATED(r13_accepts_a_run_that_only_reserved_numbers),
        AUDIT_MANDATED(r13_accepts_that_a_stated_time_ended_a_mandate),
        AUDIT_MANDATED(r7_finds_what_is_signed_under_a_mandate_that_a_stated_time_ended),
        AUDIT_MANDATED(accepts_what_a_mandate_covers),
        AUDIT_MANDATED(accepts_a_mandate_that_follows_another),
        AUDIT_MANDATED(r7_finds_an_order_without_a_mandate),
        AUDIT_MANDATED(r7_finds_another_mandate_named),
        AUDIT_MANDATED(r1_finds_bytes_the_requester_did_not_sign),
        AUDIT_MANDATED(r5_finds_another_requester),
        AUDIT_MANDATED(r7_finds_a_role_that_a_quorum_signs),
        AUDIT_MANDATED(r7_finds_a_mandate_that_nobody_needs),
        AUDIT_MANDATED(r21_finds_a_requester_whom_nobody_knows),
        AUDIT_MANDATED(r4_finds_the_request_of_another),
        AUDIT_MANDATED(r2_finds_a_text_that_is_no_request),
        AUDIT_MANDATED(r12_finds_a_mandate_opened_over_another),
        AUDIT_MANDATED(r2_finds_an_item_without_a_vehicle),
        AUDIT_MANDATED(r6_finds_what_was_frozen_or_too_late),
        AUDIT_MANDATED(r11_finds_a_request_that_is_signed_twice),
        AUDIT_MANDATED(r12_finds_versions_outside_or_back),
        AUDIT_MANDATED(r12_finds_more_than_the_count),
        AUDIT_MANDATED(r6_finds_what_lives_too_long_or_came_too_late),
        AUDIT_MANDATED(r8_finds_an_outcome_that_does_not_follow_its_order),
        AUDIT_MANDATED(r8_finds_a_signature_over_other_bytes),
        AUDIT_MANDATED(r8_finds_a_state_that_forgets_numbers),
        AUDIT_MANDATED(r8_finds_a_state_that_ends_a_mandate),
        AUDIT_MANDATED(counts_a_request_under_mandates_that_is_not_at_hand),
        AUDIT_MANDATED(r7_a_charter_with_another_person_ends_its_mandate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
