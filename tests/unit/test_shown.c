// Fields that the rendering has lines for (metadata/shown.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/shown.h"
#include "tests/unit/metadata_vectors.h"

#include <string.h>

static const struct {
    enum dialect dialect;
    enum tuf_type type;
    const char *name;
} payloads[] = {
    {DIALECT_TUF, TUF_ROOT, "root-1"},
    {DIALECT_TUF, TUF_TARGETS, "targets-1"},
    {DIALECT_TUF, TUF_TARGETS, "targets-3"},
    {DIALECT_TUF, TUF_SNAPSHOT, "snapshot-2"},
    {DIALECT_TUF, TUF_TIMESTAMP, "timestamp-2"},
    {DIALECT_UPTANE, TUF_ROOT, "root-1"},
    {DIALECT_UPTANE, TUF_TARGETS, "director-1"},
    {DIALECT_UPTANE, TUF_TARGETS, "targets-2"},
    {DIALECT_UPTANE, TUF_SNAPSHOT, "snapshot-2"},
    {DIALECT_UPTANE, TUF_TIMESTAMP, "timestamp-1"},
};
enum { PAYLOADS = sizeof payloads / sizeof payloads[0] };

static enum err check(size_t i, struct span whole, struct refusal *refusal)
{
    static struct tuf tuf;
    tuf =
        (struct tuf){.dialect = payloads[i].dialect, .type = payloads[i].type, .whole = whole};
    return shown_check(&tuf, refusal);
}

// A member that sorts before all others, put in behind this brace.
static bool refuses_member_at(size_t i, struct span whole, size_t at)
{
    static const char member[] = "\" new\":[{\"a\":1}],", only[] = "\" new\":[{\"a\":1}]";
    struct bytes changed;
    struct refusal refusal = {.sentence = ""};
    bytes_init(&changed, LIMIT_PAYLOAD);
    bytes_add(&changed, span_of(whole.data, at + 1));
    bytes_add_text(&changed, whole.data[at + 1] == '}' ? only : member);
    bytes_add(&changed, span_of(whole.data + at + 1, whole.size - at - 1));
    enum err err = check(i, bytes_span(&changed), &refusal);
    bytes_clear(&changed);
    if (err == OK)
        return false;
    assert_int_equal(err, ERR_REFUSED);
    assert_string_equal(refusal.rule, "R14");
    return strstr(refusal.sentence, "has no line for the field ") != NULL;
}

static void shown__r14_refuses_a_field_without_a_line_wherever_it_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAYLOADS; i++) {
        struct bytes whole = vector_of(payloads[i].dialect, payloads[i].name);
        size_t objects = 0, refused = 0;
        for (size_t at = 0; at < whole.size; at++) {
            if (whole.data[at] != '{')
                continue;
            objects++;
            refused += refuses_member_at(i, bytes_span(&whole), at);
        }
        // `custom` may hold anything, and is shown whole.
        bool custom = memmem(whole.data, whole.size, "\"custom\"", 8) != NULL;
        assert_true(custom ? refused > 2 && refused < objects : refused == objects);
        bytes_clear(&whole);
    }
}

static void shown__r14_passes_what_the_reader_knows(void **state)
{
    (void)state;
    struct refusal refusal = {.sentence = ""};
    for (size_t i = 0; i < PAYLOADS; i++) {
        struct bytes whole = vector_of(payloads[i].dialect, payloads[i].name);
        assert_int_equal(check(i, bytes_span(&whole), &refusal), OK);
        whole.size--;
        assert_int_equal(check(i, bytes_span(&whole), &refusal), ERR_REFUSED);
        assert_non_null(strstr(refusal.sentence, "is not read twice alike: "));
        bytes_clear(&whole);
    }
}

static void shown__writes_the_rest_of_the_past(void **state)
{
    (void)state;
    static const char whole[] =
        "{\"_type\":\"timestamp\",\"meta\":{\"a\":{\"version\":1,\"x\":[\"y\"]}},"
        "\"z\":\"\n\"}";
    struct tuf tuf = {
        .dialect = DIALECT_TUF, .type = TUF_TIMESTAMP, .whole = span_text(whole), .past = true};
    struct bytes out;
    bytes_init(&out, 4096);
    shown_rest(&tuf, &out);
    bytes_add_u8(&out, 0);
    assert_string_equal(out.data, "!! field that nobody here reads: x\n  value: [\"y\"]\n"
                                  "!! field that nobody here reads: z\n  value: \"\\x0a\"\n");
    bytes_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shown__r14_refuses_a_field_without_a_line_wherever_it_stands),
        cmocka_unit_test(shown__r14_passes_what_the_reader_knows),
        cmocka_unit_test(shown__writes_the_rest_of_the_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
