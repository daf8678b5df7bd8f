// Which roles a charter lets mandates sign, and what such roles must not have.
#include "policy/charter_mandates.h"
#include "policy/charter_rules.h"
#include "tests/unit/charter_house.h"
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

// Each role by quorum.
static struct charter *house_with_vehicles(void)
{
    struct charter *charter = mandate_draft();
    for (size_t i = 0; i < charter->role_count; i++)
        charter->roles[i].by_mandate = false;
    return charter;
}

static void expect_by_mandate(const char *name, const char *rule, const char *sentence)
{
    struct charter *charter = house_with_vehicles();
    mandate_role(charter, name)->by_mandate = true;
    expect_charter(charter, rule == NULL ? OK : ERR_REFUSED, rule, sentence);
}

static void mandate__r2_signs_timestamps_snapshots_and_a_directors_targets_alone(void **unused)
{
    (void)unused;
    static const char *const never[] = {
        "director/root", "director/supplier", "image/root", "image/targets"};
    static const char *const may[] = {"director/snapshot", "director/targets",
        "director/timestamp", "image/snapshot", "image/timestamp"};
    for (size_t i = 0; i < COUNT(never); i++)
        expect_by_mandate(never[i], "R2",
            "mandates sign timestamps, snapshots and a Director's targets only");
    for (size_t i = 0; i < COUNT(may); i++)
        expect_by_mandate(may[i], NULL, NULL);
}

static void mandate__r17_has_a_count_and_no_rate_delay_or_time_for_approvals(void **unused)
{
    (void)unused;
    static const struct {
        const char *field;
        struct role has;
    } cases[] = {
        {"delay", {.delay = 60}},
        {"approve_within", {.within = 86400}},
        {"rate", {.rate = 4, .rate_seconds = 86400}},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int by_mandate = 0; by_mandate < 2; by_mandate++) {
            struct charter *charter = house_with_vehicles();
            struct charter_place where;
            struct refusal refusal = {.rule = ""};
            struct role *role = mandate_role(charter, "image/timestamp");
            role->by_mandate = by_mandate;
            role->delay = cases[i].has.delay;
            role->within = cases[i].has.within;
            role->rate = cases[i].has.rate;
            role->rate_seconds = cases[i].has.rate_seconds;
            enum err err = charter_rules(charter, &where, &refusal);
            assert_int_equal(err, by_mandate ? ERR_REFUSED : OK);
            if (by_mandate) {
                assert_string_equal(refusal.rule, "R17");
                assert_string_equal(where.field, cases[i].field);
                assert_ptr_equal(&charter->roles[where.index], role);
            }
            charter_free(charter);
        }
}

static void give_custodian(struct charter *charter, const char *name)
{
    const struct role *role = mandate_role(charter, name);
    size_t at = 0;
    while (&charter->roles[charter->keys[at].role] != role)
        at++;
    charter->keys[at].has_custodian = true;
    charter->keys[at].custodian = 1;
}

static void mandate__r5_nobody_is_custodian_where_nobody_is_present(void **unused)
{
    (void)unused;
    static const struct {
        const char *role;
        bool by_mandate, good;
    } cases[] = {
        {"image/timestamp", true, false},
        {"image/snapshot", true, false},
        {"director/targets", true, false},
        {"image/timestamp", false, true},
        {"director/root", false, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct charter *charter = house_with_vehicles();
        mandate_role(charter, cases[i].role)->by_mandate = cases[i].by_mandate;
        give_custodian(charter, cases[i].role);
        expect_charter(
            charter, cases[i].good ? OK : ERR_REFUSED, "R5", "leave the custodian out");
    }
}

// Of a charter that is made now; one of version 0.2.0, which knew no vehicles, is in force still.
static void charter__r5_nobody_is_custodian_for_a_vehicle_at_a_time(void **unused)
{
    (void)unused;
    static const struct {
        const char *role;
        bool good;
    } cases[] = {
        {"director/targets", false},
        {"director/snapshot", false},
        {"director/timestamp", false},
        {"director/root", true},
        {"image/targets", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct charter *charter = house_with_vehicles();
        struct charter_place where;
        struct refusal refusal = {.rule = ""};
        assert_int_equal(vehicles_rules(charter, &where, &refusal), OK);
        give_custodian(charter, cases[i].role);
        enum err err = vehicles_rules(charter, &where, &refusal);
        assert_int_equal(err, cases[i].good ? OK : ERR_REFUSED);
        if (!cases[i].good) {
            assert_string_equal(refusal.rule, "R5");
            assert_non_null(strstr(refusal.sentence, "leave the custodian out"));
            assert_string_equal(charter->roles[where.index].name, cases[i].role);
        }
        expect_charter(charter, OK, NULL, NULL); // frees it
    }
}

static void mandate__stands_in_the_charter_as_it_is_read(void **unused)
{
    (void)unused;
    struct charter *charter = house_with_vehicles(), *again = charter_new();
    struct refusal refusal = {.rule = ""};
    mandate_role(charter, "director/targets")->by_mandate = true;
    struct bytes text = house_text(charter);
    assert_non_null(memmem(text.data, text.size, " quorum 2 by mandate least ", 26));
    assert_int_equal(charter_read(bytes_span(&text), again, &refusal), OK);
    for (size_t i = 0; i < again->role_count; i++)
        assert_int_equal(
            again->roles[i].by_mandate, strcmp(again->roles[i].name, "director/targets") == 0);
    struct bytes back = house_text(again);
    assert_true(span_equal(bytes_span(&text), bytes_span(&back)));
    bytes_clear(&text);
    bytes_clear(&back);
    charter_free(charter);
    charter_free(again);
}

// ---- items of vehicles ----

static void charter__finds_a_role_by_the_items_of_its_vehicles(void **unused)
{
    (void)unused;
    struct charter *charter = house_with_vehicles();
    const struct role *targets = charter_role(charter, "director/targets");
    assert_ptr_equal(charter_role(charter, "director/targets@VIN7"), targets);
    assert_null(charter_role(charter, "director/target@VIN7"));
    assert_null(charter_role(charter, "directors/targets@VIN7"));
    assert_true(charter_for_vehicles(charter, targets));
    assert_true(charter_for_vehicles(charter, charter_role(charter, "director/supplier")));
    assert_false(charter_for_vehicles(charter, charter_role(charter, "director/root")));
    assert_false(charter_for_vehicles(charter, charter_role(charter, "image/targets")));
    for (size_t i = 0; i < charter->key_count; i++) {
        const struct role_key *key = &charter->keys[i];
        bool is = &charter->roles[key->role] == targets;
        assert_int_equal(charter_key_of(charter, key, "director/targets@VIN7"), is);
        assert_int_equal(charter_key_of(charter, key, "director/targets"), is);
    }
    charter_free(charter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mandate__r2_signs_timestamps_snapshots_and_a_directors_targets_alone),
        cmocka_unit_test(mandate__r17_has_a_count_and_no_rate_delay_or_time_for_approvals),
        cmocka_unit_test(charter__r5_nobody_is_custodian_for_a_vehicle_at_a_time),
        cmocka_unit_test(mandate__r5_nobody_is_custodian_where_nobody_is_present),
        cmocka_unit_test(mandate__stands_in_the_charter_as_it_is_read),
        cmocka_unit_test(charter__finds_a_role_by_the_items_of_its_vehicles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
