#include "signer/ledger/records.h"

#include "signer/ledger/fates.h"

#include <string.h>

static enum err node_get(void *context, unsigned level, uint64_t index, struct hash *out)
{
    struct store *store = context;
    struct query query = store_query(store, NODE_GET);
    query_number(&query, level);
    query_number(&query, index);
    enum err err = query_row(&query);
    if (err == OK && query_bytes_at(&query, 0).size == HASH_SIZE)
        memcpy(out->byte, query_bytes_at(&query, 0).data, HASH_SIZE);
    else if (err == OK || err == ERR_NOT_FOUND)
        err = store_fail(store,
            "node %llu of level %u is missing in the tree; check the disk, and restore the "
            "ledger folder from a copy that holds it",
            (unsigned long long)index, level);
    query_end(&query);
    return err;
}

static enum err node_put(void *context, unsigned level, uint64_t index, const struct hash *node)
{
    struct query query = store_query(context, NODE_ADD);
    query_number(&query, level);
    query_number(&query, index);
    query_bytes(&query, hash_span(node));
    return query_run(&query);
}

struct merkle_store records_tree(struct store *store)
{
    return (struct merkle_store){.node = node_get, .context = store};
}

enum err records_leaf(struct store *store, uint64_t index, struct hash *out)
{
    return index < store->size ? node_get(store, 0, index, out) : ERR_NOT_FOUND;
}

static enum err add_row(
    struct store *store, struct span text, enum record_kind kind, const struct hash *request)
{
    struct outcome_link link = {.adds = false};
    enum err err = kind == RECORD_OUTCOME ? outcome_link_read(text, &link) : OK;
    if (err != OK)
        return err;
    struct query query = store_query(store, RECORD_ADD);
    query_number(&query, store->size);
    query_text(&query, record_kind_text(kind));
    if (request == NULL)
        query_none(&query);
    else
        query_bytes(&query, hash_span(request));
    if (link.adds)
        query_number(&query, link.added_to.index);
    else
        query_none(&query);
    query_bytes(&query, text);
    return query_run(&query);
}

enum err records_append(struct store *store, struct span text, struct place *out)
{
    struct hash request;
    enum record_kind kind = record_kind(text);
    bool about = record_request(text, &request);
    if (kind == RECORD_UNKNOWN || text.size > LIMIT_RECORD)
        return ERR_FORM;
    *out = (struct place){store->size, merkle_leaf(text)};
    struct merkle_store tree = records_tree(store);
    enum err err = store_begin(store);
    if (err == OK)
        err = add_row(store, text, kind, about ? &request : NULL);
    if (err == OK)
        err = merkle_grow(&tree, out->index, &out->leaf, node_put, store);
    if (err == OK)
        err = fates_note(store, kind, about ? &request : NULL, out->index, text);
    if (err == OK)
        store->size++;
    return err;
}

static enum err check_leaf(struct store *store, uint64_t index, struct span text)
{
    struct hash leaf, stored;
    enum err err = node_get(store, 0, index, &stored);
    if (err != OK)
        return err;
    leaf = merkle_leaf(text);
    if (hash_equal(&leaf, &stored))
        return OK;
    return store_fail(store,
        "record %llu is not on the disk as it was logged; check the disk, and restore the "
        "ledger "
        "folder from a copy that holds it",
        (unsigned long long)index);
}

enum err records_get(
    struct store *store, uint64_t index, struct copies *copies, struct span *out)
{
    struct query query = store_query(store, RECORD_GET);
    query_number(&query, index);
    enum err err = query_row(&query);
    if (err == OK)
        err = copies_add(copies, query_bytes_at(&query, 0), out);
    query_end(&query);
    return err == OK ? check_leaf(store, index, *out) : err;
}

enum err records_of(struct store *store, const struct hash *request, uint64_t below,
    enum err (*visit)(void *context, uint64_t index, bool opens), void *context)
{
    struct query query = store_query(store, RECORD_OF);
    query_bytes(&query, hash_span(request));
    query_number(&query, below);
    enum err err = query_row(&query);
    while (err == OK) {
        bool opens = span_is(query_bytes_at(&query, 1), record_kind_text(RECORD_OPENED));
        err = visit(context, query_number_at(&query, 0), opens);
        if (err == OK)
            err = query_row(&query);
        else if (err == ERR_NOT_FOUND)
            err = ERR_FORM; // the visitor's, not the end of the rows
    }
    query_end(&query);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err take_index(struct query *query, uint64_t *out)
{
    enum err err = query_row(query);
    if (err == OK)
        *out = query_number_at(query, 0);
    query_end(query);
    return err;
}

enum err records_signed(
    struct store *store, const struct hash *request, uint64_t below, uint64_t *out)
{
    struct query query = store_query(store, RECORD_SIGNED);
    query_bytes(&query, hash_span(request));
    query_number(&query, below);
    return take_index(&query, out);
}

enum err records_newest(struct store *store, uint64_t *out)
{
    struct query query = store_query(store, RECORD_NEWEST);
    return take_index(&query, out);
}

struct query records_live(struct store *store)
{
    return store_query(store, RECORD_LIVE);
}

enum err records_live_next(struct query *live, uint64_t *index)
{
    enum err err = query_row(live);
    if (err == OK)
        *index = query_number_at(live, 0);
    return err;
}

enum err record_time(struct span text, moment *out)
{
    static const char name[] = "\ntime: ";
    const uint8_t *at = memmem(text.data, text.size, name, sizeof name - 1);
    if (at == NULL)
        return ERR_FORM;
    at += sizeof name - 1;
    const uint8_t *end = text.data + text.size;
    return end - at < MOMENT_TEXT ? ERR_FORM : moment_read(span_of(at, MOMENT_TEXT), out);
}
