#include "signer/ledger/tables.h"

#include <stdio.h>

enum { TABLES_VERSION = 3, TABLES_BEFORE = 2 };

// A request is signed once: one UNIQUE index says so, whatever the code above does, and another one
// that signatures are added to each outcome once at most (R11). Requests that are open or live have
// small indexes of their own, so that a start and a list never walk over what was signed long ago.
// This is version 2; a new database is brought up from it like an old one.
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE record (idx INTEGER PRIMARY KEY, kind TEXT NOT NULL, request BLOB,"
    " adds INTEGER, text BLOB NOT NULL) STRICT;"
    "CREATE INDEX record_of ON record (request) WHERE request IS NOT NULL;"
    "CREATE UNIQUE INDEX record_outcome ON record (request)"
    " WHERE kind = 'outcome' AND adds IS NULL;"
    "CREATE UNIQUE INDEX record_added ON record (adds) WHERE adds IS NOT NULL;"
    "CREATE TABLE node (level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL,"
    " PRIMARY KEY (level, idx)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE blob (hash BLOB NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE state (hash BLOB NOT NULL PRIMARY KEY, text BLOB NOT NULL) STRICT;"
    "CREATE TABLE fate (request BLOB NOT NULL PRIMARY KEY, opened INTEGER, \"end\" INTEGER,"
    " fate TEXT NOT NULL, live INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX fate_open ON fate (opened) WHERE \"end\" IS NULL;"
    "CREATE INDEX fate_live ON fate (opened) WHERE live = 1;"
    "PRAGMA application_id = 0x436c6176;"
    "PRAGMA user_version = 2;"
    "COMMIT;";

// From version 2: what items signed last under mandates, of which there were none; and the newest
// outcome is found by an index, since the sealed state no longer names the order of each.
static const char upgrade[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE last (item TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL,"
    " payload BLOB NOT NULL, outcome INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX record_outcomes ON record (idx) WHERE kind = 'outcome';"
    "PRAGMA user_version = 3;"
    "COMMIT;";

const char *const table_statements[TABLE_STATEMENTS] = {
    [TABLE_BEGIN] = "BEGIN IMMEDIATE",
    [TABLE_COMMIT] = "COMMIT",
    [RECORD_ADD] = "INSERT INTO record (idx, kind, request, adds, text)"
                   " VALUES (?, ?, ?, ?, ?)",
    [RECORD_GET] = "SELECT text FROM record WHERE idx = ?",
    [RECORD_COUNT] = "SELECT ifnull(max(idx) + 1, 0) FROM record",
    [RECORD_ORDERS] =
        "SELECT 1 FROM record WHERE kind IN ('order', 'frozen', 'mandated', 'outcome')"
        " LIMIT 1",
    [RECORD_OF] = "SELECT idx, kind FROM record WHERE request = ? AND idx < ?"
                  " AND kind IN ('opened', 'decision') ORDER BY idx",
    [RECORD_SIGNED] = "SELECT idx FROM record WHERE request = ? AND idx < ?"
                      " AND kind = 'outcome' ORDER BY idx DESC LIMIT 1",
    [RECORD_NEWEST] = "SELECT idx FROM record INDEXED BY record_outcomes"
                      " WHERE kind = 'outcome' ORDER BY idx DESC LIMIT 1",
    [RECORD_LIVE] = "SELECT record.idx FROM fate CROSS JOIN record USING (request)"
                    " WHERE fate.live = 1"
                    " AND record.kind IN ('opened', 'decision', 'order', 'outcome')"
                    " ORDER BY record.idx",
    [NODE_ADD] = "INSERT INTO node (level, idx, hash) VALUES (?, ?, ?)",
    [NODE_GET] = "SELECT hash FROM node WHERE level = ? AND idx = ?",
    [BLOB_ADD] = "INSERT INTO blob (hash, bytes) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
    [BLOB_HAS] = "SELECT 1 FROM blob WHERE hash = ?",
    [BLOB_GET] = "SELECT bytes FROM blob WHERE hash = ?",
    [STATE_ADD] = "INSERT INTO state (hash, text) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
    [STATE_GET] = "SELECT text FROM state WHERE hash = ?",
    [STATE_KEEP] = "DELETE FROM state WHERE hash <> ? AND hash <> ?",
    [FATE_REOPEN] = "INSERT INTO fate (request, opened, fate, live) VALUES (?, ?, 'open', 1)"
                    " ON CONFLICT (request) DO UPDATE SET opened = excluded.opened"
                    " WHERE \"end\" IS NULL",
    [FATE_CLOSE] = "UPDATE fate SET \"end\" = ?, fate = ?, live = ?"
                   " WHERE request = ? AND \"end\" IS NULL",
    [FATE_EXTEND] = "UPDATE fate SET \"end\" = ?, live = ?"
                    " WHERE request = ? AND \"end\" = ? AND live = 1",
    [FATE_SETTLE] = "UPDATE fate SET live = 0"
                    " WHERE request = ? AND \"end\" IS NOT NULL AND live = 1",
    [FATE_UNASKED] = "INSERT INTO fate (request, \"end\", fate, live)"
                     " SELECT request, ?, 'signed', 0 FROM record"
                     " WHERE idx = ? AND request = ? AND kind IN ('frozen', 'mandated')"
                     " ON CONFLICT (request) DO NOTHING",
    [FATE_NEVER] = "INSERT INTO fate (request, \"end\", fate, live)"
                   " VALUES (?, ?, 'refused', 0)"
                   " ON CONFLICT (request) DO NOTHING",
    [FATE_GET] = "SELECT opened, \"end\", fate, live FROM fate WHERE request = ?",
    [FATE_OPENED] = "SELECT opened FROM fate WHERE live = 1 AND opened > ?"
                    " AND opened < ? ORDER BY opened LIMIT ?",
    [FATE_COUNT] = "SELECT count(*) FROM fate WHERE \"end\" IS NULL",
    [LAST_PUT] = "INSERT INTO last (item, version, payload, outcome) VALUES (?, ?, ?, ?)"
                 " ON CONFLICT (item) DO UPDATE SET version = excluded.version,"
                 " payload = excluded.payload, outcome = excluded.outcome"
                 " WHERE excluded.version > version"
                 " OR (excluded.version = version AND excluded.payload = payload)",
    [LAST_GET] = "SELECT version, payload, length(bytes),"
                 " CASE WHEN length(bytes) <= ? THEN bytes END"
                 " FROM last LEFT JOIN blob ON hash = payload WHERE item = ?",
    [FORGET_RECORDS] = "DELETE FROM record",
    [FORGET_NODES] = "DELETE FROM node",
    [FORGET_BLOBS] = "DELETE FROM blob",
    [FORGET_STATES] = "DELETE FROM state",
    [FORGET_FATES] = "DELETE FROM fate",
    [FORGET_LASTS] = "DELETE FROM last",
};

enum { HOW_MANY_TABLES, WHICH_VERSION, QUESTIONS };
static const char *const questions[QUESTIONS] = {
    [HOW_MANY_TABLES] = "SELECT count(*) FROM sqlite_schema",
    [WHICH_VERSION] = "SELECT user_version FROM pragma_user_version",
};

static enum err ask(struct sql *sql, size_t question, uint64_t *out)
{
    struct query query = query_start(sql, question);
    enum err err = query_row(&query);
    if (err == OK)
        *out = query_number_at(&query, 0);
    query_end(&query);
    return err;
}

static enum err create_or_check(struct sql *sql, struct refusal *why)
{
    uint64_t tables = 0, version = 0;
    enum err err = sql_prepare(sql, questions, QUESTIONS, why);
    if (err == OK)
        err = ask(sql, HOW_MANY_TABLES, &tables);
    if (err == OK && tables == 0)
        err = sql_script(sql, schema);
    if (err == OK)
        err = ask(sql, WHICH_VERSION, &version);
    if (err == OK && version == TABLES_BEFORE)
        return sql_script(sql, upgrade);
    if (err == OK && version != TABLES_VERSION) {
        refuse(why, "",
            "the ledger folder was written by another version (%llu, this one writes %d); "
            "install the version that fits",
            (unsigned long long)version, TABLES_VERSION);
        err = ERR_HALT;
    }
    return err;
}

enum err tables_settle(struct sql *sql, struct refusal *why)
{
    enum err err = create_or_check(sql, why);
    if (err == OK)
        return sql_prepare(sql, table_statements, TABLE_STATEMENTS, why);
    if (why->sentence[0] == '\0')
        refuse(why, "R9", "%s", sql_fault(sql));
    return ERR_HALT;
}
