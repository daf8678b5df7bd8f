// JSON as other programs write it (metadata/json_loose.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/json_file.h"
#include "metadata/json_loose.h"
#include "tests/unit/metadata_vectors.h"

#include <stdlib.h>
#include <string.h>

enum { OUT_MOST = 1 << 20 };

// A copy that ends where the text ends, so that a read past it is seen by the sanitizer.
static enum err read_tight(
    enum dialect dialect, struct span text, struct bytes *out, struct json_fault *fault)
{
    uint8_t *copy = malloc(text.size == 0 ? 1 : text.size);
    assert_non_null(copy);
    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    bytes_init(out, OUT_MOST);
    enum err err = json_loose_read(dialect, span_of(copy, text.size), out, fault);
    free(copy);
    return err;
}

static void expect_reads(enum dialect dialect, struct span text, const char *canonical)
{
    struct bytes out;
    struct json_fault fault;
    if (read_tight(dialect, text, &out, &fault) != OK)
        fail_msg("%.*s: byte %zu: %s", (int)text.size, (const char *)text.data, fault.at,
            fault.words);
    if (!span_is(bytes_span(&out), canonical))
        fail_msg("%s expected: %.*s", canonical, (int)out.size, (const char *)out.data);
    bytes_clear(&out);
}

static void expect_refuses_in(enum dialect dialect, struct span text, const char *words)
{
    struct bytes out;
    struct json_fault fault;
    assert_int_equal(read_tight(dialect, text, &out, &fault), ERR_FORM);
    assert_non_null(fault.words);
    if (strstr(fault.words, words) == NULL)
        fail_msg("%.*s: \"%s\" expected: %s", (int)text.size, (const char *)text.data, words,
            fault.words);
    assert_true(fault.at <= text.size);
    bytes_clear(&out);
}

static void expect_refuses(struct span text, const char *words)
{
    expect_refuses_in(DIALECT_TUF, text, words);
    expect_refuses_in(DIALECT_UPTANE, text, words);
}

// ---- what two parsers could read differently ----

static void json_loose__r2_refuses_what_two_parsers_could_read_differently(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *words;
    } cases[] = {
        {"{\"a\":1,\"a\":1}", "one stands twice"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "one stands twice"},
        {"{\"a\":1,\"\\u0061\":2}", "one stands twice"},
        {"{\"x\":{\"b\":[{\"k\":1,\"k\":2}]}}", "one stands twice"},
        {"1.0", "fraction"},
        {"1e3", "exponent"},
        {"-0", "-0"},
        {"01", "leading zero"},
        {"9007199254740992", "2^53-1"},
        {"+1", "expected"},
        {"0x10", "bytes after"},
        {"NaN", "expected"},
        {"Infinity", "expected"},
        {"nul", "null is expected"},
        {"truefalse", "bytes after"},
        {"{\"\xc3\xa9\":1}", "printable ASCII"},
        {"{\"\\u00e9\":1}", "printable ASCII"},
        {"{\"a\\nb\":1}", "printable ASCII"},
        {"{\"a\\\"b\":1}", "an escape"},
        {"\"\\ud800\"", "surrogate"},
        {"\"\\ud800x\"", "surrogate"},
        {"\"\\ud800\\n\"", "surrogate"},
        {"\"\\ud800\\ud800\"", "surrogate"},
        {"\"\\udc00\\ud800\"", "surrogate"},
        {"\"\xed\xa0\x80\"", "UTF-8"},
        {"\"\xc0\xaf\"", "UTF-8"},
        {"\"\xff\"", "UTF-8"},
        {"\"a\nb\"", "control character"},
        {"\"\t\"", "control character"},
        {"\"\\x41\"", "an escape that JSON does not have"},
        {"\"\\u12g4\"", "four hex digits"},
        {"\"\\u 123\"", "four hex digits"},
        {"\xef\xbb\xbf{}", "byte order mark"},
        {"{} {}", "bytes after"},
        {"{}\xc2\xa0", "bytes after"},
        {"{}//", "bytes after"},
        {"[1,]", "a value is expected"},
        {"[,1]", "a value is expected"},
        {"[1 2]", "a comma or the end"},
        {"[1", "a comma or the end"},
        {"{\"a\":1,}", "a string is expected"},
        {"{\"a\" 1}", "a colon"},
        {"{\"a\":}", "a value is expected"},
        {"{a:1}", "a string is expected"},
        {"{'a':1}", "a string is expected"},
        {"{\"a\":1 \"b\":2}", "a comma or the end"},
        {"\"abc", "no end"},
        {"\"abc\\", "an escape"},
        {"]", "a value is expected"},
        {"", "a value is expected"},
        {" \n", "a value is expected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refuses(span_text(cases[i].text), cases[i].words);
}

// Of the file, not of what was made of it so far.
static void json_loose__says_at_which_byte(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t at;
    } cases[] = {
        {" {\"b\": 1, \"a\": 2, \"b\": 3}", 18},
        {"{\"z\": 1, \"z\": 2, \"a\": 3, \"a\": 4}", 25},
        {"{ \"a\" : [ 1, 1.5 ] }", 14},
        {"[ 1, 02 ]", 5},
        {"[ 9007199254740992 ]", 2},
        {"{ \"b\": 1, \"\xc3\xa4\": 2 }", 10},
        {"{ \"b\": 1, \"a\\n\": 2 }", 10},
        {"[ \"\\u00e9\\ud800\" ]", 9},
        {"[ \"\\u00e9\xff\" ]", 9},
        {"[ \"\\u00e9\n\" ]", 9},
        {"[ \"\\u00e9", 9},
        {"[ nul ]", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes out;
        struct json_fault fault;
        assert_int_equal(
            read_tight(DIALECT_UPTANE, span_text(cases[i].text), &out, &fault), ERR_FORM);
        if (fault.at != cases[i].at)
            fail_msg("%s: byte %zu, not %zu", cases[i].text, fault.at, cases[i].at);
        bytes_clear(&out);
    }
}

static void json_loose__refuses_a_nul_anywhere(void **state)
{
    (void)state;
    expect_refuses(span_of("{}\0", 3), "bytes after");
    expect_refuses(span_of("\0{}", 3), "a value is expected");
    expect_refuses(span_of("\"a\0b\"", 5), "control character");
    expect_refuses(span_of("{\"a\"\0:1}", 8), "a colon");
    expect_refuses(span_of("[1\0]", 4), "a comma or the end");
}

static void json_loose__r20_depth_has_an_end(void **state)
{
    (void)state;
    char deep[2 * JSON_DEPTH + 3];
    memset(deep, '[', JSON_DEPTH);
    memset(deep + JSON_DEPTH, ']', JSON_DEPTH);
    deep[2 * JSON_DEPTH] = 0;
    expect_reads(DIALECT_TUF, span_text(deep), deep);
    expect_reads(DIALECT_UPTANE, span_text(deep), deep);
    memset(deep, '[', JSON_DEPTH + 1);
    memset(deep + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
    expect_refuses(span_of(deep, sizeof deep - 1), "nested too deep");
}

static void json_loose__r20_says_when_it_has_no_room(void **state)
{
    (void)state;
    struct span text = span_text("{ \"b\" : [ 1 , 2 ] , \"a\" : \"x\" }");
    struct bytes out;
    struct json_fault fault;
    for (size_t limit = 0; limit < strlen("{\"a\":\"x\",\"b\":[1,2]}"); limit++) {
        bytes_init(&out, limit);
        assert_int_equal(json_loose_read(DIALECT_TUF, text, &out, &fault), ERR_LIMIT);
        bytes_clear(&out);
    }
}

static void json_loose__refuses_every_prefix_of_a_file(void **state)
{
    (void)state;
    struct bytes file = vector_file("tests/vectors/past/2.root.json"), out;
    struct json_fault fault;
    for (size_t size = 0; size < file.size; size += 3) {
        assert_int_equal(
            read_tight(DIALECT_TUF, span_of(file.data, size), &out, &fault), ERR_FORM);
        bytes_clear(&out);
    }
    bytes_clear(&file);
}

// ---- what is read ----

static void json_loose__reads_any_white_space_order_and_escape(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *canonical;
    } cases[] = {
        {" \t\r\n{ } ", "{}"},
        {"[ ]", "[]"},
        {"[ true , false,null , -12 , 0 ]", "[true,false,null,-12,0]"},
        {"{\"b\":1,\"a\":{\"z\":[],\"y\":[{\"d\":1,\"c\":2}]}}",
            "{\"a\":{\"y\":[{\"c\":2,\"d\":1}],\"z\":[]},\"b\":1}"},
        {"{\"ab\":1,\"a\":2,\"a!\":3,\"\":4,\"A\":5}",
            "{\"\":4,\"A\":5,\"a\":2,\"a!\":3,\"ab\":1}"},
        {"{\"\\u0062\":1,\"\\u0061\":2}", "{\"a\":2,\"b\":1}"},
        {"\"\\/\\\"\\\\\\u007F\"", "\"/\\\"\\\\\x7f\""},
        {"9007199254740991", "9007199254740991"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_reads(DIALECT_TUF, span_text(cases[i].text), cases[i].canonical);
        expect_reads(DIALECT_UPTANE, span_text(cases[i].text), cases[i].canonical);
    }
}

static void json_loose__spells_each_character_as_the_dialect_does(void **state)
{
    (void)state;
    struct span controls = span_text("\"\\b\\f\\n\\r\\t\\u001f\\u000A\"");
    struct span others = span_text("\"\\u00e9\\u20AC\\uD83D\\uDE00\xc3\xa9\"");
    expect_reads(DIALECT_TUF, controls, "\"\b\f\n\r\t\x1f\n\"");
    expect_reads(DIALECT_UPTANE, controls, "\"\\b\\f\\n\\r\\t\\u001f\\n\"");
    expect_reads(DIALECT_TUF, others, "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xc3\xa9\"");
    expect_reads(DIALECT_UPTANE, others, "\"\\u00e9\\u20ac\\ud83d\\ude00\\u00e9\"");
}

// Behind what stands in the output already.
static void json_loose__appends(void **state)
{
    (void)state;
    struct bytes out;
    struct json_fault fault;
    bytes_init(&out, OUT_MOST);
    bytes_add_text(&out, "before {");
    assert_int_equal(
        json_loose_read(DIALECT_TUF, span_text("{\"b\":1,\"a\":2}"), &out, &fault), OK);
    assert_true(span_is(bytes_span(&out), "before {{\"a\":2,\"b\":1}"));
    bytes_clear(&out);
}

static void json_loose__gives_canonical_values_back(void **state)
{
    (void)state;
    static const char *const names[] = {
        "root-1", "targets-1", "targets-3", "snapshot-1", "timestamp-1"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct bytes canonical = vector_tuf(names[i]), file, out;
        struct json_fault fault;
        bytes_init(&file, OUT_MOST);
        json_file_write(DIALECT_TUF, bytes_span(&canonical), &file);
        assert_int_equal(read_tight(DIALECT_TUF, bytes_span(&file), &out, &fault), OK);
        assert_true(span_equal(bytes_span(&out), bytes_span(&canonical)));
        bytes_clear(&out);
        bytes_clear(&file);
        bytes_clear(&canonical);
    }
}

// The other program's canonical form is ours.
static void json_loose__agrees_with_another_writer_of_the_canonical_form(void **state)
{
    (void)state;
    static const char *const files[] = {"1.root", "2.root", "targets"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[128], command[256];
        snprintf(path, sizeof path, "tests/vectors/past/%s.json", files[i]);
        snprintf(
            command, sizeof command, "/usr/bin/python3 -B tests/vectors/canonical.py %s", path);
        struct bytes file = vector_file(path), other = vector_command(command), out;
        struct json_fault fault;
        assert_int_equal(read_tight(DIALECT_TUF, bytes_span(&file), &out, &fault), OK);
        assert_true(span_equal(bytes_span(&out), bytes_span(&other)));
        bytes_clear(&out);
        bytes_clear(&other);
        bytes_clear(&file);
    }
}

// A thousand fields in the worst order.
static void json_loose__sorts_a_large_object(void **state)
{
    (void)state;
    struct bytes text, out;
    struct json_fault fault;
    bytes_init(&text, OUT_MOST);
    for (int i = 999; i >= 0; i--)
        bytes_add_format(&text, "%s\"k%03d\": %d", i == 999 ? "{" : ",\n", i, i);
    bytes_add_text(&text, "}");
    assert_int_equal(read_tight(DIALECT_TUF, bytes_span(&text), &out, &fault), OK);
    struct json json = json_of(DIALECT_TUF, bytes_span(&out));
    struct span key;
    int64_t count = 0;
    json_enter_object(&json);
    for (; json_key(&json, &key); count++)
        assert_int_equal(json_integer(&json), count);
    assert_int_equal(count, 1000);
    bytes_clear(&out);
    bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_loose__r2_refuses_what_two_parsers_could_read_differently),
        cmocka_unit_test(json_loose__says_at_which_byte),
        cmocka_unit_test(json_loose__refuses_a_nul_anywhere),
        cmocka_unit_test(json_loose__r20_depth_has_an_end),
        cmocka_unit_test(json_loose__r20_says_when_it_has_no_room),
        cmocka_unit_test(json_loose__refuses_every_prefix_of_a_file),
        cmocka_unit_test(json_loose__reads_any_white_space_order_and_escape),
        cmocka_unit_test(json_loose__spells_each_character_as_the_dialect_does),
        cmocka_unit_test(json_loose__appends),
        cmocka_unit_test(json_loose__gives_canonical_values_back),
        cmocka_unit_test(json_loose__agrees_with_another_writer_of_the_canonical_form),
        cmocka_unit_test(json_loose__sorts_a_large_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
