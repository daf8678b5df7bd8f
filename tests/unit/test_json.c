// metadata/json.h against tests/vectors/json.txt, and against the vectors of other
// implementations when they lie beside the project.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/metadata_vectors.h"

#include <stdlib.h>
#include <string.h>

static bool accepts(struct span text)
{
    struct json json = json_of(DIALECT_TUF, text);
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
static bool accepts_tight(struct span text)
{
    uint8_t *copy = malloc(text.size == 0 ? 1 : text.size);
    assert_non_null(copy);
    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    bool accepted = accepts(span_of(copy, text.size));
    free(copy);
    return accepted;
}

static void json__r2_refuses_what_two_parsers_could_read_in_two_ways(void **state)
{
    (void)state;
    struct bytes table = vector_file("tests/vectors/json.txt");
    struct span rest = bytes_span(&table);
    struct vector_line line;
    size_t accepted = 0, refused = 0;
    while (vector_next(&rest, &line)) {
        struct bytes text = vector_hex(line.columns[2]);
        bool expected = span_is(line.columns[1], "accept");
        if (accepts_tight(bytes_span(&text)) != expected)
            fail_msg("%.*s", (int)line.columns[0].size, (const char *)line.columns[0].data);
        *(expected ? &accepted : &refused) += 1;
        bytes_clear(&text);
    }
    bytes_clear(&table);
    assert_true(accepted >= 20);
    assert_true(refused >= 90);
}

static void json__refuses_every_prefix_of_a_value(void **state)
{
    (void)state;
    struct bytes good = vector_tuf("targets-3");
    assert_true(accepts(bytes_span(&good)));
    for (size_t size = 0; size < good.size; size++)
        assert_false(accepts_tight(span_of(good.data, size)));
    bytes_clear(&good);
}

static void json__says_what_is_wrong_and_where(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *words;
        size_t at;
    } cases[] = {
        {"{\"b\":1,\"a\":2}", "not in order", 7},
        {"[1,02]", "leading zero", 3},
        {"[1,-0]", "-0", 5},
        {"[1,9007199254740992]", "2^53-1", 3},
        {"[1.5]", "fraction", 2},
        {"\"a\\n\"", "escape", 2},
        {"\"a\xc0\xaf\"", "UTF-8", 2},
        {"{\"\xc3\xa4\":1}", "printable ASCII", 1},
        {"[1]x", "after the value", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json json = json_of(DIALECT_TUF, span_text(cases[i].text));
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
    json_fail(&json, "another");
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
    json_unescape((struct span){0}, &out);
    assert_int_equal(out.size, 0);
    bytes_clear(&out);
}

// ---- other implementations' vectors: {"source":…,"input":"…","canonical_hex":"…"} a line ----

static const char olpc[] = "../shared/vectors/olpc/vectors.jsonl";

// The value behind `name` up to its closing quote, still escaped; empty when it is not there.
static struct span member(struct span line, const char *name)
{
    const uint8_t *at = memmem(line.data, line.size, name, strlen(name));
    if (at == NULL)
        return (struct span){0};
    const uint8_t *from = at + strlen(name), *end = from;
    while (*end != '"')
        end += *end == '\\' ? 2 : 1;
    return span_of(from, (size_t)(end - from));
}

static void add_utf8(uint32_t code, struct bytes *out)
{
    if (code < 0x80) {
        bytes_add_u8(out, (uint8_t)code);
    } else if (code < 0x800) {
        bytes_add_u8(out, (uint8_t)(0xc0 | code >> 6));
        bytes_add_u8(out, (uint8_t)(0x80 | (code & 63)));
    } else if (code < 0x10000) {
        bytes_add_u8(out, (uint8_t)(0xe0 | code >> 12));
        bytes_add_u8(out, (uint8_t)(0x80 | (code >> 6 & 63)));
        bytes_add_u8(out, (uint8_t)(0x80 | (code & 63)));
    } else {
        bytes_add_u8(out, (uint8_t)(0xf0 | code >> 18));
        bytes_add_u8(out, (uint8_t)(0x80 | (code >> 12 & 63)));
        bytes_add_u8(out, (uint8_t)(0x80 | (code >> 6 & 63)));
        bytes_add_u8(out, (uint8_t)(0x80 | (code & 63)));
    }
}

static uint32_t code_at(const uint8_t *at)
{
    char digits[5] = {(char)at[0], (char)at[1], (char)at[2], (char)at[3], 0};
    return (uint32_t)strtoul(digits, NULL, 16);
}

// Reads one escape of ordinary JSON; returns how many bytes of the text it took.
static size_t read_escape(const uint8_t *at, struct bytes *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *plain = strchr(from, at[1]);
    if (plain != NULL) {
        bytes_add_u8(out, (uint8_t)to[plain - from]);
        return 2;
    }
    uint32_t code = code_at(at + 2);
    if (code < 0xd800 || code > 0xdbff || at[6] != '\\' || at[7] != 'u') {
        add_utf8(code, out);
        return 6;
    }
    add_utf8(0x10000 + ((code - 0xd800) << 10) + (code_at(at + 8) - 0xdc00), out);
    return 12;
}

static struct bytes decode(struct span escaped)
{
    struct bytes out;
    bytes_init(&out, 1 << 20);
    for (size_t i = 0; i < escaped.size;) {
        size_t took = 1;
        if (escaped.data[i] == '\\')
            took = read_escape(escaped.data + i, &out);
        else
            bytes_add_u8(&out, escaped.data[i]);
        i += took;
    }
    return out;
}

// Canonical for them, refused by us on purpose (formats reference, end of section 1).
static bool refused_on_purpose(struct span canonical)
{
    struct json json = json_of(DIALECT_TUF, canonical);
    (void)json_skip(&json);
    return json.failure != NULL && (strstr(json.failure, "2^53-1") != NULL ||
                                       strstr(json.failure, "printable ASCII") != NULL ||
                                       strstr(json.failure, "too deep") != NULL);
}

struct olpc_count {
    size_t accepted, on_purpose, refused;
};

static void check_olpc(struct span line, struct olpc_count *count)
{
    struct bytes canonical = vector_hex(member(line, "\"canonical_hex\": \""));
    struct bytes input = decode(member(line, "\"input\": \""));
    if (canonical.size > 0 && accepts_tight(bytes_span(&canonical)))
        count->accepted++;
    else if (canonical.size > 0 && refused_on_purpose(bytes_span(&canonical)))
        count->on_purpose++;
    else if (canonical.size > 0)
        fail_msg("refused: %.*s", (int)canonical.size, (char *)canonical.data);
    if (canonical.size == 0 || !span_equal(bytes_span(&canonical), bytes_span(&input))) {
        if (accepts_tight(bytes_span(&input)))
            fail_msg("accepted: %.*s", (int)input.size, (char *)input.data);
        count->refused++;
    }
    bytes_clear(&canonical);
    bytes_clear(&input);
}

static void json__accepts_exactly_what_three_other_implementations_write(void **state)
{
    (void)state;
    if (!vector_exists(olpc)) {
        print_message("skipped: %s is not here\n", olpc);
        skip();
    }
    struct bytes table = vector_file(olpc);
    struct span rest = bytes_span(&table);
    struct olpc_count count = {0};
    while (rest.size > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.size);
        assert_non_null(end);
        size_t size = (size_t)(end - rest.data);
        check_olpc(span_of(rest.data, size), &count);
        rest = span_of(end + 1, rest.size - size - 1);
    }
    bytes_clear(&table);
    print_message("accepted %zu, refused on purpose %zu, refused %zu\n", count.accepted,
        count.on_purpose, count.refused);
    assert_true(count.accepted > 100);
    assert_true(count.refused > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json__r2_refuses_what_two_parsers_could_read_in_two_ways),
        cmocka_unit_test(json__refuses_every_prefix_of_a_value),
        cmocka_unit_test(json__says_what_is_wrong_and_where),
        cmocka_unit_test(json__a_failure_is_sticky_and_the_first_one_stays),
        cmocka_unit_test(json__each_reader_refuses_every_other_kind),
        cmocka_unit_test(json__finish_refuses_a_value_that_was_not_read_to_its_end),
        cmocka_unit_test(json__reads_values_in_order),
        cmocka_unit_test(json__unescape_gives_the_meaning),
        cmocka_unit_test(json__accepts_exactly_what_three_other_implementations_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
