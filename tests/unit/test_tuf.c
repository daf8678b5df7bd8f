// metadata/tuf.h against the vectors that tests/vectors/make writes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/metadata_vectors.h"
#include "tests/unit/person.h"
#include "tests/unit/rule_name.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct tuf tuf; // large, and used by one test at a time

static const char *const good[] = {"root-1", "root-2", "root-small", "root-respelled",
    "targets-1", "targets-2", "targets-3", "supplier-1", "bins-1", "bins-2", "snapshot-1",
    "snapshot-2", "timestamp-1", "timestamp-2"};
enum { GOOD = sizeof good / sizeof good[0] };

static void assert_reads(struct span payload)
{
    struct refusal refusal = {0};
    if (tuf_read(DIALECT_TUF, payload, &tuf, &refusal) != OK)
        fail_msg("%s %s", refusal.rule, refusal.sentence);
}

static void tuf__r2_refuses_what_is_not_known_completely(void **state)
{
    (void)state;
    struct bytes table = vector_file("tests/vectors/tuf-bad.txt");
    struct span rest = bytes_span(&table);
    struct vector_line line;
    size_t refused = 0, lines = 0;
    while (vector_next(&rest, &line)) {
        struct bytes payload = vector_bad(DIALECT_TUF, &line);
        struct refusal refusal = {0};
        enum err err = tuf_read(DIALECT_TUF, bytes_span(&payload), &tuf, &refusal);
        char words[64], name[64];
        snprintf(name, sizeof name, "%.*s", (int)line.columns[0].size,
            (const char *)line.columns[0].data);
        snprintf(words, sizeof words, "%.*s", (int)line.columns[1].size,
            (const char *)line.columns[1].data);
        if (err != ERR_REFUSED || strchr(refusal.rule, '/') == NULL ||
            strstr(refusal.sentence, words) == NULL)
            print_error("%s: \"%s\" expected, but: %s %s\n", name, words, err_text(err),
                refusal.sentence);
        else
            refused++;
        lines++;
        bytes_clear(&payload);
    }
    bytes_clear(&table);
    assert_true(lines >= 250);
    assert_int_equal(refused, lines);
}

static void tuf__an_unknown_field_is_named_with_its_byte(void **state)
{
    (void)state;
    struct refusal refusal = {0};
    struct span payload = span_text("{\"_type\":\"timestamp\",\"x-note\":1}");
    assert_int_equal(tuf_read(DIALECT_TUF, payload, &tuf, &refusal), ERR_REFUSED);
    assert_true(rule_is_of(refusal.rule, "R2"));
    assert_string_equal(refusal.sentence, "payload: byte 21, field x-note: an unknown field");
}

static void tuf__r2_refuses_every_prefix_and_one_byte_more(void **state)
{
    (void)state;
    struct refusal refusal = {0};
    for (size_t i = 0; i < GOOD; i++) {
        struct bytes payload = vector_tuf(good[i]);
        assert_reads(bytes_span(&payload));
        for (size_t size = 0; size < payload.size; size++)
            assert_int_equal(tuf_read(DIALECT_TUF, span_of(payload.data, size), &tuf, &refusal),
                ERR_REFUSED);
        bytes_add_u8(&payload, '\n');
        assert_int_equal(
            tuf_read(DIALECT_TUF, bytes_span(&payload), &tuf, &refusal), ERR_REFUSED);
        bytes_clear(&payload);
    }
}

static void tuf__reads_a_root(void **state)
{
    (void)state;
    struct bytes payload = vector_tuf("root-1");
    assert_reads(bytes_span(&payload));
    assert_int_equal(tuf.type, TUF_ROOT);
    assert_int_equal(tuf.version, 1);
    assert_true(span_is(tuf.spec_version, "1.0.31"));
    char expires[MOMENT_TEXT + 1];
    moment_write(tuf.expires, expires);
    assert_string_equal(expires, "2027-11-20T00:00:00Z");
    assert_true(tuf.root.consistent_snapshot);
    assert_int_equal(tuf.root.key_count, 7);
    static const struct {
        enum tuf_type type;
        size_t keys;
        int64_t threshold;
    } roles[TUF_ROOT_ROLES] = {
        {TUF_ROOT, 3, 2}, {TUF_SNAPSHOT, 1, 1}, {TUF_TARGETS, 2, 2}, {TUF_TIMESTAMP, 1, 1}};
    for (size_t i = 0; i < TUF_ROOT_ROLES; i++) {
        assert_int_equal(tuf.root.roles[i].type, roles[i].type);
        assert_int_equal(tuf.root.roles[i].keyid_count, roles[i].keys);
        assert_int_equal(tuf.root.roles[i].threshold, roles[i].threshold);
        assert_ptr_equal(tuf_root_role(&tuf.root, roles[i].type), &tuf.root.roles[i]);
    }
    assert_null(tuf_root_role(&tuf.root, TUF_NONE));
    const struct tuf_key *rsa = tuf_root_key(&tuf.root, tuf.root.roles[0].keyids[2]);
    assert_non_null(rsa);
    assert_true(span_is(rsa->keytype, "rsa"));
    assert_null(tuf_root_key(&tuf.root, span_text("none")));
    bytes_clear(&payload);
}

static void tuf__reads_targets_again_in_file_order(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "Brake/ECU-B.bin", "brake/ecu-a.bin", "empty", "radio 1/%41.bin"};
    struct bytes payload = vector_tuf("targets-1");
    assert_reads(bytes_span(&payload));
    struct tuf_targets targets = tuf_targets_of(&tuf);
    struct tuf_target target;
    for (size_t i = 0; i < 4; i++) {
        assert_true(tuf_targets_next(&targets, &target));
        assert_true(span_is(target.path, paths[i]));
        assert_int_equal(target.sha256.size, 64);
        assert_int_equal(target.sha512.size, i == 1 ? 128 : 0);
        assert_int_equal(target.custom.size > 0, i == 1 || i == 3);
    }
    assert_int_equal(target.length, 5);
    assert_false(tuf_targets_next(&targets, &target));
    struct tuf_delegations none = tuf_delegations_of(&tuf);
    struct tuf_delegation delegation;
    assert_false(tuf_delegations_next(&none, &delegation));
    struct tuf_key keys[TUF_KEYS_MOST];
    assert_int_equal(tuf_delegations_keys(&tuf, keys), 0);
    bytes_clear(&payload);
}

static void tuf__reads_delegations_in_their_order(void **state)
{
    (void)state;
    struct bytes payload = vector_tuf("targets-3");
    assert_reads(bytes_span(&payload));
    struct tuf_delegations delegations = tuf_delegations_of(&tuf);
    struct tuf_delegation role;
    assert_true(tuf_delegations_next(&delegations, &role));
    assert_true(span_is(role.name, "supplier"));
    assert_int_equal(role.keyid_count, 2);
    assert_int_equal(role.threshold, 2);
    assert_true(role.terminating);
    assert_false(role.hash_prefixes);
    assert_true(span_is(role.patterns, "[\"supplier/*\",\"supplier/*/v?.bin\"]"));
    assert_true(tuf_delegations_next(&delegations, &role));
    assert_true(span_is(role.name, "bins"));
    assert_true(role.hash_prefixes);
    assert_false(role.terminating);
    assert_false(tuf_delegations_next(&delegations, &role));
    struct tuf_key keys[TUF_KEYS_MOST];
    assert_int_equal(tuf_delegations_keys(&tuf, keys), 3);
    assert_true(span_compare(keys[0].id, keys[1].id) < 0);
    bytes_clear(&payload);
}

static void tuf__reads_the_files_of_snapshot_and_timestamp(void **state)
{
    (void)state;
    struct bytes payload = vector_tuf("snapshot-2");
    assert_reads(bytes_span(&payload));
    struct tuf_files files = tuf_files_of(&tuf);
    struct tuf_file file;
    assert_true(tuf_files_next(&files, &file));
    assert_true(span_is(file.name, "bins.json"));
    assert_int_equal(file.length, -1);
    assert_int_equal(file.sha256.size, 0);
    assert_true(tuf_files_next(&files, &file));
    assert_true(span_is(file.name, "supplier.json"));
    assert_int_equal(file.version, 7);
    assert_int_equal(file.length, 688);
    assert_int_equal(file.sha256.size, 64);
    assert_true(tuf_files_next(&files, &file));
    assert_true(span_is(file.name, "targets.json"));
    assert_false(tuf_files_next(&files, &file));
    bytes_clear(&payload);
    payload = vector_tuf("timestamp-1");
    assert_reads(bytes_span(&payload));
    files = tuf_files_of(&tuf);
    assert_true(tuf_files_next(&files, &file));
    assert_true(span_is(file.name, "snapshot.json"));
    assert_false(tuf_files_next(&files, &file));
    bytes_clear(&payload);
}

static void tuf__a_role_demands_its_type(void **state)
{
    (void)state;
    assert_int_equal(tuf_type_of_role("root"), TUF_ROOT);
    assert_int_equal(tuf_type_of_role("targets"), TUF_TARGETS);
    assert_int_equal(tuf_type_of_role("snapshot"), TUF_SNAPSHOT);
    assert_int_equal(tuf_type_of_role("timestamp"), TUF_TIMESTAMP);
    assert_int_equal(tuf_type_of_role("supplier"), TUF_TARGETS);
    assert_int_equal(tuf_type_of_role("Root"), TUF_TARGETS);
    assert_string_equal(tuf_type_text(TUF_SNAPSHOT), "snapshot");
    assert_string_equal(tuf_type_text(TUF_NONE), "none");
    assert_string_equal(tuf_type_text((enum tuf_type)99), "none");
}

// A targets payload with one image for each path that `name` gives.
static struct bytes many_targets(size_t count, void (*name)(size_t i, char *out, size_t size))
{
    struct bytes out;
    bytes_init(&out, LIMIT_PAYLOAD);
    bytes_add_text(&out, "{\"_type\":\"targets\",\"expires\":\"2027-01-01T00:00:00Z\","
                         "\"spec_version\":\"1.0\",\"targets\":{");
    for (size_t i = 0; i < count; i++) {
        char path[64];
        name(i, path, sizeof path);
        bytes_add_format(&out, "%s\"%s\":{\"hashes\":{\"sha256\":\"%064zx\"},\"length\":1}",
            i == 0 ? "" : ",", path, i);
    }
    bytes_add_text(&out, "},\"version\":1}");
    assert_int_equal(bytes_finish(&out), OK);
    return out;
}

static void capital_names(size_t i, char *out, size_t size)
{
    snprintf(out, size, "Firmware/%08zu.bin", i);
}

// The last one differs from the first by its case alone, half a file away.
static void clashing_names(size_t i, char *out, size_t size)
{
    snprintf(out, size, i == 9999 ? "firmware/00000000.bin" : "Firmware/%08zu.bin", i);
}

static void tuf__paths_are_unique_without_regard_to_case_among_many(void **state)
{
    (void)state;
    struct bytes payload = many_targets(10000, capital_names);
    assert_reads(bytes_span(&payload));
    bytes_clear(&payload);
    payload = many_targets(10000, clashing_names);
    struct refusal refusal = {0};
    assert_int_equal(tuf_read(DIALECT_TUF, bytes_span(&payload), &tuf, &refusal), ERR_REFUSED);
    assert_non_null(strstr(refusal.sentence, "differ only by case"));
    bytes_clear(&payload);
}

// ---- keys ----

static void tuf__our_key_objects_read_back_under_their_id(void **state)
{
    (void)state;
    struct bytes payload = vector_tuf("root-1");
    assert_reads(bytes_span(&payload));
    size_t ours = 0;
    for (size_t i = 0; i < tuf.root.key_count; i++) {
        struct key key;
        struct bytes object;
        assert_int_equal(tuf_key_from(&tuf.root.keys[i], &key), OK);
        bytes_init(&object, 2048);
        tuf_key_write(DIALECT_TUF, &key, &object);
        assert_true(span_equal(bytes_span(&object), tuf.root.keys[i].whole));
        struct hash id = tuf_key_id(DIALECT_TUF, &key), written;
        assert_int_equal(hash_from_hex(tuf.root.keys[i].id, &written), OK);
        assert_true(hash_equal(&id, &written));
        assert_true(hash_equal(&key.id, &tuf.root.keys[i].identity));
        bytes_clear(&object);
        ours++;
    }
    assert_int_equal(ours, tuf.root.key_count);
    bytes_clear(&payload);
}

// Of every type that the dialect takes, as python's securesystemslib writes them.
static void tuf__writes_a_key_object_of_every_type(void **state)
{
    (void)state;
    static const struct {
        enum key_type type;
        const char *front, *back;
    } rows[] = {
        {KEY_ED25519, "{\"keytype\":\"ed25519\",", ",\"scheme\":\"ed25519\"}"},
        {KEY_P256, "{\"keytype\":\"ecdsa\",", ",\"scheme\":\"ecdsa-sha2-nistp256\"}"},
        {KEY_P384, "{\"keytype\":\"ecdsa\",", ",\"scheme\":\"ecdsa-sha2-nistp384\"}"},
        {KEY_RSA2048, "{\"keytype\":\"rsa\",", ",\"scheme\":\"rsassa-pss-sha256\"}"},
        {KEY_RSA4096, "{\"keytype\":\"rsa\",", ",\"scheme\":\"rsassa-pss-sha256\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct person person;
        struct bytes object, raw;
        person_make(&person, rows[i].type);
        bytes_init(&object, 2048);
        bytes_init(&raw, 2048);
        tuf_key_write(DIALECT_TUF, &person.key, &object);
        size_t back = strlen(rows[i].back);
        assert_true(span_starts(bytes_span(&object), rows[i].front));
        assert_true(span_is(span_of(object.data + object.size - back, back), rows[i].back));
        uint8_t signature[KEY_SIGNATURE_MOST];
        size_t size = person_sign_bytes(&person, span_text("message"), signature);
        tuf_signature_write(DIALECT_TUF, &person.key, span_of(signature, size), &raw);
        struct hash id = tuf_key_id(DIALECT_TUF, &person.key), hash;
        hash = hash_of(bytes_span(&object));
        assert_true(hash_equal(&id, &hash));
        char hex[2 * HASH_SIZE + 1];
        hash_hex(&id, hex);
        assert_non_null(memmem(raw.data, raw.size, hex, sizeof hex - 1));
        bytes_clear(&object);
        bytes_clear(&raw);
        person_clear(&person);
    }
}

// ---- signed files ----

static struct tuf_envelope envelope;

static void envelope__counts_distinct_keys_of_the_role(void **state)
{
    (void)state;
    struct refusal refusal = {0};
    struct bytes root = vector_tuf("root-1"), file = vector_signed("targets-1.signed");
    struct bytes payload = vector_tuf("targets-1");
    assert_reads(bytes_span(&root));
    assert_int_equal(
        tuf_envelope_read(DIALECT_TUF, bytes_span(&file), &envelope, &refusal), OK);
    assert_true(span_equal(envelope.signed_part, bytes_span(&payload)));
    const struct tuf_role *targets = tuf_root_role(&tuf.root, TUF_TARGETS);
    const struct tuf_role *snapshot = tuf_root_role(&tuf.root, TUF_SNAPSHOT);
    const struct tuf_key *keys = tuf.root.keys;
    size_t count = tuf.root.key_count;
    assert_int_equal(tuf_envelope_signers(&envelope, keys, count, targets->keyids, 2), 2);
    assert_int_equal(tuf_envelope_signers(&envelope, keys, count, targets->keyids, 1), 1);
    assert_int_equal(tuf_envelope_signers(&envelope, keys, count, snapshot->keyids, 1), 0);
    struct span twice[2] = {targets->keyids[0], targets->keyids[0]};
    assert_int_equal(tuf_envelope_signers(&envelope, keys, count, twice, 2), 1);
    bytes_clear(&payload);
    bytes_clear(&file);
    bytes_clear(&root);
}

static void envelope__one_public_key_under_two_ids_counts_once(void **state)
{
    (void)state;
    struct refusal refusal = {0};
    struct bytes root = vector_tuf("root-1"), file = vector_signed("targets-1.signed");
    assert_reads(bytes_span(&root));
    assert_int_equal(
        tuf_envelope_read(DIALECT_TUF, bytes_span(&file), &envelope, &refusal), OK);
    struct tuf_key keys[2] = {*tuf_root_key(&tuf.root, envelope.signatures[0].keyid)};
    keys[1] = keys[0];
    keys[1].id = envelope.signatures[1].keyid;
    envelope.signatures[1].sig = envelope.signatures[0].sig;
    struct span ids[2] = {keys[0].id, keys[1].id};
    assert_int_equal(tuf_envelope_signers(&envelope, keys, 2, ids, 2), 1);
    assert_int_equal(tuf_envelope_signers(&envelope, keys + 1, 1, ids, 2), 1);
    bytes_clear(&file);
    bytes_clear(&root);
}

static void envelope__a_changed_byte_leaves_no_signer(void **state)
{
    (void)state;
    struct refusal refusal = {0};
    struct bytes root = vector_tuf("root-1"), file = vector_signed("targets-1.signed");
    assert_reads(bytes_span(&root));
    const struct tuf_role *role = tuf_root_role(&tuf.root, TUF_TARGETS);
    uint8_t *version = memmem(file.data, file.size, "\"version\":1", 11);
    assert_non_null(version);
    version[10] = '2';
    assert_int_equal(
        tuf_envelope_read(DIALECT_TUF, bytes_span(&file), &envelope, &refusal), OK);
    assert_int_equal(tuf_envelope_signers(&envelope, tuf.root.keys, tuf.root.key_count,
                         role->keyids, role->keyid_count),
        0);
    bytes_clear(&file);
    bytes_clear(&root);
}

// The form with every @ replaced by a key id.
static struct bytes with_keyids(const char *form)
{
    struct bytes out;
    bytes_init(&out, 4096);
    for (; *form != 0; form++)
        if (*form == '@')
            bytes_add_format(&out, "\"%064x\"", 10);
        else
            bytes_add_u8(&out, (uint8_t)*form);
    return out;
}

static void envelope__r2_refuses_every_other_form(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        const char *form;
    } cases[] = {
        {"signatures is missing", "{\"signed\":{}}"},
        {"signed is missing", "{\"signatures\":[]}"},
        {"unknown field", "{\"note\":1,\"signatures\":[],\"signed\":{}}"},
        {"an object", "{\"signatures\":[],\"signed\":[]}"},
        {"an array", "{\"signatures\":{},\"signed\":{}}"},
        {"64 lower-case", "{\"signatures\":[{\"keyid\":\"aa\",\"sig\":\"\"}],\"signed\":{}}"},
        {"two signatures of one", "{\"signatures\":[{\"keyid\":@,\"sig\":\"aa\"},"
                                  "{\"keyid\":@,\"sig\":\"bb\"}],\"signed\":{}}"},
        {"unknown field",
            "{\"signatures\":[{\"keyid\":@,\"method\":\"x\",\"sig\":\"\"}],\"signed\":{}}"},
        {"even number", "{\"signatures\":[{\"keyid\":@,\"sig\":\"abc\"}],\"signed\":{}}"},
        {"even number", "{\"signatures\":[{\"keyid\":@,\"sig\":\"AB\"}],\"signed\":{}}"},
        {"sig is missing", "{\"signatures\":[{\"keyid\":@}],\"signed\":{}}"},
        {"after the value", "{\"signatures\":[{\"keyid\":@,\"sig\":\"\"}],\"signed\":{}} "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct refusal refusal = {0};
        struct bytes file = with_keyids(cases[i].form);
        assert_int_equal(tuf_envelope_read(DIALECT_TUF, bytes_span(&file), &envelope, &refusal),
            ERR_REFUSED);
        assert_non_null(strchr(refusal.rule, '/'));
        if (strstr(refusal.sentence, cases[i].words) == NULL)
            fail_msg("%s expected: %s", cases[i].words, refusal.sentence);
        bytes_clear(&file);
    }
}

static void vectors__are_what_their_script_makes(void **state)
{
    (void)state;
    assert_int_equal(system("/usr/bin/python3 tests/vectors/make --check"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tuf__r2_refuses_what_is_not_known_completely),
        cmocka_unit_test(tuf__an_unknown_field_is_named_with_its_byte),
        cmocka_unit_test(tuf__r2_refuses_every_prefix_and_one_byte_more),
        cmocka_unit_test(tuf__reads_a_root),
        cmocka_unit_test(tuf__reads_targets_again_in_file_order),
        cmocka_unit_test(tuf__reads_delegations_in_their_order),
        cmocka_unit_test(tuf__reads_the_files_of_snapshot_and_timestamp),
        cmocka_unit_test(tuf__a_role_demands_its_type),
        cmocka_unit_test(tuf__paths_are_unique_without_regard_to_case_among_many),
        cmocka_unit_test(tuf__our_key_objects_read_back_under_their_id),
        cmocka_unit_test(tuf__writes_a_key_object_of_every_type),
        cmocka_unit_test(envelope__counts_distinct_keys_of_the_role),
        cmocka_unit_test(envelope__one_public_key_under_two_ids_counts_once),
        cmocka_unit_test(envelope__a_changed_byte_leaves_no_signer),
        cmocka_unit_test(envelope__r2_refuses_every_other_form),
        cmocka_unit_test(vectors__are_what_their_script_makes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
