// The ledger's founding and start, played against the real program.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ledger_play.h"

#include <poll.h>
#include <sys/mman.h>

// ---- starts that halt ----

static void start__halts_when_another_daemon_has_the_folder(void **state)
{
    struct ledger_house *house = *state, second = *house;
    house_found(house);
    second.pid = 0;
    second.words = memfd_create("words", 0);
    house_spawn(&second, STAGE_FOUNDING);
    house_ends(&second, EXIT_HALT, "another conclaved works in the ledger folder");
    close(second.words);
    house_stop(house);
}

static void start__halts_in_a_folder_where_nothing_was_founded(void **state)
{
    struct ledger_house *house = *state;
    house->number = 1;
    house->sealed_size = 2;
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    house_ends(house, EXIT_HALT, "older than the token's last seal");
}

static void start__r10_halts_with_fewer_records_than_were_sealed(void **state)
{
    struct ledger_house *house = *state;
    house_found(house);
    house_stop(house);
    house->sealed_size = 3;
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    house_ends(house, EXIT_HALT, "fewer records than were sealed");
}

static void start__r10_halts_without_the_sealed_state(void **state)
{
    struct ledger_house *house = *state;
    house_found(house);
    house_stop(house);
    bytes_add_text(&house->state, "another one");
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    house_ends(house, EXIT_HALT, "it lacks the sealed state");
}

static void start__r10_halts_without_the_sealed_charter(void **state)
{
    struct ledger_house *house = *state;
    house_found(house);
    house_stop(house);
    bytes_add_text(&house->charter, "another one");
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    house_ends(house, EXIT_HALT, "it lacks the sealed charter");
}

static void start__halts_with_another_appliances_folder(void **state)
{
    struct ledger_house *house = *state;
    house_found(house);
    house_stop(house);
    house->log = made_up_key(5);
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    house_ends(house, EXIT_HALT, "another appliance's");
}

static void start__halts_when_token_and_configuration_disagree(void **state)
{
    struct ledger_house *house = *state;
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_FOUNDING);
    house_ends(house, EXIT_HALT, "nothing is founded yet");
    house_found(house);
    house_stop(house);
    house_spawn(house, STAGE_FOUNDING);
    vault_says_seal(house, STAGE_SERVING);
    house_ends(house, EXIT_HALT, "this appliance is founded");
}

static void start__a_vault_that_is_up_with_another_size_ends_it(void **state)
{
    struct ledger_house *house = *state;
    struct message up = {.kind = VAULT_UP};
    house_found(house);
    house_stop(house);
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    from_vault_line(house, VAULT_RESUME);
    from_vault_line(house, VAULT_RESUMED);
    up.durable.size = 3;
    to_ledger(&house->vault, &up);
    house_ends(house, EXIT_NEIGHBOUR, "another size");
}

// Programs that are older than the state: the sentence names what to install.
static void start__halts_with_a_state_of_a_newer_format(void **state)
{
    struct ledger_house *house = *state;
    house->format = "3 9.8.7";
    house_found(house);
    house_stop(house);
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    house_ends(house, EXIT_HALT, "install version 9.8.7");
}

static void start__halts_with_a_state_that_does_not_read(void **state)
{
    struct ledger_house *house = *state;
    house->format = "0 0.0.0";
    house_found(house);
    house_stop(house);
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    house_ends(house, EXIT_HALT, "cannot go on");
}

// ---- who may say what, and when ----

static void start__what_comes_too_early_ends_it(void **state)
{
    static const enum message_kind early[] = {ASK_STATUS, ASK_LIST, ORDER_RECORD, ORDER_SIGN,
        ORDER_MANDATED, ASK_LAST, ORDER_FOUND, ASK_FOUND_KEYS, ASK_SUBMIT, DONE_RECORD};
    static const enum message_kind wrong[] = {VAULT_UP, VAULT_APPENDED, VAULT_JUDGED,
        VAULT_CHECKPOINT, VAULT_RESERVE, VAULT_SEALED, VAULT_OUTCOME, VAULT_RESUME, ASK_STATUS};
    struct ledger_house *house = *state;
    for (size_t i = 0; i < sizeof early / sizeof early[0]; i++) {
        struct message message = {.kind = early[i], .id = 1};
        house_spawn(house, STAGE_SERVING);
        to_ledger(&house->keeper, &message);
        house_ends(house, EXIT_NEIGHBOUR, NULL);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct message message = {.kind = wrong[i], .id = 1};
        house_spawn(house, STAGE_SERVING);
        to_ledger(&house->vault, &message);
        house_ends(house, EXIT_NEIGHBOUR, NULL);
    }
}

static void start__a_neighbour_that_goes_ends_it(void **state)
{
    struct ledger_house *house = *state;
    house_spawn(house, STAGE_SERVING);
    wait_for(house, &house->control, ROOM_READY);
    channel_close(&house->vault);
    house_ends(house, EXIT_NEIGHBOUR, "below");
    house_spawn(house, STAGE_SERVING);
    wait_for(house, &house->control, ROOM_READY);
    channel_close(&house->keeper);
    house_ends(house, EXIT_NEIGHBOUR, "above");
}

// ---- founding ----

static void says(struct ledger_house *house, enum stage stage, uint64_t size)
{
    struct message ask = {.kind = ASK_STATUS};
    struct message status = keeper_asks(house, &ask);
    assert_int_equal(status.status.stage, stage);
    assert_int_equal(status.status.size, size);
    assert_int_equal(status.status.vkey.size > 0, size > 0);
    assert_int_equal(status.status.checkpoint.size > 0, size > 0);
    assert_int_equal(status.status.open, 0);
    assert_true(span_is(status.status.version, CONCLAVE_VERSION));
}

static void found__keys_are_asked_of_the_vault(void **state)
{
    struct ledger_house *house = *state;
    struct message ask = {.kind = ASK_FOUND_KEYS, .id = 77};
    struct message refused = {.kind = ANSWER_REFUSED};
    struct message answer = {.kind = ANSWER_FOUND_KEYS};
    house_spawn(house, STAGE_FOUNDING);
    vault_says_seal(house, STAGE_FOUNDING);
    from_keeper_line(house, LIVE_HOUSE);
    from_keeper_line(house, LIVE_END);
    says(house, STAGE_FOUNDING, 0);
    ask.found_keys.wishes = span_text("wishes");
    to_ledger(&house->keeper, &ask);
    struct message asked = from_vault_line(house, VAULT_FOUND_KEYS);
    assert_true(span_is(asked.found_keys.wishes, "wishes"));
    // A second one, while keys are made, is refused: another client's.
    struct message second = ask;
    second.id = 78;
    to_ledger(&house->keeper, &second);
    assert_int_equal(from_keeper_line(house, ANSWER_REFUSED).id, 78);
    answer.id = asked.id;
    answer.found_keys_are.objects = span_text("objects");
    to_ledger(&house->vault, &answer);
    struct message told = from_keeper_line(house, ANSWER_FOUND_KEYS);
    assert_int_equal(told.id, 77);
    assert_true(span_is(told.found_keys_are.objects, "objects"));
    to_ledger(&house->keeper, &ask);
    refused.id = from_vault_line(house, VAULT_FOUND_KEYS).id;
    refused.refused.rule = span_text("R20");
    refused.refused.sentence = span_text("no wishes");
    to_ledger(&house->vault, &refused);
    told = from_keeper_line(house, ANSWER_REFUSED);
    assert_int_equal(told.id, 77);
    assert_true(span_is(told.refused.rule, "R20"));
    to_ledger(&house->vault, &answer);
    house_ends(house, EXIT_NEIGHBOUR, "keys that nobody asked for");
}

static void found__a_second_one_while_it_is_judged_is_refused(void **state)
{
    struct ledger_house *house = *state;
    struct message order = {.kind = ORDER_FOUND, .id = 5};
    house_spawn(house, STAGE_FOUNDING);
    vault_says_seal(house, STAGE_FOUNDING);
    from_keeper_line(house, LIVE_HOUSE);
    from_keeper_line(house, LIVE_END);
    order.found.founding = bytes_span(&house->founding);
    order.found.founded = bytes_span(&house->founded);
    order.found.charter = bytes_span(&house->charter);
    order.found.objects = bytes_span(&house->objects);
    to_ledger(&house->keeper, &order);
    from_vault_line(house, VAULT_FOUND);
    order.id = 6;
    to_ledger(&house->keeper, &order);
    assert_int_equal(from_keeper_line(house, ANSWER_REFUSED).id, 6);
    is_silent(house, &house->vault);
    house_stop(house);
}

static void found__parts_that_do_not_belong_together_end_it(void **state)
{
    struct ledger_house *house = *state;
    struct message order = {.kind = ORDER_FOUND, .id = 1};
    house_spawn(house, STAGE_FOUNDING);
    vault_says_seal(house, STAGE_FOUNDING);
    from_keeper_line(house, LIVE_HOUSE);
    from_keeper_line(house, LIVE_END);
    order.found.founding = bytes_span(&house->founding);
    order.found.founded = bytes_span(&house->founded);
    order.found.charter = span_text("another charter");
    order.found.objects = bytes_span(&house->objects);
    to_ledger(&house->keeper, &order);
    house_ends(house, EXIT_NEIGHBOUR, "do not belong together");
}

static void found__a_refusal_stores_nothing(void **state)
{
    struct ledger_house *house = *state;
    struct message order = {.kind = ORDER_FOUND, .id = 5}, refused = {.kind = ANSWER_REFUSED};
    house_spawn(house, STAGE_FOUNDING);
    vault_says_seal(house, STAGE_FOUNDING);
    from_keeper_line(house, LIVE_HOUSE);
    from_keeper_line(house, LIVE_END);
    order.found.founding = bytes_span(&house->founding);
    order.found.founded = bytes_span(&house->founded);
    order.found.charter = bytes_span(&house->charter);
    order.found.objects = bytes_span(&house->objects);
    to_ledger(&house->keeper, &order);
    refused.id = from_vault_line(house, VAULT_FOUND).id;
    refused.refused.sentence = span_text("a signature is wrong");
    to_ledger(&house->vault, &refused);
    assert_int_equal(from_keeper_line(house, ANSWER_REFUSED).id, 5);
    says(house, STAGE_FOUNDING, 0);
    house_stop(house);
    house_found(house);
    house_stop(house);
}

static void found__makes_a_house_that_serves_after_its_next_start(void **state)
{
    struct ledger_house *house = *state;
    house_found(house);
    says(house, STAGE_FOUNDED, 2);
    house_stop(house);
    house_starts_up(house);
    struct message live = from_keeper_line(house, LIVE_HOUSE);
    assert_int_equal(live.live_house.stage, STAGE_SERVING);
    assert_true(span_equal(live.live_house.founding, bytes_span(&house->founding)));
    assert_true(span_equal(live.live_house.charter, bytes_span(&house->charter)));
    assert_true(span_equal(live.live_house.state, bytes_span(&house->state)));
    assert_int_equal(live.live_house.outcome.text.size, 0);
    assert_int_equal(live.live_house.newest, TEXT_TIME);
    struct checkpoint checkpoint;
    assert_int_equal(
        checkpoint_open(live.live_house.checkpoint, HOUSE_ORIGIN, &house->log, &checkpoint),
        OK);
    struct merkle_path path = {.count = live.live_house.founding_path.count};
    memcpy(path.nodes, live.live_house.founding_path.at, path.count * sizeof path.nodes[0]);
    assert_true(merkle_included(0, 2, &house->leaves[0], &path, &checkpoint.root));
    from_keeper_line(house, LIVE_END);
    says(house, STAGE_SERVING, 2);
    house_stop(house);
}

// A founding's seal is over its own charter, the first one.
static void found__a_seal_over_another_charter_ends_it(void **state)
{
    struct ledger_house *house = *state;
    for (int which = 0; which < 2; which++) {
        struct message sealed = {.kind = VAULT_SEALED, .id = 1};
        founding_executes(house);
        sealed.sealed.number = 1;
        sealed.sealed.epoch = which == 0 ? 2 : 1;
        sealed.sealed.charter = hash_of(bytes_span(&house->charter));
        sealed.sealed.charter.byte[0] ^= which == 1;
        sealed.sealed.state = hash_of(bytes_span(&house->text));
        to_ledger(&house->vault, &sealed);
        house_ends(house, EXIT_NEIGHBOUR, "a seal that nobody asked for");
    }
}

static void found__once_founded_only_status_is_taken(void **state)
{
    struct ledger_house *house = *state;
    struct message ask = {.kind = ASK_FOUND_KEYS, .id = 9}, list = {.kind = ASK_LIST, .id = 10};
    house_found(house);
    to_ledger(&house->keeper, &ask);
    assert_int_equal(from_keeper_line(house, ANSWER_REFUSED).id, 9);
    to_ledger(&house->keeper, &list);
    house_ends(house, EXIT_NEIGHBOUR, "may not say now");
}

// The two records were durable, but nothing was sealed.
static void found__starts_over_when_it_broke_off(void **state)
{
    struct ledger_house *house = *state;
    house_found(house);
    house_kill(house);
    house->number = 0;
    house_spawn(house, STAGE_FOUNDING);
    vault_says_seal(house, STAGE_FOUNDING);
    from_keeper_line(house, LIVE_HOUSE);
    from_keeper_line(house, LIVE_END);
    says(house, STAGE_FOUNDING, 0);
    house_stop(house);
    house_found(house);
    house_stop(house);
    house_start(house);
    says(house, STAGE_SERVING, 2);
    house_stop(house);
}

// ---- the replay ----

static void start__replays_what_lies_behind_the_seal(void **state)
{
    struct ledger_house *house = *state;
    house_found(house);
    house_stop(house);
    house_start(house);
    for (unsigned i = 0; i < 5; i++) {
        texts_start(i, &house->text);
        house_record(house, NULL, 0);
    }
    house_kill(house);
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    assert_int_equal(vault_resumes(house), 5);
    vault_checkpoints(house, 7);
    struct message live = from_keeper_line(house, LIVE_HOUSE);
    assert_int_equal(live.live_house.newest, TEXT_TIME + 4);
    from_keeper_line(house, LIVE_END);
    house_stop(house);
}

static long resident_kib(pid_t pid)
{
    char path[64], line[256];
    long kib = -1;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    fclose(file);
    return kib;
}

// 90 MB of records behind the seal, and a vault that reads late: what lies in the ledger's memory
// is a window of them.
static void start__r20_a_vault_that_reads_late_costs_a_window_of_memory(void **state)
{
    enum { MANY = 1500, BATCH = 50, MEMORY_KIB = 64 * 1024 };
    struct ledger_house *house = *state;
    uint64_t ids[BATCH];
    house_found(house);
    house_stop(house);
    house_start(house);
    for (unsigned i = 0; i < MANY; i += BATCH) {
        bytes_reset(&house->text);
        bytes_add_text(&house->text, "conclave.gate/v1\ntime: 2026-12-01T00:00:00Z\nwhy: ");
        bytes_add_format(&house->text, "%060000u\n", i);
        for (unsigned k = 0; k < BATCH; k++)
            ids[k] = keeper_orders(house, NULL, 0);
        for (unsigned k = 0; k < BATCH; k++)
            vault_appends(house);
        while (house->durable.size < house->leaf_count) {
            struct message durable = from_vault_line(house, VAULT_DURABLE);
            vault_says_checkpoint(house, durable.id, durable.durable.size);
        }
        for (unsigned k = 0; k < BATCH; k++)
            keeper_is_done(house, ids[k]);
    }
    house_stop(house);
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    wait_for(house, &house->control, ROOM_READY);
    long before = resident_kib(house->pid);
    poll(NULL, 0, 500);
    long after = resident_kib(house->pid);
    assert_true(before > 0 && after > 0);
    assert_true(after - before < MEMORY_KIB);
    assert_int_equal(vault_resumes(house), MANY);
    vault_checkpoints(house, MANY + 2);
    from_keeper_line(house, LIVE_HOUSE);
    from_keeper_line(house, LIVE_END);
    house_stop(house);
}

#define test(name) cmocka_unit_test_setup_teardown(name, house_make, house_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(start__halts_when_another_daemon_has_the_folder),
        test(start__halts_in_a_folder_where_nothing_was_founded),
        test(start__r10_halts_with_fewer_records_than_were_sealed),
        test(start__r10_halts_without_the_sealed_state),
        test(start__r10_halts_without_the_sealed_charter),
        test(start__halts_with_another_appliances_folder),
        test(start__halts_when_token_and_configuration_disagree),
        test(start__a_vault_that_is_up_with_another_size_ends_it),
        test(start__halts_with_a_state_of_a_newer_format),
        test(start__halts_with_a_state_that_does_not_read),
        test(start__what_comes_too_early_ends_it),
        test(start__a_neighbour_that_goes_ends_it),
        test(found__keys_are_asked_of_the_vault),
        test(found__a_second_one_while_it_is_judged_is_refused),
        test(found__parts_that_do_not_belong_together_end_it),
        test(found__a_refusal_stores_nothing),
        test(found__makes_a_house_that_serves_after_its_next_start),
        test(found__a_seal_over_another_charter_ends_it),
        test(found__once_founded_only_status_is_taken),
        test(found__starts_over_when_it_broke_off),
        test(start__replays_what_lies_behind_the_seal),
        test(start__r20_a_vault_that_reads_late_costs_a_window_of_memory),
    };
    return cmocka_run_group_tests_name("ledger_start", tests, NULL, NULL);
}
