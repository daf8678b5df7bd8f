#include "admin-cli/gist.h"

#include "admin-cli/inquiry.h"
#include "admin-cli/print.h"
#include "proto/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct gist {
    const struct charter *charter;
    struct bytes *out;
};

static void add_person(const struct gist *gist, const struct hash *key)
{
    char name[INQUIRY_NAME];
    inquiry_person(gist->charter, key, name);
    bytes_add_text(gist->out, name);
}

// "1 approval", "2 approvals"
static void add_count(const struct gist *gist, uint64_t count, const char *what)
{
    bytes_add_format(gist->out, "%" PRIu64 " %s%s", count, what, count == 1 ? "" : "s");
}

static void of_founding(const struct gist *gist, struct span record)
{
    struct founding founding;
    if (founding_read(record, &founding) == OK)
        bytes_add_text(gist->out, founding.origin);
}

static void of_founded(const struct gist *gist, struct span record)
{
    struct founded founded;
    if (founded_read(record, &founded) == OK)
        add_count(gist, founded.signature_count, "signature");
}

static void of_start(const struct gist *gist, struct span record)
{
    struct start start;
    if (start_read(record, &start) == OK)
        bytes_add_format(gist->out, "version %s", start.version);
}

static void of_opened(const struct gist *gist, struct span record)
{
    struct opened opened;
    if (opened_read(record, &opened) != OK)
        return;
    bytes_add_format(gist->out, "%s %" PRIu64, opened.items[0].role, opened.items[0].version);
    if (opened.item_count > 1)
        bytes_add_format(gist->out, " and %zu more", opened.item_count - 1);
    bytes_add_text(gist->out, " for ");
    add_person(gist, &opened.requester);
}

static void of_decision(const struct gist *gist, struct span record)
{
    struct decided decided;
    if (decided_read(record, &decided) != OK)
        return;
    bytes_add_format(gist->out, "%s by ", decision_text(decided.decision));
    add_person(gist, &decided.approver);
}

static void of_ended(const struct gist *gist, struct span record)
{
    struct ended ended;
    if (ended_read(record, &ended) == OK)
        bytes_add_format(gist->out, "%s: %s", ending_text(ended.how), ended.why);
}

static void of_refused(const struct gist *gist, struct span record)
{
    struct refused refused;
    if (refused_read(record, &refused) != OK)
        return;
    bytes_add_text(gist->out, "to ");
    add_person(gist, &refused.from);
    bytes_add_format(gist->out, ": %s", refused.why);
}

static void of_order(const struct gist *gist, struct span record)
{
    struct order order;
    if (order_read(record, &order) != OK)
        return;
    add_count(gist, order.approval_count, "approval");
    if (order.adds)
        bytes_add_format(gist->out, ", to add to record %" PRIu64, order.added_to.index);
}

static void of_done(const struct gist *gist, const struct outcome *outcome)
{
    bool freezes = strcmp(outcome->done, OUTCOME_FREEZE) == 0;
    if (freezes)
        bytes_add_text(gist->out, "a freeze is in force");
    else
        bytes_add_format(
            gist->out, "%s %" PRIu64 " is done", outcome->done, outcome->done_number);
    for (size_t i = 0; i < outcome->made_count; i++)
        bytes_add_format(
            gist->out, "%s %s", i == 0 ? ", key made for" : ",", outcome->made[i].role);
}

static void of_mandated(const struct gist *gist, struct span record)
{
    struct mandated mandated;
    if (mandated_read(record, &mandated) != OK)
        return;
    add_count(gist, mandated.mandate_count, "mandate");
    bytes_add_text(gist->out, ", for ");
    add_person(gist, &mandated.requester);
}

static void of_outcome(const struct gist *gist, struct span record)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL || outcome_read(record, outcome) != OK) {
        free(outcome);
        return;
    }
    if (outcome->done[0] != 0) {
        of_done(gist, outcome);
    } else {
        add_count(gist, outcome->signature_count, "signature");
        if (outcome->adds)
            bytes_add_format(gist->out, ", added to record %" PRIu64, outcome->added_to.index);
        if (outcome->missing > 0)
            bytes_add_format(gist->out, "; %" PRIu64 " may still be added", outcome->missing);
    }
    free(outcome);
}

static void of_gate(const struct gist *gist, struct span record)
{
    struct gate_record gate;
    if (gate_record_read(record, &gate) == OK)
        bytes_add_text(gist->out, gate.why);
}

static void add_frozen(const struct gist *gist, const struct freeze_of *of)
{
    char hex[PRINT_HASH];
    hash_hex(&of->thing, hex);
    if (of->what == FREEZE_EVERYTHING)
        bytes_add_text(gist->out, "everything");
    else if (of->what == FREEZE_ROLE)
        bytes_add_text(gist->out, of->role);
    else if (of->what == FREEZE_MANDATE)
        bytes_add_format(gist->out, "the mandate of %s, revoked", of->role);
    else
        bytes_add_format(gist->out, "request %.16s", hex);
}

static void of_frozen(const struct gist *gist, struct span record)
{
    struct frozen frozen;
    if (frozen_read(record, &frozen) != OK)
        return;
    add_frozen(gist, &frozen.freeze.of);
    bytes_add_text(gist->out, " by ");
    add_person(gist, &frozen.freeze.administrator);
    bytes_add_format(gist->out, ": %s", frozen.freeze.reason);
}

static void of_stop(const struct gist *gist, struct span record)
{
    struct stop stop;
    if (stop_read(record, &stop) == OK)
        bytes_add_text(gist->out, stop.why);
}

static void of_clock(const struct gist *gist, struct span record)
{
    struct clock_record clock;
    if (clock_record_read(record, &clock) == OK)
        bytes_add_text(gist->out, clock.why);
}

static void of_quota(const struct gist *gist, struct span record)
{
    struct quota_record quota;
    if (quota_record_read(record, &quota) != OK)
        return;
    add_count(gist, quota.count, "ask");
    bytes_add_text(gist->out, " of ");
    add_person(gist, &quota.from);
    bytes_add_format(gist->out, ": %s", quota.why);
}

static const struct {
    enum record_kind kind;
    void (*write)(const struct gist *gist, struct span record);
} gists[] = {
    {RECORD_FOUNDING, of_founding},
    {RECORD_FOUNDED, of_founded},
    {RECORD_START, of_start},
    {RECORD_OPENED, of_opened},
    {RECORD_DECISION, of_decision},
    {RECORD_ENDED, of_ended},
    {RECORD_REFUSED, of_refused},
    {RECORD_ORDER, of_order},
    {RECORD_OUTCOME, of_outcome},
    {RECORD_MANDATED, of_mandated},
    {RECORD_GATE, of_gate},
    {RECORD_FROZEN, of_frozen},
    {RECORD_STOP, of_stop},
    {RECORD_CLOCK, of_clock},
    {RECORD_QUOTA, of_quota},
};

void gist_write(struct span record, const struct charter *charter, struct bytes *out)
{
    const struct gist gist = {charter, out};
    enum record_kind kind = record_kind(record);
    for (size_t i = 0; i < sizeof gists / sizeof gists[0]; i++)
        if (gists[i].kind == kind)
            gists[i].write(&gist, record);
}
