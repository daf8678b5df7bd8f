#include "client/audit_part.h"

#include "policy/objects.h"
#include "proto/dsse.h"

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
    audit->requests = audit_requests_new();
    if (audit->state != NULL && audit->requests != NULL)
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
    free(audit->state);
    audit_requests_free(audit->requests);
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

void audit_saw(struct audit *audit, moment time)
{
    if (time > audit->newest)
        audit->newest = time;
}

void audit_clock(struct audit *audit, moment time)
{
    int64_t clock = audit->charter == NULL ? 0 : audit->charter->clock;
    if (time < audit->newest - clock)
        audit_find(audit, "R13", "its time lies behind that of the records before it");
    audit_saw(audit, time);
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

// R18: the list that the founding record names by hash holds every key of the charter.
static enum err check_objects(struct audit *audit)
{
    struct bytes text;
    bool here = false;
    struct objects *objects = calloc(1, sizeof *objects);
    bytes_init(&text, LIMIT_OBJECTS);
    enum err err = objects == NULL ? ERR_MEMORY
                                   : audit_fetch(audit, &audit->founding.objects, &text, &here);
    if (err != OK || !here)
        goto out;
    if (!audit_form(audit, objects_read(bytes_span(&text), objects)))
        goto out;
    for (size_t i = 0; i < audit->charter->key_count; i++) {
        const struct role_key *key = &audit->charter->keys[i];
        size_t k = 0;
        while (k < objects->key_count && !hash_equal(&objects->keys[k].key.id, &key->key.id))
            k++;
        if (k == objects->key_count)
            audit_find(audit, "R18", "a key of %s was not generated at the founding",
                audit->charter->roles[key->role].name);
    }
out:
    bytes_clear(&text);
    free(objects);
    return err;
}

enum err audit_load_charter(struct audit *audit, const struct hash *hash)
{
    struct bytes text;
    struct refusal refusal = {0};
    bool here;
    bytes_init(&text, LIMIT_CHARTER);
    charter_free(audit->charter);
    audit->charter = NULL;
    enum err err = audit_fetch(audit, hash, &text, &here);
    if (err == OK && !here)
        audit_find(audit, "",
            "the charter that it names is not at hand: nothing can be "
            "verified under it");
    if (err == OK && here) {
        audit->charter = charter_new();
        if (audit->charter == NULL)
            err = ERR_MEMORY;
        else if (charter_read(bytes_span(&text), audit->charter, &refusal) != OK) {
            audit_find(audit, refusal.rule, "its charter is none: %s", refusal.sentence);
            charter_free(audit->charter);
            audit->charter = NULL;
        }
    }
    bytes_clear(&text);
    return err;
}

static enum err audit_founding(struct audit *audit, struct span text)
{
    if (audit->at.index != 0) {
        audit_find(audit, "R10", "a founding record stands in the middle of the log");
        return OK;
    }
    if (!audit_form(audit, founding_read(text, &audit->founding)))
        return OK;
    audit_clock(audit, audit->founding.time);
    if (!hash_equal(&audit->founding.log.id, &audit->log.id) ||
        strcmp(audit->founding.origin, audit->origin) != 0)
        audit_find(audit, "R21", "it names another log key or origin than the verifier key");
    bytes_add(&audit->founding_text, text);
    enum err err = bytes_finish(&audit->founding_text);
    if (err == OK)
        err = audit_load_charter(audit, &audit->founding.charter);
    if (err != OK || audit->charter == NULL)
        return err;
    audit->state->epoch = audit->charter->epoch;
    audit->state->charter = audit->charter->hash;
    if (audit->charter->epoch != 1 || !hash_equal(&audit->charter->log, &audit->log.id) ||
        strcmp(audit->charter->origin, audit->origin) != 0)
        audit_find(audit, "R7", "its charter is not the first charter of this log");
    return check_objects(audit);
}

static const struct founded_signature *founded_by(
    const struct founded *founded, const struct hash *key)
{
    for (size_t i = 0; i < founded->signature_count; i++)
        if (hash_equal(&founded->signatures[i].key, key))
            return &founded->signatures[i];
    return NULL;
}

// n of n: a founding nobody may have missed.
static void check_founders(struct audit *audit, const struct founded *founded)
{
    const struct charter *charter = audit->charter;
    if (founded->signature_count != charter->administrator_count)
        audit_find(audit, "R5", "%zu signatures stand under the founding of %zu administrators",
            founded->signature_count, charter->administrator_count);
    for (size_t i = 0; i < charter->administrator_count; i++) {
        const struct administrator *who = &charter->administrators[i];
        const struct founded_signature *by = founded_by(founded, &who->key.id);
        if (by == NULL)
            audit_find(audit, "R5", "%s did not sign the founding record", who->name);
        else if (dsse_verify(&who->key, DSSE_FOUNDING, bytes_span(&audit->founding_text),
                     span_of(by->signature, by->signature_size)) != OK)
            audit_find(audit, "R3", "the founding signature of %s does not hold", who->name);
    }
}

static enum err audit_founded(struct audit *audit, struct span text)
{
    struct founded founded;
    if (audit->at.index != 1) {
        audit_find(audit, "R10", "founding signatures stand in the middle of the log");
        return OK;
    }
    if (!audit_form(audit, founded_read(text, &founded)))
        return OK;
    audit_clock(audit, founded.time);
    if (founded.founding.index != 0 ||
        !hash_equal(&founded.founding.leaf, &audit->founding_leaf))
        audit_find(audit, "R3", "it signs another founding record than the first record");
    if (audit->charter != NULL)
        check_founders(audit, &founded);
    return OK;
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
    [RECORD_GATE] = audit_gate,
    [RECORD_FROZEN] = audit_frozen,
    [RECORD_STOP] = audit_stop,
    [RECORD_CLOCK] = audit_clock_record,
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
