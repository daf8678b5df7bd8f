#include "hsm/intake.h"

static enum err read_start(struct span text, struct intake *out)
{
    return start_read(text, &out->start);
}

static enum err read_opened(struct span text, struct intake *out)
{
    return opened_read(text, &out->opened);
}

static enum err read_decision(struct span text, struct intake *out)
{
    return decided_read(text, &out->decided);
}

static enum err read_ended(struct span text, struct intake *out)
{
    return ended_read(text, &out->ended);
}

static enum err read_refused(struct span text, struct intake *out)
{
    return refused_read(text, &out->refused);
}

static enum err read_order(struct span text, struct intake *out)
{
    return order_read(text, &out->order);
}

static enum err read_outcome(struct span text, struct intake *out)
{
    return outcome_read(text, &out->outcome);
}

static enum err read_gate(struct span text, struct intake *out)
{
    return gate_record_read(text, &out->gate);
}

static enum err read_frozen(struct span text, struct intake *out)
{
    return frozen_read(text, &out->frozen);
}

static enum err read_stop(struct span text, struct intake *out)
{
    return stop_read(text, &out->stop);
}

static enum err read_clock(struct span text, struct intake *out)
{
    return clock_record_read(text, &out->clock);
}

static enum err read_quota(struct span text, struct intake *out)
{
    return quota_record_read(text, &out->quota);
}

static enum err read_mandated(struct span text, struct intake *out)
{
    return mandated_read(text, &out->mandated);
}

static const struct row {
    enum record_kind kind;
    unsigned when;
    enum err (*read)(struct span text, struct intake *out);
} rows[] = {
    {RECORD_START, INTAKE_APPEND | INTAKE_REPLAY, read_start},
    {RECORD_OPENED, INTAKE_APPEND | INTAKE_REPLAY, read_opened},
    {RECORD_DECISION, INTAKE_APPEND | INTAKE_REPLAY, read_decision},
    {RECORD_ENDED, INTAKE_APPEND | INTAKE_REPLAY, read_ended},
    {RECORD_REFUSED, INTAKE_APPEND | INTAKE_REPLAY, read_refused},
    {RECORD_GATE, INTAKE_APPEND | INTAKE_REPLAY, read_gate},
    {RECORD_STOP, INTAKE_APPEND | INTAKE_REPLAY, read_stop},
    {RECORD_CLOCK, INTAKE_APPEND | INTAKE_REPLAY, read_clock},
    {RECORD_QUOTA, INTAKE_APPEND | INTAKE_REPLAY, read_quota},
    {RECORD_FROZEN, INTAKE_REPLAY, read_frozen},
    {RECORD_ORDER, INTAKE_REPLAY, read_order},
    {RECORD_OUTCOME, INTAKE_REPLAY, read_outcome},
    {RECORD_MANDATED, INTAKE_REPLAY, read_mandated},
};

moment intake_time(const struct intake *intake)
{
    // But for the opened record, time is the first member of every kind.
    return intake->kind == RECORD_OPENED ? intake->opened.time : intake->start.time;
}

enum err intake_read(struct span text, enum intake_when when, struct intake *out)
{
    if (text.size > LIMIT_RECORD)
        return ERR_FORM;
    out->kind = record_kind(text);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].kind == out->kind && (rows[i].when & (unsigned)when) != 0)
            return rows[i].read(text, out);
    return ERR_FORM;
}
