// Reader and canonicaliser against another library, over texts that chance has changed: what ours take,
// the other takes with the same value; what the canonicaliser refuses, the other refuses too, but for
// what is refused on purpose.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/json_file.h"
#include "metadata/json_loose.h"
#include "tests/unit/metadata_vectors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXTS_MOST = 256, CHANGES = 40000, TEXT_MOST = 4096, CHANGES_MOST = 4 };

// The same in every run (the generator of POSIX's rand_r would not be).
static uint32_t draw(uint32_t *state, size_t below)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (uint32_t)((uint64_t)(*state >> 8) * below >> 24);
}

// ---- our value, as tests/unit/json_reference.c prints the other's ----

static void print_value(struct json *json, struct bytes *out);

static void print_string(struct span raw, struct bytes *out)
{
    struct bytes meaning;
    bytes_init(&meaning, TEXT_MOST);
    json_unescape(raw, &meaning);
    bytes_add_u8(out, 's');
    bytes_add_hex(out, bytes_span(&meaning));
    bytes_clear(&meaning);
}

static void print_object(struct json *json, struct bytes *out)
{
    struct span key;
    bytes_add_u8(out, '{');
    json_enter_object(json);
    while (json_key(json, &key)) {
        print_string(key, out);
        bytes_add_u8(out, ':');
        print_value(json, out);
        bytes_add_u8(out, ',');
    }
    bytes_add_u8(out, '}');
}

static void print_array(struct json *json, struct bytes *out)
{
    bytes_add_u8(out, '[');
    json_enter_array(json);
    while (json_element(json)) {
        print_value(json, out);
        bytes_add_u8(out, ',');
    }
    bytes_add_u8(out, ']');
}

static void print_value(struct json *json, struct bytes *out)
{
    enum json_kind kind = json_next(json);
    if (kind == JSON_OBJECT)
        print_object(json, out);
    else if (kind == JSON_ARRAY)
        print_array(json, out);
    else if (kind == JSON_STRING)
        print_string(json_string(json), out);
    else if (kind == JSON_INTEGER)
        bytes_add_format(out, "i%" PRId64, json_integer(json));
    else
        bytes_add(out, span_of(json_skip(json).data, 1)); // t, f or n
}

// ---- what is compared ----

struct trial {
    struct bytes texts;    // in hex, one a line, for the other
    struct bytes expected; // what it should say of each
    size_t canonical, taken, refused, on_purpose;
};

static void add_value(
    struct trial *trial, struct span text, enum dialect dialect, struct span canonical)
{
    struct json json = json_of(dialect, canonical);
    bytes_add_hex(&trial->texts, text);
    bytes_add_u8(&trial->texts, '\n');
    print_value(&json, &trial->expected);
    bytes_add_u8(&trial->expected, '\n');
    assert_int_equal(json_finish(&json), OK);
}

static bool is_on_purpose(const char *words)
{
    static const char *const purposes[] = {
        "2^53-1", "fraction or an exponent", "-0 instead", "printable ASCII", "too deep"};
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++)
        if (strstr(words, purposes[i]) != NULL)
            return true;
    return false;
}

static void try_reader(struct trial *trial, enum dialect dialect, struct span text)
{
    struct json json = json_of(dialect, text);
    struct bytes file;
    (void)json_skip(&json);
    if (json_finish(&json) != OK)
        return;
    bytes_init(&file, 6 * TEXT_MOST);
    json_file_write(dialect, text, &file);
    add_value(trial, bytes_span(&file), dialect, text);
    trial->canonical++;
    bytes_clear(&file);
}

static void try_canonicaliser(struct trial *trial, struct span text)
{
    struct bytes out;
    struct json_fault fault;
    bytes_init(&out, 6 * TEXT_MOST);
    if (json_loose_read(DIALECT_UPTANE, text, &out, &fault) == OK) {
        add_value(trial, text, DIALECT_UPTANE, bytes_span(&out));
        trial->taken++;
    } else if (is_on_purpose(fault.words)) {
        trial->on_purpose++;
    } else {
        bytes_add_hex(&trial->texts, text);
        bytes_add_u8(&trial->texts, '\n');
        bytes_add_text(&trial->expected, "refused\n");
        trial->refused++;
    }
    bytes_clear(&out);
}

// ---- texts that chance changes ----

static const char *const pieces[] = {"\"", "\\", "\\n", "\\u", "\\u00e4", "\\ud83d", "\\ude00",
    "\\u0000", "\xc3\xa4", "\xf0\x9f\x98\x80", "\xed\xa0\x80", "\n", "\x7f", " ", "{", "}", "[",
    "]", ",", ":", "0", "-", "1", "9007199254740991", "true", "null", "\"a\":", "e1", "."};
enum { PIECES = sizeof pieces / sizeof pieces[0] };

static void change(uint32_t *state, struct span text, struct bytes *out)
{
    size_t from = draw(state, text.size + 1), skipped = draw(state, 3);
    const char *piece = draw(state, 4) == 0 ? "" : pieces[draw(state, PIECES)];
    bytes_add(out, span_of(text.data, from));
    bytes_add_text(out, piece);
    from = from + skipped > text.size ? text.size : from + skipped;
    bytes_add(out, span_of(text.data + from, text.size - from));
}

static void change_often(uint32_t *state, struct span text, struct bytes *out)
{
    struct bytes last;
    bytes_init(&last, TEXT_MOST);
    bytes_add(out, text);
    for (size_t i = draw(state, CHANGES_MOST); i > 0; i--) {
        bytes_reset(&last);
        bytes_add(&last, bytes_span(out));
        bytes_reset(out);
        change(state, bytes_span(&last), out);
    }
    assert_int_equal(bytes_finish(out), OK);
    bytes_clear(&last);
}

// The texts of a table whose column `column` is hex; returns how many.
static size_t add_texts(const char *path, size_t column, struct bytes *texts, size_t count)
{
    struct bytes table = vector_file(path);
    struct span rest = bytes_span(&table);
    struct vector_line line;
    while (vector_next(&rest, &line) && count < TEXTS_MOST)
        if (line.columns[column].size < TEXT_MOST / 2)
            texts[count++] = vector_hex(line.columns[column]);
    bytes_clear(&table);
    return count;
}

static void try_all(struct trial *trial)
{
    struct bytes texts[TEXTS_MOST], text;
    size_t count = add_texts("tests/vectors/canonical/uptane.txt", 2, texts, 0);
    count = add_texts("tests/vectors/canonical/spellings.txt", 1, texts, count);
    count = add_texts("tests/vectors/json.txt", 2, texts, count);
    uint32_t state = 1;
    bytes_init(&text, TEXT_MOST);
    for (size_t i = 0; i < CHANGES; i++) {
        bytes_reset(&text);
        change_often(&state, bytes_span(&texts[draw(&state, count)]), &text);
        try_reader(trial, DIALECT_TUF, bytes_span(&text));
        try_reader(trial, DIALECT_UPTANE, bytes_span(&text));
        try_canonicaliser(trial, bytes_span(&text));
    }
    bytes_clear(&text);
    while (count > 0)
        bytes_clear(&texts[--count]);
}

// What the other program says of the texts.
static struct bytes ask_other(struct span texts)
{
    char path[] = "/tmp/conclave-json-XXXXXX", command[512];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (size_t at = 0; at < texts.size;) {
        ssize_t wrote = write(fd, texts.data + at, texts.size - at);
        assert_true(wrote > 0);
        at += (size_t)wrote;
    }
    close(fd);
    snprintf(command, sizeof command, "'%s' <%s", JSON_REFERENCE, path);
    struct bytes answer = vector_command(command);
    unlink(path);
    return answer;
}

static struct span take_line(struct span *rest)
{
    const uint8_t *end = memchr(rest->data, '\n', rest->size);
    assert_non_null(end);
    struct span line = span_of(rest->data, (size_t)(end - rest->data));
    *rest = span_of(end + 1, rest->size - line.size - 1);
    return line;
}

static void json__reads_the_values_that_another_library_reads(void **state)
{
    (void)state;
    struct trial trial = {0};
    if (JSON_REFERENCE[0] == 0) {
        print_message("skipped: libjansson-dev was not there when this was built\n");
        skip();
    }
    bytes_init(&trial.texts, 64 << 20);
    bytes_init(&trial.expected, 64 << 20);
    try_all(&trial);
    struct bytes answer = ask_other(bytes_span(&trial.texts));
    struct span texts = bytes_span(&trial.texts), expected = bytes_span(&trial.expected),
                said = bytes_span(&answer);
    while (texts.size > 0) {
        struct span text = take_line(&texts), one = take_line(&expected),
                    other = take_line(&said);
        if (!span_equal(one, other))
            fail_msg("%.*s: %.*s expected: %.*s", (int)text.size, (const char *)text.data,
                (int)one.size, (const char *)one.data, (int)other.size,
                (const char *)other.data);
    }
    print_message("%zu canonical, %zu taken, %zu refused by both, %zu refused on purpose\n",
        trial.canonical, trial.taken, trial.refused, trial.on_purpose);
    assert_true(trial.canonical > 1000 && trial.taken > 1000 && trial.refused > 1000);
    bytes_clear(&answer);
    bytes_clear(&trial.texts);
    bytes_clear(&trial.expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json__reads_the_values_that_another_library_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
