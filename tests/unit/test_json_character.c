// metadata/json_character.h, over all characters.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/json_character.h"
#include "signer/base/hash.h"

#include <string.h>

enum { CHARACTERS = 0x110000 };

static bool is_surrogate(uint32_t character)
{
    return character >= 0xd800 && character <= 0xdfff;
}

// Whatever two bytes stand in front, and some behind them: what is read is what would be written, so
// nothing is overlong, a surrogate, or beyond the last character.
static void character__r2_reads_no_second_spelling_of_utf8(void **state)
{
    (void)state;
    static const uint8_t behind[] = {0x00, 0x7f, 0x80, 0xbf, 0xc0};
    size_t read = 0;
    for (uint32_t i = 0; i < 0x10000 * sizeof behind; i++) {
        uint8_t text[] = {(uint8_t)(i >> 8), (uint8_t)i, behind[i >> 16], 0x80}, again[4];
        uint32_t character = CHARACTERS;
        size_t size = character_read_utf8(span_of(text, sizeof text), &character);
        if (size == 0)
            continue;
        assert_true(character < CHARACTERS && !is_surrogate(character));
        assert_int_equal(character_write_utf8(character, again), size);
        assert_memory_equal(again, text, size);
        read++;
    }
    assert_true(read > 100000);
}

static void character__reads_every_character_and_no_part_of_one(void **state)
{
    (void)state;
    for (uint32_t each = 0; each < CHARACTERS; each++) {
        uint8_t text[CHARACTER_UTF8];
        uint32_t character = CHARACTERS;
        size_t size = character_write_utf8(each, text);
        if (is_surrogate(each)) {
            assert_int_equal(character_read_utf8(span_of(text, size), &character), 0);
            continue;
        }
        for (size_t part = 1; part < size; part++)
            assert_int_equal(character_read_utf8(span_of(text, part), &character), 0);
        assert_int_equal(character_read_utf8(span_of(text, size), &character), size);
        assert_int_equal(character, each);
    }
}

static uint32_t read_spelling(struct span text, size_t *size)
{
    uint32_t character = CHARACTERS;
    const char *failure = NULL;
    if (text.data[0] == '\\')
        *size = character_read_escape(text, &character, &failure);
    else
        *size = character_read_utf8(text, &character);
    return character;
}

static void character__has_one_spelling_that_means_it(void **state)
{
    (void)state;
    static const enum dialect dialects[] = {DIALECT_TUF, DIALECT_UPTANE};
    for (uint32_t each = 0; each < CHARACTERS; each++)
        for (size_t i = 0; i < 2 && !is_surrogate(each); i++) {
            uint8_t text[CHARACTER_SPELLING];
            size_t took, size = character_write(dialects[i], each, text);
            assert_int_equal(read_spelling(span_of(text, size), &took), each);
            assert_int_equal(took, size);
            for (size_t at = 0; at < size && dialects[i] == DIALECT_UPTANE; at++)
                assert_true(text[at] >= 0x20 && text[at] < 0x80);
        }
}

// What jsoncpp writes for one string of all of them (tests/vectors/canonical/README.md).
static void character__r2_is_spelled_as_jsoncpp_does(void **state)
{
    (void)state;
    static const char expected[] =
        "2f6cc6f43111041cd5707682ed5bf521e204e21cee75928fc9f3e6ffcdea1fd3";
    struct bytes all;
    char hex[2 * HASH_SIZE + 1];
    bytes_init(&all, 16 << 20);
    bytes_add_u8(&all, '"');
    for (uint32_t each = 0x20; each < CHARACTERS; each++) {
        uint8_t text[CHARACTER_SPELLING];
        if (!is_surrogate(each) && each != '"' && each != '\\')
            bytes_add(&all, span_of(text, character_write(DIALECT_UPTANE, each, text)));
    }
    bytes_add_u8(&all, '"');
    struct hash hash = hash_of(bytes_span(&all));
    hash_hex(&hash, hex);
    assert_int_equal(all.size, 12963168);
    assert_string_equal(hex, expected);
    bytes_clear(&all);
}

static void character__reads_any_escape_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size; // 0: refused
        uint32_t character;
        const char *words;
    } cases[] = {
        {"\\", 0, 0, "that JSON does not have"},
        {"\\x41", 0, 0, "that JSON does not have"},
        {"\\v", 0, 0, "that JSON does not have"},
        {"\\U0041", 0, 0, "that JSON does not have"},
        {"\\u", 0, 0, "four hex digits"},
        {"\\u004", 0, 0, "four hex digits"},
        {"\\u004g", 0, 0, "four hex digits"},
        {"\\u 041", 0, 0, "four hex digits"},
        {"\\ud800", 0, 0, "half a surrogate pair"},
        {"\\udfff", 0, 0, "half a surrogate pair"},
        {"\\udbff\\udbff", 0, 0, "half a surrogate pair"},
        {"\\udc00\\udc00", 0, 0, "half a surrogate pair"},
        {"\\udfff\\udfff", 0, 0, "half a surrogate pair"},
        {"\\udbff\\ue000", 0, 0, "half a surrogate pair"},
        {"\\ud800xudc00", 0, 0, "half a surrogate pair"},
        {"\\ud800\\udc0", 0, 0, "half a surrogate pair"},
        {"\\/x", 2, '/', ""},
        {"\\\"x", 2, '"', ""},
        {"\\\\x", 2, '\\', ""},
        {"\\b", 2, 8, ""},
        {"\\t", 2, 9, ""},
        {"\\n", 2, 10, ""},
        {"\\f", 2, 12, ""},
        {"\\r", 2, 13, ""},
        {"\\u0041x", 6, 'A', ""},
        {"\\uD7ff", 6, 0xd7ff, ""},
        {"\\uE000\\udc00", 6, 0xe000, ""},
        {"\\uD800\\uDC00", 12, 0x10000, ""},
        {"\\udBfF\\udFfF", 12, 0x10ffff, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t character = 0;
        const char *failure = "";
        size_t size = character_read_escape(span_text(cases[i].text), &character, &failure);
        assert_int_equal(size, cases[i].size);
        if (size > 0)
            assert_int_equal(character, cases[i].character);
        else if (strstr(failure, cases[i].words) == NULL)
            fail_msg("%s: %s", cases[i].text, failure);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(character__r2_reads_no_second_spelling_of_utf8),
        cmocka_unit_test(character__reads_every_character_and_no_part_of_one),
        cmocka_unit_test(character__reads_any_escape_and_nothing_else),
        cmocka_unit_test(character__has_one_spelling_that_means_it),
        cmocka_unit_test(character__r2_is_spelled_as_jsoncpp_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
