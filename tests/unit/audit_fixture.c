#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int audit_make(void **state)
{
    *state = fixture_new();
    return 0;
}

int audit_clean(void **state)
{
    fixture_free(*state);
    return 0;
}

struct audit *audit_against(struct fixture *log, const struct checkpoint *checkpoint)
{
    struct audit *audit = audit_new(FIXTURE_ORIGIN, &log->log.key, &log->source);
    assert_non_null(audit);
    for (size_t i = 0; i < log->record_count; i++)
        assert_int_equal(audit_record(audit, bytes_span(&log->records[i])), OK);
    audit_end(audit, checkpoint);
    return audit;
}

struct audit *audit_all(struct fixture *log)
{
    struct checkpoint checkpoint = fixture_checkpoint(log);
    return audit_against(log, &checkpoint);
}

void assert_clean(struct fixture *log)
{
    struct audit *audit = audit_all(log);
    const struct audit_report *report = audit_report(audit);
    if (report->finding_count != 0)
        fail_msg("record %llu: %s: %s", (unsigned long long)report->findings[0].index,
            report->findings[0].what.rule, report->findings[0].what.sentence);
    audit_free(audit);
}

bool audit_has(
    const struct audit_report *report, uint64_t index, const char *rule, const char *word)
{
    for (size_t i = 0; i < report->finding_count && i < AUDIT_FINDINGS_MOST; i++)
        if (report->findings[i].index == index &&
            strcmp(report->findings[i].what.rule, rule) == 0 &&
            strstr(report->findings[i].what.sentence, word) != NULL)
            return true;
    return false;
}

void assert_found(struct fixture *log, uint64_t index, const char *rule, const char *word)
{
    struct audit *audit = audit_all(log);
    const struct audit_report *report = audit_report(audit);
    if (!audit_has(report, index, rule, word))
        fail_msg("not found at %llu: %s \"%s\"; first of %llu: %llu %s %s",
            (unsigned long long)index, rule, word, (unsigned long long)report->finding_count,
            (unsigned long long)report->findings[0].index, report->findings[0].what.rule,
            report->findings[0].what.sentence);
    audit_free(audit);
}

void half_open(struct fixture *log, struct half *half, struct request request)
{
    half->request = request;
    half->opened = fixture_opened(log, &request);
    half->place = fixture_open(log, &half->opened);
    half->order = (struct order){
        .time = log->now, .request = half->opened.request, .opened = half->place};
}

void half_approve(struct fixture *log, struct half *half, size_t admin)
{
    struct decided decided =
        fixture_decided(log, &half->opened, &half->place, admin, DECISION_APPROVE);
    struct order_approval *approval = &half->order.approvals[half->order.approval_count++];
    approval->index = fixture_decide(log, &decided).index;
    approval->approver = decided.approver;
}

void half_open_targets(struct fixture *log, struct half *half, uint64_t version)
{
    char payload[32];
    snprintf(payload, sizeof payload, "payload %llu", (unsigned long long)version);
    half_open(log, half, fixture_request(log, "image/targets", version, span_text(payload)));
}

void half_sign(struct fixture *log, struct half *half)
{
    struct place order = fixture_order(log, &half->order);
    struct outcome outcome = fixture_outcome(log, &half->opened, &order);
    fixture_append_outcome(log, &outcome);
}
