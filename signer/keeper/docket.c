#include "signer/keeper/docket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct docket {
    struct docket_entry *entries[LIMIT_OPEN]; // ascending by request
    size_t count;
};

struct docket *docket_new(void)
{
    return calloc(1, sizeof(struct docket));
}

static void entry_free(struct docket_entry *entry)
{
    if (entry == NULL)
        return;
    bytes_clear(&entry->text);
    free(entry->votes);
    free(entry->vote_records);
    free(entry);
}

void docket_free(struct docket *docket)
{
    if (docket == NULL)
        return;
    for (size_t i = 0; i < docket->count; i++)
        entry_free(docket->entries[i]);
    free(docket);
}

size_t docket_count(const struct docket *docket)
{
    return docket->count;
}

struct docket_entry *docket_at(struct docket *docket, size_t index)
{
    return index < docket->count ? docket->entries[index] : NULL;
}

// Where the request stands, or would stand.
static size_t position(const struct docket *docket, const struct hash *request)
{
    size_t low = 0, high = docket->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        struct span there = hash_span(&docket->entries[middle]->request);
        if (span_compare(there, hash_span(request)) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct docket_entry *docket_find(struct docket *docket, const struct hash *request)
{
    size_t at = position(docket, request);
    if (at == docket->count || !hash_equal(&docket->entries[at]->request, request))
        return NULL;
    return docket->entries[at];
}

size_t docket_open_by(const struct docket *docket, const struct hash *requester)
{
    size_t count = 0;
    for (size_t i = 0; i < docket->count; i++)
        count += !docket->entries[i]->is_signed &&
                 hash_equal(&docket->entries[i]->requester, requester);
    return count;
}

static enum err docket_insert(struct docket *docket, struct docket_entry *entry)
{
    if (docket->count == LIMIT_OPEN)
        return ERR_LIMIT;
    size_t at = position(docket, &entry->request);
    memmove(&docket->entries[at + 1], &docket->entries[at],
        (docket->count - at) * sizeof docket->entries[0]);
    docket->entries[at] = entry;
    docket->count++;
    return OK;
}

static void docket_remove(struct docket *docket, const struct hash *request)
{
    size_t at = position(docket, request);
    if (at == docket->count || !hash_equal(&docket->entries[at]->request, request))
        return;
    entry_free(docket->entries[at]);
    docket->count--;
    memmove(&docket->entries[at], &docket->entries[at + 1],
        (docket->count - at) * sizeof docket->entries[0]);
}

static void keep_rejections(struct docket_entry *entry)
{
    size_t kept = 0;
    for (size_t i = 0; i < entry->vote_count; i++) {
        if (entry->votes[i].decision != DECISION_REJECT)
            continue;
        entry->votes[kept] = entry->votes[i];
        entry->vote_records[kept++] = entry->vote_records[i];
    }
    entry->vote_count = kept;
}

static void find_person(struct docket_entry *entry, const struct charter *charter)
{
    struct asking asking;
    bool known =
        charter_asking(charter, &entry->requester, entry->motion != MOTION_NONE, &asking);
    snprintf(entry->person, sizeof entry->person, "%s", known ? asking.person : "");
}

void docket_find_people(struct docket *docket, const struct charter *charter)
{
    for (size_t i = 0; i < docket->count; i++)
        find_person(docket->entries[i], charter);
}

static enum err entry_new(const struct opened *opened, struct docket_entry **out)
{
    struct docket_entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        return ERR_MEMORY;
    entry->request = opened->request;
    bytes_init(&entry->text, LIMIT_RECORD);
    *out = entry;
    return OK;
}

static enum err entry_open(struct docket_entry *entry, const struct opened *opened,
    const struct charter *charter, const struct place *place, struct span record)
{
    bytes_reset(&entry->text);
    bytes_add(&entry->text, record);
    entry->requester = opened->requester;
    entry->motion = opened->item_count == 1 ? motion_of(opened->items[0].role) : MOTION_NONE;
    entry->opened = *place;
    entry->earliest = opened->earliest;
    entry->expires = opened->expires;
    entry->waits = false;
    find_person(entry, charter);
    entry->stale = entry->person[0] == 0;
    keep_rejections(entry);
    return bytes_finish(&entry->text);
}

static enum err apply_opened(struct docket *docket, const struct charter *charter,
    const struct place *place, struct span record)
{
    struct opened opened;
    enum err err = opened_read(record, &opened);
    if (err != OK)
        return err;
    struct docket_entry *entry = docket_find(docket, &opened.request);
    if (entry != NULL)
        return entry->is_signed ? ERR_FORM : entry_open(entry, &opened, charter, place, record);
    err = entry_new(&opened, &entry);
    if (err == OK)
        err = entry_open(entry, &opened, charter, place, record);
    if (err == OK)
        err = docket_insert(docket, entry);
    if (err != OK)
        entry_free(entry);
    return err;
}

// Room for one more vote. Votes are few: one more place each time.
static enum err entry_grow(struct docket_entry *entry)
{
    if (entry->vote_count == LIMIT_DECISIONS)
        return ERR_LIMIT;
    size_t count = entry->vote_count + 1;
    struct vote *votes = reallocarray(entry->votes, count, sizeof *votes);
    if (votes == NULL)
        return ERR_MEMORY;
    entry->votes = votes;
    uint64_t *records = reallocarray(entry->vote_records, count, sizeof *records);
    if (records == NULL)
        return ERR_MEMORY;
    entry->vote_records = records;
    return OK;
}

static enum err apply_decision(struct docket *docket, const struct charter *charter,
    const struct place *place, struct span record)
{
    (void)charter;
    struct decided decided;
    enum err err = decided_read(record, &decided);
    if (err != OK)
        return err;
    struct docket_entry *entry = docket_find(docket, &decided.request);
    if (entry == NULL)
        return ERR_FORM;
    bool current = decided.opened.index == entry->opened.index &&
                   hash_equal(&decided.opened.leaf, &entry->opened.leaf);
    if (!current && decided.decision == DECISION_APPROVE)
        return OK; // of an older opening: it counts no more
    err = entry_grow(entry);
    if (err != OK)
        return err;
    entry->votes[entry->vote_count] =
        (struct vote){.approver = decided.approver, .decision = decided.decision};
    entry->vote_records[entry->vote_count++] = place->index;
    return OK;
}

static enum err apply_end(struct docket *docket, const struct charter *charter,
    const struct place *place, struct span record)
{
    (void)charter, (void)place;
    struct hash request;
    if (!record_request(record, &request))
        return ERR_FORM;
    docket_remove(docket, &request);
    return OK;
}

static enum err apply_outcome(struct docket *docket, const struct charter *charter,
    const struct place *place, struct span record)
{
    (void)charter;
    struct outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return ERR_MEMORY;
    enum err err = outcome_read(record, outcome);
    struct docket_entry *entry =
        err == OK ? docket_find(docket, &outcome->request) : NULL; // a freeze has none
    if (entry != NULL && outcome->missing > 0) {
        entry->is_signed = true;
        entry->outcome = *place;
        entry->busy = entry->waits = false;
    } else if (entry != NULL) {
        docket_remove(docket, &outcome->request);
    }
    free(outcome);
    return err;
}

enum err docket_apply(struct docket *docket, const struct charter *charter,
    const struct place *place, struct span record)
{
    static const struct {
        enum record_kind kind;
        enum err (*apply)(struct docket *docket, const struct charter *charter,
            const struct place *place, struct span record);
    } folds[] = {
        {RECORD_OPENED, apply_opened},
        {RECORD_DECISION, apply_decision},
        {RECORD_ENDED, apply_end},
        {RECORD_OUTCOME, apply_outcome},
    };
    enum record_kind kind = record_kind(record);
    for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++)
        if (folds[i].kind == kind)
            return folds[i].apply(docket, charter, place, record);
    return kind == RECORD_UNKNOWN ? ERR_FORM : OK;
}

enum err docket_opened(const struct docket_entry *entry, struct opened *out)
{
    return opened_read(bytes_span(&entry->text), out);
}

struct ballot docket_ballot(const struct docket_entry *entry, const struct charter *charter,
    const struct opened *opened)
{
    return (struct ballot){.charter = charter,
        .opened = opened,
        .person = entry->person,
        .votes = entry->votes,
        .vote_count = entry->vote_count};
}
