// The PGP word list. Faulty copies are about, so the whole table is pinned: four transcriptions that
// know nothing of each other gave this hash.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/pgp_words.h"
#include "signer/base/hash.h"

#include <string.h>
#include <strings.h>

enum { WORDS = 256 };

// The 256 words of two syllables, then the 256 of three.
static const char *word_at(size_t i)
{
    return pgp_word(i / WORDS, (uint8_t)(i % WORDS));
}

static bool is_vowel(char letter)
{
    return strchr("aeiouyAEIOUY", letter) != NULL;
}

// As many as there are groups of vowels, less a silent e at the end: right for nearly all of them.
static size_t syllables(const char *word)
{
    size_t size = strlen(word), count = 0;
    for (size_t i = 0; i < size; i++)
        count += is_vowel(word[i]) && (i == 0 || !is_vowel(word[i - 1]));
    bool silent = word[size - 1] == 'e' && word[size - 2] != 'l' && !is_vowel(word[size - 2]);
    return count - silent;
}

static void pgp_words__are_those_that_everybody_has(void **state)
{
    (void)state;
    struct bytes all;
    char hex[2 * HASH_SIZE + 1];
    bytes_init(&all, 16 * 1024);
    for (size_t i = 0; i < 2 * (size_t)WORDS; i++) {
        bytes_add_text(&all, word_at(i));
        bytes_add_text(&all, "\n");
    }
    struct hash hash = hash_of(bytes_span(&all));
    hash_hex(&hash, hex);
    bytes_clear(&all);
    assert_string_equal(
        hex, "7e5237abee2c4ed4374b29a853b0ac3ac108a0ea11e8c7f50f6dc667402a49b6");
}

static void pgp_words__spell_the_known_example(void **state)
{
    (void)state;
    static const uint8_t example[] = {0x09, 0xf9, 0x11, 0x02, 0x9d, 0x74, 0xe3, 0x5b, 0xd8,
        0x41, 0x56, 0xc5, 0x63, 0x56, 0x88, 0xc0};
    static const char *const words[] = {"Algol", "Waterloo", "Athens", "aftermath", "quadrant",
        "hydraulic", "tissue", "exodus", "stormy", "decadence", "egghead", "resistor",
        "flatfoot", "escapade", "newborn", "recipe"};
    for (size_t i = 0; i < sizeof example; i++)
        assert_string_equal(pgp_word(i, example[i]), words[i]);
}

static void pgp_words__are_512_different_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * (size_t)WORDS; i++) {
        size_t size = strlen(word_at(i));
        assert_true(size > 2 && size <= PGP_WORD_MOST);
        assert_true(
            strspn(word_at(i), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == size);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(strcasecmp(word_at(i), word_at(k)), 0);
    }
}

static void pgp_words__have_two_syllables_at_even_places_and_three_at_odd(void **state)
{
    (void)state;
    for (size_t place = 0; place < 2; place++) {
        size_t right = 0;
        for (size_t i = 0; i < WORDS; i++)
            right += syllables(pgp_word(place, (uint8_t)i)) == place + 2;
        assert_true(right > WORDS - WORDS / 8);
    }
    assert_string_equal(pgp_word(2, 7), pgp_word(0, 7));
    assert_string_equal(pgp_word(31, 7), pgp_word(1, 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pgp_words__are_those_that_everybody_has),
        cmocka_unit_test(pgp_words__spell_the_known_example),
        cmocka_unit_test(pgp_words__are_512_different_ones),
        cmocka_unit_test(pgp_words__have_two_syllables_at_even_places_and_three_at_odd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
