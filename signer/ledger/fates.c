#include "signer/ledger/fates.h"

#include <stdlib.h>

static enum fate fate_from(struct span text)
{
    for (int fate = FATE_OPEN; fate <= FATE_REFUSED; fate++)
        if (span_is(text, fate_text((enum fate)fate)))
            return (enum fate)fate;
    return FATE_UNKNOWN;
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

static enum err must_be_open(
    struct store *store, const struct hash *request, uint64_t index, struct span text)
{
    (void)index;
    (void)text;
    struct fate_row row;
    enum err err = fates_get(store, request, &row);
    return err == OK && row.fate != FATE_OPEN ? ERR_FORM : err;
}

static enum err end_with(
    struct store *store, const struct hash *request, uint64_t index, enum fate fate)
{
    struct query query = store_query(store, FATE_CLOSE);
    query_number(&query, index);
    query_text(&query, fate_text(fate));
    query_bytes(&query, hash_span(request));
    enum err err = query_run(&query);
    return err == OK && sql_changes(store->sql) != 1 ? ERR_FORM : err;
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
    return err == OK ? end_with(store, request, index, fates[ended.how]) : err;
}

static enum err note_outcome(
    struct store *store, const struct hash *request, uint64_t index, struct span text)
{
    (void)text;
    return end_with(store, request, index, FATE_SIGNED);
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
    [RECORD_DECISION] = {must_be_open, true},
    [RECORD_ENDED] = {note_ended, true},
    [RECORD_REFUSED] = {note_refused, false},
    [RECORD_ORDER] = {must_be_open, true},
    [RECORD_OUTCOME] = {note_outcome, true},
    [RECORD_GATE] = {NULL, false},
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
