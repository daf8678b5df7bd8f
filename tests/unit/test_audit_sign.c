// The audit of orders and outcomes of metadata.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/audit_part.h"
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

// ---- what was signed ----

// A version of image/targets over these bytes, signed.
static void sign_bytes(struct fixture *log, uint64_t version, const struct bytes *payload)
{
    half_carry(log, fixture_request(log, "image/targets", version, bytes_span(payload)));
}

static void audit__r2_finds_a_payload_that_is_no_metadata(void **state)
{
    struct fixture *log = *state;
    half_carry(log, fixture_request(log, "image/targets", 1, span_text("a digest, say")));
    assert_only(log, log->record_count - 1, "R2", "is no metadata");
}

static void audit__r2_finds_a_payload_of_another_version_or_type(void **state)
{
    struct fixture *log = *state;
    struct bytes payload;
    bytes_init(&payload, LIMIT_PAYLOAD);
    fixture_targets(log, 8, &payload);
    sign_bytes(log, 9, &payload);
    assert_only(log, log->record_count - 1, "R2", "another type or version");
    half_carry(log, fixture_request(log, "image/root", 1, bytes_span(&payload)));
    bytes_clear(&payload);
    assert_found_last(log, "R2", "another type or version");
}

// The fixture's metadata lives for 30 days from when it is made.
static void check_life(int64_t shift, bool good)
{
    struct fixture *log = fixture_new();
    struct bytes payload;
    fixture_found(log);
    bytes_init(&payload, LIMIT_PAYLOAD);
    log->now += shift;
    fixture_targets(log, 1, &payload);
    log->now -= shift;
    sign_bytes(log, 1, &payload);
    bytes_clear(&payload);
    if (good)
        assert_clean(log);
    else
        assert_only(log, log->record_count - 1, "R6", "had expired, or lives");
    fixture_free(log);
}

static void audit__r6_finds_a_payload_that_had_expired_or_lives_too_long(void **state)
{
    (void)state;
    const int64_t day = 24 * 3600;
    check_life(-30 * day, false);
    check_life(-30 * day + 1, true);
    check_life((400 - 30) * day, true);
    check_life((400 - 30) * day + 1, false);
}

// Its expiry is behind the opening and not behind the order.
static void audit__r6_finds_a_payload_that_expired_while_it_was_approved(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct bytes payload;
    bytes_init(&payload, LIMIT_PAYLOAD);
    log->now -= 30 * 24 * 3600 - 600;
    fixture_targets(log, 1, &payload);
    log->now += 30 * 24 * 3600 - 600;
    half_open(log, &half, fixture_request(log, "image/targets", 1, bytes_span(&payload)));
    bytes_clear(&payload);
    half_approve_both(log, &half);
    log->now += 600;
    half_sign(log, &half);
    assert_only(log, log->record_count - 1, "R6", "had expired");
}

// ---- bounds ----

// The audit of all records but the last, which the caller adds.
static struct audit *audit_begun(struct fixture *log)
{
    struct audit *audit = audit_new(FIXTURE_ORIGIN, &log->log.key, &log->source);
    for (size_t i = 0; i + 1 < log->record_count; i++)
        assert_int_equal(audit_record(audit, bytes_span(&log->records[i])), OK);
    assert_int_equal(audit_report(audit)->finding_count, 0);
    return audit;
}

static void assert_last(
    struct fixture *log, struct audit *audit, const char *rule, const char *word)
{
    uint64_t last = log->record_count - 1;
    assert_int_equal(audit_record(audit, bytes_span(&log->records[last])), OK);
    assert_true(audit_has(audit_report(audit), last, rule, word));
    audit_free(audit);
}

static void audit__r20_finds_more_roles_than_an_appliance_remembers(void **state)
{
    struct fixture *log = *state;
    half_sign_targets(log, 1);
    struct audit *audit = audit_begun(log);
    for (size_t i = 0; i < LIMIT_ROLES; i++) {
        struct role_state role = {.version = 1};
        (void)snprintf(role.role, sizeof role.role, "image/%zu", i);
        assert_int_equal(state_set(audit->state, &role), OK);
    }
    assert_last(log, audit, "R20", "more roles");
}

static void audit__r20_finds_more_decisions_than_a_request_keeps(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    struct audit *audit = audit_begun(log);
    struct audit_request *request = audit_requests_find(audit->requests, &half.opened.request);
    for (int i = 0; i < LIMIT_DECISIONS; i++) {
        const struct audit_vote vote = {
            .vote = {.approver = {{(uint8_t)i}}, .decision = DECISION_REJECT}};
        assert_int_equal(audit_request_vote(request, &vote), OK);
    }
    assert_last(log, audit, "R20", "more decisions");
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
        AUDIT_TEST(r2_finds_a_payload_that_is_no_metadata),
        AUDIT_TEST(r2_finds_a_payload_of_another_version_or_type),
        AUDIT_TEST(r6_finds_a_payload_that_had_expired_or_lives_too_long),
        AUDIT_TEST(r6_finds_a_payload_that_expired_while_it_was_approved),
        AUDIT_TEST(r20_finds_more_roles_than_an_appliance_remembers),
        AUDIT_TEST(r20_finds_more_decisions_than_a_request_keeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
