#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/ledger/blobs.h"
#include "signer/ledger/fates.h"
#include "signer/ledger/load.h"
#include "signer/ledger/records.h"
#include "tests/unit/folder.h"
#include "tests/unit/ledger_texts.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct world {
    char folder[FOLDER_NAME];
    struct store *store;
    struct bytes text;
    struct copies copies;
};

static void open_store(struct world *world)
{
    struct refusal why;
    if (store_open(world->folder, &world->store, &why) != OK)
        fail_msg("%s", why.sentence);
}

static void reopen(struct world *world)
{
    store_close(world->store);
    open_store(world);
}

static int world_make(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    folder_make(world->folder);
    open_store(world);
    world->text = text_new();
    *state = world;
    return 0;
}

static int world_drop(void **state)
{
    struct world *world = *state;
    copies_clear(&world->copies);
    bytes_clear(&world->text);
    store_close(world->store);
    folder_remove(world->folder);
    free(world);
    return 0;
}

static struct place append(struct world *world)
{
    struct place place = {0};
    assert_int_equal(records_append(world->store, bytes_span(&world->text), &place), OK);
    return place;
}

static enum err append_err(struct world *world)
{
    struct place place;
    return records_append(world->store, bytes_span(&world->text), &place);
}

static void append_start(struct world *world, unsigned number)
{
    texts_start(number, &world->text);
    append(world);
}

// Changes the file behind the store's back, while no store has it open.
static void change(struct world *world, const char *sql)
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

static off_t size_of(const struct world *world, const char *name)
{
    char path[FOLDER_NAME + 32];
    struct stat stat_;
    snprintf(path, sizeof path, "%s/%s", world->folder, name);
    return stat(path, &stat_) == 0 ? stat_.st_size : 0;
}

// ---- what is refused ----

static void store__refuses_a_folder_that_another_ledger_holds(void **state)
{
    struct world *world = *state;
    struct store *second = NULL;
    struct refusal why;
    assert_int_equal(store_open(world->folder, &second, &why), ERR_HALT);
    assert_non_null(strstr(why.sentence, "another conclaved"));
    store_close(world->store);
    assert_int_equal(store_open(world->folder, &second, &why), OK);
    store_close(second);
    open_store(world);
}

static void store__refuses_a_folder_that_is_not_there(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct refusal why;
    assert_int_equal(store_open("/nowhere/at/all", &store, &why), ERR_HALT);
    assert_non_null(strstr(why.sentence, "/nowhere/at/all"));
}

static void store__refuses_another_versions_file(void **state)
{
    struct world *world = *state;
    struct refusal why;
    change(world, "PRAGMA user_version = 1");
    store_close(world->store);
    world->store = NULL;
    char path[FOLDER_NAME + 16];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/ledger.db", world->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 2", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(store_open(world->folder, &world->store, &why), ERR_HALT);
    assert_non_null(strstr(why.sentence, "another version"));
    assert_null(world->store);
}

static void store__refuses_a_file_that_is_no_database(void **state)
{
    struct world *world = *state;
    struct refusal why;
    char path[FOLDER_NAME + 16];
    store_close(world->store);
    world->store = NULL;
    snprintf(path, sizeof path, "%s/ledger.db", world->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 4096; i++)
        fputs("this is no database\n", file);
    fclose(file);
    assert_int_equal(store_open(world->folder, &world->store, &why), ERR_HALT);
    assert_non_null(strstr(why.sentence, "not a database"));
}

static void records__refuse_what_is_no_record(void **state)
{
    struct world *world = *state;
    bytes_add_text(&world->text, "conclave.approval/v1\n");
    assert_int_equal(append_err(world), ERR_FORM);
    bytes_reset(&world->text);
    assert_int_equal(append_err(world), ERR_FORM);
    static char large[LIMIT_RECORD + 2];
    memset(large, 'x', LIMIT_RECORD + 1);
    memcpy(large, "conclave.gate/v1\n", 17);
    struct place place;
    assert_int_equal(
        records_append(world->store, span_of(large, LIMIT_RECORD + 1), &place), ERR_FORM);
    assert_int_equal(world->store->size, 0);
}

// ---- what the disk changed ----

static void records__that_the_disk_changed_stop_everything(void **state)
{
    struct world *world = *state;
    struct span text;
    append_start(world, 1);
    append_start(world, 2);
    assert_int_equal(store_commit(world->store), OK);
    change(world, "UPDATE record SET text = CAST(replace(CAST(text AS TEXT), '0.1.0', '0.1.1')"
                  " AS BLOB) WHERE idx = 1");
    assert_int_equal(records_get(world->store, 0, &world->copies, &text), OK);
    assert_int_equal(records_get(world->store, 1, &world->copies, &text), ERR_HALT);
    assert_non_null(strstr(store_fault(world->store), "record 1 is not on the disk"));
    assert_non_null(strstr(store_fault(world->store), "restore"));
}

static void records__a_missing_node_stops_everything(void **state)
{
    struct world *world = *state;
    struct merkle_path path;
    for (unsigned i = 0; i < 4; i++)
        append_start(world, i);
    assert_int_equal(store_commit(world->store), OK);
    change(world, "DELETE FROM node WHERE level = 1 AND idx = 1");
    struct merkle_store tree = records_tree(world->store);
    assert_int_equal(merkle_prove_inclusion(&tree, 2, 4, &path), OK);
    assert_int_equal(merkle_prove_inclusion(&tree, 0, 4, &path), ERR_HALT);
    assert_non_null(strstr(store_fault(world->store), "node 1 of level 1"));
}

static void put_blob(struct world *world, const char *text, struct hash *hash)
{
    *hash = hash_of(span_text(text));
    assert_int_equal(blobs_put(world->store, hash, span_text(text)), OK);
}

static void blobs__r1_that_the_disk_changed_stop_everything(void **state)
{
    struct world *world = *state;
    struct hash hash;
    struct span bytes;
    put_blob(world, "the exact bytes", &hash);
    assert_int_equal(store_commit(world->store), OK);
    assert_int_equal(blobs_get(world->store, &hash, &world->copies, &bytes), OK);
    change(world, "UPDATE blob SET bytes = CAST('the exact bytez' AS BLOB)");
    assert_int_equal(blobs_get(world->store, &hash, &world->copies, &bytes), ERR_HALT);
    assert_non_null(strstr(store_fault(world->store), "have another hash"));
}

static void states__that_the_disk_changed_stop_everything(void **state)
{
    struct world *world = *state;
    struct hash hash = hash_of(span_text("a state"));
    struct span bytes;
    assert_int_equal(states_put(world->store, &hash, span_text("a state")), OK);
    assert_int_equal(store_commit(world->store), OK);
    change(world, "UPDATE state SET text = CAST('b state' AS BLOB)");
    assert_int_equal(states_get(world->store, &hash, &world->copies, &bytes), ERR_HALT);
}

// ---- R9 ----

// In a child, so that the limit ends with it. The disk says no at some write; from then on nothing
// is tried again, though it would go.
static int fill_until_it_fails(struct world *world)
{
    struct rlimit limit = {256 * 1024, RLIM_INFINITY};
    static uint8_t bytes[64 * 1024];
    enum err err = OK;
    struct hash hash;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    for (unsigned i = 0; err == OK && i < 64; i++) {
        bytes[0] = (uint8_t)i;
        hash = hash_of(span_of(bytes, sizeof bytes));
        err = blobs_put(world->store, &hash, span_of(bytes, sizeof bytes));
        if (err == OK)
            err = store_commit(world->store);
    }
    bool said = strstr(store_fault(world->store), "nothing was tried again") != NULL;
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    enum err again = blobs_put(world->store, &hash, span_of(bytes, 1));
    enum err commit = store_commit(world->store);
    return err == ERR_HALT && said && again == ERR_HALT && commit == ERR_HALT ? 7 : 1;
}

static int child_status(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void store__r9_a_failed_write_is_final(void **state)
{
    struct world *world = *state;
    store_close(world->store);
    pid_t child = fork();
    if (child == 0) {
        open_store(world);
        _exit(fill_until_it_fails(world));
    }
    int status = child_status(child);
    open_store(world);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void store__r9_a_kill_loses_what_was_not_committed_and_nothing_else(void **state)
{
    struct world *world = *state;
    store_close(world->store);
    pid_t child = fork();
    if (child == 0) {
        open_store(world);
        for (unsigned i = 0; i < 5; i++) {
            append_start(world, i);
            if (i == 2 && store_commit(world->store) != OK)
                _exit(1);
        }
        kill(getpid(), SIGKILL);
    }
    int status = child_status(child);
    open_store(world);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(world->store->size, 3);
    assert_int_equal(world->store->durable, 3);
}

static void store__a_record_is_durable_only_after_its_commit(void **state)
{
    struct world *world = *state;
    append_start(world, 1);
    assert_int_equal(world->store->size, 1);
    assert_int_equal(world->store->durable, 0);
    assert_int_equal(store_commit(world->store), OK);
    assert_int_equal(world->store->durable, 1);
    append_start(world, 2);
    reopen(world);
    assert_int_equal(world->store->size, 1);
}

static off_t on_disk(const struct world *world)
{
    return size_of(world, "ledger.db") + size_of(world, "ledger.db-wal");
}

// What the space is checked for must be at least what it takes; what the journal held before may
// move to the database with it, and half of the reserve is there for that.
static void store__r9_the_cost_is_not_less_than_what_the_disk_takes(void **state)
{
    static const size_t sizes[] = {1, 100, 16 * 1024, 100 * 1024, 1024 * 1024, 8 * 1024 * 1024};
    struct world *world = *state;
    uint8_t *bytes = calloc(1, 8 * 1024 * 1024);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        off_t before = on_disk(world);
        uint64_t journal = (uint64_t)size_of(world, "ledger.db-wal");
        assert_true(journal <= STORE_RESERVE);
        memset(bytes, (int)i, sizes[i]);
        struct hash hash = hash_of(span_of(bytes, sizes[i]));
        assert_int_equal(blobs_put(world->store, &hash, span_of(bytes, sizes[i])), OK);
        append_start(world, (unsigned)i);
        assert_int_equal(store_commit(world->store), OK);
        uint64_t cost = store_cost(sizes[i] + world->text.size, 2);
        assert_true((uint64_t)(on_disk(world) - before) <= cost + journal);
    }
    free(bytes);
}

static void store__the_journal_stays_bounded(void **state)
{
    struct world *world = *state;
    off_t longest = 0;
    static uint8_t bytes[40 * 1024];
    for (unsigned i = 0; i < 400; i++) {
        memcpy(bytes, &i, sizeof i);
        struct hash hash = hash_of(span_of(bytes, sizeof bytes));
        assert_int_equal(blobs_put(world->store, &hash, span_of(bytes, sizeof bytes)), OK);
        append_start(world, i);
        assert_int_equal(store_commit(world->store), OK);
        off_t now = size_of(world, "ledger.db-wal");
        longest = now > longest ? now : longest;
    }
    assert_true(longest > 0);
    assert_true(longest < STORE_RESERVE);
    assert_true(size_of(world, "ledger.db") > 400 * (off_t)sizeof bytes - STORE_RESERVE);
}

static void store__knows_how_much_is_free(void **state)
{
    struct world *world = *state;
    uint64_t left = 0;
    assert_int_equal(store_free(world->store, &left), OK);
    assert_true(left > 0);
}

// ---- the log ----

static void records__stand_where_they_were_appended(void **state)
{
    struct world *world = *state;
    struct merkle_edge grown, stored;
    struct merkle_store tree = records_tree(world->store);
    merkle_edge_init(&grown);
    for (unsigned i = 0; i < 70; i++) {
        texts_start(i, &world->text);
        struct place place = append(world);
        assert_int_equal(place.index, i);
        merkle_edge_append(&grown, &place.leaf);
        if (i % 16 == 3)
            reopen(world); // takes back what was not committed
        if (world->store->size == i + 1u) {
            assert_int_equal(store_commit(world->store), OK);
        } else {
            assert_int_equal(world->store->size, i);
            tree = records_tree(world->store);
            append(world);
            assert_int_equal(store_commit(world->store), OK);
        }
    }
    struct hash root = merkle_edge_root(&grown), stored_root;
    assert_int_equal(merkle_edge_read(&tree, 70, &stored), OK);
    stored_root = merkle_edge_root(&stored);
    assert_true(hash_equal(&root, &stored_root));
    struct span text;
    assert_int_equal(records_get(world->store, 69, &world->copies, &text), OK);
    assert_true(span_equal(text, bytes_span(&world->text)));
    assert_int_equal(records_get(world->store, 70, &world->copies, &text), ERR_NOT_FOUND);
    struct hash leaf;
    assert_int_equal(records_leaf(world->store, 70, &leaf), ERR_NOT_FOUND);
}

static void records__state_their_time(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    moment time;
    texts_opened(&request, 5, &world->text);
    assert_int_equal(record_time(bytes_span(&world->text), &time), OK);
    assert_int_equal(time, TEXT_TIME + 5);
    assert_int_equal(record_time(span_text("conclave.start/v1\n"), &time), ERR_FORM);
    assert_int_equal(record_time(span_text("x\ntime: 2026-11-20T08:00:00"), &time), ERR_FORM);
    assert_int_equal(record_time(span_text("x\ntime: 2026-13-20T08:00:00Z"), &time), ERR_FORM);
    texts_request_clear(&request);
}

// ---- fates ----

static struct fate_row fate_of(struct world *world, const struct texts_request *request)
{
    struct fate_row row;
    assert_int_equal(fates_get(world->store, &request->id, &row), OK);
    return row;
}

static void fates__r11_a_request_has_one_outcome(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    struct hash sealed = made_up_hash(1);
    texts_opened(&request, 0, &world->text);
    struct place opened = append(world);
    texts_order(&request, &opened, NULL, 0, &world->text);
    struct place order = append(world);
    texts_outcome(&request, &order, &sealed, span_text("signature"), &world->text);
    struct place outcome = append(world);
    struct fate_row row = fate_of(world, &request);
    assert_int_equal(row.fate, FATE_SIGNED);
    assert_true(row.has_end);
    assert_int_equal(row.end, outcome.index);
    assert_int_equal(append_err(world), ERR_EXISTS);
    texts_request_clear(&request);
}

static void fates__a_record_about_a_request_that_is_not_open_is_malformed(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    struct place place = {0};
    struct hash sealed = made_up_hash(1);
    for (int ended = 0; ended < 2; ended++) {
        texts_decided(&request, &place, 0, DECISION_APPROVE, &world->text);
        assert_int_equal(append_err(world), ERR_FORM);
        reopen(world);
        texts_order(&request, &place, NULL, 0, &world->text);
        assert_int_equal(append_err(world), ERR_FORM);
        reopen(world);
        texts_ended(&request, ENDING_EXPIRED, &world->text);
        assert_int_equal(append_err(world), ERR_FORM);
        reopen(world);
        texts_outcome(&request, &place, &sealed, span_text("s"), &world->text);
        assert_int_equal(append_err(world), ERR_FORM);
        reopen(world);
        if (ended == 1)
            break;
        texts_opened(&request, 0, &world->text);
        append(world);
        texts_ended(&request, ENDING_WITHDRAWN, &world->text);
        append(world);
        assert_int_equal(store_commit(world->store), OK);
    }
    assert_int_equal(fate_of(world, &request).fate, FATE_WITHDRAWN);
    texts_request_clear(&request);
}

static void fates__an_end_is_final_and_each_has_its_name(void **state)
{
    static const struct {
        enum ending how;
        enum fate fate;
    } ends[] = {{ENDING_REJECTED, FATE_REJECTED}, {ENDING_WITHDRAWN, FATE_WITHDRAWN},
        {ENDING_EXPIRED, FATE_EXPIRED}, {ENDING_REFUSED, FATE_REFUSED}};
    struct world *world = *state;
    for (unsigned i = 0; i < 4; i++) {
        struct texts_request request = texts_request_new(i);
        texts_opened(&request, 0, &world->text);
        struct place opened = append(world);
        assert_int_equal(fate_of(world, &request).fate, FATE_OPEN);
        texts_ended(&request, ends[i].how, &world->text);
        struct place end = append(world);
        texts_opened(&request, 1, &world->text);
        append(world);
        struct fate_row row = fate_of(world, &request);
        assert_int_equal(row.fate, ends[i].fate);
        assert_int_equal(row.end, end.index);
        assert_int_equal(row.opened, opened.index);
        texts_request_clear(&request);
    }
}

static void fates__a_refusal_ends_only_what_was_never_opened(void **state)
{
    struct world *world = *state;
    struct texts_request opened = texts_request_new(1), never = texts_request_new(2);
    struct hash none = {0};
    texts_opened(&opened, 0, &world->text);
    append(world);
    texts_refused(&opened.id, &world->text);
    append(world);
    texts_refused(&never.id, &world->text);
    struct place end = append(world);
    texts_refused(&never.id, &world->text);
    append(world);
    texts_refused(&none, &world->text);
    append(world);
    assert_int_equal(fate_of(world, &opened).fate, FATE_OPEN);
    struct fate_row row = fate_of(world, &never);
    assert_int_equal(row.fate, FATE_REFUSED);
    assert_int_equal(row.end, end.index);
    assert_false(row.has_opened);
    struct texts_request unknown = texts_request_new(3);
    assert_int_equal(fate_of(world, &unknown).fate, FATE_UNKNOWN);
    texts_request_clear(&unknown);
    texts_request_clear(&opened);
    texts_request_clear(&never);
}

static enum err note_visit(void *context, uint64_t index, bool opens)
{
    bytes_add_format(context, "%s%llu ", opens ? "o" : "d", (unsigned long long)index);
    return OK;
}

static void records__of_a_request_are_found_in_order(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1), other = texts_request_new(2);
    struct bytes seen = text_new();
    texts_opened(&request, 0, &world->text);
    struct place opened = append(world); // 0
    texts_opened(&other, 0, &world->text);
    append(world); // 1
    texts_decided(&request, &opened, 1, DECISION_APPROVE, &world->text);
    append(world); // 2
    texts_refused(&request.id, &world->text);
    append(world); // 3
    texts_opened(&request, 1, &world->text);
    append(world); // 4
    assert_int_equal(records_of(world->store, &request.id, 5, note_visit, &seen), OK);
    assert_true(span_is(bytes_span(&seen), "o0 d2 o4 "));
    bytes_reset(&seen);
    assert_int_equal(records_of(world->store, &request.id, 4, note_visit, &seen), OK);
    assert_true(span_is(bytes_span(&seen), "o0 d2 "));
    bytes_clear(&seen);
    texts_request_clear(&request);
    texts_request_clear(&other);
}

static void records__live_are_those_of_open_requests(void **state)
{
    struct world *world = *state;
    static const uint64_t wanted[] = {1, 2, 5, 6};
    struct texts_request request = texts_request_new(1), ended = texts_request_new(2);
    append_start(world, 1); // 0
    texts_opened(&request, 0, &world->text);
    struct place opened = append(world); // 1
    texts_decided(&request, &opened, 1, DECISION_APPROVE, &world->text);
    append(world); // 2
    texts_opened(&ended, 0, &world->text);
    append(world); // 3
    texts_ended(&ended, ENDING_EXPIRED, &world->text);
    append(world); // 4
    texts_order(&request, &opened, NULL, 0, &world->text);
    append(world); // 5
    texts_opened(&request, 1, &world->text);
    append(world); // 6
    uint64_t count = 0, list[4], index = 0;
    size_t listed;
    struct query live = records_live(world->store);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(records_live_next(&live, &index), OK);
        assert_int_equal(index, wanted[i]);
    }
    assert_int_equal(records_live_next(&live, &index), ERR_NOT_FOUND);
    query_end(&live);
    assert_int_equal(fates_count_open(world->store, &count), OK);
    assert_int_equal(count, 1);
    assert_int_equal(fates_opened(world->store, 0, 100, list, 4, &listed), OK);
    assert_int_equal(listed, 1);
    assert_int_equal(list[0], 6);
    assert_int_equal(fates_opened(world->store, 6, 100, list, 4, &listed), OK);
    assert_int_equal(listed, 0);
    assert_int_equal(fates_opened(world->store, 0, 6, list, 4, &listed), OK);
    assert_int_equal(listed, 0);
    texts_request_clear(&request);
    texts_request_clear(&ended);
}

// A start, a list and a status must not walk over what was signed long ago: SQLite's own plan says
// whether they do.
static void tables__open_requests_are_found_without_a_walk(void **state)
{
    static const enum table_statement statements[] = {RECORD_LIVE, RECORD_OF, FATE_OPENED,
        FATE_COUNT, FATE_GET, RECORD_GET, BLOB_GET, NODE_GET};
    struct world *world = *state;
    char path[FOLDER_NAME + 16], explain[1024];
    sqlite3 *db;
    reopen(world);
    store_close(world->store);
    snprintf(path, sizeof path, "%s/ledger.db", world->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        sqlite3_stmt *plan;
        snprintf(
            explain, sizeof explain, "EXPLAIN QUERY PLAN %s", table_statements[statements[i]]);
        assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &plan, NULL), SQLITE_OK);
        while (sqlite3_step(plan) == SQLITE_ROW) {
            const char *detail = (const char *)sqlite3_column_text(plan, 3);
            if (strncmp(detail, "SCAN", 4) == 0 && strstr(detail, "fate_open") == NULL)
                fail_msg("%s: %s", table_statements[statements[i]], detail);
        }
        sqlite3_finalize(plan);
    }
    sqlite3_close(db);
    open_store(world);
}

// ---- blobs, states, founding ----

static void blobs__are_stored_once_and_found_by_hash(void **state)
{
    struct world *world = *state;
    struct hash hash, empty, unknown = made_up_hash(5);
    struct span bytes;
    bool has = true;
    put_blob(world, "some bytes", &hash);
    put_blob(world, "some bytes", &hash);
    put_blob(world, "", &empty);
    assert_int_equal(store_commit(world->store), OK);
    assert_int_equal(blobs_get(world->store, &hash, &world->copies, &bytes), OK);
    assert_true(span_is(bytes, "some bytes"));
    assert_int_equal(blobs_get(world->store, &empty, &world->copies, &bytes), OK);
    assert_int_equal(bytes.size, 0);
    assert_int_equal(blobs_has(world->store, &hash, &has), OK);
    assert_true(has);
    assert_int_equal(blobs_has(world->store, &unknown, &has), OK);
    assert_false(has);
    assert_int_equal(blobs_get(world->store, &unknown, &world->copies, &bytes), ERR_NOT_FOUND);
}

static void states__all_but_the_sealed_one_are_forgotten(void **state)
{
    struct world *world = *state;
    struct hash first = hash_of(span_text("1")), second = hash_of(span_text("2"));
    struct span text;
    assert_int_equal(states_put(world->store, &first, span_text("1")), OK);
    assert_int_equal(states_put(world->store, &second, span_text("2")), OK);
    assert_int_equal(states_get(world->store, &first, &world->copies, &text), OK);
    assert_int_equal(states_keep(world->store, &second), OK);
    assert_int_equal(states_get(world->store, &first, &world->copies, &text), ERR_NOT_FOUND);
    assert_int_equal(states_get(world->store, &second, &world->copies, &text), OK);
}

static void store__forgets_a_founding_that_broke_off(void **state)
{
    struct world *world = *state;
    struct hash hash;
    bool orders = true, has = true;
    append_start(world, 1);
    put_blob(world, "a charter", &hash);
    assert_int_equal(store_commit(world->store), OK);
    assert_int_equal(store_has_orders(world->store, &orders), OK);
    assert_false(orders);
    assert_int_equal(store_forget_all(world->store), OK);
    reopen(world);
    assert_int_equal(world->store->size, 0);
    assert_int_equal(blobs_has(world->store, &hash, &has), OK);
    assert_false(has);
    append_start(world, 2);
    assert_int_equal(store_commit(world->store), OK);
    struct texts_request request = texts_request_new(1);
    texts_opened(&request, 0, &world->text);
    struct place opened = append(world);
    texts_order(&request, &opened, NULL, 0, &world->text);
    append(world);
    assert_int_equal(store_has_orders(world->store, &orders), OK);
    assert_true(orders);
    texts_request_clear(&request);
}

// ---- the rule of the commit ----

static bool due(size_t waiting, size_t at_vault, int64_t age_ms)
{
    struct load load = {waiting, at_vault, age_ms};
    return load_is_due(&load);
}

static void load__commits_when_as_many_wait_as_may_join(void **state)
{
    (void)state;
    assert_false(due(0, 0, 1000));
    assert_true(due(1, 0, 0));
    assert_false(due(1, 2, 0));
    assert_true(due(2, 2, 0));
    assert_false(due(LOAD_BATCH - 1, 1000, 0));
    assert_true(due(LOAD_BATCH, 1000, 0));
    assert_false(due(1, 1000, LOAD_AGE_MS - 1));
    assert_true(due(1, 1000, LOAD_AGE_MS));
}

static void load__wakes_up_when_age_alone_makes_it_due(void **state)
{
    (void)state;
    struct load load = {0, 5, 0};
    assert_int_equal(load_wait(&load), -1);
    load = (struct load){1, 5, 3};
    assert_int_equal(load_wait(&load), LOAD_AGE_MS - 3);
    load.age_ms = 10 * LOAD_AGE_MS;
    assert_int_equal(load_wait(&load), 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(store__refuses_a_folder_that_another_ledger_holds),
        test(store__refuses_a_folder_that_is_not_there),
        test(store__refuses_another_versions_file),
        test(store__refuses_a_file_that_is_no_database),
        test(records__refuse_what_is_no_record),
        test(records__that_the_disk_changed_stop_everything),
        test(records__a_missing_node_stops_everything),
        test(blobs__r1_that_the_disk_changed_stop_everything),
        test(states__that_the_disk_changed_stop_everything),
        test(store__r9_a_failed_write_is_final),
        test(store__r9_a_kill_loses_what_was_not_committed_and_nothing_else),
        test(store__a_record_is_durable_only_after_its_commit),
        test(store__r9_the_cost_is_not_less_than_what_the_disk_takes),
        test(store__the_journal_stays_bounded),
        test(store__knows_how_much_is_free),
        test(records__stand_where_they_were_appended),
        test(records__state_their_time),
        test(fates__r11_a_request_has_one_outcome),
        test(fates__a_record_about_a_request_that_is_not_open_is_malformed),
        test(fates__an_end_is_final_and_each_has_its_name),
        test(fates__a_refusal_ends_only_what_was_never_opened),
        test(records__of_a_request_are_found_in_order),
        test(records__live_are_those_of_open_requests),
        test(tables__open_requests_are_found_without_a_walk),
        test(blobs__are_stored_once_and_found_by_hash),
        test(states__all_but_the_sealed_one_are_forgotten),
        test(store__forgets_a_founding_that_broke_off),
        test(load__commits_when_as_many_wait_as_may_join),
        test(load__wakes_up_when_age_alone_makes_it_due),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
