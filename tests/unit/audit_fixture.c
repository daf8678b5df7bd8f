#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- set-up ----

int audit_make(void **state)
{
    struct fixture *log = fixture_new();
    fixture_found(log);
    *state = log;
    return 0;
}

static int by_key(const void *a, const void *b)
{
    const struct role_key *left = a, *right = b;
    if (left->role != right->role)
        return left->role < right->role ? -1 : 1;
    return memcmp(left->key.id.byte, right->key.id.byte, HASH_SIZE);
}

// image/supplier comes before image/targets, and so do its keys.
void fixture_guard(struct fixture *log)
{
    struct charter *charter = log->charter;
    struct role supplier = charter->roles[1];
    snprintf(supplier.name, sizeof supplier.name, "image/supplier");
    supplier.threshold = 2;
    charter->roles[charter->role_count++] = charter->roles[1];
    charter->roles[1] = supplier;
    charter->keys[1].role = 2;
    for (size_t i = 0; i <= FIXTURE_ADMINS; i++)
        charter->keys[charter->key_count++] = (struct role_key){.role = 1,
            .key = log->spare[log->made++].key,
            .has_custodian = i < FIXTURE_ADMINS,
            .custodian = i % FIXTURE_ADMINS};
    qsort(charter->keys, charter->key_count, sizeof charter->keys[0], by_key);
}

int audit_make_guarded(void **state)
{
    struct fixture *log = fixture_new_shaped(fixture_guard);
    fixture_found(log);
    *state = log;
    return 0;
}

int audit_clean(void **state)
{
    fixture_free(*state);
    return 0;
}

// ---- auditing ----

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

static void fail_findings(const struct audit_report *report, const char *wanted)
{
    for (size_t i = 0; i < report->finding_count && i < AUDIT_FINDINGS_MOST; i++)
        print_message("record %llu: %s: %s\n", (unsigned long long)report->findings[i].index,
            report->findings[i].what.rule, report->findings[i].what.sentence);
    fail_msg("%llu findings; wanted is %s", (unsigned long long)report->finding_count, wanted);
}

void assert_clean(struct fixture *log)
{
    struct audit *audit = audit_all(log);
    if (audit_report(audit)->finding_count != 0)
        fail_findings(audit_report(audit), "none");
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

static void check_found(
    struct fixture *log, uint64_t index, const char *rule, const char *word, bool alone)
{
    char wanted[256];
    struct audit *audit = audit_all(log);
    const struct audit_report *report = audit_report(audit);
    snprintf(wanted, sizeof wanted, "at %llu: %s: %s%s", (unsigned long long)index, rule, word,
        alone ? ", alone" : "");
    if (!audit_has(report, index, rule, word) || (alone && report->finding_count != 1))
        fail_findings(report, wanted);
    audit_free(audit);
}

void assert_found(struct fixture *log, uint64_t index, const char *rule, const char *word)
{
    check_found(log, index, rule, word, false);
}

void assert_found_last(struct fixture *log, const char *rule, const char *word)
{
    check_found(log, log->record_count - 1, rule, word, false);
}

void assert_only(struct fixture *log, uint64_t index, const char *rule, const char *word)
{
    check_found(log, index, rule, word, true);
}

// ---- half of a request ----

void half_reopen(struct fixture *log, struct half *half)
{
    half->place = fixture_open(log, &half->opened);
    half->order = (struct order){.request = half->opened.request, .opened = half->place};
}

void half_open(struct fixture *log, struct half *half, struct request request)
{
    half->request = request;
    half->opened = fixture_opened(log, &request);
    half_reopen(log, half);
}

void half_open_role(struct fixture *log, struct half *half, const char *role, uint64_t version)
{
    struct bytes payload;
    bytes_init(&payload, LIMIT_PAYLOAD);
    fixture_targets(log, version, &payload);
    half_open(log, half, fixture_request(log, role, version, bytes_span(&payload)));
    bytes_clear(&payload);
}

void half_open_targets(struct fixture *log, struct half *half, uint64_t version)
{
    half_open_role(log, half, "image/targets", version);
}

void half_decide(struct fixture *log, struct half *half, size_t admin, enum decision decision)
{
    struct decided decided = fixture_decided(log, &half->opened, &half->place, admin, decision);
    uint64_t index = fixture_decide(log, &decided).index;
    if (decision == DECISION_APPROVE)
        half->order.approvals[half->order.approval_count++] =
            (struct order_approval){.index = index, .approver = decided.approver};
}

void half_approve(struct fixture *log, struct half *half, size_t admin)
{
    half_decide(log, half, admin, DECISION_APPROVE);
}

void half_approve_both(struct fixture *log, struct half *half)
{
    half_approve(log, half, 0);
    half_approve(log, half, 1);
}

struct place half_order(struct fixture *log, struct half *half)
{
    if (half->order.time == 0)
        half->order.time = log->now;
    return fixture_order(log, &half->order);
}

struct place half_outcome(struct fixture *log, struct half *half, const struct place *order)
{
    struct outcome outcome = fixture_outcome(log, &half->opened, order);
    return fixture_append_outcome(log, &outcome);
}

struct place half_sign(struct fixture *log, struct half *half)
{
    struct place order = half_order(log, half);
    return half_outcome(log, half, &order);
}

void half_adds(struct half *half, const struct place *outcome)
{
    half->order.time = 0;
    half->order.adds = true;
    half->order.added_to = *outcome;
}

struct place half_carry(struct fixture *log, struct request request)
{
    struct half half;
    half_open(log, &half, request);
    half_approve_both(log, &half);
    return half_sign(log, &half);
}

struct place half_sign_targets(struct fixture *log, uint64_t version)
{
    struct half half;
    half_open_targets(log, &half, version);
    half_approve_both(log, &half);
    return half_sign(log, &half);
}

void half_retire(struct fixture *log, const char *role, size_t spare)
{
    struct keys_motion motion = {
        .number = log->state.motions[MOTION_KEYS].number + 1, .retire_count = 1};
    memcpy(motion.retire[0].role, role, strlen(role) + 1);
    motion.retire[0].key = log->spare[spare].key.id;
    half_carry(log, fixture_ask_keys(log, &motion));
}

struct freeze half_freeze(struct fixture *log, size_t admin, const struct freeze_of *of)
{
    struct freeze freeze = fixture_freeze(log, admin, of);
    struct place place = fixture_frozen(log, admin, &freeze);
    struct outcome outcome = fixture_froze(log, &freeze, &place);
    fixture_append_outcome(log, &outcome);
    return freeze;
}
