#include "signer/ledger/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    // Pages of 16 KiB (sql.c): a piece begins one, and changes some in the trees above it; and a
    // commit changes the last one of every tree.
    COST_OF_PIECE = 4 * 16 * 1024,
    COST_OF_COMMIT = 16 * 16 * 1024,
    COST_FACTOR = 2,
};

static enum err take_lock(struct store *store, const char *folder, struct refusal *why)
{
    store->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->folder < 0) {
        refuse(why, "", "cannot open the ledger folder %s: %s; create it, owned by this user",
            folder, strerror(errno));
        return ERR_HALT;
    }
    store->lock = openat(store->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock >= 0 && flock(store->lock, LOCK_EX | LOCK_NB) == 0)
        return OK;
    if (store->lock >= 0 && errno == EWOULDBLOCK)
        refuse(
            why, "", "another conclaved works in the ledger folder %s; stop it first", folder);
    else
        refuse(why, "", "cannot lock the ledger folder %s: %s", folder, strerror(errno));
    return ERR_HALT;
}

static enum err count_records(struct store *store)
{
    struct query query = store_query(store, RECORD_COUNT);
    enum err err = query_row(&query);
    if (err == OK)
        store->size = store->durable = query_number_at(&query, 0);
    query_end(&query);
    return err;
}

static enum err open_database(struct store *store, const char *folder, struct refusal *why)
{
    char path[4200];
    int length = snprintf(path, sizeof path, "%s/ledger.db", folder);
    if (length < 0 || (size_t)length >= sizeof path) {
        refuse(why, "", "the name of the ledger folder is too long");
        return ERR_HALT;
    }
    enum err err = sql_open(path, &store->sql, why);
    if (err == OK)
        err = tables_settle(store->sql, why);
    if (err != OK)
        return err;
    err = count_records(store);
    if (err != OK)
        refuse(why, "R9", "%s", sql_fault(store->sql));
    return err;
}

enum err store_open(const char *folder, struct store **out, struct refusal *why)
{
    *why = (struct refusal){0};
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        refuse(why, "", "no memory for the ledger");
        return ERR_HALT;
    }
    store->folder = store->lock = -1;
    enum err err = take_lock(store, folder, why);
    if (err == OK)
        err = open_database(store, folder, why);
    if (err != OK) {
        store_close(store);
        return err;
    }
    *out = store;
    return OK;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    sql_close(store->sql);
    if (store->lock >= 0)
        close(store->lock);
    if (store->folder >= 0)
        close(store->folder);
    free(store);
}

const char *store_fault(const struct store *store)
{
    return store->fault.sentence[0] != '\0' ? store->fault.sentence : sql_fault(store->sql);
}

enum err store_fail(struct store *store, const char *format, ...)
{
    char sentence[LIMIT_SENTENCE + 1];
    va_list list;
    va_start(list, format);
    vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    if (store->fault.sentence[0] == '\0')
        refuse(&store->fault, "R9", "%s", sentence);
    return ERR_HALT;
}

struct query store_query(struct store *store, enum table_statement statement)
{
    return query_start(store->sql, statement);
}

static enum err run(struct store *store, enum table_statement statement)
{
    struct query query = store_query(store, statement);
    return query_run(&query);
}

enum err store_begin(struct store *store)
{
    if (store->writing)
        return OK;
    enum err err = run(store, TABLE_BEGIN);
    store->writing = err == OK;
    return err;
}

enum err store_commit(struct store *store)
{
    if (!store->writing)
        return OK;
    enum err err = run(store, TABLE_COMMIT);
    if (err != OK)
        return err;
    store->writing = false;
    store->durable = store->size;
    return OK;
}

enum err store_has_orders(struct store *store, bool *out)
{
    struct query query = store_query(store, RECORD_ORDERS);
    enum err err = query_row(&query);
    query_end(&query);
    *out = err == OK;
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err store_forget_all(struct store *store)
{
    static const enum table_statement all[] = {
        FORGET_RECORDS, FORGET_NODES, FORGET_BLOBS, FORGET_STATES, FORGET_FATES, FORGET_LASTS};
    enum err err = store_begin(store);
    for (size_t i = 0; err == OK && i < sizeof all / sizeof all[0]; i++)
        err = run(store, all[i]);
    if (err == OK)
        store->size = 0;
    return err == OK ? store_commit(store) : err;
}

enum err store_free(struct store *store, uint64_t *out)
{
    struct statvfs disk;
    if (fstatvfs(store->folder, &disk) != 0)
        return store_fail(
            store, "cannot see how full the ledger's disk is: %s", strerror(errno));
    *out = (uint64_t)disk.f_bavail * disk.f_frsize;
    return OK;
}

uint64_t store_cost(uint64_t bytes, uint64_t pieces)
{
    return COST_FACTOR * bytes + COST_OF_PIECE * pieces + COST_OF_COMMIT;
}
