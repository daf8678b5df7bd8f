// Orders under mandates through the real ledger: the whole way, what is told of them, kills, a full
// disk, and what one costs.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ledger_mandates.h"

#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>

static bool has_blob(struct mandate_world *world, struct span bytes)
{
    struct message ask = {.kind = ASK_BLOB, .id = ++world->house->serial};
    struct message answer;
    ask.blob.hash = hash_of(bytes);
    to_ledger(&world->house->keeper, &ask);
    while (channel_take(&world->house->keeper, &answer) == ERR_AGAIN)
        wait_for_bytes(world->house, &world->house->keeper);
    assert_int_equal(answer.id, ask.id);
    return answer.kind == ANSWER_BLOB && span_equal(answer.blob_is.bytes, bytes);
}

static uint64_t size_now(struct mandate_world *world)
{
    struct message ask = {.kind = ASK_STATUS};
    return keeper_asks(world->house, &ask).status.size;
}

static struct message ask_last(struct mandate_world *world, const struct hash *request,
    const char *const *names, uint32_t count)
{
    struct message ask = {.kind = ASK_LAST};
    ask.last.request = *request;
    ask.last.names.count = count;
    for (uint32_t i = 0; i < count; i++)
        ask.last.names.at[i] = span_text(names[i]);
    return keeper_asks(world->house, &ask);
}

static void nothing_is_stored(struct mandate_world *world, uint64_t size)
{
    assert_int_equal(size_now(world), size);
    assert_int_equal(mandates_show(world).dossier.fate, FATE_UNKNOWN);
    for (uint32_t i = 0; i < world->blob_count; i++)
        assert_false(has_blob(world, world->blobs[i]));
    const char *const names[] = {world->request.items[0].role};
    const struct hash other = made_up_hash(77);
    assert_int_equal(ask_last(world, &other, names, 1).lasts.at.at[0].version, 0);
}

// ---- refusals ----

static void mandates__a_refusal_passes_and_stores_nothing(void **state)
{
    static const char *const rules[] = {"R7", "R13", "R17"};
    struct mandate_world *world = *state;
    for (size_t i = 0; i < 3; i++) {
        keeper_mandates(world);
        vault_is_asked(world);
        vault_refuses(world, world->id_asked, rules[i]);
        nothing_is_stored(world, 2);
    }
    mandates_sign(world); // and it may come again
    assert_int_equal(mandates_show(world).dossier.fate, FATE_SIGNED);
    house_stop(world->house);
}

static uint64_t count_states(const struct mandate_world *world)
{
    char path[FOLDER_NAME + 16];
    sqlite3 *db;
    sqlite3_stmt *count;
    snprintf(path, sizeof path, "%s/ledger.db", world->house->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT count(*) FROM state", -1, &count, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    uint64_t states = (uint64_t)sqlite3_column_int64(count, 0);
    sqlite3_finalize(count);
    sqlite3_close(db);
    return states;
}

// A vault that reserves and then refuses must not fill the disk with states.
static void mandates__r20_reservations_that_lead_to_nothing_do_not_pile_up(void **state)
{
    struct mandate_world *world = *state;
    for (unsigned i = 0; i < 6; i++) {
        keeper_mandates(world);
        vault_is_asked(world);
        if (i % 2 == 0) {
            vault_refuses(world, vault_reserves(world), "R6"); // it became too late
            continue;
        }
        vault_seals_numbers(world);
        vault_is_asked(world);
        vault_refuses(world, world->id_asked, "R7");
    }
    nothing_is_stored(world, 2);
    house_kill(world->house);
    assert_true(count_states(world) <= 3);
    house_start(world->house);
    house_stop(world->house);
}

// A refusal in the log is its fate for ever: none may come beside the order, nor an order beside it.
static void mandates__r11_what_is_on_its_way_is_not_refused_meanwhile(void **state)
{
    struct mandate_world *world = *state;
    keeper_mandates(world);
    vault_is_asked(world);
    texts_refused(&world->id, &world->house->text);
    is_refused_by(world->house, keeper_orders(world->house, NULL, 0), "R11");
    vault_refuses(world, world->id_asked, "R7");
    uint64_t id = keeper_orders(world->house, NULL, 0);
    struct message append = from_vault_line(world->house, VAULT_APPEND);
    keeper_mandates(world);
    is_refused_by(world->house, world->asker, "R11");
    is_silent(world->house, &world->house->vault);
    vault_appended(world->house, append.id, append.replay.text);
    vault_checkpoints(world->house, 3);
    keeper_is_done(world->house, id);
    keeper_mandates(world);
    struct message told = from_keeper_line(world->house, ANSWER_ACCEPTED);
    assert_int_equal(told.accepted.fate, FATE_REFUSED);
    house_stop(world->house);
}

// ---- the whole way ----

static void dossier_is_whole(struct mandate_world *world)
{
    struct checkpoint checkpoint;
    struct message shown = mandates_show(world);
    struct merkle_path path = {.count = shown.dossier.end_path.count};
    assert_int_equal(shown.dossier.fate, FATE_SIGNED);
    assert_true(span_equal(shown.dossier.request, bytes_span(&world->text)));
    assert_int_equal(shown.dossier.opened.text.size, 0);
    assert_int_equal(shown.dossier.path.count, 0);
    assert_int_equal(shown.dossier.decisions.count, 0);
    assert_int_equal(shown.dossier.end.index, world->outcome.index);
    assert_true(span_equal(shown.dossier.end.text, bytes_span(&world->outcome_text)));
    assert_int_equal(checkpoint_open(shown.dossier.checkpoint, HOUSE_ORIGIN, &world->house->log,
                         &checkpoint),
        OK);
    memcpy(path.nodes, shown.dossier.end_path.at, path.count * sizeof path.nodes[0]);
    assert_true(merkle_included(
        world->outcome.index, checkpoint.size, &world->outcome.leaf, &path, &checkpoint.root));
}

static void mandates__r8_order_and_outcome_are_durable_together_then_released(void **state)
{
    struct mandate_world *world = *state;
    struct ledger_house *house = world->house;
    keeper_mandates(world);
    vault_is_asked(world);
    nothing_is_stored(world, 2);
    vault_seals_numbers(world);
    vault_is_asked(world); // the same again
    nothing_is_stored(world, 2);
    vault_signs_all(world);
    struct message durable = from_vault_line(house, VAULT_DURABLE);
    assert_int_equal(durable.durable.size, 4);
    is_silent(house, &house->keeper);
    assert_int_equal(mandates_show(world).dossier.fate, FATE_UNKNOWN); // under no checkpoint
    vault_says_checkpoint(house, durable.id, 4);
    keeper_hears(world, true);
    dossier_is_whole(world);
    for (uint32_t i = 0; i < world->blob_count; i++)
        assert_true(has_blob(world, world->blobs[i]));
    for (size_t i = 0; i < world->request.item_count; i++)
        assert_true(has_blob(world, world->signatures[i]));
    struct message list = {.kind = ASK_LIST};
    list.page.count = 10;
    assert_int_equal(keeper_asks(house, &list).records.entries.count, 0);
    house_stop(house);
}

static void mandates__a_state_is_told_once(void **state)
{
    struct mandate_world *world = *state;
    mandates_sign(world); // the keeper knows the first one from the start
    mandates_write(world, 2, 2, 100);
    keeper_mandates(world);
    vault_is_asked(world);
    vault_seals_numbers(world);
    vault_is_asked(world);
    vault_refuses(world, world->id_asked, "R7"); // sealed, and no outcome names it yet
    mandates_write(world, 2, 3, 100);
    keeper_mandates(world);
    vault_is_asked(world);
    vault_signs_all(world);
    vault_checkpoints(world->house, world->outcome.index + 1);
    keeper_hears(world, true);
    mandates_write(world, 2, 4, 100);
    mandates_sign(world);
    house_stop(world->house);
}

static void mandates__r11_a_known_fate_is_told_again(void **state)
{
    struct mandate_world *world = *state;
    const char *const names[] = {"director/targets@car-00"};
    mandates_sign(world);
    keeper_mandates(world);
    struct message told = from_keeper_line(world->house, ANSWER_ACCEPTED);
    assert_int_equal(told.id, world->asker);
    assert_int_equal(told.accepted.fate, FATE_SIGNED);
    assert_int_equal(told.accepted.place.index, world->outcome.index);
    struct message ask = {.kind = ASK_LAST, .id = ++world->house->serial};
    ask.last.request = world->id;
    ask.last.names.count = 1;
    ask.last.names.at[0] = span_text(names[0]);
    to_ledger(&world->house->keeper, &ask);
    told = from_keeper_line(world->house, ANSWER_ACCEPTED);
    assert_int_equal(told.id, ask.id);
    assert_int_equal(told.accepted.place.index, world->outcome.index);
    is_silent(world->house, &world->house->vault);
    house_stop(world->house);
}

// ---- what items signed last ----

static void last__a_name_that_no_item_has_ends_it(void **state)
{
    struct mandate_world *world = *state;
    struct message ask = {.kind = ASK_LAST, .id = 9};
    ask.last.names.count = 1;
    ask.last.names.at[0] = span_text("director/targets@");
    to_ledger(&world->house->keeper, &ask);
    house_ends(world->house, EXIT_NEIGHBOUR, "an item that cannot be");
}

static void last__is_found_by_name_for_each_vehicle(void **state)
{
    static const char *const names[] = {
        "director/targets@car-01", "director/targets", "director/targets@car-00"};
    static const uint64_t wanted[] = {1, 0, 2};
    const struct hash other = made_up_hash(77);
    struct mandate_world *world = *state;
    mandates_sign(world);
    struct bytes payload = text_new();
    bytes_add(&payload, bytes_span(&world->payloads[1]));
    mandates_write(world, 1, 2, 100);
    mandates_sign(world);
    house_kill(world->house);
    house_start(world->house);
    struct message lasts = ask_last(world, &other, names, 3);
    assert_int_equal(lasts.lasts.at.count, 3);
    assert_int_equal(lasts.lasts.payloads.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(lasts.lasts.at.at[i].version, wanted[i]);
    assert_true(span_equal(lasts.lasts.payloads.at[0], bytes_span(&payload)));
    assert_int_equal(lasts.lasts.payloads.at[1].size, 0);
    assert_true(span_equal(lasts.lasts.payloads.at[2], bytes_span(&world->payloads[0])));
    assert_memory_equal(&lasts.lasts.at.at[2].payload, &world->request.items[0].payload, 32);
    house_stop(world->house);
    bytes_clear(&payload);
}

static void last__r20_brings_so_many_bytes_and_no_more(void **state)
{
    enum { ITEMS = 4, SIZE = LIMIT_LAST_BYTES * 3 / 8 };
    const char *names[ITEMS];
    const struct hash other = made_up_hash(77);
    struct mandate_world *world = *state;
    mandates_write(world, ITEMS, 1, SIZE);
    mandates_sign(world);
    for (size_t i = 0; i < ITEMS; i++)
        names[i] = world->request.items[i].role;
    struct message lasts = ask_last(world, &other, names, ITEMS);
    for (size_t i = 0; i < ITEMS; i++) {
        assert_int_equal(lasts.lasts.at.at[i].version, 1);
        assert_int_equal(lasts.lasts.payloads.at[i].size, i < 2 ? SIZE : 0);
        assert_memory_equal(
            &lasts.lasts.at.at[i].payload, &world->request.items[i].payload, 32);
    }
    house_stop(world->house);
}

// ---- starts and kills ----

// The keeper is told the state that the newest outcome names; what is sealed may be ahead of it.
static void mandates__a_start_tells_the_state_of_the_newest_outcome(void **state)
{
    struct mandate_world *world = *state;
    struct bytes named = text_new();
    keeper_mandates(world);
    vault_is_asked(world);
    vault_seals_numbers(world);
    bytes_add(&named, bytes_span(&world->house->state));
    vault_is_asked(world);
    vault_signs_all(world);
    vault_checkpoints(world->house, 4);
    keeper_hears(world, true);
    struct bytes outcome = text_new();
    bytes_add(&outcome, bytes_span(&world->outcome_text));
    mandates_write(world, 2, 2, 100);
    keeper_mandates(world);
    vault_is_asked(world);
    vault_seals_numbers(world);
    vault_is_asked(world);
    house_kill(world->house);
    for (int again = 0; again < 2; again++) {
        house_starts_up(world->house);
        struct message live = from_keeper_line(world->house, LIVE_HOUSE);
        assert_true(span_equal(live.live_house.state, bytes_span(&named)));
        assert_int_equal(live.live_house.outcome.index, 3);
        assert_true(span_equal(live.live_house.outcome.text, bytes_span(&outcome)));
        from_keeper_line(world->house, LIVE_END); // and nothing is carried out again
        if (again == 0)
            house_stop(world->house);
    }
    assert_int_equal(size_now(world), 4);
    keeper_mandates(world); // under the newer one, which is then told
    vault_is_asked(world);
    vault_signs_all(world);
    vault_checkpoints(world->house, 6);
    keeper_hears(world, true);
    house_stop(world->house);
    bytes_clear(&named);
    bytes_clear(&outcome);
}

// Killed at any moment around the outcome: both records are there, or none.
static void mandates__r8_a_kill_leaves_both_records_or_none(void **state)
{
    struct mandate_world *world = *state;
    unsigned both = 0;
    for (unsigned i = 0; i < 12; i++) {
        uint64_t before = world->house->leaf_count;
        mandates_write(world, 2, 1 + i, 2000);
        keeper_mandates(world);
        vault_is_asked(world);
        vault_signs_all(world);
        if (i % 3 != 0) {
            const struct timespec while_ = {.tv_nsec = 200000L * i};
            nanosleep(&while_, NULL);
        }
        if (i % 4 == 3)
            from_vault_line(world->house, VAULT_DURABLE);
        house_kill(world->house);
        house_start(world->house);
        uint64_t size = world->house->leaf_count;
        assert_true(size == before || size == before + 2);
        both += size == before + 2;
        bool stands = size == before + 2;
        assert_int_equal(
            mandates_show(world).dossier.fate, stands ? FATE_SIGNED : FATE_UNKNOWN);
        assert_int_equal(has_blob(world, world->signatures[0]), stands);
        assert_int_equal(has_blob(world, bytes_span(&world->text)), stands);
    }
    assert_true(both >= 3); // those that were durable
    house_stop(world->house);
}

// ---- the disk ----

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
        _exit(mount_small_disk(house, 24) ? 0 : 1);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

// What one will take is set aside while it is in the vault: an opening that fits has to wait for it.
static void sets_room_aside(struct mandate_world *world)
{
    static char payload[5 << 19];
    struct texts_request request = texts_request_new(9);
    const struct span blobs[] = {bytes_span(&request.text), span_of(payload, sizeof payload)};
    request.payload_hash = hash_of(blobs[1]);
    mandates_write(world, 2, 1, 100);
    keeper_mandates(world);
    vault_is_asked(world);
    texts_opened(&request, 1, &world->house->text);
    is_refused_by(world->house, keeper_orders(world->house, blobs, 2), "R9");
    vault_refuses(world, world->id_asked, "R7");
    keeper_orders(world->house, blobs, 2);
    from_vault_line(world->house, VAULT_APPEND);
    texts_request_clear(&request);
}

// Requests leave the reserve to administrators; nothing reaches the vault, and nothing is stored.
static void mandates__r9_a_disk_that_is_nearly_full_refuses_them(void **state)
{
    struct mandate_world *world = *state;
    struct ledger_house *house = world->house;
    house_stop(house);
    if (!can_mount(house) || !mount_small_disk(house, 24)) {
        print_message("no small disk can be mounted here: a full one is not tried\n");
        skip();
    }
    house_found(house);
    house_stop(house);
    house_start(house);
    world->state = hash_of(bytes_span(&house->state));
    mandates_write(world, 2, 1, 2 << 20); // 8 MiB with the factor, and 16 have to stay
    keeper_mandates(world);
    is_refused_by(house, world->asker, "R9");
    is_silent(house, &house->vault);
    nothing_is_stored(world, 2);
    sets_room_aside(world);
    house_stop(house);
    assert_int_equal(umount(house->folder), 0);
}

// ---- what it costs; measured, not asserted ----

// Processor time that the ledger has used, in microseconds.
static double processor(const struct ledger_house *house)
{
    clockid_t clock;
    struct timespec now;
    assert_int_equal(clock_getcpuclockid(house->pid, &clock), 0);
    assert_int_equal(clock_gettime(clock, &now), 0);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void mandates__cost_is_measured(void **state)
{
    struct mandate_world *world = *state;
    const char *wanted = getenv("CONCLAVE_ORDERS");
    unsigned orders = wanted == NULL ? 40 : (unsigned)strtoul(wanted, NULL, 10);
    const char *names[MANDATE_ITEMS_MOST];
    double used[2] = {0, 0};
    for (unsigned i = 1; i <= orders; i++) {
        mandates_write(world, MANDATE_ITEMS_MOST, i, 2048);
        for (size_t at = 0; at < MANDATE_ITEMS_MOST; at++)
            names[at] = world->request.items[at].role;
        double start = processor(world->house);
        ask_last(world, &world->id, names, MANDATE_ITEMS_MOST);
        double asked = processor(world->house);
        mandates_sign(world);
        used[0] += asked - start;
        used[1] += processor(world->house) - asked;
    }
    print_message(
        "%d items an order: %.1f us of processor an item, and %.1f to tell the last\n",
        MANDATE_ITEMS_MOST, used[1] / orders / MANDATE_ITEMS_MOST,
        used[0] / orders / MANDATE_ITEMS_MOST);
    house_stop(world->house);
}

#define test(name) cmocka_unit_test_setup_teardown(name, mandates_make, mandates_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(mandates__a_refusal_passes_and_stores_nothing),
        test(mandates__r20_reservations_that_lead_to_nothing_do_not_pile_up),
        test(mandates__r11_what_is_on_its_way_is_not_refused_meanwhile),
        test(mandates__r8_order_and_outcome_are_durable_together_then_released),
        test(mandates__a_state_is_told_once),
        test(mandates__r11_a_known_fate_is_told_again),
        test(last__a_name_that_no_item_has_ends_it),
        test(last__is_found_by_name_for_each_vehicle),
        test(last__r20_brings_so_many_bytes_and_no_more),
        test(mandates__a_start_tells_the_state_of_the_newest_outcome),
        test(mandates__r8_a_kill_leaves_both_records_or_none),
        test(mandates__cost_is_measured),
        test(mandates__r9_a_disk_that_is_nearly_full_refuses_them),
    };
    return cmocka_run_group_tests_name("ledger_mandates", tests, NULL, NULL);
}
