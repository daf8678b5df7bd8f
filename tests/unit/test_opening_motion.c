// Opening motions (metadata/opening.h), in the house of tests/unit/motion_world.h.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/history.h"
#include "proto/dsse.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/motion_world.h"
#include "tests/unit/person.h"
#include "tests/unit/rule_name.h"

#include <stdlib.h>
#include <string.h>

static struct refusal refusal;

static void assert_says(const struct refusal *said, const char *rule, const char *words)
{
    if (!rule_is_of(said->rule, rule) || strstr(said->sentence, words) == NULL)
        fail_msg("%s \"%s\" expected: %s %s", rule, words, said->rule, said->sentence);
}

static struct motion_world world;

static int open_world(void **state)
{
    (void)state;
    motion_world_init(&world);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    motion_world_clear(&world);
    return 0;
}

static void assert_motion_opens(void)
{
    if (motion_world_open(&world) != OK)
        fail_msg("%s %s", world.refusal.rule, world.refusal.sentence);
    assert_int_equal(world.opened.item_count, 1);
    assert_int_equal(world.opened.reach_count, 0);
    struct hash shown = hash_of(bytes_span(&world.rendering));
    assert_true(hash_equal(&world.opened.shown, &shown));
}

static void assert_motion_refused(const char *rule, const char *words)
{
    assert_int_equal(motion_world_open(&world), ERR_REFUSED);
    assert_says(&world.refusal, rule, words);
}

static void assert_decided_by(const char *name)
{
    assert_int_equal(world.opened.decides_count, 1);
    assert_string_equal(world.opened.decides[0], name);
}

// A charter that gives dave another key, which somebody holds.
static void propose(const struct person *newcomer)
{
    struct charter *next = motion_world_next(&world);
    next->administrators[3].key = newcomer->key;
    bytes_reset(&world.payload);
    charter_write(next, &world.payload);
    motion_world_ask(&world, MOTION_CHARTER, 2);
    charter_free(next);
}

static void prove(const struct person *newcomer)
{
    struct bytes body, text;
    struct proofs proofs = {.count = 1};
    struct hash charter = hash_of(bytes_span(&world.payload));
    bytes_init(&body, LIMIT_RECORD);
    bytes_init(&text, LIMIT_RECORD);
    possession_write(&world.charter->log, 2, &charter, &newcomer->key.id, &body);
    proofs.at[0].key = newcomer->key.id;
    proofs.at[0].signature_size =
        person_sign(newcomer, DSSE_POSSESSION, bytes_span(&body), proofs.at[0].signature);
    proofs_write(&proofs, &text);
    motion_world_show(&world, text);
    bytes_clear(&body);
}

static void opening__r7_a_new_charter_builds_on_the_one_in_force(void **state)
{
    (void)state;
    struct person newcomer;
    person_make(&newcomer, KEY_P256);
    propose(&newcomer);
    assert_motion_refused("R7", "nothing proves who holds it");
    prove(&newcomer);
    assert_motion_opens();
    assert_decided_by("charter");
    assert_true(hash_equal(&world.opened.items[0].previous, &world.charter->hash));
    assert_int_equal(world.opened.earliest, MOTION_NOW + 600);
    assert_int_equal(world.opened.expires, world.request.expires);
    assert_true(motion_world_shows(&world, "!! changed administrator: dave\n"));
    world.request.items[0].version = 3;
    assert_motion_refused("R12", "");
    person_clear(&newcomer);
}

static void opening__r20_a_motions_delay_is_the_charters(void **state)
{
    (void)state;
    struct time_motion motion = {.number = 1, .time = MOTION_NOW};
    time_motion_write(&motion, &world.payload);
    motion_world_ask(&world, MOTION_TIME, 1);
    assert_motion_opens();
    assert_decided_by("charter");
    assert_int_equal(world.opened.earliest, MOTION_NOW + 600);
    world.request.expires = MOTION_NOW + 600;
    assert_motion_refused("R20", "a delay of 600 seconds");
    world.request.expires++;
    assert_motion_opens();
}

static void opening__an_administrator_may_ask_for_a_motion(void **state)
{
    (void)state;
    struct keys_motion motion = {.number = 1, .make_count = 1};
    motion.make[0].type = KEY_ED25519;
    snprintf(motion.make[0].role, LIMIT_ROLE_NAME, "image/targets");
    keys_motion_write(&motion, &world.payload);
    motion_world_ask(&world, MOTION_KEYS, 1);
    world.request.requester = world.charter->administrators[0].key.id;
    assert_motion_opens();
    assert_decided_by("charter");
    world.request.requester = world.charter->keys[0].key.id;
    assert_motion_refused("R14", "no requester with this key");
    world.request.requester = world.charter->administrators[0].key.id;
    motion_world_ask(&world, MOTION_KEYS, 2);
    assert_motion_refused("R12", "");
}

static void freeze(const struct freeze_of *of)
{
    struct freeze statement = {.appliance = world.charter->log,
        .administrator = world.charter->administrators[0].key.id,
        .epoch = 1,
        .charter = world.charter->hash,
        .number = 1,
        .of = *of,
        .reason = "wait"};
    bytes_reset(&world.previous);
    freeze_write(&statement, &world.previous);
    struct lift_motion motion = {
        .freeze = hash_of(bytes_span(&world.previous)), .of = statement.of};
    struct freeze_state in_force = {.statement = motion.freeze,
        .administrator = statement.administrator,
        .time = MOTION_NOW,
        .of = statement.of};
    assert_int_equal(state_set_freeze(world.state, &in_force), OK);
    bytes_reset(&world.payload);
    lift_motion_write(&motion, &world.payload);
    motion_world_ask(&world, MOTION_LIFT, 1);
}

static void opening__r7_what_was_frozen_decides_over_its_lift(void **state)
{
    (void)state;
    freeze(&(struct freeze_of){.what = FREEZE_ROLE, .role = "image/targets"});
    assert_motion_opens();
    assert_decided_by("image/targets");
    assert_true(motion_world_shows(&world, "frozen by: alice\n"));
    freeze(&(struct freeze_of){.what = FREEZE_EVERYTHING});
    assert_motion_opens();
    assert_decided_by("charter");
    world.state->freeze_count = 0;
    assert_motion_refused("R7", "No freeze of this statement is in force");
}

static struct bytes past_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "tests/vectors/past/%s.json", name);
    return vector_file(path);
}

static void import(size_t findings_left_out)
{
    static struct import_motion motion;
    struct bytes file = past_file("1.root"), part;
    struct span root = bytes_span(&file);
    struct history_case given = {
        .repository = "image", .dialect = DIALECT_TUF, .roots = &root, .root_count = 1};
    assert_int_equal(history_read(&given, &motion, &refusal), OK);
    motion.number = 1;
    motion.finding_count -= findings_left_out;
    bytes_reset(&world.payload);
    import_motion_write(&motion, &world.payload);
    motion_world_ask(&world, MOTION_IMPORT, 1);
    if (world.request.evidence_count > 0) {
        bytes_clear(&file);
        return;
    }
    bytes_init(&part, LIMIT_PAYLOAD);
    assert_int_equal(history_canonical(DIALECT_TUF, root, &part, &refusal), OK);
    motion_world_show(&world, file);
    motion_world_show(&world, part);
}

static void opening__an_import_is_held_against_its_files(void **state)
{
    (void)state;
    import(0);
    assert_motion_opens();
    assert_decided_by("charter");
    assert_true(motion_world_shows(&world, "!! accepted of root version 1: expires-form\n"));
    import(1);
    assert_motion_refused("R2", "does not accept unknown-field in version 1");
}

static void opening__r20_says_when_there_is_no_room_for_the_words(void **state)
{
    (void)state;
    import(0);
    bytes_clear(&world.rendering);
    bytes_init(&world.rendering, 1000);
    assert_int_equal(motion_world_open(&world), ERR_LIMIT);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(opening__r7_a_new_charter_builds_on_the_one_in_force),
        WORLD_TEST(opening__r20_a_motions_delay_is_the_charters),
        WORLD_TEST(opening__an_administrator_may_ask_for_a_motion),
        WORLD_TEST(opening__r7_what_was_frozen_decides_over_its_lift),
        WORLD_TEST(opening__an_import_is_held_against_its_files),
        WORLD_TEST(opening__r20_says_when_there_is_no_room_for_the_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
