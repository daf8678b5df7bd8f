// The review: an approver's tool finds whatever in an opened record is not what it computes itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/render.h"
#include "tests/unit/review_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum err run_review(struct desk *desk, struct review *review, struct refusal *refusal)
{
    struct message dossier = {.kind = ANSWER_DOSSIER};
    memset(refusal, 0, sizeof *refusal);
    dossier.dossier.fate = desk->fate;
    dossier.dossier.request = bytes_span(&desk->request_text);
    dossier.dossier.opened.index = desk->index;
    dossier.dossier.opened.text = bytes_span(&desk->record);
    return review_run(&desk->held, &desk->id, &dossier, review, refusal);
}

static void assert_differs(struct desk *desk, enum err err, const char *word)
{
    struct refusal refusal;
    struct review *review = review_new();
    assert_non_null(review);
    enum err got = run_review(desk, review, &refusal);
    review_free(review);
    if (got != err || strstr(refusal.sentence, word) == NULL)
        fail_msg(
            "%s, \"%s\"; not %s, \"%s\"", err_text(got), refusal.sentence, err_text(err), word);
}

static void assert_good(struct desk *desk)
{
    struct refusal refusal;
    struct review *review = review_new();
    assert_non_null(review);
    if (run_review(desk, review, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
    struct hash shown = hash_of(bytes_span(&review->rendering));
    struct hash leaf = merkle_leaf(bytes_span(&desk->record));
    assert_true(hash_equal(&shown, &desk->opened.shown));
    assert_int_equal(review->place.index, desk->index);
    assert_true(hash_equal(&review->place.leaf, &leaf));
    assert_string_equal(review->asking.name, "image-service");
    assert_int_equal(review->is_signed, desk->fate == FATE_SIGNED);
    review_free(review);
}

// The fixture's appliance has signed the desk's root, and the next payload is up.
static void sign_root(struct desk *desk)
{
    struct place order = {.index = 1, .leaf = {{1}}};
    (void)fixture_outcome(desk->fixture, &desk->opened, &order);
}

// ---- good ones ----

static void review__passes_a_record_that_it_computes_too(void **state)
{
    assert_good(*state);
}

static void review__passes_a_payload_that_follows_another(void **state)
{
    struct desk *desk = *state;
    struct bytes previous;
    sign_root(desk);
    bytes_init(&previous, LIMIT_PAYLOAD);
    bytes_add(&previous, bytes_span(&desk->payload));
    desk_write_root(desk, 2);
    desk_open(desk, "image/root", 2, bytes_span(&previous));
    assert_good(desk);
    bytes_clear(&previous);
    desk_write_targets(desk, 1, "a.img");
    desk_open(desk, "image/targets", 1, (struct span){0});
    assert_good(desk);
}

// What was signed has moved the state; a custodian who approves later sees what the others saw.
static void review__r12_sees_what_is_signed_as_it_was_before(void **state)
{
    struct desk *desk = *state;
    struct bytes previous;
    sign_root(desk);
    desk->fate = FATE_SIGNED;
    assert_good(desk);
    bytes_init(&previous, LIMIT_PAYLOAD);
    bytes_add(&previous, bytes_span(&desk->payload));
    desk_write_root(desk, 2);
    desk_open(desk, "image/root", 2, bytes_span(&previous));
    sign_root(desk);
    desk->fate = FATE_SIGNED;
    assert_good(desk);
    fixture_lose(desk->fixture, &desk->opened.items[0].previous);
    assert_differs(desk, ERR_NOT_FOUND, "");
    bytes_clear(&previous);
}

// ---- motions ----

// The time, asked for by somebody.
static void open_motion(struct desk *desk, const struct fixture_key *by)
{
    struct time_motion time = {.number = 1, .time = FIXTURE_START};
    bytes_reset(&desk->payload);
    time_motion_write(&time, &desk->payload);
    desk->request =
        fixture_request(desk->fixture, "conclave/time", 1, bytes_span(&desk->payload));
    desk->request.requester = by->key.id;
    desk->opened = fixture_opened(desk->fixture, &desk->request);
    desk->opened.requester = by->key.id;
    desk->opened.decides_count = 1;
    snprintf(desk->opened.decides[0], sizeof desk->opened.decides[0], "charter");
    desk->opened.rendering = RENDERING;
    desk_sign(desk, by);
    desk->opened.shown = desk_shown(desk, (struct span){0});
    desk_write(desk);
}

static void review__passes_a_motion_of_requester_and_administrator(void **state)
{
    struct desk *desk = *state;
    struct refusal refusal;
    struct review *review = review_new();
    open_motion(desk, &desk->fixture->service);
    assert_good(desk);
    open_motion(desk, &desk->fixture->admins[0]);
    if (run_review(desk, review, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
    assert_string_equal(review->asking.name, "alice");
    assert_string_equal(review->asking.person, "alice");
    review_free(review);
}

static void review__r7_refuses_another_quorum_for_a_motion(void **state)
{
    struct desk *desk = *state;
    open_motion(desk, &desk->fixture->service);
    snprintf(desk->opened.decides[0], sizeof desk->opened.decides[0], "image/root");
    desk_write(desk);
    assert_differs(desk, ERR_SIGNATURE, "\"decides\"");
}

static void review__r7_refuses_metadata_that_an_administrator_asks_for(void **state)
{
    struct desk *desk = *state;
    desk->request.requester = desk->opened.requester = desk->fixture->admins[0].key.id;
    desk_sign(desk, &desk->fixture->admins[0]);
    assert_differs(desk, ERR_SIGNATURE, "no requester");
}

// ---- bad ones ----

static void review__says_when_there_is_nothing_to_review(void **state)
{
    struct desk *desk = *state;
    bytes_reset(&desk->record);
    assert_differs(desk, ERR_NOT_FOUND, "ever opened");
}

static void review__r3_refuses_every_flipped_byte_of_the_record(void **state)
{
    struct desk *desk = *state;
    struct refusal refusal;
    for (size_t i = 0; i < desk->record.size; i++) {
        struct review *review = review_new();
        desk->record.data[i] ^= 1;
        if (run_review(desk, review, &refusal) == OK)
            fail_msg("byte %zu may be anything", i);
        desk->record.data[i] ^= 1;
        review_free(review);
    }
    assert_good(desk);
}

static void review__refuses_texts_that_cannot_be_read(void **state)
{
    struct desk *desk = *state;
    bytes_reset(&desk->record);
    bytes_add_text(&desk->record, "conclave.opened/v1\n");
    assert_differs(desk, ERR_SIGNATURE, "no opened record");
    desk_write(desk);
    bytes_reset(&desk->request_text);
    bytes_add_text(&desk->request_text, "conclave.request/v1\n");
    assert_differs(desk, ERR_SIGNATURE, "is no request");
}

static void review__r2_refuses_a_role_that_the_charter_does_not_have(void **state)
{
    struct desk *desk = *state;
    desk->request =
        fixture_request(desk->fixture, "image/snapshot", 1, bytes_span(&desk->payload));
    desk->opened = fixture_opened(desk->fixture, &desk->request);
    desk->opened.rendering = RENDERING;
    desk->id = desk->opened.request;
    desk_write(desk);
    assert_differs(desk, ERR_SIGNATURE, "no role image/snapshot");
}

static void review__refuses_another_request(void **state)
{
    struct desk *desk = *state;
    desk->id.byte[0] ^= 1;
    assert_differs(desk, ERR_SIGNATURE, "another request");
}

static void review__refuses_a_request_for_another_appliance(void **state)
{
    struct desk *desk = *state;
    desk->request.appliance.byte[0] ^= 1;
    desk_sign(desk, &desk->fixture->service);
    assert_differs(desk, ERR_SIGNATURE, "another appliance");
}

static void review__r21_refuses_a_requester_that_the_charter_does_not_have(void **state)
{
    struct desk *desk = *state;
    desk->request.requester = desk->fixture->stranger.key.id;
    desk->opened.requester = desk->fixture->stranger.key.id;
    desk_sign(desk, &desk->fixture->stranger);
    assert_differs(desk, ERR_SIGNATURE, "no requester");
}

static void review__r1_refuses_a_request_that_its_requester_did_not_sign(void **state)
{
    struct desk *desk = *state;
    desk_sign(desk, &desk->fixture->stranger);
    assert_differs(desk, ERR_SIGNATURE, "did not sign");
}

static void review__r4_refuses_lines_that_the_request_does_not_say(void **state)
{
    struct desk *desk = *state;
    struct opened good = desk->opened;
    desk->opened.items[0].version = 2;
    desk_write(desk);
    assert_differs(desk, ERR_SIGNATURE, "\"item\"");
    desk->opened = good;
    desk->opened.items[0].payload.byte[0] ^= 1;
    desk_write(desk);
    assert_differs(desk, ERR_SIGNATURE, "\"item\"");
    desk->opened = good;
    desk->opened.expires++;
    desk_write(desk);
    assert_differs(desk, ERR_SIGNATURE, "\"expires\"");
    desk->opened = good;
    desk->opened.earliest++;
    desk_write(desk);
    assert_differs(desk, ERR_SIGNATURE, "\"earliest\"");
}

// A moment after a change of charter, records of the old epoch are still there.
static void review__r7_tells_a_record_of_another_charter(void **state)
{
    struct desk *desk = *state;
    desk->opened.charter.byte[0] ^= 1;
    desk_write(desk);
    assert_differs(desk, ERR_AGAIN, "\"charter\"");
    desk->opened.charter.byte[0] ^= 1;
    desk->opened.epoch = 2;
    desk_write(desk);
    assert_differs(desk, ERR_AGAIN, "\"charter\"");
}

static void review__r13_tells_a_record_from_before_the_time_was_set_back(void **state)
{
    struct desk *desk = *state;
    desk->fixture->state.since = desk->index;
    assert_good(desk);
    desk->fixture->state.since = desk->index + 1;
    assert_differs(desk, ERR_AGAIN, "set back");
}

static void review__r14_refuses_other_words(void **state)
{
    struct desk *desk = *state;
    desk->opened.shown.byte[0] ^= 1;
    desk_write(desk);
    assert_differs(desk, ERR_SIGNATURE, "\"shown\"");
    desk->opened.rendering = RENDERING + 1;
    desk_write(desk);
    assert_differs(desk, ERR_SIGNATURE, "install the version");
}

static void review__r12_tells_a_record_that_builds_on_an_older_payload(void **state)
{
    struct desk *desk = *state;
    sign_root(desk);
    assert_differs(desk, ERR_AGAIN, "image/root signed last");
}

static void review__r2_judges_the_payload_itself(void **state)
{
    struct desk *desk = *state;
    struct hash good = desk->opened.shown;
    bytes_reset(&desk->payload);
    bytes_add_text(&desk->payload, "{\"_type\":\"root\",\"unknown\":1}");
    desk->request = fixture_request(desk->fixture, "image/root", 1, bytes_span(&desk->payload));
    desk->opened = fixture_opened(desk->fixture, &desk->request);
    desk->opened.shown = good;
    desk->opened.rendering = RENDERING;
    desk->id = desk->opened.request;
    desk_write(desk);
    assert_differs(desk, ERR_SIGNATURE, "byte");
}

static void review__r12_refuses_targets_before_there_is_a_root(void **state)
{
    struct desk *desk = *state;
    desk_write_targets(desk, 1, "a.img");
    desk_open(desk, "image/targets", 1, (struct span){0});
    assert_differs(desk, ERR_SIGNATURE, "root");
}

static void review__needs_every_byte(void **state)
{
    struct desk *desk = *state;
    fixture_lose(desk->fixture, &desk->request.items[0].payload);
    assert_differs(desk, ERR_NOT_FOUND, "");
}

static void review__r13_looks_at_its_own_clock(void **state)
{
    struct desk *desk = *state;
    desk->held.now = desk->opened.time - desk->fixture->charter->clock;
    assert_good(desk);
    desk->held.now--;
    assert_differs(desk, ERR_REFUSED, "in the future");
    desk->held.now = desk->opened.expires;
    assert_differs(desk, ERR_REFUSED, "expired");
}

#define ROW(name) cmocka_unit_test_setup_teardown(review__##name, desk_make, desk_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(passes_a_record_that_it_computes_too),
        ROW(passes_a_payload_that_follows_another),
        ROW(r12_sees_what_is_signed_as_it_was_before),
        ROW(passes_a_motion_of_requester_and_administrator),
        ROW(r7_refuses_another_quorum_for_a_motion),
        ROW(r7_refuses_metadata_that_an_administrator_asks_for),
        ROW(says_when_there_is_nothing_to_review),
        ROW(r3_refuses_every_flipped_byte_of_the_record),
        ROW(refuses_texts_that_cannot_be_read),
        ROW(r2_refuses_a_role_that_the_charter_does_not_have),
        ROW(refuses_another_request),
        ROW(refuses_a_request_for_another_appliance),
        ROW(r21_refuses_a_requester_that_the_charter_does_not_have),
        ROW(r1_refuses_a_request_that_its_requester_did_not_sign),
        ROW(r4_refuses_lines_that_the_request_does_not_say),
        ROW(r7_tells_a_record_of_another_charter),
        ROW(r13_tells_a_record_from_before_the_time_was_set_back),
        ROW(r14_refuses_other_words),
        ROW(r12_tells_a_record_that_builds_on_an_older_payload),
        ROW(r2_judges_the_payload_itself),
        ROW(r12_refuses_targets_before_there_is_a_root),
        ROW(needs_every_byte),
        ROW(r13_looks_at_its_own_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
