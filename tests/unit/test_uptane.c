// Payloads of the `uptane` dialect (metadata/tuf.h; formats reference, section 1).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rule_name.h"

#include <string.h>

static struct tuf tuf; // large, and used by one test at a time

static const char *const good[] = {"root-1", "root-2", "targets-1", "targets-2", "director-1",
    "director-2", "supplier-1", "bins-1", "snapshot-1", "snapshot-2", "timestamp-1"};
enum { GOOD = sizeof good / sizeof good[0] };

static void assert_reads(const char *name)
{
    struct refusal refusal = {0};
    static struct bytes payload;
    bytes_clear(&payload);
    payload = vector_of(DIALECT_UPTANE, name);
    if (tuf_read(DIALECT_UPTANE, bytes_span(&payload), &tuf, &refusal) != OK)
        fail_msg("%s: %s %s", name, refusal.rule, refusal.sentence);
}

// ---- what is refused ----

static bool is_refused(const struct vector_line *line)
{
    struct bytes payload = vector_bad(DIALECT_UPTANE, line);
    struct refusal refusal = {0};
    char words[64];
    snprintf(words, sizeof words, "%.*s", (int)line->columns[1].size,
        (const char *)line->columns[1].data);
    enum err err = tuf_read(DIALECT_UPTANE, bytes_span(&payload), &tuf, &refusal);
    bool refused = err == ERR_REFUSED && strchr(refusal.rule, '/') != NULL &&
                   strstr(refusal.sentence, words) != NULL;
    if (!refused)
        print_error("%.*s: \"%s\" expected, but: %s %s\n", (int)line->columns[0].size,
            (const char *)line->columns[0].data, words, err_text(err), refusal.sentence);
    bytes_clear(&payload);
    return refused;
}

static void uptane__r2_refuses_what_is_not_known_completely(void **state)
{
    (void)state;
    struct bytes table = vector_file("tests/vectors/uptane-bad.txt");
    struct span rest = bytes_span(&table);
    struct vector_line line;
    size_t refused = 0, lines = 0;
    for (; vector_next(&rest, &line); lines++)
        refused += is_refused(&line);
    bytes_clear(&table);
    assert_true(lines >= 110);
    assert_int_equal(refused, lines);
}

static void uptane__r2_each_dialect_refuses_the_other(void **state)
{
    (void)state;
    static const char *const names[] = {"root-1", "targets-1", "snapshot-1", "timestamp-1"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (enum dialect of = DIALECT_TUF; of <= DIALECT_UPTANE; of++) {
            enum dialect other = of == DIALECT_TUF ? DIALECT_UPTANE : DIALECT_TUF;
            struct refusal refusal = {0};
            struct bytes payload = vector_of(of, names[i]);
            assert_int_equal(tuf_read(of, bytes_span(&payload), &tuf, &refusal), OK);
            assert_int_equal(
                tuf_read(other, bytes_span(&payload), &tuf, &refusal), ERR_REFUSED);
            assert_non_null(strstr(refusal.sentence, dialect_text(other)));
            // Not even as its past.
            assert_int_equal(
                tuf_read_past(other, bytes_span(&payload), &tuf, &refusal), ERR_REFUSED);
            assert_int_equal(
                tuf_read(DIALECT_NONE, bytes_span(&payload), &tuf, &refusal), ERR_REFUSED);
            bytes_clear(&payload);
        }
}

static void uptane__r2_refuses_every_prefix_and_one_byte_more(void **state)
{
    (void)state;
    struct refusal refusal = {0};
    for (size_t i = 0; i < GOOD; i++) {
        struct bytes payload = vector_of(DIALECT_UPTANE, good[i]);
        assert_reads(good[i]);
        for (size_t size = 0; size < payload.size; size++)
            assert_int_equal(
                tuf_read(DIALECT_UPTANE, span_of(payload.data, size), &tuf, &refusal),
                ERR_REFUSED);
        bytes_add_u8(&payload, '\n');
        assert_int_equal(
            tuf_read(DIALECT_UPTANE, bytes_span(&payload), &tuf, &refusal), ERR_REFUSED);
        bytes_clear(&payload);
    }
}

// ---- what is read ----

static void uptane__reads_a_root_with_what_may_be_absent(void **state)
{
    (void)state;
    assert_reads("root-1");
    assert_int_equal(tuf.type, TUF_ROOT);
    assert_int_equal(tuf.spec_version.size, 0);
    assert_false(tuf.root.says_consistent_snapshot);
    assert_false(tuf.root.consistent_snapshot);
    assert_int_equal(tuf.root.key_count, 7);
    assert_int_equal(tuf_root_role(&tuf.root, TUF_ROOT)->keyid_count, 3);
    assert_reads("root-2");
    assert_true(span_is(tuf.spec_version, "1.0.31"));
    assert_true(tuf.root.says_consistent_snapshot);
    assert_int_equal(tuf.version, 2);
}

static void uptane__reads_what_a_director_says_of_its_campaign(void **state)
{
    (void)state;
    assert_reads("director-1");
    assert_true(span_is(tuf.custom, "{\"correlationId\":\"urn:here:campaign:\\u00e4\"}"));
    assert_reads("targets-1");
    assert_int_equal(tuf.custom.size, 0);
}

static void uptane__reads_delegations_by_paths(void **state)
{
    (void)state;
    struct tuf_key keys[TUF_KEYS_MOST];
    struct tuf_delegation role;
    assert_reads("targets-2");
    assert_int_equal(tuf_delegations_keys(&tuf, keys), 3);
    struct tuf_delegations roles = tuf_delegations_of(&tuf);
    assert_true(tuf_delegations_next(&roles, &role));
    assert_true(span_is(role.name, "supplier"));
    assert_false(role.hash_prefixes);
    assert_true(tuf_delegations_next(&roles, &role));
    assert_false(tuf_delegations_next(&roles, &role));
}

// ---- keys ----

static void uptane__r21_a_key_id_is_the_hash_of_the_spki(void **state)
{
    (void)state;
    size_t rsa = 0;
    assert_reads("root-1");
    for (size_t i = 0; i < tuf.root.key_count; i++) {
        const struct tuf_key *listed = &tuf.root.keys[i];
        struct key key;
        struct bytes object;
        char hex[2 * HASH_SIZE + 1];
        assert_int_equal(tuf_key_from(listed, &key), OK);
        hash_hex(&key.id, hex);
        assert_true(span_is(listed->id, hex));
        struct hash id = tuf_key_id(DIALECT_UPTANE, &key);
        assert_true(hash_equal(&id, &key.id));
        assert_true(hash_equal(&listed->identity, &key.id));
        bytes_init(&object, 2048);
        tuf_key_write(DIALECT_UPTANE, &key, &object);
        assert_true(span_equal(bytes_span(&object), listed->whole));
        bytes_clear(&object);
        rsa += key.type == KEY_RSA2048;
    }
    assert_int_equal(rsa, 2);
}

static void uptane__r2_no_object_is_written_of_a_key_that_no_client_reads(void **state)
{
    (void)state;
    struct bytes root = vector_tuf("root-1"), object;
    struct refusal refusal = {0};
    struct key key;
    size_t ecdsa = 0;
    assert_int_equal(tuf_read(DIALECT_TUF, bytes_span(&root), &tuf, &refusal), OK);
    bytes_init(&object, 2048);
    for (size_t i = 0; i < tuf.root.key_count; i++) {
        assert_int_equal(tuf_key_from(&tuf.root.keys[i], &key), OK);
        bytes_reset(&object);
        tuf_key_write(DIALECT_UPTANE, &key, &object);
        assert_int_equal(object.size > 0, dialect_takes(DIALECT_UPTANE, key.type));
        ecdsa += object.size == 0;
    }
    assert_int_equal(ecdsa, 3);
    bytes_clear(&object);
    bytes_clear(&root);
}

// ---- the past ----

static void uptane__r21_a_past_key_under_another_id_is_a_finding(void **state)
{
    (void)state;
    struct refusal refusal = {0};
    struct bytes root = vector_of(DIALECT_UPTANE, "root-1");
    assert_reads("root-1");
    struct span id = tuf.root.keys[0].id;
    for (size_t at = 0; at + id.size <= root.size; at++)
        if (memcmp(root.data + at, id.data, id.size) == 0)
            root.data[at + id.size - 1] = '0' + (root.data[at + id.size - 1] == '0');
    assert_int_equal(tuf_read(DIALECT_UPTANE, bytes_span(&root), &tuf, &refusal), ERR_REFUSED);
    assert_int_equal(tuf_read_past(DIALECT_UPTANE, bytes_span(&root), &tuf, &refusal), OK);
    assert_int_equal(rule_set_count(&tuf.noted), 1);
    assert_true(rule_set_has(&tuf.noted, RULE_KEYID_NOT_CANONICAL));
    bytes_clear(&root);
}

static void uptane__notes_nothing_of_what_is_good_today(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD; i++) {
        struct refusal refusal = {0};
        struct bytes payload = vector_of(DIALECT_UPTANE, good[i]);
        assert_int_equal(
            tuf_read_past(DIALECT_UPTANE, bytes_span(&payload), &tuf, &refusal), OK);
        assert_int_equal(rule_set_count(&tuf.noted), 0);
        bytes_clear(&payload);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uptane__r2_refuses_what_is_not_known_completely),
        cmocka_unit_test(uptane__r2_each_dialect_refuses_the_other),
        cmocka_unit_test(uptane__r2_refuses_every_prefix_and_one_byte_more),
        cmocka_unit_test(uptane__reads_a_root_with_what_may_be_absent),
        cmocka_unit_test(uptane__reads_what_a_director_says_of_its_campaign),
        cmocka_unit_test(uptane__reads_delegations_by_paths),
        cmocka_unit_test(uptane__r21_a_key_id_is_the_hash_of_the_spki),
        cmocka_unit_test(uptane__r2_no_object_is_written_of_a_key_that_no_client_reads),
        cmocka_unit_test(uptane__r21_a_past_key_under_another_id_is_a_finding),
        cmocka_unit_test(uptane__notes_nothing_of_what_is_good_today),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
