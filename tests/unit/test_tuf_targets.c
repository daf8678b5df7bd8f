// The entries of a Targets: their paths, and that keeping them is reading them (metadata/tuf.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/tuf.h"

#include <string.h>

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct tuf tuf; // large, and used by one test at a time

static struct bytes targets_named(const char *letters)
{
    struct bytes out;
    bytes_init(&out, 4096);
    bytes_add_text(&out, "{\"_type\":\"targets\",\"expires\":\"2027-01-01T00:00:00Z\","
                         "\"spec_version\":\"1.0.31\",\"targets\":{");
    for (const char *at = letters; *at != 0; at++)
        bytes_add_format(&out, "%s\"%c\":{\"hashes\":{\"sha256\":\"" HEX "\"},\"length\":1}",
            at == letters ? "" : ",", *at);
    bytes_add_text(&out, "},\"version\":1}");
    assert_int_equal(bytes_finish(&out), OK);
    return out;
}

// What stands between two names that differ by case does not hide them.
static void tuf__paths_are_unique_without_regard_to_case_in_any_order(void **state)
{
    (void)state;
    static const char *const bad[] = {"Aa", "ABa", "ABb", "ABCabc", "A_a", "CZac", "XYZy"};
    static const char *const good[] = {"", "A", "Ba", "ACb", "Z_ab", "BCDaef", "abz"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct bytes payload = targets_named(bad[i]);
        struct refusal refusal = {0};
        assert_int_equal(
            tuf_read(DIALECT_TUF, bytes_span(&payload), &tuf, &refusal), ERR_REFUSED);
        assert_non_null(strstr(refusal.sentence, "differ only by case"));
        bytes_clear(&payload);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct bytes payload = targets_named(good[i]);
        struct refusal refusal = {0};
        assert_int_equal(tuf_read(DIALECT_TUF, bytes_span(&payload), &tuf, &refusal), OK);
        bytes_clear(&payload);
    }
}

static void assert_same_entry(const struct tuf_target *a, const struct tuf_target *b)
{
    assert_true(span_equal(a->path, b->path));
    assert_true(a->length == b->length);
    assert_true(span_equal(a->sha256, b->sha256));
    assert_true(span_equal(a->sha512, b->sha512));
    assert_true(span_equal(a->custom, b->custom));
}

// Of which only the second has all that an entry may have.
static const char three[] =
    "{\"_type\":\"targets\",\"expires\":\"2027-01-01T00:00:00Z\",\"spec_version\":\"1.0.31\","
    "\"targets\":{\"a\":{\"hashes\":{\"sha256\":\"" HEX "\"},\"length\":1},"
    "\"b\":{\"custom\":{},\"hashes\":{\"sha256\":\"" HEX "\",\"sha512\":\"" HEX HEX
    "\"},\"length\":2},\"c\":{\"hashes\":{\"sha256\":\"" HEX "\"},\"length\":3}},"
    "\"version\":1}";

static void tuf__kept_entries_are_those_that_are_read_again(void **state)
{
    (void)state;
    struct tuf_entries entries = {0};
    struct refusal refusal = {0};
    struct tuf_target kept, again;
    size_t count = 0;
    assert_int_equal(
        tuf_read_entries(DIALECT_TUF, span_text(three), &entries, &tuf, &refusal), OK);
    struct tuf_targets keeping = tuf_targets_of(&tuf);
    tuf.entries = NULL;
    struct tuf_targets reading = tuf_targets_of(&tuf);
    for (; tuf_targets_next(&reading, &again); count++) {
        assert_true(tuf_targets_next(&keeping, &kept));
        assert_same_entry(&kept, &again);
    }
    assert_int_equal(count, 3);
    assert_false(tuf_targets_next(&keeping, &kept));
    tuf_entries_clear(&entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tuf__paths_are_unique_without_regard_to_case_in_any_order),
        cmocka_unit_test(tuf__kept_entries_are_those_that_are_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
