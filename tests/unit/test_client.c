#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/client_home.h"

#include <sys/wait.h>

static enum err status_of(struct visitor *visitor, uint64_t *size)
{
    struct message answer;
    struct checkpoint newest;
    struct refusal refusal = {0};
    enum err err = conclave_status(visitor->conclave, &answer, &newest, &refusal);
    // What fails says why.
    assert_int_equal(err == OK, refusal.sentence[0] == 0);
    *size = newest.size;
    return err;
}

static void assert_status(struct visitor *visitor, uint64_t expected)
{
    uint64_t size;
    assert_int_equal(status_of(visitor, &size), OK);
    assert_int_equal(size, expected);
}

// A status that does not hold; what was kept before stays.
static void assert_refused(struct visitor *visitor, enum err expected, struct span kept)
{
    uint64_t size;
    assert_int_equal(status_of(visitor, &size), expected);
    visitor_keeps(visitor, HOME_CHECKPOINT, kept);
}

static struct bytes note_of(const struct made_log *log, uint64_t size)
{
    struct bytes note;
    bytes_init(&note, LIMIT_CHECKPOINT);
    log_note(log, size, APPLIANCE_ORIGIN, &note);
    return note;
}

static void client__does_not_open_a_home_that_pinned_nothing(void **state)
{
    (void)state;
    struct appliance appliance;
    struct conclave *conclave;
    struct refusal refusal = {0};
    char home[FOLDER_NAME];
    appliance_start(&appliance, 1);
    folder_make(home);
    assert_int_equal(conclave_open(appliance.path, home, &conclave, &refusal), ERR_NOT_FOUND);
    assert_null(conclave);
    assert_int_not_equal(refusal.sentence[0], 0);
    folder_remove(home);
    assert_int_equal(conclave_open(appliance.path, home, &conclave, &refusal), ERR_NOT_FOUND);
    appliance_stop(&appliance);
}

static void client__r10_refuses_a_log_that_was_put_back(void **state)
{
    (void)state;
    struct appliance appliance;
    struct visitor visitor;
    appliance_start(&appliance, 20);
    visitor_make(&visitor, &appliance);
    assert_status(&visitor, 20);
    struct bytes kept = note_of(&appliance.log, 20);
    for (uint64_t size = 0; size < 20; size++) {
        struct bytes shown = note_of(&appliance.log, size);
        appliance_show(&appliance, size);
        assert_refused(&visitor, ERR_SIGNATURE, bytes_span(&kept));
        // Both are there to be shown.
        visitor_keeps(&visitor, HOME_CONFLICT, bytes_span(&shown));
        bytes_clear(&shown);
    }
    appliance_show(&appliance, 20);
    assert_status(&visitor, 20);
    bytes_clear(&kept);
    visitor_clear(&visitor);
    appliance_stop(&appliance);
}

static bool show_older(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    static struct bytes note;
    if (ask->kind != ASK_STATUS)
        return true;
    bytes_clear(&note);
    bytes_init(&note, LIMIT_CHECKPOINT);
    log_note(&appliance->log, 15, APPLIANCE_ORIGIN, &note);
    answer->status.checkpoint = bytes_span(&note);
    return true;
}

// It could prove that the newer extends the older; but asked for its newest it shows the older.
static void client__r10_refuses_an_older_checkpoint_as_the_newest(void **state)
{
    (void)state;
    struct appliance appliance;
    struct visitor visitor;
    appliance_start(&appliance, 20);
    visitor_make(&visitor, &appliance);
    assert_status(&visitor, 20);
    appliance.twist = show_older;
    assert_refused(&visitor, ERR_SIGNATURE, bytes_span(&appliance.note));
    visitor_clear(&visitor);
    appliance_stop(&appliance);
}

// The same key signs another log.
static void fork_log(struct appliance *appliance, size_t same, size_t count)
{
    struct made_log *log = &appliance->log;
    while (log->count > same)
        bytes_clear(&log->records[--log->count]);
    log_grow(log, count - same, 2);
    appliance_show(appliance, count);
}

static void client__r10_refuses_a_log_that_was_forked(void **state)
{
    (void)state;
    static const struct {
        size_t same, count;
    } forks[] = {{0, 20}, {19, 20}, {0, 21}, {19, 40}, {16, 33}, {10, 64}};
    for (size_t i = 0; i < sizeof forks / sizeof forks[0]; i++) {
        struct appliance appliance;
        struct visitor visitor;
        appliance_start(&appliance, 20);
        visitor_make(&visitor, &appliance);
        assert_status(&visitor, 20);
        struct bytes kept = note_of(&appliance.log, 20);
        fork_log(&appliance, forks[i].same, forks[i].count);
        assert_refused(&visitor, ERR_SIGNATURE, bytes_span(&kept));
        visitor_keeps(&visitor, HOME_CONFLICT, bytes_span(&appliance.note));
        bytes_clear(&kept);
        visitor_clear(&visitor);
        appliance_stop(&appliance);
    }
}

static bool flip_path(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    if (ask->kind == ASK_EXTEND)
        answer->proof.path.at[0].byte[5] ^= 1;
    return true;
}

static bool cut_path(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    if (ask->kind == ASK_EXTEND)
        answer->proof.path.count--;
    return true;
}

static bool lengthen_path(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    if (ask->kind == ASK_EXTEND)
        answer->proof.path.count++;
    return true;
}

static bool refuse_to_prove(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    if (ask->kind != ASK_EXTEND)
        return true;
    uint64_t id = answer->id;
    *answer = (struct message){.kind = ANSWER_REFUSED, .id = id};
    return true;
}

static void client__r10_refuses_a_larger_log_without_its_proof(void **state)
{
    (void)state;
    static bool (*const twists[])(struct appliance *, const struct message *,
        struct message *) = {flip_path, cut_path, lengthen_path, refuse_to_prove};
    for (size_t i = 0; i < sizeof twists / sizeof twists[0]; i++) {
        struct appliance appliance;
        struct visitor visitor;
        appliance_start(&appliance, 33);
        visitor_make(&visitor, &appliance);
        appliance_show(&appliance, 11);
        assert_status(&visitor, 11);
        struct bytes kept = note_of(&appliance.log, 11);
        appliance_show(&appliance, 33);
        appliance.twist = twists[i];
        assert_refused(&visitor, ERR_SIGNATURE, bytes_span(&kept));
        appliance.twist = NULL;
        assert_status(&visitor, 33);
        bytes_clear(&kept);
        visitor_clear(&visitor);
        appliance_stop(&appliance);
    }
}

static void client__refuses_a_checkpoint_of_another_key_or_log(void **state)
{
    (void)state;
    struct appliance appliance, other;
    struct visitor visitor;
    appliance_start(&appliance, 20);
    appliance_start(&other, 30);
    visitor_make(&visitor, &appliance);
    const struct span nothing = {NULL, 0};

    bytes_reset(&appliance.note);
    bytes_add(&appliance.note, bytes_span(&other.note));
    assert_refused(&visitor, ERR_SIGNATURE, nothing);
    bytes_reset(&appliance.note);
    log_note(&appliance.log, 20, "log.example/other", &appliance.note);
    assert_refused(&visitor, ERR_SIGNATURE, nothing);
    bytes_reset(&appliance.note);
    bytes_add_text(&appliance.note, "not a note\n");
    assert_refused(&visitor, ERR_SIGNATURE, nothing);
    visitor_keeps(&visitor, HOME_CONFLICT, nothing);

    appliance_show(&appliance, 20);
    appliance.note.data[appliance.note.size - 4] ^= 1;
    assert_refused(&visitor, ERR_SIGNATURE, nothing);
    visitor_clear(&visitor);
    appliance_stop(&appliance);
    appliance_stop(&other);
}

static void client__r10_refuses_an_appliance_that_forgot_its_log(void **state)
{
    (void)state;
    struct appliance appliance;
    struct visitor visitor;
    appliance_start(&appliance, 20);
    visitor_make(&visitor, &appliance);
    appliance.no_note = true;
    assert_status(&visitor, 0); // before founding there is none
    appliance.no_note = false;
    assert_status(&visitor, 20);
    appliance.no_note = true;
    assert_refused(&visitor, ERR_SIGNATURE, bytes_span(&appliance.note));
    visitor_clear(&visitor);
    appliance_stop(&appliance);
}

static void client__does_not_go_on_with_a_damaged_checkpoint(void **state)
{
    (void)state;
    struct appliance appliance;
    struct visitor visitor;
    struct refusal refusal;
    uint64_t size;
    int folder;
    appliance_start(&appliance, 20);
    visitor_make(&visitor, &appliance);
    assert_status(&visitor, 20);
    assert_int_equal(home_open(visitor.home, &folder, &refusal), OK);
    assert_int_equal(home_write(folder, HOME_CHECKPOINT, span_text("")), OK);
    assert_int_not_equal(status_of(&visitor, &size), OK);
    visitor_keeps(&visitor, HOME_CHECKPOINT, span_text(""));
    close(folder);
    visitor_clear(&visitor);
    appliance_stop(&appliance);
}

static void client__keeps_the_newest_checkpoint_it_has_seen(void **state)
{
    (void)state;
    struct appliance appliance;
    struct visitor visitor;
    appliance_start(&appliance, APPLIANCE_RECORDS);
    visitor_make(&visitor, &appliance);
    for (uint64_t size = 1; size <= APPLIANCE_RECORDS; size += size % 3 + 1) {
        appliance_show(&appliance, size);
        assert_status(&visitor, size);
        assert_status(&visitor, size);
        visitor_keeps(&visitor, HOME_CHECKPOINT, bytes_span(&appliance.note));
        // Another run of the same client goes on from there.
        conclave_close(visitor.conclave);
        visitor_open(&visitor, &appliance);
    }
    visitor_clear(&visitor);
    appliance_stop(&appliance);
}

static void client__keeps_nothing_without_a_home(void **state)
{
    (void)state;
    struct appliance appliance;
    struct conclave *conclave;
    struct message answer;
    struct checkpoint newest;
    struct refusal refusal;
    appliance_start(&appliance, 20);
    assert_int_equal(conclave_open(appliance.path, NULL, &conclave, &refusal), OK);
    assert_int_equal(conclave_status(conclave, &answer, &newest, &refusal), OK);
    assert_int_equal(answer.status.size, 20);
    assert_int_equal(newest.size, 0);
    conclave_close(conclave);
    appliance_stop(&appliance);
}

// Clients of one home at the same time: what another one keeps meanwhile is no roll-back. They are
// processes, and are there before the appliance has threads, which no fork would survive.
struct invitation {
    char path[96];
    char home[FOLDER_NAME];
};

static _Noreturn void be_neighbour(int invitations)
{
    enum { OFTEN = 50 };
    struct invitation invitation;
    struct visitor visitor;
    struct refusal refusal;
    bool good =
        read(invitations, &invitation, sizeof invitation) == sizeof invitation &&
        conclave_open(invitation.path, invitation.home, &visitor.conclave, &refusal) == OK;
    for (int i = 0; i < OFTEN && good; i++) {
        uint64_t size;
        good = status_of(&visitor, &size) == OK;
    }
    _exit(good ? 0 : 1);
}

static void invite(const struct appliance *appliance, const struct visitor *visitor, int pipe)
{
    struct invitation invitation;
    memcpy(invitation.path, appliance->path, sizeof invitation.path);
    memcpy(invitation.home, visitor->home, sizeof invitation.home);
    assert_int_equal(write(pipe, &invitation, sizeof invitation), sizeof invitation);
    close(pipe);
}

static void client__several_of_one_home_do_not_accuse_the_appliance(void **state)
{
    (void)state;
    enum { NEIGHBOURS = 4 };
    struct appliance appliance;
    struct visitor visitor;
    int pipes[NEIGHBOURS][2], ended;
    for (int i = 0; i < NEIGHBOURS; i++) {
        assert_int_equal(pipe(pipes[i]), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            be_neighbour(pipes[i][0]);
        close(pipes[i][0]);
    }
    appliance_start(&appliance, 60);
    appliance_show(&appliance, 10);
    visitor_make(&visitor, &appliance);
    for (int i = 0; i < NEIGHBOURS; i++)
        invite(&appliance, &visitor, pipes[i][1]);
    for (uint64_t size = 11; size <= 60; size++) {
        appliance_show(&appliance, size);
        usleep(1000);
    }
    for (int i = 0; i < NEIGHBOURS; i++) {
        assert_true(wait(&ended) > 0);
        assert_int_equal(ended, 0);
    }
    visitor_keeps(&visitor, HOME_CONFLICT, (struct span){NULL, 0});
    visitor_clear(&visitor);
    appliance_stop(&appliance);
}

// ---- blobs ----

static bool other_bytes(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    (void)appliance;
    if (ask->kind == ASK_BLOB)
        answer->blob_is.bytes = span_text("other bytes");
    return true;
}

static void client__holds_blobs_against_their_hash(void **state)
{
    (void)state;
    struct appliance appliance;
    struct visitor visitor;
    struct refusal refusal;
    struct bytes out;
    appliance_start(&appliance, 1);
    appliance.blob = span_text("a payload");
    struct hash hash = hash_of(appliance.blob), unknown = hash_of(span_text("unknown"));
    visitor_make(&visitor, &appliance);
    bytes_init(&out, 64);
    bytes_add_text(&out, "before ");
    assert_int_equal(conclave_blob(visitor.conclave, &unknown, &out, &refusal), ERR_REFUSED);
    appliance.twist = other_bytes;
    assert_int_equal(conclave_blob(visitor.conclave, &hash, &out, &refusal), ERR_SIGNATURE);
    appliance.twist = NULL;
    assert_int_equal(conclave_blob(visitor.conclave, &hash, &out, &refusal), OK);
    assert_true(span_is(bytes_span(&out), "before a payload"));
    bytes_clear(&out);
    bytes_init(&out, 3);
    assert_int_equal(conclave_blob(visitor.conclave, &hash, &out, &refusal), ERR_LIMIT);
    bytes_clear(&out);
    visitor_clear(&visitor);
    appliance_stop(&appliance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client__does_not_open_a_home_that_pinned_nothing),
        cmocka_unit_test(client__r10_refuses_a_log_that_was_put_back),
        cmocka_unit_test(client__r10_refuses_an_older_checkpoint_as_the_newest),
        cmocka_unit_test(client__r10_refuses_a_log_that_was_forked),
        cmocka_unit_test(client__r10_refuses_a_larger_log_without_its_proof),
        cmocka_unit_test(client__refuses_a_checkpoint_of_another_key_or_log),
        cmocka_unit_test(client__r10_refuses_an_appliance_that_forgot_its_log),
        cmocka_unit_test(client__does_not_go_on_with_a_damaged_checkpoint),
        cmocka_unit_test(client__keeps_the_newest_checkpoint_it_has_seen),
        cmocka_unit_test(client__keeps_nothing_without_a_home),
        cmocka_unit_test(client__several_of_one_home_do_not_accuse_the_appliance),
        cmocka_unit_test(client__holds_blobs_against_their_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
