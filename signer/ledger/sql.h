// SQL: one SQLite database and its prepared statements, kept as long as it is open. The only code
// that includes SQLite.
//
// A query is a plain list: start, bind in the order of the question marks, ask for rows (or run it
// to its end), end. Its failure is sticky. A failure of the database is final (R9): the sentence
// is kept, and everything that is asked later fails as well, so nothing is ever tried again.
#ifndef CONCLAVE_SIGNER_LEDGER_SQL_H
#define CONCLAVE_SIGNER_LEDGER_SQL_H

#include "proto/refusal.h"
#include "signer/base/bytes.h"

struct sql;
struct sqlite3_stmt;

// Opens or creates the file. Writes are durable when a commit returns (WAL, synchronous FULL).
// ERR_HALT with `why`.
enum err must_check sql_open(const char *path, struct sql **out, struct refusal *why);
// Prepares the statements in place of any that were prepared before; a query names them by their
// index. ERR_HALT with `why`.
enum err must_check sql_prepare(
    struct sql *sql, const char *const *texts, size_t count, struct refusal *why);
void sql_close(struct sql *sql); // takes NULL; what was not committed is gone

// Runs a text of several statements without results, for the schema. ERR_HALT.
enum err must_check sql_script(struct sql *sql, const char *text);
// The sentence of the first failure; empty before.
const char *sql_fault(const struct sql *sql);
// How many rows the last statement changed.
uint64_t sql_changes(const struct sql *sql);

struct query {
    struct sql *sql;
    struct sqlite3_stmt *statement;
    int bound;
    enum err err;
};

struct query query_start(struct sql *sql, size_t statement);
void query_number(struct query *query, uint64_t value);
void query_none(struct query *query);
// Borrowed until the query ends.
void query_bytes(struct query *query, struct span value);
void query_text(struct query *query, const char *value);
// OK: there is a row; ERR_NOT_FOUND: none (any more); ERR_EXISTS: a UNIQUE constraint said no;
// ERR_HALT.
enum err must_check query_row(struct query *query);
// Columns of the row, from 0. Spans are valid until the next row or end.
uint64_t query_number_at(const struct query *query, int column);
struct span query_bytes_at(const struct query *query, int column);
bool query_none_at(const struct query *query, int column);
// The statement may be started again.
void query_end(struct query *query);
// For a statement without rows: runs and ends it. OK, ERR_EXISTS, ERR_HALT.
enum err must_check query_run(struct query *query);

#endif
