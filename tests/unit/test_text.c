// The text that people and machines both read: one spelling for each meaning.
#include "proto/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// ---- lines ----

static bool reads_one_word(const char *line, char *out, size_t most)
{
    struct text text = text_of(span_text(line));
    text_read_name(&text, "name");
    text_read_word(&text, out, most);
    text_read_end(&text);
    return text_finish(&text) == OK;
}

static void text__refuses_every_other_way_to_write_a_line(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "\n", "name", "name\n", "name:\n", "name: \n",
        "name:word\n", "name: word", "name:  word\n", "name: word \n", " name: word\n",
        "name : word\n", "Name: word\n", "names: word\n", "nam: word\n", "name: word\r\n",
        "name: word\n\n", "\nname: word\n", "name: word\nname: word\n", "name: word word\n",
        "name:\tword\n", "name: wo\trd\n", "name: w\xc3\xb6rd\n", "name: wo\x7frd\n"};
    char out[16];
    for (size_t i = 0; i < COUNT(bad); i++)
        if (reads_one_word(bad[i], out, 15))
            fail_msg("accepted: %s", bad[i]);
    assert_true(reads_one_word("name: word\n", out, 15));
    assert_string_equal(out, "word");
}

static void text__refuses_a_nul_byte_wherever_it_stands(void **state)
{
    (void)state;
    static const char good[] = "name: word\n";
    char line[sizeof good], out[16];
    for (size_t i = 0; i + 1 < sizeof good; i++) {
        memcpy(line, good, sizeof good);
        line[i] = '\0';
        struct text text = text_of(span_of(line, sizeof good - 1));
        text_read_name(&text, "name");
        text_read_word(&text, out, 15);
        text_read_end(&text);
        assert_int_equal(text_finish(&text), ERR_FORM);
    }
}

static void text__title_is_the_whole_first_line(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "a/v1", "a/v1 \n", " a/v1\n", "a/v2\n", "a/v1x\n", "a/v1\n\n", "\na/v1\n"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct text text = text_of(span_text(bad[i]));
        text_read_title(&text, "a/v1");
        assert_int_equal(text_finish(&text), ERR_FORM);
    }
    struct text text = text_of(span_text("a/v1\n"));
    text_read_title(&text, "a/v1");
    assert_int_equal(text_finish(&text), OK);
    text_fail(&text);
    assert_int_equal(text_finish(&text), ERR_FORM);
}

static void text__failure_is_sticky(void **state)
{
    (void)state;
    struct text text = text_of(span_text("a: 1\nb: 2\n"));
    text_read_name(&text, "b");
    assert_true(text.failed);
    assert_false(text_next_is(&text, "a"));
    assert_false(text_has_field(&text));
    assert_int_equal(text_read_number(&text, 9), 0);
    text_read_end(&text);
    text_read_name(&text, "a");
    assert_int_equal(text_read_number(&text, 9), 0);
    text_read_end(&text);
    assert_int_equal(text_finish(&text), ERR_FORM);
}

static void text__a_line_must_be_ended_before_the_next_and_before_the_finish(void **state)
{
    (void)state;
    struct text text = text_of(span_text("a: 1\nb: 2\n"));
    text_read_name(&text, "a");
    assert_int_equal(text_read_number(&text, 9), 1);
    assert_false(text_next_is(&text, "b"));
    text_read_name(&text, "b");
    assert_int_equal(text_finish(&text), ERR_FORM);

    text = text_of(span_text("a: 1\n"));
    text_read_name(&text, "a");
    assert_int_equal(text_read_number(&text, 9), 1);
    assert_int_equal(text_finish(&text), ERR_FORM);
    text_read_end(&text);
    assert_int_equal(text_finish(&text), OK);
    text_read_end(&text);
    assert_int_equal(text_finish(&text), ERR_FORM);
}

static void text__next_is_asks_for_the_whole_name(void **state)
{
    (void)state;
    struct text text = text_of(span_text("item: 1\n"));
    assert_false(text_next_is(&text, "ite"));
    assert_false(text_next_is(&text, "items"));
    assert_false(text_next_is(&text, "item:"));
    assert_true(text_next_is(&text, "item"));
    text = text_of(span_text("item"));
    assert_false(text_next_is(&text, "item"));
    text = text_of((struct span){0});
    assert_false(text_next_is(&text, "item"));
}

// ---- fields ----

static struct text line_of(const char *line)
{
    struct text text = text_of(span_text(line));
    text_read_name(&text, "f");
    return text;
}

static enum err finish_line(struct text *text)
{
    text_read_end(text);
    return text_finish(text);
}

static void text__numbers_have_one_spelling_and_a_limit(void **state)
{
    (void)state;
    static const char *const bad[] = {"f: 01\n", "f: +1\n", "f: -1\n", "f: 1.0\n", "f: 0x1\n",
        "f: 1e3\n", "f: 00\n", "f: 18446744073709551616\n", "f: 99999999999999999999\n",
        "f: 100000000000000000000\n", "f: 1%30\n", "f: /\n", "f: :\n", "f: none\n"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct text text = line_of(bad[i]);
        assert_int_equal(text_read_number(&text, UINT64_MAX), 0);
        assert_int_equal(finish_line(&text), ERR_FORM);
    }
    static const struct {
        const char *line;
        uint64_t value;
    } good[] = {{"f: 0\n", 0}, {"f: 7\n", 7}, {"f: 10\n", 10},
        {"f: 18446744073709551615\n", UINT64_MAX}};
    for (size_t i = 0; i < COUNT(good); i++) {
        struct text text = line_of(good[i].line);
        assert_true(text_read_number(&text, good[i].value) == good[i].value);
        assert_int_equal(finish_line(&text), OK);
        if (good[i].value == 0)
            continue;
        text = line_of(good[i].line);
        assert_int_equal(text_read_number(&text, good[i].value - 1), 0);
        assert_int_equal(finish_line(&text), ERR_FORM);
    }
}

static void text__a_number_over_a_small_limit_is_refused(void **state)
{
    (void)state;
    static const uint64_t limits[] = {0, 1, 8, 9, 10, 11, 19, 99};
    for (size_t i = 0; i < COUNT(limits); i++)
        for (uint64_t value = 0; value < 120; value++) {
            struct bytes out;
            bytes_init(&out, 64);
            text_name(&out, "f");
            text_number(&out, value);
            text_end(&out);
            struct text text = text_of(bytes_span(&out));
            text_read_name(&text, "f");
            uint64_t got = text_read_number(&text, limits[i]);
            bool fits = value <= limits[i];
            assert_int_equal(finish_line(&text), fits ? OK : ERR_FORM);
            assert_int_equal(got, fits ? value : 0);
            bytes_clear(&out);
        }
}

#define SOME_HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define ZERO_HEX "0000000000000000000000000000000000000000000000000000000000000000"

static void text__hashes_have_one_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = {"f: " SOME_HEX "\n", "f: sha256:\n",
        "f: SHA256:" SOME_HEX "\n", "f: sha256:" SOME_HEX "0\n", "f: sha256: " SOME_HEX "\n",
        "f: sha512:" SOME_HEX "\n",
        "f: sha256:A0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
        // none is a word: as a number it would be a second spelling
        "f: sha256:" ZERO_HEX "\n", "f: None\n", "f: none \n", "f: nonesuch\n"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct text text = line_of(bad[i]);
        struct hash hash = text_read_hash_or_none(&text);
        assert_int_equal(finish_line(&text), ERR_FORM);
        text = line_of(bad[i]);
        hash = text_read_hash(&text);
        assert_int_equal(finish_line(&text), ERR_FORM);
        assert_true(hash_is_none(&hash));
    }
}

static void text__none_is_a_hash_only_where_it_may_be(void **state)
{
    (void)state;
    struct text text = line_of("f: none\n");
    struct hash hash = text_read_hash(&text);
    assert_int_equal(finish_line(&text), ERR_FORM);
    text = line_of("f: none\n");
    hash = text_read_hash_or_none(&text);
    assert_int_equal(finish_line(&text), OK);
    assert_true(hash_is_none(&hash));
    text = line_of("f: sha256:" SOME_HEX "\n");
    hash = text_read_hash_or_none(&text);
    assert_int_equal(finish_line(&text), OK);
    assert_int_equal(hash.byte[15], 0xff);
}

static void text__moments_have_one_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = {"f: 2026-12-01T00:00:00\n", "f: 2026-12-01 00:00:00Z\n",
        "f: 2026-02-30T00:00:00Z\n", "f: 2026-12-01t00:00:00z\n", "f: 2026-12-01T00:00:60Z\n",
        "f: 2026-12-01T24:00:00Z\n", "f: 2026-12-01T00:00:00.0Z\n", "f: 1969-12-31T23:59:59Z\n",
        "f: 12026-12-01T00:00:00Z\n", "f: 2026-12-01T00:00:00+00:00\n", "f: none\n"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct text text = line_of(bad[i]);
        text_read_moment(&text);
        assert_int_equal(finish_line(&text), ERR_FORM);
    }
    struct text text = line_of("f: 2026-12-01T00:00:00Z\n");
    assert_int_equal(text_read_moment(&text), 1796083200);
    assert_int_equal(finish_line(&text), OK);
}

static void text__base64_is_canonical_and_fits(void **state)
{
    (void)state;
    static const char *const bad[] = {"f: Zg\n", "f: Zh==\n", "f: Z===\n", "f: ====\n",
        "f: Zg==Zg==\n", "f: Zg== \n", "f: Z_8=\n", "f: Zm9vYmFy\n"};
    uint8_t out[5];
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct text text = line_of(bad[i]);
        text_read_base64_to(&text, out, sizeof out);
        assert_int_equal(finish_line(&text), ERR_FORM);
    }
    struct text text = line_of("f: Zm9vYmE=\n");
    assert_int_equal(text_read_base64_to(&text, out, sizeof out), 5);
    assert_memory_equal(out, "fooba", 5);
    assert_int_equal(finish_line(&text), OK);

    struct bytes grown;
    bytes_init(&grown, 4);
    text = line_of("f: Zm9vYmE=\n");
    text_read_base64(&text, &grown);
    assert_int_equal(finish_line(&text), ERR_FORM);
    bytes_clear(&grown);
    bytes_init(&grown, 5);
    text = line_of("f: Zm9vYmE=\n");
    text_read_base64(&text, &grown);
    assert_int_equal(finish_line(&text), OK);
    assert_true(span_is(bytes_span(&grown), "fooba"));
    bytes_clear(&grown);
}

static void text__a_field_has_a_limit(void **state)
{
    (void)state;
    struct text text = line_of("f: abcd e\n");
    assert_true(text_has_field(&text));
    assert_int_equal(text_read_field(&text, 3).size, 0);
    assert_true(text.failed);
    text = line_of("f: abcd e\n");
    assert_true(span_is(text_read_field(&text, 4), "abcd"));
    assert_true(text_has_field(&text));
    assert_true(span_is(text_read_field(&text, 4), "e"));
    assert_false(text_has_field(&text));
    assert_int_equal(finish_line(&text), OK);
    text = line_of("f: ab\x7f\n");
    assert_int_equal(text_read_field(&text, 4).size, 0);
    text = line_of("f: abcd e\n");
    text_read_plain(&text, "abc");
    assert_true(text.failed);
}

// ---- writing ----

static void text__what_is_empty_cannot_be_written(void **state)
{
    (void)state;
    struct span empty = {0};
    struct bytes out;
    bytes_init(&out, 64);
    text_word(&out, empty);
    assert_int_equal(bytes_finish(&out), ERR_FORM);
    bytes_reset(&out);
    text_sentence(&out, empty);
    assert_int_equal(bytes_finish(&out), ERR_FORM);
    bytes_reset(&out);
    text_base64(&out, empty);
    assert_int_equal(bytes_finish(&out), ERR_FORM);
    bytes_clear(&out);
    bytes_init(&out, 0);
    text_title(&out, "t");
    text_word(&out, empty);
    assert_int_equal(
        bytes_finish(&out), ERR_LIMIT); // the first failure is the one that is told
    bytes_clear(&out);
}

static void text__writes_what_the_design_shows(void **state)
{
    (void)state;
    struct bytes out;
    struct hash none = {0};
    struct hash some = hash_of(span_text("abc"));
    bytes_init(&out, 4096);
    text_title(&out, "conclave.example/v1");
    text_name(&out, "item");
    text_word(&out, span_text("image/targets"));
    text_number(&out, 12);
    text_hash(&out, &some);
    text_plain(&out, "previous");
    text_hash(&out, &none);
    text_end(&out);
    text_moment_line(&out, "time", 1796083200);
    text_hash_line(&out, "charter", &none);
    text_sentence_line(&out, "reason", "50% of the fleet, \xc3\xa4 half");
    text_name(&out, "empty");
    text_end(&out);
    assert_int_equal(bytes_finish(&out), OK);
    assert_true(span_is(bytes_span(&out),
        "conclave.example/v1\n"
        "item: image/targets 12 "
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad "
        "previous none\n"
        "time: 2026-12-01T00:00:00Z\n"
        "charter: none\n"
        "reason: 50%25 of the fleet, %C3%A4 half\n"
        "empty:\n"));
    bytes_clear(&out);
}

static void text__lines_of_one_field_come_back(void **state)
{
    (void)state;
    struct bytes out;
    struct hash some = hash_of(span_text("abc"));
    char sentence[64];
    bytes_init(&out, 4096);
    text_hash_line(&out, "h", &some);
    text_moment_line(&out, "m", 1);
    text_sentence_line(&out, "s", "two words");
    struct text text = text_of(bytes_span(&out));
    struct hash again = text_read_hash_line(&text, "h");
    assert_true(hash_equal(&again, &some));
    assert_int_equal(text_read_moment_line(&text, "m"), 1);
    text_read_sentence_line(&text, "s", sentence, 63);
    assert_string_equal(sentence, "two words");
    assert_int_equal(text_finish(&text), OK);
    text = text_of(bytes_span(&out));
    text_read_hash_line(&text, "g");
    assert_int_equal(text_finish(&text), ERR_FORM);
    bytes_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text__refuses_every_other_way_to_write_a_line),
        cmocka_unit_test(text__refuses_a_nul_byte_wherever_it_stands),
        cmocka_unit_test(text__title_is_the_whole_first_line),
        cmocka_unit_test(text__failure_is_sticky),
        cmocka_unit_test(text__a_line_must_be_ended_before_the_next_and_before_the_finish),
        cmocka_unit_test(text__next_is_asks_for_the_whole_name),
        cmocka_unit_test(text__numbers_have_one_spelling_and_a_limit),
        cmocka_unit_test(text__a_number_over_a_small_limit_is_refused),
        cmocka_unit_test(text__hashes_have_one_spelling),
        cmocka_unit_test(text__none_is_a_hash_only_where_it_may_be),
        cmocka_unit_test(text__moments_have_one_spelling),
        cmocka_unit_test(text__base64_is_canonical_and_fits),
        cmocka_unit_test(text__a_field_has_a_limit),
        cmocka_unit_test(text__what_is_empty_cannot_be_written),
        cmocka_unit_test(text__writes_what_the_design_shows),
        cmocka_unit_test(text__lines_of_one_field_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
