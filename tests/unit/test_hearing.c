// A hearing: what a request may bring along.
#include "proto/dsse.h"
#include "signer/keeper/hearing.h"
#include "tests/unit/person.h"
#include "tests/unit/rule_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROLES = 5, LARGE = LIMIT_REQUEST_BYTES / 4, NOW = 1000000 };

struct fixture {
    struct person service, alice, stranger;
    struct charter *charter;
    struct state *state;
    struct request request;
    uint8_t *payload;
    struct hearing *hearing;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    person_make(&fixture->service, KEY_ED25519);
    person_make(&fixture->alice, KEY_P256);
    person_make(&fixture->stranger, KEY_ED25519);
    fixture->state = calloc(1, sizeof *fixture->state);
    fixture->charter = charter_new();
    fixture->charter->epoch = 1;
    fixture->charter->administrators[0].key = fixture->alice.key;
    fixture->charter->administrator_count = 1;
    fixture->charter->requesters[0].quota = charter_own_quota;
    fixture->charter->requesters[0].key = fixture->service.key;
    fixture->charter->requester_count = 1;
    fixture->charter->role_count = ROLES;
    for (int i = 0; i < ROLES; i++) {
        snprintf(fixture->charter->roles[i].name, LIMIT_ROLE_NAME, "image/role-%d", i);
        fixture->charter->roles[i].threshold = 1;
    }
    fixture->request = (struct request){.appliance = hash_of(span_text("log")),
        .requester = fixture->service.key.id,
        .reason = "routine",
        .expires = NOW + 60};
    fixture->payload = malloc(LARGE);
    memset(fixture->payload, 'x', LARGE);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    hearing_free(fixture->hearing);
    free(fixture->payload);
    charter_free(fixture->charter);
    person_clear(&fixture->service);
    person_clear(&fixture->alice);
    person_clear(&fixture->stranger);
    free(fixture->state);
    free(fixture);
    return 0;
}

static void ask_for(struct fixture *fixture, size_t item_count)
{
    fixture->request.item_count = item_count;
    for (size_t i = 0; i < item_count; i++) {
        struct item *item = &fixture->request.items[i];
        snprintf(item->role, sizeof item->role, "image/role-%zu", i);
        item->version = 1;
        item->payload = hash_of(span_of(fixture->payload, LARGE));
    }
}

static struct hearing_house house_of(const struct fixture *fixture)
{
    return (struct hearing_house){.charter = fixture->charter,
        .state = fixture->state,
        .appliance = hash_of(span_text("log")),
        .now = NOW};
}

// The request signed by `by`, with one payload.
static void send(struct fixture *fixture, const struct person *by, struct span payload)
{
    uint8_t signature[KEY_SIGNATURE_MOST];
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    request_write(&fixture->request, &text);
    assert_int_equal(bytes_finish(&text), OK);
    size_t size = person_sign(by, DSSE_REQUEST, bytes_span(&text), signature);
    struct span_list blobs = {.at[0] = payload, .count = 1};
    hearing_free(fixture->hearing);
    fixture->hearing = hearing_new(bytes_span(&text), span_of(signature, size), &blobs);
    bytes_clear(&text);
    assert_non_null(fixture->hearing);
}

static enum err identify(struct fixture *fixture, struct refusal *refusal)
{
    const struct hearing_house house = house_of(fixture);
    *refusal = (struct refusal){0};
    return hearing_identify(fixture->hearing, &house, refusal);
}

static enum err prepare(struct fixture *fixture, struct refusal *refusal)
{
    const struct hearing_house house = house_of(fixture);
    send(fixture, &fixture->service, span_of(fixture->payload, LARGE));
    assert_int_equal(identify(fixture, refusal), OK);
    return hearing_prepare(fixture->hearing, &house, refusal);
}

static void hearing__r20_counts_a_payload_once_for_each_item_that_names_it(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal = {0};
    ask_for(fixture, ROLES);
    assert_int_equal(prepare(fixture, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R20"));
}

static void hearing__takes_as_many_bytes_as_an_order_carries(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal = {0};
    ask_for(fixture, ROLES - 1);
    assert_int_equal(prepare(fixture, &refusal), OK);
}

// A charter meanwhile let mandates sign the role.
static void hearing__r7_opens_nothing_that_mandates_sign(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal = {0};
    struct bytes record;
    ask_for(fixture, 1);
    assert_int_equal(prepare(fixture, &refusal), OK);
    assert_false(fixture->hearing->by_mandate);
    fixture->charter->epoch++;
    fixture->charter->roles[0].by_mandate = true;
    const struct hearing_house house = house_of(fixture);
    bytes_init(&record, LIMIT_RECORD);
    assert_int_equal(hearing_judge(fixture->hearing, &house, &record, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R7"));
    assert_non_null(strstr(refusal.sentence, "is signed under mandates since charter epoch 2"));
    bytes_clear(&record);
}

static void hearing__r20_asks_for_no_more_signatures_than_an_outcome_holds(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal = {0};
    fixture->charter->key_count = LIMIT_SIGNATURES + 1; // all of them keys of the first role
    ask_for(fixture, 1);
    assert_int_equal(prepare(fixture, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R20"));
    assert_non_null(strstr(refusal.sentence, "signatures, and one outcome holds"));
    fixture->charter->key_count = LIMIT_SIGNATURES;
    assert_int_equal(prepare(fixture, &refusal), OK);
}

// A request for one item of that role, by whoever asks with `by`.
static enum err asks(struct fixture *fixture, const struct person *by, const char *role,
    struct span payload, struct refusal *refusal)
{
    struct item *item = &fixture->request.items[0];
    fixture->request.requester = by->key.id;
    fixture->request.item_count = 1;
    *item = (struct item){.version = 1, .payload = hash_of(payload)};
    snprintf(item->role, sizeof item->role, "%s", role);
    send(fixture, by, payload);
    return identify(fixture, refusal);
}

static void hearing__r21_an_administrators_key_asks_for_motions_alone(void **state)
{
    struct fixture *fixture = *state;
    const struct span text = span_text("a payload");
    struct refusal refusal;
    assert_int_equal(
        asks(fixture, &fixture->alice, "image/role-0", text, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R21"));
    assert_non_null(strstr(refusal.sentence, "is an administrator"));
    assert_int_equal(asks(fixture, &fixture->alice, "conclave/keys", text, &refusal), OK);
    assert_int_equal(fixture->hearing->motion, MOTION_KEYS);
    assert_int_equal(asks(fixture, &fixture->service, "conclave/keys", text, &refusal), OK);
    assert_int_equal(asks(fixture, &fixture->service, "image/role-0", text, &refusal), OK);
    assert_int_equal(fixture->hearing->motion, MOTION_NONE);
    assert_int_equal(
        asks(fixture, &fixture->stranger, "conclave/keys", text, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R21"));
}

static void hearing__r2_a_motion_stands_alone_and_is_one_that_there_is(void **state)
{
    struct fixture *fixture = *state;
    const struct hearing_house house = house_of(fixture);
    const struct span text = span_text("a payload");
    struct refusal refusal;
    assert_int_equal(asks(fixture, &fixture->service, "conclave/keys", text, &refusal), OK);
    assert_int_equal(hearing_prepare(fixture->hearing, &house, &refusal), OK);
    // A second item beside it, as a request's text may have it.
    struct item *second = &fixture->hearing->request.items[1];
    *second = fixture->hearing->request.items[0];
    snprintf(second->role, sizeof second->role, "image/role-0");
    fixture->hearing->request.item_count = 2;
    fixture->hearing->motion = MOTION_NONE;
    assert_int_equal(hearing_prepare(fixture->hearing, &house, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R2"));
    assert_non_null(strstr(refusal.sentence, "stands alone"));
    assert_int_equal(asks(fixture, &fixture->service, "conclave/coup", text, &refusal), OK);
    assert_int_equal(hearing_prepare(fixture->hearing, &house, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R2"));
}

// A lift of something that was never frozen is asked for by whoever likes; nothing of it is stored.
static void hearing__asks_only_for_a_freeze_that_is_in_force(void **state)
{
    struct fixture *fixture = *state;
    const struct hearing_house house = house_of(fixture);
    struct lift_motion lift = {
        .freeze = hash_of(span_text("a freeze")), .of = {.what = FREEZE_EVERYTHING}};
    struct refusal refusal;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    lift_motion_write(&lift, &text);
    assert_int_equal(
        asks(fixture, &fixture->alice, "conclave/lift", bytes_span(&text), &refusal), OK);
    assert_int_equal(hearing_list(fixture->hearing, &house), OK);
    assert_true(hearing_complete(fixture->hearing));
    fixture->state->freezes[0] = (struct freeze_state){.statement = lift.freeze, .of = lift.of};
    fixture->state->freeze_count = 1;
    assert_int_equal(hearing_list(fixture->hearing, &house), OK);
    assert_false(hearing_complete(fixture->hearing));
    struct want *want = wants_next(&fixture->hearing->wants);
    assert_memory_equal(&want->hash, &lift.freeze, sizeof lift.freeze);
    bytes_clear(&text);
}

static void hearing__knows_what_a_lift_builds_on_when_its_text_has_come(void **state)
{
    struct fixture *fixture = *state;
    const struct hearing_house house = house_of(fixture);
    struct lift_motion lift = {
        .freeze = hash_of(span_text("a freeze")), .of = {.what = FREEZE_EVERYTHING}};
    struct span_list none = {.count = 0};
    struct refusal refusal;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    lift_motion_write(&lift, &text);
    fixture->state->freezes[0] = (struct freeze_state){.statement = lift.freeze, .of = lift.of};
    fixture->state->freeze_count = 1;
    assert_int_equal(
        asks(fixture, &fixture->alice, "conclave/lift", bytes_span(&text), &refusal), OK);
    // The same request heard anew: all its bytes come from the ledger.
    struct hearing *anew = hearing_new(
        bytes_span(&fixture->hearing->text), bytes_span(&fixture->hearing->signature), &none);
    anew->anew = true;
    assert_int_equal(hearing_identify(anew, &house, &refusal), OK);
    assert_int_equal(hearing_list(anew, &house), OK);
    assert_int_equal(anew->wants.missing, 1);
    struct want *want = wants_next(&anew->wants);
    assert_int_equal(
        wants_fill(&anew->wants, (size_t)(want - anew->wants.at), bytes_span(&text)), OK);
    assert_int_equal(hearing_list(anew, &house), OK);
    want = wants_next(&anew->wants);
    assert_non_null(want);
    assert_memory_equal(&want->hash, &lift.freeze, sizeof lift.freeze);
    assert_null(wants_next(&anew->wants));
    hearing_free(anew);
    bytes_clear(&text);
}

static void hearing__r7_asks_again_who_asks_under_another_charter(void **state)
{
    struct fixture *fixture = *state;
    struct hearing_house house = house_of(fixture);
    struct refusal refusal;
    struct bytes opened;
    bytes_init(&opened, LIMIT_RECORD);
    assert_int_equal(
        asks(fixture, &fixture->service, "conclave/keys", span_text("a payload"), &refusal),
        OK);
    fixture->charter->epoch = 2;
    fixture->charter->requester_count = 0;
    assert_int_equal(hearing_judge(fixture->hearing, &house, &opened, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R21"));
    bytes_clear(&opened);
}

static void wants__take_only_what_was_asked_for(void **state)
{
    (void)state;
    struct wants *wants = calloc(1, sizeof *wants);
    struct hash one = hash_of(span_text("one")), two = hash_of(span_text("two"));
    assert_int_equal(wants_add(wants, &one), OK);
    assert_int_equal(wants_add(wants, &two), OK);
    assert_int_equal(wants_add(wants, &one), OK);
    assert_int_equal(wants->count, 2);
    assert_int_equal(wants_fill(wants, 0, span_text("one")), ERR_FORM); // nobody asked
    assert_ptr_equal(wants_next(wants), &wants->at[0]);
    assert_int_equal(wants_fill(wants, 0, span_text("two")), ERR_FORM);
    assert_int_equal(wants_fill(wants, 2, span_text("one")), ERR_FORM);
    assert_int_equal(wants_fill(wants, 0, span_text("one")), OK);
    assert_int_equal(wants_fill(wants, 0, span_text("one")), ERR_FORM);
    assert_int_equal(wants->missing, 1);
    assert_true(span_is(wants_bytes(wants, &one), "one"));
    wants_forget(wants);
    assert_int_equal(wants_bytes(wants, &one).size, 0);
    wants_clear(wants);
    free(wants);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            hearing__r20_counts_a_payload_once_for_each_item_that_names_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            hearing__takes_as_many_bytes_as_an_order_carries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            hearing__r21_an_administrators_key_asks_for_motions_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            hearing__r2_a_motion_stands_alone_and_is_one_that_there_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            hearing__asks_only_for_a_freeze_that_is_in_force, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            hearing__knows_what_a_lift_builds_on_when_its_text_has_come, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            hearing__r7_asks_again_who_asks_under_another_charter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            hearing__r7_opens_nothing_that_mandates_sign, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            hearing__r20_asks_for_no_more_signatures_than_an_outcome_holds, set_up, tear_down),
        cmocka_unit_test(wants__take_only_what_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
