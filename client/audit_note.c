// The audit of what the appliance writes about itself. Their form is all that can be checked: the
// times of most of them may be those of a clock that is wrong.
#include "client/audit_part.h"

enum err audit_start(struct audit *audit, struct span text)
{
    struct start start;
    if (audit_form(audit, start_read(text, &start)))
        audit_saw(audit, start.time);
    return OK;
}

enum err audit_refused(struct audit *audit, struct span text)
{
    struct refused refused;
    if (audit_form(audit, refused_read(text, &refused)))
        audit_saw(audit, refused.time);
    return OK;
}

enum err audit_gate(struct audit *audit, struct span text)
{
    struct gate_record gate;
    if (audit_form(audit, gate_record_read(text, &gate)))
        audit_saw(audit, gate.time);
    return OK;
}

enum err audit_stop(struct audit *audit, struct span text)
{
    struct stop stop;
    if (audit_form(audit, stop_read(text, &stop)))
        audit_saw(audit, stop.time);
    return OK;
}

enum err audit_clock_record(struct audit *audit, struct span text)
{
    struct clock_record clock;
    if (audit_form(audit, clock_record_read(text, &clock)))
        audit_saw(audit, clock.time);
    return OK;
}

enum err audit_quota(struct audit *audit, struct span text)
{
    struct quota_record quota;
    if (audit_form(audit, quota_record_read(text, &quota)))
        audit_saw(audit, quota.time);
    return OK;
}
