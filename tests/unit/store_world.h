// A store in a folder of its own, and what tests of it do again and again.
#ifndef CONCLAVE_TESTS_UNIT_STORE_WORLD_H
#define CONCLAVE_TESTS_UNIT_STORE_WORLD_H

#include "signer/ledger/blobs.h"
#include "signer/ledger/fates.h"
#include "signer/ledger/records.h"
#include "tests/unit/folder.h"
#include "tests/unit/ledger_texts.h"

#include <sqlite3.h>
#include <sys/stat.h>

struct world {
    char folder[FOLDER_NAME];
    struct store *store;
    struct bytes text;
    struct copies copies;
};

static inline void open_store(struct world *world)
{
    struct refusal why;
    if (store_open(world->folder, &world->store, &why) != OK)
        fail_msg("%s", why.sentence);
}

static inline void reopen(struct world *world)
{
    store_close(world->store);
    open_store(world);
}

static inline int world_make(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    folder_make(world->folder);
    open_store(world);
    world->text = text_new();
    *state = world;
    return 0;
}

static inline int world_drop(void **state)
{
    struct world *world = *state;
    copies_clear(&world->copies);
    bytes_clear(&world->text);
    store_close(world->store);
    folder_remove(world->folder);
    free(world);
    return 0;
}

static inline struct place append(struct world *world)
{
    struct place place = {0};
    assert_int_equal(records_append(world->store, bytes_span(&world->text), &place), OK);
    return place;
}

static inline enum err append_err(struct world *world)
{
    struct place place;
    return records_append(world->store, bytes_span(&world->text), &place);
}

static inline void append_start(struct world *world, unsigned number)
{
    texts_start(number, &world->text);
    append(world);
}

// Changes the file behind the store's back, while no store has it open.
static inline void change(struct world *world, const char *sql)
{
    char path[FOLDER_NAME + 16];
    sqlite3 *db;
    store_close(world->store);
    snprintf(path, sizeof path, "%s/ledger.db", world->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_not_equal(sqlite3_total_changes(db) + (strncmp(sql, "PRAGMA", 6) == 0), 0);
    sqlite3_close(db);
    open_store(world);
}

static inline off_t size_of(const struct world *world, const char *name)
{
    char path[FOLDER_NAME + 32];
    struct stat stat_;
    snprintf(path, sizeof path, "%s/%s", world->folder, name);
    return stat(path, &stat_) == 0 ? stat_.st_size : 0;
}

#endif
