// Snapshot and Timestamp, judged by the files that they list (metadata/judge.h).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rule_name.h"

#include <string.h>

static struct house house;
static struct scene scene;

static int open_house(void **state)
{
    (void)state;
    house_init(&house);
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    scene_clear(&scene);
    house_clear(&house);
    return 0;
}

static void assert_refused(const char *rule, const char *words)
{
    enum err err = scene_judge(&scene);
    if (err != ERR_REFUSED || !rule_is_of(scene.refusal.rule, rule) ||
        strstr(scene.refusal.sentence, words) == NULL)
        fail_msg("%s \"%s\" expected, but: %s %s %s", rule, words, err_text(err),
            scene.refusal.rule, scene.refusal.sentence);
    assert_int_equal(scene.facts.version, 0);
}

static void assert_passes(void)
{
    if (scene_judge(&scene) != OK)
        fail_msg("%s %s", scene.refusal.rule, scene.refusal.sentence);
    assert_int_equal(scene.facts.version, scene.item.version);
    assert_true(scene.facts.expires > HOUSE_NOW);
}

// ---- snapshot ----

static void open_snapshot_1(void)
{
    house_signed(&house, "image/root", "root-1");
    house_signed(&house, "image/targets", "targets-1");
    scene_init(&scene, &house, "image/snapshot", "snapshot-1", NULL);
}

static void judge__r12_a_snapshot_shows_the_targets_that_were_signed_last(void **state)
{
    (void)state;
    open_snapshot_1();
    assert_refused("R12", "targets.json version 1 is not among the evidence");
    scene_evidence(&scene, "supplier-1.signed");
    assert_refused("R12", "not among the evidence as it was signed here last");
    scene_evidence(&scene, "targets-1.signed");
    assert_passes();
    house_signed(&house, "image/targets", "targets-2");
    assert_refused("R12", "the last version signed is 2");
}

static void judge__r12_targets_are_signed_before_the_snapshot(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    scene_init(&scene, &house, "image/snapshot", "snapshot-1", NULL);
    scene_evidence(&scene, "targets-1.signed");
    assert_refused("R12", "image/targets was never signed here");
}

static void judge__r12_evidence_of_the_same_version_must_be_the_same_bytes(void **state)
{
    (void)state;
    open_snapshot_1();
    scene_evidence(&scene, "targets-1.signed");
    replace_text(&scene.evidence[0], "2027-02-01", "2027-02-02");
    assert_refused("R12", "not among the evidence as it was signed here last");
}

static void judge__r12_evidence_reaches_the_roots_threshold(void **state)
{
    (void)state;
    open_snapshot_1();
    replace_text(&scene.payload, ",\"length\":1344", "");
    scene_evidence(&scene, "targets-1-one.signed");
    assert_refused("R12", "SHA-256 of another file");
    static const char hashes[] = "\"hashes\":{";
    char *from = memmem(scene.payload.data, scene.payload.size, hashes, sizeof hashes - 1);
    assert_non_null(from);
    char removed[512];
    snprintf(removed, sizeof removed, "%.*s", (int)(strchr(from, '}') - from + 2), from);
    replace_text(&scene.payload, removed, "");
    assert_refused("R12", "valid signatures of 1 of the keys of its role, and needs 2");
    scene_evidence(&scene, "targets-1.signed");
    assert_passes();
}

static void judge__r12_a_forged_signature_counts_nothing(void **state)
{
    (void)state;
    open_snapshot_1();
    scene_evidence(&scene, "targets-1.signed");
    char *sig = memmem(scene.evidence[0].data, scene.evidence[0].size, "\"sig\":\"", 7);
    assert_non_null(sig);
    sig[7 + 20] = sig[7 + 20] == '0' ? '1' : '0';
    struct hash hash = hash_of(bytes_span(&scene.evidence[0]));
    char hex[2 * HASH_SIZE + 1], old[128], new[128];
    hash_hex(&hash, hex);
    const char *listed = memmem(scene.payload.data, scene.payload.size, "\"sha256\":\"", 10);
    assert_non_null(listed);
    snprintf(old, sizeof old, "%.74s", listed);
    snprintf(new, sizeof new, "\"sha256\":\"%s", hex);
    replace_text(&scene.payload, old, new);
    assert_refused("R12", "SHA-512 of another file");
    char *from = memmem(scene.payload.data, scene.payload.size, ",\"sha512\"", 9);
    assert_non_null(from);
    char removed[256];
    snprintf(removed, sizeof removed, "%.*s", (int)(strchr(from, '}') - from), from);
    replace_text(&scene.payload, removed, "");
    assert_refused("R12", "valid signatures of 1");
}

static void judge__r12_length_and_hashes_are_those_of_the_file(void **state)
{
    (void)state;
    static const char *const starts[] = {"\"sha256\":\"", "\"sha512\":\""};
    static const char *const words[] = {"SHA-256 of another", "SHA-512 of another"};
    open_snapshot_1();
    scene_evidence(&scene, "targets-1.signed");
    assert_passes();
    for (size_t i = 0; i < 2; i++) {
        char *digit = memmem(scene.payload.data, scene.payload.size, starts[i], 10);
        assert_non_null(digit);
        char was = digit[10];
        digit[10] = was == '0' ? '1' : '0';
        assert_refused("R12", words[i]);
        digit[10] = was;
    }
    replace_text(&scene.payload, "\"length\":1344", "\"length\":1343");
    assert_refused("R12", "length of 1343, but the file has 1344 bytes");
}

static void judge__r2_evidence_that_is_not_understood_is_refused(void **state)
{
    (void)state;
    open_snapshot_1();
    scene_evidence(&scene, "targets-1.signed");
    bytes_add_u8(&scene.evidence[0], ' ');
    assert_refused("R2", "bytes after the value");
    scene.evidence[0].data[scene.evidence[0].size - 1] = '\n';
    assert_refused("R2", "a control character that is not escaped");
    bytes_clear(&scene.evidence[0]);
    scene.evidence[0] = vector_tuf("supplier-1");
    assert_refused("R2", "unknown field");
    bytes_clear(&scene.evidence[0]);
    scene.evidence[0] = vector_tuf("targets-1.signed");
    replace_text(&scene.evidence[0], "\"_type\"", "\"Type\"");
    assert_refused("R2", "is not understood: payload: byte 0, field (none): _type is missing");
}

static void open_snapshot_2(void)
{
    house_signed(&house, "image/root", "root-1");
    house_signed(&house, "image/targets", "targets-3");
    house_signed(&house, "image/snapshot", "snapshot-1");
    scene_init(&scene, &house, "image/snapshot", "snapshot-2", "snapshot-1");
    scene_evidence(&scene, "targets-3.signed");
    scene_evidence(&scene, "bins-1.signed");
}

static void judge__r12_suppliers_files_are_shown_and_signed_by_their_delegation(void **state)
{
    (void)state;
    open_snapshot_2();
    assert_refused("R12", "supplier.json version 7 is not among the evidence");
    scene_evidence(&scene, "supplier-1-one.signed");
    assert_refused("R12", "supplier.json is listed with a length");
    scene_evidence(&scene, "supplier-1.signed");
    assert_passes();
    replace_text(
        &scene.payload, "\"bins.json\":{\"version\":1}", "\"bins.json\":{\"version\":2}");
    assert_refused("R12", "bins.json version 2 is not among");
}

static void judge__r12_a_supplier_that_lives_here_is_what_it_signed_last(void **state)
{
    (void)state;
    open_snapshot_2();
    scene_evidence(&scene, "supplier-1.signed");
    house_adopt_supplier(&house);
    assert_refused("R12", "image/supplier was never signed here");
    house_signed(&house, "image/supplier", "supplier-1");
    assert_passes();
}

static void judge__r2_the_snapshot_lists_exactly_the_delegated_roles(void **state)
{
    (void)state;
    open_snapshot_2();
    scene_evidence(&scene, "supplier-1.signed");
    assert_passes();
    replace_text(&scene.payload, "\"bins.json\":{\"version\":1},", "");
    assert_refused("R2", "the snapshot does not list bins.json");
    replace_text(&scene.payload, "\"meta\":{",
        "\"meta\":{\"bans.json\":{\"version\":1},\"bins.json\":{\"version\":1},");
    assert_refused("R2", "but Targets delegate to no role of that name");
}

static void judge__r21_what_a_supplier_delegates_is_judged_too(void **state)
{
    (void)state;
    open_snapshot_2();
    scene_evidence(&scene, "supplier-1.signed");
    assert_passes();
    replace_text(
        &scene.payload, "\"bins.json\":{\"version\":1}", "\"bins.json\":{\"version\":2}");
    scene_evidence(&scene, "bins-2.signed");
    assert_refused("R21/key-in-two-roles", "serves two delegated roles");
}

static void judge__r12_anothers_file_is_no_suppliers(void **state)
{
    (void)state;
    open_snapshot_2();
    scene_evidence(&scene, "supplier-1.signed");
    replace_text(
        &scene.payload, "\"bins.json\":{\"version\":1}", "\"bins.json\":{\"version\":3}");
    assert_refused("R12", "valid signatures of 0 of the keys of its role");
}

static void judge__r12_a_snapshot_drops_no_file_and_lowers_no_version(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    house_signed(&house, "image/targets", "targets-1");
    house_signed(&house, "image/snapshot", "snapshot-2");
    scene_init(&scene, &house, "image/snapshot", "snapshot-1", "snapshot-2");
    replace_text(&scene.payload, "\"version\":1}", "\"version\":3}");
    replace_text(&scene.payload, "\"spec_version\":\"1.0.31\",\"version\":1}",
        "\"spec_version\":\"1.0.31\",\"version\":3}");
    scene_evidence(&scene, "targets-1.signed");
    assert_refused("R12", "drops bins.json");
    scene_clear(&scene);
    scene_init(&scene, &house, "image/snapshot", "snapshot-2", "snapshot-2");
    replace_text(&scene.payload, "\"spec_version\":\"1.0.31\",\"version\":2}",
        "\"spec_version\":\"1.0.31\",\"version\":3}");
    replace_text(
        &scene.payload, "\"targets.json\":{\"version\":3}", "\"targets.json\":{\"version\":1}");
    assert_refused("R12", "targets.json with version 1, and the last one with 3");
}

// ---- timestamp ----

static void judge__r12_a_timestamp_shows_the_snapshot_that_was_signed_last(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    scene_init(&scene, &house, "image/timestamp", "timestamp-1", NULL);
    assert_refused("R12", "image/snapshot was never signed here");
    house_signed(&house, "image/snapshot", "snapshot-1");
    assert_refused("R12", "snapshot.json version 1 is not among the evidence");
    scene_evidence(&scene, "snapshot-1.signed");
    assert_passes();
    replace_text(&scene.payload, "\"length\":608", "\"length\":609");
    assert_refused("R12", "length of 609");
    scene_clear(&scene);
    house_signed(&house, "image/timestamp", "timestamp-1");
    house_signed(&house, "image/snapshot", "snapshot-2");
    scene_init(&scene, &house, "image/timestamp", "timestamp-2", "timestamp-1");
    scene_evidence(&scene, "snapshot-2.signed");
    assert_passes();
    // root-2 gives the snapshot to another key.
    house_signed(&house, "image/root", "root-2");
    assert_refused("R12", "valid signatures of 0");
}

static void judge__a_snapshot_that_lives_elsewhere_is_shown_by_its_signatures(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    snprintf(
        house.charter->roles[1].name, sizeof house.charter->roles[1].name, "other/snapshot");
    scene_init(&scene, &house, "image/timestamp", "timestamp-1", NULL);
    assert_refused("R12", "not among the evidence: send");
    replace_text(&scene.payload, "\"length\":608,", "");
    scene_evidence(&scene, "targets-1.signed");
    assert_refused("R12", "not among the evidence: send");
    bytes_clear(&scene.evidence[0]);
    scene.evidence[0] = vector_tuf("snapshot-1.signed");
    assert_passes();
    replace_text(
        &scene.evidence[0], "\"1.0.31\",\"version\":1}}", "\"1.0.31\",\"version\":2}}");
    assert_refused("R12", "not among the evidence: send");
}

#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(judge__r12_a_snapshot_shows_the_targets_that_were_signed_last),
        HOUSE_TEST(judge__r12_targets_are_signed_before_the_snapshot),
        HOUSE_TEST(judge__r12_evidence_of_the_same_version_must_be_the_same_bytes),
        HOUSE_TEST(judge__r12_evidence_reaches_the_roots_threshold),
        HOUSE_TEST(judge__r12_a_forged_signature_counts_nothing),
        HOUSE_TEST(judge__r12_length_and_hashes_are_those_of_the_file),
        HOUSE_TEST(judge__r2_evidence_that_is_not_understood_is_refused),
        HOUSE_TEST(judge__r12_suppliers_files_are_shown_and_signed_by_their_delegation),
        HOUSE_TEST(judge__r12_a_supplier_that_lives_here_is_what_it_signed_last),
        HOUSE_TEST(judge__r2_the_snapshot_lists_exactly_the_delegated_roles),
        HOUSE_TEST(judge__r21_what_a_supplier_delegates_is_judged_too),
        HOUSE_TEST(judge__r12_anothers_file_is_no_suppliers),
        HOUSE_TEST(judge__r12_a_snapshot_drops_no_file_and_lowers_no_version),
        HOUSE_TEST(judge__r12_a_timestamp_shows_the_snapshot_that_was_signed_last),
        HOUSE_TEST(judge__a_snapshot_that_lives_elsewhere_is_shown_by_its_signatures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
