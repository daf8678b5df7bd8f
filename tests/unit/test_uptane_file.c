// Complete signed files of the `uptane` dialect, and their signatures (metadata/tuf.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/json_file.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rule_name.h"

#include <stdlib.h>
#include <string.h>

static struct tuf root;
static struct tuf_envelope envelope;
static struct bytes file, root_bytes;

static int open_file(void **state)
{
    (void)state;
    struct refusal refusal = {0};
    file = vector_of(DIALECT_UPTANE, "root-1.signed");
    root_bytes = vector_of(DIALECT_UPTANE, "root-1");
    return tuf_read(DIALECT_UPTANE, bytes_span(&root_bytes), &root, &refusal) == OK ? 0 : -1;
}

static int close_file(void **state)
{
    (void)state;
    bytes_clear(&file);
    bytes_clear(&root_bytes);
    return 0;
}

// Replaces the first `old` behind the first `front`.
static void replace(const char *front, const char *old, const char *new)
{
    struct bytes changed;
    const uint8_t *end = file.data + file.size;
    const uint8_t *at = memmem(file.data, file.size, front, strlen(front));
    assert_non_null(at);
    at = memmem(at, (size_t)(end - at), old, strlen(old));
    assert_non_null(at);
    bytes_init(&changed, LIMIT_PAYLOAD);
    bytes_add(&changed, span_of(file.data, (size_t)(at - file.data)));
    bytes_add_text(&changed, new);
    bytes_add(&changed, span_of(at + strlen(old), (size_t)(end - at) - strlen(old)));
    bytes_clear(&file);
    file = changed;
}

static enum err read_file(struct refusal *refusal)
{
    *refusal = (struct refusal){0};
    return tuf_envelope_read(DIALECT_UPTANE, bytes_span(&file), &envelope, refusal);
}

static size_t signers(void)
{
    const struct tuf_role *role = tuf_root_role(&root.root, TUF_ROOT);
    struct refusal refusal;
    if (read_file(&refusal) != OK)
        fail_msg("%s", refusal.sentence);
    return tuf_envelope_signers(
        &envelope, root.root.keys, root.root.key_count, role->keyids, role->keyid_count);
}

static void envelope__r2_refuses_signatures_that_clients_would_reject(void **state)
{
    (void)state;
    static const char half[] = "\"method\":\"";
    static const struct {
        const char *old, *new, *words;
    } bad[] = {
        {"\"method\":\"ed25519\",", "", "method is missing"},
        {"\"ed25519\"", "\"ED25519\"", "a method is"},
        {"\"ed25519\"", "\"rsassa-pss\"", "a method is"},
        {"\"ed25519\"", "\"\"", "a method is"},
        {"\"ed25519\"", "\"rsassa-pss-sha256\"", "so many bytes"},
        {"\"rsassa-pss-sha256\"", "\"ed25519\"", "so many bytes"},
        {"\"sig\":\"", "\"sig\":\"=", "base64"},
        {"==\"", "\"", "base64"},
        {"==\"", "= \"", "base64"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct refusal refusal;
        (void)close_file(NULL);
        assert_int_equal(open_file(NULL), 0);
        replace("\"signatures\"", bad[i].old, bad[i].new);
        assert_int_equal(read_file(&refusal), ERR_REFUSED);
        assert_true(rule_is_of(refusal.rule, "R2"));
        if (strstr(refusal.sentence, bad[i].words) == NULL)
            fail_msg("\"%s\" expected: %s", bad[i].words, refusal.sentence);
    }
    assert_non_null(memmem(file.data, file.size, half, strlen(half)));
}

// The two forms of one signature.
static const char hex[] =
    "{\"keyid\":"
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
    "\"sig\":\"00ff\"}";
static const char base64[] =
    "{\"keyid\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
    "\"method\":\"ed25519\",\"sig\":"
    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAA==\"}";

static void envelope__r2_hex_is_of_tuf_and_base64_of_uptane(void **state)
{
    (void)state;
    struct refusal refusal = {0};
    assert_int_equal(tuf_signatures_read(DIALECT_TUF, span_text(hex), &envelope, &refusal), OK);
    assert_int_equal(
        tuf_signatures_read(DIALECT_UPTANE, span_text(hex), &envelope, &refusal), ERR_REFUSED);
    assert_non_null(strstr(refusal.sentence, "method is missing"));
    assert_int_equal(
        tuf_signatures_read(DIALECT_UPTANE, span_text(base64), &envelope, &refusal), OK);
    assert_int_equal(envelope.signature_count, 1);
    assert_true(span_is(envelope.signatures[0].whole, base64));
    assert_int_equal(
        tuf_signatures_read(DIALECT_TUF, span_text(base64), &envelope, &refusal), ERR_REFUSED);
    assert_non_null(strstr(refusal.sentence, "unknown field"));
}

static void envelope__counts_who_signed_by_key_and_method(void **state)
{
    (void)state;
    assert_int_equal(signers(), 2);
    // Another byte of what is signed.
    replace("\"signed\"", "\"version\":1", "\"version\":3");
    assert_int_equal(signers(), 0);
}

static void envelope__r15_the_method_must_be_the_one_of_the_key(void **state)
{
    (void)state;
    struct refusal refusal;
    assert_int_equal(read_file(&refusal), OK);
    for (size_t i = 0; i < envelope.signature_count; i++) {
        const struct tuf_key *key = tuf_root_key(&root.root, envelope.signatures[i].keyid);
        assert_non_null(key);
        assert_true(tuf_envelope_verifies(&envelope, key));
        bool rsa = span_is(key->keytype, "RSA");
        envelope.signatures[i].method = span_text(rsa ? "ed25519" : "rsassa-pss-sha256");
        assert_false(tuf_envelope_verifies(&envelope, key));
    }
}

static void envelope__an_uptane_file_is_its_own_canonical_form(void **state)
{
    (void)state;
    static const char *const names[] = {"root-1", "root-2", "targets-1", "targets-2",
        "supplier-1", "bins-1", "snapshot-1", "timestamp-1"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[64];
        struct bytes canonical, again;
        struct refusal refusal = {0};
        snprintf(name, sizeof name, "%s.signed", names[i]);
        struct bytes whole = vector_of(DIALECT_UPTANE, name);
        bytes_init(&canonical, LIMIT_PAYLOAD);
        bytes_init(&again, LIMIT_PAYLOAD);
        assert_int_equal(json_file_read(DIALECT_UPTANE, bytes_span(&whole), &canonical), OK);
        json_file_write(DIALECT_UPTANE, bytes_span(&canonical), &again);
        assert_true(span_equal(bytes_span(&whole), bytes_span(&canonical)));
        assert_true(span_equal(bytes_span(&whole), bytes_span(&again)));
        // So whoever hashes the file hashes the canonical form too.
        assert_int_equal(
            tuf_envelope_read(DIALECT_UPTANE, bytes_span(&canonical), &envelope, &refusal), OK);
        bytes_clear(&whole);
        bytes_clear(&canonical);
        bytes_clear(&again);
    }
}

static void envelope__signatures_are_written_as_they_are_read(void **state)
{
    (void)state;
    struct refusal refusal;
    assert_int_equal(read_file(&refusal), OK);
    static struct tuf_envelope again;
    for (size_t i = 0; i < envelope.signature_count; i++) {
        const struct tuf_key *listed = tuf_root_key(&root.root, envelope.signatures[i].keyid);
        struct key key;
        struct bytes raw, object;
        assert_int_equal(tuf_key_from(listed, &key), OK);
        bytes_init(&raw, KEY_SIGNATURE_MOST);
        bytes_init(&object, 2048);
        assert_int_equal(base64_read(envelope.signatures[i].sig, &raw), OK);
        tuf_signature_write(DIALECT_UPTANE, &key, bytes_span(&raw), &object);
        assert_true(span_equal(bytes_span(&object), envelope.signatures[i].whole));
        bytes_reset(&object);
        tuf_signature_write(DIALECT_TUF, &key, bytes_span(&raw), &object);
        assert_int_equal(
            tuf_signatures_read(DIALECT_TUF, bytes_span(&object), &again, &refusal), OK);
        bytes_clear(&raw);
        bytes_clear(&object);
    }
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, open_file, close_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(envelope__r2_refuses_signatures_that_clients_would_reject),
        FILE_TEST(envelope__r2_hex_is_of_tuf_and_base64_of_uptane),
        FILE_TEST(envelope__counts_who_signed_by_key_and_method),
        FILE_TEST(envelope__r15_the_method_must_be_the_one_of_the_key),
        FILE_TEST(envelope__an_uptane_file_is_its_own_canonical_form),
        FILE_TEST(envelope__signatures_are_written_as_they_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
