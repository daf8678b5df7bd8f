#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/dossier_world.h"
#include "tests/unit/samples.h"

#include <time.h>

static enum err dossier_of(struct world *world, struct message *answer)
{
    struct refusal refusal = {0};
    enum err err =
        conclave_dossier(world->visitor.conclave, &world->id, false, 0, answer, &refusal);
    // What fails says why.
    assert_int_equal(err == OK, refusal.sentence[0] == 0);
    return err;
}

static void assert_lie(struct world *world)
{
    struct message answer;
    assert_int_equal(dossier_of(world, &answer), ERR_SIGNATURE);
}

static void assert_true_now(struct world *world)
{
    struct message answer;
    assert_int_equal(dossier_of(world, &answer), OK);
    assert_int_equal(answer.dossier.fate, world->appliance.dossier.dossier.fate);
}

// ---- lies that need no proof to be seen ----

// Records of another request that are in the log as well.
static void dossier__refuses_what_is_about_another_request(void **state)
{
    (void)state;
    struct world world;
    struct bytes request, opened, end;
    world_make(&world, FATE_SIGNED);
    world_write_request(2, &request);
    struct hash other = request_id(bytes_span(&request));
    world_write_opened(&other, &opened);
    world_write_outcome(&other, &end);
    struct made_log *log = &world.appliance.log;
    struct entry its_opened = {log_append(log, bytes_span(&opened)), bytes_span(&opened)};
    struct entry its_end = {log_append(log, bytes_span(&end)), bytes_span(&end)};
    appliance_show(&world.appliance, log->count);
    struct message *dossier = &world.appliance.dossier, good = *dossier;

    dossier->dossier.request = bytes_span(&request);
    assert_lie(&world);
    *dossier = good;
    dossier->dossier.opened = its_opened;
    assert_lie(&world);
    *dossier = good;
    dossier->dossier.end = its_end;
    assert_lie(&world);
    *dossier = good;
    dossier->dossier.opened = good.dossier.end; // its own, but no opening
    assert_lie(&world);
    *dossier = good;
    assert_true_now(&world);
    bytes_clear(&request);
    bytes_clear(&opened);
    bytes_clear(&end);
    world_clear(&world);
}

static void dossier__refuses_a_fate_that_its_last_record_does_not_say(void **state)
{
    (void)state;
    for (enum fate real = FATE_SIGNED; real <= FATE_REFUSED; real++) {
        struct world world;
        world_make(&world, real);
        for (enum fate said = FATE_UNKNOWN; said <= FATE_REFUSED; said++) {
            world.appliance.dossier.dossier.fate = said;
            if (said == real)
                assert_true_now(&world);
            else
                assert_lie(&world);
        }
        world_clear(&world);
    }
}

static void dossier__refuses_an_end_without_a_record_and_an_opening_without_one(void **state)
{
    (void)state;
    struct world world;
    world_make(&world, FATE_OPEN);
    struct message *dossier = &world.appliance.dossier, good = *dossier;
    for (enum fate said = FATE_SIGNED; said <= FATE_REFUSED; said++) {
        dossier->dossier.fate = said;
        assert_lie(&world);
    }
    *dossier = good;
    dossier->dossier.opened = (struct entry){0};
    assert_lie(&world);
    *dossier = good;
    assert_true_now(&world);
    world_clear(&world);
}

static void dossier__knows_a_request_that_was_refused_before_it_was_opened(void **state)
{
    (void)state;
    struct world world;
    world_make(&world, FATE_REFUSED);
    struct bytes refused;
    world_write_refused(&world.id, &refused);
    uint64_t index = log_append(&world.appliance.log, bytes_span(&refused));
    appliance_show(&world.appliance, index + 1);
    struct message *dossier = &world.appliance.dossier;
    dossier->dossier.request = (struct span){0};
    dossier->dossier.opened = (struct entry){0};
    dossier->dossier.end = (struct entry){index, bytes_span(&refused)};
    assert_true_now(&world);
    dossier->dossier.fate = FATE_REJECTED;
    assert_lie(&world);
    dossier->dossier = (__typeof__(dossier->dossier)){.fate = FATE_UNKNOWN};
    assert_true_now(&world);
    bytes_clear(&refused);
    world_clear(&world);
}

// It says that a signed request takes no more custodians' approvals: the fate is the outcome's.
static void dossier__r12_a_closed_record_ends_no_fate(void **state)
{
    (void)state;
    struct world world;
    struct bytes closed;
    struct ended ended = {.time = december, .how = ENDING_CLOSED};
    world_make(&world, FATE_SIGNED);
    ended.request = world.id;
    snprintf(ended.why, sizeof ended.why, "its expiry passed");
    bytes_init(&closed, LIMIT_RECORD);
    ended_write(&ended, &closed);
    uint64_t index = log_append(&world.appliance.log, bytes_span(&closed));
    appliance_show(&world.appliance, index + 1);
    assert_true_now(&world);
    world.appliance.dossier.dossier.end = (struct entry){index, bytes_span(&closed)};
    for (enum fate said = FATE_UNKNOWN; said <= FATE_REFUSED; said++) {
        world.appliance.dossier.dossier.fate = said;
        assert_lie(&world);
    }
    bytes_clear(&closed);
    world_clear(&world);
}

// ---- lies that the proofs show ----

static bool flip_opened_path(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    (void)ask;
    answer->dossier.path.at[1].byte[0] ^= 1;
    return true;
}

static bool flip_end_path(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    (void)ask;
    answer->dossier.end_path.at[0].byte[31] ^= 0x80;
    return true;
}

static bool drop_paths(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    (void)ask;
    answer->dossier.path.count = answer->dossier.end_path.count = 0;
    return true;
}

static bool move_opened(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    (void)ask;
    answer->dossier.opened.index ^= 1;
    return true;
}

static bool move_end_out(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    (void)ask;
    answer->dossier.end.index = ALL;
    return true;
}

static bool no_checkpoint(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    (void)ask;
    answer->dossier.checkpoint = (struct span){0};
    return true;
}

static void dossier__refuses_forged_proofs(void **state)
{
    (void)state;
    static bool (*const twists[])(
        struct appliance *, const struct message *, struct message *) = {
        flip_opened_path, flip_end_path, drop_paths, move_opened, move_end_out, no_checkpoint};
    struct world world;
    world_make(&world, FATE_SIGNED);
    for (size_t i = 0; i < sizeof twists / sizeof twists[0]; i++) {
        world.appliance.twist = twists[i];
        assert_lie(&world);
    }
    world.appliance.twist = NULL;
    assert_true_now(&world);
    world_clear(&world);
}

static void dossier__refuses_records_that_are_not_in_the_log(void **state)
{
    (void)state;
    struct world world;
    world_make(&world, FATE_REJECTED);
    struct message *dossier = &world.appliance.dossier, good = *dossier;
    struct bytes end;
    struct ended ended = {.time = december + 1, .request = world.id, .how = ENDING_REJECTED};
    snprintf(ended.why, sizeof ended.why, "another end of it");
    bytes_init(&end, LIMIT_RECORD);
    ended_write(&ended, &end);
    dossier->dossier.end.text = bytes_span(&end);
    assert_lie(&world);
    *dossier = good;
    world.opened.data[world.opened.size - 3] ^= 1; // a second of its expiry
    assert_lie(&world);
    world.opened.data[world.opened.size - 3] ^= 1;
    assert_true_now(&world);
    bytes_clear(&end);
    world_clear(&world);
}

static void dossier__refuses_a_checkpoint_of_another_key(void **state)
{
    (void)state;
    struct world world;
    struct appliance other;
    world_make(&world, FATE_SIGNED);
    appliance_start(&other, ALL);
    struct bytes note = world.appliance.note;
    world.appliance.note = other.note;
    assert_lie(&world);
    world.appliance.note = note;
    assert_true_now(&world);
    appliance_stop(&other);
    world_clear(&world);
}

// ---- what it does to what is kept ----

static enum err status_size(struct world *world, uint64_t *size)
{
    struct message answer;
    struct checkpoint newest;
    struct refusal refusal;
    enum err err = conclave_status(world->visitor.conclave, &answer, &newest, &refusal);
    *size = newest.size;
    return err;
}

static void dossier__r10_keeps_a_newer_checkpoint_and_refuses_a_forked_one(void **state)
{
    (void)state;
    struct world world;
    uint64_t size;
    world_make(&world, FATE_OPEN);
    struct appliance *appliance = &world.appliance;
    appliance_show(appliance, OPENED + 1);
    assert_int_equal(status_size(&world, &size), OK);
    appliance_show(appliance, ALL);
    assert_true_now(&world);
    visitor_keeps(&world.visitor, HOME_CHECKPOINT, bytes_span(&appliance->note));

    // The same opened record, but another log behind it.
    struct made_log *log = &appliance->log;
    while (log->count > OPENED + 1)
        bytes_clear(&log->records[--log->count]);
    log_grow(log, 2 * ALL, 5);
    appliance_show(appliance, 2 * ALL);
    assert_lie(&world);
    visitor_keeps(&world.visitor, HOME_CONFLICT, bytes_span(&appliance->note));
    world_clear(&world);
}

static bool stale(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    static struct bytes note;
    if (ask->kind != ASK_SHOW)
        return true;
    bytes_clear(&note);
    bytes_init(&note, LIMIT_CHECKPOINT);
    log_note(&appliance->log, OPENED + 2, APPLIANCE_ORIGIN, &note);
    log_include(&appliance->log, OPENED, OPENED + 2, &answer->dossier.path);
    answer->dossier.checkpoint = bytes_span(&note);
    return true;
}

// An answer that was on its way while another client of this home learned of a newer checkpoint.
static void dossier__takes_an_older_checkpoint_that_the_kept_one_extends(void **state)
{
    (void)state;
    struct world world;
    uint64_t size;
    world_make(&world, FATE_OPEN);
    assert_int_equal(status_size(&world, &size), OK);
    assert_int_equal(size, ALL);
    world.appliance.twist = stale;
    assert_true_now(&world);
    visitor_keeps(&world.visitor, HOME_CHECKPOINT, bytes_span(&world.appliance.note));
    visitor_keeps(&world.visitor, HOME_CONFLICT, (struct span){NULL, 0});
    world_clear(&world);
}

static void dossier__r10_refuses_an_older_log_that_cannot_show_what_followed(void **state)
{
    (void)state;
    struct world world;
    uint64_t size;
    world_make(&world, FATE_OPEN);
    assert_int_equal(status_size(&world, &size), OK);
    struct bytes kept;
    bytes_init(&kept, LIMIT_CHECKPOINT);
    bytes_add(&kept, bytes_span(&world.appliance.note));
    appliance_show(&world.appliance, OPENED + 2);
    assert_lie(&world);
    visitor_keeps(&world.visitor, HOME_CHECKPOINT, bytes_span(&kept));
    visitor_keeps(&world.visitor, HOME_CONFLICT, bytes_span(&world.appliance.note));
    bytes_clear(&kept);
    world_clear(&world);
}

static void dossier__believes_an_appliance_without_a_home_to_hold_it_against(void **state)
{
    (void)state;
    struct world world;
    struct message answer;
    struct refusal refusal;
    struct conclave *conclave;
    world_make(&world, FATE_SIGNED);
    assert_int_equal(conclave_open(world.appliance.path, NULL, &conclave, &refusal), OK);
    world.appliance.twist = drop_paths;
    assert_int_equal(conclave_dossier(conclave, &world.id, false, 0, &answer, &refusal), OK);
    world.appliance.dossier.dossier.fate = FATE_REJECTED; // but not that
    assert_int_equal(
        conclave_dossier(conclave, &world.id, false, 0, &answer, &refusal), ERR_SIGNATURE);
    conclave_close(conclave);
    world_clear(&world);
}

// ---- waiting ----

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool never_answer_waits(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    (void)answer;
    return ask->kind != ASK_WAIT;
}

static bool open_at_first(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)ask;
    if (appliance->asked < 3) {
        answer->dossier.fate = FATE_OPEN;
        answer->dossier.end = (struct entry){0};
        answer->dossier.end_path.count = 0;
    }
    return true;
}

static void dossier__waits_until_the_time_is_over(void **state)
{
    (void)state;
    struct world world;
    struct message answer;
    struct refusal refusal;
    world_make(&world, FATE_OPEN);
    world.appliance.twist = never_answer_waits;
    int64_t began = milliseconds();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            conclave_dossier(world.visitor.conclave, &world.id, true, 1, &answer, &refusal),
            OK);
        assert_int_equal(answer.dossier.fate, FATE_OPEN);
    }
    assert_in_range(milliseconds() - began, 2000, 6000);
    assert_int_equal(
        conclave_dossier(world.visitor.conclave, &world.id, true, 0, &answer, &refusal), OK);
    world_clear(&world);
}

static void dossier__waits_no_longer_than_the_fate_is_open(void **state)
{
    (void)state;
    struct world world;
    struct message answer;
    struct refusal refusal;
    world_make(&world, FATE_SIGNED);
    world.appliance.twist = open_at_first;
    int64_t began = milliseconds();
    assert_int_equal(
        conclave_dossier(world.visitor.conclave, &world.id, true, 60, &answer, &refusal), OK);
    assert_int_equal(answer.dossier.fate, FATE_SIGNED);
    assert_int_equal(world.appliance.asked, 3);
    assert_true(milliseconds() - began < 10000);
    world_clear(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dossier__refuses_what_is_about_another_request),
        cmocka_unit_test(dossier__refuses_a_fate_that_its_last_record_does_not_say),
        cmocka_unit_test(dossier__refuses_an_end_without_a_record_and_an_opening_without_one),
        cmocka_unit_test(dossier__knows_a_request_that_was_refused_before_it_was_opened),
        cmocka_unit_test(dossier__r12_a_closed_record_ends_no_fate),
        cmocka_unit_test(dossier__refuses_forged_proofs),
        cmocka_unit_test(dossier__refuses_records_that_are_not_in_the_log),
        cmocka_unit_test(dossier__refuses_a_checkpoint_of_another_key),
        cmocka_unit_test(dossier__r10_keeps_a_newer_checkpoint_and_refuses_a_forked_one),
        cmocka_unit_test(dossier__takes_an_older_checkpoint_that_the_kept_one_extends),
        cmocka_unit_test(dossier__r10_refuses_an_older_log_that_cannot_show_what_followed),
        cmocka_unit_test(dossier__believes_an_appliance_without_a_home_to_hold_it_against),
        cmocka_unit_test(dossier__waits_until_the_time_is_over),
        cmocka_unit_test(dossier__waits_no_longer_than_the_fate_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
