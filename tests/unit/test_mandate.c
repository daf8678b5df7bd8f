// Signing under mandates: which way a request goes, what a mandate covers, and that its numbers end.
#include "policy/mandate.h"
#include "tests/unit/mandate_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
enum { HOUR = 3600 };

static void expect(
    enum err err, const struct refusal *refusal, const char *rule, const char *sentence)
{
    if (rule == NULL) {
        if (err != OK)
            fail_msg("%s \"%s\"", refusal->rule, refusal->sentence);
        return;
    }
    assert_int_equal(err, ERR_REFUSED);
    assert_string_equal(refusal->rule, rule);
    if (strstr(refusal->sentence, sentence) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", refusal->sentence, sentence);
}

// ---- which way ----

static void mandate__r2_a_request_goes_one_way_and_names_vehicles_where_they_are_signed_for(
    void **unused)
{
    (void)unused;
    struct charter *charter = mandate_charter();
    static const struct {
        const char *first, *second;
        const char *sentence; // NULL: it goes
        bool by_mandate;
    } cases[] = {
        {"image/targets2", NULL, "the charter has no role image/targets2", false},
        {"image/targets", "depot/root", "the charter has no role depot/root", false},
        {"conclave/keys", NULL, "the charter has no role conclave/keys", false},
        {"director/targets", NULL, "call the item director/targets@VEHICLE", false},
        {"director/targets@1", "director/snapshot", "call the item director/snapshot@V", false},
        {"director/supplier", NULL, "call the item director/supplier@VEHICLE", false},
        {"director/root@1", NULL, "director/root is signed for all of them", false},
        {"image/timestamp@1", NULL, "image/timestamp is signed for all of them", false},
        {"image/targets", "image/timestamp",
            "image/timestamp is signed by mandate and image/targets is not", false},
        {"director/targets@1", "director/root",
            "director/root is signed by quorum and director/targets@1 is not", false},
        {"director/targets@1", "director/snapshot@1", NULL, true},
        {"director/targets@1", "image/timestamp", NULL, true},
        {"director/targets@1", "director/targets@2", NULL, true},
        {"image/timestamp", NULL, NULL, true},
        {"image/targets", "image/root", NULL, false},
        {"director/root", NULL, NULL, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct item items[2] = {{.version = 1}, {.version = 1}};
        struct refusal refusal = {.rule = ""};
        size_t count = cases[i].second == NULL ? 1 : 2;
        bool by_mandate = !cases[i].by_mandate;
        snprintf(items[0].role, sizeof items[0].role, "%s", cases[i].first);
        snprintf(items[1].role, sizeof items[1].role, "%s", count == 1 ? "" : cases[i].second);
        enum err err = mandate_way(charter, items, count, &by_mandate, &refusal);
        expect(err, &refusal, cases[i].sentence == NULL ? NULL : "R2", cases[i].sentence);
        if (err == OK)
            assert_int_equal(by_mandate, cases[i].by_mandate);
    }
    charter_free(charter);
}

// Version 0.2.0 let a Director's roles have custodians, and knew no vehicles.
static void mandate__r5_signs_for_no_vehicle_where_a_key_has_a_custodian(void **unused)
{
    (void)unused;
    struct charter *charter = mandate_charter();
    const struct item vehicles = {.role = "director/targets@1", .version = 1};
    const struct item root = {.role = "director/root", .version = 1};
    struct refusal refusal = {.rule = ""};
    bool by_mandate = false;
    assert_int_equal(mandate_way(charter, &vehicles, 1, &by_mandate, &refusal), OK);
    for (size_t i = 0; i < charter->key_count; i++)
        charter->keys[i].has_custodian = true;
    enum err err = mandate_way(charter, &vehicles, 1, &by_mandate, &refusal);
    expect(err, &refusal, "R5", "a charter that leaves the custodian out");
    assert_int_equal(mandate_way(charter, &root, 1, &by_mandate, &refusal), OK);
    charter_free(charter);
}

// ---- what one covers ----

// Version 101 of VIN7, for ten hours.
struct world {
    struct charter *charter;
    struct state *state;
    struct item item;
    struct mandate_ask ask;
    struct mandate_state *mandate; // in the state
};

static struct world *world_new(void)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->charter = mandate_charter();
    world->state = calloc(1, sizeof *world->state);
    assert_non_null(world->state);
    struct mandate_state mandate = mandate_of(world->charter, "director/targets");
    assert_int_equal(state_set_mandate(world->state, &mandate), OK);
    world->mandate = &world->state->mandates[0];
    world->item = (struct item){.role = "director/targets@VIN7", .version = 101};
    world->ask = (struct mandate_ask){.charter = world->charter,
        .state = world->state,
        .item = &world->item,
        .expires = MANDATE_NOW + INT64_C(10) * HOUR,
        .requester = &world->charter->requesters[0].key.id,
        .now = MANDATE_NOW};
    return world;
}

static void world_free(struct world *world)
{
    charter_free(world->charter);
    free(world->state);
    free(world);
}

static void ends(struct world *world)
{
    state_end_mandate(world->state, "director/targets");
}

static void is_for_another_role(struct world *world)
{
    snprintf(world->item.role, sizeof world->item.role, "director/snapshot@VIN7");
}

static void is_for_no_role(struct world *world)
{
    snprintf(world->item.role, sizeof world->item.role, "director/none@VIN7");
}

// Nobody signs under what is still live in the state when the charter says otherwise.
static void is_by_quorum(struct world *world)
{
    mandate_role(world->charter, "director/targets")->by_mandate = false;
}

static void is_the_laptops(struct world *world)
{
    world->ask.requester = &world->charter->requesters[1].key.id;
}

static void is_an_administrators(struct world *world)
{
    world->ask.requester = &world->charter->administrators[0].key.id;
}

static void is_below(struct world *world)
{
    world->item.version = 100;
}

static void is_nothing(struct world *world)
{
    world->item.version = 0;
}

static void is_above(struct world *world)
{
    world->item.version = 1001;
}

static void is_the_last(struct world *world)
{
    world->item.version = 1000;
}

static void is_the_largest(struct world *world)
{
    world->item.version = UINT64_MAX;
}

static void is_over(struct world *world)
{
    world->mandate->until = MANDATE_NOW;
}

static void is_almost_over(struct world *world)
{
    world->mandate->until = MANDATE_NOW + 1;
}

static void has_expired(struct world *world)
{
    world->ask.expires = MANDATE_NOW - 1;
}

static void expires_now(struct world *world)
{
    mandate_role(world->charter, "director/targets")->least = 0;
    world->ask.expires = MANDATE_NOW;
}

static void expires_too_soon(struct world *world)
{
    world->ask.expires = MANDATE_NOW + HOUR - 1;
}

static void expires_soon(struct world *world)
{
    world->ask.expires = MANDATE_NOW + HOUR;
}

static void expires_too_late(struct world *world)
{
    world->ask.expires = MANDATE_NOW + 12 * HOUR + 1;
}

static void expires_late(struct world *world)
{
    world->ask.expires = MANDATE_NOW + 12 * HOUR;
}

static void is_what_it_is(struct world *world)
{
    (void)world;
}

static void mandate__covers_what_each_of_its_lines_allows_and_nothing_else(void **unused)
{
    (void)unused;
    static const struct {
        void (*change)(struct world *world);
        const char *rule, *sentence; // NULL: covered
    } cases[] = {
        {ends, "R7", "No mandate is in force for director/targets@VIN7"},
        {is_for_another_role, "R7", "No mandate is in force for director/snapshot@VIN7"},
        {is_for_no_role, "R7", "No mandate is in force"},
        {is_by_quorum, "R7", "No mandate is in force"},
        {is_the_laptops, "R5", "is another requester's"},
        {is_an_administrators, "R5", "is another requester's"},
        {is_below, "R12", "is version 100, and its mandate covers 101 to 1000"},
        {is_nothing, "R12", "is version 0"},
        {is_above, "R12", "is version 1001"},
        {is_the_largest, "R12", "is version 18446744073709551615"},
        {is_over, "R6", "The mandate of director/targets ended 2026-11-18T11:06:40Z"},
        {has_expired, "R6", "expires in -1 seconds"},
        {expires_now, "R6", "expires in 0 seconds, and its mandate and the charter allow 1 to"},
        {expires_too_soon, "R6", "expires in 3599 seconds"},
        {expires_too_late, "R6", "expires in 43201 seconds"},
        {is_the_last, NULL, NULL},
        {is_almost_over, NULL, NULL},
        {expires_soon, NULL, NULL},
        {expires_late, NULL, NULL},
        {is_what_it_is, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world *world = world_new();
        struct refusal refusal = {.rule = ""};
        cases[i].change(world);
        enum err err = mandate_covers(&world->ask, &refusal);
        expect(err, &refusal, cases[i].rule, cases[i].sentence);
        world_free(world);
    }
}

// ---- numbers ----

// Every way in which four orders can ask, with counts and versions at the edges of a block.
static const uint64_t wants[] = {0, 1, 2, 128, LIMIT_BLOCK - 1, LIMIT_BLOCK, LIMIT_BLOCK + 1};
static const uint64_t counts[] = {
    1, 2, 127, 129, LIMIT_BLOCK - 1, LIMIT_BLOCK, LIMIT_BLOCK + 1, 2 * LIMIT_BLOCK, 1000};
static const uint64_t lasts[] = {101, 102, 356, 357, 1000};
enum { ORDERS = 4 };

// What was used of what was reserved: never above `count`, never above `last`.
static void reserves(struct mandate_state *mandate, uint64_t wanted, uint64_t highest)
{
    const struct mandate_state before = *mandate;
    struct refusal refusal = {.rule = ""};
    uint64_t taken = 0;
    uint64_t left = before.count - before.reserved;
    bool lasts_long = wanted <= left && highest <= before.last;
    enum err err = mandate_reserve(mandate, wanted, highest, &taken, &refusal);
    assert_int_equal(err, lasts_long ? OK : ERR_REFUSED);
    if (err != OK) {
        assert_string_equal(refusal.rule, "R12");
        assert_memory_equal(mandate, &before, sizeof before);
        return;
    }
    uint64_t most = wanted > LIMIT_BLOCK ? wanted : LIMIT_BLOCK;
    assert_in_range(taken, wanted, wanted == 0 ? 0 : most); // for none, versions alone
    assert_int_equal(mandate->reserved, before.reserved + taken);
    assert_in_range(mandate->reserved, 0, mandate->count);
    assert_in_range(mandate->top, before.top, mandate->last);
    assert_true(mandate->top >= highest || highest <= before.top);
}

static void mandate__r12_reserves_never_more_than_its_count_and_never_above_its_last(
    void **unused)
{
    (void)unused;
    size_t ways = 1;
    for (size_t i = 0; i < ORDERS; i++)
        ways *= COUNT(wants);
    for (size_t count = 0; count < COUNT(counts); count++)
        for (size_t last = 0; last < COUNT(lasts); last++)
            for (size_t way = 0; way < ways; way++) {
                struct mandate_state mandate = {.first = 101,
                    .last = lasts[last],
                    .count = counts[count],
                    .top = 100,
                    .role = "a/timestamp"};
                size_t rest = way;
                for (size_t i = 0; i < ORDERS; i++, rest /= COUNT(wants))
                    reserves(&mandate, wants[rest % COUNT(wants)],
                        mandate.top + wants[(way + i) % COUNT(wants)]);
            }
}

static void mandate__r12_reserves_to_the_very_last_number(void **unused)
{
    (void)unused;
    struct mandate_state mandate = {.first = 1,
        .last = LIMIT_VERSION,
        .count = LIMIT_VERSION,
        .reserved = LIMIT_VERSION - 2,
        .top = LIMIT_VERSION - 1};
    struct refusal refusal = {.rule = ""};
    uint64_t taken = 0;
    reserves(&mandate, 3, LIMIT_VERSION);
    reserves(&mandate, UINT64_MAX, LIMIT_VERSION);
    reserves(&mandate, 1, LIMIT_VERSION + 1);
    reserves(&mandate, 1, UINT64_MAX);
    assert_int_equal(mandate_reserve(&mandate, 1, LIMIT_VERSION, &taken, &refusal), OK);
    assert_int_equal(taken, 2);
    assert_int_equal(mandate.reserved, LIMIT_VERSION);
    assert_int_equal(mandate.top, LIMIT_VERSION);
    reserves(&mandate, 1, 1); // nothing is left
    assert_int_equal(mandate.reserved, LIMIT_VERSION);
}

// One seal serves two rounds of a Director; versions that were reserved stay so.
static void mandate__a_reservation_is_one_block(void **unused)
{
    (void)unused;
    struct mandate_state mandate = {.first = 101, .last = 100000, .count = 50000, .top = 100};
    struct refusal refusal = {.rule = ""};
    uint64_t taken = 0;
    assert_int_equal(mandate_reserve(&mandate, 1, 101, &taken, &refusal), OK);
    assert_int_equal(taken, LIMIT_BLOCK);
    assert_int_equal(mandate.top, 101 + LIMIT_BLOCK - 1);
    assert_int_equal(mandate_reserve(&mandate, 1, 150, &taken, &refusal), OK);
    assert_int_equal(mandate.top, 101 + LIMIT_BLOCK - 1);
    assert_int_equal(mandate.reserved, 2 * LIMIT_BLOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            mandate__r2_a_request_goes_one_way_and_names_vehicles_where_they_are_signed_for),
        cmocka_unit_test(mandate__r5_signs_for_no_vehicle_where_a_key_has_a_custodian),
        cmocka_unit_test(mandate__covers_what_each_of_its_lines_allows_and_nothing_else),
        cmocka_unit_test(
            mandate__r12_reserves_never_more_than_its_count_and_never_above_its_last),
        cmocka_unit_test(mandate__r12_reserves_to_the_very_last_number),
        cmocka_unit_test(mandate__a_reservation_is_one_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
