// The lines of two charters side by side (metadata/charter_text.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/charter_text.h"
#include "tests/unit/motion_world.h"

#include <stdio.h>
#include <string.h>

// Two texts, and what the walk says of them: a letter a line, of unchanged, added, removed, changed.
static void expect_walk(const char *now, const char *last, const char *expected)
{
    static const char letters[] = {[CHANGE_NONE] = '=',
        [CHANGE_ADDED] = '+',
        [CHANGE_REMOVED] = '-',
        [CHANGE_CHANGED] = '!'};
    struct charter_walk walk = charter_walk_of(span_text(now), span_text(last));
    enum change change;
    char found[64] = "";
    size_t size = 0;
    for (; charter_walk_here(&walk, &change) && size + 1 < sizeof found;
         charter_walk_on(&walk, change))
        found[size++] = letters[change];
    assert_string_equal(found, expected);
}

static void charter_text__tells_added_removed_changed_and_unchanged_lines(void **state)
{
    (void)state;
    expect_walk("", "", "");
    expect_walk("conclave.charter/v1\n", "conclave.charter/v1\n", "=");
    expect_walk("conclave.charter/v2\n", "conclave.charter/v1\n", "!");
    expect_walk("epoch: 2\n", "epoch: 1\n", "!");
    expect_walk("administrator: a k\nadministrator: c k\n",
        "administrator: a k\nadministrator: b k\nadministrator: c x\n", "=-!");
    // A name that is the beginning of another.
    expect_walk("group: a x\ngroup: ab x\n", "group: ab x\n", "+=");
    // Keys are named by role and hash, and stand in the order of both.
    expect_walk("key: i/r ed25519 h1 s custodian none\nkey: i/r ed25519 h3 s custodian none\n",
        "key: i/r ed25519 h1 s custodian a\nkey: i/r ed25519 h2 s custodian none\n", "!-+");
    expect_walk("key: i/s ed25519 h1 s custodian none\n",
        "key: i/r ed25519 h1 s custodian none\n", "-+");
    // The order of names is a charter's, not the alphabet's.
    expect_walk("repository: a tuf\nrole: a/r x\n", "requester: a x\nkey: a/r t h s\n", "-++-");
    // A line of its own name stands for itself even where both have it.
    expect_walk("charter: group a quorum 2 delay none\n",
        "charter: group a quorum 3 delay none\n", "!");
}

static void count_lines(const char *text, size_t *count)
{
    for (*count = 0; *text != 0; text++)
        *count += *text == '\n';
}

// Each line of both texts comes once, whatever is cut out of either.
static void charter_text__r14_no_line_of_either_is_left_out(void **state)
{
    (void)state;
    struct motion_world world;
    motion_world_init(&world);
    bytes_add_u8(&world.charter_text, 0);
    const char *text = (const char *)world.charter_text.data;
    size_t all;
    count_lines(text, &all);
    assert_true(all > 15);
    const char *line = text;
    for (size_t i = 0; i < all; i++) {
        const char *end = strchr(line, '\n') + 1;
        struct bytes less;
        bytes_init(&less, world.charter_text.size);
        bytes_add(&less, span_of(text, (size_t)(line - text)));
        bytes_add_text(&less, end);
        bytes_add_u8(&less, 0);
        char expected[64] = "";
        memset(expected, '=', all);
        expected[i] = '+';
        expect_walk(text, (const char *)less.data, expected);
        expected[i] = '-';
        expect_walk((const char *)less.data, text, expected);
        bytes_clear(&less);
        line = end;
    }
    motion_world_clear(&world);
}

// Between two columns there is one word, which people read in other words, and nothing behind the
// last one.
static void expect_covered(const struct charter_words *line)
{
    struct charter_column columns[CHARTER_COLUMNS];
    size_t count = charter_columns(line, columns);
    const uint8_t *at = line->rest.data;
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        assert_true(columns[i].value.data >= at);
        const uint8_t *gap = at;
        size_t spaces = 0;
        for (; gap < columns[i].value.data; gap++)
            spaces += *gap == ' ';
        assert_true(spaces <= 2);
        at = columns[i].value.data + columns[i].value.size;
    }
    assert_ptr_equal(at, line->rest.data + line->rest.size);
}

static void charter_text__r14_columns_cover_the_whole_line(void **state)
{
    (void)state;
    struct motion_world world;
    motion_world_init(&world);
    struct span text = bytes_span(&world.charter_text);
    struct charter_walk walk = charter_walk_of(text, text);
    enum change change;
    for (; charter_walk_here(&walk, &change); charter_walk_on(&walk, change)) {
        assert_int_equal(change, CHANGE_NONE);
        expect_covered(&walk.now);
    }
    motion_world_clear(&world);
}

static void charter_text__a_group_may_be_called_like_any_word(void **state)
{
    (void)state;
    static const char text[] =
        "role: i/r group quorum quorum 3 by quorum least none most 9 delay "
        "none within none rate 5 per 60 threshold 1\n";
    struct charter_walk walk = charter_walk_of(span_text(text), (struct span){0});
    struct charter_column columns[CHARTER_COLUMNS];
    assert_int_equal(charter_columns(&walk.now, columns), 9);
    assert_true(span_is(columns[0].value, "quorum"));
    assert_true(span_is(columns[1].value, "3"));
    assert_true(span_is(columns[7].value, "5 per 60"));
    assert_true(span_is(columns[8].value, "1"));
    // What nobody knows is shown as it stands.
    walk = charter_walk_of(span_text("charter: group a surprise 3\n"), (struct span){0});
    assert_int_equal(charter_columns(&walk.now, columns), 2);
    assert_true(span_is(columns[1].value, "surprise 3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charter_text__tells_added_removed_changed_and_unchanged_lines),
        cmocka_unit_test(charter_text__r14_no_line_of_either_is_left_out),
        cmocka_unit_test(charter_text__r14_columns_cover_the_whole_line),
        cmocka_unit_test(charter_text__a_group_may_be_called_like_any_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
