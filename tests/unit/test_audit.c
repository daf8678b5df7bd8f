// The audit: a good log has no finding, and each kind of tampering is found.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/audit.h"
#include "tests/unit/log_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int make(void **state)
{
    *state = fixture_new();
    return 0;
}

static int clean(void **state)
{
    fixture_free(*state);
    return 0;
}

static struct audit *run_against(struct fixture *log, const struct checkpoint *checkpoint)
{
    struct audit *audit = audit_new(FIXTURE_ORIGIN, &log->log.key, &log->source);
    assert_non_null(audit);
    for (size_t i = 0; i < log->record_count; i++)
        assert_int_equal(audit_record(audit, bytes_span(&log->records[i])), OK);
    audit_end(audit, checkpoint);
    return audit;
}

static struct audit *run_audit(struct fixture *log)
{
    struct checkpoint checkpoint = fixture_checkpoint(log);
    return run_against(log, &checkpoint);
}

static void assert_clean(struct fixture *log)
{
    struct audit *audit = run_audit(log);
    const struct audit_report *report = audit_report(audit);
    if (report->finding_count != 0)
        fail_msg("record %llu: %s: %s", (unsigned long long)report->findings[0].index,
            report->findings[0].what.rule, report->findings[0].what.sentence);
    audit_free(audit);
}

static bool has_finding(
    const struct audit_report *report, uint64_t index, const char *rule, const char *word)
{
    for (size_t i = 0; i < report->finding_count && i < AUDIT_FINDINGS_MOST; i++)
        if (report->findings[i].index == index &&
            strcmp(report->findings[i].what.rule, rule) == 0 &&
            strstr(report->findings[i].what.sentence, word) != NULL)
            return true;
    return false;
}

// The audit of this log says so, at this record.
static void assert_found(
    struct fixture *log, uint64_t index, const char *rule, const char *word)
{
    struct audit *audit = run_audit(log);
    const struct audit_report *report = audit_report(audit);
    if (!has_finding(report, index, rule, word))
        fail_msg("not found at %llu: %s \"%s\"; first of %llu: %llu %s %s",
            (unsigned long long)index, rule, word, (unsigned long long)report->finding_count,
            (unsigned long long)report->findings[0].index, report->findings[0].what.rule,
            report->findings[0].what.sentence);
    audit_free(audit);
}

// A request that is open with `approvals` of the first administrators.
struct half {
    struct request request;
    struct opened opened;
    struct place place;
    struct order order;
};

static void open_as(struct fixture *log, struct half *half, struct request request)
{
    half->request = request;
    half->opened = fixture_opened(log, &request);
    half->place = fixture_open(log, &half->opened);
    half->order = (struct order){
        .time = log->now, .request = half->opened.request, .opened = half->place};
}

static void approve(struct fixture *log, struct half *half, size_t admin)
{
    struct decided decided =
        fixture_decided(log, &half->opened, &half->place, admin, DECISION_APPROVE);
    struct order_approval *approval = &half->order.approvals[half->order.approval_count++];
    approval->index = fixture_decide(log, &decided).index;
    approval->approver = decided.approver;
}

static void open_targets(struct fixture *log, struct half *half, uint64_t version)
{
    char payload[32];
    snprintf(payload, sizeof payload, "payload %llu", (unsigned long long)version);
    open_as(log, half, fixture_request(log, "image/targets", version, span_text(payload)));
}

static void sign(struct fixture *log, struct half *half)
{
    struct place order = fixture_order(log, &half->order);
    struct outcome outcome = fixture_outcome(log, &half->opened, &order);
    fixture_append_outcome(log, &outcome);
}

// ---- a good log ----

static void audit__finds_nothing_in_a_good_log(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found_and_sign(log);
    open_targets(log, &half, 9);
    approve(log, &half, 2);
    approve(log, &half, 1);
    sign(log, &half);
    assert_clean(log);
    struct audit *audit = run_audit(log);
    const struct audit_report *report = audit_report(audit);
    assert_int_equal(report->records, log->record_count);
    assert_int_equal(report->signatures, 2);
    assert_int_equal(report->not_at_hand, 0);
    assert_int_equal(report->kinds[RECORD_OUTCOME], 2);
    audit_free(audit);
}

static void audit__counts_what_is_not_at_hand(void **state)
{
    struct fixture *log = *state;
    fixture_found_and_sign(log);
    struct hash payload = hash_of(span_text("payload 7"));
    fixture_lose(log, &payload);
    struct audit *audit = run_audit(log);
    assert_int_equal(audit_report(audit)->finding_count, 0);
    assert_int_equal(audit_report(audit)->not_at_hand, 1);
    assert_int_equal(audit_report(audit)->signatures, 0);
    audit_free(audit);
}

static void audit__knows_a_request_that_was_opened_anew(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    approve(log, &half, 0);
    half.place = fixture_open(log, &half.opened);
    half.order.opened = half.place;
    half.order.approval_count = 0;
    approve(log, &half, 0);
    approve(log, &half, 1);
    sign(log, &half);
    assert_clean(log);
}

// ---- the tree ----

static void audit__r10_finds_records_that_are_not_under_the_checkpoint(void **state)
{
    struct fixture *log = *state;
    fixture_found_and_sign(log);
    struct checkpoint good = fixture_checkpoint(log), other = good;
    other.root.byte[0] ^= 1;
    struct audit *audit = run_against(log, &other);
    assert_true(has_finding(audit_report(audit), log->record_count, "R10", "root"));
    audit_free(audit);
    log->record_count--; // the last one was held back
    audit = run_against(log, &good);
    assert_true(has_finding(audit_report(audit), log->record_count, "R10", "checkpoint is of"));
    audit_free(audit);
    log->record_count++;
}

// Any byte of any record, under the checkpoint of the good log.
static void audit__finds_every_flipped_byte(void **state)
{
    struct fixture *log = *state;
    fixture_found_and_sign(log);
    struct checkpoint good = fixture_checkpoint(log);
    for (size_t i = 0; i < log->record_count; i++)
        for (size_t at = 0; at < log->records[i].size; at += 37) {
            log->records[i].data[at] ^= 1;
            struct audit *audit = run_against(log, &good);
            if (audit_report(audit)->finding_count == 0)
                fail_msg("byte %zu of record %zu may be anything", at, i);
            audit_free(audit);
            log->records[i].data[at] ^= 1;
        }
}

static void audit__finds_records_of_no_kind(void **state)
{
    struct fixture *log = *state;
    struct bytes text;
    fixture_found(log);
    bytes_init(&text, LIMIT_RECORD);
    bytes_add_text(&text, "conclave.other/v1\n");
    fixture_append(log, &text);
    assert_found(log, 2, "", "no kind");
    bytes_reset(&text);
    bytes_add_text(&text, "conclave.order/v1\ntime: 2027-01-01T00:00:00Z\n");
    fixture_append(log, &text);
    bytes_clear(&text);
    assert_found(log, 3, "", "form");
}

// ---- founding ----

static void audit__finds_a_log_that_does_not_begin_with_its_founding(void **state)
{
    struct fixture *log = *state;
    struct half half;
    open_targets(log, &half, 1);
    fixture_found(log);
    assert_found(log, 0, "R10", "founding");
    assert_found(log, 1, "R10", "in the middle");
}

static void audit__r5_finds_a_founding_without_everybody(void **state)
{
    struct fixture *log = *state;
    struct founded founded;
    fixture_found(log);
    assert_int_equal(founded_read(bytes_span(&log->records[1]), &founded), OK);
    founded.signature_count--;
    bytes_reset(&log->records[1]);
    founded_write(&founded, &log->records[1]);
    assert_found(log, 1, "R5", "did not sign");
}

static void audit__r3_finds_a_founding_signature_that_does_not_hold(void **state)
{
    struct fixture *log = *state;
    struct founded founded;
    fixture_found(log);
    assert_int_equal(founded_read(bytes_span(&log->records[1]), &founded), OK);
    founded.signatures[1].signature[9] ^= 1;
    bytes_reset(&log->records[1]);
    founded_write(&founded, &log->records[1]);
    assert_found(log, 1, "R3", "does not hold");
    founded.founding.leaf.byte[0] ^= 1;
    bytes_reset(&log->records[1]);
    founded_write(&founded, &log->records[1]);
    assert_found(log, 1, "R3", "another founding record");
}

static void audit__r21_finds_another_log_key(void **state)
{
    struct fixture *log = *state;
    fixture_found(log);
    struct audit *audit = audit_new(FIXTURE_ORIGIN, &log->service.key, &log->source);
    assert_int_equal(audit_record(audit, bytes_span(&log->records[0])), OK);
    assert_true(has_finding(audit_report(audit), 0, "R21", "another log key"));
    audit_free(audit);
    audit = audit_new("log.example/other", &log->log.key, &log->source);
    assert_int_equal(audit_record(audit, bytes_span(&log->records[0])), OK);
    assert_true(has_finding(audit_report(audit), 0, "R21", "origin"));
    audit_free(audit);
}

static void audit__says_that_nothing_is_verified_without_the_charter(void **state)
{
    struct fixture *log = *state;
    fixture_found_and_sign(log);
    fixture_lose(log, &log->charter->hash);
    assert_found(log, 0, "", "nothing can be verified");
}

static void audit__r18_finds_a_key_that_was_not_generated_at_the_founding(void **state)
{
    struct fixture *log = *state;
    struct founding founding;
    struct bytes text;
    fixture_found(log);
    bytes_init(&text, LIMIT_RECORD);
    bytes_add_text(&text, "conclave.objects/v1\nlog: ed25519 ");
    bytes_add_base64(&text, key_spki(&log->log.key));
    bytes_add_text(&text, "\nseal: hmac-sha256\nkey: image/root ed25519 ");
    bytes_add_base64(&text, key_spki(&log->roles[0].key));
    bytes_add_text(&text, "\n");
    assert_int_equal(founding_read(bytes_span(&log->records[0]), &founding), OK);
    founding.objects = fixture_keep(log, bytes_span(&text));
    bytes_clear(&text);
    bytes_reset(&log->records[0]);
    founding_write(&founding, &log->records[0]);
    assert_found(log, 0, "R18", "image/targets");
}

// ---- requests ----

static void audit__r1_finds_a_request_that_its_requester_did_not_sign(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    half.opened.signature[5] ^= 1;
    fixture_open(log, &half.opened);
    assert_found(log, 3, "R1", "requester's signature");
}

static void audit__r4_finds_an_opening_that_does_not_say_what_was_asked(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
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
    fixture_found(log);
    open_targets(log, &half, 1);
    half.opened.appliance.byte[0] ^= 1;
    fixture_open(log, &half.opened);
    assert_found(log, 3, "R4", "another appliance");
    half.opened.appliance.byte[0] ^= 1;
    half.opened.charter.byte[0] ^= 1;
    fixture_open(log, &half.opened);
    assert_found(log, 4, "R4", "another charter");
}

static void audit__r2_finds_a_role_that_the_charter_does_not_have(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_as(log, &half, fixture_request(log, "image/snapshot", 1, span_text("x")));
    assert_found(log, 2, "R2", "image/snapshot");
}

static void audit__r21_finds_a_requester_that_the_charter_does_not_have(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    struct request request = fixture_request(log, "image/targets", 1, span_text("x"));
    request.requester = log->stranger.key.id;
    open_as(log, &half, request);
    assert_found(log, 2, "R21", "no requester");
}

static void audit__r11_finds_an_id_that_is_used_again(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    approve(log, &half, 0);
    approve(log, &half, 1);
    sign(log, &half);
    fixture_open(log, &half.opened);
    assert_found(log, 7, "R11", "ended before");
}

// ---- decisions ----

static void audit__r3_finds_an_approval_of_something_else(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
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
    fixture_found(log);
    open_targets(log, &half, 1);
    fixture_open(log, &half.opened);
    approve(log, &half, 0);
    assert_found(log, 4, "R4", "newest opening");
}

static void audit__r4_finds_a_decision_after_expiry(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    log->now = half.opened.expires;
    approve(log, &half, 0);
    assert_found(log, 3, "R4", "expired");
}

static void audit__r5_finds_a_person_who_decides_twice_or_after_rejecting(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    approve(log, &half, 0);
    approve(log, &half, 0);
    assert_found(log, 4, "R5", "already");
    struct decided decided =
        fixture_decided(log, &half.opened, &half.place, 1, DECISION_REJECT);
    fixture_decide(log, &decided);
    approve(log, &half, 1);
    assert_found(log, 6, "R5", "final");
}

static void audit__r5_finds_the_requesters_own_person(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    struct request request = fixture_request(log, "image/targets", 1, span_text("x"));
    request.requester = log->bobs.key.id;
    open_as(log, &half, request);
    approve(log, &half, 1);
    assert_found(log, 3, "R5", "bob");
    approve(log, &half, 0);
    sign(log, &half);
    assert_found(log, 5, "R5", "no quorum");
}

static void audit__r5_finds_a_stranger_who_decides(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    struct fixture_key alice = log->admins[0];
    log->admins[0] = log->stranger;
    approve(log, &half, 0);
    log->admins[0] = alice;
    assert_found(log, 3, "R5", "no administrator");
}

static void audit__r11_finds_a_decision_over_a_request_that_was_never_opened(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    half.opened.request.byte[0] ^= 1;
    approve(log, &half, 0);
    assert_found(log, 3, "R11", "never opened");
}

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
    open_targets(log, &half, 1);
    append_end(log, &half.opened.request, ENDING_REJECTED);
    assert_found(log, 3, "R5", "could still be reached");
}

static void audit__accepts_a_request_that_was_rejected(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    for (size_t i = 0; i < 2; i++) {
        struct decided decided =
            fixture_decided(log, &half.opened, &half.place, i, DECISION_REJECT);
        fixture_decide(log, &decided);
    }
    append_end(log, &half.opened.request, ENDING_REJECTED);
    assert_clean(log);
    approve(log, &half, 2);
    assert_found(log, 6, "R11", "ended before");
}

static void audit__r4_finds_an_early_expiry(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    append_end(log, &half.opened.request, ENDING_EXPIRED);
    assert_found(log, 3, "R4", "had not expired");
}

// ---- orders and outcomes ----

static void audit__r5_finds_an_order_without_a_quorum(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    approve(log, &half, 0);
    sign(log, &half);
    assert_found(log, 4, "R5", "no quorum");
}

static void audit__r5_finds_an_order_whose_approvals_are_none(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    approve(log, &half, 0);
    half.order.approvals[1] = (struct order_approval){
        .index = 4, .approver = log->admins[1].key.id}; // which is the order itself
    half.order.approval_count = 2;
    sign(log, &half);
    assert_found(log, 4, "R5", "record 4 is no approval");
    assert_found(log, 4, "R5", "no quorum");
}

static void audit__r6_finds_an_order_after_expiry(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    approve(log, &half, 0);
    approve(log, &half, 1);
    half.order.time = half.opened.expires;
    sign(log, &half);
    assert_found(log, 5, "R6", "after expiry");
}

static void audit__r12_finds_a_version_that_does_not_rise(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found_and_sign(log); // version 7
    open_targets(log, &half, 6);
    approve(log, &half, 0);
    approve(log, &half, 1);
    sign(log, &half);
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
    approve(log, &half, 0);
    approve(log, &half, 1);
    sign(log, &half);
    assert_found(log, 10, "R12", "does not build on");
}

static void audit__r8_finds_an_outcome_that_nobody_ordered(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    struct outcome outcome = fixture_outcome(log, &half.opened, &half.place);
    fixture_append_outcome(log, &outcome);
    assert_found(log, 3, "R8", "no order");
}

static void audit__r11_finds_a_second_outcome(void **state)
{
    struct fixture *log = *state;
    struct half half;
    fixture_found(log);
    open_targets(log, &half, 1);
    approve(log, &half, 0);
    approve(log, &half, 1);
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
    open_targets(log, &half, 1);
    approve(log, &half, 0);
    approve(log, &half, 1);
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
    open_targets(log, &half, 1);
    assert_clean(log);
    log->now -= 1;
    open_targets(log, &half, 2);
    assert_found(log, 3, "R13", "behind");
}

#define ROW(name) cmocka_unit_test_setup_teardown(audit__##name, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(finds_nothing_in_a_good_log),
        ROW(counts_what_is_not_at_hand),
        ROW(knows_a_request_that_was_opened_anew),
        ROW(r10_finds_records_that_are_not_under_the_checkpoint),
        ROW(finds_every_flipped_byte),
        ROW(finds_records_of_no_kind),
        ROW(finds_a_log_that_does_not_begin_with_its_founding),
        ROW(r5_finds_a_founding_without_everybody),
        ROW(r3_finds_a_founding_signature_that_does_not_hold),
        ROW(r21_finds_another_log_key),
        ROW(says_that_nothing_is_verified_without_the_charter),
        ROW(r18_finds_a_key_that_was_not_generated_at_the_founding),
        ROW(r1_finds_a_request_that_its_requester_did_not_sign),
        ROW(r4_finds_an_opening_that_does_not_say_what_was_asked),
        ROW(r4_finds_an_opening_for_another_appliance_or_charter),
        ROW(r2_finds_a_role_that_the_charter_does_not_have),
        ROW(r21_finds_a_requester_that_the_charter_does_not_have),
        ROW(r11_finds_an_id_that_is_used_again),
        ROW(r3_finds_an_approval_of_something_else),
        ROW(r4_finds_a_decision_over_an_older_opening),
        ROW(r4_finds_a_decision_after_expiry),
        ROW(r5_finds_a_person_who_decides_twice_or_after_rejecting),
        ROW(r5_finds_the_requesters_own_person),
        ROW(r5_finds_a_stranger_who_decides),
        ROW(r11_finds_a_decision_over_a_request_that_was_never_opened),
        ROW(r5_finds_a_rejection_that_nobody_made),
        ROW(accepts_a_request_that_was_rejected),
        ROW(r4_finds_an_early_expiry),
        ROW(r5_finds_an_order_without_a_quorum),
        ROW(r5_finds_an_order_whose_approvals_are_none),
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
