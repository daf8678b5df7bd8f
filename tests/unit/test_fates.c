// What becomes of requests that take more signatures once they are signed (R12), and of freezes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/store_world.h"

static struct fate_row fate_of(struct world *world, const struct hash *request)
{
    struct fate_row row;
    assert_int_equal(fates_get(world->store, request, &row), OK);
    return row;
}

// What is in world->text does not go into the log; nothing else is lost.
static void refuses(struct world *world, enum err wanted)
{
    assert_int_equal(store_commit(world->store), OK);
    assert_int_equal(append_err(world), wanted);
    reopen(world);
}

static void write_decision(struct world *world, const struct texts_request *request)
{
    struct place opened = {0, made_up_hash(1)};
    texts_decided(request, &opened, 1, DECISION_APPROVE, &world->text);
}

static void write_order(
    struct world *world, const struct texts_request *request, const struct place *adds)
{
    struct place opened = {0, made_up_hash(1)};
    texts_order_adds(request, &opened, some_approval, 1, adds, &world->text);
}

static void write_outcome(struct world *world, const struct hash *request,
    const struct place *order, const struct texts_more *more)
{
    struct hash sealed = made_up_hash(1);
    texts_outcome_more(request, order, &sealed, span_text("signature"), more, &world->text);
}

// An order and its outcome.
static struct place sign(struct world *world, const struct texts_request *request,
    const struct place *adds, uint64_t missing)
{
    const struct texts_more more = {.adds = adds, .missing = missing};
    write_order(world, request, adds);
    struct place order = append(world);
    write_outcome(world, &request->id, &order, &more);
    return append(world);
}

static void open_request(struct world *world, const struct texts_request *request)
{
    texts_opened(request, 0, &world->text);
    append(world);
}

// Neither decisions, nor orders, nor signatures, nor an end.
static void takes_no_more(
    struct world *world, const struct texts_request *request, const struct place *outcome)
{
    const struct texts_more more = {.adds = outcome};
    struct place order = {0, made_up_hash(1)};
    write_decision(world, request);
    refuses(world, ERR_FORM);
    write_order(world, request, outcome);
    refuses(world, ERR_FORM);
    write_order(world, request, NULL);
    refuses(world, ERR_FORM);
    write_outcome(world, &request->id, &order, &more);
    refuses(world, ERR_FORM);
    texts_ended(request, ENDING_CLOSED, &world->text);
    refuses(world, ERR_FORM);
}

// ---- what does not fit ----

static void fates__r11_signatures_are_added_once_to_each_outcome(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    struct place order = {0, made_up_hash(1)};
    open_request(world, &request);
    struct place first = sign(world, &request, NULL, 2);
    struct place second = sign(world, &request, &first, 1);
    const struct texts_more to_first = {.adds = &first}, to_none = {.missing = 1};
    write_order(world, &request, &first);
    refuses(world, ERR_FORM);
    write_outcome(world, &request.id, &order, &to_first);
    refuses(world, ERR_EXISTS);
    write_outcome(world, &request.id, &order, &to_none);
    refuses(world, ERR_EXISTS);
    assert_int_equal(fate_of(world, &request.id).end, second.index);
    texts_request_clear(&request);
}

// Whatever the code above the tables does.
static void fates__r11_the_tables_say_so_too(void **state)
{
    static const char *const inserts[] = {
        "INSERT INTO record SELECT 90, kind, request, NULL, text FROM record WHERE idx = 2",
        "INSERT INTO record SELECT 90, kind, request, adds, text FROM record WHERE idx = 4"};
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    char path[FOLDER_NAME + 16];
    sqlite3 *db;
    open_request(world, &request);
    struct place first = sign(world, &request, NULL, 2);
    struct place second = sign(world, &request, &first, 1);
    assert_int_equal(first.index, 2);
    assert_int_equal(second.index, 4);
    assert_int_equal(store_commit(world->store), OK);
    store_close(world->store);
    snprintf(path, sizeof path, "%s/ledger.db", world->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(sqlite3_exec(db, inserts[i], NULL, NULL, NULL), SQLITE_CONSTRAINT);
    sqlite3_close(db);
    open_store(world);
    texts_request_clear(&request);
}

static void fates__signatures_are_added_to_the_requests_own_outcome(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1), other = texts_request_new(2);
    struct place order = {0, made_up_hash(1)};
    open_request(world, &request);
    open_request(world, &other);
    struct place own = sign(world, &request, NULL, 2), others = sign(world, &other, NULL, 2);
    const struct texts_more more = {.adds = &others};
    write_order(world, &request, &others);
    refuses(world, ERR_FORM);
    write_outcome(world, &request.id, &order, &more);
    refuses(world, ERR_FORM);
    assert_int_equal(fate_of(world, &request.id).end, own.index);
    texts_request_clear(&request);
    texts_request_clear(&other);
}

static void fates__nothing_is_added_to_an_open_request(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    struct place place = {0, made_up_hash(1)};
    const struct texts_more more = {.adds = &place};
    open_request(world, &request);
    write_order(world, &request, &place);
    refuses(world, ERR_FORM);
    write_outcome(world, &request.id, &place, &more);
    refuses(world, ERR_FORM);
    texts_ended(&request, ENDING_CLOSED, &world->text);
    refuses(world, ERR_FORM);
    assert_int_equal(fate_of(world, &request.id).fate, FATE_OPEN);
    texts_request_clear(&request);
}

static void fates__a_signed_request_ends_in_no_other_way(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    open_request(world, &request);
    struct place outcome = sign(world, &request, NULL, 2);
    for (int how = ENDING_REJECTED; how <= ENDING_REFUSED; how++) {
        texts_ended(&request, (enum ending)how, &world->text);
        refuses(world, ERR_FORM);
    }
    struct fate_row row = fate_of(world, &request.id);
    assert_int_equal(row.fate, FATE_SIGNED);
    assert_int_equal(row.end, outcome.index);
    assert_true(row.adds);
    texts_request_clear(&request);
}

// ---- a request that takes more ----

static void fates__r12_more_signatures_are_taken_until_none_is_missing(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    struct place outcome;
    open_request(world, &request);
    assert_false(fate_of(world, &request.id).adds);
    outcome = sign(world, &request, NULL, 2);
    for (uint64_t missing = 2; missing > 0; missing--) {
        struct fate_row row = fate_of(world, &request.id);
        assert_int_equal(row.fate, FATE_SIGNED);
        assert_int_equal(row.end, outcome.index);
        assert_true(row.adds);
        write_decision(world, &request);
        append(world);
        struct place before = outcome;
        outcome = sign(world, &request, &before, missing - 1);
    }
    struct fate_row row = fate_of(world, &request.id);
    assert_int_equal(row.end, outcome.index);
    assert_false(row.adds);
    takes_no_more(world, &request, &outcome);
    texts_request_clear(&request);
}

static void fates__r12_a_closed_request_stays_signed_and_takes_no_more(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    open_request(world, &request);
    struct place outcome = sign(world, &request, NULL, 2);
    texts_ended(&request, ENDING_CLOSED, &world->text);
    append(world);
    struct fate_row row = fate_of(world, &request.id);
    assert_int_equal(row.fate, FATE_SIGNED);
    assert_int_equal(row.end, outcome.index);
    assert_false(row.adds);
    takes_no_more(world, &request, &outcome);
    texts_request_clear(&request);
}

// An opening that was on its way when the request was signed is a leaf, and nothing else.
static void fates__an_opening_changes_nothing_of_what_takes_more(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    open_request(world, &request);
    struct place outcome = sign(world, &request, NULL, 2);
    open_request(world, &request);
    texts_refused(&request.id, &world->text); // nor does the refusal of an approval
    append(world);
    struct fate_row row = fate_of(world, &request.id);
    assert_int_equal(row.fate, FATE_SIGNED);
    assert_int_equal(row.end, outcome.index);
    assert_int_equal(row.opened, 0);
    assert_true(row.adds);
    texts_request_clear(&request);
}

static void check_live(struct world *world, const uint64_t *wanted, size_t count)
{
    uint64_t index;
    struct query live = records_live(world->store);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(records_live_next(&live, &index), OK);
        assert_int_equal(index, wanted[i]);
    }
    assert_int_equal(records_live_next(&live, &index), ERR_NOT_FOUND);
    query_end(&live);
}

static void fates__what_takes_more_is_live_and_not_open(void **state)
{
    static const uint64_t wanted[] = {1, 2, 3, 6, 7};
    struct world *world = *state;
    struct texts_request request = texts_request_new(1), done = texts_request_new(2);
    uint64_t count = 9, list[4];
    size_t listed = 9;
    open_request(world, &done);                          // 0
    open_request(world, &request);                       // 1
    struct place first = sign(world, &request, NULL, 2); // 2, 3
    assert_int_equal(fates_count_open(world->store, &count), OK);
    assert_int_equal(count, 1);
    sign(world, &done, NULL, 0); // 4, 5
    write_decision(world, &request);
    append(world); // 6
    write_order(world, &request, &first);
    append(world); // 7
    check_live(world, wanted, 5);
    assert_int_equal(fates_count_open(world->store, &count), OK);
    assert_int_equal(count, 0);
    assert_int_equal(fates_opened(world->store, 0, 100, list, 4, &listed), OK);
    assert_int_equal(listed, 1); // it takes more
    assert_int_equal(list[0], 1);
    texts_ended(&request, ENDING_CLOSED, &world->text);
    append(world);
    check_live(world, NULL, 0);
    assert_int_equal(fates_opened(world->store, 0, 100, list, 4, &listed), OK);
    assert_int_equal(listed, 0);
    texts_request_clear(&request);
    texts_request_clear(&done);
}

static void records__the_newest_outcome_below_a_place_is_found(void **state)
{
    struct world *world = *state;
    struct texts_request request = texts_request_new(1);
    uint64_t found = 0;
    open_request(world, &request);
    struct place first = sign(world, &request, NULL, 2);
    struct place second = sign(world, &request, &first, 1);
    assert_int_equal(
        records_signed(world->store, &request.id, first.index, &found), ERR_NOT_FOUND);
    assert_int_equal(records_signed(world->store, &request.id, first.index + 1, &found), OK);
    assert_int_equal(found, first.index);
    assert_int_equal(records_signed(world->store, &request.id, second.index, &found), OK);
    assert_int_equal(found, first.index);
    assert_int_equal(records_signed(world->store, &request.id, second.index + 1, &found), OK);
    assert_int_equal(found, second.index);
    texts_request_clear(&request);
}

// ---- freezes ----

struct frozen_text {
    struct hash id;
    struct bytes statement, record;
};

static struct frozen_text frozen_new(unsigned number)
{
    struct frozen_text frozen = {.statement = text_new(), .record = text_new()};
    frozen.id = texts_frozen(number, &frozen.statement, &frozen.record);
    return frozen;
}

static void frozen_clear(struct frozen_text *frozen)
{
    bytes_clear(&frozen->statement);
    bytes_clear(&frozen->record);
}

static void write_frozen(struct world *world, const struct frozen_text *frozen)
{
    bytes_reset(&world->text);
    bytes_add(&world->text, bytes_span(&frozen->record));
}

static void write_freeze_outcome(
    struct world *world, const struct frozen_text *frozen, const struct place *place)
{
    const struct texts_more more = {.done = OUTCOME_FREEZE, .number = 1};
    write_outcome(world, &frozen->id, place, &more);
}

// A freeze that was not sealed is only a leaf: it can be asked for again, and nothing stays open.
static void fates__a_freeze_is_never_open(void **state)
{
    struct world *world = *state;
    struct frozen_text frozen = frozen_new(1);
    uint64_t count = 9;
    write_frozen(world, &frozen);
    append(world);
    assert_int_equal(fate_of(world, &frozen.id).fate, FATE_UNKNOWN);
    assert_int_equal(fates_count_open(world->store, &count), OK);
    assert_int_equal(count, 0);
    check_live(world, NULL, 0);
    write_frozen(world, &frozen);
    struct place again = append(world);
    write_freeze_outcome(world, &frozen, &again);
    struct place outcome = append(world);
    struct fate_row row = fate_of(world, &frozen.id);
    assert_int_equal(row.fate, FATE_SIGNED);
    assert_true(row.has_end);
    assert_int_equal(row.end, outcome.index);
    assert_false(row.has_opened);
    assert_false(row.adds);
    check_live(world, NULL, 0);
    frozen_clear(&frozen);
}

static void fates__r11_a_freeze_has_one_fate(void **state)
{
    struct world *world = *state;
    struct frozen_text frozen = frozen_new(1), refused = frozen_new(2);
    write_frozen(world, &frozen);
    struct place place = append(world);
    write_freeze_outcome(world, &frozen, &place);
    append(world);
    write_freeze_outcome(world, &frozen, &place);
    refuses(world, ERR_EXISTS);
    write_frozen(world, &frozen);
    refuses(world, ERR_FORM);
    write_frozen(world, &refused);
    place = append(world);
    texts_refused(&refused.id, &world->text);
    struct place end = append(world);
    write_frozen(world, &refused);
    refuses(world, ERR_FORM);
    write_freeze_outcome(world, &refused, &place);
    refuses(world, ERR_FORM);
    struct fate_row row = fate_of(world, &refused.id);
    assert_int_equal(row.fate, FATE_REFUSED);
    assert_int_equal(row.end, end.index);
    frozen_clear(&frozen);
    frozen_clear(&refused);
}

static void fates__a_freezes_outcome_names_its_own_record(void **state)
{
    struct world *world = *state;
    struct frozen_text frozen = frozen_new(1), other = frozen_new(2);
    struct texts_request request = texts_request_new(1);
    struct place places[4];
    append_start(world, 1);
    places[0] = (struct place){0, made_up_hash(1)};
    write_frozen(world, &other);
    places[1] = append(world);
    open_request(world, &request);
    write_frozen(world, &frozen); // its own, which none of them names
    append(world);
    places[2] = (struct place){2, made_up_hash(1)};
    places[3] = (struct place){99, made_up_hash(1)};
    for (size_t i = 0; i < 4; i++) {
        write_freeze_outcome(world, &frozen, &places[i]);
        refuses(world, ERR_FORM);
    }
    assert_int_equal(fate_of(world, &frozen.id).fate, FATE_UNKNOWN);
    frozen_clear(&frozen);
    frozen_clear(&other);
    texts_request_clear(&request);
}

#define test(name) cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(fates__r11_signatures_are_added_once_to_each_outcome),
        test(fates__r11_the_tables_say_so_too),
        test(fates__signatures_are_added_to_the_requests_own_outcome),
        test(fates__nothing_is_added_to_an_open_request),
        test(fates__a_signed_request_ends_in_no_other_way),
        test(fates__r12_more_signatures_are_taken_until_none_is_missing),
        test(fates__r12_a_closed_request_stays_signed_and_takes_no_more),
        test(fates__an_opening_changes_nothing_of_what_takes_more),
        test(fates__what_takes_more_is_live_and_not_open),
        test(records__the_newest_outcome_below_a_place_is_found),
        test(fates__a_freeze_is_never_open),
        test(fates__r11_a_freeze_has_one_fate),
        test(fates__a_freezes_outcome_names_its_own_record),
    };
    return cmocka_run_group_tests_name("fates", tests, NULL, NULL);
}
