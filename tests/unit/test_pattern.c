// Patterns of delegated roles (metadata/pattern.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/pattern.h"

#include <string.h>

enum { PLENTY = 100000 };

// Of the two dialects: T where `tuf` says yes, U where `uptane` does.
struct row {
    const char *pattern, *text, *yes;
};

typedef bool (*question)(
    enum dialect dialect, struct span pattern, struct span text, uint64_t *steps);

static void hold(question ask, const struct row *rows, size_t count)
{
    static const struct {
        enum dialect dialect;
        char letter;
    } dialects[] = {{DIALECT_TUF, 'T'}, {DIALECT_UPTANE, 'U'}};
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < 2; d++) {
            uint64_t steps = PLENTY;
            bool expected = strchr(rows[i].yes, dialects[d].letter) != NULL;
            if (ask(dialects[d].dialect, span_text(rows[i].pattern), span_text(rows[i].text),
                    &steps) != expected)
                fail_msg("%c: %s, %s", dialects[d].letter, rows[i].pattern, rows[i].text);
        }
}

static void pattern__matches_what_clients_match(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a", "b", ""},
        {"a", "", ""},
        {"a", "ab", ""},
        {"ab", "a", ""},
        {"a?", "a", ""},
        {"a?c", "a/c", "U"},
        {"a/*", "a/b/c", "U"},
        {"a/*", "ab", ""},
        {"a/*/c", "a/c", ""},
        {"*b", "abc", ""},
        {"a*b*c", "a-c-b", ""},
        {"[ab]", "a", ""},
        {"a", "a", "TU"},
        {"a?c", "a*c", "TU"},
        {"a/*", "a/", "TU"},
        {"a/*", "a/b", "TU"},
        {"a/*/c", "a/b/c", "TU"},
        {"a/*/c", "a/b/x/c", "U"},
        {"*.bin", "x.bin.bin", "TU"},
        {"a*b*c", "a-b-b-c-c", "TU"},
        {"a**", "abc", "TU"},
        {"*a?c*/d", "aabc--abc/d", "TU"},
        {"[ab]", "[ab]", "TU"},
    };
    hold(pattern_matches, rows, sizeof rows / sizeof rows[0]);
}

static void pattern__covers_only_what_matches_no_more(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a", "b", ""},
        {"a", "*", ""},
        {"a?", "a*", ""},
        {"a*b", "a*", ""},
        {"a*", "*", ""},
        {"a/*", "a/*/b", "U"},
        {"a?b", "a?b", "TU"},
        {"a*", "a?b*", "TU"},
        {"a*", "a*b", "TU"},
        {"a/*", "a/b?", "TU"},
        {"*", "*", "TU"},
    };
    hold(pattern_covers, rows, sizeof rows / sizeof rows[0]);
}

// Whatever a supplier writes, and even a pattern that would match.
static void pattern__r20_matches_nothing_without_steps(void **state)
{
    (void)state;
    uint64_t steps = 3;
    assert_false(pattern_matches(DIALECT_UPTANE, span_text("a*b"), span_text("aaaab"), &steps));
    assert_int_equal(steps, 0);
    assert_false(pattern_matches(DIALECT_UPTANE, span_text("a"), span_text("a"), &steps));
}

static void pattern__hash_prefixes_are_of_the_paths_hash(void **state)
{
    (void)state;
    static const struct {
        const char *patterns;
        bool yes;
    } rows[] = {
        // The SHA-256 of "a" begins with ca978112ca1b.
        {"[\"ca978112ca1c\"]", false},
        {"[\"00\",\"a\"]", false},
        {"[\"00\",\"ca978112ca1b\"]", true},
        {"[\"c\"]", true},
    };
    uint64_t steps = PLENTY;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tuf_delegation role = {
            .hash_prefixes = true, .patterns = span_text(rows[i].patterns)};
        assert_int_equal(
            pattern_delegates(DIALECT_TUF, &role, span_text("a"), &steps), rows[i].yes);
    }
    struct tuf_delegation paths = {.patterns = span_text("[\"b\",\"a*\"]")};
    assert_true(pattern_delegates(DIALECT_TUF, &paths, span_text("a"), &steps));
    assert_false(pattern_delegates(DIALECT_TUF, &paths, span_text("c"), &steps));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pattern__matches_what_clients_match),
        cmocka_unit_test(pattern__covers_only_what_matches_no_more),
        cmocka_unit_test(pattern__r20_matches_nothing_without_steps),
        cmocka_unit_test(pattern__hash_prefixes_are_of_the_paths_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
