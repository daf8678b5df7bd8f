// How any bytes stand in a text of ours, and in no other way.
#include "proto/spelling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void spelling__refuses_every_second_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "%", "%4", "%41", "%7e", "%c3", "%C", "%zz", "%25%",
        "a%", "a%0", "%00", "a%00b", "%21", "%7E", "% 41", "\xc3\xa4", "a b", "\x7f", "a\tb"};
    char out[64];
    for (size_t i = 0; i < COUNT(bad); i++)
        if (spelling_read(span_text(bad[i]), false, out, 63) != 0)
            fail_msg("accepted: %s", bad[i]);
    assert_int_equal(spelling_read(span_text("%25%20%C3%A4%7F"), false, out, 63), 5);
    assert_string_equal(out, "% \xc3\xa4\x7f");
}

static void spelling__a_space_in_a_sentence_has_one_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = {" a", "a ", "a  b", "a%20b", " ", "a %20 b", "a%20%20b"};
    static const char *const good[] = {
        "a b", "%20a", "a%20", "a %20b", "%20", "%20%20", "%20%20a", "a %20%20b c", "a %20"};
    char out[64];
    for (size_t i = 0; i < COUNT(bad); i++)
        if (spelling_read(span_text(bad[i]), true, out, 63) != 0)
            fail_msg("accepted: '%s'", bad[i]);
    for (size_t i = 0; i < COUNT(good); i++) {
        struct bytes again;
        bytes_init(&again, 64);
        size_t size = spelling_read(span_text(good[i]), true, out, 63);
        if (size == 0)
            fail_msg("refused: '%s'", good[i]);
        spelling_write(&again, span_of(out, size), true);
        assert_true(span_is(bytes_span(&again), good[i]));
        bytes_clear(&again);
    }
}

static void check_both_ways(struct span value, bool sentence)
{
    struct bytes spelt;
    char out[8];
    bytes_init(&spelt, 64);
    spelling_write(&spelt, value, sentence);
    assert_int_equal(bytes_finish(&spelt), OK);
    for (size_t i = 0; i < spelt.size; i++)
        assert_true(spelt.data[i] >= 0x20 && spelt.data[i] <= 0x7e);
    bool has_nul = memchr(value.data, 0, value.size) != NULL;
    size_t size = spelling_read(bytes_span(&spelt), sentence, out, sizeof out - 1);
    assert_int_equal(size, has_nul ? 0 : value.size);
    if (!has_nul)
        assert_memory_equal(out, value.data, size);
    bytes_clear(&spelt);
}

static void spelling__every_value_of_two_bytes_comes_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 65536; i++) {
        uint8_t value[] = {(uint8_t)(i >> 8), (uint8_t)i};
        check_both_ways(span_of(value, 2), false);
        check_both_ways(span_of(value, 2), true);
    }
}

static void spelling__is_held_to_the_room_of_its_reader(void **state)
{
    (void)state;
    char out[4] = "zzz";
    assert_int_equal(spelling_read(span_text("abcd"), false, out, 3), 0);
    assert_string_equal(out, "");
    assert_int_equal(spelling_read(span_text("ab%25d"), false, out, 3), 0);
    assert_int_equal(spelling_read(span_text("ab%25"), false, out, 3), 3);
    assert_string_equal(out, "ab%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spelling__refuses_every_second_spelling),
        cmocka_unit_test(spelling__a_space_in_a_sentence_has_one_spelling),
        cmocka_unit_test(spelling__every_value_of_two_bytes_comes_back),
        cmocka_unit_test(spelling__is_held_to_the_room_of_its_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
