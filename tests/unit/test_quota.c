// Quotas (R17): what a key may ask for on one day.
#include "signer/keeper/quota.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const moment midnight = 20000LL * 24 * 3600;

struct fixture {
    struct quotas *quotas;
    struct key key;
    struct quota quota;
    struct asking asking;
    struct refusal refusal;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->quotas = calloc(1, sizeof *fixture->quotas);
    fixture->key.id = hash_of(span_text("service"));
    fixture->quota = (struct quota){.open = 2, .bytes = 100, .records = 3};
    fixture->asking =
        (struct asking){"service", "release-desk", &fixture->key, &fixture->quota};
    quotas_begin(fixture->quotas, midnight);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    free(fixture->quotas);
    free(fixture);
    return 0;
}

static enum err charge(struct fixture *fixture, uint64_t open, uint64_t bytes)
{
    const struct quota_ask ask = {.opens = true, .open = open, .bytes = bytes};
    fixture->refusal = (struct refusal){0};
    return quotas_charge(fixture->quotas, &fixture->asking, &ask, &fixture->refusal);
}

static void is_over(struct fixture *fixture, uint64_t open, uint64_t bytes, const char *words)
{
    assert_int_equal(charge(fixture, open, bytes), ERR_REFUSED);
    assert_string_equal(fixture->refusal.rule, "R17");
    if (strstr(fixture->refusal.sentence, words) == NULL)
        fail_msg("not \"%s\": %s", words, fixture->refusal.sentence);
}

static void quota__r17_bounds_what_is_open(void **state)
{
    struct fixture *fixture = *state;
    is_over(fixture, 2, 1, "2 open requests");
    is_over(fixture, 3, 1, "3 open requests");
    assert_int_equal(charge(fixture, 1, 1), OK);
}

static void quota__r17_bounds_the_bytes_of_a_day(void **state)
{
    struct fixture *fixture = *state;
    is_over(fixture, 0, 101, "101 bytes");
    is_over(fixture, 0, UINT64_MAX, "bytes");
    assert_int_equal(charge(fixture, 0, 60), OK);
    is_over(fixture, 0, 41, "used 60");
    assert_int_equal(charge(fixture, 0, 40), OK);
    is_over(fixture, 0, 1, "used 100");
}

static void quota__r17_bounds_the_records_of_a_day(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(charge(fixture, 0, 0), OK);
    is_over(fixture, 0, 0, "3 records of today");
}

static void quota__r17_statements_open_nothing_and_are_counted(void **state)
{
    struct fixture *fixture = *state;
    const struct quota_ask statement = {.opens = false, .open = 99};
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            quotas_charge(fixture->quotas, &fixture->asking, &statement, &fixture->refusal),
            OK);
    assert_int_equal(
        quotas_charge(fixture->quotas, &fixture->asking, &statement, &fixture->refusal),
        ERR_REFUSED);
}

static void quota__what_was_not_used_comes_back(void **state)
{
    struct fixture *fixture = *state;
    struct hash stranger = hash_of(span_text("stranger"));
    assert_int_equal(charge(fixture, 0, 100), OK);
    quotas_return(fixture->quotas, &fixture->key.id, 100, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(charge(fixture, 0, 33), OK);
    is_over(fixture, 0, 0, "records");
    // Charged on another day: it is not less than nothing.
    quotas_return(fixture->quotas, &fixture->key.id, 1000, 1000);
    assert_int_equal(charge(fixture, 0, 100), OK);
    is_over(fixture, 0, 1, "bytes");
    quotas_return(fixture->quotas, &stranger, 1, 1);
}

static void quota__each_key_has_its_own(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(charge(fixture, 0, 0), OK);
    fixture->key.id = hash_of(span_text("laptop"));
    assert_int_equal(charge(fixture, 0, 0), OK);
}

static void quota__r17_one_record_says_how_often_it_went_over(void **state)
{
    struct fixture *fixture = *state;
    struct quota_record record;
    assert_int_equal(charge(fixture, 0, 1), OK);
    assert_false(quotas_record(&fixture->quotas->at[0], midnight, &record));
    is_over(fixture, 0, 101, "101 bytes");
    is_over(fixture, 7, 1, "7 open");
    assert_int_equal(fixture->quotas->count, 1);
    assert_true(quotas_record(&fixture->quotas->at[0], midnight + 9, &record));
    assert_int_equal(record.time, midnight + 9);
    assert_memory_equal(&record.from, &fixture->key.id, sizeof record.from);
    assert_int_equal(record.count, 2);
    assert_string_equal(record.rule, "R17");
    assert_non_null(strstr(record.why, "101 bytes")); // the first
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    quota_record_write(&record, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(quota_record_read(bytes_span(&text), &record), OK);
    bytes_clear(&text);
}

static void quota__a_day_ends_at_midnight_utc(void **state)
{
    struct fixture *fixture = *state;
    assert_false(quotas_is_over(fixture->quotas, midnight));
    assert_false(quotas_is_over(fixture->quotas, midnight + 24 * 3600 - 1));
    assert_true(quotas_is_over(fixture->quotas, midnight + 24 * 3600));
    assert_true(quotas_is_over(fixture->quotas, midnight - 1));
    for (int i = 0; i < 3; i++)
        assert_int_equal(charge(fixture, 0, 0), OK);
    quotas_begin(fixture->quotas, midnight + 24 * 3600);
    assert_false(quotas_is_over(fixture->quotas, midnight + 24 * 3600));
    assert_int_equal(charge(fixture, 0, 0), OK);
}

static void name_key(struct fixture *fixture, unsigned number)
{
    char name[32];
    snprintf(name, sizeof name, "key %u", number);
    fixture->key.id = hash_of(span_text(name));
}

static void quota__r20_counts_a_named_number_of_keys(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned i = 0; i < QUOTA_KEYS_MOST; i++) {
        name_key(fixture, i);
        assert_int_equal(charge(fixture, 0, 0), OK);
    }
    name_key(fixture, QUOTA_KEYS_MOST);
    is_over(fixture, 0, 0, "more keys");
    name_key(fixture, 0);
    assert_int_equal(charge(fixture, 0, 0), OK);
}

static void quota__keeps_of_a_former_charter_only_who_went_over(void **state)
{
    struct fixture *fixture = *state;
    struct charter *charter = charter_new();
    name_key(fixture, 1);
    is_over(fixture, 2, 0, "open");
    name_key(fixture, 2);
    assert_int_equal(charge(fixture, 0, 70), OK);
    charter->requesters[0].key.id = fixture->key.id;
    charter->requester_count = 1;
    name_key(fixture, 3);
    assert_int_equal(charge(fixture, 0, 0), OK);
    assert_int_equal(fixture->quotas->count, 3);
    quotas_keep(fixture->quotas, charter);
    assert_int_equal(fixture->quotas->count, 2);
    name_key(fixture, 2);
    is_over(fixture, 0, 31, "used 70");
    charter_free(charter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quota__r17_bounds_what_is_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            quota__r17_bounds_the_bytes_of_a_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            quota__r17_bounds_the_records_of_a_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            quota__r17_statements_open_nothing_and_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quota__what_was_not_used_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quota__each_key_has_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            quota__r17_one_record_says_how_often_it_went_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quota__a_day_ends_at_midnight_utc, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            quota__r20_counts_a_named_number_of_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            quota__keeps_of_a_former_charter_only_who_went_over, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
