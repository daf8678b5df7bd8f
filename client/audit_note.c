// The audit of what the appliance writes about itself. It may do so without time; their form, and
// how their times go together, is all that can be checked.
#include "client/audit_part.h"

enum err audit_start(struct audit *audit, struct span text)
{
    struct start start;
    if (audit_form(audit, start_read(text, &start)))
        audit_began(audit, start.time);
    return OK;
}

enum err audit_refused(struct audit *audit, struct span text)
{
    struct refused refused;
    if (audit_form(audit, refused_read(text, &refused)))
        audit_untimed(audit, refused.time);
    return OK;
}

enum err audit_gate(struct audit *audit, struct span text)
{
    struct gate_record gate;
    if (audit_form(audit, gate_record_read(text, &gate)))
        audit_untimed(audit, gate.time);
    return OK;
}

enum err audit_stop(struct audit *audit, struct span text)
{
    struct stop stop;
    if (audit_form(audit, stop_read(text, &stop)))
        audit_untimed(audit, stop.time);
    return OK;
}

enum err audit_clock(struct audit *audit, struct span text)
{
    struct clock_record clock;
    if (audit_form(audit, clock_record_read(text, &clock)))
        audit_told(audit, clock.time);
    return OK;
}

enum err audit_quota(struct audit *audit, struct span text)
{
    struct quota_record quota;
    if (audit_form(audit, quota_record_read(text, &quota)))
        audit_untimed(audit, quota.time);
    return OK;
}
