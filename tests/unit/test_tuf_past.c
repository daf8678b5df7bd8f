// Reading metadata of the past (metadata/tuf.h, metadata/rule.h): the rules that are noted there, and
// that all others are held as strictly as ever.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rule_name.h"

#include <string.h>

static struct tuf tuf;
static struct refusal refusal;

static enum err read_past(struct span payload)
{
    refusal = (struct refusal){.rule = ""};
    return tuf_read_past(DIALECT_TUF, payload, &tuf, &refusal);
}

static enum err read_strictly(struct span payload)
{
    refusal = (struct refusal){.rule = ""};
    return tuf_read(DIALECT_TUF, payload, &tuf, &refusal);
}

static void assert_notes(const struct rule_set *noted, enum rule_id rule)
{
    assert_int_equal(rule_set_count(noted), 1);
    assert_true(rule_set_has(noted, rule));
}

// ---- nothing passes unnoticed ----

// Whatever is refused today is refused in the past too, or noted.
static void tuf_past__r2_nothing_that_is_refused_today_passes_unnoticed(void **state)
{
    (void)state;
    struct bytes table = vector_file("tests/vectors/tuf-bad.txt");
    struct span rest = bytes_span(&table);
    struct vector_line line;
    size_t refused = 0, noted = 0;
    while (vector_next(&rest, &line)) {
        struct bytes payload = vector_bad(DIALECT_TUF, &line);
        assert_int_equal(read_strictly(bytes_span(&payload)), ERR_REFUSED);
        enum err err = read_past(bytes_span(&payload));
        if (err == OK && rule_set_count(&tuf.noted) == 0)
            fail_msg("%.*s", (int)line.columns[0].size, (const char *)line.columns[0].data);
        *(err == OK ? &noted : &refused) += 1;
        bytes_clear(&payload);
    }
    bytes_clear(&table);
    assert_true(refused > 100);
    assert_true(noted > 50);
}

// What counts keys and orders versions is not for a quorum to accept.
static void tuf_past__r12_refuses_in_the_past_what_would_miscount(void **state)
{
    (void)state;
    static const char *const names[] = {"root key twice", "root key unknown",
        "root threshold 0", "root threshold -1", "root version 0", "root version 2147483648",
        "root spec 2.0.0", "root without version", "root without expires",
        "root key id upper case", "key of small order", "key not canonical", "key short",
        "key rsa 1024 65537", "image length -1", "image without hashes"};
    struct bytes table = vector_file("tests/vectors/tuf-bad.txt");
    struct span rest = bytes_span(&table);
    struct vector_line line;
    size_t found = 0;
    while (vector_next(&rest, &line))
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (!span_is(line.columns[0], names[i]))
                continue;
            struct bytes payload = vector_bad(DIALECT_TUF, &line);
            if (read_past(bytes_span(&payload)) != ERR_REFUSED)
                fail_msg("%s", names[i]);
            bytes_clear(&payload);
            found++;
        }
    bytes_clear(&table);
    assert_int_equal(found, sizeof names / sizeof names[0]);
}

static void tuf_past__notes_nothing_of_what_is_good_today(void **state)
{
    (void)state;
    static const char *const names[] = {"root-1", "root-2", "root-small", "root-respelled",
        "targets-1", "targets-3", "supplier-1", "bins-2", "snapshot-2", "timestamp-1"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct bytes payload = vector_tuf(names[i]);
        assert_int_equal(read_past(bytes_span(&payload)), OK);
        assert_true(tuf.past);
        assert_int_equal(rule_set_count(&tuf.noted), 0);
        assert_int_equal(read_strictly(bytes_span(&payload)), OK);
        assert_false(tuf.past);
        bytes_clear(&payload);
    }
}

// ---- each rule ----

static const struct broken {
    const char *payload;
    const char *old;
    const char *new;
    enum rule_id rule;
} broken[] = {
    {"root-small", "\"version\":1}", "\"version\":1,\"x\":{\"a\":[1]}}", RULE_UNKNOWN_FIELD},
    {"root-small", "2027-11-20T00:00:00Z", "2027-11-20T01:00:00+01:00", RULE_EXPIRES_FORM},
    {"root-small", "\"consistent_snapshot\":true,", "", RULE_CONSISTENT_SNAPSHOT_MISSING},
    {"root-small", "\"threshold\":1},\"targets\"", "\"threshold\":2},\"targets\"",
        RULE_ROLE_WITHOUT_ENOUGH_KEYS},
    {"targets-1", "\"empty\":", "\"empty/\":", RULE_PATH_FORM},
    {"targets-1", "\"empty\":", "\"radio 1/%41.BIN\":", RULE_PATHS_DIFFER_BY_CASE},
    {"targets-3", "\"name\":\"bins\"", "\"name\":\"Root\"", RULE_ROLE_NAME_FORM},
    {"targets-3", "[\"00\",\"01\"]", "[\"00\",\"XX\"]", RULE_PATTERN_FORM},
    {"targets-3", "\"supplier/*\"", "\"*\"", RULE_PATTERN_FORM},
    {"snapshot-2", "\"bins.json\"", "\"1.bins\"", RULE_FILE_NAME_FORM},
    {"timestamp-2", "\"snapshot.json\"", "\"root.json\":{\"version\":1},\"snapshot.json\"",
        RULE_FILE_NAME_FORM},
};

static void tuf_past__each_rule_is_noted_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct bytes payload = vector_tuf(broken[i].payload);
        replace_text(&payload, broken[i].old, broken[i].new);
        assert_int_equal(read_strictly(bytes_span(&payload)), ERR_REFUSED);
        if (read_past(bytes_span(&payload)) != OK)
            fail_msg("%s: %s", broken[i].new, refusal.sentence);
        assert_notes(&tuf.noted, broken[i].rule);
        bytes_clear(&payload);
    }
}

// Today it is judged with whoever delegates to the delegator, and nobody judges so what is imported.
static void tuf_past__a_pattern_below_another_name_is_noted(void **state)
{
    (void)state;
    struct bytes payload = vector_tuf("targets-3");
    replace_text(&payload, "\"supplier/*\"", "\"others/supplier/*\"");
    assert_int_equal(read_strictly(bytes_span(&payload)), OK);
    assert_int_equal(read_past(bytes_span(&payload)), OK);
    assert_notes(&tuf.noted, RULE_PATTERN_FORM);
    bytes_clear(&payload);
}

// A key that is not understood: its id follows from it, so that nothing else is noted.
static void tuf_past__a_key_that_is_not_understood_verifies_nothing(void **state)
{
    (void)state;
    struct bytes payload = vector_tuf("root-small");
    replace_text(&payload, "\"scheme\":\"ed25519\"", "\"scheme\":\"ed25518\"");
    assert_int_equal(read_strictly(bytes_span(&payload)), ERR_REFUSED);
    assert_int_equal(read_past(bytes_span(&payload)), OK);
    assert_int_equal(rule_set_count(&tuf.noted), 2);
    assert_true(rule_set_has(&tuf.noted, RULE_KEY_NOT_UNDERSTOOD));
    assert_true(rule_set_has(&tuf.noted, RULE_KEYID_NOT_CANONICAL));
    const struct tuf_key *key = &tuf.root.keys[0];
    struct hash whole = hash_of(key->whole);
    assert_true(span_is(key->scheme, "ed25518"));
    assert_true(hash_equal(&key->identity, &whole));
    assert_int_equal(tuf_key_verify(key, span_text("a"), span_text("b")), ERR_KEY);
    bytes_clear(&payload);
}

// What is visited again is read as loosely as the first time.
static void tuf_past__visits_all_that_was_read(void **state)
{
    (void)state;
    struct tuf_target target;
    struct tuf_delegation role;
    struct tuf_file file;
    struct tuf_key keys[TUF_KEYS_MOST];
    size_t count = 0;
    struct bytes payload = vector_tuf("targets-3");
    replace_text(&payload, "\"length\":9}", "\"length\":9,\"x\":1}");
    replace_text(&payload, "\"supplier/*\"", "\"*\"");
    replace_text(&payload, "\"scheme\":\"ed25519\"", "\"scheme\":\"ed25519\",\"x\":1");
    assert_int_equal(read_past(bytes_span(&payload)), OK);
    struct tuf_targets targets = tuf_targets_of(&tuf);
    while (tuf_targets_next(&targets, &target))
        count++;
    assert_int_equal(count, 4);
    struct tuf_delegations roles = tuf_delegations_of(&tuf);
    for (count = 0; tuf_delegations_next(&roles, &role); count++)
        assert_true(role.threshold > 0);
    assert_int_equal(count, 2);
    assert_int_equal(tuf_delegations_keys(&tuf, keys), 3);
    bytes_clear(&payload);
    payload = vector_tuf("timestamp-2");
    replace_text(
        &payload, "\"snapshot.json\":{", "\"a\":{\"version\":1},\"snapshot.json\":{\"l\":1,");
    assert_int_equal(read_past(bytes_span(&payload)), OK);
    struct tuf_files files = tuf_files_of(&tuf);
    for (count = 0; tuf_files_next(&files, &file); count++)
        assert_true(file.version > 0);
    assert_int_equal(count, 2);
    bytes_clear(&payload);
}

static void tuf_past__a_signed_file_may_say_more_and_sign_no_less(void **state)
{
    (void)state;
    struct tuf_envelope envelope;
    struct bytes file = vector_signed("targets-1.signed");
    replace_text(&file, "\"sig\":\"", "\"method\":\"x\",\"sig\":\"");
    struct span bytes = bytes_span(&file);
    assert_int_equal(tuf_envelope_read(DIALECT_TUF, bytes, &envelope, &refusal), ERR_REFUSED);
    assert_int_equal(tuf_envelope_read_past(DIALECT_TUF, bytes, &envelope, &refusal), OK);
    assert_notes(&envelope.noted, RULE_UNKNOWN_FIELD);
    assert_int_equal(envelope.signature_count, 2);
    // One key id twice is one that two programs read differently.
    char ids[2][2 * HASH_SIZE + 1];
    for (size_t i = 0; i < 2; i++)
        snprintf(
            ids[i], sizeof ids[i], "%.64s", (const char *)envelope.signatures[i].keyid.data);
    replace_text(&file, ids[1], ids[0]);
    bytes = bytes_span(&file);
    assert_int_equal(
        tuf_envelope_read_past(DIALECT_TUF, bytes, &envelope, &refusal), ERR_REFUSED);
    assert_non_null(strstr(refusal.sentence, "two signatures of one key id"));
    bytes_clear(&file);
}

// ---- dates ----

static void tuf_past__reads_dates_of_rfc_3339(void **state)
{
    (void)state;
    static const char *const dates[][2] = {
        {"2021-12-18T13:28:12.99008-06:00", "2021-12-18T19:28:12Z"},
        {"2022-05-11T19:09:02.663975009Z", "2022-05-11T19:09:02Z"},
        {"2022-05-11T19:09:02.0Z", "2022-05-11T19:09:02Z"},
        {"2022-01-01T00:30:00+01:00", "2021-12-31T23:30:00Z"},
        {"2022-01-01T00:00:00-00:00", "2022-01-01T00:00:00Z"},
        {"2022-01-01T00:00:00+23:59", "2021-12-31T00:01:00Z"},
    };
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        char found[MOMENT_TEXT + 1];
        struct bytes payload = vector_tuf("root-small");
        replace_text(&payload, "2027-11-20T00:00:00Z", dates[i][0]);
        if (read_past(bytes_span(&payload)) != OK)
            fail_msg("%s: %s", dates[i][0], refusal.sentence);
        assert_notes(&tuf.noted, RULE_EXPIRES_FORM);
        moment_write(tuf.expires, found);
        assert_string_equal(found, dates[i][1]);
        bytes_clear(&payload);
    }
}

static void tuf_past__r2_refuses_what_is_no_date(void **state)
{
    (void)state;
    static const char *const dates[] = {"", "2027-11-20", "2027-11-20T00:00:00",
        "2027-11-20T00:00:00.Z", "2027-11-20T00:00:00,5Z", "2027-11-20T00:00:00z",
        "2027-11-20t00:00:00.1Z", "2027-11-20 00:00:00.1Z", "2027-02-29T00:00:00.1Z",
        "2027-11-20T00:00:60.1Z", "2027-11-20T24:00:00.1Z", "2027-11-20T00:00:00.1",
        "2027-11-20T00:00:00.1ZZ", "2027-11-20T00:00:00+0100", "2027-11-20T00:00:00+24:00",
        "2027-11-20T00:00:00+01:60", "2027-11-20T00:00:00+1:000", "2027-11-20T00:00:00+aa:00",
        "1970-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2027-11-20T00:00:00+01:00Z"};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        struct bytes payload = vector_tuf("root-small");
        replace_text(&payload, "2027-11-20T00:00:00Z", dates[i]);
        if (read_past(bytes_span(&payload)) != ERR_REFUSED)
            fail_msg("%s", dates[i]);
        assert_true(rule_is_of(refusal.rule, "R2"));
        assert_non_null(strstr(refusal.sentence, "a date that exists"));
        bytes_clear(&payload);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tuf_past__r2_nothing_that_is_refused_today_passes_unnoticed),
        cmocka_unit_test(tuf_past__r12_refuses_in_the_past_what_would_miscount),
        cmocka_unit_test(tuf_past__notes_nothing_of_what_is_good_today),
        cmocka_unit_test(tuf_past__each_rule_is_noted_and_nothing_else),
        cmocka_unit_test(tuf_past__a_pattern_below_another_name_is_noted),
        cmocka_unit_test(tuf_past__a_key_that_is_not_understood_verifies_nothing),
        cmocka_unit_test(tuf_past__visits_all_that_was_read),
        cmocka_unit_test(tuf_past__a_signed_file_may_say_more_and_sign_no_less),
        cmocka_unit_test(tuf_past__reads_dates_of_rfc_3339),
        cmocka_unit_test(tuf_past__r2_refuses_what_is_no_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
