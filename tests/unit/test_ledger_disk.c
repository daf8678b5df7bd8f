// The real ledger and its disk: full, failing, killed; and how many records a second it takes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ledger_play.h"

#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>

// ---- R9 ----

static void disk__r9_a_write_that_fails_ends_it(void **state)
{
    struct ledger_house *house = *state;
    static char payload[512 * 1024];
    struct span blob = span_of(payload, sizeof payload);
    house_stop(house);
    house->file_most = 400 * 1024;
    house_start(house);
    texts_start(1, &house->text);
    keeper_orders(house, &blob, 1);
    vault_appends(house);
    house_ends(house, EXIT_HALT, "nothing was tried again");
    house->file_most = 0;
    house_start(house);
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

// Tried by another process first: where it fails half-way (in a chroot), this one stays as it is.
static bool can_mount(const struct ledger_house *house)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(mount_small_disk(house, 32) ? 0 : 1);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
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

// A small disk under the house; false when none can be mounted here.
static bool moves_to_small_disk(struct ledger_house *house)
{
    house_stop(house);
    if (!can_mount(house) || !mount_small_disk(house, 32)) {
        print_message("no small disk can be mounted here: a full one is not tried\n");
        return false;
    }
    house_found(house);
    house_stop(house);
    house_start(house);
    return true;
}

static void disk__r9_a_full_disk_refuses_requests_first_and_goes_on(void **state)
{
    struct ledger_house *house = *state;
    if (!moves_to_small_disk(house))
        skip();
    struct texts_request open = texts_request_new(1), late = texts_request_new(2);
    struct span blobs[] = {bytes_span(&late.text), bytes_span(&late.payload)};
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

static uint64_t freezes(struct ledger_house *house, unsigned number)
{
    struct bytes statement = text_new();
    struct message order = {.kind = ORDER_SIGN, .id = ++house->serial};
    texts_frozen(number, &statement, &house->text);
    order.record.text = bytes_span(&house->text);
    order.record.blobs.at[order.record.blobs.count++] = bytes_span(&statement);
    to_ledger(&house->keeper, &order);
    bytes_clear(&statement);
    return order.id;
}

// All that administrators say, and what the house says of itself; a motion is a request like any.
static void disk__r17_a_reserve_is_for_what_administrators_say(void **state)
{
    struct ledger_house *house = *state;
    if (!moves_to_small_disk(house))
        skip();
    struct texts_request open = texts_request_new(1), motion = texts_motion_new(MOTION_TIME, 1);
    struct span blobs[] = {bytes_span(&motion.text), bytes_span(&motion.payload),
        bytes_span(&motion.evidence[0]), bytes_span(&motion.evidence[1])};
    struct message refused = {.kind = ANSWER_REFUSED};
    struct place opened = house_open(house, &open);
    set_filler(house, 18);
    texts_opened(&motion, 1, &house->text);
    is_refused_by(house, keeper_orders(house, blobs, 4), "R9");
    texts_decided(&open, &opened, 1, DECISION_REJECT, &house->text);
    house_record(house, NULL, 0);
    uint64_t id = freezes(house, 1);
    refused.id = from_vault_line(house, VAULT_FREEZE).id; // it was taken
    refused.refused.rule = span_text("R7");
    refused.refused.sentence = span_text("it names another charter");
    to_ledger(&house->vault, &refused);
    is_refused_by(house, id, "R7");
    const struct hash unknown = made_up_hash(3);
    texts_refused(&unknown, &house->text);
    house_record(house, NULL, 0);
    texts_ended(&open, ENDING_REJECTED, &house->text);
    house_record(house, NULL, 0);
    set_filler(house, 28);
    is_refused_by(house, freezes(house, 2), "R9");
    is_silent(house, &house->vault);
    set_filler(house, 0);
    freezes(house, 2);
    from_vault_line(house, VAULT_FREEZE);
    house_stop(house);
    assert_int_equal(umount(house->folder), 0);
    texts_request_clear(&open);
    texts_request_clear(&motion);
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

static void disk__r8_what_was_told_stands_after_a_kill(void **state)
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

static void disk__rate_is_measured(void **state)
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

#define test(name) cmocka_unit_test_setup_teardown(name, house_make_serving, house_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(disk__r9_a_write_that_fails_ends_it),
        test(disk__r8_what_was_told_stands_after_a_kill),
        test(disk__rate_is_measured),
        test(disk__r9_a_full_disk_refuses_requests_first_and_goes_on),
        test(disk__r17_a_reserve_is_for_what_administrators_say),
    };
    return cmocka_run_group_tests_name("ledger_disk", tests, NULL, NULL);
}
