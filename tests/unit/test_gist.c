// What records say in a few words.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/gist.h"
#include "tests/unit/audit_fixture.h"

#include <string.h>

static void assert_gist(const struct fixture *log, size_t index, const char *wanted)
{
    struct bytes gist;
    bytes_init(&gist, LIMIT_RECORD);
    gist_write(bytes_span(&log->records[index]), log->charter, &gist);
    bytes_add_u8(&gist, 0);
    assert_int_equal(bytes_finish(&gist), OK);
    assert_string_equal((const char *)gist.data, wanted);
    bytes_clear(&gist);
}

static void gist__says_what_a_founding_is(void **state)
{
    struct fixture *log = *state;
    fixture_start(log);
    assert_gist(log, 0, FIXTURE_ORIGIN);
    assert_gist(log, 1, "3 signatures");
    assert_gist(log, 2, "version 0.2.0");
}

static void gist__follows_a_request(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_role(log, &half, "image/supplier", 4);
    half_approve_both(log, &half);
    struct place outcome = half_sign(log, &half);
    half_approve(log, &half, 2);
    half_adds(&half, &outcome);
    half_sign(log, &half);
    assert_gist(log, 2, "image/supplier 4 for image-service");
    assert_gist(log, 3, "approve by alice");
    assert_gist(log, 5, "2 approvals");
    assert_gist(log, 6, "3 signatures; 1 may still be added");
    assert_gist(log, 8, "3 approvals, to add to record 6");
    assert_gist(log, 9, "1 signature, added to record 6");
}

static void gist__counts_the_items_of_a_request(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half.opened.items[1] = half.opened.items[0];
    memcpy(half.opened.items[1].role, "image/root", sizeof "image/root");
    half.opened.item_count = 2;
    half.opened.requester = log->stranger.key.id;
    half_reopen(log, &half);
    struct bytes gist;
    bytes_init(&gist, LIMIT_RECORD);
    gist_write(bytes_span(&log->records[3]), log->charter, &gist);
    assert_true(span_starts(bytes_span(&gist), "image/targets 1 and 1 more for "));
    assert_int_equal(gist.size, strlen("image/targets 1 and 1 more for ") + 12);
    bytes_clear(&gist);
}

static void gist__says_how_a_request_ended(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_decide(log, &half, 1, DECISION_REJECT);
    fixture_end(log, &half.opened.request, ENDING_WITHDRAWN);
    assert_gist(log, 3, "reject by bob");
    assert_gist(log, 4, "withdrawn: because");
}

static void gist__says_what_was_done(void **state)
{
    struct fixture *log = *state;
    struct keys_motion motion = {.number = 1, .make_count = 2};
    for (size_t i = 0; i < 2; i++) {
        memcpy(motion.make[i].role, "image/root", sizeof "image/root");
        motion.make[i].type = KEY_ED25519;
    }
    half_carry(log, fixture_ask_keys(log, &motion));
    const struct freeze_of role = {.what = FREEZE_ROLE, .role = "image/targets"};
    half_freeze(log, 2, &role);
    const struct freeze_of all = {.what = FREEZE_EVERYTHING};
    half_freeze(log, 0, &all);
    const struct freeze_of one = {.what = FREEZE_REQUEST, .thing = {{0xab, 0xcd}}};
    half_freeze(log, 1, &one);
    assert_gist(log, 2, "conclave/keys 1 for image-service");
    assert_gist(log, 6, "conclave/keys 1 is done, key made for image/root, image/root");
    assert_gist(log, 7, "image/targets by carol: a test");
    assert_gist(log, 8, "a freeze is in force");
    assert_gist(log, 9, "everything by alice: a test");
    assert_gist(log, 11, "request abcd000000000000 by bob: a test");
}

static void append(struct fixture *log, struct bytes *text)
{
    fixture_append(log, text);
    bytes_clear(text);
}

static void gist__says_what_the_appliance_notes(void **state)
{
    struct fixture *log = *state;
    struct bytes text;
    const struct refused refused = {
        .from = log->bobs.key.id, .rule = "R2", .why = "no metadata"};
    const struct quota_record quota = {
        .from = log->admins[0].key.id, .count = 17, .rule = "R17", .why = "too many"};
    const struct gate_record gate = {.why = "the gate was replaced"};
    const struct stop stop = {.why = "the appliance was asked to stop"};
    bytes_init(&text, LIMIT_RECORD);
    refused_write(&refused, &text);
    append(log, &text);
    quota_record_write(&quota, &text);
    append(log, &text);
    gate_record_write(&gate, &text);
    append(log, &text);
    stop_write(&stop, &text);
    append(log, &text);
    fixture_clock(log, "the clock was set");
    assert_gist(log, 2, "to bobs-service: no metadata");
    assert_gist(log, 3, "17 asks of alice: too many");
    assert_gist(log, 4, "the gate was replaced");
    assert_gist(log, 5, "the appliance was asked to stop");
    assert_gist(log, 6, "the clock was set");
}

static void gist__says_nothing_of_what_it_cannot_read(void **state)
{
    struct fixture *log = *state;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    bytes_add_text(&text, "conclave.other/v1\n");
    append(log, &text);
    assert_gist(log, 2, "");
    for (size_t kind = RECORD_FOUNDING; kind < AUDIT_KINDS; kind++) {
        bytes_add_format(&text, "%s\n", record_title((enum record_kind)kind));
        append(log, &text);
        assert_gist(log, log->record_count - 1, "");
    }
}

#define ROW(name) cmocka_unit_test_setup_teardown(gist__##name, audit_make_guarded, audit_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(says_what_a_founding_is),
        ROW(follows_a_request),
        ROW(counts_the_items_of_a_request),
        ROW(says_how_a_request_ended),
        ROW(says_what_was_done),
        ROW(says_what_the_appliance_notes),
        ROW(says_nothing_of_what_it_cannot_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
