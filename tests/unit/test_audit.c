// The audit: a good log has no finding, and tampering with tree and founding is found.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include <stdio.h>
#include <string.h>

// ---- a good log ----

static void audit__finds_nothing_in_a_good_log(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_sign_targets(log, 7);
    half_open_targets(log, &half, 9);
    half_approve(log, &half, 2);
    half_approve(log, &half, 1);
    half_sign(log, &half);
    assert_clean(log);
    struct audit *audit = audit_all(log);
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
    struct half half;
    half_open_targets(log, &half, 7);
    half_approve_both(log, &half);
    half_sign(log, &half);
    fixture_lose(log, &half.opened.items[0].payload);
    struct audit *audit = audit_all(log);
    assert_int_equal(audit_report(audit)->finding_count, 0);
    assert_int_equal(audit_report(audit)->not_at_hand, 1);
    assert_int_equal(audit_report(audit)->signatures, 0);
    audit_free(audit);
}

static void audit__knows_a_request_that_was_opened_anew(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve(log, &half, 0);
    half.place = fixture_open(log, &half.opened);
    half.order.opened = half.place;
    half.order.approval_count = 0;
    half_approve(log, &half, 0);
    half_approve(log, &half, 1);
    half_sign(log, &half);
    assert_clean(log);
}

// ---- the tree ----

static void audit__r10_finds_records_that_are_not_under_the_checkpoint(void **state)
{
    struct fixture *log = *state;
    half_sign_targets(log, 7);
    struct checkpoint good = fixture_checkpoint(log), other = good;
    other.root.byte[0] ^= 1;
    struct audit *audit = audit_against(log, &other);
    assert_true(audit_has(audit_report(audit), log->record_count, "R10", "root"));
    audit_free(audit);
    log->record_count--; // the last one was held back
    audit = audit_against(log, &good);
    assert_true(audit_has(audit_report(audit), log->record_count, "R10", "checkpoint is of"));
    audit_free(audit);
    log->record_count++;
}

// Any byte of any record, under the checkpoint of the good log.
static void audit__finds_every_flipped_byte(void **state)
{
    struct fixture *log = *state;
    half_sign_targets(log, 7);
    struct checkpoint good = fixture_checkpoint(log);
    for (size_t i = 0; i < log->record_count; i++)
        for (size_t at = 0; at < log->records[i].size; at += 37) {
            log->records[i].data[at] ^= 1;
            struct audit *audit = audit_against(log, &good);
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

static void audit__keeps_a_hundred_findings_and_counts_the_others(void **state)
{
    struct fixture *log = *state;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    bytes_add_text(&text, "conclave.other/v1\n");
    for (size_t i = 0; i < AUDIT_FINDINGS_MOST + 2; i++)
        fixture_append(log, &text);
    bytes_clear(&text);
    struct audit *audit = audit_all(log);
    const struct audit_report *report = audit_report(audit);
    assert_int_equal(report->finding_count, AUDIT_FINDINGS_MOST + 2);
    assert_int_equal(report->findings[AUDIT_FINDINGS_MOST - 1].index, AUDIT_FINDINGS_MOST + 1);
    assert_int_equal(report->kinds[RECORD_UNKNOWN], AUDIT_FINDINGS_MOST + 2);
    assert_int_equal(report->kinds[RECORD_FOUNDING], 1);
    audit_free(audit);
}

static enum err failing_blob(
    void *context, const struct hash *hash, struct bytes *out, struct refusal *refusal)
{
    (void)context, (void)hash, (void)out, (void)refusal;
    return ERR_SYSTEM;
}

static void audit__ends_when_the_source_fails(void **state)
{
    struct fixture *log = *state;
    log->source.blob = failing_blob;
    struct audit *audit = audit_new(FIXTURE_ORIGIN, &log->log.key, &log->source);
    assert_int_equal(audit_record(audit, bytes_span(&log->records[0])), ERR_SYSTEM);
    audit_free(audit);
}

// ---- founding ----

static void audit__finds_a_log_that_does_not_begin_with_its_founding(void **state)
{
    (void)state;
    struct fixture *log = fixture_new();
    struct half half;
    half_open_targets(log, &half, 1);
    fixture_found(log);
    assert_found(log, 0, "R10", "founding");
    assert_found(log, 1, "R10", "in the middle");
    fixture_free(log);
}

static void audit__r5_finds_a_founding_without_everybody(void **state)
{
    struct fixture *log = *state;
    struct founded founded;
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
    struct audit *audit = audit_new(FIXTURE_ORIGIN, &log->service.key, &log->source);
    assert_int_equal(audit_record(audit, bytes_span(&log->records[0])), OK);
    assert_true(audit_has(audit_report(audit), 0, "R21", "another log key"));
    audit_free(audit);
    audit = audit_new("log.example/other", &log->log.key, &log->source);
    assert_int_equal(audit_record(audit, bytes_span(&log->records[0])), OK);
    assert_true(audit_has(audit_report(audit), 0, "R21", "origin"));
    audit_free(audit);
}

static void audit__says_that_nothing_is_verified_without_the_charter(void **state)
{
    struct fixture *log = *state;
    half_sign_targets(log, 7);
    fixture_lose(log, &log->charter->hash);
    assert_found(log, 0, "", "nothing can be verified");
}

static void audit__r18_finds_a_key_that_was_not_generated_at_the_founding(void **state)
{
    struct fixture *log = *state;
    struct founding founding;
    struct bytes text;
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

// Writes the founding record again, naming another charter.
static void name_charter(struct fixture *log, struct hash charter)
{
    struct founding founding;
    assert_int_equal(founding_read(bytes_span(&log->records[0]), &founding), OK);
    founding.charter = charter;
    bytes_reset(&log->records[0]);
    founding_write(&founding, &log->records[0]);
}

static void audit__r7_finds_a_charter_that_is_none_or_of_another_log(void **state)
{
    struct fixture *log = *state, *other = fixture_new();
    name_charter(log, fixture_keep(log, span_text("conclave.charter/v1\n")));
    assert_found(log, 0, "R2", "its charter is none");
    name_charter(log, fixture_keep(log, bytes_span(&other->charter_text)));
    assert_found(log, 0, "R7", "not the first charter of this log");
    fixture_free(other);
}

static void audit__r5_finds_a_stranger_among_the_founders(void **state)
{
    struct fixture *log = *state;
    struct founded founded;
    assert_int_equal(founded_read(bytes_span(&log->records[1]), &founded), OK);
    founded.signatures[3] = founded.signatures[2];
    memset(founded.signatures[3].key.byte, 0xff, HASH_SIZE);
    founded.signature_count = 4;
    bytes_reset(&log->records[1]);
    founded_write(&founded, &log->records[1]);
    assert_found(log, 1, "R5", "4 signatures");
}

static void audit__r10_finds_founding_signatures_in_the_middle(void **state)
{
    struct fixture *log = *state;
    fixture_append(log, &log->records[1]);
    assert_found(log, 2, "R10", "in the middle");
}

static enum err lying_blob(
    void *context, const struct hash *hash, struct bytes *out, struct refusal *refusal)
{
    (void)context, (void)hash, (void)out;
    (void)refuse(refusal, "", "these are other bytes");
    return ERR_SIGNATURE;
}

static void audit__r1_finds_a_source_that_has_other_bytes(void **state)
{
    struct fixture *log = *state;
    log->source.blob = lying_blob;
    assert_found(log, 0, "R1", "other bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(finds_nothing_in_a_good_log),
        AUDIT_TEST(counts_what_is_not_at_hand),
        AUDIT_TEST(knows_a_request_that_was_opened_anew),
        AUDIT_TEST(r10_finds_records_that_are_not_under_the_checkpoint),
        AUDIT_TEST(finds_every_flipped_byte),
        AUDIT_TEST(finds_records_of_no_kind),
        AUDIT_TEST(keeps_a_hundred_findings_and_counts_the_others),
        AUDIT_TEST(ends_when_the_source_fails),
        AUDIT_TEST(finds_a_log_that_does_not_begin_with_its_founding),
        AUDIT_TEST(r5_finds_a_founding_without_everybody),
        AUDIT_TEST(r3_finds_a_founding_signature_that_does_not_hold),
        AUDIT_TEST(r21_finds_another_log_key),
        AUDIT_TEST(says_that_nothing_is_verified_without_the_charter),
        AUDIT_TEST(r18_finds_a_key_that_was_not_generated_at_the_founding),
        AUDIT_TEST(r7_finds_a_charter_that_is_none_or_of_another_log),
        AUDIT_TEST(r5_finds_a_stranger_among_the_founders),
        AUDIT_TEST(r10_finds_founding_signatures_in_the_middle),
        AUDIT_TEST(r1_finds_a_source_that_has_other_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
