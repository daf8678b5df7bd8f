// What is held against the order of a struct world.
#include "tests/unit/order_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static size_t row_named(const char *name)
{
    for (size_t i = 0; i < judge_rows; i++)
        if (strcmp(judge_table[i].name, name) == 0)
            return i;
    fail_msg("no row is named %s", name);
    return 0;
}

void taken(struct world *world, void (*bending)(struct world *world, enum step step))
{
    struct refusal refusal = {0};
    world->bend = bending;
    world_build(world);
    enum err err = judge(&world->judged, false, &refusal);
    world->bend = NULL;
    if (err != OK)
        fail_msg("refused by %s: %s", refusal.rule, refusal.sentence);
}

void refused_with(struct world *world, const char *name, const char *rule,
    void (*bending)(struct world *world, enum step step), enum alone alone)
{
    struct judge_row rows[64];
    struct refusal refusal = {0}, without = {0};
    size_t row = row_named(name), count = 0;
    assert_true(judge_rows <= 64);
    world->bend = bending;
    world_build(world);
    assert_int_equal(judge(&world->judged, false, &refusal), ERR_REFUSED);
    // The row and no other: it refuses when all before it have been passed.
    assert_string_equal(refusal.rule, rule);
    assert_int_equal(judge_by(judge_table, row, &world->judged, false, &without), OK);
    assert_true(strlen(refusal.sentence) > 10);
    for (size_t i = 0; i < judge_rows; i++)
        if (i != row)
            rows[count++] = judge_table[i];
    world_build(world);
    enum err err = judge_by(rows, count, &world->judged, false, &without);
    if (alone == ALONE)
        assert_int_equal(err, OK);
    else
        assert_string_not_equal(without.sentence, refusal.sentence);
    world->bend = NULL;
}

void refused_by(struct world *world, const char *name,
    void (*bending)(struct world *world, enum step step), enum alone alone)
{
    refused_with(world, name, judge_table[row_named(name)].rule, bending, alone);
}
