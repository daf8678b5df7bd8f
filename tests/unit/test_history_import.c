// Whether an import says of its evidence what is found there (metadata/history.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/metadata_vectors.h"
#include "tests/unit/past_fixture.h"

#include <stdio.h>
#include <string.h>

static struct evidence import_all(void)
{
    past_roots();
    past_file("targets");
    past_file("supplier");
    past_file("snapshot");
    past_file("timestamp");
    past_assert_read();
    past.motion.number = 4;
    return past_gather();
}

static void history__an_import_is_what_its_files_say(void **state)
{
    (void)state;
    struct evidence evidence = import_all();
    assert_int_equal(evidence.count, 3 + 4 + 5);
    assert_int_equal(past_judge(&evidence), OK);
    struct span first = evidence.at[0];
    evidence.at[0] = evidence.at[11];
    evidence.at[11] = first;
    assert_int_equal(past_judge(&evidence), OK);
    past_drop(&evidence);
}

static void history__r1_refuses_an_import_without_all_its_evidence(void **state)
{
    (void)state;
    struct evidence evidence = import_all();
    for (size_t i = 0; i < evidence.count; i++) {
        struct span was = evidence.at[i];
        evidence.at[i] = evidence.at[(i + 1) % evidence.count];
        assert_int_equal(past_judge(&evidence), ERR_REFUSED);
        evidence.at[i] = was;
    }
    evidence.count--;
    past_assert_refused(past_judge(&evidence), "R1", "not among the evidence");
    past_drop(&evidence);
}

static void history__the_quorum_accepts_each_finding_by_its_id(void **state)
{
    (void)state;
    struct evidence evidence = import_all();
    size_t count = past.motion.finding_count;
    struct import_finding dropped = past.motion.findings[0];
    assert_string_equal(dropped.id, "consistent-snapshot-missing");
    memmove(past.motion.findings, past.motion.findings + 1,
        (count - 1) * sizeof past.motion.findings[0]);
    past.motion.finding_count--;
    past_assert_refused(past_judge(&evidence), "R2",
        "does not accept consistent-snapshot-missing in version 1: The");
    past.motion.findings[count - 1] = dropped;
    past.motion.finding_count++;
    past_assert_refused(past_judge(&evidence), "R1", "something else"); // in another order
    past.motion.findings[count - 1].version = 21;
    past_assert_refused(
        past_judge(&evidence), "R2", "does not accept consistent-snapshot-missing");
    past_drop(&evidence);
}

static void history__an_import_accepts_nothing_that_is_not_broken(void **state)
{
    (void)state;
    struct evidence evidence = import_all();
    struct import_finding *more = &past.motion.findings[past.motion.finding_count++];
    *more = (struct import_finding){.version = 30};
    snprintf(more->id, sizeof more->id, "unknown-field");
    past_assert_refused(past_judge(&evidence), "R2",
        "accepts unknown-field in version 30, which nothing there");
    past_drop(&evidence);
}

static void history__r1_an_import_says_of_its_roles_what_the_files_say(void **state)
{
    (void)state;
    struct evidence evidence = import_all();
    struct import_motion good = past.motion;
    past.motion.roles[3].version = 4;
    past_assert_refused(past_judge(&evidence), "R1", "something else");
    past.motion = good;
    past.motion.roles[3].expires++;
    past_assert_refused(past_judge(&evidence), "R1", "something else");
    past.motion = good;
    snprintf(past.motion.roles[2].role, sizeof past.motion.roles[2].role, "image/pump");
    past_assert_refused(past_judge(&evidence), "R1", "something else");
    past.motion = good;
    past.motion.roots[0].version = 2;
    past_assert_refused(past_judge(&evidence), "R1", "something else");
    past.motion = good;
    assert_int_equal(past_judge(&evidence), OK);
    past_drop(&evidence);
}

// ---- uptane ----

static void load_uptane(void)
{
    static const char folder[] = "tests/vectors/uptane";
    past.dialect = DIALECT_UPTANE;
    past.roots[past.root_count++] = past_load(folder, "root-1.signed");
    past.roots[past.root_count++] = past_load(folder, "root-2.signed");
    past.files[past.file_count++] = past_load(folder, "targets-1.signed");
    past.files[past.file_count++] = past_load(folder, "snapshot-1.signed");
    past.files[past.file_count++] = past_load(folder, "timestamp-1.signed");
}

static void history__an_uptane_repository_is_imported_in_its_dialect(void **state)
{
    (void)state;
    load_uptane();
    past_assert_read();
    past_assert_findings("");
    assert_int_equal(past.motion.role_count, 4);
    past.motion.number = 4;
    struct evidence evidence = past_gather();
    assert_int_equal(past_judge(&evidence), OK);
    past.dialect = DIALECT_TUF;
    past_assert_refused(past_judge(&evidence), "R2", "cannot be imported");
    past_drop(&evidence);
}

// As other programs write it: another order, white space, and characters as they are.
static void history__r1_an_uptane_file_is_verified_over_its_canonical_form(void **state)
{
    (void)state;
    load_uptane();
    struct hash written = hash_of(past.files[0]);
    struct bytes *loose = &past.bytes[2];
    bytes_clear(loose);
    *loose = vector_command(
        "/usr/bin/python3 -B -c 'import json, sys; json.dump(json.load(open("
        "\"tests/vectors/uptane/targets-1.signed.json\")), "
        "open(sys.stdout.fileno(), \"w\", encoding=\"utf-8\"), indent=2, ensure_ascii=False)'");
    past.files[0] = bytes_span(loose);
    struct hash now = hash_of(past.files[0]);
    assert_false(hash_equal(&now, &written));
    past_assert_read();
    past_assert_findings("");
}

#define PAST_TEST(name) cmocka_unit_test_setup_teardown(name, past_open, past_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAST_TEST(history__an_import_is_what_its_files_say),
        PAST_TEST(history__r1_refuses_an_import_without_all_its_evidence),
        PAST_TEST(history__the_quorum_accepts_each_finding_by_its_id),
        PAST_TEST(history__an_import_accepts_nothing_that_is_not_broken),
        PAST_TEST(history__r1_an_import_says_of_its_roles_what_the_files_say),
        PAST_TEST(history__an_uptane_repository_is_imported_in_its_dialect),
        PAST_TEST(history__r1_an_uptane_file_is_verified_over_its_canonical_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
