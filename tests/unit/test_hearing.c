// A hearing: what a request may bring along.
#include "proto/dsse.h"
#include "signer/keeper/hearing.h"
#include "tests/unit/person.h"

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
    struct person service;
    struct charter *charter;
    struct state state;
    struct request request;
    uint8_t *payload;
    struct hearing *hearing;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    person_make(&fixture->service, KEY_ED25519);
    fixture->charter = charter_new();
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

// The request signed by its requester, with its one payload.
static enum err prepare(struct fixture *fixture, struct refusal *refusal)
{
    uint8_t signature[KEY_SIGNATURE_MOST];
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    request_write(&fixture->request, &text);
    assert_int_equal(bytes_finish(&text), OK);
    size_t size = person_sign(&fixture->service, DSSE_REQUEST, bytes_span(&text), signature);
    struct span_list blobs = {.at[0] = span_of(fixture->payload, LARGE), .count = 1};
    fixture->hearing = hearing_new(bytes_span(&text), span_of(signature, size), &blobs);
    bytes_clear(&text);
    assert_non_null(fixture->hearing);
    const struct hearing_house house = {.charter = fixture->charter,
        .state = &fixture->state,
        .appliance = hash_of(span_text("log")),
        .now = NOW};
    assert_int_equal(hearing_identify(fixture->hearing, &house, refusal), OK);
    return hearing_prepare(fixture->hearing, &house, refusal);
}

static void hearing__r20_counts_a_payload_once_for_each_item_that_names_it(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal = {0};
    ask_for(fixture, ROLES);
    assert_int_equal(prepare(fixture, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, "R20");
}

static void hearing__takes_as_many_bytes_as_an_order_carries(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal = {0};
    ask_for(fixture, ROLES - 1);
    assert_int_equal(prepare(fixture, &refusal), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            hearing__r20_counts_a_payload_once_for_each_item_that_names_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            hearing__takes_as_many_bytes_as_an_order_carries, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
