// Receipts: a record and its proof by themselves, and how a refusal that was told is found in the log.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/receipt.h"
#include "tests/unit/showroom.h"

#include <stdio.h>
#include <string.h>

// ---- a log of refusals ----

enum { FIRST = 5, SECOND = 6, NAMELESS = 7, ALL = 20 };
static const char request_1[] = "conclave.request/v1\nthe first\n";
static const char request_2[] = "conclave.request/v1\nthe second\n";

static struct refused refused_make(const char *request)
{
    struct refused refused = {.time = FIXTURE_START, .from = hash_of(span_text("a key"))};
    if (request != NULL)
        refused.request = request_id(span_text(request));
    snprintf(refused.rule, sizeof refused.rule, "R12/root-next");
    snprintf(refused.why, sizeof refused.why, "the next root is version 3");
    return refused;
}

static void refused_text(const struct refused *refused, struct bytes *out)
{
    bytes_init(out, LIMIT_RECORD);
    refused_write(refused, out);
    assert_int_equal(bytes_finish(out), OK);
}

static void append(struct made_log *log, const char *request)
{
    struct bytes text;
    struct refused refused = refused_make(request);
    refused_text(&refused, &text);
    log_append(log, bytes_span(&text));
    bytes_clear(&text);
}

static void fill(struct made_log *log)
{
    log_make(log);
    log_grow(log, FIRST, 1);
    append(log, request_1);
    append(log, request_2);
    append(log, NULL);
    log_grow(log, ALL - log->count, 2);
}

static void prove(const struct made_log *log, uint64_t index, struct proven *out)
{
    struct hash_list path = {.count = 0};
    proven_init(out);
    out->index = index;
    bytes_add(&out->text, bytes_span(&log->records[index]));
    log_include(log, index, ALL, &path);
    out->path.count = path.count;
    memcpy(out->path.nodes, path.at, path.count * sizeof path.at[0]);
    log_note(log, ALL, APPLIANCE_ORIGIN, &out->note);
}

// ---- receipts by themselves ----

struct world {
    struct made_log log, other; // the same records in two logs
    struct bytes proof;         // of FIRST
    struct span record;         // FIRST
};

static void world_make(struct world *world)
{
    struct proven proven;
    struct refusal refusal;
    fill(&world->log);
    fill(&world->other);
    bytes_init(&world->proof, LIMIT_RECORD);
    prove(&world->log, FIRST, &proven);
    assert_int_equal(
        receipt_proof(&proven, APPLIANCE_ORIGIN, &world->log.key, &world->proof, &refusal), OK);
    proven_clear(&proven);
    world->record = bytes_span(&world->log.records[FIRST]);
}

static void world_clear(struct world *world)
{
    bytes_clear(&world->proof);
    log_clear(&world->log);
    log_clear(&world->other);
}

static enum err check(const struct world *world, struct span proof, struct span record,
    const char *request, struct refusal *refusal)
{
    struct checkpoint checkpoint;
    uint64_t index;
    struct span text = request == NULL ? span_of(NULL, 0) : span_text(request);
    const struct receipt receipt = {proof, record, request == NULL ? NULL : &text};
    memset(refusal, 0, sizeof *refusal);
    return receipt_check(
        &receipt, APPLIANCE_ORIGIN, &world->log.key, &index, &checkpoint, refusal);
}

static void assert_unproven(const struct world *world, struct span proof, struct span record)
{
    struct refusal refusal;
    assert_int_equal(check(world, proof, record, NULL, &refusal), ERR_SIGNATURE);
    assert_non_null(strstr(refusal.sentence, "does not show that this record is in the log"));
}

static void receipt__refuses_every_other_record_under_its_proof(void **state)
{
    (void)state;
    struct world world;
    world_make(&world);
    for (size_t i = 0; i < ALL; i++)
        if (i != FIRST)
            assert_unproven(
                &world, bytes_span(&world.proof), bytes_span(&world.log.records[i]));
    assert_unproven(&world, bytes_span(&world.proof), span_of(NULL, 0));
    assert_unproven(&world, world.record, bytes_span(&world.proof));
    world_clear(&world);
}

static void receipt__refuses_every_other_byte(void **state)
{
    (void)state;
    struct world world;
    world_make(&world);
    struct bytes *record = &world.log.records[FIRST];
    for (size_t i = 0; i < record->size; i++) {
        record->data[i] ^= 1;
        assert_unproven(&world, bytes_span(&world.proof), bytes_span(record));
        record->data[i] ^= 1;
    }
    for (size_t i = 0; i < world.proof.size; i++) {
        world.proof.data[i] ^= 1;
        assert_unproven(&world, bytes_span(&world.proof), world.record);
        world.proof.data[i] ^= 1;
    }
    world_clear(&world);
}

static void receipt__refuses_another_logs_checkpoint(void **state)
{
    (void)state;
    struct world world;
    struct proven proven;
    struct refusal refusal;
    struct bytes proof;
    world_make(&world);
    bytes_init(&proof, LIMIT_RECORD);
    prove(&world.other, FIRST, &proven); // the same record at the same place
    assert_int_equal(receipt_proof(&proven, APPLIANCE_ORIGIN, &world.log.key, &proof, &refusal),
        ERR_SIGNATURE);
    assert_unproven(&world, bytes_span(&proof), world.record);
    assert_int_equal(
        receipt_proof(&proven, "log.example/elsewhere", &world.other.key, &proof, &refusal),
        ERR_SIGNATURE);
    assert_int_equal(
        receipt_proof(&proven, APPLIANCE_ORIGIN, &world.other.key, &proof, &refusal), OK);
    bytes_clear(&proof);
    proven_clear(&proven);
    world_clear(&world);
}

static void receipt__refuses_the_record_of_another_request(void **state)
{
    (void)state;
    struct world world;
    struct refusal refusal;
    struct proven nameless;
    struct bytes proof;
    world_make(&world);
    bytes_init(&proof, LIMIT_RECORD);
    prove(&world.log, NAMELESS, &nameless);
    assert_int_equal(
        receipt_proof(&nameless, APPLIANCE_ORIGIN, &world.log.key, &proof, &refusal), OK);
    static const char *const others[] = {
        request_2, "", "conclave.request/v1\nthe first", "none"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(
            check(&world, bytes_span(&world.proof), world.record, others[i], &refusal),
            ERR_SIGNATURE);
        assert_non_null(strstr(refusal.sentence, "not about this request"));
        assert_int_equal(
            check(&world, bytes_span(&proof), bytes_span(&nameless.text), others[i], &refusal),
            ERR_SIGNATURE);
    }
    bytes_clear(&proof);
    proven_clear(&nameless);
    world_clear(&world);
}

static void receipt__says_where_the_record_stands(void **state)
{
    (void)state;
    struct world world;
    struct checkpoint checkpoint;
    struct refusal refusal;
    uint64_t index;
    world_make(&world);
    struct span text = span_text(request_1);
    const struct receipt receipt = {bytes_span(&world.proof), world.record, &text};
    assert_int_equal(receipt_check(&receipt, APPLIANCE_ORIGIN, &world.log.key, &index,
                         &checkpoint, &refusal),
        OK);
    assert_int_equal(index, FIRST);
    assert_int_equal(checkpoint.size, ALL);
    assert_int_equal(check(&world, bytes_span(&world.proof), world.record, NULL, &refusal), OK);
    world_clear(&world);
}

// ---- what was told, and what is recorded ----

static bool refuses(const struct refused *found, const struct refused *told)
{
    struct bytes text;
    refused_text(found, &text);
    bool same = receipt_refuses(bytes_span(&text), told);
    bytes_clear(&text);
    return same;
}

static void receipt__tells_a_refusal_from_each_other_one(void **state)
{
    (void)state;
    const struct refused told = refused_make(request_1);
    struct refused found = told;
    found.request.byte[31] ^= 1;
    assert_false(refuses(&found, &told));
    found = told;
    found.from.byte[0] ^= 1;
    assert_false(refuses(&found, &told));
    found = told;
    found.rule[0] = 0;
    assert_false(refuses(&found, &told));
    found = told;
    found.why[0] = 'T';
    assert_false(refuses(&found, &told));
    assert_false(receipt_refuses(span_text("conclave.stop/v1\n"), &told));
    found = told;
    found.time++;
    assert_true(refuses(&found, &told));
}

// ---- looking for it ----

struct desk {
    struct house *house;
    struct proven found;
};
static struct desk desk;

static int make(void **state)
{
    (void)showroom_make(state);
    desk.house = house_new();
    assert_non_null(desk.house);
    snprintf(desk.house->origin, sizeof desk.house->origin, "%s", APPLIANCE_ORIGIN);
    desk.house->log = showroom.appliance.log.key;
    proven_init(&desk.found);
    fixture_found(showroom.fixture); // records 0 and 1
    return 0;
}

static int clean(void **state)
{
    house_free(desk.house);
    proven_clear(&desk.found);
    return showroom_clean(state);
}

static uint64_t note(const struct refused *refused)
{
    struct bytes text;
    refused_text(refused, &text);
    uint64_t index = fixture_append(showroom.fixture, &text).index;
    bytes_clear(&text);
    return index;
}

static enum err find(const struct refused *told, struct refusal *refusal)
{
    memset(refusal, 0, sizeof *refusal);
    return receipt_find(desk.house, showroom.visitor.conclave, told, &desk.found, refusal);
}

static void receipt__is_not_found_where_the_log_has_none(void **state)
{
    (void)state;
    const struct refused told = refused_make(request_1), other = refused_make(request_2);
    struct refusal refusal;
    (void)note(&other);
    showroom_show();
    assert_int_equal(find(&told, &refusal), ERR_NOT_FOUND);
    assert_non_null(strstr(refusal.sentence, "says that this refusal is recorded"));
}

static void receipt__sees_each_lie_about_a_refusal(void **state)
{
    static const struct {
        enum lie lie;
        enum err err;
    } lies[] = {
        {LIE_RECORD, ERR_SIGNATURE}, // what stands at 2 is shown here as well
        {LIE_LISTED, ERR_SIGNATURE},
        {LIE_NO_RECORD, ERR_FORM},
        {LIE_PATH, ERR_SIGNATURE},
        {LIE_CHECKPOINT, ERR_SIGNATURE},
        {LIE_KIND, ERR_FORM},
        {LIE_NONE, OK},
    };
    (void)state;
    const struct refused told = refused_make(request_1), other = refused_make(request_2);
    struct refusal refusal;
    assert_int_equal(note(&told), 2);
    showroom.about = note(&other);
    uint64_t last = note(&told);
    showroom_show();
    for (size_t i = 0; i < 2; i++) {
        // The other one is shown as the refusal that was told, and the true one is hidden behind it.
        showroom.lie = lies[i].lie;
        pthread_mutex_lock(&showroom.appliance.lock);
        showroom.appliance.log.records[last].data[0] ^= 1;
        pthread_mutex_unlock(&showroom.appliance.lock);
        assert_int_equal(find(&told, &refusal), lies[i].err);
        assert_int_equal(lies[i].lie == LIE_LISTED,
            strstr(refusal.sentence, "was listed as another than it is") != NULL);
        pthread_mutex_lock(&showroom.appliance.lock);
        showroom.appliance.log.records[last].data[0] ^= 1;
        pthread_mutex_unlock(&showroom.appliance.lock);
    }
    showroom.about = last;
    for (size_t i = 2; i < sizeof lies / sizeof lies[0]; i++) {
        showroom.lie = lies[i].lie;
        assert_int_equal(find(&told, &refusal), lies[i].err);
    }
}

static void receipt__finds_the_newest_refusal_with_its_proof(void **state)
{
    (void)state;
    struct refused told = refused_make(request_1), other = refused_make(request_2);
    struct refusal refusal;
    struct bytes proof;
    (void)note(&told);
    told.time++;
    uint64_t newest = note(&told);
    (void)note(&other);
    showroom_show();
    if (find(&told, &refusal) != OK)
        fail_msg("%s", refusal.sentence);
    assert_int_equal(desk.found.index, newest);
    bytes_init(&proof, LIMIT_RECORD);
    assert_int_equal(
        receipt_proof(&desk.found, desk.house->origin, &desk.house->log, &proof, &refusal), OK);
    bytes_clear(&proof);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipt__refuses_every_other_record_under_its_proof),
        cmocka_unit_test(receipt__refuses_every_other_byte),
        cmocka_unit_test(receipt__refuses_another_logs_checkpoint),
        cmocka_unit_test(receipt__refuses_the_record_of_another_request),
        cmocka_unit_test(receipt__says_where_the_record_stands),
        cmocka_unit_test(receipt__tells_a_refusal_from_each_other_one),
        cmocka_unit_test_setup_teardown(
            receipt__is_not_found_where_the_log_has_none, make, clean),
        cmocka_unit_test_setup_teardown(receipt__sees_each_lie_about_a_refusal, make, clean),
        cmocka_unit_test_setup_teardown(
            receipt__finds_the_newest_refusal_with_its_proof, make, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
