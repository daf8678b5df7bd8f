// Mandates as texts: what a quorum approves, and the order under one.
#include "proto/motion.h"
#include "proto/record.h"
#include "tests/unit/samples.h"

static bool mandate_again(struct span text, struct bytes *out)
{
    struct mandate_motion motion;
    if (mandate_motion_read(text, &motion) != OK)
        return false;
    mandate_motion_write(&motion, out);
    return true;
}

static bool mandated_again(struct span text, struct bytes *out)
{
    static struct mandated mandated;
    if (mandated_read(text, &mandated) != OK)
        return false;
    mandated_write(&mandated, out);
    return true;
}

static const char mandate_text[] = "conclave.mandate/v1\n"
                                   "number: 3\n"
                                   "role: director/targets\n"
                                   "requester: " HASH_OF("2") "\n"
                                                              "versions: 101 100000\n"
                                                              "count: 50000\n"
                                                              "longest: 86400\n"
                                                              "until: 2027-11-22T00:00:00Z\n";

static const char mandated_text[] =
    "conclave.mandated/v1\n"
    "time: 2026-12-01T00:00:00Z\n"
    "request: " HASH_OF("1") "\n"
                             "requester: " HASH_OF(
                                 "2") "\n"
                                      "signature: Zm9v\n"
                                      "mandate: director/snapshot " HASH_OF(
                                          "3") "\n"
                                               "mandate: director/targets " HASH_OF("1") "\n";

static void mandate__one_byte_more_less_or_other_is_refused_or_stands_as_itself(void **state)
{
    (void)state;
    check_every_mutation(mandate_again, span_text(mandate_text));
    check_every_mutation(mandated_again, span_text(mandated_text));
}

static void mandate__is_held_to_what_a_mandate_must_be(void **state)
{
    (void)state;
    static const struct line_case cases[] = {
        {"number: 3", "number: 0", false},
        {"number: 3", "number: 03", false},
        {"number: 3", "number: 9007199254740992", false},
        {"number: 3", "number: 9007199254740991", true},
        {"role: director/targets", "role: director", false},
        {"role: director/targets", "role: none", false},
        {"role: director/targets", "role: director/targets@VIN7", false}, // of all vehicles
        {"requester: " HASH_OF("2"), "requester: none", false},
        {"versions: 101 100000", "versions: 0 100000", false},
        {"versions: 101 100000", "versions: 101 100", false},
        {"versions: 101 100000", "versions: 101", false},
        {"versions: 101 100000", "versions: 101 9007199254740992", false},
        {"versions: 101 100000", "versions: 101 18446744073709551717", false},
        {"versions: 101 100000", "versions: 101 101", true},
        {"versions: 101 100000", "versions: 1 9007199254740991", true},
        {"count: 50000", "count: 0", false},
        {"count: 50000", "count: -1", false},
        {"count: 50000", "count: none", false},
        {"count: 50000", "count: 9007199254740992", false},
        {"count: 50000", "count: 9007199254740991", true},
        {"longest: 86400", "longest: 0", false},
        {"longest: 86400", "longest: 31622401", false},
        {"longest: 86400", "longest: 31622400", true},
        {"until: 2027-11-22T00:00:00Z", "until: none", false},
        {"until: 2027-11-22T00:00:00Z", "until: 2027-02-29T00:00:00Z", false},
        {"count: 50000\n", "", false},
        {"count: 50000\n", "count: 50000\ncount: 50000\n", false},
    };
    CHECK_LINES(mandate_again, mandate_text, cases);
}

static void mandated__is_held_to_what_an_order_under_mandates_must_be(void **state)
{
    (void)state;
    static const struct line_case cases[] = {
        {"request: " HASH_OF("1"), "request: none", false},
        {"requester: " HASH_OF("2"), "requester: none", false},
        {"signature: Zm9v", "signature:", false}, {"signature: Zm9v", "signature: Zm9", false},
        {"mandate: director/snapshot " HASH_OF("3"), "mandate: director/snapshot none", false},
        {"mandate: director/snapshot " HASH_OF("3"), "mandate: director/snapshot", false},
        {"mandate: director/snapshot", "mandate: director/snapshot@VIN7", false},
        {"mandate: director/snapshot", "mandate: director/targets", false}, // no role twice
        {"mandate: director/snapshot", "mandate: director/timestamp", false},
        {"mandate: director/snapshot " HASH_OF("3") "\n", "", true},
        {"mandate: director/snapshot", "mandate: director/root", true}, // the charter's to say
    };
    CHECK_LINES(mandated_again, mandated_text, cases);
    const size_t lines = strlen("mandate: director/snapshot " HASH_OF("3") "\n") +
                         strlen("mandate: director/targets " HASH_OF("1") "\n");
    struct bytes out;
    bytes_init(&out, LIMIT_RECORD);
    struct span without = span_of(mandated_text, strlen(mandated_text) - lines);
    assert_false(mandated_again(without, &out)); // under none
    bytes_clear(&out);
}

static void mandated__is_what_its_title_says(void **state)
{
    (void)state;
    assert_int_equal(record_kind(span_text(mandated_text)), RECORD_MANDATED);
    assert_string_equal(record_title(RECORD_MANDATED), "conclave.mandated/v1");
    assert_string_equal(record_kind_text(RECORD_MANDATED), "mandated");
}

static void mandated__r20_under_the_most_mandates_fits_a_leaf(void **state)
{
    (void)state;
    static struct mandated mandated;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    mandated = (struct mandated){.time = december,
        .request = made_up_hash(1),
        .requester = made_up_hash(2),
        .signature_size = KEY_SIGNATURE_MOST,
        .mandate_count = LIMIT_MANDATES};
    for (unsigned i = 0; i < LIMIT_MANDATES; i++) {
        snprintf(mandated.mandates[i].role, LIMIT_ROLE_NAME + 1, "%050u/%050u", i, i);
        mandated.mandates[i].text = made_up_hash(i);
    }
    mandated_write(&mandated, &text);
    assert_int_equal(bytes_finish(&text), OK);
    assert_int_equal(mandated_read(bytes_span(&text), &mandated), OK);
    assert_int_equal(mandated.mandate_count, LIMIT_MANDATES);
    bytes_add_text(&text, "mandate: z/z " HASH_OF("1") "\n");
    assert_int_equal(mandated_read(bytes_span(&text), &mandated), ERR_FORM);
    bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mandate__one_byte_more_less_or_other_is_refused_or_stands_as_itself),
        cmocka_unit_test(mandate__is_held_to_what_a_mandate_must_be),
        cmocka_unit_test(mandated__is_held_to_what_an_order_under_mandates_must_be),
        cmocka_unit_test(mandated__is_what_its_title_says),
        cmocka_unit_test(mandated__r20_under_the_most_mandates_fits_a_leaf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
