#include "client/audit_part.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct audit *audit_new(const char *origin, const struct key *log, const struct source *source)
{
    struct audit *audit = calloc(1, sizeof *audit);
    if (audit == NULL)
        return NULL;
    (void)snprintf(audit->origin, sizeof audit->origin, "%s", origin);
    audit->log = *log;
    audit->source = source;
    merkle_edge_init(&audit->edge);
    bytes_init(&audit->founding_text, LIMIT_RECORD);
    audit->state = calloc(1, sizeof *audit->state);
    audit->state_before = calloc(1, sizeof *audit->state_before);
    audit->requests = audit_requests_new();
    audit->lasts = audit_lasts_new();
    if (audit->state != NULL && audit->state_before != NULL && audit->requests != NULL &&
        audit->lasts != NULL)
        return audit;
    audit_free(audit);
    return NULL;
}

void audit_free(struct audit *audit)
{
    if (audit == NULL)
        return;
    bytes_clear(&audit->founding_text);
    charter_free(audit->charter);
    charter_free(audit->charter_before);
    govern_free(audit->flight.govern);
    free(audit->state);
    free(audit->state_before);
    audit_requests_free(audit->requests);
    audit_lasts_free(audit->lasts);
    free(audit);
}

const struct audit_report *audit_report(const struct audit *audit)
{
    return &audit->report;
}

void audit_find(struct audit *audit, const char *rule, const char *format, ...)
{
    char sentence[LIMIT_SENTENCE + 1];
    struct audit_report *report = &audit->report;
    va_list list;
    va_start(list, format);
    (void)vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    if (report->finding_count < AUDIT_FINDINGS_MOST) {
        struct audit_finding *finding = &report->findings[report->finding_count];
        finding->index = audit->at.index;
        (void)refuse(&finding->what, rule, "%s", sentence);
    }
    report->finding_count++;
}

void audit_lose(struct audit *audit, const char *why)
{
    audit_find(audit, "", "%s: nothing can be verified from here on", why);
    charter_free(audit->charter);
    audit->charter = NULL;
    audit->flight.stands = false;
    audit->report.epoch = 0;
}

enum err audit_fetch(
    struct audit *audit, const struct hash *hash, struct bytes *out, bool *here)
{
    struct refusal refusal = {0};
    enum err err = audit->source->blob(audit->source->context, hash, out, &refusal);
    *here = err == OK;
    if (err == ERR_SIGNATURE)
        audit_find(audit, "R1", "%s", refusal.sentence);
    if (err == ERR_NOT_FOUND || err == ERR_REFUSED)
        audit->report.not_at_hand++;
    if (err == ERR_SIGNATURE || err == ERR_NOT_FOUND || err == ERR_REFUSED)
        return OK;
    return err;
}

struct audit_request *audit_open_request(struct audit *audit, const struct hash *id)
{
    struct audit_request *request = audit_requests_find(audit->requests, id);
    if (request != NULL && !request->ended)
        return request;
    audit_find(audit, "R11", "its request %s",
        request == NULL ? "was never opened" : "had ended before");
    return NULL;
}

bool audit_form(struct audit *audit, enum err err)
{
    if (err != OK)
        audit_find(audit, "", "it does not have the form of its kind");
    return err == OK;
}

bool audit_same_place(const struct place *a, const struct place *b)
{
    return a->index == b->index && hash_equal(&a->leaf, &b->leaf);
}

static enum err read_charter(struct audit *audit, struct span text)
{
    struct refusal refusal = {0};
    audit->charter = charter_new();
    if (audit->charter == NULL)
        return ERR_MEMORY;
    if (charter_read(text, audit->charter, &refusal) == OK)
        return OK;
    audit_find(audit, refusal.rule, "its charter is none: %s", refusal.sentence);
    charter_free(audit->charter);
    audit->charter = NULL;
    return OK;
}

enum err audit_load_charter(struct audit *audit, const struct hash *hash)
{
    struct bytes text;
    bool here;
    bytes_init(&text, LIMIT_CHARTER);
    charter_free(audit->charter);
    audit->charter = NULL;
    enum err err = audit_fetch(audit, hash, &text, &here);
    if (err == OK && !here)
        audit_lose(audit, "the charter that it names is not at hand");
    if (err == OK && here)
        err = read_charter(audit, bytes_span(&text));
    bytes_clear(&text);
    return err;
}

static enum err audit_unknown(struct audit *audit, struct span text)
{
    (void)text;
    audit_find(audit, "", "it is of no kind that this version knows");
    return OK;
}

static enum err (*const checks[AUDIT_KINDS])(struct audit *audit, struct span text) = {
    [RECORD_UNKNOWN] = audit_unknown,
    [RECORD_FOUNDING] = audit_founding,
    [RECORD_FOUNDED] = audit_founded,
    [RECORD_START] = audit_start,
    [RECORD_OPENED] = audit_opened,
    [RECORD_DECISION] = audit_decision,
    [RECORD_ENDED] = audit_ended,
    [RECORD_REFUSED] = audit_refused,
    [RECORD_ORDER] = audit_order,
    [RECORD_OUTCOME] = audit_outcome,
    [RECORD_MANDATED] = audit_mandated,
    [RECORD_GATE] = audit_gate,
    [RECORD_FROZEN] = audit_frozen,
    [RECORD_STOP] = audit_stop,
    [RECORD_CLOCK] = audit_clock,
    [RECORD_QUOTA] = audit_quota,
};

// The first two records are what everything after them is verified under.
static void check_beginning(struct audit *audit, enum record_kind kind)
{
    static const enum record_kind first[] = {RECORD_FOUNDING, RECORD_FOUNDED};
    if (audit->at.index < 2 && kind != first[audit->at.index])
        audit_find(audit, "R10", "a %s record stands where a %s record must",
            record_kind_text(kind), record_kind_text(first[audit->at.index]));
}

enum err audit_record(struct audit *audit, struct span text)
{
    enum record_kind kind = record_kind(text);
    audit->at = (struct place){.index = audit->edge.size, .leaf = merkle_leaf(text)};
    if (audit->at.index == 0)
        audit->founding_leaf = audit->at.leaf;
    merkle_edge_append(&audit->edge, &audit->at.leaf);
    audit->report.records++;
    audit->report.kinds[kind]++;
    check_beginning(audit, kind);
    return checks[kind](audit, text);
}

void audit_end(struct audit *audit, const struct checkpoint *checkpoint)
{
    struct hash root = merkle_edge_root(&audit->edge);
    audit->at.index = audit->edge.size;
    if (checkpoint->size != audit->edge.size)
        audit_find(audit, "R10", "the checkpoint is of %llu records, and there are %llu",
            (unsigned long long)checkpoint->size, (unsigned long long)audit->edge.size);
    else if (!hash_equal(&checkpoint->root, &root))
        audit_find(audit, "R10", "the records do not give the root that the checkpoint signs");
}
