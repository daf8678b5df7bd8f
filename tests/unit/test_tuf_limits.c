// Every list of TUF metadata has an end (R20): as many as the limit are read, one more is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/tuf.h"
#include "tests/unit/made_up.h"

#include <string.h>

enum { MADE = TUF_KEYS_MOST + 1, TEXT_MOST = 1 << 20 };

// Key objects in the order of their ids.
static struct made {
    char id[2 * HASH_SIZE + 1];
    struct key key;
} made[MADE];

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct made *)a)->id, ((const struct made *)b)->id);
}

static int make_keys(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MADE; i++) {
        made[i].key = made_up_key(i);
        struct hash id = tuf_key_id(DIALECT_TUF, &made[i].key);
        hash_hex(&id, made[i].id);
    }
    return 0;
}

static void add_keys(struct bytes *out, size_t count)
{
    struct made sorted[MADE];
    memcpy(sorted, made, sizeof sorted);
    qsort(sorted, count, sizeof sorted[0], by_id);
    bytes_add_text(out, "\"keys\":{");
    for (size_t i = 0; i < count; i++) {
        bytes_add_format(out, "%s\"%s\":", i == 0 ? "" : ",", sorted[i].id);
        tuf_key_write(DIALECT_TUF, &sorted[i].key, out);
    }
    bytes_add_text(out, "}");
}

static void add_keyids(struct bytes *out, size_t from, size_t count)
{
    bytes_add_text(out, "\"keyids\":[");
    for (size_t i = from; i < from + count; i++)
        bytes_add_format(out, "%s\"%s\"", i == from ? "" : ",", made[i].id);
    bytes_add_text(out, "]");
}

// Reads `text`, and wants it to pass (words NULL) or to be refused with these words.
static void assert_reads(struct bytes *text, const char *words)
{
    static struct tuf tuf;
    struct refusal refusal = {.sentence = ""};
    assert_int_equal(bytes_finish(text), OK);
    enum err err = tuf_read(DIALECT_TUF, bytes_span(text), &tuf, &refusal);
    if (words == NULL && err != OK)
        fail_msg("%s", refusal.sentence);
    if (words != NULL && (err != ERR_REFUSED || strstr(refusal.sentence, words) == NULL))
        fail_msg("\"%s\" expected: %s", words, refusal.sentence);
    bytes_clear(text);
}

static struct bytes root_of(size_t root_keys, size_t targets_keys)
{
    struct bytes out;
    bytes_init(&out, TEXT_MOST);
    bytes_add_text(&out, "{\"_type\":\"root\",\"consistent_snapshot\":true,"
                         "\"expires\":\"2027-01-01T00:00:00Z\",");
    add_keys(&out, root_keys + targets_keys + 2);
    static const char *const roles[] = {"root", "snapshot", "targets", "timestamp"};
    const size_t counts[] = {root_keys, 1, targets_keys, 1};
    size_t from = 0;
    for (size_t i = 0; i < 4; i++) {
        bytes_add_text(&out, i == 0 ? ",\"roles\":{" : ",");
        bytes_add_format(&out, "\"%s\":{", roles[i]);
        add_keyids(&out, from, counts[i]);
        bytes_add_text(&out, ",\"threshold\":1}");
        from += counts[i];
    }
    bytes_add_text(&out, "},\"spec_version\":\"1.0\",\"version\":1}");
    return out;
}

static void tuf__r20_keys_of_a_root_are_bounded(void **state)
{
    (void)state;
    struct bytes text = root_of(64, 62);
    assert_reads(&text, NULL);
    text = root_of(64, 63);
    assert_reads(&text, "more than 128 keys");
    text = root_of(65, 61);
    assert_reads(&text, "more than 64 key ids");
}

static struct bytes delegations_of(size_t roles, size_t patterns)
{
    struct bytes out;
    bytes_init(&out, TEXT_MOST);
    bytes_add_text(&out, "{\"_type\":\"targets\",\"delegations\":{");
    add_keys(&out, roles);
    for (size_t i = 0; i < roles; i++) {
        bytes_add_text(&out, i == 0 ? ",\"roles\":[{" : ",{");
        add_keyids(&out, i, 1);
        bytes_add_format(&out, ",\"name\":\"r%zu\",\"paths\":[", i);
        for (size_t k = 0; k < patterns; k++)
            bytes_add_format(&out, "%s\"r%zu/%zu\"", k == 0 ? "" : ",", i, k);
        bytes_add_text(&out, "],\"terminating\":true,\"threshold\":1}");
    }
    bytes_add_text(&out, "]},\"expires\":\"2027-01-01T00:00:00Z\",\"spec_version\":\"1.0\","
                         "\"targets\":{},\"version\":1}");
    return out;
}

static void tuf__r20_delegations_are_bounded(void **state)
{
    (void)state;
    struct bytes text = delegations_of(TUF_DELEGATIONS_MOST, 1);
    assert_reads(&text, NULL);
    text = delegations_of(TUF_DELEGATIONS_MOST + 1, 1);
    assert_reads(&text, "more than 32 delegated roles");
    text = delegations_of(1, 1024);
    assert_reads(&text, NULL);
    text = delegations_of(1, 1025);
    assert_reads(&text, "more than 1024 patterns");
}

static struct bytes snapshot_of(size_t files)
{
    struct bytes out;
    bytes_init(&out, TEXT_MOST);
    bytes_add_text(
        &out, "{\"_type\":\"snapshot\",\"expires\":\"2027-01-01T00:00:00Z\",\"meta\":{");
    for (size_t i = 1; i < files; i++)
        bytes_add_format(&out, "\"r%05zu.json\":{\"version\":1},", i);
    bytes_add_text(
        &out, "\"targets.json\":{\"version\":1}},\"spec_version\":\"1.0\",\"version\":1}");
    return out;
}

static void tuf__r20_files_of_a_snapshot_are_bounded(void **state)
{
    (void)state;
    struct bytes text = snapshot_of(TUF_FILES_MOST);
    assert_reads(&text, NULL);
    text = snapshot_of(TUF_FILES_MOST + 1);
    assert_reads(&text, "more than 256 files");
}

static struct tuf_envelope envelope;

static enum err read_envelope(struct bytes *file, struct refusal *refusal)
{
    enum err err = tuf_envelope_read(DIALECT_TUF, bytes_span(file), &envelope, refusal);
    bytes_clear(file);
    return err;
}

static void envelope__r20_signatures_are_bounded(void **state)
{
    (void)state;
    struct refusal refusal = {0};
    for (size_t count = TUF_KEYIDS_MOST; count <= TUF_KEYIDS_MOST + 1; count++) {
        struct bytes file;
        bytes_init(&file, 65536);
        bytes_add_text(&file, "{\"signatures\":[");
        for (size_t i = 0; i < count; i++)
            bytes_add_format(
                &file, "%s{\"keyid\":\"%064zx\",\"sig\":\"\"}", i == 0 ? "" : ",", i);
        bytes_add_text(&file, "],\"signed\":{}}");
        assert_int_equal(
            read_envelope(&file, &refusal), count == TUF_KEYIDS_MOST ? OK : ERR_REFUSED);
    }
    assert_non_null(strstr(refusal.sentence, "more than 64 signatures"));
}

static void envelope__r20_a_signature_is_bounded(void **state)
{
    (void)state;
    struct refusal refusal = {.sentence = ""};
    for (int digits = 1024; digits <= 1026; digits += 2) {
        struct bytes file;
        bytes_init(&file, 65536);
        bytes_add_format(&file,
            "{\"signatures\":[{\"keyid\":\"%064x\",\"sig\":\"%0*x\"}],\"signed\":{}}", 1,
            digits, 1);
        assert_int_equal(read_envelope(&file, &refusal), digits == 1024 ? OK : ERR_REFUSED);
    }
    assert_non_null(strstr(refusal.sentence, "a signature is"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tuf__r20_keys_of_a_root_are_bounded),
        cmocka_unit_test(tuf__r20_delegations_are_bounded),
        cmocka_unit_test(tuf__r20_files_of_a_snapshot_are_bounded),
        cmocka_unit_test(envelope__r20_signatures_are_bounded),
        cmocka_unit_test(envelope__r20_a_signature_is_bounded),
    };
    return cmocka_run_group_tests(tests, make_keys, NULL);
}
