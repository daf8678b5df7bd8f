// Questions to the real ledger: bounded, proven, and nothing beyond the newest checkpoint.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ledger_play.h"

static struct message page(
    struct ledger_house *house, enum message_kind kind, uint64_t first, uint32_t count)
{
    struct message ask = {.kind = kind};
    ask.page.first = first;
    ask.page.count = count;
    return keeper_asks(house, &ask);
}

static struct message show(struct ledger_house *house, const struct texts_request *request)
{
    struct message ask = {.kind = ASK_SHOW};
    ask.request.request = request->id;
    return keeper_asks(house, &ask);
}

static void is_refused(struct ledger_house *house, struct message *ask)
{
    ask->id = ++house->serial;
    to_ledger(&house->keeper, ask);
    struct message refused = from_keeper_line(house, ANSWER_REFUSED);
    assert_int_equal(refused.id, ask->id);
    assert_true(refused.refused.sentence.size > 0);
}

static struct merkle_path path_of(const struct hash_list *list)
{
    struct merkle_path path = {.count = list->count};
    memcpy(path.nodes, list->at, list->count * sizeof list->at[0]);
    return path;
}

static struct hash root_of(const struct ledger_house *house, uint64_t size)
{
    struct merkle_edge edge;
    merkle_edge_init(&edge);
    for (uint64_t i = 0; i < size; i++)
        merkle_edge_append(&edge, &house->leaves[i]);
    return merkle_edge_root(&edge);
}

static void records(struct ledger_house *house, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        texts_start(i, &house->text);
        house_record(house, NULL, 0);
    }
}

// ---- what there is not ----

static void ask__there_is_no_proof_beyond_the_checkpoint(void **state)
{
    static const struct {
        enum message_kind kind;
        uint64_t index, size;
    } none[] = {{ASK_PROVE, 5, 0}, {ASK_PROVE, 4, 4}, {ASK_PROVE, 0, 6}, {ASK_EXTEND, 6, 0},
        {ASK_EXTEND, 4, 3}, {ASK_EXTEND, 1, 6}, {ASK_PROVE, UINT64_MAX, 0},
        {ASK_PROVE, 0, UINT64_MAX}, {ASK_EXTEND, UINT64_MAX, UINT64_MAX}};
    struct ledger_house *house = *state;
    records(house, 3);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct message ask = {.kind = none[i].kind};
        ask.prove.index = none[i].index;
        ask.prove.size = none[i].size;
        is_refused(house, &ask);
    }
    house_stop(house);
}

static void ask__there_are_no_bytes_of_an_unknown_hash(void **state)
{
    struct ledger_house *house = *state;
    struct message ask = {.kind = ASK_BLOB};
    ask.blob.hash = made_up_hash(1);
    is_refused(house, &ask);
    ask.blob.hash = hash_of(bytes_span(&house->charter));
    assert_true(
        span_equal(keeper_asks(house, &ask).blob_is.bytes, bytes_span(&house->charter)));
    ask.blob.hash = hash_of(bytes_span(&house->objects));
    assert_true(
        span_equal(keeper_asks(house, &ask).blob_is.bytes, bytes_span(&house->objects)));
    house_stop(house);
}

// An outcome names the state that was sealed for it; whoever reviews the next request needs it.
static void ask__the_sealed_state_is_given_by_its_hash(void **state)
{
    struct ledger_house *house = *state;
    struct message ask = {.kind = ASK_BLOB};
    ask.blob.hash = hash_of(bytes_span(&house->state));
    assert_true(span_equal(keeper_asks(house, &ask).blob_is.bytes, bytes_span(&house->state)));
    house_stop(house);
}

static void ask__an_unknown_request_has_an_unknown_fate(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct message dossier = show(house, &request);
    assert_int_equal(dossier.dossier.fate, FATE_UNKNOWN);
    assert_int_equal(dossier.dossier.request.size, 0);
    assert_int_equal(dossier.dossier.opened.text.size, 0);
    assert_int_equal(dossier.dossier.end.text.size, 0);
    assert_true(dossier.dossier.checkpoint.size > 0);
    assert_int_equal(page(house, ASK_LIST, 0, 10).records.entries.count, 0);
    house_stop(house);
    texts_request_clear(&request);
}

// Inserted and durable, and under no checkpoint: for whoever asks, it is not there.
static void ask__nothing_beyond_the_checkpoint_is_shown(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct span blobs[] = {bytes_span(&request.text), bytes_span(&request.payload)};
    texts_opened(&request, 1, &house->text);
    uint64_t id = keeper_orders(house, blobs, 2);
    vault_appends(house);
    struct message durable = from_vault_line(house, VAULT_DURABLE),
                   status = {.kind = ASK_STATUS};
    assert_int_equal(show(house, &request).dossier.fate, FATE_UNKNOWN);
    assert_int_equal(page(house, ASK_LIST, 0, 10).records.entries.count, 0);
    assert_int_equal(page(house, ASK_RECORDS, 0, 10).records.entries.count, 2);
    assert_int_equal(keeper_asks(house, &status).status.size, 3);
    struct message prove = {.kind = ASK_PROVE};
    prove.prove.index = 2;
    is_refused(house, &prove);
    vault_says_checkpoint(house, durable.id, 3);
    keeper_is_done(house, id);
    assert_int_equal(show(house, &request).dossier.fate, FATE_OPEN);
    assert_int_equal(page(house, ASK_LIST, 0, 10).records.entries.count, 1);
    assert_int_equal(keeper_asks(house, &prove).proof.size, 3);
    assert_int_equal(keeper_asks(house, &status).status.open, 1);
    house_stop(house);
    texts_request_clear(&request);
}

// ---- proofs ----

static void ask__every_proof_holds(void **state)
{
    enum { SIZE = 11 };
    struct ledger_house *house = *state;
    records(house, SIZE - 2);
    for (uint64_t size = 1; size <= SIZE; size++) {
        struct hash root = root_of(house, size);
        for (uint64_t index = 0; index < size; index++) {
            struct message ask = {.kind = ASK_PROVE};
            ask.prove.index = index;
            ask.prove.size = size == SIZE ? 0 : size;
            struct message proof = keeper_asks(house, &ask);
            struct merkle_path path = path_of(&proof.proof.path);
            assert_int_equal(proof.proof.index, index);
            assert_int_equal(proof.proof.size, size);
            assert_true(merkle_included(index, size, &house->leaves[index], &path, &root));
            assert_int_equal(proof.proof.checkpoint.size > 0, size == SIZE);
        }
        for (uint64_t old = 0; old <= size; old++) {
            struct message ask = {.kind = ASK_EXTEND};
            struct hash old_root = root_of(house, old);
            ask.prove.index = old;
            ask.prove.size = size;
            struct message proof = keeper_asks(house, &ask);
            struct merkle_path path = path_of(&proof.proof.path);
            assert_true(merkle_extends(old, &old_root, size, &root, &path));
            assert_int_equal(proof.proof.checkpoint.size > 0, size == SIZE);
        }
    }
    house_stop(house);
}

// ---- pages ----

static void ask__pages_are_bounded_by_number(void **state)
{
    struct ledger_house *house = *state;
    records(house, 8);
    struct message records_ = page(house, ASK_RECORDS, 3, 4);
    assert_int_equal(records_.records.entries.count, 4);
    assert_int_equal(records_.records.entries.at[0].index, 3);
    assert_int_equal(records_.records.entries.at[3].index, 6);
    assert_int_equal(records_.records.more, 1);
    struct hash leaf = merkle_leaf(records_.records.entries.at[3].text);
    assert_memory_equal(&leaf, &house->leaves[6], sizeof leaf);
    records_ = page(house, ASK_RECORDS, 7, LIMIT_RECORDS_PAGE);
    assert_int_equal(records_.records.entries.count, 3);
    assert_int_equal(records_.records.more, 0);
    records_ = page(house, ASK_RECORDS, 10, 4);
    assert_int_equal(records_.records.entries.count, 0);
    assert_int_equal(records_.records.more, 0);
    records_ = page(house, ASK_RECORDS, UINT64_MAX, 4);
    assert_int_equal(records_.records.entries.count, 0);
    assert_int_equal(page(house, ASK_RECORDS, 0, 0).records.entries.count, 0);
    house_stop(house);
}

static void ask__r20_pages_are_bounded_by_bytes(void **state)
{
    enum { LARGE = 40, SIZE = 60000 };
    struct ledger_house *house = *state;
    uint64_t first = 0, found = 0;
    bytes_reset(&house->text);
    bytes_add_text(&house->text, "conclave.gate/v1\ntime: 2026-12-01T00:00:00Z\nwhy: ");
    bytes_add_format(&house->text, "%0*u\n", SIZE, 1);
    for (unsigned i = 0; i < LARGE; i++)
        house_record(house, NULL, 0);
    for (;;) {
        struct message records_ = page(house, ASK_RECORDS, first, LIMIT_RECORDS_PAGE);
        size_t bytes = 0;
        assert_true(records_.records.entries.count > 0);
        for (uint32_t i = 0; i < records_.records.entries.count; i++) {
            assert_int_equal(records_.records.entries.at[i].index, first + i);
            bytes += records_.records.entries.at[i].text.size;
        }
        assert_true(bytes <= LIMIT_RECORDS_BYTES);
        found += records_.records.entries.count;
        first += records_.records.entries.count;
        if (records_.records.more == 0)
            break;
    }
    assert_int_equal(found, LARGE + 2);
    house_stop(house);
}

static void ask__the_list_is_of_open_requests_page_by_page(void **state)
{
    enum { MANY = 5 };
    struct ledger_house *house = *state;
    struct texts_request requests[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        requests[i] = texts_request_new(i);
        house_open(house, &requests[i]);
    }
    texts_ended(&requests[1], ENDING_REJECTED, &house->text);
    house_record(house, NULL, 0);
    struct message list = page(house, ASK_LIST, 0, 3);
    static const uint64_t wanted[] = {2, 4, 5};
    assert_int_equal(list.records.entries.count, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(list.records.entries.at[i].index, wanted[i]);
    assert_int_equal(list.records.more, 1);
    list = page(house, ASK_LIST, 5, 3);
    assert_int_equal(list.records.entries.count, 1);
    assert_int_equal(list.records.entries.at[0].index, 6);
    assert_int_equal(list.records.more, 0);
    house_stop(house);
    for (unsigned i = 0; i < MANY; i++)
        texts_request_clear(&requests[i]);
}

// ---- dossiers ----

static void proves(struct ledger_house *house, const struct message *dossier,
    const struct entry *entry, const struct hash_list *list)
{
    struct checkpoint checkpoint;
    struct merkle_path path = path_of(list);
    struct hash leaf = merkle_leaf(entry->text);
    assert_int_equal(
        checkpoint_open(dossier->dossier.checkpoint, HOUSE_ORIGIN, &house->log, &checkpoint),
        OK);
    assert_true(merkle_included(entry->index, checkpoint.size, &leaf, &path, &checkpoint.root));
}

static void decide(struct ledger_house *house, const struct texts_request *request,
    const struct place *opened, unsigned approver, enum decision decision)
{
    texts_decided(request, opened, approver, decision, &house->text);
    house_record(house, NULL, 0);
}

static void ask__a_dossier_has_the_newest_opening_and_every_rejection(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct place first = house_open(house, &request);      // 2
    decide(house, &request, &first, 0, DECISION_APPROVE);  // 3
    decide(house, &request, &first, 1, DECISION_REJECT);   // 4
    struct place second = house_open(house, &request);     // 5
    decide(house, &request, &second, 2, DECISION_APPROVE); // 6
    struct message dossier = show(house, &request);
    assert_int_equal(dossier.dossier.fate, FATE_OPEN);
    assert_true(span_equal(dossier.dossier.request, bytes_span(&request.text)));
    assert_int_equal(dossier.dossier.opened.index, second.index);
    proves(house, &dossier, &dossier.dossier.opened, &dossier.dossier.path);
    assert_int_equal(dossier.dossier.decisions.count, 2);
    assert_int_equal(dossier.dossier.decisions.at[0].index, 4);
    assert_int_equal(dossier.dossier.decisions.at[1].index, 6);
    assert_int_equal(dossier.dossier.end.text.size, 0);
    texts_ended(&request, ENDING_WITHDRAWN, &house->text);
    struct place end = house_record(house, NULL, 0);
    dossier = show(house, &request);
    assert_int_equal(dossier.dossier.fate, FATE_WITHDRAWN);
    assert_int_equal(dossier.dossier.opened.index, second.index);
    assert_int_equal(dossier.dossier.end.index, end.index);
    proves(house, &dossier, &dossier.dossier.end, &dossier.dossier.end_path);
    house_stop(house);
    texts_request_clear(&request);
}

static void ask__a_dossier_of_what_was_never_opened_is_its_refusal(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    texts_refused(&request.id, &house->text);
    struct place end = house_record(house, NULL, 0);
    struct message dossier = show(house, &request);
    assert_int_equal(dossier.dossier.fate, FATE_REFUSED);
    assert_int_equal(dossier.dossier.request.size, 0);
    assert_int_equal(dossier.dossier.opened.text.size, 0);
    assert_int_equal(dossier.dossier.end.index, end.index);
    proves(house, &dossier, &dossier.dossier.end, &dossier.dossier.end_path);
    house_stop(house);
    texts_request_clear(&request);
}

static void ask__the_status_is_of_the_durable_log(void **state)
{
    struct ledger_house *house = *state;
    struct message ask = {.kind = ASK_STATUS};
    records(house, 2);
    struct message status = keeper_asks(house, &ask);
    struct hash charter = hash_of(bytes_span(&house->charter));
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    assert_int_equal(status.status.stage, STAGE_SERVING);
    assert_int_equal(status.status.size, 4);
    assert_int_equal(status.status.epoch, 1);
    assert_memory_equal(&status.status.charter, &charter, sizeof charter);
    assert_int_equal(vkey_read(status.status.vkey, origin, &log), OK);
    assert_string_equal(origin, HOUSE_ORIGIN);
    assert_memory_equal(&log.id, &house->log.id, sizeof log.id);
    struct checkpoint checkpoint;
    assert_int_equal(checkpoint_open(status.status.checkpoint, origin, &log, &checkpoint), OK);
    assert_int_equal(checkpoint.size, 4);
    house_stop(house);
}

#define test(name) cmocka_unit_test_setup_teardown(name, house_make_serving, house_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(ask__there_is_no_proof_beyond_the_checkpoint),
        test(ask__there_are_no_bytes_of_an_unknown_hash),
        test(ask__the_sealed_state_is_given_by_its_hash),
        test(ask__an_unknown_request_has_an_unknown_fate),
        test(ask__nothing_beyond_the_checkpoint_is_shown),
        test(ask__every_proof_holds),
        test(ask__pages_are_bounded_by_number),
        test(ask__r20_pages_are_bounded_by_bytes),
        test(ask__the_list_is_of_open_requests_page_by_page),
        test(ask__a_dossier_has_the_newest_opening_and_every_rejection),
        test(ask__a_dossier_of_what_was_never_opened_is_its_refusal),
        test(ask__the_status_is_of_the_durable_log),
    };
    return cmocka_run_group_tests_name("ledger_ask", tests, NULL, NULL);
}
