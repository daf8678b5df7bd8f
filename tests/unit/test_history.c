// The history of a repository that was signed elsewhere (metadata/history.h): tests/vectors/past,
// which tests/vectors/past.py explains, and real roots when they lie beside the project.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/history.h"
#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/past_fixture.h"

#include <stdlib.h>
#include <string.h>

static void assert_unreadable(const char *rule, const char *words)
{
    past_assert_refused(past_read(), rule, words);
}

// ---- what is no history ----

static void history__r12_refuses_a_chain_with_a_gap(void **state)
{
    (void)state;
    past_root("1.root");
    past_root("3.root");
    assert_unreadable("R12", "version 3 stands behind version 1");
    past.root_count = 0;
    past_root("1.root");
    past_root("2.root");
    past_root("4.root");
    assert_unreadable("R12", "version 4 stands behind version 2");
    past.root_count = 0;
    past_root("1.root");
    past_root("1.root");
    assert_unreadable("R12", "version 1 stands behind version 1");
    past.root_count = 0;
    past_root("2.root");
    past_root("1.root");
    assert_unreadable("R12", "version 1 stands behind version 2");
}

static void history__r12_refuses_a_root_that_the_last_one_has_not_signed(void **state)
{
    (void)state;
    past_root("1.root");
    past_root("2.root-not-by-the-last");
    assert_unreadable(
        "R12", "version 2 carries valid signatures of 0 of the root keys of version 1, and");
}

static void history__r12_refuses_a_root_that_has_not_signed_itself(void **state)
{
    (void)state;
    past_root("1.root");
    past_root("2.root-not-by-itself");
    assert_unreadable(
        "R12", "version 2 carries valid signatures of 0 of the root keys of version 2, and");
}

static void history__r12_refuses_too_few_signatures(void **state)
{
    (void)state;
    past_root("1.root");
    past_root("2.root");
    past_root("3.root-not-by-enough");
    assert_unreadable(
        "R12", "version 3 carries valid signatures of 1 of the root keys of version 3, and");
}

static void history__r21_counts_one_public_key_once(void **state)
{
    (void)state;
    past_root("twice.root");
    assert_unreadable(
        "R12", "valid signatures of 1 of the root keys of version 1, and needs 2");
    past.root_count = 0;
    past_root("twice-and-another.root");
    past_assert_read();
    past_assert_findings("1 key-in-two-roles, 1 key-under-two-ids, 1 keyid-not-canonical");
}

// Every byte of the signed part is signed, and every byte of a signature that is needed counts.
static void history__r1_refuses_a_chain_with_any_digit_changed(void **state)
{
    (void)state;
    past_roots();
    past_assert_read();
    struct bytes *last = &past.bytes[past.count - 1];
    struct import_motion whole = past.motion;
    // Under one key id the signature was announced and never made.
    const uint8_t *announced = memmem(last->data, last->size, "\"sig\":\"\"", 8);
    assert_non_null(announced);
    size_t end = (size_t)(announced - last->data);
    for (size_t i = 0; i < last->size; i += 5) {
        uint8_t was = last->data[i];
        if (was < '0' || was > '9' || (i < end && i + 2 * HASH_SIZE + 2 >= end))
            continue;
        last->data[i] = (uint8_t)('0' + (was - '0' + 1) % 10);
        if (past_read() == OK)
            fail_msg("byte %zu", i);
        last->data[i] = was;
    }
    past_assert_read();
    assert_int_equal(past.motion.finding_count, whole.finding_count);
}

static void history__r2_refuses_what_is_no_root_file(void **state)
{
    (void)state;
    assert_unreadable("R20", "from 1 to");
    past_root("targets");
    assert_unreadable("R2", "targets version 5 stands among the root files");
    past.root_count = 0;
    past_root("1.root");
    replace_text(&past.bytes[past.count - 1], "\"_type\": \"root\"",
        "\"_type\": \"root\", \"_type\": \"root\"");
    past.roots[0] = bytes_span(&past.bytes[past.count - 1]);
    assert_unreadable("R2", "cannot be imported: byte");
    past.roots[0] = (struct span){0};
    assert_unreadable("R2", "a value is expected");
    past.roots[0] = span_text("[]");
    assert_unreadable("R2", "an object is expected");
    past.root_count = LIMIT_HISTORY + 1;
    assert_unreadable("R20", "from 1 to");
}

static void history__r2_refuses_what_even_the_past_must_not_break(void **state)
{
    (void)state;
    static const char *const changes[][4] = {
        {"\"threshold\": 2", "\"threshold\": 0", "at least 1", "R12/threshold-zero"},
        {"\"spec_version\": \"1.0\"", "\"spec_version\": \"2.0\"", "version 1.x",
            "R2/spec-version"},
        {"\"version\": 1,", "\"version\": 2147483648,", "2^31-1", "R12/version-range"},
        {"\"version\": 1,", "\"version\": 1.0,", "fraction", "R2/canonical"},
        {"\"expires\": \"2025-01-31T18:00:00.25-06:00\"",
            "\"expires\": \"2025-02-31T18:00:00.25-06:00\"", "a date that exists",
            "R2/expires-form"},
        {"\"sig\": \"", "\"sig\": \"g", "hex digits", "R2/signature-form"},
        {"\"keytype\": \"ed25519\"", "\"keytype\": 5", "a string is expected", "R2/field-type"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        past.root_count = 0;
        past_root("1.root");
        struct bytes *file = &past.bytes[past.count - 1];
        replace_text(file, changes[i][0], changes[i][1]);
        past.roots[0] = bytes_span(file);
        assert_unreadable(changes[i][3], changes[i][2]);
    }
}

// ---- what is a history, and what it breaks ----

static void history__finds_every_rule_that_is_broken(void **state)
{
    (void)state;
    past_roots();
    past_assert_read();
    past_assert_findings("1 consistent-snapshot-missing, 1 expires-form, 1 key-in-two-roles, "
                         "1 key-type-unusual, 1 key-value-unusual, 1 keyid-not-canonical, "
                         "1 unknown-field, 2 key-in-two-roles, 2 key-without-role, "
                         "2 signature-invalid, 2 signature-of-unknown-key, 2 unknown-field");
    assert_int_equal(past.motion.root_count, 3);
    assert_int_equal(past.motion.role_count, 1);
    assert_string_equal(past.motion.repository, "image");
    assert_string_equal(past.motion.roles[0].role, "image/root");
    assert_int_equal(past.motion.roles[0].version, 3);
}

static void history__r12_says_when_the_chain_does_not_begin_with_the_first(void **state)
{
    (void)state;
    past_root("3.root");
    past_assert_read();
    past_assert_findings("3 chain-begins-late");
}

static void history__counts_offsets_and_cuts_fractions(void **state)
{
    (void)state;
    char expires[MOMENT_TEXT + 1];
    past_root("1.root");
    past_assert_read();
    moment_write(past.motion.roles[0].expires, expires);
    assert_string_equal(expires, "2025-02-01T00:00:00Z");
}

static void history__names_the_canonical_signed_part(void **state)
{
    (void)state;
    struct bytes part, other;
    past_root("1.root");
    past_assert_read();
    bytes_init(&part, PAST_OUT_MOST);
    assert_int_equal(history_canonical(DIALECT_TUF, past.roots[0], &part, &past.refusal), OK);
    struct hash hash = hash_of(bytes_span(&part));
    assert_true(hash_equal(&hash, &past.motion.roles[0].payload));
    other = vector_command(
        "/usr/bin/python3 -B -c 'import json, sys; sys.path.insert(0, \"tests/vectors\"); "
        "from canonical import canonical; sys.stdout.buffer.write(canonical("
        "json.load(open(\"tests/vectors/past/1.root.json\"))[\"signed\"]))'");
    assert_true(span_equal(bytes_span(&part), bytes_span(&other)));
    bytes_clear(&part);
    bytes_clear(&other);
    struct span none = span_text("{\"signed\":{},\"signatures\":[],\"signed\":{}}");
    past_assert_refused(
        history_canonical(DIALECT_TUF, none, &part, &past.refusal), "R2", "one stands twice");
    bytes_clear(&part);
}

static void history__takes_the_newest_files_of_other_roles(void **state)
{
    (void)state;
    past_roots();
    past_file("timestamp");
    past_file("supplier");
    past_file("targets");
    past_file("snapshot");
    past_assert_read();
    static const char *const roles[] = {
        "image/root", "image/snapshot", "image/supplier", "image/targets", "image/timestamp"};
    static const uint64_t versions[] = {3, 9, 7, 5, 20};
    assert_int_equal(past.motion.role_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(past.motion.roles[i].role, roles[i]);
        assert_int_equal(past.motion.roles[i].version, versions[i]);
    }
    past.motion.finding_count -= 6;
    assert_int_equal(past.motion.findings[past.motion.finding_count - 1].version, 2);
    memmove(past.motion.findings, past.motion.findings + past.motion.finding_count,
        6 * sizeof past.motion.findings[0]);
    past.motion.finding_count = 6;
    past_assert_findings(
        "5 targets-path-form, 5 targets-pattern-form, 5 targets-sha256-missing, "
        "5 targets-unknown-field, 20 timestamp-file-name-form, "
        "20 timestamp-lists-another-version");
}

static void history__r12_refuses_files_that_the_last_root_does_not_stand_for(void **state)
{
    (void)state;
    past_roots();
    past_file("timestamp-unsigned");
    assert_unreadable("R12", "timestamp version 20 carries valid signatures of 0");
    past.file_count = 0;
    past_file("supplier");
    assert_unreadable("R12", "signed neither by the last root's targets keys nor by");
    past.file_count = 0;
    past_file("targets");
    past_file("stranger");
    assert_unreadable("R12", "signed neither by");
    past.file_count = 0;
    past_file("2.root");
    assert_unreadable("R2", "Root version 2 stands among the files of other roles");
    past.file_count = 0;
    past_file("snapshot");
    past_file("snapshot");
    assert_unreadable("R12", "Two files are of image/snapshot");
    past.file_count = IMPORT_ROLES_MOST;
    assert_unreadable("R20", "roles besides its root");
}

static void history__has_a_sentence_for_every_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < RULES_OF_THE_PAST; i++) {
        const char *where = NULL;
        char id[2 * FINDING_ID_MOST];
        assert_ptr_equal(history_rule_of(rule_table[i].id, &where), &rule_table[i]);
        assert_string_equal(where, "root");
        assert_true(strlen(rule_table[i].past) > 20);
        assert_true(strlen(rule_table[i].id) + strlen("delegated-") <= FINDING_ID_MOST);
        snprintf(id, sizeof id, "delegated-%s", rule_table[i].id);
        assert_ptr_equal(history_rule_of(id, &where), &rule_table[i]);
        assert_string_equal(where, "delegated");
    }
    assert_null(history_rule_of("no-such-rule", NULL));
    assert_null(history_rule_of("targets-", NULL));
}

// ---- real ones ----

#define REAL "../shared/vectors/real/sigstore-roots"

static void history__takes_twelve_real_roots_as_one_chain(void **state)
{
    (void)state;
    if (!vector_exists(REAL "/1.root.json")) {
        print_message("skipped: " REAL " is not here\n");
        skip();
    }
    for (int i = 1; i <= 12; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.root", i);
        past.roots[past.root_count++] = past_load(REAL, name);
    }
    past_assert_read();
    past_assert_findings("1 expires-form, 1 key-in-two-roles, 1 key-type-unusual, "
                         "1 key-value-unusual, 1 unknown-field, "
                         "2 expires-form, 2 key-in-two-roles, 2 key-type-unusual, "
                         "2 key-value-unusual, 2 unknown-field, "
                         "3 expires-form, 3 key-in-two-roles, 3 key-type-unusual, "
                         "3 key-value-unusual, 3 unknown-field, "
                         "4 key-in-two-roles, 4 key-type-unusual, 4 key-value-unusual, "
                         "4 unknown-field, "
                         "5 key-in-two-roles, 5 key-type-unusual, 5 unknown-field, "
                         "6 key-in-two-roles, 6 key-type-unusual, 6 unknown-field, "
                         "7 key-in-two-roles, 7 key-type-unusual, 7 unknown-field, "
                         "8 key-in-two-roles, 8 key-type-unusual, 8 unknown-field, "
                         "9 key-in-two-roles, 9 unknown-field, "
                         "10 key-in-two-roles, 10 unknown-field, "
                         "11 key-in-two-roles, 11 keyid-not-canonical, 11 unknown-field, "
                         "12 key-in-two-roles, 12 unknown-field");
    assert_int_equal(past.motion.roles[0].version, 12);
    past.motion.number = 1;
    struct evidence evidence = past_gather();
    assert_int_equal(past_judge(&evidence), OK);
    past_drop(&evidence);
    past.roots[5] = past.roots[6];
    assert_unreadable("R12", "version 7 stands behind version 5");
}

#define PAST_TEST(name) cmocka_unit_test_setup_teardown(name, past_open, past_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAST_TEST(history__r12_refuses_a_chain_with_a_gap),
        PAST_TEST(history__r12_refuses_a_root_that_the_last_one_has_not_signed),
        PAST_TEST(history__r12_refuses_a_root_that_has_not_signed_itself),
        PAST_TEST(history__r12_refuses_too_few_signatures),
        PAST_TEST(history__r21_counts_one_public_key_once),
        PAST_TEST(history__r1_refuses_a_chain_with_any_digit_changed),
        PAST_TEST(history__r2_refuses_what_is_no_root_file),
        PAST_TEST(history__r2_refuses_what_even_the_past_must_not_break),
        PAST_TEST(history__finds_every_rule_that_is_broken),
        PAST_TEST(history__r12_says_when_the_chain_does_not_begin_with_the_first),
        PAST_TEST(history__counts_offsets_and_cuts_fractions),
        PAST_TEST(history__names_the_canonical_signed_part),
        PAST_TEST(history__takes_the_newest_files_of_other_roles),
        PAST_TEST(history__r12_refuses_files_that_the_last_root_does_not_stand_for),
        PAST_TEST(history__has_a_sentence_for_every_rule),
        PAST_TEST(history__takes_twelve_real_roots_as_one_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
