// A long log with every kind of record: it is good, and whatever byte of it is changed, by the
// appliance itself that signs the tree over it, is found; but for what is the appliance's word alone.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/log_fixture_mandate.h"

#include <stdio.h>
#include <string.h>

enum { ALICE, BOB, CAROL, DAVE };

static const char supplier[] = "image/supplier";

// ---- the log ----

static void append(struct fixture *log, struct bytes *text)
{
    fixture_append(log, text);
    bytes_clear(text);
}

static void tell_gate_and_stop(struct fixture *log)
{
    struct bytes text;
    const struct gate_record gate = {.time = log->now, .why = "the gate was replaced"};
    const struct stop stop = {.time = log->now, .why = "the appliance was asked to stop"};
    bytes_init(&text, LIMIT_RECORD);
    gate_record_write(&gate, &text);
    append(log, &text);
    stop_write(&stop, &text);
    append(log, &text);
}

static void tell_refused_and_quota(struct fixture *log)
{
    struct bytes text;
    const struct refused refused = {.time = log->now,
        .request = hash_of(span_text("a request")),
        .from = log->service.key.id,
        .rule = "R2",
        .why = "because"};
    const struct quota_record quota = {.time = log->now,
        .from = log->service.key.id,
        .count = 3,
        .rule = "R17",
        .why = "because"};
    bytes_init(&text, LIMIT_RECORD);
    refused_write(&refused, &text);
    append(log, &text);
    quota_record_write(&quota, &text);
    append(log, &text);
}

static void sign_with_custodians(struct fixture *log)
{
    struct half half;
    half_open_role(log, &half, supplier, 1);
    half_approve_both(log, &half);
    struct place outcome = half_sign(log, &half);
    half_approve(log, &half, CAROL);
    half_adds(&half, &outcome);
    half_sign(log, &half);
}

static void freeze_and_lift(struct fixture *log)
{
    struct half half;
    const struct freeze_of role = {.what = FREEZE_ROLE, .role = "image/targets"};
    struct freeze freeze = half_freeze(log, CAROL, &role);
    struct request request = fixture_ask_lift(log, &freeze);
    half.opened = fixture_opened(log, &request);
    memcpy(half.opened.decides[0], role.role, sizeof role.role);
    half_reopen(log, &half);
    half_approve_both(log, &half);
    half_sign(log, &half);
}

static void make_and_retire(struct fixture *log)
{
    struct keys_motion motion = {.number = 1, .make_count = 1, .retire_count = 1};
    memcpy(motion.make[0].role, "image/root", sizeof "image/root");
    motion.make[0].type = KEY_ED25519;
    memcpy(motion.retire[0].role, supplier, sizeof supplier);
    motion.retire[0].key = log->spare[BOB].key.id;
    half_carry(log, fixture_ask_keys(log, &motion));
}

static void change_charter(struct fixture *log)
{
    struct charter *draft = fixture_draft(log);
    fixture_add_newcomer(log, draft);
    half_carry(log, fixture_ask_charter(log, draft));
    charter_free(draft);
}

static void end_some(struct fixture *log)
{
    struct half half;
    half_open_targets(log, &half, 3);
    half_decide(log, &half, ALICE, DECISION_REJECT);
    half_decide(log, &half, BOB, DECISION_REJECT);
    half_decide(log, &half, CAROL, DECISION_REJECT);
    fixture_end(log, &half.opened.request, ENDING_REJECTED);
    half_open_targets(log, &half, 3);
    fixture_end(log, &half.opened.request, ENDING_WITHDRAWN);
    half_open_role(log, &half, supplier, 2);
    half_approve(log, &half, ALICE);
    half_approve(log, &half, DAVE);
    half_sign(log, &half);
    fixture_end(log, &half.opened.request, ENDING_CLOSED);
}

static void direct_vehicles(struct fixture *log)
{
    const struct mandate_motion motion = fixture_mandate(log);
    half_mandate(log, &motion);
    under_carry(log, "VIN1", 1);
    under_carry(log, "VIN2", 5);
}

static void write_log(struct fixture *log)
{
    fixture_start(log);
    half_sign_targets(log, 1);
    sign_with_custodians(log);
    freeze_and_lift(log);
    make_and_retire(log);
    change_charter(log);
    tell_refused_and_quota(log);
    tell_gate_and_stop(log);
    fixture_start(log);
    fixture_clock(log, "the clock was set");
    half_carry(log, fixture_ask_time(log, 1, log->now));
    half_sign_targets(log, 2);
    direct_vehicles(log);
    end_some(log);
}

static void audit__finds_nothing_in_a_long_log_of_all_kinds(void **state)
{
    struct fixture *log = *state;
    write_log(log);
    assert_clean(log);
    struct audit *audit = audit_all(log);
    const struct audit_report *report = audit_report(audit);
    for (size_t kind = RECORD_FOUNDING; kind < AUDIT_KINDS; kind++)
        assert_true(report->kinds[kind] > 0);
    assert_int_equal(report->requests, 6);
    assert_int_equal(report->under_mandates, 2);
    assert_int_equal(report->additions, 1);
    assert_int_equal(report->signatures, 1 + 4 + 1 + 2 + 2);
    assert_int_equal(report->freezes, 1);
    assert_int_equal(report->epoch, 2);
    assert_int_equal(report->not_at_hand, 0);
    audit_free(audit);
}

// ---- every byte ----

// Lines that say what nobody else can know, or whose change leaves nothing to compare with: a state
// that is not kept, a rendering that nobody decided over.
static const struct word {
    enum record_kind kind;
    const char *lines;
} words[] = {
    {RECORD_FOUNDED, "time"},
    {RECORD_START, "time version program"},
    {RECORD_OPENED, "shown"},
    {RECORD_DECISION, "time"},
    {RECORD_ENDED, "time rule why"},
    {RECORD_REFUSED, "time request from rule why"},
    {RECORD_ORDER, "time"},
    {RECORD_OUTCOME, "time state"},
    {RECORD_MANDATED, "time"},
    {RECORD_GATE, "time why"},
    {RECORD_FROZEN, "time"},
    {RECORD_STOP, "time why"},
    {RECORD_CLOCK, "time why"},
    {RECORD_QUOTA, "time from count rule why"},
};

static bool is_word(enum record_kind kind, struct span record, size_t at)
{
    char name[64] = "";
    size_t begin = at, size = 0;
    while (begin > 0 && record.data[begin - 1] != '\n')
        begin--;
    while (begin + size < record.size && record.data[begin + size] != ':' && size < 63)
        size++;
    memcpy(name, record.data + begin, size);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].kind == kind && strstr(words[i].lines, name) != NULL)
            return true;
    return false;
}

static void check_flip(struct fixture *log, size_t record, size_t at)
{
    struct bytes *text = &log->records[record];
    enum record_kind kind = record_kind(bytes_span(text));
    bool word = is_word(kind, bytes_span(text), at);
    text->data[at] ^= 1;
    struct audit *audit = audit_all(log);
    const struct audit_report *report = audit_report(audit);
    // A signature under another name is one that is not at hand.
    if (report->finding_count == 0 && report->not_at_hand == 0 && !word)
        fail_msg("byte %zu of record %zu, %s, may be anything:\n%.*s", at, record,
            record_kind_text(kind), (int)text->size, (const char *)text->data);
    audit_free(audit);
    text->data[at] ^= 1;
}

static void audit__finds_every_flipped_byte_that_is_not_the_appliances_word(void **state)
{
    struct fixture *log = *state;
    enum { STRIDE = 43 }; // so that no line is left out in all records of a kind
    write_log(log);
    for (size_t i = 0; i < log->record_count; i++)
        for (size_t at = i % STRIDE; at < log->records[i].size; at += STRIDE)
            check_flip(log, i, at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_ALL(finds_nothing_in_a_long_log_of_all_kinds),
        AUDIT_ALL(finds_every_flipped_byte_that_is_not_the_appliances_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
