// The canonicaliser and the strict reader together, in both dialects: what the one writes, the other
// takes. Against tests/vectors/canonical, and against the vectors of other implementations when they
// lie beside the project.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/json_file.h"
#include "metadata/json_loose.h"
#include "tests/unit/metadata_vectors.h"

#include <string.h>

enum { OUT_MOST = 1 << 20 };

static bool accepts(enum dialect dialect, struct span text)
{
    struct json json = json_of(dialect, text);
    (void)json_skip(&json);
    return json_finish(&json) == OK;
}

static void expect_canonical(enum dialect dialect, struct span text, struct span expected)
{
    struct bytes out, file;
    struct json_fault fault;
    bytes_init(&out, OUT_MOST);
    if (json_loose_read(dialect, text, &out, &fault) != OK)
        fail_msg("%.*s: byte %zu: %s", (int)text.size, (const char *)text.data, fault.at,
            fault.words);
    if (!span_equal(bytes_span(&out), expected))
        fail_msg("%.*s: %.*s", (int)text.size, (const char *)text.data, (int)out.size,
            (const char *)out.data);
    assert_true(accepts(dialect, expected));
    bytes_init(&file, OUT_MOST);
    json_file_write(dialect, expected, &file);
    bytes_reset(&out);
    assert_int_equal(json_loose_read(dialect, bytes_span(&file), &out, &fault), OK);
    assert_true(span_equal(bytes_span(&out), expected));
    bytes_clear(&file);
    if (!span_equal(text, expected))
        assert_false(accepts(dialect, text));
    bytes_clear(&out);
}

// The words of the refusal.
static const char *expect_refused(enum dialect dialect, struct span text)
{
    struct bytes out;
    struct json_fault fault;
    bytes_init(&out, OUT_MOST);
    if (json_loose_read(dialect, text, &out, &fault) != ERR_FORM)
        fail_msg("taken: %.*s", (int)text.size, (const char *)text.data);
    assert_false(accepts(dialect, text));
    assert_true(fault.at <= text.size);
    bytes_clear(&out);
    return fault.words;
}

static void expect_words(struct span text, struct span words)
{
    static const enum dialect dialects[] = {DIALECT_TUF, DIALECT_UPTANE};
    for (size_t i = 0; i < 2; i++) {
        const char *said = expect_refused(dialects[i], text);
        if (memmem(said, strlen(said), words.data, words.size) == NULL)
            fail_msg("%.*s: %s", (int)text.size, (const char *)text.data, said);
    }
}

static void canonical__r2_has_one_form_in_each_dialect(void **state)
{
    (void)state;
    struct bytes table = vector_file("tests/vectors/canonical/spellings.txt");
    struct span rest = bytes_span(&table);
    struct vector_line line;
    size_t lines = 0;
    for (; vector_next(&rest, &line); lines++) {
        struct bytes text = vector_hex(line.columns[1]);
        if (span_is(line.columns[2], "refused")) {
            expect_words(bytes_span(&text), line.columns[3]);
        } else {
            struct bytes tuf = vector_hex(line.columns[2]),
                         uptane = vector_hex(line.columns[3]);
            expect_canonical(DIALECT_TUF, bytes_span(&text), bytes_span(&tuf));
            expect_canonical(DIALECT_UPTANE, bytes_span(&text), bytes_span(&uptane));
            bytes_clear(&tuf);
            bytes_clear(&uptane);
        }
        bytes_clear(&text);
    }
    bytes_clear(&table);
    assert_true(lines >= 50);
}

static void canonical__r2_of_uptane_is_what_jsoncpp_writes(void **state)
{
    (void)state;
    struct bytes table = vector_file("tests/vectors/canonical/jsoncpp.txt");
    struct span rest = bytes_span(&table);
    struct vector_line line;
    size_t same = 0, refused = 0;
    while (vector_next(&rest, &line)) {
        struct bytes text = vector_hex(line.columns[1]);
        if (span_is(line.columns[0], "same")) {
            struct bytes written = vector_hex(line.columns[2]);
            expect_canonical(DIALECT_UPTANE, bytes_span(&text), bytes_span(&written));
            bytes_clear(&written);
            same++;
        } else {
            (void)expect_refused(DIALECT_UPTANE, bytes_span(&text));
            refused++;
        }
        bytes_clear(&text);
    }
    bytes_clear(&table);
    assert_int_equal(same, 138);
    assert_int_equal(refused, 17);
}

// ---- other implementations' vectors: {"source":…,"input":"…","canonical_hex":"…"} a line ----

static const char olpc[] = "../shared/vectors/olpc/vectors.jsonl";

// What is refused on purpose (formats reference, end of section 1), by words of the refusal.
static const char *const on_purpose[] = {
    "2^53-1", "fraction or an exponent", "printable ASCII", "surrogate", "one stands twice"};
enum { PURPOSES = sizeof on_purpose / sizeof on_purpose[0] };

struct olpc {
    struct bytes input;
    struct bytes canonical;
    bool is_canonical; // false: three implementations refuse it, or do not agree
};

static void read_member(struct json *json, struct span key, struct olpc *out)
{
    bool is_hex = span_is(key, "canonical_hex") && json_next(json) == JSON_STRING;
    struct span raw = json_next(json) == JSON_STRING ? json_string(json) : json_skip(json);
    if (span_is(key, "input")) {
        json_unescape(raw, &out->input);
    } else if (is_hex) {
        out->is_canonical = true;
        bytes_clear(&out->canonical);
        out->canonical = vector_hex(raw);
    }
}

// The line is itself JSON of another program.
static void read_olpc(struct span line, struct olpc *out)
{
    struct bytes canonical;
    struct json_fault fault;
    struct span key;
    *out = (struct olpc){0};
    bytes_init(&canonical, OUT_MOST);
    bytes_init(&out->input, OUT_MOST);
    bytes_init(&out->canonical, OUT_MOST);
    assert_int_equal(json_loose_read(DIALECT_UPTANE, line, &canonical, &fault), OK);
    struct json json = json_of(DIALECT_UPTANE, bytes_span(&canonical));
    json_enter_object(&json);
    while (json_key(&json, &key))
        read_member(&json, key, out);
    assert_int_equal(json_finish(&json), OK);
    bytes_clear(&canonical);
}

static size_t purpose_of(const char *words)
{
    for (size_t i = 0; i < PURPOSES; i++)
        if (strstr(words, on_purpose[i]) != NULL)
            return i;
    return PURPOSES;
}

static void check_olpc(struct span line, size_t *taken, size_t refused[PURPOSES])
{
    struct olpc vector;
    struct bytes out;
    struct json_fault fault;
    read_olpc(line, &vector);
    bytes_init(&out, OUT_MOST);
    struct span input = bytes_span(&vector.input);
    if (json_loose_read(DIALECT_TUF, input, &out, &fault) == OK) {
        assert_true(vector.is_canonical);
        expect_canonical(DIALECT_TUF, input, bytes_span(&vector.canonical));
        assert_int_equal(json_loose_read(DIALECT_UPTANE, input, &out, &fault), OK);
        ++*taken;
    } else {
        size_t purpose = purpose_of(fault.words);
        if (purpose == PURPOSES)
            fail_msg(
                "refused: %.*s: %s", (int)input.size, (const char *)input.data, fault.words);
        refused[purpose]++;
        (void)expect_refused(DIALECT_TUF, input);
        (void)expect_refused(DIALECT_UPTANE, input);
    }
    bytes_clear(&out);
    bytes_clear(&vector.input);
    bytes_clear(&vector.canonical);
}

static void canonical__agrees_with_three_other_implementations(void **state)
{
    (void)state;
    if (!vector_exists(olpc)) {
        print_message("skipped: %s is not here\n", olpc);
        skip();
    }
    struct bytes table = vector_file(olpc);
    struct span rest = bytes_span(&table);
    size_t taken = 0, refused[PURPOSES] = {0};
    while (rest.size > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.size);
        size_t size = end == NULL ? rest.size : (size_t)(end - rest.data);
        check_olpc(span_of(rest.data, size), &taken, refused);
        rest = end == NULL ? (struct span){0} : span_of(end + 1, rest.size - size - 1);
    }
    bytes_clear(&table);
    print_message("%zu canonicalised\n", taken);
    for (size_t i = 0; i < PURPOSES; i++)
        print_message("%zu refused on purpose: %s\n", refused[i], on_purpose[i]);
    assert_true(taken >= 453);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical__r2_has_one_form_in_each_dialect),
        cmocka_unit_test(canonical__r2_of_uptane_is_what_jsoncpp_writes),
        cmocka_unit_test(canonical__agrees_with_three_other_implementations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
