// The house: what an enrolled client believes about its appliance, against one that lies.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/house.h"
#include "client/tail.h"
#include "tests/unit/client_home.h"
#include "tests/unit/log_fixture.h"

#include <stdlib.h>
#include <string.h>

// One lie an appliance tells; the rest of its answers are true.
enum lie {
    LIE_NONE,
    LIE_RECORD,     // other bytes for a record
    LIE_INDEX,      // another record
    LIE_NO_RECORD,  // an empty page
    LIE_PATH,       // a proof of something else
    LIE_SHORT_PATH, // a proof that holds nothing
    LIE_CHECKPOINT, // signed by nobody we know
    LIE_KIND,       // an answer of another kind
};

struct scene {
    struct appliance appliance;
    struct visitor visitor;
    struct fixture *fixture;
    struct bytes blob;
    struct bytes note;
    enum lie lie;
    uint64_t about; // the record that is lied about
};

// The appliance's threads know no more than their appliance: there is one scene at a time.
static struct scene scene;

static void twist_records(const struct message *ask, struct message *answer)
{
    uint64_t end = ask->page.first + ask->page.count;
    bool about = scene.about >= ask->page.first && scene.about < end;
    memset(answer, 0, sizeof *answer);
    answer->kind = ANSWER_RECORDS;
    for (uint64_t i = ask->page.first; i < end && i < scene.appliance.size; i++)
        answer->records.entries.at[answer->records.entries.count++] =
            (struct entry){i, bytes_span(&scene.appliance.log.records[i])};
    if (!about)
        return;
    struct entry *entry = &answer->records.entries.at[scene.about - ask->page.first];
    if (scene.lie == LIE_RECORD)
        entry->text = bytes_span(&scene.appliance.log.records[2]);
    if (scene.lie == LIE_INDEX)
        entry->index++;
    if (scene.lie == LIE_NO_RECORD)
        answer->records.entries.count = 0;
}

static void twist_proof(const struct message *ask, struct message *answer)
{
    bool about = scene.about == ask->prove.index;
    memset(answer, 0, sizeof *answer);
    answer->kind = about && scene.lie == LIE_KIND ? ANSWER_STATUS : ANSWER_PROOF;
    if (answer->kind == ANSWER_STATUS)
        answer->status.stage = STAGE_SERVING;
    if (answer->kind == ANSWER_STATUS)
        return;
    answer->proof.index = ask->prove.index;
    answer->proof.size = scene.appliance.size;
    log_include(
        &scene.appliance.log, ask->prove.index, scene.appliance.size, &answer->proof.path);
    answer->proof.checkpoint = bytes_span(&scene.appliance.note);
    for (uint32_t i = 0; about && scene.lie == LIE_PATH && i < answer->proof.path.count; i++)
        answer->proof.path.at[i].byte[0] ^= 1;
    if (about && scene.lie == LIE_SHORT_PATH)
        answer->proof.path.count = 0;
    if (about && scene.lie == LIE_CHECKPOINT)
        answer->proof.checkpoint = bytes_span(&scene.note);
}

static void twist_blob(const struct message *ask, struct message *answer)
{
    struct refusal refusal;
    bytes_reset(&scene.blob);
    if (scene.fixture->source.blob(scene.fixture, &ask->blob.hash, &scene.blob, &refusal) != OK)
        return;
    memset(answer, 0, sizeof *answer);
    answer->kind = ANSWER_BLOB;
    answer->blob_is.bytes = bytes_span(&scene.blob);
}

static const struct {
    enum message_kind kind;
    void (*twist)(const struct message *ask, struct message *answer);
} twists[] = {
    {ASK_RECORDS, twist_records},
    {ASK_PROVE, twist_proof},
    {ASK_BLOB, twist_blob},
};

static bool twist(
    struct appliance *appliance, const struct message *ask, struct message *answer)
{
    uint64_t id = answer->id;
    (void)appliance;
    for (size_t i = 0; i < sizeof twists / sizeof twists[0]; i++)
        if (twists[i].kind == ask->kind)
            twists[i].twist(ask, answer);
    answer->id = id;
    return true;
}

static int make(void **state)
{
    (void)state;
    memset(&scene, 0, sizeof scene);
    bytes_init(&scene.blob, LIMIT_PAYLOAD);
    bytes_init(&scene.note, LIMIT_CHECKPOINT);
    appliance_start(&scene.appliance, 0);
    scene.appliance.twist = twist;
    scene.fixture = fixture_new_for(APPLIANCE_ORIGIN, &scene.appliance.log.key);
    scene.fixture->state.epoch = scene.fixture->charter->epoch;
    scene.fixture->state.charter = scene.fixture->charter->hash;
    return 0;
}

static int clean(void **state)
{
    (void)state;
    visitor_clear(&scene.visitor);
    appliance_stop(&scene.appliance);
    fixture_free(scene.fixture);
    bytes_clear(&scene.blob);
    bytes_clear(&scene.note);
    return 0;
}

// Shows the fixture's records, and a client comes to look.
static void show(void)
{
    pthread_mutex_lock(&scene.appliance.lock);
    for (size_t i = 0; i < scene.fixture->record_count; i++)
        log_append(&scene.appliance.log, bytes_span(&scene.fixture->records[i]));
    pthread_mutex_unlock(&scene.appliance.lock);
    appliance_show(&scene.appliance, scene.fixture->record_count);
    visitor_make(&scene.visitor, &scene.appliance);
}

static enum err load(struct house *house, struct refusal *refusal)
{
    memset(refusal, 0, sizeof *refusal);
    return house_load(house, scene.visitor.conclave, scene.visitor.home, refusal);
}

static void assert_lie(enum lie lie, uint64_t about, enum err err, const char *word)
{
    struct refusal refusal;
    struct house *house = house_new();
    assert_non_null(house);
    scene.lie = lie;
    scene.about = about;
    enum err got = load(house, &refusal);
    house_free(house);
    if (got != err || strstr(refusal.sentence, word) == NULL)
        fail_msg(
            "%s, \"%s\"; not %s, \"%s\"", err_text(got), refusal.sentence, err_text(err), word);
}

static void house__believes_what_is_proven(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    (void)state;
    fixture_found_and_sign(scene.fixture);
    show();
    if (load(house, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
    assert_string_equal(house->origin, APPLIANCE_ORIGIN);
    assert_true(hash_equal(&house->charter->hash, &scene.fixture->charter->hash));
    assert_int_equal(house->newest.size, scene.fixture->record_count);
    assert_int_equal(house->state->role_count, 1);
    assert_int_equal(house->state->roles[0].version, 7);
    house_free(house);
}

static void house__has_an_empty_state_before_the_first_signature(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    (void)state;
    fixture_found(scene.fixture);
    show();
    assert_int_equal(load(house, &refusal), OK);
    assert_int_equal(house->state->role_count, 0);
    assert_false(house->state->has_order);
    house_free(house);
}

static void house__finds_the_newest_outcome_far_from_the_end(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    (void)state;
    fixture_found_and_sign(scene.fixture);
    show();
    pthread_mutex_lock(&scene.appliance.lock);
    log_grow(&scene.appliance.log, APPLIANCE_RECORDS - scene.fixture->record_count, 1);
    pthread_mutex_unlock(&scene.appliance.lock);
    appliance_show(&scene.appliance, APPLIANCE_RECORDS);
    assert_int_equal(load(house, &refusal), OK);
    assert_int_equal(house->state->roles[0].version, 7);
    house_free(house);
}

static void house__needs_an_enrolled_home(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    (void)state;
    fixture_found(scene.fixture);
    show();
    enum err err = house_load(house, scene.visitor.conclave, "/nowhere", &refusal);
    assert_int_equal(err, ERR_NOT_FOUND);
    assert_non_null(strstr(refusal.sentence, "conclave enrol"));
    house_free(house);
}

static void house__finds_each_lie_about_the_founding(void **state)
{
    (void)state;
    fixture_found_and_sign(scene.fixture);
    show();
    assert_lie(LIE_RECORD, 0, ERR_SIGNATURE, "record 0 is not in the log");
    assert_lie(LIE_INDEX, 0, ERR_NOT_FOUND, "no record 0");
    assert_lie(LIE_NO_RECORD, 0, ERR_NOT_FOUND, "no record 0");
    assert_lie(LIE_PATH, 0, ERR_SIGNATURE, "record 0 is not in the log");
    assert_lie(LIE_CHECKPOINT, 0, ERR_SIGNATURE, "did not sign");
    assert_lie(LIE_KIND, 0, ERR_FORM, "protocol");
    assert_lie(LIE_NONE, 0, OK, "");
}

static void house__finds_each_lie_about_the_newest_outcome(void **state)
{
    (void)state;
    fixture_found_and_sign(scene.fixture);
    show();
    uint64_t outcome = scene.fixture->record_count - 1;
    assert_lie(LIE_NO_RECORD, outcome, ERR_FORM, "does not show record");
    // The outcome is passed off as something else: there would seem to be no signature yet.
    assert_lie(LIE_RECORD, outcome, ERR_SIGNATURE, "not those under its checkpoint");
}

// With so many records before them that the log's beginning is not fetched: for every place where
// that may end, in trees of every shape.
static void house__finds_lies_about_a_tail(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    (void)state;
    fixture_found_and_sign(scene.fixture);
    show();
    struct made_log *log = &scene.appliance.log;
    struct span outcome = bytes_span(&scene.fixture->records[scene.fixture->record_count - 1]);
    while (log->count < APPLIANCE_RECORDS) {
        pthread_mutex_lock(&scene.appliance.lock);
        log_append(log, outcome);
        pthread_mutex_unlock(&scene.appliance.lock);
        appliance_show(&scene.appliance, log->count);
        if (log->count <= TAIL_PAGE)
            continue;
        uint64_t first = log->count - TAIL_PAGE;
        scene.lie = LIE_NONE;
        if (load(house, &refusal) != OK)
            fail_msg("%zu: %s", log->count, refusal.sentence);
        assert_int_equal(house->state->roles[0].version, 7);
        assert_lie(LIE_RECORD, log->count - 1, ERR_SIGNATURE, "not those under");
        assert_lie(LIE_PATH, first, ERR_SIGNATURE, "not those under");
    }
    assert_lie(LIE_SHORT_PATH, APPLIANCE_RECORDS - TAIL_PAGE, ERR_SIGNATURE, "is none");
    house_free(house);
}

static void house__finds_a_founding_of_another_log(void **state)
{
    struct fixture *other = fixture_new();
    (void)state;
    fixture_found(other);
    for (size_t i = 0; i < other->record_count; i++)
        fixture_append(scene.fixture, &other->records[i]);
    show();
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "first record");
    fixture_free(other);
}

// ---- the charter in force ----

// Puts the next charter in force: signs another version of targets over a state that names it.
static void change_charter(const char *origin_log, uint64_t epoch)
{
    struct fixture *fixture = scene.fixture;
    struct charter *charter = fixture->charter;
    struct bytes text;
    struct outcome outcome;
    charter->epoch = 2;
    charter->previous = charter->hash;
    charter->clock = 60;
    if (origin_log != NULL)
        charter->log = hash_of(span_text(origin_log));
    bytes_init(&text, LIMIT_CHARTER);
    charter_write(charter, &text);
    fixture->state.charter = charter->hash = fixture_keep(fixture, bytes_span(&text));
    fixture->state.epoch = epoch;
    bytes_clear(&text);
    struct bytes *last = &fixture->records[fixture->record_count - 1];
    assert_int_equal(outcome_read(bytes_span(last), &outcome), OK);
    bytes_init(&text, LIMIT_STATE);
    state_write(&fixture->state, &text);
    outcome.state = fixture_keep(fixture, bytes_span(&text));
    bytes_reset(last);
    outcome_write(&outcome, last);
    bytes_clear(&text);
}

static void house__r7_takes_the_charter_that_the_newest_state_names(void **state)
{
    struct refusal refusal;
    struct house *house = house_new();
    struct charter *old = charter_new();
    (void)state;
    fixture_found_and_sign(scene.fixture);
    struct hash first = scene.fixture->charter->hash;
    change_charter(NULL, 2);
    show();
    if (load(house, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
    assert_int_equal(house->charter->epoch, 2);
    assert_int_equal(house->charter->clock, 60);
    assert_true(hash_equal(&house->charter->hash, &scene.fixture->charter->hash));
    // An older one is there for records that name it.
    assert_int_equal(
        house_fetch_charter(house, scene.visitor.conclave, &first, old, &refusal), OK);
    assert_int_equal(old->epoch, 1);
    charter_free(old);
    house_free(house);
}

static void house__r7_refuses_a_charter_of_another_epoch_than_the_state_says(void **state)
{
    (void)state;
    fixture_found_and_sign(scene.fixture);
    change_charter(NULL, 3);
    show();
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "another epoch");
}

static void house__refuses_a_charter_of_another_appliance(void **state)
{
    (void)state;
    fixture_found_and_sign(scene.fixture);
    change_charter("another", 2);
    show();
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "another log key");
}

// The second outcome names the state of the first order.
static void house__finds_a_state_of_another_order(void **state)
{
    struct outcome outcome;
    struct bytes text;
    (void)state;
    fixture_found_and_sign(scene.fixture);
    struct fixture *fixture = scene.fixture;
    assert_int_equal(
        outcome_read(bytes_span(&fixture->records[fixture->record_count - 1]), &outcome), OK);
    outcome.order.index++;
    bytes_init(&text, LIMIT_RECORD);
    outcome_write(&outcome, &text);
    fixture_append(fixture, &text);
    bytes_clear(&text);
    show();
    assert_lie(LIE_NONE, 0, ERR_SIGNATURE, "another order");
}

static void house__says_when_the_state_is_not_there(void **state)
{
    struct outcome outcome;
    (void)state;
    fixture_found_and_sign(scene.fixture);
    struct fixture *fixture = scene.fixture;
    assert_int_equal(
        outcome_read(bytes_span(&fixture->records[fixture->record_count - 1]), &outcome), OK);
    fixture_lose(fixture, &outcome.state);
    show();
    assert_lie(LIE_NONE, 0, ERR_REFUSED, "no such blob");
}

#define ROW(name) cmocka_unit_test_setup_teardown(house__##name, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(believes_what_is_proven),
        ROW(has_an_empty_state_before_the_first_signature),
        ROW(finds_the_newest_outcome_far_from_the_end),
        ROW(needs_an_enrolled_home),
        ROW(finds_each_lie_about_the_founding),
        ROW(finds_each_lie_about_the_newest_outcome),
        ROW(finds_lies_about_a_tail),
        ROW(finds_a_founding_of_another_log),
        ROW(r7_takes_the_charter_that_the_newest_state_names),
        ROW(r7_refuses_a_charter_of_another_epoch_than_the_state_says),
        ROW(refuses_a_charter_of_another_appliance),
        ROW(finds_a_state_of_another_order),
        ROW(says_when_the_state_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
