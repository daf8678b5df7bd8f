#include "signer/ledger/sql.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    // Payloads of megabytes take fewer of them; records cost the same with 4 KiB (measured).
    PAGE_SIZE = 16 * 1024,
    // The write-ahead file is emptied into the database when it has so many pages (2 MiB): half
    // of what the disk must have free, since emptying it takes as much again (store.h).
    JOURNAL_PAGES = 128,
    // A payload of the largest size leaves a long file; it is cut back to this.
    JOURNAL_SIZE = JOURNAL_PAGES * PAGE_SIZE,
    // The nodes and indexes that every insert touches, for a log of millions.
    CACHE_KIB = 16 * 1024,
};

struct sql {
    sqlite3 *db;
    sqlite3_stmt **statements;
    size_t count;
    struct refusal fault;
};

static void finalize(struct sql *sql)
{
    for (size_t i = 0; i < sql->count; i++)
        sqlite3_finalize(sql->statements[i]);
    free(sql->statements);
    sql->statements = NULL;
    sql->count = 0;
}

static enum err fail(struct sql *sql, int code)
{
    // What does not fit cannot happen behind the check of the space; the rest is the disk.
    if (sql->fault.sentence[0] == '\0')
        refuse(&sql->fault, "R9",
            "the ledger's database failed (%s: %s); nothing was tried again. Check the disk, "
            "then start again",
            sqlite3_errstr(code), sqlite3_errmsg(sql->db));
    return ERR_HALT;
}

static enum err set_up(struct sql *sql)
{
    sqlite3_extended_result_codes(sql->db, 1);
    sqlite3_limit(sql->db, SQLITE_LIMIT_LENGTH, LIMIT_FRAME);
    sqlite3_limit(sql->db, SQLITE_LIMIT_ATTACHED, 0);
    int code = sqlite3_db_config(sql->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (code != SQLITE_OK)
        return fail(sql, code);
    // Locking first: an exclusive lock needs no shared memory beside the file.
    char script[512];
    snprintf(script, sizeof script,
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = %d; PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
        "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA cache_size = -%d;"
        "PRAGMA wal_autocheckpoint = %d; PRAGMA journal_size_limit = %d;",
        PAGE_SIZE, CACHE_KIB, JOURNAL_PAGES, JOURNAL_SIZE);
    return sql_script(sql, script);
}

// A pragma that is not understood is passed over in silence, so what durability rests on is read
// back.
static enum err read_back(struct sql *sql)
{
    static const struct {
        const char *pragma;
        const char *value;
    } wanted[] = {{"PRAGMA journal_mode", "wal"}, {"PRAGMA synchronous", "2"},
        {"PRAGMA locking_mode", "exclusive"}, {"PRAGMA temp_store", "2"}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        sqlite3_stmt *statement = NULL;
        int code = sqlite3_prepare_v2(sql->db, wanted[i].pragma, -1, &statement, NULL);
        bool good =
            code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW &&
            strcmp((const char *)sqlite3_column_text(statement, 0), wanted[i].value) == 0;
        sqlite3_finalize(statement);
        if (!good)
            return fail(sql, code == SQLITE_OK ? SQLITE_MISUSE : code);
    }
    return OK;
}

enum err sql_open(const char *path, struct sql **out, struct refusal *why)
{
    struct sql *sql = calloc(1, sizeof *sql);
    if (sql == NULL) {
        refuse(why, "", "no memory for the ledger's database");
        return ERR_HALT;
    }
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(path, &sql->db, flags, NULL);
    enum err err = code == SQLITE_OK ? set_up(sql) : fail(sql, code);
    if (err == OK)
        err = read_back(sql);
    if (err != OK) {
        *why = sql->fault;
        sql_close(sql);
        return ERR_HALT;
    }
    *out = sql;
    return OK;
}

enum err sql_prepare(
    struct sql *sql, const char *const *texts, size_t count, struct refusal *why)
{
    int code = SQLITE_NOMEM;
    finalize(sql);
    sql->statements = calloc(count, sizeof(sqlite3_stmt *));
    if (sql->statements == NULL)
        goto out;
    sql->count = count;
    for (size_t i = 0; i < count; i++) {
        code = sqlite3_prepare_v3(
            sql->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &sql->statements[i], NULL);
        if (code != SQLITE_OK)
            goto out;
    }
    return OK;
out:
    (void)fail(sql, code);
    *why = sql->fault;
    return ERR_HALT;
}

void sql_close(struct sql *sql)
{
    if (sql == NULL)
        return;
    finalize(sql);
    sqlite3_close(sql->db);
    free(sql);
}

enum err sql_script(struct sql *sql, const char *text)
{
    if (sql->fault.sentence[0] != '\0')
        return ERR_HALT;
    int code = sqlite3_exec(sql->db, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : fail(sql, code);
}

const char *sql_fault(const struct sql *sql)
{
    return sql->fault.sentence;
}

uint64_t sql_changes(const struct sql *sql)
{
    return (uint64_t)sqlite3_changes64(sql->db);
}

struct query query_start(struct sql *sql, size_t statement)
{
    struct query query = {.sql = sql, .statement = sql->statements[statement]};
    if (sql->fault.sentence[0] != '\0')
        query.err = ERR_HALT;
    return query;
}

static void bound(struct query *query, int code)
{
    if (code != SQLITE_OK && query->err == OK)
        query->err = fail(query->sql, code);
}

void query_number(struct query *query, uint64_t value)
{
    // Beyond SQLite's integers there is nothing: the largest finds nothing either.
    sqlite3_int64 number = value > INT64_MAX ? INT64_MAX : (sqlite3_int64)value;
    bound(query, sqlite3_bind_int64(query->statement, ++query->bound, number));
}

void query_none(struct query *query)
{
    bound(query, sqlite3_bind_null(query->statement, ++query->bound));
}

void query_bytes(struct query *query, struct span value)
{
    // An empty span has no address, and SQLite would take that for NULL.
    const void *data = value.size == 0 ? "" : (const void *)value.data;
    bound(query,
        sqlite3_bind_blob64(query->statement, ++query->bound, data, value.size, SQLITE_STATIC));
}

void query_text(struct query *query, const char *value)
{
    bound(query, sqlite3_bind_text(query->statement, ++query->bound, value, -1, SQLITE_STATIC));
}

enum err query_row(struct query *query)
{
    if (query->err != OK)
        return query->err;
    int code = sqlite3_step(query->statement);
    if (code == SQLITE_ROW)
        return OK;
    if (code == SQLITE_DONE)
        query->err = ERR_NOT_FOUND;
    else if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
             code == SQLITE_CONSTRAINT_ROWID)
        query->err = ERR_EXISTS;
    else
        query->err = fail(query->sql, code);
    return query->err;
}

uint64_t query_number_at(const struct query *query, int column)
{
    return (uint64_t)sqlite3_column_int64(query->statement, column);
}

struct span query_bytes_at(const struct query *query, int column)
{
    const void *data = sqlite3_column_blob(query->statement, column);
    return span_of(data, (size_t)sqlite3_column_bytes(query->statement, column));
}

bool query_none_at(const struct query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

void query_end(struct query *query)
{
    sqlite3_reset(query->statement);
    sqlite3_clear_bindings(query->statement);
}

enum err query_run(struct query *query)
{
    enum err err = query_row(query);
    query_end(query);
    return err == ERR_NOT_FOUND ? OK : err;
}
