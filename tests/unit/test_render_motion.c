// The words that approvers of motions see (metadata/render.h, R14). tests/vectors/rendering holds them
// as they are, as for metadata (test_render.c).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/history.h"
#include "tests/unit/charter_house.h"
#include "tests/unit/made_up.h"
#include "tests/unit/metadata_vectors.h"
#include "tests/unit/motion_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 24 * 3600, NEW_KEY = 900 };

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
    if (strcmp(world.refusal.rule, rule) != 0 || strstr(world.refusal.sentence, words) == NULL)
        fail_msg("%s \"%s\" expected: %s %s", rule, words, world.refusal.rule,
            world.refusal.sentence);
}

static void build_on(struct span previous)
{
    bytes_reset(&world.previous);
    bytes_add(&world.previous, previous);
}

// ---- a new charter ----

static void propose(struct charter *next)
{
    bytes_reset(&world.payload);
    charter_write(next, &world.payload);
    build_on(bytes_span(&world.charter_text));
    motion_world_ask(&world, MOTION_CHARTER, next->epoch);
    charter_free(next);
}

static void show_proof(const struct key *key)
{
    struct proofs proofs = {.count = 1};
    struct bytes text;
    proofs.at[0] = (struct proof_line){.key = key->id, .signature = "s", .signature_size = 1};
    bytes_init(&text, LIMIT_RECORD);
    proofs_write(&proofs, &text);
    motion_world_show(&world, text);
}

// Dave leaves, erin comes; another key for the Director; a new role; one person less to release.
static void make_charter(void)
{
    struct charter *next = motion_world_next(&world);
    next->clock = 600;
    snprintf(next->administrators[3].name, LIMIT_NAME, "erin");
    next->administrators[3].key = made_up_key(NEW_KEY);
    snprintf(next->requesters[1].person, LIMIT_NAME, "erin");
    next->requesters[0].quota.open = 64;
    next->groups[1].member_count = 2;
    next->roles[1].quorum.k = 2;
    next->roles[1].delay = 0;
    next->keys[0].key = made_up_key(NEW_KEY + 1);
    for (size_t i = 0; i < next->key_count; i++)
        next->keys[i].has_custodian = false;
    house_role(next, "image/timestamp", (struct quorum){1, 2}, 1);
    next->roles[3].threshold = 2;
    struct key erin = next->administrators[3].key;
    propose(next);
    show_proof(&erin);
}

static void make_small_charter(void)
{
    struct charter *next = motion_world_next(&world);
    next->changes.k = 4;
    next->requester_count = 1;
    propose(next);
}

static void render__r14_refuses_a_charter_that_does_not_follow_the_one_in_force(void **state)
{
    (void)state;
    make_charter();
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
    make_charter();
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
    make_charter();
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
    propose(next);
    assert_renders("charter");
    assert_shows("  image/root: 3 of 4 persons, group everyone\n");
    assert_shows(
        "    keys here: 2, 1 of them with a custodian; a root gives the role a threshold "
        "of at least 1\n    custodians that may be lost, at that threshold: 1\n");
    make_small_charter();
    assert_renders("charter");
    assert_shows("    custodians that may be lost, at that threshold: 0\n");
    assert_shows("    !! quorum raised, it was: 3 of 4 persons\n");
}

static void render__r7_says_what_a_new_charter_ends(void **state)
{
    (void)state;
    make_charter();
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
    propose(next);
    assert_renders("charter");
    assert_shows(
        "  !! its open requests end, and it asks for nothing any more: the requester's key ");
    assert_shows(" of laptop\n");
    assert_shows(
        "  !! requests for it end, and nothing is signed for it any more: image/targets\n");
    assert_shows("no key is new at its place, so none had to be proven\n");
}

// ---- keys ----

static void make_keys(void)
{
    struct keys_motion motion = {
        .number = 3, .make_count = 2, .retire_count = 2, .destroy_count = 1};
    snprintf(motion.make[0].role, LIMIT_ROLE_NAME, "image/targets");
    motion.make[0].type = KEY_ED25519;
    snprintf(motion.make[1].role, LIMIT_ROLE_NAME, "image/new");
    motion.make[1].type = KEY_P256;
    const struct role_key *kept = &world.charter->keys[2];
    snprintf(motion.retire[0].role, LIMIT_ROLE_NAME, "director/root");
    motion.retire[0].key = made_up_key(NEW_KEY).id;
    snprintf(motion.retire[1].role, LIMIT_ROLE_NAME, "image/root");
    motion.retire[1].key = kept->key.id;
    snprintf(motion.destroy[0].role, LIMIT_ROLE_NAME, "image/root");
    motion.destroy[0].key = made_up_key(NEW_KEY + 1).id;
    bytes_reset(&world.payload);
    keys_motion_write(&motion, &world.payload);
    build_on(span_text("what the last one said"));
    motion_world_ask(&world, MOTION_KEYS, 3);
}

static void render__r18_says_what_happens_to_keys(void **state)
{
    (void)state;
    make_keys();
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

// ---- a lift ----

static struct freeze freeze_by(const struct hash *administrator)
{
    return (struct freeze){.appliance = world.charter->log,
        .administrator = *administrator,
        .epoch = 1,
        .charter = world.charter->hash,
        .number = 2,
        .of = {.what = FREEZE_ROLE, .role = "image/targets"},
        .reason = "my token is gone\xe2\x80\xae"};
}

static void lift(const struct freeze *freeze)
{
    struct lift_motion motion = {.of = freeze->of};
    bytes_reset(&world.previous);
    freeze_write(freeze, &world.previous);
    motion.freeze = hash_of(bytes_span(&world.previous));
    bytes_reset(&world.payload);
    lift_motion_write(&motion, &world.payload);
    motion_world_ask(&world, MOTION_LIFT, 1);
}

static void make_lift(void)
{
    struct freeze freeze = freeze_by(&world.charter->administrators[1].key.id);
    lift(&freeze);
}

static void make_lift_of_request(void)
{
    static struct request waiting;
    struct bytes text;
    waiting = world.request;
    waiting.item_count = 1;
    snprintf(waiting.items[0].role, LIMIT_ROLE_NAME, "image/targets");
    waiting.items[0].version = 12;
    waiting.items[0].payload = hash_of(span_text("payload"));
    bytes_init(&text, LIMIT_RECORD);
    request_write(&waiting, &text);
    struct freeze freeze = freeze_by(&world.charter->administrators[1].key.id);
    freeze.of =
        (struct freeze_of){.what = FREEZE_REQUEST, .request = hash_of(bytes_span(&text))};
    lift(&freeze);
    motion_world_show(&world, text);
}

static void render__says_who_froze_what_and_why(void **state)
{
    (void)state;
    make_lift();
    assert_renders("image/targets");
    assert_shows("\ndecided by the quorum of: image/targets\n"
                 "  approvals needed: 2 of 3 persons, group release\n");
    assert_shows("what was frozen: the role image/targets\nfrozen by: bob\n  key: sha256:");
    assert_shows("  that administrator's freeze number: 2\n"
                 "why it was frozen: my token is gone\\xe2\\x80\\xae\n");
    struct key stranger = made_up_key(NEW_KEY);
    struct freeze freeze = freeze_by(&stranger.id);
    freeze.of = (struct freeze_of){.what = FREEZE_EVERYTHING};
    lift(&freeze);
    assert_renders("charter");
    assert_shows("what was frozen: everything but a new charter, lifts and the time\n"
                 "!! frozen by: somebody who is no administrator any more\n");
}

static void render__shows_the_request_that_was_frozen(void **state)
{
    (void)state;
    make_lift_of_request();
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
    struct freeze freeze = freeze_by(&world.charter->administrators[1].key.id);
    make_lift();
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

// ---- the time ----

static void state_time(moment stated, moment last)
{
    struct time_motion motion = {.number = 2, .time = stated};
    bytes_reset(&world.payload);
    time_motion_write(&motion, &world.payload);
    bytes_reset(&world.previous);
    motion = (struct time_motion){.number = 1, .time = last};
    time_motion_write(&motion, &world.previous);
    motion_world_ask(&world, MOTION_TIME, 2);
}

static void make_time_forwards(void)
{
    state_time(MOTION_NOW, MOTION_NOW - INT64_C(400) * DAY);
}

static void make_time_back(void)
{
    state_time(MOTION_NOW - INT64_C(30) * DAY - 3600, MOTION_NOW + INT64_C(3650) * DAY);
}

static void render__r13_says_where_the_time_goes(void **state)
{
    (void)state;
    make_time_forwards();
    assert_renders("charter");
    assert_shows("!! it is not earlier than: 2026-11-20T08:00:00Z\n");
    assert_shows("when this was opened: 2026-11-20T08:00:00Z\n  the statement says the same\n");
    assert_shows("the statement is later by 34560000 seconds (400 days and 0 hours)\n");
    assert_false(motion_world_shows(&world, "GOES BACK"));
    make_time_back();
    assert_renders("charter");
    assert_shows("the statement is EARLIER by 2595600 seconds (30 days and 1 hours)\n");
    assert_shows("!! THE TIME GOES BACK behind what a quorum has stated before\n");
    assert_shows("!! if what is sealed now is later than this, the time is set back: every ");
    bytes_reset(&world.previous);
    assert_renders("charter");
    assert_false(motion_world_shows(&world, "GOES BACK"));
}

// ---- an import ----

static struct bytes past_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "tests/vectors/past/%s.json", name);
    return vector_file(path);
}

static void show_part(const char *name)
{
    struct bytes file = past_file(name), part;
    bytes_init(&part, LIMIT_PAYLOAD);
    assert_int_equal(history_canonical(bytes_span(&file), &part, &world.refusal), OK);
    motion_world_show(&world, part);
    bytes_clear(&file);
}

static void make_import(void)
{
    static const char *const roots[] = {"1.root", "2.root"};
    static struct import_motion motion;
    struct bytes files[2];
    struct span spans[2];
    for (size_t i = 0; i < 2; i++) {
        files[i] = past_file(roots[i]);
        spans[i] = bytes_span(&files[i]);
    }
    struct history_case given = {.repository = "image", .roots = spans, .root_count = 2};
    assert_int_equal(history_read(&given, &motion, &world.refusal), OK);
    motion.number = 1;
    bytes_reset(&world.payload);
    import_motion_write(&motion, &world.payload);
    bytes_reset(&world.previous);
    motion_world_ask(&world, MOTION_IMPORT, 1);
    show_part("2.root");
    for (size_t i = 0; i < 2; i++)
        motion_world_show(&world, files[i]);
}

static void render__says_what_the_past_breaks(void **state)
{
    (void)state;
    make_import();
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

// ---- all of them ----

static const struct made {
    const char *file;
    const char *decides;
    void (*make)(void);
} all[] = {
    {"charter-next", "charter", make_charter},
    {"charter-small", "charter", make_small_charter},
    {"keys", "charter", make_keys},
    {"lift-role", "image/targets", make_lift},
    {"lift-request", "image/targets", make_lift_of_request},
    {"time-forwards", "charter", make_time_forwards},
    {"time-back", "charter", make_time_back},
    {"import", "charter", make_import},
};
enum { ALL = sizeof all / sizeof all[0] };

static void remake(size_t i)
{
    motion_world_clear(&world);
    motion_world_init(&world);
    all[i].make();
}

static void render__r14_refuses_motions_with_other_bytes_than_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL; i++) {
        remake(i);
        assert_renders(all[i].decides);
        world.request.items[0].payload.byte[0] ^= 1;
        assert_refused(all[i].decides, "R14", "not those that the opened record names");
        world.request.items[0].payload.byte[0] ^= 1;
        assert_refused("image/none", "R14", "no role image/none to decide");
        bytes_reset(&world.payload);
        bytes_add_text(&world.payload, "conclave.nothing/v1\n");
        world.request.items[0].payload = hash_of(bytes_span(&world.payload));
        assert_int_equal(motion_world_render(&world, all[i].decides), ERR_REFUSED);
        assert_string_equal(world.refusal.rule, "R2");
    }
}

static void render__r5_an_administrator_may_ask_for_motions(void **state)
{
    (void)state;
    make_time_back();
    world.request.requester = world.charter->administrators[2].key.id;
    assert_renders("charter");
    assert_shows("requester: carol\n  person: carol\n  key: sha256:");
    world.request.requester = world.charter->log;
    assert_refused("charter", "R14", "no requester with this key");
}

static void render__r20_says_when_it_has_no_room_for_a_motion(void **state)
{
    (void)state;
    make_charter();
    assert_renders("charter");
    size_t whole = world.rendering.size;
    for (size_t limit = 0; limit < whole; limit += 397) {
        bytes_clear(&world.rendering);
        bytes_init(&world.rendering, limit);
        assert_int_equal(motion_world_render(&world, "charter"), ERR_LIMIT);
        assert_string_equal(world.refusal.rule, "R20");
    }
}

static void render__r14_foreign_text_in_a_charter_cannot_make_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL; i++) {
        remake(i);
        assert_renders(all[i].decides);
        for (size_t at = 0; at < world.rendering.size; at++) {
            uint8_t byte = world.rendering.data[at];
            assert_true(byte == '\n' || (byte >= 0x20 && byte <= 0x7e));
        }
    }
}

static void compare_with_file(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "tests/vectors/rendering/%s.txt", name);
    if (getenv("CONCLAVE_NEW_RENDERINGS") != NULL) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(
            fwrite(world.rendering.data, 1, world.rendering.size, file), world.rendering.size);
        assert_int_equal(fclose(file), 0);
    }
    struct bytes file = vector_file(path);
    if (!span_equal(bytes_span(&file), bytes_span(&world.rendering)))
        fail_msg("%s is rendered in other words: raise RENDERING", name);
    bytes_clear(&file);
}

static void render__r14_the_words_of_motions_stay(void **state)
{
    (void)state;
    assert_int_equal(RENDERING, 2);
    for (size_t i = 0; i < ALL; i++) {
        remake(i);
        assert_renders(all[i].decides);
        compare_with_file(all[i].file);
    }
}

// ---- no byte that is not shown ----

// The rendering with the payload's own hash blanked: what remains is what is shown.
static void blank(void)
{
    char hex[2 * HASH_SIZE + 1];
    hash_hex(&world.request.items[0].payload, hex);
    uint8_t *at = memmem(world.rendering.data, world.rendering.size, hex, strlen(hex));
    assert_non_null(at);
    memset(at, '0', strlen(hex));
}

static bool renders_changed(const struct made *made)
{
    world.request.items[0].payload = hash_of(bytes_span(&world.payload));
    if (motion_world_render(&world, made->decides) != OK)
        return false;
    blank();
    return true;
}

static size_t change_byte(const struct made *made, size_t at, struct span whole)
{
    uint8_t was = world.payload.data[at];
    const uint8_t values[] = {was ^ 1, was ^ 0x20, '0', ' '};
    size_t different = 0;
    for (size_t i = 0; i < sizeof values; i++) {
        world.payload.data[at] = values[i];
        if (values[i] == was || !renders_changed(made))
            continue;
        if (span_equal(bytes_span(&world.rendering), whole))
            fail_msg("%s: byte %zu as %02x is not shown", made->file, at, values[i]);
        different++;
    }
    world.payload.data[at] = was;
    return different;
}

static void render__r14_no_byte_of_a_motion_is_unshown(void **state)
{
    (void)state;
    struct bytes whole;
    bytes_init(&whole, RENDER_MOST);
    for (size_t i = 0; i < ALL; i++) {
        size_t different = 0;
        remake(i);
        assert_true(renders_changed(&all[i]));
        bytes_reset(&whole);
        bytes_add(&whole, bytes_span(&world.rendering));
        for (size_t at = 0; at < world.payload.size; at++)
            different += change_byte(&all[i], at, bytes_span(&whole));
        // A lift is wholly given by its freeze.
        assert_true(different > 5 || strncmp(all[i].file, "lift", 4) == 0);
    }
    bytes_clear(&whole);
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
        WORLD_TEST(render__r18_says_what_happens_to_keys),
        WORLD_TEST(render__says_who_froze_what_and_why),
        WORLD_TEST(render__shows_the_request_that_was_frozen),
        WORLD_TEST(render__r14_refuses_a_lift_that_says_something_else_than_its_freeze),
        WORLD_TEST(render__r13_says_where_the_time_goes),
        WORLD_TEST(render__says_what_the_past_breaks),
        WORLD_TEST(render__r14_refuses_motions_with_other_bytes_than_named),
        WORLD_TEST(render__r5_an_administrator_may_ask_for_motions),
        WORLD_TEST(render__r20_says_when_it_has_no_room_for_a_motion),
        WORLD_TEST(render__r14_foreign_text_in_a_charter_cannot_make_lines),
        WORLD_TEST(render__r14_the_words_of_motions_stay),
        WORLD_TEST(render__r14_no_byte_of_a_motion_is_unshown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
