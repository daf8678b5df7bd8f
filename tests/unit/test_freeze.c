// Freezes: what one administrator can stop, and what nobody can.
#include "proto/motion.h"
#include "proto/record.h"
#include "tests/unit/samples.h"

static bool freeze_again(struct span text, struct bytes *out)
{
    struct freeze freeze;
    if (freeze_read(text, &freeze) != OK)
        return false;
    freeze_write(&freeze, out);
    return true;
}

static bool frozen_again(struct span text, struct bytes *out)
{
    struct frozen frozen;
    if (frozen_read(text, &frozen) != OK)
        return false;
    frozen_write(&frozen, out);
    return true;
}

#define FREEZE_LINES                                                                           \
    "administrator: " HASH_OF("2") "\n"                                                        \
                                   "charter: 4 " HASH_OF("3") "\n"                             \
                                                              "number: 2\n"                    \
                                                              "freeze: role image/targets\n"   \
                                                              "reason: the token of alice is " \
                                                              "gone\n"
static const char freeze_text[] =
    "conclave.freeze/v1\nappliance: " HASH_OF("1") "\n" FREEZE_LINES;
static const char frozen_text[] =
    "conclave.frozen/v1\ntime: 2026-12-01T00:00:00Z\nrequest: " HASH_OF(
        "5") "\n" FREEZE_LINES "signature: Zm9v\n";

static void freeze__one_byte_more_less_or_other_is_refused_or_stands_as_itself(void **state)
{
    (void)state;
    check_every_mutation(freeze_again, span_text(freeze_text));
    check_every_mutation(frozen_again, span_text(frozen_text));
}

static void freeze__is_held_to_what_a_freeze_must_be(void **state)
{
    (void)state;
    static const struct line_case cases[] = {
        {"administrator: " HASH_OF("2"), "administrator: none", false},
        {"charter: 4 " HASH_OF("3"), "charter: 4 none", false},
        {"charter: 4 ", "charter: 9223372036854775808 ", false},
        {"number: 2", "number: 0", false},
        {"number: 2", "number: 9007199254740992", false},
        {"number: 2", "number: 9007199254740991", true},
        {"reason: the", "reason:  the", false},
        {"reason: the token of alice is gone", "reason:", false},
        {"freeze: role image/targets", "freeze: none", false},
        {"freeze: role image/targets", "freeze: role", false},
        {"freeze: role image/targets", "freeze: role image", false},
        {"freeze: role image/targets", "freeze: role everything", false},
        {"freeze: role image/targets", "freeze: request", false},
        {"freeze: role image/targets", "freeze: request none", false},
        {"freeze: role image/targets", "freeze: request image/targets", false},
        {"freeze: role image/targets", "freeze: everything image/targets", false},
        {"freeze: role image/targets", "freeze: everything", true},
        {"freeze: role image/targets", "freeze: request " HASH_OF("9"), true},
        {"freeze: role image/targets", "freeze: role director/targets@VIN7", false},
        {"freeze: role image/targets", "freeze: mandate", false},
        {"freeze: role image/targets", "freeze: mandate image/targets", false},
        {"freeze: role image/targets", "freeze: mandate " HASH_OF("9"), false},
        {"freeze: role image/targets", "freeze: mandate image/targets none", false},
        {"freeze: role image/targets", "freeze: mandate a/b@c " HASH_OF("9"), false},
        {"freeze: role image/targets", "freeze: mandate conclave/keys " HASH_OF("9"), false},
        {"freeze: role image/targets", "freeze: mandate a/b " HASH_OF("9") " more", false},
        {"freeze: role image/targets", "freeze: mandate a/b " HASH_OF("9"), true},
    };
    CHECK_LINES(freeze_again, freeze_text, cases);
    CHECK_LINES(frozen_again, frozen_text, cases);
}

static void freeze__never_stops_a_charter_a_lift_or_the_time(void **state)
{
    (void)state;
    static const struct line_case cases[] = {
        {"role image/targets", "role conclave/charter", false},
        {"role image/targets", "role conclave/lift", false},
        {"role image/targets", "role conclave/time", false},
        {"role image/targets", "role conclave/freeze", false}, // and nobody asks for one
        {"role image/targets", "role conclave/keys", true},
        {"role image/targets", "role conclave/import", true},
        {"role image/targets", "role conclave/mandate", true},
        {"role image/targets", "role image/charter", true},
    };
    CHECK_LINES(freeze_again, freeze_text, cases);
    CHECK_LINES(frozen_again, frozen_text, cases);
}

static void freeze__of_nothing_that_is_known_is_not_written_as_something(void **state)
{
    (void)state;
    struct bytes out;
    bytes_init(&out, 1024);
    static const int unknown[] = {0, FREEZE_MANDATE + 1};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        struct freeze_of of = {.what = (enum freeze_what)unknown[i]};
        bytes_reset(&out);
        freeze_of_fields(&of, &out);
        assert_true(span_is(bytes_span(&out), " none"));
    }
    bytes_clear(&out);
}

static void freeze__what_it_stops_is_compared_whole(void **state)
{
    (void)state;
    const struct freeze_of different[] = {
        {.what = FREEZE_EVERYTHING},
        {.what = FREEZE_ROLE, .role = "image/targets"},
        {.what = FREEZE_ROLE, .role = "image/target"},
        {.what = FREEZE_REQUEST, .thing = made_up_hash(1)},
        {.what = FREEZE_REQUEST, .thing = made_up_hash(2)},
        {.what = FREEZE_MANDATE, .role = "image/targets", .thing = made_up_hash(2)},
        {.what = FREEZE_MANDATE, .role = "image/targets", .thing = made_up_hash(1)},
        {.what = FREEZE_MANDATE, .role = "image/target", .thing = made_up_hash(1)},
    };
    enum { COUNT = sizeof different / sizeof different[0] };
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++)
            assert_int_equal(freeze_of_equal(&different[i], &different[j]), i == j);
}

static void frozen__is_a_request_of_its_own_without_the_appliance(void **state)
{
    (void)state;
    struct frozen frozen;
    struct hash request;
    assert_int_equal(record_kind(span_text(frozen_text)), RECORD_FROZEN);
    assert_true(record_request(span_text(frozen_text), &request));
    assert_int_equal(request.byte[0], 0x55);
    // What it freezes may be a request too, and is not the one that the record is about.
    char other[sizeof frozen_text + 100];
    snprintf(other, sizeof other,
        "conclave.frozen/v1\ntime: 2026-12-01T00:00:00Z\nfreeze: request " HASH_OF(
            "9") "\nrequest: " HASH_OF("6") "\n");
    assert_true(record_request(span_text(other), &request));
    assert_int_equal(request.byte[0], 0x66);
    assert_int_equal(frozen_read(span_text(frozen_text), &frozen), OK);
    assert_true(hash_is_none(&frozen.freeze.appliance));
    assert_false(taken_with(frozen_again, span_text(frozen_text), "signature: Zm9v\n", ""));
    assert_false(taken_with(
        frozen_again, span_text(frozen_text), "request: " HASH_OF("5"), "request: none"));
}

// The vault rebuilds the statement from the record and the appliance, and so its id.
static void frozen__r3_gives_the_statement_back_byte_for_byte(void **state)
{
    (void)state;
    struct freeze freeze;
    struct frozen frozen = {.time = december, .signature_size = 3}, again;
    struct bytes record, statement;
    bytes_init(&record, LIMIT_RECORD);
    bytes_init(&statement, LIMIT_RECORD);
    assert_int_equal(freeze_read(span_text(freeze_text), &freeze), OK);
    frozen.freeze = freeze;
    frozen.request = request_id(span_text(freeze_text));
    frozen_write(&frozen, &record);
    assert_int_equal(frozen_read(bytes_span(&record), &again), OK);
    again.freeze.appliance = freeze.appliance;
    freeze_write(&again.freeze, &statement);
    assert_true(span_is(bytes_span(&statement), freeze_text));
    struct hash id = request_id(bytes_span(&statement));
    assert_true(hash_equal(&id, &again.request));
    bytes_clear(&record);
    bytes_clear(&statement);
}

static void frozen__r20_with_the_longest_reason_and_name_fits_a_leaf(void **state)
{
    (void)state;
    struct frozen frozen = {.time = december,
        .request = made_up_hash(1),
        .freeze = {.administrator = made_up_hash(2),
            .epoch = LIMIT_INDEX,
            .charter = made_up_hash(3),
            .number = LIMIT_VERSION,
            .of.what = FREEZE_ROLE},
        .signature_size = KEY_SIGNATURE_MOST};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    snprintf(frozen.freeze.of.role, LIMIT_ROLE_NAME + 1, "%050u/%050u", 1u, 2u);
    memset(frozen.freeze.reason, 0xff, LIMIT_SENTENCE);
    frozen_write(&frozen, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(frozen_read(bytes_span(&text), &frozen), OK);
    assert_false(taken_with(frozen_again, bytes_span(&text), "reason: ", "reason: x"));
    bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freeze__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(freeze__is_held_to_what_a_freeze_must_be),
        cmocka_unit_test(freeze__never_stops_a_charter_a_lift_or_the_time),
        cmocka_unit_test(freeze__of_nothing_that_is_known_is_not_written_as_something),
        cmocka_unit_test(freeze__what_it_stops_is_compared_whole),
        cmocka_unit_test(frozen__is_a_request_of_its_own_without_the_appliance),
        cmocka_unit_test(frozen__r3_gives_the_statement_back_byte_for_byte),
        cmocka_unit_test(frozen__r20_with_the_longest_reason_and_name_fits_a_leaf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
