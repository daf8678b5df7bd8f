// A Director's items, each of one vehicle (metadata/judge.h): every vehicle has versions of its own.
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
    house_init_of(&house, DIALECT_UPTANE);
    house.charter->repositories[0].kind = KIND_DIRECTOR;
    house_signed(&house, "image/root", "root-1");
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    scene_clear(&scene);
    house_clear(&house);
    return 0;
}

static void judged(const char *role, const char *payload, const char *previous)
{
    scene_clear(&scene);
    scene_init(&scene, &house, role, payload, previous);
}

static void assert_refused(const char *rule, const char *words)
{
    enum err err = scene_judge(&scene);
    if (err != ERR_REFUSED || !rule_is_of(scene.refusal.rule, rule) ||
        strstr(scene.refusal.sentence, words) == NULL)
        fail_msg("%s \"%s\" expected, but: %s %s %s", rule, words, err_text(err),
            scene.refusal.rule, scene.refusal.sentence);
}

static void assert_passes(void)
{
    if (scene_judge(&scene) != OK)
        fail_msg("%s %s", scene.refusal.rule, scene.refusal.sentence);
}

static void judge__r12_a_vehicle_has_versions_of_its_own(void **state)
{
    (void)state;
    house_signed(&house, "image/targets@one", "director-2");
    judged("image/targets@one", "director-1", "director-2");
    assert_refused("R12", "image/targets@one is version 1, but version 2 was signed already");
    judged("image/targets@two", "director-1", NULL);
    assert_passes();
    house_signed(&house, "image/targets@two", "director-1");
    judged("image/targets@two", "director-2", "director-1");
    assert_passes();
}

static void judge__r12_a_vehicle_builds_on_what_was_signed_for_it(void **state)
{
    (void)state;
    house_signed(&house, "image/targets@one", "director-1");
    judged("image/targets@one", "director-2", NULL);
    assert_refused("R12", "What image/targets@one signed last is not at hand.");
    judged("image/targets@two", "director-2", "director-1");
    assert_refused("R12", "What image/targets@two signed last is not at hand.");
}

static void judge__r12_a_snapshot_lists_the_targets_of_its_vehicle(void **state)
{
    (void)state;
    house_signed(&house, "image/targets@two", "targets-1");
    judged("image/snapshot@one", "snapshot-1", NULL);
    scene_evidence(&scene, "targets-1.signed");
    assert_refused("R12", "image/targets@one was never signed here");
    house_signed(&house, "image/targets@one", "director-2");
    assert_refused(
        "R12", "image/targets@one is listed with version 1, but the last version signed is 2");
    house_signed(&house, "image/targets@one", "targets-1");
    assert_passes();
}

static void judge__r12_a_timestamp_lists_the_snapshot_of_its_vehicle(void **state)
{
    (void)state;
    house_signed(&house, "image/snapshot@two", "snapshot-1");
    judged("image/timestamp@one", "timestamp-1", NULL);
    scene_evidence(&scene, "snapshot-1.signed");
    assert_refused("R12", "image/snapshot@one was never signed here");
    house_signed(&house, "image/snapshot@one", "snapshot-1");
    assert_passes();
}

static struct role *role_named(const char *name)
{
    for (size_t i = 0; i < house.charter->role_count; i++)
        if (strcmp(house.charter->roles[i].name, name) == 0)
            return &house.charter->roles[i];
    fail_msg("no role %s", name);
    return NULL;
}

// No state says what mandates signed.
static void judge__a_quorum_lists_what_mandates_signed_by_its_evidence(void **state)
{
    (void)state;
    role_named("image/targets")->by_mandate = true;
    judged("image/snapshot@one", "snapshot-1", NULL);
    assert_refused("R12", "not among the evidence");
    scene_evidence(&scene, "targets-1.signed");
    assert_passes();
    role_named("image/snapshot")->by_mandate = true;
    assert_refused("R12", "image/targets@one was never signed here");
}

static void render__r14_names_the_vehicle(void **state)
{
    (void)state;
    struct showing showing;
    struct bytes payload = vector_of(DIALECT_UPTANE, "director-1"), rendering;
    bytes_init(&rendering, RENDER_MOST);
    showing_init(&showing, &house);
    showing_item(&showing, "image/targets@one", bytes_span(&payload), (struct span){0});
    if (showing_render(&showing, &rendering) != OK)
        fail_msg("%s %s", showing.refusal.rule, showing.refusal.sentence);
    assert_non_null(
        memmem(rendering.data, rendering.size, "vehicle: one\n", strlen("vehicle: one\n")));
    bytes_clear(&payload);
    bytes_clear(&rendering);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            judge__r12_a_vehicle_has_versions_of_its_own, open_house, close_house),
        cmocka_unit_test_setup_teardown(
            judge__r12_a_vehicle_builds_on_what_was_signed_for_it, open_house, close_house),
        cmocka_unit_test_setup_teardown(
            judge__r12_a_snapshot_lists_the_targets_of_its_vehicle, open_house, close_house),
        cmocka_unit_test_setup_teardown(
            judge__r12_a_timestamp_lists_the_snapshot_of_its_vehicle, open_house, close_house),
        cmocka_unit_test_setup_teardown(
            judge__a_quorum_lists_what_mandates_signed_by_its_evidence, open_house,
            close_house),
        cmocka_unit_test_setup_teardown(render__r14_names_the_vehicle, open_house, close_house),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
