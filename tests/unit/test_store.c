#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/ledger/load.h"
#include "tests/unit/store_world.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

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

static void set_version(const struct world *world, const char *pragma)
{
    char path[FOLDER_NAME + 16];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/ledger.db", world->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, pragma, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void store__refuses_another_versions_file(void **state)
{
    static const char *const others[] = {
        "PRAGMA user_version = 0", "PRAGMA user_version = 1", "PRAGMA user_version = 4"};
    struct world *world = *state;
    struct refusal why;
    change(world, "PRAGMA user_version = 3");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        store_close(world->store);
        world->store = NULL;
        set_version(world, others[i]);
        assert_int_equal(store_open(world->folder, &world->store, &why), ERR_HALT);
        assert_non_null(strstr(why.sentence, "another version"));
        assert_non_null(strstr(why.sentence, "install the version that fits"));
        assert_null(world->store);
    }
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

// ---- what the disk changed ----

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
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGXFSZ, &ignore, NULL);
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

static void states__all_but_the_sealed_one_and_the_one_before_are_forgotten(void **state)
{
    struct world *world = *state;
    struct hash first = hash_of(span_text("1")), second = hash_of(span_text("2"));
    struct hash third = hash_of(span_text("3"));
    struct span text;
    assert_int_equal(states_put(world->store, &first, span_text("1")), OK);
    assert_int_equal(states_put(world->store, &second, span_text("2")), OK);
    assert_int_equal(states_get(world->store, &first, &world->copies, &text), OK);
    assert_int_equal(states_put(world->store, &third, span_text("3")), OK);
    assert_int_equal(states_keep(world->store, &third, &second), OK);
    assert_int_equal(states_get(world->store, &first, &world->copies, &text), ERR_NOT_FOUND);
    assert_int_equal(states_get(world->store, &second, &world->copies, &text), OK);
    assert_int_equal(states_get(world->store, &third, &world->copies, &text), OK);
    assert_int_equal(states_keep(world->store, &third, &third), OK);
    assert_int_equal(states_get(world->store, &second, &world->copies, &text), ERR_NOT_FOUND);
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
    texts_order(&request, &opened, some_approval, 1, &world->text);
    append(world);
    assert_int_equal(store_has_orders(world->store, &orders), OK);
    assert_true(orders);
    texts_request_clear(&request);
}

static void store__a_freeze_is_an_order_too(void **state)
{
    struct world *world = *state;
    struct bytes statement = text_new();
    bool orders = true;
    append_start(world, 1);
    assert_int_equal(store_has_orders(world->store, &orders), OK);
    assert_false(orders);
    texts_frozen(1, &statement, &world->text);
    append(world);
    assert_int_equal(store_has_orders(world->store, &orders), OK);
    assert_true(orders);
    bytes_clear(&statement);
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
        test(blobs__r1_that_the_disk_changed_stop_everything),
        test(states__that_the_disk_changed_stop_everything),
        test(store__r9_a_failed_write_is_final),
        test(store__r9_a_kill_loses_what_was_not_committed_and_nothing_else),
        test(store__a_record_is_durable_only_after_its_commit),
        test(store__r9_the_cost_is_not_less_than_what_the_disk_takes),
        test(store__the_journal_stays_bounded),
        test(store__knows_how_much_is_free),
        test(blobs__are_stored_once_and_found_by_hash),
        test(states__all_but_the_sealed_one_and_the_one_before_are_forgotten),
        test(store__forgets_a_founding_that_broke_off),
        test(store__a_freeze_is_an_order_too),
        test(load__commits_when_as_many_wait_as_may_join),
        test(load__wakes_up_when_age_alone_makes_it_due),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
