// Which records the vault only appends, and when.
#include "hsm/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW ((moment)1800000000)

typedef void writer(struct bytes *out);

static const struct hash some = {{1}};

static void write_start(struct bytes *out)
{
    struct start start = {.time = NOW,
        .version = "0.1.0",
        .programs = {{"conclave-vault", {{1}}}},
        .program_count = 1};
    start_write(&start, out);
}

static void write_stop(struct bytes *out)
{
    struct stop stop = {NOW, "asked to"};
    stop_write(&stop, out);
}

static void write_clock(struct bytes *out)
{
    struct clock_record clock = {NOW, "set"};
    clock_record_write(&clock, out);
}

static void write_quota(struct bytes *out)
{
    struct quota_record quota = {
        .time = NOW, .from = some, .count = 3, .rule = "R17", .why = "too many"};
    quota_record_write(&quota, out);
}

static void write_mandated(struct bytes *out)
{
    struct mandated mandated = {.time = NOW,
        .request = some,
        .requester = some,
        .signature = {1},
        .signature_size = 64,
        .mandates = {{"image/timestamp", {{1}}}},
        .mandate_count = 1};
    mandated_write(&mandated, out);
}

static void write_gate(struct bytes *out)
{
    struct gate_record gate = {NOW, "it died"};
    gate_record_write(&gate, out);
}

static void write_ended(struct bytes *out)
{
    struct ended ended = {
        .time = NOW, .request = some, .how = ENDING_CLOSED, .why = "all have signed"};
    ended_write(&ended, out);
}

static void write_refused(struct bytes *out)
{
    struct refused refused = {.time = NOW, .from = some, .rule = "R5", .why = "no"};
    refused_write(&refused, out);
}

static void write_decision(struct bytes *out)
{
    struct decided decided = {.time = NOW,
        .request = some,
        .opened = {3, some},
        .decision = DECISION_APPROVE,
        .approver = some,
        .signature = {1},
        .signature_size = 64};
    decided_write(&decided, out);
}

static void write_opened(struct bytes *out)
{
    static struct opened opened;
    opened = (struct opened){.appliance = some,
        .request = some,
        .requester = some,
        .signature_size = 64,
        .items = {{"image/targets", 1, some, {{0}}}},
        .item_count = 1,
        .rendering = 1,
        .shown = some,
        .epoch = 1,
        .charter = some,
        .time = NOW,
        .earliest = NOW,
        .expires = NOW + 60};
    opened_write(&opened, out);
}

static void write_frozen(struct bytes *out)
{
    struct frozen frozen = {.time = NOW,
        .request = some,
        .freeze = {.administrator = some,
            .epoch = 1,
            .charter = some,
            .number = 1,
            .of = {.what = FREEZE_EVERYTHING},
            .reason = "stop"},
        .signature_size = 64};
    frozen_write(&frozen, out);
}

static void write_order(struct bytes *out)
{
    static struct order order;
    order = (struct order){.time = NOW,
        .request = some,
        .opened = {3, some},
        .approvals = {{4, some}},
        .approval_count = 1};
    order_write(&order, out);
}

static void write_outcome(struct bytes *out)
{
    static struct outcome outcome;
    outcome = (struct outcome){
        .time = NOW, .request = some, .order = {5, some}, .state = some, .done_number = 1};
    snprintf(outcome.done, sizeof outcome.done, "%s", OUTCOME_FREEZE);
    outcome_write(&outcome, out);
}

static void write_founded(struct bytes *out)
{
    static struct founded founded;
    founded = (struct founded){.time = NOW,
        .founding = {0, some},
        .signatures = {{some, {1}, 64}},
        .signature_count = 1};
    founded_write(&founded, out);
}

static const struct {
    writer *write;
    bool append, replay;
} kinds[] = {
    {write_start, true, true},
    {write_stop, true, true},
    {write_clock, true, true},
    {write_quota, true, true},
    {write_gate, true, true},
    {write_opened, true, true},
    {write_decision, true, true},
    {write_ended, true, true},
    {write_refused, true, true},
    {write_frozen, false, true},
    {write_order, false, true},
    {write_outcome, false, true},
    {write_mandated, false, true},
    {write_founded, false, false},
};

static void expect(struct span text, enum intake_when when, bool taken)
{
    static struct intake intake;
    assert_int_equal(intake_read(text, when, &intake), taken ? OK : ERR_FORM);
    if (taken)
        assert_int_equal(intake_time(&intake), NOW);
}

static void intake__takes_each_kind_only_when_it_may_come(void **state)
{
    (void)state;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bytes_reset(&text);
        kinds[i].write(&text);
        assert_int_equal(bytes_finish(&text), OK);
        assert_int_not_equal(record_kind(bytes_span(&text)), RECORD_UNKNOWN);
        expect(bytes_span(&text), INTAKE_APPEND, kinds[i].append);
        expect(bytes_span(&text), INTAKE_REPLAY, kinds[i].replay);
        // Cut, or of another kind, it is none.
        expect(span_of(text.data, text.size - 1), INTAKE_REPLAY, false);
        text.data[strlen("conclave.")] ^= 1;
        expect(bytes_span(&text), INTAKE_REPLAY, false);
    }
    bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intake__takes_each_kind_only_when_it_may_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
