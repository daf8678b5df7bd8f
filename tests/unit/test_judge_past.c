// Judging what follows an import (metadata/judge.h): a repository whose past broke rules goes on, and
// what is signed here keeps them all. tests/vectors/past.py explains the files.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/history.h"
#include "tests/unit/metadata_house.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/rule_name.h"

#include <string.h>

static struct house house;
static struct scene scene;

// The canonical signed part of a file.
static struct bytes part_of(const char *name)
{
    char path[128];
    struct refusal refusal;
    struct bytes part;
    snprintf(path, sizeof path, "tests/vectors/past/%s.json", name);
    struct bytes file = vector_file(path);
    bytes_init(&part, LIMIT_PAYLOAD);
    assert_int_equal(history_canonical(DIALECT_TUF, bytes_span(&file), &part, &refusal), OK);
    bytes_clear(&file);
    return part;
}

// The role has signed this last, elsewhere.
static void imported(const char *role, const char *name)
{
    static struct tuf tuf;
    struct bytes part = part_of(name);
    struct refusal refusal;
    assert_int_equal(tuf_read_past(DIALECT_TUF, bytes_span(&part), &tuf, &refusal), OK);
    struct role_state last = {
        .version = tuf.version, .payload = hash_of(bytes_span(&part)), .expires = tuf.expires};
    snprintf(last.role, sizeof last.role, "%s", role);
    assert_int_equal(state_set(&house.state, &last), OK);
    if (strcmp(role, "image/root") == 0) {
        bytes_reset(&house.root);
        bytes_add(&house.root, bytes_span(&part));
    }
    bytes_clear(&part);
}

// One of the third root's own keys is the appliance's.
static void adopt_root_key(void)
{
    static struct tuf tuf;
    struct bytes part = part_of("3.root");
    struct refusal refusal;
    assert_int_equal(tuf_read(DIALECT_TUF, bytes_span(&part), &tuf, &refusal), OK);
    const struct tuf_role *role = tuf_root_role(&tuf.root, TUF_ROOT);
    struct role_key *key = &house.charter->keys[0];
    assert_int_equal(key->role, 0);
    assert_int_equal(tuf_key_from(tuf_root_key(&tuf.root, role->keyids[0]), &key->key), OK);
    bytes_clear(&part);
}

static void follow(const char *role, const char *payload, const char *previous)
{
    scene = (struct scene){.house = &house, .payload = part_of(payload)};
    scene.previous = part_of(previous);
    snprintf(scene.item.role, sizeof scene.item.role, "%s", role);
}

static int open_house(void **state)
{
    (void)state;
    house_init(&house);
    adopt_root_key();
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    scene_clear(&scene);
    house_clear(&house);
    return 0;
}

static void assert_passes(void)
{
    if (scene_judge(&scene) != OK)
        fail_msg("%s %s", scene.refusal.rule, scene.refusal.sentence);
}

static void assert_refused(const char *rule, const char *words)
{
    assert_int_equal(scene_judge(&scene), ERR_REFUSED);
    if (!rule_is_of(scene.refusal.rule, rule) || strstr(scene.refusal.sentence, words) == NULL)
        fail_msg("%s \"%s\" expected: %s %s", rule, words, scene.refusal.rule,
            scene.refusal.sentence);
}

static void judge__r2_what_is_signed_here_breaks_no_rule_of_the_past(void **state)
{
    (void)state;
    imported("image/root", "1.root");
    follow("image/root", "2.root", "1.root");
    assert_refused("R21", "a key id stands twice");
}

static void judge__r12_the_chain_goes_on_from_an_imported_root(void **state)
{
    (void)state;
    imported("image/root", "2.root");
    follow("image/root", "3.root", "2.root");
    assert_passes();
    scene_clear(&scene);
    follow("image/root", "4.root", "2.root");
    assert_refused("R12", "exactly one above");
    scene_clear(&scene);
    follow("image/root", "3.root", "1.root");
    assert_refused("R12", "not at hand");
}

// With an imported root and Timestamp behind it; the evidence is made here.
static void judge__r12_files_go_on_from_imported_ones(void **state)
{
    (void)state;
    imported("image/root", "3.root");
    imported("image/timestamp", "timestamp");
    follow("image/timestamp", "timestamp", "timestamp");
    // It lists root.json, as nothing does that is signed here.
    assert_refused("R2", "a timestamp lists snapshot.json alone");
    replace_text(&scene.payload, "\"root.json\":{\"version\":3},", "");
    replace_text(&scene.payload, "\"version\":20", "\"version\":21");
    replace_text(&scene.payload, "2027-06-01", "2026-11-22");
    replace_text(&scene.payload, "\"version\":8", "\"version\":7");
    assert_refused("R12", "the last one with 8: versions do not go back");
    replace_text(&scene.payload, "\"version\":7", "\"version\":9");
    assert_refused("R12", "image/snapshot was never signed here");
    imported("image/snapshot", "snapshot");
    assert_refused("R12", "is not among the evidence as it was signed here last");
    scene.evidence[scene.evidence_count++] = vector_file("tests/vectors/past/snapshot.json");
    assert_passes();
}

#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(judge__r2_what_is_signed_here_breaks_no_rule_of_the_past),
        HOUSE_TEST(judge__r12_the_chain_goes_on_from_an_imported_root),
        HOUSE_TEST(judge__r12_files_go_on_from_imported_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
