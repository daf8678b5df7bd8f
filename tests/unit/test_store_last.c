// What items signed last under mandates, and folders of version 2, which had no such table.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/ledger/lasts.h"
#include "tests/unit/store_world.h"

#define ITEM "director/targets@car-1"

static struct last put_payload(struct world *world, uint64_t version, const char *text)
{
    struct last last = {.version = version, .payload = hash_of(span_text(text))};
    assert_int_equal(blobs_put(world->store, &last.payload, span_text(text)), OK);
    return last;
}

static enum err put(struct world *world, const struct last *last)
{
    return lasts_put(world->store, ITEM, last, 7);
}

static struct last get(struct world *world, size_t most, struct span *payload)
{
    struct last last;
    assert_int_equal(lasts_get(world->store, ITEM, most, &world->copies, &last, payload), OK);
    return last;
}

// ---- what is refused ----

static void last__r12_never_falls_and_never_forks(void **state)
{
    struct world *world = *state;
    struct span payload;
    struct last five = put_payload(world, 5, "five"), four = put_payload(world, 4, "four");
    struct last fork = put_payload(world, 5, "another five"), six = put_payload(world, 6, "6");
    assert_int_equal(put(world, &five), OK);
    assert_int_equal(put(world, &four), ERR_FORM);
    assert_int_equal(put(world, &fork), ERR_FORM);
    struct last now = get(world, 100, &payload);
    assert_memory_equal(&now.payload, &five.payload, sizeof now.payload);
    assert_int_equal(put(world, &five), OK); // the same bytes once more
    assert_int_equal(put(world, &six), OK);
    assert_int_equal(get(world, 100, &payload).version, 6);
}

static void last__r1_a_payload_that_the_disk_changed_or_lost_stops_everything(void **state)
{
    static const char *const changes[] = {
        "UPDATE blob SET bytes = CAST('fife' AS BLOB)", "DELETE FROM blob"};
    static const char *const words[] = {"have another hash", "signed last is missing"};
    struct world *world = *state;
    for (size_t i = 0; i < 2; i++) {
        struct last last = put_payload(world, 5, "five");
        struct span payload;
        assert_int_equal(put(world, &last), OK);
        assert_int_equal(store_commit(world->store), OK);
        change(world, changes[i]);
        assert_int_equal(
            lasts_get(world->store, ITEM, 100, &world->copies, &last, &payload), ERR_HALT);
        assert_non_null(strstr(store_fault(world->store), words[i]));
        change(world, "DELETE FROM last");
    }
}

// ---- what is found ----

static void last__of_an_item_that_never_signed_is_nothing(void **state)
{
    struct world *world = *state;
    struct span payload;
    const struct last none = {0};
    struct last last = get(world, 100, &payload);
    assert_memory_equal(&last, &none, sizeof none);
    assert_int_equal(payload.size, 0);
    last = put_payload(world, 1, "one");
    assert_int_equal(lasts_put(world->store, "director/targets@car-11", &last, 7), OK);
    assert_int_equal(get(world, 100, &payload).version, 0);
}

static void last__brings_its_bytes_while_there_is_room(void **state)
{
    struct world *world = *state;
    struct span payload;
    struct last last = put_payload(world, 5, "five");
    assert_int_equal(put(world, &last), OK);
    assert_int_equal(store_commit(world->store), OK);
    reopen(world);
    assert_int_equal(get(world, 4, &payload).version, 5);
    assert_true(span_is(payload, "five"));
    assert_int_equal(get(world, 3, &payload).version, 5);
    assert_int_equal(payload.size, 0);
}

static void last__is_forgotten_with_a_founding_that_broke_off(void **state)
{
    struct world *world = *state;
    struct span payload;
    struct last last = put_payload(world, 5, "five");
    assert_int_equal(put(world, &last), OK);
    assert_int_equal(store_forget_all(world->store), OK);
    assert_int_equal(get(world, 100, &payload).version, 0);
}

// ---- version 2 ----

// As version 0.3.0 of the programs made it.
static const char version_2[] =
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

// The rows of what was written here, in tables of version 2.
static void becomes_version_2(struct world *world)
{
    char script[4 * FOLDER_NAME], old[FOLDER_NAME + 16], now[FOLDER_NAME + 16];
    sqlite3 *db;
    store_close(world->store);
    world->store = NULL;
    snprintf(now, sizeof now, "%s/ledger.db", world->folder);
    snprintf(old, sizeof old, "%s/old.db", world->folder);
    assert_int_equal(sqlite3_open(old, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, version_2, NULL, NULL, NULL), SQLITE_OK);
    snprintf(script, sizeof script,
        "ATTACH '%s' AS now; INSERT INTO record SELECT * FROM now.record;"
        "INSERT INTO node SELECT * FROM now.node; INSERT INTO blob SELECT * FROM now.blob;"
        "INSERT INTO state SELECT * FROM now.state; INSERT INTO fate SELECT * FROM now.fate;",
        now);
    assert_int_equal(sqlite3_exec(db, script, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(rename(old, now), 0);
}

// A request that is open, and one that was signed; the outcome's place.
static struct place write_log(
    struct world *world, const struct texts_request *open, const struct texts_request *signed_)
{
    const struct hash sealed = hash_of(span_text("a state"));
    append_start(world, 1);
    texts_opened(open, 0, &world->text);
    append(world);
    texts_opened(signed_, 0, &world->text);
    struct place opened = append(world);
    texts_order(signed_, &opened, some_approval, 1, &world->text);
    struct place order = append(world);
    texts_outcome(signed_, &order, &sealed, span_text("signature"), &world->text);
    struct place outcome = append(world);
    append_start(world, 2);
    assert_int_equal(states_put(world->store, &sealed, span_text("a state")), OK);
    put_payload(world, 1, "some bytes");
    assert_int_equal(store_commit(world->store), OK);
    return outcome;
}

static void holds_the_log(struct world *world, const struct texts_request *open,
    const struct texts_request *signed_, const struct place *outcome)
{
    const struct hash sealed = hash_of(span_text("a state"));
    struct fate_row row;
    struct span text;
    uint64_t newest = 0;
    assert_int_equal(world->store->size, 6);
    assert_int_equal(records_newest(world->store, &newest), OK);
    assert_int_equal(newest, outcome->index);
    for (uint64_t i = 0; i < 6; i++)
        assert_int_equal(records_get(world->store, i, &world->copies, &text), OK);
    assert_int_equal(fates_get(world->store, &open->id, &row), OK);
    assert_int_equal(row.fate, FATE_OPEN);
    assert_int_equal(fates_get(world->store, &signed_->id, &row), OK);
    assert_int_equal(row.fate, FATE_SIGNED);
    assert_int_equal(states_get(world->store, &sealed, &world->copies, &text), OK);
}

static void tables__bring_a_folder_of_version_2_up(void **state)
{
    struct world *world = *state;
    struct texts_request open = texts_request_new(1), signed_ = texts_request_new(2);
    struct place outcome = write_log(world, &open, &signed_);
    struct last last = {.version = 3, .payload = hash_of(span_text("some bytes"))};
    struct span payload;
    becomes_version_2(world);
    open_store(world);
    holds_the_log(world, &open, &signed_, &outcome);
    assert_int_equal(get(world, 100, &payload).version, 0);
    assert_int_equal(put(world, &last), OK);
    append_start(world, 3);
    assert_int_equal(store_commit(world->store), OK);
    reopen(world); // once is enough
    assert_int_equal(world->store->size, 7);
    assert_int_equal(get(world, 100, &payload).version, 3);
    assert_true(span_is(payload, "some bytes"));
    texts_request_clear(&open);
    texts_request_clear(&signed_);
}

// Something is in the way half-way through: the folder stays what it was, for the programs before.
static void tables__r9_a_folder_is_brought_up_whole_or_not_at_all(void **state)
{
    struct world *world = *state;
    struct texts_request open = texts_request_new(1), signed_ = texts_request_new(2);
    struct place outcome = write_log(world, &open, &signed_);
    struct refusal why;
    char path[FOLDER_NAME + 16];
    sqlite3 *db;
    becomes_version_2(world);
    snprintf(path, sizeof path, "%s/ledger.db", world->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "CREATE TABLE record_outcomes (a INTEGER)", NULL, NULL, NULL), 0);
    sqlite3_close(db);
    assert_int_equal(store_open(world->folder, &world->store, &why), ERR_HALT);
    assert_non_null(strstr(why.sentence, "record_outcomes"));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DROP TABLE record_outcomes", NULL, NULL, NULL), 0);
    assert_int_not_equal(sqlite3_exec(db, "SELECT * FROM last", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    open_store(world);
    holds_the_log(world, &open, &signed_, &outcome);
    texts_request_clear(&open);
    texts_request_clear(&signed_);
}

#define test(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(last__r12_never_falls_and_never_forks),
        test(last__r1_a_payload_that_the_disk_changed_or_lost_stops_everything),
        test(last__of_an_item_that_never_signed_is_nothing),
        test(last__brings_its_bytes_while_there_is_room),
        test(last__is_forgotten_with_a_founding_that_broke_off),
        test(tables__bring_a_folder_of_version_2_up),
        test(tables__r9_a_folder_is_brought_up_whole_or_not_at_all),
    };
    return cmocka_run_group_tests_name("store_last", tests, NULL, NULL);
}
