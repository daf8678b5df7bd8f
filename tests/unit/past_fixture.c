#include "tests/unit/past_fixture.h"
#include "tests/unit/rule_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/metadata_vectors.h"

#include <string.h>

struct past past;

int past_open(void **state)
{
    (void)state;
    past = (struct past){.dialect = DIALECT_TUF};
    return 0;
}

int past_close(void **state)
{
    (void)state;
    for (size_t i = 0; i < past.count; i++)
        bytes_clear(&past.bytes[i]);
    return 0;
}

struct span past_load(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    assert_true(past.count < PAST_FILES);
    past.bytes[past.count] = vector_file(path);
    return bytes_span(&past.bytes[past.count++]);
}

void past_root(const char *name)
{
    past.roots[past.root_count++] = past_load("tests/vectors/past", name);
}

void past_roots(void)
{
    past_root("1.root");
    past_root("2.root");
    past_root("3.root");
}

void past_file(const char *name)
{
    past.files[past.file_count++] = past_load("tests/vectors/past", name);
}

enum err past_read(void)
{
    struct history_case given = {.repository = "image",
        .dialect = past.dialect,
        .roots = past.roots,
        .root_count = past.root_count,
        .files = past.files,
        .file_count = past.file_count};
    past.refusal = (struct refusal){0};
    return history_read(&given, &past.motion, &past.refusal);
}

void past_assert_read(void)
{
    if (past_read() != OK)
        fail_msg("%s %s", past.refusal.rule, past.refusal.sentence);
}

void past_assert_refused(enum err err, const char *rule, const char *words)
{
    assert_int_equal(err, ERR_REFUSED);
    if (!rule_is_of(past.refusal.rule, rule) || strstr(past.refusal.sentence, words) == NULL)
        fail_msg(
            "%s \"%s\" expected: %s %s", rule, words, past.refusal.rule, past.refusal.sentence);
}

// "1 expires-form, 1 …" of all findings.
void past_assert_findings(const char *expected)
{
    struct bytes text;
    bytes_init(&text, PAST_OUT_MOST);
    for (size_t i = 0; i < past.motion.finding_count; i++)
        bytes_add_format(&text, "%s%d %s", i == 0 ? "" : ", ",
            (int)past.motion.findings[i].version, past.motion.findings[i].id);
    if (!span_is(bytes_span(&text), expected))
        fail_msg("%.*s", (int)text.size, (const char *)text.data);
    bytes_clear(&text);
}

// Everything that an import's request must bring along, and nothing more.
struct evidence past_gather(void)
{
    struct evidence evidence = {0};
    for (size_t i = 0; i < past.root_count; i++)
        evidence.at[evidence.count++] = past.roots[i];
    for (size_t i = 0; i < past.file_count; i++)
        evidence.at[evidence.count++] = past.files[i];
    size_t files = evidence.count;
    for (size_t i = past.root_count - 1; i < files; i++) {
        struct bytes *part = &evidence.parts[evidence.part_count++];
        bytes_init(part, PAST_OUT_MOST);
        assert_int_equal(
            history_canonical(past.dialect, evidence.at[i], part, &past.refusal), OK);
        evidence.at[evidence.count++] = bytes_span(part);
    }
    return evidence;
}

void past_drop(struct evidence *evidence)
{
    for (size_t i = 0; i < evidence->part_count; i++)
        bytes_clear(&evidence->parts[i]);
}

enum err past_judge(const struct evidence *evidence)
{
    struct charter *charter = charter_new();
    assert_non_null(charter);
    charter->repository_count = 1;
    charter->repositories[0] = (struct repository){"image", past.dialect, KIND_IMAGE};
    past.refusal = (struct refusal){0};
    enum err err =
        history_judge(charter, &past.motion, evidence->at, evidence->count, &past.refusal);
    charter_free(charter);
    return err;
}
