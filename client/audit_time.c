// The audit of time (R13): whether the records' times go together.
#include "client/audit_part.h"

int64_t audit_slack(const struct audit *audit)
{
    int64_t slack = audit->charter == NULL ? 0 : audit->charter->clock;
    const struct charter *before = audit->charter_before;
    return before != NULL && before->clock > slack ? before->clock : slack;
}

static int64_t jump_of(const struct audit *audit)
{
    int64_t jump = audit->charter == NULL ? 0 : audit->charter->jump;
    const struct charter *before = audit->charter_before;
    return before != NULL && before->jump > jump ? before->jump : jump;
}

static bool is_behind(const struct audit *audit, moment time)
{
    int64_t slack = audit_slack(audit);
    return time < audit->time.newest - slack || time < audit->time.sealed.first - slack;
}

static bool is_ahead(const struct audit *audit, moment time)
{
    return time - audit->time.sealed.last > jump_of(audit);
}

bool audit_has_no_time(const struct audit *audit, moment time)
{
    return is_behind(audit, time) || is_ahead(audit, time);
}

// While a mandate is in force numbers are reserved, and sealed, without a record: whoever is killed
// behind that leaves none. Without time there is no such seal.
static void may_have_reserved(struct audit *audit, moment time)
{
    bool live = false;
    for (size_t i = 0; !live && i < audit->state->mandate_count; i++)
        live = audit->state->mandates[i].live;
    if (live && !is_ahead(audit, time))
        audit_may_be_sealed(audit, time);
}

// What is so far ahead that there was no time then does not count: the clock goes back behind it when
// it is right again.
static void saw(struct audit *audit, moment time)
{
    struct audit_time *known = &audit->time;
    may_have_reserved(audit, time);
    if (time - known->sealed.first > jump_of(audit))
        return;
    if (time > known->newest)
        known->newest = time;
    if (time > known->newest_since)
        known->newest_since = time;
}

void audit_timed(struct audit *audit, moment time)
{
    struct audit_time *known = &audit->time;
    if (is_behind(audit, time))
        audit_find(audit, "R13", "its time lies behind that of the records before it");
    else if (is_ahead(audit, time))
        audit_find(audit, "R13",
            "its time is ahead of what was sealed by more than the charter's jump: the "
            "appliance had no time then");
    if (known->strayed)
        audit_find(audit, "R13",
            "the time of record %llu does not go with those before it, and no clock record "
            "says that the appliance waited for time",
            (unsigned long long)known->strayed_at);
    known->strayed = known->told = false;
    saw(audit, time);
}

void audit_untimed(struct audit *audit, moment time)
{
    struct audit_time *known = &audit->time;
    if (audit_has_no_time(audit, time) && !known->told && !known->strayed) {
        known->strayed = true;
        known->strayed_at = audit->at.index;
    }
    saw(audit, time);
}

void audit_time_of(struct audit *audit, enum motion motion, moment time)
{
    if (motion == MOTION_TIME)
        audit_untimed(audit, time);
    else
        audit_timed(audit, time);
}

void audit_told(struct audit *audit, moment time)
{
    audit->time.strayed = false;
    audit->time.told = true;
    saw(audit, time);
}

// A run that broke off may have had no time to say so; and rooms that start remember the sealed time
// and what stands behind it.
void audit_began(struct audit *audit, moment time)
{
    audit->time.strayed = audit->time.told = false;
    audit->time.newest = audit->time.newest_since;
    audit_untimed(audit, time);
}

void audit_sealed(struct audit *audit, moment time)
{
    struct audit_span *sealed = &audit->time.sealed;
    int64_t slack = audit_slack(audit);
    if (time - slack > sealed->first)
        sealed->first = time - slack;
    if (time + slack > sealed->last)
        sealed->last = time + slack;
}

void audit_may_be_sealed(struct audit *audit, moment time)
{
    struct audit_span *sealed = &audit->time.sealed;
    if (time + audit_slack(audit) > sealed->last)
        sealed->last = time + audit_slack(audit);
}

void audit_stated(struct audit *audit, moment time)
{
    audit->time = (struct audit_time){.sealed = {time, time}};
}
