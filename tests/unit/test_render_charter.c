// The words for a new charter (metadata/render.h, R7, R14).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/charter_house.h"
#include "tests/unit/motion_sample.h"
#include "tests/unit/rule_name.h"

#include <stdio.h>
#include <string.h>

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

static void assert_renders(const char *decides)
{
    if (motion_world_render(&world, decides) != OK)
        fail_msg("%s %s", world.refusal.rule, world.refusal.sentence);
}

static void assert_shows(const char *words)
{
    if (!motion_world_shows(&world, words))
        fail_msg("\"%s\" expected:\n%.*s", words, (int)world.rendering.size,
            (const char *)world.rendering.data);
}

static void assert_refused(const char *decides, const char *rule, const char *words)
{
    assert_int_equal(motion_world_render(&world, decides), ERR_REFUSED);
    if (!rule_is_of(world.refusal.rule, rule) || strstr(world.refusal.sentence, words) == NULL)
        fail_msg("%s \"%s\" expected: %s %s", rule, words, world.refusal.rule,
            world.refusal.sentence);
}

static void render__r14_refuses_a_charter_that_does_not_follow_the_one_in_force(void **state)
{
    (void)state;
    motion_charter(&world);
    assert_renders("charter");
    world.request.items[0].version = 3;
    assert_refused("charter", "R14", "does not follow epoch 1");
    world.request.items[0].version = 2;
    world.previous.data[0] ^= 1;
    assert_refused("charter", "R14", "does not build the new charter on the one in force");
    world.previous.data[0] ^= 1;
    bytes_reset(&world.payload);
    bytes_add(&world.payload, bytes_span(&world.charter_text));
    motion_world_ask(&world, MOTION_CHARTER, 2);
    assert_refused("charter", "R14", "does not follow epoch 1");
    bytes_drop(&world.payload, 1);
    motion_world_ask(&world, MOTION_CHARTER, 2);
    assert_refused("charter", "R2", "Line 1");
}

static void render__says_what_a_new_charter_changes(void **state)
{
    (void)state;
    motion_charter(&world);
    assert_renders("charter");
    assert_shows("decided by the charter's quorum: 3 of 4 persons, group everyone\n");
    assert_shows("  !! changed clock\n    seconds between two clocks at most: 600\n"
                 "    !! seconds between two clocks at most, it was: 300\n");
    assert_shows("  !! added administrator: erin\n    key: sha256:");
    assert_shows("  !! removed administrator: dave\n");
    assert_shows("    members: alice bob\n    !! members, it was: alice bob carol\n"
                 "    !! member removed: carol\n");
    assert_shows("    !! member added: erin\n    !! member removed: dave\n");
    assert_shows("    approvals needed: 2\n    !! approvals needed, it was: 3\n");
    assert_shows("    !! seconds of delay before anything is done, it was: 3600\n");
    assert_shows("    open requests at most: 64\n    !! open requests at most, it was: 32\n");
    assert_shows("    custodian: none\n    !! custodian, it was: carol\n");
    assert_shows("  !! added role: image/timestamp\n");
    assert_shows(
        "what stays in the charter as it is:\n  text: conclave.charter/v1\n  origin: ");
}

static void render__r7_says_who_can_still_form_which_quorum(void **state)
{
    (void)state;
    motion_charter(&world);
    assert_renders("charter");
    assert_shows("who decides from then on:\n"
                 "  charter, keys, time, import, recovery, lift of a freeze of everything: "
                 "3 of 4 persons, group everyone\n"
                 "    persons: alice, bob, carol, erin\n"
                 "    may be lost: 1\n"
                 "    !! none may be lost of the others, when asked by laptop\n");
    assert_shows("  image/root: 2 of 4 persons, group everyone\n"
                 "    persons: alice, bob, carol, erin\n"
                 "    !! quorum LOWERED, it was: 3 of 4 persons\n"
                 "    may be lost: 2\n");
    assert_shows("  image/targets: 2 of 2 persons, group release\n"
                 "    persons: alice, bob\n"
                 "    !! none may be lost: without each of them nothing is decided\n");
    assert_shows(
        "    keys here: 1, 0 of them with a custodian; a root gives the role a threshold "
        "of at least 2\n    !! at least 1 more must sign elsewhere\n");
}

static void render__r12_says_how_many_custodians_may_be_lost(void **state)
{
    (void)state;
    struct charter *next = motion_world_next(&world);
    next->roles[1].threshold = 1;
    motion_propose(&world, next);
    assert_renders("charter");
    assert_shows("  image/root: 3 of 4 persons, group everyone\n");
    assert_shows(
        "    keys here: 2, 1 of them with a custodian; a root gives the role a threshold "
        "of at least 1\n    custodians that may be lost, at that threshold: 1\n");
    motion_small_charter(&world);
    assert_renders("charter");
    assert_shows("    custodians that may be lost, at that threshold: 0\n");
    assert_shows("    !! quorum raised, it was: 2 of 3 persons\n");
}

static void render__r7_says_what_a_new_charter_ends(void **state)
{
    (void)state;
    motion_charter(&world);
    assert_renders("charter");
    assert_shows("  approvals given under epoch 1 count no more; requests that stay open are ");
    assert_shows(
        "  !! approves, freezes and asks for nothing any more: the administrator's key ");
    assert_shows(" of dave\n");
    assert_shows("  !! approves from then on: the administrator's key ");
    assert_shows(" of erin\n");
    assert_shows(
        "  !! retired: it signs nothing any more, wherever a root still lists it: the key ");
    assert_shows("  !! signs from then on: the key ");
    assert_shows("  !! new role: image/timestamp\n");
    assert_shows("who has proven to hold the key, over this very charter:\n  sha256:");
}

static void render__r7_says_whose_requests_end(void **state)
{
    (void)state;
    struct charter *next = motion_world_next(&world);
    next->requester_count = 1;
    next->role_count--;
    next->key_count--;
    motion_propose(&world, next);
    assert_renders("charter");
    assert_shows(
        "  !! its open requests end, and it asks for nothing any more: the requester's key ");
    assert_shows(" of laptop\n");
    assert_shows(
        "  !! requests for it end, and nothing is signed for it any more: image/targets\n");
    assert_shows("no key is new at its place, so none had to be proven\n");
}

// The house with a role that mandates sign, and one that a quorum does.
static struct charter *with_timestamps(void)
{
    struct charter *charter = house_charter();
    house_role(charter, "image/snapshot", (struct quorum){1, 2}, 1);
    house_role(charter, "image/timestamp", (struct quorum){1, 2}, 1);
    // Behind image/root in the order of their names.
    struct role targets = charter->roles[2];
    charter->roles[2] = charter->roles[3];
    charter->roles[3] = targets;
    struct role_key key = charter->keys[3];
    charter->keys[3] = charter->keys[4];
    charter->keys[4] = key;
    charter->keys[3].role = 2;
    charter->keys[4].role = 3;
    return charter;
}

static void put_in_force(struct charter *made)
{
    struct refusal refusal = {.rule = ""};
    bytes_clear(&world.charter_text);
    world.charter_text = house_text(made);
    if (charter_read(bytes_span(&world.charter_text), world.charter, &refusal) != OK)
        fail_msg("%s %s", refusal.rule, refusal.sentence);
    charter_free(made);
}

static void propose(struct charter *next)
{
    next->epoch = 2;
    next->previous = world.charter->hash;
    motion_propose(&world, next);
    assert_renders("charter");
}

static void render__r7_says_which_mandates_end_with_a_charter(void **state)
{
    (void)state;
    static const char ends[] = "!! its mandate ends, if one is in force: ";
    static const char begins[] = "!! signed from then on with nobody asked, under a mandate "
                                 "that its quorum approves: ";
    struct charter *now = with_timestamps(), *next = with_timestamps();
    char words[256];
    next->roles[2].by_mandate = now->roles[4].by_mandate = true;
    put_in_force(now);
    propose(next);
    snprintf(words, sizeof words, "%simage/timestamp\n", ends);
    assert_shows(words);
    snprintf(words, sizeof words, "%simage/snapshot\n", begins);
    assert_shows(words);
    assert_shows("signed by: mandate");
    next = with_timestamps();
    next->roles[4].by_mandate = true;
    next->roles[4].most--;
    propose(next);
    snprintf(words, sizeof words, "%simage/timestamp\n", ends);
    assert_shows(words);
    assert_false(motion_world_shows(&world, begins));
    next = with_timestamps();
    next->roles[4].by_mandate = true;
    next->roles[4].quorum.k = 3;
    propose(next);
    assert_false(motion_world_shows(&world, ends));
    assert_shows("those who approved it are no quorum of its role any more\n");
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(render__r14_refuses_a_charter_that_does_not_follow_the_one_in_force),
        WORLD_TEST(render__says_what_a_new_charter_changes),
        WORLD_TEST(render__r7_says_who_can_still_form_which_quorum),
        WORLD_TEST(render__r12_says_how_many_custodians_may_be_lost),
        WORLD_TEST(render__r7_says_what_a_new_charter_ends),
        WORLD_TEST(render__r7_says_whose_requests_end),
        WORLD_TEST(render__r7_says_which_mandates_end_with_a_charter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
