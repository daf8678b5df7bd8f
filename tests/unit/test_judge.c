// What is judged before anybody is asked to approve it (metadata/judge.h).
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

// ---- everything ----

static void judge__r1_refuses_other_bytes_than_the_request_names(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    assert_passes();
    scene.item.payload.byte[31] ^= 1;
    assert_int_equal(scene_judge_as_named(&scene), ERR_REFUSED);
    assert_true(rule_is_of(scene.refusal.rule, "R1"));
}

static void judge__r2_refuses_a_role_that_the_charter_has_not(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/mirrors", "root-1", NULL);
    assert_refused("R2", "no role image/mirrors");
}

static void judge__r2_refuses_metadata_of_another_type(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"image/root", "targets-1"},
        {"image/targets", "snapshot-1"}, {"image/snapshot", "timestamp-1"},
        {"image/timestamp", "root-1"}};
    house_signed(&house, "image/root", "root-1");
    for (size_t i = 0; i < 4; i++) {
        scene_clear(&scene);
        scene_init(&scene, &house, names[i][0], names[i][1], NULL);
        assert_refused("R2", "of type");
    }
}

static void judge__r2_refuses_what_cannot_be_read(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    replace_text(&scene.payload, "\"expires\"", "\"expired\"");
    assert_refused("R2", "unknown field");
    bytes_reset(&scene.payload);
    assert_refused("R2", "byte 0");
}

static void judge__r12_refuses_another_version_than_the_request_names(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    assert_passes();
    scene.item.version = 2;
    assert_int_equal(scene_judge_as_named(&scene), ERR_REFUSED);
    assert_true(rule_is_of(scene.refusal.rule, "R12"));
    assert_non_null(strstr(scene.refusal.sentence, "but its payload is version 1"));
}

static void judge__r12_versions_follow_the_last(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    house_signed(&house, "image/targets", "targets-2");
    scene_init(&scene, &house, "image/targets", "targets-1", "targets-2");
    assert_refused("R12", "signed already");
    scene_clear(&scene);
    scene_init(&scene, &house, "image/targets", "targets-2", "targets-2");
    assert_passes();
    replace_text(&scene.payload, "\"length\":9", "\"length\":8");
    assert_refused("R12", "other bytes");
    replace_text(&scene.payload, "\"version\":2}", "\"version\":3}");
    assert_passes();
}

static void judge__r12_a_root_is_exactly_one_above_the_last(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-2", NULL);
    assert_refused("R12", "exactly one above");
    scene_clear(&scene);
    house_signed(&house, "image/root", "root-1");
    scene_init(&scene, &house, "image/root", "root-2", "root-1");
    assert_passes();
    replace_text(&scene.payload, "\"version\":2}", "\"version\":3}");
    assert_refused("R12", "exactly one above");
}

static void judge__r12_the_expiry_lies_within_the_charters_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *expires;
        const char *words; // NULL: it passes
    } cases[] = {
        {"2026-11-20T07:59:59Z", "later expiry"},
        {"2026-11-20T08:00:00Z", "later expiry"},
        {"2026-11-20T08:00:01Z", "at least 2592000 seconds (30 days)"},
        {"2026-12-20T07:59:59Z", "at least"},
        {"2026-12-20T08:00:00Z", NULL},
        {"2028-04-03T08:00:00Z", NULL},
        {"2028-04-03T08:00:01Z", "at most 43200000 seconds (500 days)"},
        {"9999-12-31T23:59:59Z", "at most"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scene_clear(&scene);
        scene_init(&scene, &house, "image/root", "root-1", NULL);
        replace_text(&scene.payload, "2027-11-20T00:00:00Z", cases[i].expires);
        if (cases[i].words == NULL)
            assert_passes();
        else
            assert_refused("R12", cases[i].words);
    }
}

static void judge__r20_refuses_what_clients_would_not_take(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    scene_init(&scene, &house, "image/targets", "bins-1", NULL);
    assert_passes();
    enum { LARGE = 5000000 };
    struct bytes custom;
    bytes_init(&custom, LIMIT_PAYLOAD);
    bytes_add_text(&custom, "\"targets\":{\"a\":{\"custom\":{\"x\":\"");
    while (custom.size < LARGE)
        bytes_add_text(&custom, "0123456789abcdef");
    bytes_add_format(&custom, "\"},\"hashes\":{\"sha256\":\"%064x\"},\"length\":1}}%c", 1, 0);
    replace_text(&scene.payload, "\"targets\":{}", (const char *)custom.data);
    bytes_clear(&custom);
    assert_refused("R20", "clients would not take it");
}

static void judge__r12_the_root_comes_first(void **state)
{
    (void)state;
    static const char *const roles[][2] = {{"image/targets", "targets-1"},
        {"image/snapshot", "snapshot-1"}, {"image/timestamp", "timestamp-1"}};
    for (size_t i = 0; i < 3; i++) {
        scene_clear(&scene);
        scene_init(&scene, &house, roles[i][0], roles[i][1], NULL);
        assert_refused("R12", "sign the root first");
    }
    scene_clear(&scene);
    scene_init(&scene, &house, "image/targets", "targets-1", NULL);
    bytes_add_text(&house.root, "{}"); // at hand, and never signed
    assert_refused("R12", "not at hand");
}

static void judge__r12_what_expires_now_has_expired(void **state)
{
    (void)state;
    house.charter->roles[0].least = 0;
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    replace_text(&scene.payload, "2027-11-20T00:00:00Z", "2026-11-20T08:00:00Z");
    assert_refused("R12", "later expiry");
    replace_text(&scene.payload, "2026-11-20T08:00:00Z", "2026-11-20T08:00:01Z");
    assert_passes();
}

static void judge__r12_refuses_a_past_that_is_not_the_remembered_one(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    scene_init(&scene, &house, "image/root", "root-2", "root-2");
    assert_refused("R12", "not at hand");
    scene_clear(&scene);
    scene_init(&scene, &house, "image/root", "root-2", NULL);
    assert_refused("R12", "not at hand");
    scene_clear(&scene);
    scene_init(&scene, &house, "image/targets", "targets-1", NULL);
    bytes_reset(&house.root);
    assert_refused("R12", "not at hand");
}

// ---- root ----

static void judge__r12_a_root_lists_a_key_of_the_appliance(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    // The appliance's keys for its root are others now.
    for (size_t i = 0; i < house.charter->key_count; i++)
        if (house.charter->keys[i].role == 0) {
            house.charter->keys[i] = house.charter->keys[--house.charter->key_count];
            i--;
        }
    assert_refused("R12", "none of the appliance's keys for image/root");
}

static void judge__r21_a_key_of_the_appliance_stands_in_its_own_role_only(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    size_t last = house.charter->key_count - 1;
    assert_string_equal(
        house.charter->roles[house.charter->keys[last].role].name, "image/timestamp");
    house.charter->keys[last].role = 1;
    assert_refused("R21", "the appliance's key for image/snapshot");
}

static void judge__r21_a_persons_key_is_no_key_of_a_role(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    struct charter *charter = house.charter;
    struct key key = charter->keys[--charter->key_count].key;
    assert_passes();
    charter->administrators[1].key = key;
    assert_refused("R21", "for a person or the log");
    charter->administrators[1].key = charter->administrators[0].key;
    charter->requesters[0].key = key;
    assert_refused("R21", "for a person or the log");
    charter->requesters[0].key = charter->administrators[0].key;
    assert_passes();
    charter->log = key.id;
    assert_refused("R21", "for a person or the log");
}

static void judge__r21_the_appliances_keys_are_listed_as_it_writes_them(void **state)
{
    (void)state;
    scene_init(&scene, &house, "image/root", "root-respelled", NULL);
    assert_refused("R21", "written in another way");
    // As another's key it may be written so.
    for (size_t i = 0; i < house.charter->key_count; i++)
        if (house.charter->keys[i].role == 0 && house.charter->keys[i].key.type == KEY_P256)
            house.charter->keys[i] = house.charter->keys[--house.charter->key_count];
    assert_passes();
}

static void judge__r12_a_root_keeps_to_the_charters_thresholds(void **state)
{
    (void)state;
    static const char *const words[] = {
        "image/root is given a threshold of 2, and the charter demands at least 3: raise it",
        "image/snapshot is given a threshold of 1, and the charter demands at least 2: raise "
        "it",
        "image/targets is given a threshold of 2, and the charter demands at least 3: raise it",
        "image/timestamp is given a threshold of 1, and the charter demands at least 2: raise "
        "it",
    };
    static const uint64_t thresholds[] = {2, 1, 2, 1};
    scene_init(&scene, &house, "image/root", "root-1", NULL);
    for (size_t i = 0; i < 4; i++)
        house.charter->roles[i].threshold = thresholds[i];
    assert_passes();
    for (size_t i = 0; i < 4; i++) {
        house.charter->roles[i].threshold++;
        assert_refused("R12", words[i]);
        house.charter->roles[i].threshold--;
    }
    // Roles of another repository have their own.
    snprintf(house.charter->roles[3].name, LIMIT_ROLE_NAME, "other/timestamp");
    house.charter->key_count--;
    house.charter->roles[3].threshold = 5;
    assert_passes();
}

// ---- targets ----

static void judge__r12_targets_keep_to_the_charters_thresholds(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    house_adopt_supplier(&house);
    scene_init(&scene, &house, "image/targets", "targets-3", NULL);
    house.charter->roles[4].threshold = 2;
    assert_passes();
    house.charter->roles[4].threshold = 3;
    assert_refused("R12", "image/supplier is given a threshold of 2, and the charter demands");
}

static void judge__targets_pass_with_and_without_delegations(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    scene_init(&scene, &house, "image/targets", "targets-1", NULL);
    assert_passes();
    scene_clear(&scene);
    scene_init(&scene, &house, "image/targets", "targets-3", NULL);
    assert_passes();
    house_adopt_supplier(&house);
    assert_passes();
}

static void judge__r2_targets_delegate_only_under_a_roles_own_name(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    house_adopt_supplier(&house);
    scene_init(&scene, &house, "image/supplier", "supplier-1", NULL);
    assert_passes();
    scene_clear(&scene);
    scene_init(&scene, &house, "image/supplier", "targets-3", NULL);
    assert_passes();
    scene_clear(&scene);
    scene_init(&scene, &house, "image/targets", "targets-3", NULL);
    replace_text(&scene.payload, "\"supplier/*\"", "\"others/supplier/*\"");
    assert_refused("R2/pattern-form", "does not begin with supplier/");
}

static void judge__r21_a_delegated_key_serves_no_other_role(void **state)
{
    (void)state;
    house_signed(&house, "image/root", "root-1");
    house_adopt_supplier(&house);
    scene_init(&scene, &house, "image/targets", "targets-3", NULL);
    // The supplier's keys are now the appliance's for another role.
    snprintf(house.charter->roles[4].name, sizeof house.charter->roles[4].name, "image/bins");
    assert_refused("R21", "the appliance's key for image/bins");
    house.charter->key_count -= 2;
    assert_passes();
    house.charter->requesters[0].key = house.charter->keys[house.charter->key_count].key;
    assert_refused("R21", "for a person or the log");
}

static void judge__r21_a_delegated_key_is_no_key_of_the_root(void **state)
{
    (void)state;
    static struct tuf root;
    house_signed(&house, "image/root", "root-1");
    scene_init(&scene, &house, "image/targets", "targets-3", NULL);
    struct refusal refusal;
    assert_int_equal(tuf_read(DIALECT_TUF, bytes_span(&house.root), &root, &refusal), OK);
    const struct tuf_key *key =
        tuf_root_key(&root.root, tuf_root_role(&root.root, TUF_SNAPSHOT)->keyids[0]);
    // One delegation, to the snapshot's key.
    struct bytes delegations;
    bytes_init(&delegations, 4096);
    bytes_add_format(&delegations,
        "\"delegations\":{\"keys\":{\"%.64s\":%.*s},\"roles\":[{\"keyids\":[\"%.64s\"],"
        "\"name\":\"x\",\"paths\":[\"x/*\"],\"terminating\":true,\"threshold\":1}]},"
        "\"expires\"%c",
        (const char *)key->id.data, (int)key->whole.size, (const char *)key->whole.data,
        (const char *)key->id.data, 0);
    scene_clear(&scene);
    scene_init(&scene, &house, "image/targets", "targets-1", NULL);
    replace_text(&scene.payload, "\"expires\"", (const char *)delegations.data);
    bytes_clear(&delegations);
    assert_refused("R21", "is a key of the root too");
}

#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(judge__r1_refuses_other_bytes_than_the_request_names),
        HOUSE_TEST(judge__r2_refuses_a_role_that_the_charter_has_not),
        HOUSE_TEST(judge__r2_refuses_metadata_of_another_type),
        HOUSE_TEST(judge__r2_refuses_what_cannot_be_read),
        HOUSE_TEST(judge__r12_refuses_another_version_than_the_request_names),
        HOUSE_TEST(judge__r12_versions_follow_the_last),
        HOUSE_TEST(judge__r12_a_root_is_exactly_one_above_the_last),
        HOUSE_TEST(judge__r12_the_expiry_lies_within_the_charters_bounds),
        HOUSE_TEST(judge__r20_refuses_what_clients_would_not_take),
        HOUSE_TEST(judge__r12_the_root_comes_first),
        HOUSE_TEST(judge__r12_what_expires_now_has_expired),
        HOUSE_TEST(judge__r12_refuses_a_past_that_is_not_the_remembered_one),
        HOUSE_TEST(judge__r12_a_root_lists_a_key_of_the_appliance),
        HOUSE_TEST(judge__r21_a_key_of_the_appliance_stands_in_its_own_role_only),
        HOUSE_TEST(judge__r21_a_persons_key_is_no_key_of_a_role),
        HOUSE_TEST(judge__r21_the_appliances_keys_are_listed_as_it_writes_them),
        HOUSE_TEST(judge__r12_a_root_keeps_to_the_charters_thresholds),
        HOUSE_TEST(judge__r12_targets_keep_to_the_charters_thresholds),
        HOUSE_TEST(judge__targets_pass_with_and_without_delegations),
        HOUSE_TEST(judge__r2_targets_delegate_only_under_a_roles_own_name),
        HOUSE_TEST(judge__r21_a_delegated_key_serves_no_other_role),
        HOUSE_TEST(judge__r21_a_delegated_key_is_no_key_of_the_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
