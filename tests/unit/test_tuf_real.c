// Metadata of real repositories, when it lies beside the project. Their files are no canonical
// bytes, so the reader refuses them as they are; their canonical form is canonical JSON, and is
// metadata to us as far as it has no field that we do not know.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/metadata_vectors.h"

#include <string.h>

#define REAL "../shared/vectors/real/"

static const struct real {
    const char *path;
    const char *words; // of the refusal; NULL: it is read
} files[] = {
    {"tuf-on-ci-0.11/metadata/timestamp.json", NULL},
    {"tuf-on-ci-0.11/metadata/2.snapshot.json", NULL},
    // tuf-on-ci keeps its own notes in keys, roles and at the top.
    {"tuf-on-ci-0.11/metadata/1.root.json", "x-tuf-on-ci-online-uri: an unknown field"},
    {"tuf-on-ci-0.11/metadata/1.targets.json", "x-tuf-on-ci-keyowner: an unknown field"},
    {"tuf-on-ci-0.11/metadata/2.delegatedrole.json",
        "x-tuf-on-ci-expiry-period: an unknown field"},
    // Sigstore's first roots: a date with a fraction and an offset.
    {"sigstore-roots/1.root.json", "a date that exists"},
    {"sigstore-roots/2.root.json", "a date that exists"},
    {"sigstore-roots/3.root.json", "a date that exists"},
    // Then a field that TUF dropped in version 1.0.
    {"sigstore-roots/4.root.json", "keyid_hash_algorithms: an unknown field"},
    {"sigstore-roots/5.root.json", "keyid_hash_algorithms: an unknown field"},
    {"sigstore-roots/6.root.json", "keyid_hash_algorithms: an unknown field"},
    {"sigstore-roots/7.root.json", "keyid_hash_algorithms: an unknown field"},
    {"sigstore-roots/8.root.json", "keyid_hash_algorithms: an unknown field"},
    {"sigstore-roots/9.root.json", "keyid_hash_algorithms: an unknown field"},
    {"sigstore-roots/10.root.json", "keyid_hash_algorithms: an unknown field"},
    {"sigstore-roots/11.root.json", "keyid_hash_algorithms: an unknown field"},
    {"sigstore-roots/12.root.json", "keyid_hash_algorithms: an unknown field"},
};
enum { FILES = sizeof files / sizeof files[0] };

static struct tuf tuf;
static struct tuf_envelope envelope;

static void skip_without(const char *path)
{
    if (vector_exists(path))
        return;
    print_message("skipped: %s is not here\n", path);
    skip();
}

static struct bytes canonical(const char *name)
{
    char command[256];
    snprintf(command, sizeof command, "/usr/bin/python3 tests/vectors/canonical.py " REAL "%s",
        name);
    return vector_command(command);
}

static void real__r2_the_files_as_published_are_not_canonical(void **state)
{
    (void)state;
    skip_without(REAL);
    for (size_t i = 0; i < FILES; i++) {
        char path[256];
        struct refusal refusal = {0};
        snprintf(path, sizeof path, REAL "%s", files[i].path);
        struct bytes file = vector_file(path);
        struct json json = json_of(DIALECT_TUF, bytes_span(&file));
        (void)json_skip(&json);
        assert_int_equal(json_finish(&json), ERR_FORM);
        assert_int_equal(tuf_envelope_read(DIALECT_TUF, bytes_span(&file), &envelope, &refusal),
            ERR_REFUSED);
        bytes_clear(&file);
    }
}

static void real__r2_the_canonical_form_is_read_or_refused_for_what_we_do_not_know(void **state)
{
    (void)state;
    skip_without(REAL);
    for (size_t i = 0; i < FILES; i++) {
        struct refusal refusal = {0};
        struct bytes file = canonical(files[i].path);
        if (tuf_envelope_read(DIALECT_TUF, bytes_span(&file), &envelope, &refusal) != OK)
            fail_msg("%s: %s", files[i].path, refusal.sentence);
        enum err err = tuf_read(DIALECT_TUF, envelope.signed_part, &tuf, &refusal);
        if (files[i].words == NULL && err != OK)
            fail_msg("%s: %s", files[i].path, refusal.sentence);
        if (files[i].words != NULL &&
            (err != ERR_REFUSED || strchr(refusal.rule, '/') == NULL ||
                strstr(refusal.sentence, files[i].words) == NULL))
            fail_msg(
                "%s: \"%s\" expected: %s", files[i].path, files[i].words, refusal.sentence);
        bytes_clear(&file);
    }
}

// The value of the one key object of a root that has this id, found without knowing its fields.
static struct span key_value(struct span root, struct span id)
{
    char wanted[80];
    snprintf(wanted, sizeof wanted, "\"%.*s\":{", (int)id.size, (const char *)id.data);
    const uint8_t *key = memmem(root.data, root.size, wanted, strlen(wanted));
    assert_non_null(key);
    static const char public[] = "\"public\":";
    const uint8_t *at =
        memmem(key, root.size - (size_t)(key - root.data), public, strlen(public));
    assert_non_null(at);
    at += strlen(public);
    struct json json = json_of(DIALECT_TUF, span_of(at, root.size - (size_t)(at - root.data)));
    return json_string(&json);
}

// Each file's first signature was made by a key of a real device over what we take for its bytes.
static void real__signatures_verify_over_the_bytes_that_we_read(void **state)
{
    (void)state;
    skip_without(REAL);
    static const char *const names[] = {"timestamp.json", "2.snapshot.json", "1.targets.json",
        "2.delegatedrole.json", "1.root.json"};
    struct bytes root = canonical("tuf-on-ci-0.11/metadata/1.root.json");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        struct refusal refusal = {0};
        snprintf(path, sizeof path, "tuf-on-ci-0.11/metadata/%s", names[i]);
        struct bytes file = canonical(path);
        assert_int_equal(
            tuf_envelope_read(DIALECT_TUF, bytes_span(&file), &envelope, &refusal), OK);
        struct tuf_key key = {.dialect = DIALECT_TUF,
            .id = envelope.signatures[0].keyid,
            .keytype = span_text("ecdsa"),
            .scheme = span_text("ecdsa-sha2-nistp256")};
        key.value = key_value(bytes_span(&root), key.id);
        assert_int_equal(tuf_envelope_signers(&envelope, &key, 1, &key.id, 1), 1);
        file.data[file.size - 3] ^= 1;
        assert_int_equal(tuf_envelope_signers(&envelope, &key, 1, &key.id, 1), 0);
        bytes_clear(&file);
    }
    bytes_clear(&root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real__r2_the_files_as_published_are_not_canonical),
        cmocka_unit_test(
            real__r2_the_canonical_form_is_read_or_refused_for_what_we_do_not_know),
        cmocka_unit_test(real__signatures_verify_over_the_bytes_that_we_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
