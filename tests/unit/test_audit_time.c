// The audit of time (R13), and of delays, times for approvals and rates (R4, R17).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, DAY = 24 * HOUR };

// ---- times that go together ----

static void audit__r13_finds_time_that_runs_back(void **state)
{
    struct fixture *log = *state;
    struct half half;
    log->now -= log->charter->clock;
    half_open_targets(log, &half, 1);
    assert_clean(log);
    log->now -= 1;
    half_open_targets(log, &half, 2);
    assert_only(log, log->record_count - 1, "R13", "behind");
}

static void audit__r13_finds_a_decision_and_an_end_behind_their_opening(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    log->now -= DAY;
    half_approve(log, &half, 0);
    assert_only(log, log->record_count - 1, "R13", "behind");
    fixture_drop(log);
    fixture_end(log, &half.opened.request, ENDING_WITHDRAWN);
    assert_only(log, log->record_count - 1, "R13", "behind");
}

static void audit__r13_finds_an_order_behind_its_approvals(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve_both(log, &half);
    half.order.time = log->now - log->charter->clock - 1;
    half_order(log, &half);
    assert_found_last(log, "R13", "behind");
}

// For longer than the jump nothing was sealed. The sealed time is known to the clock's limit.
static void audit__r13_finds_an_opening_without_time(void **state)
{
    struct fixture *log = *state;
    struct half half;
    log->now += log->charter->jump + log->charter->clock;
    half_open_targets(log, &half, 1);
    assert_clean(log);
    log->now += 1;
    half_open_targets(log, &half, 2);
    assert_only(log, log->record_count - 1, "R13", "ahead of what was sealed");
}

static void audit__r13_what_was_signed_moves_the_time_on(void **state)
{
    struct fixture *log = *state;
    for (uint64_t version = 1; version < 5; version++) {
        half_sign_targets(log, version);
        log->now += log->charter->jump;
    }
    assert_clean(log);
}

// A clock that was wrong and is right again; its records say so.
static void audit__accepts_what_is_written_while_waiting_for_time(void **state)
{
    struct fixture *log = *state;
    static const struct freeze_of everything = {.what = FREEZE_EVERYTHING};
    const int64_t shifts[] = {-3650 * (int64_t)DAY, 3650 * (int64_t)DAY, -DAY};
    half_sign_targets(log, 1);
    moment right = log->now;
    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++) {
        log->now = right + shifts[i];
        fixture_start(log);
        fixture_clock(log, "the clock says something else");
        struct freeze freeze = fixture_freeze(log, 0, &everything);
        fixture_frozen(log, 0, &freeze); // it broke off
        log->now = right;
        fixture_clock(log, "the appliance has time again");
        half_sign_targets(log, 2 + i);
    }
    assert_clean(log);
}

static void audit__r13_finds_a_wrong_clock_that_no_record_tells_of(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_sign_targets(log, 1);
    moment right = log->now;
    log->now = right - DAY;
    struct freeze_of role = {.what = FREEZE_ROLE, .role = "image/root"};
    struct freeze freeze = fixture_freeze(log, 0, &role);
    fixture_frozen(log, 0, &freeze);
    log->now = right;
    half_open_targets(log, &half, 2);
    assert_only(log, log->record_count - 1, "R13", "no clock record says");
}

static void audit__r13_finds_a_start_with_a_wrong_clock_that_no_record_tells_of(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_sign_targets(log, 1);
    moment right = log->now;
    log->now = right + 3650 * (int64_t)DAY;
    fixture_start(log);
    log->now = right;
    fixture_start(log); // this one came before anything could be said
    half_open_targets(log, &half, 2);
    assert_clean(log);
    log->now = right + 3650 * (int64_t)DAY;
    fixture_start(log);
    log->now = right;
    half_open_targets(log, &half, 3);
    assert_only(log, log->record_count - 1, "R13", "no clock record says");
}

// ---- the time that a quorum states ----

static void audit__r13_a_stated_time_ends_the_waiting_and_what_was_opened_before(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_sign_targets(log, 1);
    half_open_targets(log, &half, 2);
    half_approve_both(log, &half);
    moment ahead = log->now;
    log->now -= 60 * DAY;
    fixture_start(log);
    fixture_clock(log, "waiting");
    half_carry(log, fixture_ask_time(log, 1, log->now));
    assert_clean(log);
    assert_true(log->state.since > 0);
    half_order(log, &half);
    assert_found_last(log, "R13", "before the time was set back");
    fixture_drop(log);
    half_open_targets(log, &half, 3);
    assert_true(half.opened.time < ahead);
    half_reopen(log, &half);
    half_approve_both(log, &half);
    half_sign(log, &half);
    assert_clean(log);
}

static void audit__r13_a_stated_time_that_sets_nothing_back_ends_nothing(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_sign_targets(log, 1);
    log->now += HOUR;
    half_open_targets(log, &half, 2);
    half_approve_both(log, &half);
    half_carry(log, fixture_ask_time(log, 1, log->now));
    half_sign(log, &half);
    assert_clean(log);
    assert_int_equal(log->state.since, 0);
}

// Nobody outside can say whether it was behind the sealed time; both are taken, also when the states
// are not at hand.
static void audit__r13_a_stated_time_next_to_the_sealed_one_may_do_either(void **state)
{
    struct fixture *log = *state;
    for (int64_t shift = -1; shift <= 1; shift++) {
        struct half half;
        uint64_t number = (uint64_t)(shift + 2);
        half_sign_targets(log, number);
        half_open_targets(log, &half, 10);
        half_carry(log, fixture_ask_time(log, number, log->now + shift));
        half_approve_both(log, &half);
        fixture_end(log, &half.opened.request, ENDING_REFUSED);
    }
    assert_clean(log);
    fixture_lose_states(log);
    assert_clean(log);
}

static void audit__r13_finds_a_state_that_says_that_the_time_was_set_back(void **state)
{
    struct fixture *log = *state;
    half_sign_targets(log, 1);
    log->state.time++; // so the vault says that it was
    half_carry(log, fixture_ask_time(log, 1, log->now));
    assert_true(log->state.since > 0);
    assert_only(log, log->record_count - 1, "R8", "state");
}

static void audit__r13_finds_a_time_that_the_clock_does_not_fit(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open(log, &half, fixture_ask_time(log, 1, log->now + log->charter->clock + 1));
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R13", "clock is behind it");
}

static void audit__r13_nothing_runs_back_behind_a_stated_time(void **state)
{
    struct fixture *log = *state;
    struct half half;
    log->now += 30 * DAY;
    half_carry(log, fixture_ask_time(log, 1, log->now));
    log->now -= DAY;
    half_open_targets(log, &half, 1);
    assert_only(log, log->record_count - 1, "R13", "behind");
}

static void audit__r8_finds_a_state_with_another_time(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open(log, &half, fixture_ask_time(log, 1, log->now));
    half_approve_both(log, &half);
    struct place order = half_order(log, &half);
    (void)fixture_outcome(log, &half.opened, &order);
    struct outcome outcome = {.time = log->now,
        .request = half.opened.request,
        .order = order,
        .done = "conclave/time",
        .done_number = 1};
    struct bytes text;
    log->state.time++;
    bytes_init(&text, LIMIT_STATE);
    state_write(&log->state, &text);
    outcome.state = fixture_keep(log, bytes_span(&text));
    bytes_clear(&text);
    fixture_append_outcome(log, &outcome);
    assert_only(log, log->record_count - 1, "R8", "state");
}

// ---- delays, times for approvals, rates ----

static void patient(struct fixture *log)
{
    struct role *role = &log->charter->roles[1];
    log->charter->changes_delay = HOUR;
    role->delay = HOUR;
    role->within = 2 * HOUR;
    role->rate = 2;
    role->rate_seconds = DAY;
}

static int make_patient(void **state)
{
    struct fixture *log = fixture_new_shaped(patient);
    fixture_found(log);
    *state = log;
    return 0;
}
#define AUDIT_PATIENT(name)                                                                    \
    cmocka_unit_test_setup_teardown(audit__##name, make_patient, audit_clean)

// Opens a version that lives long enough, approves it, and lets the delay pass.
static void open_patiently(struct fixture *log, struct half *half, uint64_t version)
{
    struct bytes payload;
    bytes_init(&payload, LIMIT_PAYLOAD);
    fixture_targets(log, version, &payload);
    struct request request =
        fixture_request(log, "image/targets", version, bytes_span(&payload));
    bytes_clear(&payload);
    request.expires = log->now + DAY;
    half_open(log, half, request);
    half_approve_both(log, half);
    log->now += HOUR;
}

static void audit__r4_waits_as_long_as_the_charter_says(void **state)
{
    struct fixture *log = *state;
    struct half half;
    open_patiently(log, &half, 1);
    half_sign(log, &half);
    assert_int_equal(half.opened.expires, half.opened.time + 2 * HOUR);
    assert_clean(log);
    open_patiently(log, &half, 2);
    log->now -= 1;
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R6", "before the earliest signing");
}

static void audit__r4_finds_another_delay_or_time_for_approvals(void **state)
{
    struct fixture *log = *state;
    struct half half;
    open_patiently(log, &half, 1);
    log->now -= HOUR;
    half.opened.earliest--;
    half_reopen(log, &half);
    assert_only(log, log->record_count - 1, "R4", "earliest signing");
    fixture_drop(log);
    half.opened.earliest += 2;
    half_reopen(log, &half);
    assert_only(log, log->record_count - 1, "R4", "earliest signing");
    fixture_drop(log);
    half.opened.earliest--;
    half.opened.expires++;
    half_reopen(log, &half);
    assert_found_last(log, "R4", "waits longer for approvals");
    assert_found_last(log, "R4", "what the request says");
    fixture_drop(log);
    half.opened.expires -= 2;
    half_reopen(log, &half);
    assert_only(log, log->record_count - 1, "R4", "what the request says");
}

// The longest delay and the shortest time for approvals of all roles; image/root has neither.
static void audit__r4_waits_for_the_most_patient_of_many_roles(void **state)
{
    struct fixture *log = *state;
    for (size_t first = 0; first < 2; first++) {
        struct half half;
        struct request request = fixture_request(log, "image/root", 1, span_text("a root"));
        struct request other =
            fixture_request(log, "image/targets", 1, span_text("targets of it"));
        request.items[1] = request.items[0];
        request.items[first] = other.items[0];
        request.item_count = 2;
        request.expires = log->now + DAY;
        half_open(log, &half, request);
        assert_int_equal(half.opened.earliest, half.opened.time + HOUR);
        assert_int_equal(half.opened.expires, half.opened.time + 2 * HOUR);
    }
    assert_clean(log);
}

static void audit__r4_finds_a_motion_without_the_charters_delay(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open(log, &half, fixture_ask_time(log, 1, log->now));
    assert_clean(log);
    half.opened.earliest = half.opened.time;
    half_reopen(log, &half);
    assert_only(log, log->record_count - 1, "R4", "earliest signing");
}

static void sign_patiently(struct fixture *log, uint64_t version)
{
    struct half half;
    open_patiently(log, &half, version);
    half_sign(log, &half);
}

static void audit__r17_finds_more_versions_than_the_rate(void **state)
{
    struct fixture *log = *state;
    struct half half;
    sign_patiently(log, 1);
    sign_patiently(log, 2);
    assert_clean(log);
    open_patiently(log, &half, 3);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R17", "2 versions within 86400 seconds");
}

static void audit__r17_a_window_ends_and_another_begins(void **state)
{
    struct fixture *log = *state;
    for (uint64_t day = 0; day < 3; day++) {
        sign_patiently(log, 2 * day + 1);
        sign_patiently(log, 2 * day + 2);
        log->now += DAY;
    }
    assert_clean(log);
    assert_int_equal(log->state.roles[0].used, 2);
}

// Near the end of a window only the vault knows whether it is over: nothing is said, nor of the state.
static void audit__r17_finds_only_what_is_certain(void **state)
{
    struct fixture *log = *state;
    const int64_t around[] = {-200, 0, 200};
    uint64_t version = 1;
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
        sign_patiently(log, version++);
        log->now += DAY - HOUR + around[i];
        sign_patiently(log, version++);
        log->now += 2 * DAY;
    }
    assert_clean(log);
}

static void audit__r17_the_same_version_again_uses_nothing(void **state)
{
    struct fixture *log = *state;
    struct half half, again;
    sign_patiently(log, 1);
    open_patiently(log, &half, 2);
    half_sign(log, &half);
    struct request request = half.request;
    request.nonce[1] = 1;
    half_open(log, &again, request);
    half_approve_both(log, &again);
    log->now += HOUR;
    half_sign(log, &again);
    assert_clean(log);
    assert_int_equal(log->state.roles[0].used, 2);
}

static void audit__r8_finds_a_state_with_another_window(void **state)
{
    struct fixture *log = *state;
    struct half half;
    sign_patiently(log, 1);
    open_patiently(log, &half, 2);
    log->state.roles[0].used = 0; // the vault counts too little
    half_sign(log, &half);
    assert_only(log, log->record_count - 1, "R8", "state");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(r13_finds_time_that_runs_back),
        AUDIT_TEST(r13_finds_a_decision_and_an_end_behind_their_opening),
        AUDIT_TEST(r13_finds_an_order_behind_its_approvals),
        AUDIT_TEST(r13_finds_an_opening_without_time),
        AUDIT_TEST(r13_what_was_signed_moves_the_time_on),
        AUDIT_TEST(accepts_what_is_written_while_waiting_for_time),
        AUDIT_TEST(r13_finds_a_wrong_clock_that_no_record_tells_of),
        AUDIT_TEST(r13_finds_a_start_with_a_wrong_clock_that_no_record_tells_of),
        AUDIT_TEST(r13_a_stated_time_ends_the_waiting_and_what_was_opened_before),
        AUDIT_TEST(r13_a_stated_time_that_sets_nothing_back_ends_nothing),
        AUDIT_TEST(r13_a_stated_time_next_to_the_sealed_one_may_do_either),
        AUDIT_TEST(r13_finds_a_state_that_says_that_the_time_was_set_back),
        AUDIT_TEST(r13_finds_a_time_that_the_clock_does_not_fit),
        AUDIT_TEST(r13_nothing_runs_back_behind_a_stated_time),
        AUDIT_TEST(r8_finds_a_state_with_another_time),
        AUDIT_PATIENT(r4_waits_as_long_as_the_charter_says),
        AUDIT_PATIENT(r4_finds_another_delay_or_time_for_approvals),
        AUDIT_PATIENT(r4_waits_for_the_most_patient_of_many_roles),
        AUDIT_PATIENT(r4_finds_a_motion_without_the_charters_delay),
        AUDIT_PATIENT(r17_finds_more_versions_than_the_rate),
        AUDIT_PATIENT(r17_a_window_ends_and_another_begins),
        AUDIT_PATIENT(r17_finds_only_what_is_certain),
        AUDIT_PATIENT(r17_the_same_version_again_uses_nothing),
        AUDIT_PATIENT(r8_finds_a_state_with_another_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
