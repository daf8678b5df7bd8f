// Prefixes of hashes, as people type them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/prefix.h"
#include "admin-cli/print.h"

#include <string.h>

static const struct hash first = {{0xab, 0xcd, 0xef, 0x01, 0x02}};
static const struct hash second = {{0xab, 0xcd, 0xef, 0x01, 0x03}};

static void prefix__refuses_what_is_no_beginning_of_a_hash(void **state)
{
    static const char *const bad[] = {"", "abcdef0", "ABCDEF01", "abcdef0g", "abcdef01 ",
        "sha256:", "sha256:abcdef0", "sha512:abcdef01", "sha256:sha256:abcdef01"};
    char hex[PRINT_HASH + 1];
    struct prefix prefix;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (prefix_read(bad[i], PREFIX_LEAST, &prefix))
            fail_msg("\"%s\" is none", bad[i]);
    hash_hex(&first, hex);
    assert_true(prefix_read(hex, PREFIX_LEAST, &prefix));
    memcpy(hex + PRINT_HASH - 1, "0", 2);
    assert_false(prefix_read(hex, PREFIX_LEAST, &prefix));
    assert_true(prefix_read("a", 1, &prefix));
    assert_false(prefix_read("", 1, &prefix));
}

static void prefix__finds_one_none_and_more_than_one(void **state)
{
    struct prefix prefix;
    (void)state;
    assert_true(prefix_read("sha256:abcdef01", PREFIX_LEAST, &prefix));
    assert_string_equal(prefix_words(&prefix), "no");
    assert_true(prefix_look(&prefix, &first));
    assert_int_equal(prefix.count, 1);
    assert_true(hash_equal(&prefix.found, &first));
    assert_true(prefix_look(&prefix, &second));
    assert_int_equal(prefix.count, 2);
    assert_string_equal(prefix_words(&prefix), "more than one");
    // It does not become one again.
    assert_true(prefix_look(&prefix, &second));
    assert_int_equal(prefix.count, 2);
}

static void prefix__the_same_hash_twice_is_one(void **state)
{
    struct prefix prefix;
    (void)state;
    assert_true(prefix_read("abcdef0102", PREFIX_LEAST, &prefix));
    assert_false(prefix_look(&prefix, &second));
    assert_true(prefix_look(&prefix, &first));
    assert_true(prefix_look(&prefix, &first));
    assert_int_equal(prefix.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefix__refuses_what_is_no_beginning_of_a_hash),
        cmocka_unit_test(prefix__finds_one_none_and_more_than_one),
        cmocka_unit_test(prefix__the_same_hash_twice_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
