// Records on their way through the real ledger: durable and under a checkpoint before anybody is
// told, stored once, refused when the disk is full.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/ledger/load.h"
#include "tests/unit/ledger_play.h"

#include <time.h>

// ---- what ends it ----

static void again(struct ledger_house *house)
{
    house_start(house);
}

static void record__kinds_that_the_keeper_may_not_write_end_it(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct place place = {0};
    struct hash sealed = made_up_hash(1);
    enum { KINDS = 6 };
    struct bytes texts[KINDS], statement = text_new();
    for (size_t i = 0; i < KINDS; i++)
        texts[i] = text_new();
    bytes_add(&texts[0], bytes_span(&house->founding));
    bytes_add(&texts[1], bytes_span(&house->founded));
    texts_order(&request, &place, some_approval, 1, &texts[2]);
    texts_outcome(&request, &place, &sealed, span_text("s"), &texts[3]);
    bytes_add_text(&texts[4], "conclave.nonsense/v1\n");
    texts_frozen(1, &statement, &texts[5]);
    for (size_t i = 0; i < KINDS; i++) {
        bytes_reset(&house->text);
        bytes_add(&house->text, bytes_span(&texts[i]));
        keeper_orders(house, NULL, 0);
        house_ends(house, EXIT_NEIGHBOUR, "a kind that it may not write");
        bytes_clear(&texts[i]);
        again(house);
    }
    bytes_clear(&statement);
    texts_request_clear(&request);
}

static void record__an_opening_without_its_bytes_ends_it(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct span both[] = {bytes_span(&request.text), bytes_span(&request.payload)};
    for (int missing = 0; missing < 3; missing++) {
        texts_opened(&request, 1, &house->text);
        keeper_orders(house, &both[missing == 0 ? 1 : 0], missing == 2 ? 0 : 1);
        house_ends(house, EXIT_NEIGHBOUR, "without the bytes that it names");
        again(house);
    }
    texts_request_clear(&request);
}

static void record__about_a_request_that_is_not_open_ends_it(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct place place = {0};
    texts_decided(&request, &place, 1, DECISION_APPROVE, &house->text);
    keeper_orders(house, NULL, 0);
    vault_appends(house);
    house_ends(house, EXIT_NEIGHBOUR, "a request that is not open");
    texts_request_clear(&request);
}

static void record__a_place_where_it_does_not_stand_ends_it(void **state)
{
    struct ledger_house *house = *state;
    for (int what = 0; what < 3; what++) {
        struct message appended = {.kind = VAULT_APPENDED};
        texts_start(1, &house->text);
        keeper_orders(house, NULL, 0);
        struct message append = from_vault_line(house, VAULT_APPEND);
        appended.id = append.id + (what == 0);
        appended.place.index = 2 + (what == 1);
        appended.place.leaf = merkle_leaf(append.replay.text);
        appended.place.leaf.byte[0] ^= what == 2;
        to_ledger(&house->vault, &appended);
        house_ends(house, EXIT_NEIGHBOUR, what == 0 ? "was not given" : "not where the record");
        again(house);
    }
}

static void record__r20_more_than_may_be_on_its_way_ends_it(void **state)
{
    struct ledger_house *house = *state;
    texts_start(1, &house->text);
    for (unsigned i = 0; i < LIMIT_OPEN + 8 * LIMIT_CREDITS; i++) {
        keeper_orders(house, NULL, 0);
        from_vault_line(house, VAULT_APPEND);
    }
    keeper_orders(house, NULL, 0);
    house_ends(house, EXIT_NEIGHBOUR, "more records at once");
}

static struct message durable_record(struct ledger_house *house)
{
    texts_start(1, &house->text);
    keeper_orders(house, NULL, 0);
    vault_appends(house);
    return from_vault_line(house, VAULT_DURABLE);
}

static void record__a_checkpoint_that_does_not_hold_ends_it(void **state)
{
    struct ledger_house *house = *state;
    struct hash other = made_up_hash(1);
    struct message durable = durable_record(house);
    vault_signs_checkpoint(house, durable.id, 3, &other);
    house_ends(house, EXIT_NEIGHBOUR, "over another tree");
    again(house);
    durable = durable_record(house);
    vault_signs_checkpoint(house, durable.id, durable.durable.size + 1, &other);
    house_ends(house, EXIT_NEIGHBOUR, "a size that nobody asked for");
    again(house);
    EVP_PKEY *pkey = house->pkey;
    durable = durable_record(house);
    house->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    vault_says_checkpoint(house, durable.id, durable.durable.size);
    house_ends(house, EXIT_NEIGHBOUR, "does not verify under the log's key");
    EVP_PKEY_free(house->pkey);
    house->pkey = pkey;
}

// ---- durable first ----

static void record__nobody_is_told_before_the_checkpoint(void **state)
{
    struct ledger_house *house = *state;
    texts_start(1, &house->text);
    uint64_t id = keeper_orders(house, NULL, 0);
    struct place place = vault_appends(house);
    struct message durable = from_vault_line(house, VAULT_DURABLE);
    assert_int_equal(durable.durable.size, place.index + 1);
    is_silent(house, &house->keeper);
    struct message ask = {.kind = ASK_RECORDS};
    ask.page.count = 10;
    assert_int_equal(keeper_asks(house, &ask).records.entries.count, 2);
    vault_says_checkpoint(house, durable.id, durable.durable.size);
    assert_int_equal(keeper_is_done(house, id).index, place.index);
    assert_int_equal(keeper_asks(house, &ask).records.entries.count, 3);
    house_stop(house);
}

// A checkpoint that covers less releases less.
static void record__a_checkpoint_releases_what_it_covers(void **state)
{
    struct ledger_house *house = *state;
    uint64_t ids[2];
    struct message durable[2];
    for (int i = 0; i < 2; i++) {
        texts_start((unsigned)i, &house->text);
        ids[i] = keeper_orders(house, NULL, 0);
        vault_appends(house);
        durable[i] = from_vault_line(house, VAULT_DURABLE);
    }
    vault_says_checkpoint(house, durable[0].id, 3);
    keeper_is_done(house, ids[0]);
    is_silent(house, &house->keeper);
    vault_says_checkpoint(house, durable[1].id, 4);
    keeper_is_done(house, ids[1]);
    house_stop(house);
}

static void record__what_comes_together_is_committed_together(void **state)
{
    enum { TOGETHER = 8 };
    struct ledger_house *house = *state;
    uint64_t ids[TOGETHER];
    struct message appends[TOGETHER];
    struct bytes texts[TOGETHER];
    for (unsigned i = 0; i < TOGETHER; i++) {
        texts_start(i, &house->text);
        ids[i] = keeper_orders(house, NULL, 0);
        texts[i] = text_new();
        appends[i] = from_vault_line(house, VAULT_APPEND);
        bytes_add(&texts[i], appends[i].replay.text);
    }
    // One answer of eight: nothing is committed for it, until it has waited long enough.
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    vault_appended(house, appends[0].id, bytes_span(&texts[0]));
    struct message durable = from_vault_line(house, VAULT_DURABLE);
    clock_gettime(CLOCK_MONOTONIC, &after);
    long waited =
        (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    assert_int_equal(durable.durable.size, 3);
    assert_true(waited >= LOAD_AGE_MS - 1);
    // The others in one write: one commit.
    for (unsigned i = 1; i < TOGETHER; i++) {
        struct message appended = {.kind = VAULT_APPENDED, .id = appends[i].id};
        appended.place = vault_leaf(house, bytes_span(&texts[i]));
        assert_int_equal(channel_put(&house->vault, &appended), OK);
    }
    assert_int_equal(channel_flush(&house->vault), OK);
    durable = from_vault_line(house, VAULT_DURABLE);
    assert_int_equal(durable.durable.size, 2 + TOGETHER);
    vault_says_checkpoint(house, durable.id, 2 + TOGETHER);
    for (unsigned i = 0; i < TOGETHER; i++) {
        assert_int_equal(keeper_is_done(house, ids[i]).index, 2 + i);
        bytes_clear(&texts[i]);
    }
    house_stop(house);
}

static void record__a_refusal_of_the_vaults_is_told_and_stores_nothing(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct span blobs[] = {bytes_span(&request.text), bytes_span(&request.payload)};
    struct message refused = {.kind = ANSWER_REFUSED}, ask = {.kind = ASK_BLOB, .id = 500};
    texts_opened(&request, 1, &house->text);
    uint64_t id = keeper_orders(house, blobs, 2);
    refused.id = from_vault_line(house, VAULT_APPEND).id;
    refused.refused.rule = span_text("R4");
    refused.refused.sentence = span_text("its time is not near");
    to_ledger(&house->vault, &refused);
    is_refused_by(house, id, "R4");
    ask.blob.hash = request.id;
    to_ledger(&house->keeper, &ask);
    assert_int_equal(from_keeper_line(house, ANSWER_REFUSED).id, 500);
    is_silent(house, &house->vault);
    to_ledger(&house->vault, &refused);
    house_ends(house, EXIT_NEIGHBOUR, "a refusal of what it was not asked");
    texts_request_clear(&request);
}

// What the keeper says of the house itself; a stop is durable before it may end (R17).
static void record__r17_starts_stops_clocks_and_quotas_are_records(void **state)
{
    struct ledger_house *house = *state;
    static const char sentence[] = "a sentence";
    struct stop stop = {.time = TEXT_TIME};
    struct clock_record clock = {.time = TEXT_TIME};
    struct gate_record gate = {.time = TEXT_TIME};
    struct quota_record quota = {
        .time = TEXT_TIME, .from = made_up_hash(7), .count = 17, .rule = "R17"};
    struct bytes texts[5];
    for (size_t i = 0; i < 5; i++)
        texts[i] = text_new();
    memcpy(stop.why, sentence, sizeof sentence);
    memcpy(clock.why, sentence, sizeof sentence);
    memcpy(gate.why, sentence, sizeof sentence);
    memcpy(quota.why, sentence, sizeof sentence);
    texts_start(1, &texts[0]);
    gate_record_write(&gate, &texts[1]);
    clock_record_write(&clock, &texts[2]);
    quota_record_write(&quota, &texts[3]);
    stop_write(&stop, &texts[4]);
    for (size_t i = 0; i < 5; i++) {
        bytes_reset(&house->text);
        bytes_add(&house->text, bytes_span(&texts[i]));
        assert_int_equal(house_record(house, NULL, 0).index, 2 + i);
    }
    house_kill(house);
    again(house);
    struct message ask = {.kind = ASK_RECORDS};
    ask.page.first = 2;
    ask.page.count = 10;
    struct message records = keeper_asks(house, &ask);
    assert_int_equal(records.records.entries.count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_true(span_equal(records.records.entries.at[i].text, bytes_span(&texts[i])));
        bytes_clear(&texts[i]);
    }
    house_stop(house);
}

// ---- R11 ----

static void record__r11_a_known_fate_is_told_again_and_stores_nothing(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct span blobs[] = {bytes_span(&request.text), bytes_span(&request.payload)};
    house_open(house, &request);
    texts_ended(&request, ENDING_WITHDRAWN, &house->text);
    struct place end = house_record(house, NULL, 0);
    for (int restarted = 0; restarted < 2; restarted++) {
        texts_opened(&request, 9, &house->text);
        uint64_t id = keeper_orders(house, blobs, 2);
        struct message told = from_keeper_line(house, ANSWER_ACCEPTED);
        assert_int_equal(told.id, id);
        assert_int_equal(told.accepted.fate, FATE_WITHDRAWN);
        assert_int_equal(told.accepted.place.index, end.index);
        assert_memory_equal(&told.accepted.place.leaf, &end.leaf, sizeof end.leaf);
        assert_memory_equal(&told.accepted.request, &request.id, sizeof request.id);
        is_silent(house, &house->vault);
        if (restarted == 0) {
            house_kill(house);
            again(house);
        }
    }
    house_stop(house);
    texts_request_clear(&request);
}

// The end of a request whose order is on its way would leave its outcome without a fate.
static void record__r8_the_end_of_what_is_being_signed_ends_it(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct place opened = house_open(house, &request);
    texts_decided(&request, &opened, 0, DECISION_APPROVE, &house->text);
    const uint64_t approvals[] = {house_record(house, NULL, 0).index};
    struct message order = {.kind = ORDER_SIGN, .id = ++house->serial};
    texts_order(&request, &opened, approvals, 1, &house->text);
    order.record.text = bytes_span(&house->text);
    to_ledger(&house->keeper, &order);
    from_vault_line(house, VAULT_JUDGE);
    texts_ended(&request, ENDING_EXPIRED, &house->text);
    keeper_orders(house, NULL, 0);
    house_ends(house, EXIT_NEIGHBOUR, "whose order is in flight");
    texts_request_clear(&request);
}

// The end overtakes the opening on its way through the vault.
static void record__r11_an_opening_that_its_end_overtook_hears_the_fate(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct span blobs[] = {bytes_span(&request.text), bytes_span(&request.payload)};
    house_open(house, &request);
    texts_ended(&request, ENDING_EXPIRED, &house->text);
    uint64_t ended = keeper_orders(house, NULL, 0);
    texts_opened(&request, 9, &house->text);
    uint64_t opened = keeper_orders(house, blobs, 2);
    struct place end = vault_appends(house);
    vault_appends(house);
    while (house->durable.size < house->leaf_count) {
        struct message durable = from_vault_line(house, VAULT_DURABLE);
        vault_says_checkpoint(house, durable.id, durable.durable.size);
    }
    keeper_is_done(house, ended);
    struct message told = from_keeper_line(house, ANSWER_ACCEPTED);
    assert_int_equal(told.id, opened);
    assert_int_equal(told.accepted.fate, FATE_EXPIRED);
    assert_int_equal(told.accepted.place.index, end.index);
    house_stop(house);
    texts_request_clear(&request);
}

// The fate is in the store, and no checkpoint covers it yet: whoever asks waits for one.
static void record__r11_a_fate_is_told_only_under_a_checkpoint(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    struct span blobs[] = {bytes_span(&request.text), bytes_span(&request.payload)};
    house_open(house, &request);
    texts_ended(&request, ENDING_EXPIRED, &house->text);
    uint64_t ended = keeper_orders(house, NULL, 0);
    vault_appends(house);
    struct message durable = from_vault_line(house, VAULT_DURABLE);
    texts_opened(&request, 9, &house->text);
    uint64_t opened = keeper_orders(house, blobs, 2);
    is_silent(house, &house->keeper);
    vault_says_checkpoint(house, durable.id, durable.durable.size);
    keeper_is_done(house, ended);
    assert_int_equal(from_keeper_line(house, ANSWER_ACCEPTED).id, opened);
    house_stop(house);
    texts_request_clear(&request);
}

static void record__an_open_request_is_opened_anew(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request request = texts_request_new(1);
    house_open(house, &request);
    texts_opened(&request, 9, &house->text);
    struct place second = house_record(house, NULL, 0); // its bytes are stored already
    struct message ask = {.kind = ASK_LIST};
    ask.page.count = 10;
    struct message list = keeper_asks(house, &ask);
    assert_int_equal(list.records.entries.count, 1);
    assert_int_equal(list.records.entries.at[0].index, second.index);
    house_stop(house);
    texts_request_clear(&request);
}

#define test(name) cmocka_unit_test_setup_teardown(name, house_make_serving, house_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(record__kinds_that_the_keeper_may_not_write_end_it),
        test(record__an_opening_without_its_bytes_ends_it),
        test(record__about_a_request_that_is_not_open_ends_it),
        test(record__a_place_where_it_does_not_stand_ends_it),
        test(record__r20_more_than_may_be_on_its_way_ends_it),
        test(record__a_checkpoint_that_does_not_hold_ends_it),
        test(record__nobody_is_told_before_the_checkpoint),
        test(record__a_checkpoint_releases_what_it_covers),
        test(record__what_comes_together_is_committed_together),
        test(record__a_refusal_of_the_vaults_is_told_and_stores_nothing),
        test(record__r17_starts_stops_clocks_and_quotas_are_records),
        test(record__r11_a_known_fate_is_told_again_and_stores_nothing),
        test(record__r8_the_end_of_what_is_being_signed_ends_it),
        test(record__r11_an_opening_that_its_end_overtook_hears_the_fate),
        test(record__r11_a_fate_is_told_only_under_a_checkpoint),
        test(record__an_open_request_is_opened_anew),
    };
    return cmocka_run_group_tests_name("ledger_record", tests, NULL, NULL);
}
