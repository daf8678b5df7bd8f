// metadata/json.h against tests/vectors/json.txt and tests/vectors/canonical/uptane.txt. What other
// implementations write: test_json_canonical.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/field.h"
#include "metadata/json_character.h"
#include "tests/unit/metadata_vectors.h"

#include <stdlib.h>
#include <string.h>

static bool accepts(enum dialect dialect, struct span text)
{
    struct json json = json_of(dialect, text);
    struct span value = json_skip(&json);
    enum err err = json_finish(&json);
    assert_true(err == OK || err == ERR_FORM);
    assert_true((err == OK) == (json.failure == NULL));
    assert_true(json.failed_at <= text.size);
    if (err == OK)
        assert_true(span_equal(value, text));
    return err == OK;
}

// A copy that ends where the text ends, so that a read past it is seen by the sanitizer.
static bool accepts_tight(enum dialect dialect, struct span text)
{
    uint8_t *copy = malloc(text.size == 0 ? 1 : text.size);
    assert_non_null(copy);
    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    bool accepted = accepts(dialect, span_of(copy, text.size));
    free(copy);
    return accepted;
}

// What the table says of the texts that are meant, of either verdict at least so many.
static void check_table(const char *path, enum dialect dialect, bool (*is_meant)(struct span),
    size_t least_accepted, size_t least_refused)
{
    struct bytes table = vector_file(path);
    struct span rest = bytes_span(&table);
    struct vector_line line;
    size_t accepted = 0, refused = 0;
    while (vector_next(&rest, &line)) {
        struct bytes text = vector_hex(line.columns[2]);
        bool expected = span_is(line.columns[1], "accept");
        bool meant = is_meant(bytes_span(&text));
        if (meant && accepts_tight(dialect, bytes_span(&text)) != expected)
            fail_msg("%.*s", (int)line.columns[0].size, (const char *)line.columns[0].data);
        *(expected ? &accepted : &refused) += meant;
        bytes_clear(&text);
    }
    bytes_clear(&table);
    assert_true(accepted >= least_accepted);
    assert_true(refused >= least_refused);
}

static bool is_any(struct span text)
{
    (void)text;
    return true;
}

// Text whose characters have the same spelling in both dialects.
static bool is_common(struct span text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < 0x20 || text.data[i] >= 0x7f || text.data[i] == '\\')
            return false;
    return true;
}

static void json__r2_refuses_what_two_parsers_could_read_in_two_ways(void **state)
{
    (void)state;
    check_table("tests/vectors/json.txt", DIALECT_TUF, is_any, 20, 90);
    check_table("tests/vectors/json.txt", DIALECT_UPTANE, is_common, 12, 60);
    check_table("tests/vectors/canonical/uptane.txt", DIALECT_UPTANE, is_any, 15, 50);
}

enum { SPELLING = 32 };
enum sort { RAW, SHORT, SMALL_DIGITS, LARGE_DIGITS, SORTS };

static void spell_raw(uint32_t character, char out[SPELLING])
{
    uint8_t raw[CHARACTER_UTF8];
    snprintf(out, SPELLING, "\"%.*s\"", (int)character_write_utf8(character, raw), (char *)raw);
}

// Empty when it has none.
static void spell_short(uint32_t character, char out[SPELLING])
{
    static const char shorts[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *found = character > 0x7f ? NULL : strchr(meanings, (int)character);
    out[0] = 0;
    if (found != NULL)
        snprintf(out, SPELLING, "\"\\%c\"", shorts[found - meanings]);
}

static void spell_units(uint32_t character, char out[SPELLING])
{
    unsigned high = 0xd7c0 + (unsigned)(character >> 10),
             low = 0xdc00 + (unsigned)(character & 0x3ff);
    if (character < 0x10000)
        snprintf(out, SPELLING, "\"\\u%04x\"", (unsigned)character);
    else
        snprintf(out, SPELLING, "\"\\u%04x\\u%04x\"", high, low);
}

// Empty when no digit has a case.
static void enlarge(char text[SPELLING])
{
    bool changed = false;
    for (char *at = text; *at != 0; at++)
        if (*at >= 'a' && *at <= 'f') {
            *at = (char)(*at - 'a' + 'A');
            changed = true;
        }
    if (!changed)
        text[0] = 0;
}

// How many different spellings of the character the reader takes.
static size_t count_spellings(enum dialect dialect, uint32_t character)
{
    char text[SORTS][SPELLING];
    size_t count = 0;
    spell_raw(character, text[RAW]);
    spell_short(character, text[SHORT]);
    spell_units(character, text[SMALL_DIGITS]);
    spell_units(character, text[LARGE_DIGITS]);
    enlarge(text[LARGE_DIGITS]);
    for (int sort = 0; sort < SORTS; sort++)
        count += accepts(dialect, span_text(text[sort]));
    return count;
}

// Raw, short, \u with small and with large digits: one of them, never two. Every character of the
// first three planes' beginnings, and some of all others.
static void json__r2_a_character_has_one_spelling_in_each_dialect(void **state)
{
    (void)state;
    for (uint32_t each = 1; each < 0x110000; each += each < 0x3000 ? 1 : 61) {
        if (each >= 0xd800 && each <= 0xdfff)
            continue;
        assert_int_equal(count_spellings(DIALECT_TUF, each), 1);
        assert_int_equal(count_spellings(DIALECT_UPTANE, each), 1);
    }
}

static void json__refuses_every_prefix_of_a_value(void **state)
{
    (void)state;
    struct bytes good = vector_tuf("targets-3");
    assert_true(accepts(DIALECT_TUF, bytes_span(&good)));
    for (size_t size = 0; size < good.size; size++)
        assert_false(accepts_tight(DIALECT_TUF, span_of(good.data, size)));
    bytes_clear(&good);
    struct span escapes = span_text("{\"a\":\"\\ud83d\\ude00\\n\"}");
    assert_true(accepts(DIALECT_UPTANE, escapes));
    for (size_t size = 0; size < escapes.size; size++)
        assert_false(accepts_tight(DIALECT_UPTANE, span_of(escapes.data, size)));
}

static void json__says_what_is_wrong_and_where(void **state)
{
    (void)state;
    static const struct {
        enum dialect dialect;
        const char *text;
        const char *words;
        size_t at;
    } cases[] = {
        {DIALECT_TUF, "{\"b\":1,\"a\":2}", "not in order", 7},
        {DIALECT_TUF, "[1,02]", "leading zero", 3},
        {DIALECT_TUF, "[1,-0]", "-0", 5},
        {DIALECT_TUF, "[1,9007199254740992]", "2^53-1", 3},
        {DIALECT_TUF, "[1.5]", "fraction", 2},
        {DIALECT_TUF, "\"a\\n\"", "escape", 2},
        {DIALECT_TUF, "\"a\xc0\xaf\"", "UTF-8", 2},
        {DIALECT_TUF, "{\"\xc3\xa4\":1}", "printable ASCII", 1},
        {DIALECT_TUF, "[1]x", "after the value", 3},
        {DIALECT_TUF, "\"ab\\u000a\"", "escape", 3},
        {DIALECT_UPTANE, "\"ab\\u000a\"", "an escape that canonical JSON does not have", 3},
        {DIALECT_UPTANE, "\"abcdefghijkl\n\"", "a character that canonical JSON escapes", 13},
        {DIALECT_UPTANE, "\"abc\xc3\xa4\"", "a character that canonical JSON escapes", 4},
        {DIALECT_UPTANE, "\"abc\xc3\"", "UTF-8", 4},
        {DIALECT_UPTANE, "\"abc\\ud83d\"", "half a surrogate pair", 4},
        {DIALECT_UPTANE, "{\"\\u00e4\":1}", "printable ASCII", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json json = json_of(cases[i].dialect, span_text(cases[i].text));
        (void)json_skip(&json);
        assert_int_equal(json_finish(&json), ERR_FORM);
        assert_non_null(strstr(json.failure, cases[i].words));
        assert_int_equal(json.failed_at, cases[i].at);
    }
}

static void json__a_failure_is_sticky_and_the_first_one_stays(void **state)
{
    (void)state;
    struct json json = json_of(DIALECT_TUF, span_text("[true,1,\"x\"]"));
    struct span key;
    json_enter_array(&json);
    assert_true(json_element(&json));
    assert_int_equal(json_integer(&json), 0);
    const char *first = json.failure;
    assert_non_null(first);
    assert_int_equal(json_next(&json), JSON_NONE);
    assert_false(json_element(&json));
    assert_false(json_key(&json, &key));
    assert_false(json_boolean(&json));
    assert_int_equal(json_string(&json).size, 0);
    assert_int_equal(json_skip(&json).size, 0);
    json_fail(&json, RULE_CANONICAL, "another");
    assert_ptr_equal(json.failure, first);
    assert_int_equal(json_finish(&json), ERR_FORM);
}

static void json__each_reader_refuses_every_other_kind(void **state)
{
    (void)state;
    static const char *const values[] = {"{}", "[]", "\"\"", "0", "true", "false", "null"};
    static const enum json_kind kinds[] = {
        JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_INTEGER, JSON_TRUE, JSON_FALSE, JSON_NULL};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct json start = json_of(DIALECT_TUF, span_text(values[i])), json = start;
        assert_int_equal(json_next(&json), kinds[i]);
        json_enter_object(&json);
        assert_true((json.failure == NULL) == (kinds[i] == JSON_OBJECT));
        json = start;
        json_enter_array(&json);
        assert_true((json.failure == NULL) == (kinds[i] == JSON_ARRAY));
        json = start;
        (void)json_string(&json);
        assert_true((json.failure == NULL) == (kinds[i] == JSON_STRING));
        json = start;
        (void)json_integer(&json);
        assert_true((json.failure == NULL) == (kinds[i] == JSON_INTEGER));
        json = start;
        (void)json_boolean(&json);
        assert_true(
            (json.failure == NULL) == (kinds[i] == JSON_TRUE || kinds[i] == JSON_FALSE));
    }
}

static void json__finish_refuses_a_value_that_was_not_read_to_its_end(void **state)
{
    (void)state;
    struct span key;
    struct json json = json_of(DIALECT_TUF, span_text("{\"a\":1}"));
    assert_int_equal(json_finish(&json), ERR_FORM);
    json = json_of(DIALECT_TUF, span_text("{\"a\":1}"));
    json_enter_object(&json);
    assert_true(json_key(&json, &key));
    assert_int_equal(json_integer(&json), 1);
    assert_int_equal(json_finish(&json), ERR_FORM);
    json = json_of(DIALECT_TUF, span_text("[1"));
    json_enter_array(&json);
    assert_true(json_element(&json));
    assert_int_equal(json_integer(&json), 1);
    assert_int_equal(json_finish(&json), ERR_FORM);
}

static void json__reads_values_in_order(void **state)
{
    (void)state;
    struct json json =
        json_of(DIALECT_TUF, span_text("{\"a\":[1,-2,\"x\\\"\\\\y\"],\"b\":{},\"c\":false}"));
    struct span key, text = {0};
    json_enter_object(&json);
    assert_true(json_key(&json, &key));
    assert_true(span_is(key, "a"));
    json_enter_array(&json);
    assert_true(json_element(&json));
    assert_int_equal(json_integer(&json), 1);
    assert_true(json_element(&json));
    assert_int_equal(json_integer(&json), -2);
    assert_true(json_element(&json));
    text = json_string(&json);
    assert_false(json_element(&json));
    assert_true(json_key(&json, &key));
    assert_true(span_is(json_skip(&json), "{}"));
    assert_true(json_key(&json, &key));
    assert_true(span_is(key, "c"));
    assert_false(json_boolean(&json));
    assert_false(json_key(&json, &key));
    assert_int_equal(json_finish(&json), OK);
    assert_true(span_is(text, "x\\\"\\\\y"));
}

static void json__unescape_gives_the_meaning(void **state)
{
    (void)state;
    struct bytes out;
    bytes_init(&out, 64);
    assert_true(json_has_escape(span_text("a\\\"b")));
    assert_false(json_has_escape(span_text("ab")));
    assert_false(json_has_escape((struct span){0}));
    json_unescape(span_text("\\\\\\\"a\\\\"), &out);
    assert_true(span_is(bytes_span(&out), "\\\"a\\"));
    bytes_reset(&out);
    json_unescape(
        span_text("x\\b\\f\\n\\r\\t\\u0001\\\\u00e4\\u00e4\\u20ac\\ud83d\\ude00y"), &out);
    assert_true(span_is(
        bytes_span(&out), "x\b\f\n\r\t\x01\\u00e4\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80y"));
    assert_true(json_has_escape(span_text("\\u00e4")));
    bytes_reset(&out);
    json_unescape((struct span){0}, &out);
    assert_int_equal(out.size, 0);
    bytes_clear(&out);
}

// ---- eight bytes at once ----

// Two words of eight and a rest.
enum { LETTERS = 19, BYTES = 256 };

static bool stands_alone(enum dialect dialect, uint8_t byte)
{
    return byte >= character_least_plain(dialect) && byte < 0x80 && byte != '"' && byte != '\\';
}

static bool may_be_in_key(uint8_t byte)
{
    return byte >= 0x20 && byte <= 0x7e && byte != '"' && byte != '\\';
}

// A text of letters, in which these two bytes stand side by side.
static struct span with_pair(uint8_t text[LETTERS], size_t at, uint8_t first, uint8_t second)
{
    memset(text, 'a', LETTERS);
    text[at] = first;
    text[at + 1] = second;
    return span_of(text, LETTERS);
}

static struct span quoted(struct span text, const char *before, const char *after)
{
    static uint8_t out[LETTERS + 8];
    struct span front = span_text(before), back = span_text(after);
    memcpy(out, front.data, front.size);
    memcpy(out + front.size, text.data, text.size);
    memcpy(out + front.size + text.size, back.data, back.size);
    return span_of(out, front.size + text.size + back.size);
}

static void check_pair(size_t at, uint8_t first, uint8_t second)
{
    uint8_t room[LETTERS];
    struct span text = with_pair(room, at, first, second);
    bool key = may_be_in_key(first) && may_be_in_key(second);
    bool escape = first == '\\' && (second == '"' || second == '\\');
    assert_int_equal(json_is_key(text), key);
    assert_int_equal(is_hex(text), is_hex(span_of(&first, 1)) && is_hex(span_of(&second, 1)));
    assert_int_equal(accepts(DIALECT_TUF, quoted(text, "{\"", "\":1}")), key);
    if (first >= 0x80 || second >= 0x80 || (first == '\\' && !escape))
        return; // what they mean together is looked at elsewhere
    for (int dialect = DIALECT_TUF; dialect <= DIALECT_UPTANE; dialect++) {
        bool plain = stands_alone(dialect, first) && stands_alone(dialect, second);
        assert_int_equal(accepts(dialect, quoted(text, "\"", "\"")), plain || escape);
    }
}

// Each two bytes, within eight that are read at once and from one eight to the next.
static void json__eight_bytes_at_once_are_read_as_one_by_one(void **state)
{
    (void)state;
    static const size_t places[] = {0, 6, 7, LETTERS - 2};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        for (unsigned first = 0; first < BYTES; first++)
            for (unsigned second = 0; second < BYTES; second++)
                check_pair(places[i], (uint8_t)first, (uint8_t)second);
}

static void field__hex_is_digits_and_six_small_letters(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < BYTES; byte++) {
        uint8_t one = (uint8_t)byte;
        bool expected = byte != 0 && strchr("0123456789abcdef", (int)byte) != NULL;
        assert_int_equal(is_hex(span_of(&one, 1)), expected);
    }
    assert_true(is_hex((struct span){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json__r2_refuses_what_two_parsers_could_read_in_two_ways),
        cmocka_unit_test(json__r2_a_character_has_one_spelling_in_each_dialect),
        cmocka_unit_test(json__refuses_every_prefix_of_a_value),
        cmocka_unit_test(json__says_what_is_wrong_and_where),
        cmocka_unit_test(json__a_failure_is_sticky_and_the_first_one_stays),
        cmocka_unit_test(json__each_reader_refuses_every_other_kind),
        cmocka_unit_test(json__finish_refuses_a_value_that_was_not_read_to_its_end),
        cmocka_unit_test(json__reads_values_in_order),
        cmocka_unit_test(json__unescape_gives_the_meaning),
        cmocka_unit_test(json__eight_bytes_at_once_are_read_as_one_by_one),
        cmocka_unit_test(field__hex_is_digits_and_six_small_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
