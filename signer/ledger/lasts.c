#include "signer/ledger/lasts.h"

#include "signer/ledger/blobs.h"

#include <string.h>

enum err lasts_put(
    struct store *store, const char *item, const struct last *last, uint64_t outcome)
{
    enum err err = store_begin(store);
    if (err != OK)
        return err;
    struct query query = store_query(store, LAST_PUT);
    query_text(&query, item);
    query_number(&query, last->version);
    query_bytes(&query, hash_span(&last->payload));
    query_number(&query, outcome);
    err = query_run(&query);
    return err == OK && sql_changes(store->sql) != 1 ? ERR_FORM : err;
}

static enum err take_row(struct store *store, const struct query *query, struct copies *copies,
    struct last *out, struct span *payload)
{
    struct span hash = query_bytes_at(query, 1);
    if (hash.size != HASH_SIZE || query_none_at(query, 2))
        return store_fail(store,
            "the payload that an item signed last is missing; check the disk, and restore the "
            "ledger folder from a copy that holds it");
    out->version = query_number_at(query, 0);
    memcpy(out->payload.byte, hash.data, HASH_SIZE);
    if (query_none_at(query, 3))
        return OK;
    enum err err = blobs_check(store, &out->payload, query_bytes_at(query, 3));
    return err == OK ? copies_add(copies, query_bytes_at(query, 3), payload) : err;
}

enum err lasts_get(struct store *store, const char *item, size_t most, struct copies *copies,
    struct last *out, struct span *payload)
{
    *out = (struct last){0};
    *payload = (struct span){0};
    struct query query = store_query(store, LAST_GET);
    query_number(&query, most);
    query_text(&query, item);
    enum err err = query_row(&query);
    if (err == OK)
        err = take_row(store, &query, copies, out, payload);
    else if (err == ERR_NOT_FOUND)
        err = OK;
    query_end(&query);
    return err;
}
