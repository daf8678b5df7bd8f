#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/store_world.h"

// ---- what is no record, and what the disk changed ----

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
    texts_order(&request, &opened, some_approval, 1, &world->text);
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
    struct place place = {0, made_up_hash(1)};
    struct hash sealed = made_up_hash(1);
    for (int ended = 0; ended < 2; ended++) {
        texts_decided(&request, &place, 0, DECISION_APPROVE, &world->text);
        assert_int_equal(append_err(world), ERR_FORM);
        reopen(world);
        texts_order(&request, &place, some_approval, 1, &world->text);
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
    texts_order(&request, &opened, some_approval, 1, &world->text);
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

// What SQLite would walk over: a whole table, an index that it makes for the purpose, or every
// record up to a place.
static bool is_walk(const char *detail)
{
    bool scan = strncmp(detail, "SCAN", 4) == 0 && strstr(detail, "fate_open") == NULL &&
                strstr(detail, "fate_live") == NULL &&
                strstr(detail, "record_outcomes") == NULL;
    return scan || strstr(detail, "AUTOMATIC") != NULL ||
           strstr(detail, "PRIMARY KEY (rowid<") != NULL;
}

static void check_plan(sqlite3 *db, const char *statement)
{
    char explain[1024];
    sqlite3_stmt *plan;
    snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", statement);
    assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &plan, NULL), SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(plan, 3);
        if (is_walk(detail))
            fail_msg("%s: %s", statement, detail);
    }
    sqlite3_finalize(plan);
}

// A start, a list and a status must not walk over what was signed long ago.
static void tables__open_requests_are_found_without_a_walk(void **state)
{
    static const enum table_statement statements[] = {RECORD_LIVE, RECORD_OF, RECORD_SIGNED,
        FATE_OPENED, FATE_COUNT, FATE_CLOSE, FATE_EXTEND, FATE_SETTLE, FATE_UNASKED, FATE_GET,
        RECORD_GET, RECORD_NEWEST, LAST_GET, BLOB_GET, NODE_GET};
    struct world *world = *state;
    char path[FOLDER_NAME + 16];
    sqlite3 *db;
    reopen(world);
    store_close(world->store);
    snprintf(path, sizeof path, "%s/ledger.db", world->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        check_plan(db, table_statements[statements[i]]);
    sqlite3_close(db);
    open_store(world);
}

#define test(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(records__refuse_what_is_no_record),
        test(records__that_the_disk_changed_stop_everything),
        test(records__a_missing_node_stops_everything),
        test(records__stand_where_they_were_appended),
        test(records__state_their_time),
        test(fates__r11_a_request_has_one_outcome),
        test(fates__a_record_about_a_request_that_is_not_open_is_malformed),
        test(fates__an_end_is_final_and_each_has_its_name),
        test(fates__a_refusal_ends_only_what_was_never_opened),
        test(records__of_a_request_are_found_in_order),
        test(records__live_are_those_of_open_requests),
        test(tables__open_requests_are_found_without_a_walk),
    };
    return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
