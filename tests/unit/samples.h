// Values that tests of texts are filled with, the same in every run.
#ifndef CONCLAVE_TESTS_UNIT_SAMPLES_H
#define CONCLAVE_TESTS_UNIT_SAMPLES_H

#include "proto/statement.h"
#include "tests/unit/mutation.h"

#include <stdio.h>

static inline struct hash made_up_hash(unsigned number)
{
    uint8_t seed[] = {(uint8_t)(number >> 8), (uint8_t)number};
    return hash_of(span_of(seed, sizeof seed));
}

static const moment december = 1796083200; // 2026-12-01T00:00:00Z

static inline struct item made_up_item(const char *role, uint64_t version, unsigned payload)
{
    struct item item = {.version = version, .payload = made_up_hash(payload)};
    assert_true(strlen(role) <= LIMIT_ROLE_NAME);
    memcpy(item.role, role, strlen(role) + 1);
    return item;
}

// A hash of one digit, 64 times, as it stands in a text; they ascend with their digit.
#define EIGHT_OF(digit) digit digit digit digit digit digit digit digit
#define HASH_OF(digit)                                                                         \
    "sha256:" EIGHT_OF(digit) EIGHT_OF(digit) EIGHT_OF(digit) EIGHT_OF(digit) EIGHT_OF(digit)  \
        EIGHT_OF(digit) EIGHT_OF(digit) EIGHT_OF(digit)

// Whether `text` is taken with `to` in the place of the first `from`, which must be there.
static inline bool taken_with(
    mutation_again *again, struct span text, const char *from, const char *to)
{
    struct bytes changed, out;
    size_t size = strlen(from);
    const uint8_t *at = memmem(text.data, text.size, from, size);
    assert_non_null(at);
    bytes_init(&changed, 2 * LIMIT_RECORD);
    bytes_init(&out, 2 * LIMIT_RECORD);
    size_t before = (size_t)(at - text.data);
    bytes_add(&changed, span_of(text.data, before));
    bytes_add_text(&changed, to);
    bytes_add(&changed, span_of(at + size, text.size - before - size));
    assert_int_equal(bytes_finish(&changed), OK);
    bool taken = again(bytes_span(&changed), &out);
    if (taken)
        assert_true(span_equal(bytes_span(&out), bytes_span(&changed)));
    bytes_clear(&changed);
    bytes_clear(&out);
    return taken;
}

// One line changed, and whether the text is then still taken.
struct line_case {
    const char *from;
    const char *to;
    bool good;
};
static inline void check_lines(
    mutation_again *again, struct span text, const struct line_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (taken_with(again, text, cases[i].from, cases[i].to) != cases[i].good)
            fail_msg("%s -> %s", cases[i].from, cases[i].to);
}
#define CHECK_LINES(again, text, cases)                                                        \
    check_lines(again, span_text(text), cases, sizeof(cases) / sizeof((cases)[0]))

// Every one-bit flip, and bytes with a meaning of their own put in everywhere.
static inline void check_every_mutation(mutation_again *again, struct span text)
{
    static const uint8_t flips[] = {1, 2, 4, 8, 16, 32, 64, 128};
    struct bytes same;
    bytes_init(&same, LIMIT_RECORD);
    assert_true(again(text, &same));
    assert_true(span_equal(bytes_span(&same), text));
    bytes_clear(&same);
    struct mutation_count count = mutate(again, text, flips, sizeof flips);
    assert_true(count.refused > 0);
    count = mutate_inserting(again, text, span_of(" \n\r%:0aA=/.\0\x7f\xff", 14));
    assert_true(count.refused > 0);
}

#endif
