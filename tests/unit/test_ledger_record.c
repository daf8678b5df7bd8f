// Records on their way through the real ledger: durable and under a checkpoint before anybody is
// told, stored once, refused when the disk is full.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/ledger/load.h"
#include "tests/unit/ledger_house.h"

#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <time.h>

static int serving_make(void **state)
{
    if (house_make(state) != 0)
        return -1;
    house_found(*state);
    house_stop(*state);
    house_start(*state);
    return 0;
}

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
    struct bytes texts[5];
    for (size_t i = 0; i < 5; i++)
        texts[i] = text_new();
    bytes_add(&texts[0], bytes_span(&house->founding));
    bytes_add(&texts[1], bytes_span(&house->founded));
    texts_order(&request, &place, NULL, 0, &texts[2]);
    texts_outcome(&request, &place, &sealed, span_text("s"), &texts[3]);
    bytes_add_text(&texts[4], "conclave.nonsense/v1\n");
    for (size_t i = 0; i < 5; i++) {
        bytes_reset(&house->text);
        bytes_add(&house->text, bytes_span(&texts[i]));
        keeper_orders(house, NULL, 0);
        house_ends(house, EXIT_NEIGHBOUR, "a kind that it may not write");
        bytes_clear(&texts[i]);
        again(house);
    }
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

// ---- R9 ----

static void record__r9_a_write_that_fails_ends_it(void **state)
{
    struct ledger_house *house = *state;
    static char payload[512 * 1024];
    struct span blob = span_of(payload, sizeof payload);
    house_stop(house);
    house->file_most = 400 * 1024;
    again(house);
    texts_start(1, &house->text);
    keeper_orders(house, &blob, 1);
    vault_appends(house);
    house_ends(house, EXIT_HALT, "nothing was tried again");
    house->file_most = 0;
    again(house);
    struct message ask = {.kind = ASK_STATUS};
    assert_int_equal(keeper_asks(house, &ask).status.size, 2);
    house_stop(house);
}

// A disk of `mib`, of which `filled` are taken, on the house's folder, for this process alone.
static bool mount_small_disk(const struct ledger_house *house, unsigned mib)
{
    char options[32];
    snprintf(options, sizeof options, "size=%um", mib);
    return unshare(CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", house->folder, "tmpfs", 0, options) == 0;
}

static void set_filler(const struct ledger_house *house, off_t mib)
{
    char path[FOLDER_NAME + 16];
    snprintf(path, sizeof path, "%s/filler", house->folder);
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(mib == 0 ? 0 : posix_fallocate(fd, 0, mib << 20), 0);
    close(fd);
}

static void is_refused_by(struct ledger_house *house, uint64_t id, const char *rule)
{
    struct message refused = from_keeper_line(house, ANSWER_REFUSED);
    assert_int_equal(refused.id, id);
    assert_true(span_is(refused.refused.rule, rule));
    assert_int_equal(refused.refused.known, 0);
}

static void record__r9_a_full_disk_refuses_requests_first_and_goes_on(void **state)
{
    struct ledger_house *house = *state;
    struct texts_request open = texts_request_new(1), late = texts_request_new(2);
    struct span blobs[] = {bytes_span(&late.text), bytes_span(&late.payload)};
    house_stop(house);
    if (!mount_small_disk(house, 32)) {
        print_message("no small disk can be mounted here: a full one is not tried\n");
        skip();
    }
    house_found(house);
    house_stop(house);
    again(house);
    struct place opened = house_open(house, &open);
    set_filler(house, 18); // less than 16 MiB are left: for administrators only
    texts_opened(&late, 1, &house->text);
    is_refused_by(house, keeper_orders(house, blobs, 2), "R9");
    texts_decided(&open, &opened, 1, DECISION_APPROVE, &house->text);
    struct place decided = house_record(house, NULL, 0);
    set_filler(house, 28); // less than 4 MiB: nothing any more
    texts_decided(&open, &opened, 2, DECISION_APPROVE, &house->text);
    is_refused_by(house, keeper_orders(house, NULL, 0), "R9");
    struct message order = {.kind = ORDER_SIGN, .id = ++house->serial};
    texts_order(&open, &opened, &decided.index, 1, &house->text);
    order.record.text = bytes_span(&house->text);
    to_ledger(&house->keeper, &order);
    is_refused_by(house, house->serial, "R9");
    is_silent(house, &house->vault);
    set_filler(house, 0);
    house_open(house, &late);
    house_stop(house);
    assert_int_equal(umount(house->folder), 0);
    texts_request_clear(&open);
    texts_request_clear(&late);
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

// ---- kill -9 at any moment ----

// Sends records and answers for the vault until the time is over, then kills the ledger. Whatever
// the keeper was told must stand where it was told.
static uint64_t live_until(struct ledger_house *house, int milliseconds, struct place *told)
{
    struct timespec start, now;
    uint64_t count = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        texts_start((unsigned)house->serial, &house->text);
        keeper_orders(house, NULL, 0);
        struct message message;
        struct pollfd ready[] = {{.fd = house->vault.fd, .events = POLLIN},
            {.fd = house->keeper.fd, .events = POLLIN}};
        assert_true(poll(ready, 2, 20) >= 0);
        if (ready[0].revents != 0)
            assert_int_equal(channel_fill(&house->vault), OK);
        if (ready[1].revents != 0)
            assert_int_equal(channel_fill(&house->keeper), OK);
        while (channel_take(&house->vault, &message) == OK) {
            if (message.kind == VAULT_APPEND)
                vault_appended(house, message.id, message.replay.text);
            else
                vault_says_checkpoint(house, message.id, message.durable.size);
        }
        while (channel_take(&house->keeper, &message) == OK) {
            *told = message.place;
            count++;
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 <
             milliseconds);
    return count;
}

static void record__r8_what_was_told_stands_after_a_kill(void **state)
{
    struct ledger_house *house = *state;
    uint64_t told_in_all = 0;
    for (int i = 0; i < 12; i++) {
        struct place told = {0};
        told_in_all += live_until(house, 5 + 7 * i % 40, &told);
        house_kill(house);
        house_start(house);
        assert_true(told.index < house->leaf_count);
        if (told.index > 0)
            assert_memory_equal(&told.leaf, &house->leaves[told.index], sizeof told.leaf);
    }
    assert_true(told_in_all > 0);
    house_stop(house);
}

// ---- the rate; measured, not asserted ----

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// Processor time that the ledger has used, in seconds (proc(5), stat: utime and stime).
static double processor(const struct ledger_house *house)
{
    char path[64], line[1024];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", house->pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    const char *behind = strrchr(line, ')');
    assert_non_null(behind);
    assert_int_equal(
        sscanf(behind, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system),
        2);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void take_all(struct ledger_house *house, unsigned *done)
{
    struct message message;
    while (channel_take(&house->vault, &message) == OK) {
        struct message answer = {.kind = VAULT_APPENDED, .id = message.id};
        if (message.kind != VAULT_APPEND) {
            vault_says_checkpoint(house, message.id, message.durable.size);
            continue;
        }
        answer.place = vault_leaf(house, message.replay.text);
        assert_int_equal(channel_put(&house->vault, &answer), OK);
    }
    while (channel_take(&house->keeper, &message) == OK)
        (*done)++;
}

static void measure(struct ledger_house *house, unsigned in_flight, unsigned records)
{
    unsigned sent = 0, done = 0;
    double start = seconds(), used = processor(house);
    struct message order = {.kind = ORDER_RECORD};
    bytes_reset(&house->text);
    bytes_add_text(&house->text, "conclave.gate/v1\ntime: 2026-12-01T00:00:00Z\nwhy: ");
    bytes_add_format(&house->text, "%0500u\n", in_flight);
    order.record.text = bytes_span(&house->text);
    while (done < records) {
        while (sent < records && sent - done < in_flight) {
            order.id = ++house->serial;
            assert_int_equal(channel_put(&house->keeper, &order), OK);
            sent++;
        }
        assert_int_equal(channel_flush(&house->keeper), OK);
        assert_int_equal(channel_flush(&house->vault), OK);
        struct pollfd ready[] = {{.fd = house->vault.fd, .events = POLLIN},
            {.fd = house->keeper.fd, .events = POLLIN}};
        assert_true(poll(ready, 2, 5000) > 0);
        if (ready[0].revents != 0)
            assert_int_equal(channel_fill(&house->vault), OK);
        if (ready[1].revents != 0)
            assert_int_equal(channel_fill(&house->keeper), OK);
        take_all(house, &done);
    }
    print_message("%3u in flight: %6.0f records/s, %5.1f us of processor a record\n", in_flight,
        records / (seconds() - start), (processor(house) - used) / records * 1e6);
}

static void record__rate_is_measured(void **state)
{
    struct ledger_house *house = *state;
    const char *wanted = getenv("CONCLAVE_RECORDS");
    unsigned records = wanted == NULL ? 400 : (unsigned)strtoul(wanted, NULL, 10);
    measure(house, 1, records / 4);
    measure(house, 16, records);
    measure(house, 64, records);
    measure(house, 256, records);
    house_stop(house);
}

#define test(name) cmocka_unit_test_setup_teardown(name, serving_make, house_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(record__kinds_that_the_keeper_may_not_write_end_it),
        test(record__an_opening_without_its_bytes_ends_it),
        test(record__about_a_request_that_is_not_open_ends_it),
        test(record__a_place_where_it_does_not_stand_ends_it),
        test(record__a_checkpoint_that_does_not_hold_ends_it),
        test(record__r9_a_write_that_fails_ends_it),
        test(record__nobody_is_told_before_the_checkpoint),
        test(record__a_checkpoint_releases_what_it_covers),
        test(record__what_comes_together_is_committed_together),
        test(record__a_refusal_of_the_vaults_is_told_and_stores_nothing),
        test(record__r11_a_known_fate_is_told_again_and_stores_nothing),
        test(record__r11_an_opening_that_its_end_overtook_hears_the_fate),
        test(record__r11_a_fate_is_told_only_under_a_checkpoint),
        test(record__an_open_request_is_opened_anew),
        test(record__r8_what_was_told_stands_after_a_kill),
        test(record__rate_is_measured),
        test(record__r9_a_full_disk_refuses_requests_first_and_goes_on),
    };
    return cmocka_run_group_tests_name("ledger_record", tests, NULL, NULL);
}
