// The rehearing: what would become of an open request under a drafted charter.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/rehearing.h"
#include "proto/dsse.h"
#include "tests/unit/log_fixture.h"
#include "tests/unit/rule_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// An open request, and a draft that it is held against.
struct desk {
    struct fixture *fixture;
    struct house *house;
    struct charter *draft;
    struct bytes draft_text;
    struct state *state;
    struct request request;
    struct opened opened;
    struct bytes request_text;
    struct bytes record;
    struct bytes decisions[FIXTURE_ADMINS];
    size_t decision_count;
};

static void write_desk(struct desk *desk, const struct fixture_key *by)
{
    bytes_reset(&desk->request_text);
    request_write(&desk->request, &desk->request_text);
    assert_int_equal(bytes_finish(&desk->request_text), OK);
    desk->opened.request = request_id(bytes_span(&desk->request_text));
    fixture_sign(by, DSSE_REQUEST, bytes_span(&desk->request_text), desk->opened.signature,
        &desk->opened.signature_size);
    bytes_reset(&desk->record);
    opened_write(&desk->opened, &desk->record);
    assert_int_equal(bytes_finish(&desk->record), OK);
}

static void open_motion(struct desk *desk, const struct fixture_key *by, struct span payload,
    enum motion motion, uint64_t number)
{
    desk->request = fixture_request(desk->fixture, motion_role(motion), number, payload);
    desk->request.requester = by->key.id;
    desk->opened = fixture_opened(desk->fixture, &desk->request);
    desk->opened.requester = by->key.id;
    desk->opened.decides_count = 1;
    snprintf(desk->opened.decides[0], sizeof desk->opened.decides[0], "charter");
    write_desk(desk, by);
}

static void open_time(struct desk *desk, const struct fixture_key *by)
{
    struct time_motion time = {.number = 1, .time = FIXTURE_START};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    time_motion_write(&time, &text);
    open_motion(desk, by, bytes_span(&text), MOTION_TIME, 1);
    bytes_clear(&text);
}

// The charter in force, but for epoch and clock, as a draft that a test changes further.
static int make(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    assert_non_null(desk);
    desk->fixture = fixture_new();
    desk->house = house_new();
    desk->draft = charter_new();
    desk->state = calloc(1, sizeof *desk->state);
    assert_true(desk->house != NULL && desk->draft != NULL && desk->state != NULL);
    bytes_init(&desk->request_text, LIMIT_RECORD);
    bytes_init(&desk->record, LIMIT_RECORD);
    bytes_init(&desk->draft_text, LIMIT_CHARTER);
    for (size_t i = 0; i < FIXTURE_ADMINS; i++)
        bytes_init(&desk->decisions[i], LIMIT_RECORD);
    *desk->house->charter = *desk->fixture->charter;
    desk->house->state->epoch = 1;
    desk->house->state->charter = desk->fixture->charter->hash;
    *desk->draft = *desk->fixture->charter;
    desk->draft->epoch = 2;
    desk->draft->previous = desk->fixture->charter->hash;
    desk->draft->clock = 60;
    open_time(desk, &desk->fixture->service);
    *state = desk;
    return 0;
}

static int clean(void **state)
{
    struct desk *desk = *state;
    fixture_free(desk->fixture);
    house_free(desk->house);
    charter_free(desk->draft);
    free(desk->state);
    bytes_clear(&desk->request_text);
    bytes_clear(&desk->record);
    bytes_clear(&desk->draft_text);
    for (size_t i = 0; i < FIXTURE_ADMINS; i++)
        bytes_clear(&desk->decisions[i]);
    free(desk);
    return 0;
}

static void reject(struct desk *desk, size_t admin)
{
    struct place place = {.index = 7, .leaf = {{1}}};
    struct decided decided =
        fixture_decided(desk->fixture, &desk->opened, &place, admin, DECISION_REJECT);
    decided_write(&decided, &desk->decisions[desk->decision_count++]);
}

static enum err run(struct desk *desk, struct refusal *refusal)
{
    struct message dossier = {.kind = ANSWER_DOSSIER};
    struct rehearing_case given = {.log = &desk->fixture->log.key,
        .charter = desk->draft,
        .state = desk->state,
        .source = &desk->fixture->source,
        .now = FIXTURE_START};
    bytes_reset(&desk->draft_text);
    charter_write(desk->draft, &desk->draft_text);
    assert_int_equal(bytes_finish(&desk->draft_text), OK);
    desk->draft->hash = hash_of(bytes_span(&desk->draft_text));
    given.charter_text = bytes_span(&desk->draft_text);
    assert_int_equal(rehearing_state(desk->house, desk->draft, desk->state), OK);
    memset(refusal, 0, sizeof *refusal);
    dossier.dossier.fate = FATE_OPEN;
    dossier.dossier.request = bytes_span(&desk->request_text);
    dossier.dossier.opened.text = bytes_span(&desk->record);
    for (size_t i = 0; i < desk->decision_count; i++)
        dossier.dossier.decisions.at[dossier.dossier.decisions.count++].text =
            bytes_span(&desk->decisions[i]);
    return rehearing_run(&given, &desk->opened.request, &dossier, refusal);
}

static void assert_stays(struct desk *desk)
{
    struct refusal refusal;
    if (run(desk, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
}

static void assert_ends(struct desk *desk, const char *rule, const char *word)
{
    struct refusal refusal;
    enum err err = run(desk, &refusal);
    if (err != ERR_REFUSED || !rule_is_of(refusal.rule, rule) ||
        strstr(refusal.sentence, word) == NULL)
        fail_msg("%s, %s: %s", err_text(err), refusal.rule, refusal.sentence);
}

// ---- tests ----

static void rehearing__r7_the_state_is_that_of_the_next_charter(void **state)
{
    struct desk *desk = *state;
    struct freezer_state *freezer = &desk->house->state->freezers[0];
    freezer->administrator = desk->fixture->admins[0].key.id;
    freezer->number = 2;
    desk->house->state->freezer_count = 1;
    assert_stays(desk);
    assert_int_equal(desk->state->epoch, 2);
    assert_true(hash_equal(&desk->state->charter, &desk->draft->hash));
    assert_int_equal(desk->state->freezer_count, 0);
    assert_int_equal(desk->house->state->epoch, 1);
}

static void rehearing__what_nothing_touches_stays_open(void **state)
{
    struct desk *desk = *state;
    assert_stays(desk);
    open_time(desk, &desk->fixture->admins[1]);
    assert_stays(desk);
}

static void rehearing__r21_ends_what_nobody_asks_for_any_more(void **state)
{
    struct desk *desk = *state;
    desk->draft->requester_count--; // image-service is the last
    assert_ends(desk, "R21", "whoever asked");
}

static void rehearing__r2_ends_what_is_for_a_role_that_is_gone(void **state)
{
    struct desk *desk = *state;
    desk->request = fixture_request(desk->fixture, "image/targets", 1, span_text("payload"));
    desk->opened = fixture_opened(desk->fixture, &desk->request);
    write_desk(desk, &desk->fixture->service);
    desk->draft->role_count--; // image/targets and its key are the last
    desk->draft->key_count--;
    assert_ends(desk, "R2", "no role image/targets");
}

static void rehearing__r7_ends_what_would_put_another_charter_in_force(void **state)
{
    struct desk *desk = *state;
    struct bytes text;
    bytes_init(&text, LIMIT_CHARTER);
    charter_write(desk->draft, &text);
    open_motion(desk, &desk->fixture->service, bytes_span(&text), MOTION_CHARTER, 2);
    bytes_clear(&text);
    desk->draft->clock = 59;
    assert_ends(desk, "R12", "2");
}

static void rehearing__r5_rejections_stand_for_the_request(void **state)
{
    struct desk *desk = *state;
    reject(desk, 0);
    assert_stays(desk);
    reject(desk, 1);
    assert_ends(desk, "R5", "no longer be reached");
}

// As an appliance says it.
static enum err refuse_blob(
    void *context, const struct hash *hash, struct bytes *out, struct refusal *refusal)
{
    (void)context, (void)hash, (void)out;
    return refuse(refusal, "", "there is no such blob");
}

static void rehearing__bytes_that_are_not_there_end_nothing(void **state)
{
    struct desk *desk = *state;
    struct refusal refusal;
    fixture_lose(desk->fixture, &desk->request.items[0].payload);
    assert_int_equal(run(desk, &refusal), ERR_NOT_FOUND);
    desk->fixture->source.blob = refuse_blob;
    assert_int_equal(run(desk, &refusal), ERR_NOT_FOUND);
}

static void rehearing__refuses_texts_that_cannot_be_read(void **state)
{
    struct desk *desk = *state;
    struct refusal refusal;
    desk->request_text.data[0] ^= 1;
    assert_int_equal(run(desk, &refusal), ERR_FORM);
    desk->request_text.data[0] ^= 1;
    desk->record.data[0] ^= 1;
    assert_int_equal(run(desk, &refusal), ERR_FORM);
    desk->record.data[0] ^= 1;
    reject(desk, 0);
    desk->decisions[0].data[0] ^= 1;
    assert_int_equal(run(desk, &refusal), ERR_FORM);
}

#define ROW(name) cmocka_unit_test_setup_teardown(rehearing__##name, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(r7_the_state_is_that_of_the_next_charter),
        ROW(what_nothing_touches_stays_open),
        ROW(r21_ends_what_nobody_asks_for_any_more),
        ROW(r2_ends_what_is_for_a_role_that_is_gone),
        ROW(r7_ends_what_would_put_another_charter_in_force),
        ROW(r5_rejections_stand_for_the_request),
        ROW(bytes_that_are_not_there_end_nothing),
        ROW(refuses_texts_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
