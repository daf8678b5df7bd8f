#include "signer/ledger/fates.h"

#include <stdlib.h>
#include <string.h>

static enum fate fate_from(struct span text)
{
    for (int fate = FATE_OPEN; fate <= FATE_REFUSED; fate++)
        if (span_is(text, fate_text((enum fate)fate)))
            return (enum fate)fate;
    return FATE_UNKNOWN;
}

enum err outcome_link_read(struct span text, struct outcome_link *out)
{
    struct outcome *outcome = malloc(sizeof *outcome);
    if (outcome == NULL)
        return ERR_MEMORY;
    enum err err = outcome_read(text, outcome);
    if (err == OK)
        *out = (struct outcome_link){.order = outcome->order,
            .state = outcome->state,
            .freezes = strcmp(outcome->done, OUTCOME_FREEZE) == 0,
            .adds = outcome->adds,
            .added_to = outcome->added_to,
            .takes_more = outcome->missing > 0};
    free(outcome);
    return err;
}

enum err fates_get(struct store *store, const struct hash *request, struct fate_row *out)
{
    *out = (struct fate_row){.fate = FATE_UNKNOWN};
    struct query query = store_query(store, FATE_GET);
    query_bytes(&query, hash_span(request));
    enum err err = query_row(&query);
    if (err == OK) {
        out->has_opened = !query_none_at(&query, 0);
        out->opened = query_number_at(&query, 0);
        out->has_end = !query_none_at(&query, 1);
        out->end = query_number_at(&query, 1);
        out->fate = fate_from(query_bytes_at(&query, 2));
        out->adds = out->has_end && query_number_at(&query, 3) == 1;
    }
    query_end(&query);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err note_opened(
    struct store *store, const struct hash *request, uint64_t index, struct span text)
{
    (void)text;
    struct query query = store_query(store, FATE_REOPEN);
    query_bytes(&query, hash_span(request));
    query_number(&query, index);
    return query_run(&query);
}

static enum err note_decision(
    struct store *store, const struct hash *request, uint64_t index, struct span text)
{
    (void)index;
    (void)text;
    struct fate_row row;
    enum err err = fates_get(store, request, &row);
    return err == OK && row.fate != FATE_OPEN && !row.adds ? ERR_FORM : err;
}

static enum err note_order(
    struct store *store, const struct hash *request, uint64_t index, struct span text)
{
    (void)index;
    struct fate_row row;
    struct order order;
    enum err err = order_read(text, &order);
    if (err == OK)
        err = fates_get(store, request, &row);
    if (err != OK)
        return err;
    bool fits =
        order.adds ? row.adds && row.end == order.added_to.index : row.fate == FATE_OPEN;
    return fits ? OK : ERR_FORM;
}

// A freeze, or what mandates sign: it was never opened, and its outcome alone makes a fate of it.
static enum err note_unasked(
    struct store *store, const struct hash *request, uint64_t index, struct span text)
{
    (void)index;
    (void)text;
    struct fate_row row;
    enum err err = fates_get(store, request, &row);
    return err == OK && row.fate != FATE_UNKNOWN ? ERR_FORM : err;
}

// Runs a query that must change exactly the one row that it is about.
static enum err change_one(struct store *store, struct query *query)
{
    enum err err = query_run(query);
    return err == OK && sql_changes(store->sql) != 1 ? ERR_FORM : err;
}

static enum err end_with(
    struct store *store, const struct hash *request, uint64_t index, enum fate fate, bool adds)
{
    struct query query = store_query(store, FATE_CLOSE);
    query_number(&query, index);
    query_text(&query, fate_text(fate));
    query_number(&query, adds);
    query_bytes(&query, hash_span(request));
    return change_one(store, &query);
}

static enum err settle(struct store *store, const struct hash *request)
{
    struct query query = store_query(store, FATE_SETTLE);
    query_bytes(&query, hash_span(request));
    return change_one(store, &query);
}

static enum err note_ended(
    struct store *store, const struct hash *request, uint64_t index, struct span text)
{
    static const enum fate fates[] = {
        [ENDING_REJECTED] = FATE_REJECTED,
        [ENDING_WITHDRAWN] = FATE_WITHDRAWN,
        [ENDING_EXPIRED] = FATE_EXPIRED,
        [ENDING_REFUSED] = FATE_REFUSED,
    };
    struct ended ended;
    enum err err = ended_read(text, &ended);
    if (err != OK)
        return err;
    if (ended.how == ENDING_CLOSED)
        return settle(store, request);
    return end_with(store, request, index, fates[ended.how], false);
}

static enum err extend(struct store *store, const struct hash *request, uint64_t index,
    const struct outcome_link *link)
{
    struct query query = store_query(store, FATE_EXTEND);
    query_number(&query, index);
    query_number(&query, link->takes_more);
    query_bytes(&query, hash_span(request));
    query_number(&query, link->added_to.index);
    return change_one(store, &query);
}

static enum err end_unasked(
    struct store *store, const struct hash *request, uint64_t index, uint64_t order)
{
    struct query query = store_query(store, FATE_UNASKED);
    query_number(&query, index);
    query_number(&query, order);
    query_bytes(&query, hash_span(request));
    return change_one(store, &query);
}

static enum err note_outcome(
    struct store *store, const struct hash *request, uint64_t index, struct span text)
{
    struct outcome_link link;
    struct fate_row row;
    enum err err = outcome_link_read(text, &link);
    if (err == OK)
        err = fates_get(store, request, &row);
    if (err != OK)
        return err;
    if (link.adds)
        return extend(store, request, index, &link);
    if (row.fate == FATE_UNKNOWN)
        return end_unasked(store, request, index, link.order.index);
    return end_with(store, request, index, FATE_SIGNED, link.takes_more);
}

// Of a request that was opened it says nothing: an approval was refused, say.
static enum err note_refused(
    struct store *store, const struct hash *request, uint64_t index, struct span text)
{
    (void)text;
    struct query query = store_query(store, FATE_NEVER);
    query_bytes(&query, hash_span(request));
    query_number(&query, index);
    return query_run(&query);
}

typedef enum err note(
    struct store *store, const struct hash *request, uint64_t index, struct span text);

static const struct {
    note *note;         // NULL: nobody's fate
    bool needs_request; // it is about a request, or malformed
} notes[] = {
    [RECORD_FOUNDING] = {NULL, false},
    [RECORD_FOUNDED] = {NULL, false},
    [RECORD_START] = {NULL, false},
    [RECORD_OPENED] = {note_opened, true},
    [RECORD_DECISION] = {note_decision, true},
    [RECORD_ENDED] = {note_ended, true},
    [RECORD_REFUSED] = {note_refused, false},
    [RECORD_ORDER] = {note_order, true},
    [RECORD_OUTCOME] = {note_outcome, true},
    [RECORD_MANDATED] = {note_unasked, true},
    [RECORD_GATE] = {NULL, false},
    [RECORD_FROZEN] = {note_unasked, true},
    [RECORD_STOP] = {NULL, false},
    [RECORD_CLOCK] = {NULL, false},
    [RECORD_QUOTA] = {NULL, false},
};

enum err fates_note(struct store *store, enum record_kind kind, const struct hash *request,
    uint64_t index, struct span text)
{
    if ((size_t)kind >= sizeof notes / sizeof notes[0])
        return ERR_FORM;
    if (request == NULL)
        return notes[kind].needs_request ? ERR_FORM : OK;
    return notes[kind].note == NULL ? OK : notes[kind].note(store, request, index, text);
}

enum err fates_opened(struct store *store, uint64_t after, uint64_t below, uint64_t *out,
    size_t most, size_t *count)
{
    struct query query = store_query(store, FATE_OPENED);
    query_number(&query, after);
    query_number(&query, below);
    query_number(&query, most);
    *count = 0;
    enum err err = query_row(&query);
    while (err == OK && *count < most) {
        out[(*count)++] = query_number_at(&query, 0);
        err = query_row(&query);
    }
    query_end(&query);
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err fates_count_open(struct store *store, uint64_t *out)
{
    struct query query = store_query(store, FATE_COUNT);
    enum err err = query_row(&query);
    if (err == OK)
        *out = query_number_at(&query, 0);
    query_end(&query);
    return err;
}
