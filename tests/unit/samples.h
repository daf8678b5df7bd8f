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
