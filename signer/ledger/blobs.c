#include "signer/ledger/blobs.h"

static enum err put(
    struct store *store, enum table_statement add, const struct hash *hash, struct span bytes)
{
    enum err err = store_begin(store);
    if (err != OK)
        return err;
    struct query query = store_query(store, add);
    query_bytes(&query, hash_span(hash));
    query_bytes(&query, bytes);
    return query_run(&query);
}

enum err blobs_check(struct store *store, const struct hash *hash, struct span bytes)
{
    struct hash found = hash_of(bytes);
    char hex[2 * HASH_SIZE + 1];
    if (hash_equal(&found, hash))
        return OK;
    hash_hex(hash, hex);
    return store_fail(store,
        "the bytes stored as sha256:%s have another hash; check the disk, and restore the "
        "ledger folder from a copy that holds them",
        hex);
}

static enum err get(struct store *store, enum table_statement statement,
    const struct hash *hash, struct copies *copies, struct span *out)
{
    struct query query = store_query(store, statement);
    query_bytes(&query, hash_span(hash));
    enum err err = query_row(&query);
    if (err == OK)
        err = copies_add(copies, query_bytes_at(&query, 0), out);
    query_end(&query);
    return err == OK ? blobs_check(store, hash, *out) : err;
}

enum err blobs_put(struct store *store, const struct hash *hash, struct span bytes)
{
    return put(store, BLOB_ADD, hash, bytes);
}

enum err blobs_has(struct store *store, const struct hash *hash, bool *out)
{
    struct query query = store_query(store, BLOB_HAS);
    query_bytes(&query, hash_span(hash));
    enum err err = query_row(&query);
    query_end(&query);
    *out = err == OK;
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err blobs_get(
    struct store *store, const struct hash *hash, struct copies *copies, struct span *out)
{
    return get(store, BLOB_GET, hash, copies, out);
}

enum err states_put(struct store *store, const struct hash *hash, struct span text)
{
    return put(store, STATE_ADD, hash, text);
}

enum err states_get(
    struct store *store, const struct hash *hash, struct copies *copies, struct span *out)
{
    return get(store, STATE_GET, hash, copies, out);
}

enum err states_keep(struct store *store, const struct hash *sealed, const struct hash *named)
{
    enum err err = store_begin(store);
    if (err != OK)
        return err;
    struct query query = store_query(store, STATE_KEEP);
    query_bytes(&query, hash_span(sealed));
    query_bytes(&query, hash_span(named));
    return query_run(&query);
}
