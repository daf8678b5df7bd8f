// The words for motions of the other kinds (metadata/render.h, R14).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/made_up.h"
#include "tests/unit/motion_sample.h"
#include "tests/unit/rule_name.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 24 * 3600 };

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

static void render__r18_says_what_happens_to_keys(void **state)
{
    (void)state;
    motion_keys(&world);
    assert_renders("charter");
    assert_shows("keys: 2 to be made, 2 retired, 1 destroyed\n");
    assert_shows("!! added key of: image/targets\n  type: ed25519\n  from then on: spare");
    assert_shows("!! added key of: image/new\n  type: ecdsa-p256\n");
    assert_shows("  !! the charter has no such role yet\n");
    assert_shows("  used by: no charter: it was spare\n");
    assert_shows("  used by: the charter in force, until one drops it\n  custodian: carol\n"
                 "  of the role's 2 keys in the charter this leaves 1, less those retired ");
    assert_shows("!! destroyed key of: image/root\n");
    world.request.items[0].version = 4;
    assert_refused("charter", "R14", "another number");
}

static void render__says_who_froze_what_and_why(void **state)
{
    (void)state;
    motion_lift_of_role(&world);
    assert_renders("image/targets");
    assert_shows("\ndecided by the quorum of: image/targets\n"
                 "  approvals needed: 2 of 3 persons, group release\n");
    assert_shows("what was frozen: the role image/targets\nfrozen by: bob\n  key: sha256:");
    assert_shows("  that administrator's freeze number: 2\n"
                 "why it was frozen: my token is gone\\xe2\\x80\\xae\n");
    struct key stranger = made_up_key(NEW_KEY);
    struct freeze freeze = motion_freeze(&world, &stranger.id);
    freeze.of = (struct freeze_of){.what = FREEZE_EVERYTHING};
    motion_lift(&world, &freeze);
    assert_renders("charter");
    assert_shows("what was frozen: everything but a new charter, lifts and the time\n"
                 "!! frozen by: somebody who is no administrator any more\n");
}

static void render__shows_the_request_that_was_frozen(void **state)
{
    (void)state;
    motion_lift_of_request(&world);
    assert_renders("image/targets");
    assert_shows("what was frozen: the request sha256:");
    assert_shows("  item: image/targets\n    version: 12\n    payload: sha256:");
    assert_shows("  its reason: as we agreed\n  it ends: 2026-11-30T08:00:00Z\n");
    world.request.evidence_count = 0;
    assert_refused("image/targets", "R14", "did not come along");
    world.request.evidence_count = 1;
    world.request.evidence[0].byte[0] ^= 1;
    assert_refused("image/targets", "R14", "evidence at hand is not what the request names");
    world.request.evidence[0].byte[0] ^= 1;
}

static void render__r14_refuses_a_lift_that_says_something_else_than_its_freeze(void **state)
{
    (void)state;
    struct freeze freeze = motion_freeze(&world, &world.charter->administrators[1].key.id);
    motion_lift_of_role(&world);
    snprintf(freeze.of.role, sizeof freeze.of.role, "image/root");
    bytes_reset(&world.payload);
    struct lift_motion motion = {
        .freeze = hash_of(bytes_span(&world.previous)), .of = freeze.of};
    lift_motion_write(&motion, &world.payload);
    motion_world_ask(&world, MOTION_LIFT, 1);
    assert_refused("charter", "R14", "does not say what its freeze stops");
    freeze.number = 3;
    bytes_reset(&world.previous);
    freeze_write(&freeze, &world.previous);
    assert_refused("charter", "R14", "another freeze than the opened record");
    bytes_reset(&world.previous);
    bytes_add_text(&world.previous, "nothing");
    assert_refused("charter", "R2", "no lift");
}

static void render__r13_says_where_the_time_goes(void **state)
{
    (void)state;
    motion_time_forwards(&world);
    assert_renders("charter");
    assert_shows("!! it is not earlier than: 2026-11-20T08:00:00Z\n");
    assert_shows("when this was opened: 2026-11-20T08:00:00Z\n  the statement says the same\n");
    assert_shows("the statement is later by 34560000 seconds (400 days and 0 hours)\n");
    assert_false(motion_world_shows(&world, "GOES BACK"));
    motion_time_back(&world);
    assert_renders("charter");
    assert_shows("the statement is EARLIER by 2595600 seconds (30 days and 1 hours)\n");
    assert_shows("!! THE TIME GOES BACK behind what a quorum has stated before\n");
    assert_shows("!! if what is sealed now is later than this, the time is set back: every ");
    bytes_reset(&world.previous);
    assert_renders("charter");
    assert_false(motion_world_shows(&world, "GOES BACK"));
}

static void render__says_what_a_mandate_signs_with_nobody_asked(void **state)
{
    (void)state;
    motion_mandate(&world);
    assert_renders("image/targets");
    assert_shows("!! role that is signed for with nobody asked: image/targets\n");
    assert_shows("whose requests are signed: image-service, behind it release-desk, sha256:");
    assert_shows("versions that may be signed: 8 to 5000\n");
    assert_shows("payloads that may be signed, at most: 2000\n");
    assert_shows("expiry, at most: 176400 seconds (2 d 1 h)\n");
    assert_shows("the mandate ends: 2027-02-18T08:00:00Z, behind the opening by 7776000 ");
    assert_shows("to approve this is to accept whatever only warns; the versions begin above ");
    assert_shows("it is the role's first mandate\nany one administrator can revoke it");
    assert_false(motion_world_shows(&world, "vehicle"));
    motion_mandate_next(&world);
    assert_renders("image/targets");
    assert_shows("versions that may be signed: 5001 to 10000\n  !! before: 8 to 5000\n");
    assert_shows("number 1 before it ends with this one, if it has not ended\n");
}

static void render__says_that_nobody_looks_at_what_a_vehicle_is_told(void **state)
{
    (void)state;
    struct mandate_motion motion = {.number = 1,
        .role = "director/targets",
        .requester = world.charter->log, // no requester's key
        .first = 1,
        .last = 1,
        .count = 1,
        .longest = 1,
        .until = MOTION_NOW};
    mandate_motion_write(&motion, &world.payload);
    motion_world_ask(&world, MOTION_MANDATE, 1);
    snprintf(world.charter->roles[0].name, LIMIT_ROLE_NAME, "director/targets");
    world.charter->repositories[0].kind = KIND_DIRECTOR;
    assert_renders("director/targets");
    assert_shows("  for any vehicle, and each has versions of its own\n"
                 "  !! what a vehicle is told to install is then the word of the requester");
    assert_shows("whose requests are signed: !! nobody whom the charter names, sha256:");
    assert_shows(", it is over by 0 seconds");
}

static void render__r14_refuses_a_mandate_that_is_not_the_next_of_its_role(void **state)
{
    (void)state;
    motion_mandate_next(&world);
    world.request.items[0].version = 3;
    assert_refused("image/targets", "R14", "and its item another");
    motion_mandate_next(&world);
    struct mandate_motion last;
    assert_int_equal(mandate_motion_read(bytes_span(&world.previous), &last), OK);
    last.number = 2;
    bytes_reset(&world.previous);
    mandate_motion_write(&last, &world.previous);
    assert_refused("image/targets", "R14", "is not the mandate of image/targets before it");
    last.number = 1;
    snprintf(last.role, sizeof last.role, "image/root");
    bytes_reset(&world.previous);
    mandate_motion_write(&last, &world.previous);
    assert_refused("image/targets", "R14", "is not the mandate of image/targets before it");
    bytes_reset(&world.payload);
    bytes_add_text(&world.payload, "nothing");
    motion_world_ask(&world, MOTION_MANDATE, 2);
    assert_refused("image/targets", "R2", "This is no mandate.");
}

static void render__says_what_the_past_breaks(void **state)
{
    (void)state;
    motion_import(&world);
    world.charter->roles[1].threshold = 3;
    assert_renders("charter");
    assert_shows("chain of roots: 2, each signed by its own threshold and by that of the one ");
    assert_shows(
        "rules that the past breaks and this accepts: 12\n"
        "!! accepted of root version 1: consistent-snapshot-missing\n  (R2) The root ");
    assert_shows(
        "!! accepted of root version 2: signature-of-unknown-key\n  (R21) It carries ");
    assert_shows("---- signed last for role: image/root\nversion: 2\n");
    assert_shows("expires: 2026-01-31T00:00:00Z\n!! that was over when this was opened\n"
                 "what that does: here the role goes on above version 2\n");
    assert_shows("keys of: timestamp\n  threshold: 1 of 1 keys\n");
    assert_shows("!! the threshold of root is 2, and the charter demands 3 of the next root\n");
    bytes_clear(&world.evidence[0]);
    world.request.evidence[0] = hash_of((struct span){0});
    assert_refused("charter", "R14", "What image/root signed last did not come along");
}

static void render__r5_an_administrator_may_ask_for_motions(void **state)
{
    (void)state;
    motion_time_back(&world);
    world.request.requester = world.charter->administrators[2].key.id;
    assert_renders("charter");
    assert_shows("requester: carol\n  person: carol\n  key: sha256:");
    world.request.requester = world.charter->log;
    assert_refused("charter", "R14", "no requester with this key");
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(render__r18_says_what_happens_to_keys),
        WORLD_TEST(render__says_who_froze_what_and_why),
        WORLD_TEST(render__shows_the_request_that_was_frozen),
        WORLD_TEST(render__r14_refuses_a_lift_that_says_something_else_than_its_freeze),
        WORLD_TEST(render__r13_says_where_the_time_goes),
        WORLD_TEST(render__says_what_a_mandate_signs_with_nobody_asked),
        WORLD_TEST(render__says_that_nobody_looks_at_what_a_vehicle_is_told),
        WORLD_TEST(render__r14_refuses_a_mandate_that_is_not_the_next_of_its_role),
        WORLD_TEST(render__says_what_the_past_breaks),
        WORLD_TEST(render__r5_an_administrator_may_ask_for_motions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
