#include "tests/unit/motion_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metadata/history.h"
#include "tests/unit/charter_house.h"
#include "tests/unit/made_up.h"
#include "tests/unit/metadata_vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 24 * 3600 };

static void build_on(struct motion_world *world, struct span previous)
{
    bytes_reset(&world->previous);
    bytes_add(&world->previous, previous);
}

void motion_propose(struct motion_world *world, struct charter *next)
{
    bytes_reset(&world->payload);
    charter_write(next, &world->payload);
    build_on(world, bytes_span(&world->charter_text));
    motion_world_ask(world, MOTION_CHARTER, next->epoch);
    charter_free(next);
}

static void show_proof(struct motion_world *world, const struct key *key)
{
    struct proofs proofs = {.count = 1};
    struct bytes text;
    proofs.at[0] = (struct proof_line){.key = key->id, .signature = "s", .signature_size = 1};
    bytes_init(&text, LIMIT_RECORD);
    proofs_write(&proofs, &text);
    motion_world_show(world, text);
}

// Dave leaves, erin comes; another key for the Director; a new role; one person less to release.
void motion_charter(struct motion_world *world)
{
    struct charter *next = motion_world_next(world);
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
    motion_propose(world, next);
    show_proof(world, &erin);
}

void motion_small_charter(struct motion_world *world)
{
    struct charter *next = motion_world_next(world);
    next->roles[2].quorum.k = 3; // of three
    next->changes_delay = 900;
    next->requester_count = 1;
    motion_propose(world, next);
}

void motion_keys(struct motion_world *world)
{
    struct keys_motion motion = {
        .number = 3, .make_count = 2, .retire_count = 2, .destroy_count = 1};
    snprintf(motion.make[0].role, LIMIT_ROLE_NAME, "image/targets");
    motion.make[0].type = KEY_ED25519;
    snprintf(motion.make[1].role, LIMIT_ROLE_NAME, "image/new");
    motion.make[1].type = KEY_P256;
    const struct role_key *kept = &world->charter->keys[2];
    snprintf(motion.retire[0].role, LIMIT_ROLE_NAME, "director/root");
    motion.retire[0].key = made_up_key(NEW_KEY).id;
    snprintf(motion.retire[1].role, LIMIT_ROLE_NAME, "image/root");
    motion.retire[1].key = kept->key.id;
    snprintf(motion.destroy[0].role, LIMIT_ROLE_NAME, "image/root");
    motion.destroy[0].key = made_up_key(NEW_KEY + 1).id;
    bytes_reset(&world->payload);
    keys_motion_write(&motion, &world->payload);
    build_on(world, span_text("what the last one said"));
    motion_world_ask(world, MOTION_KEYS, 3);
}

struct freeze motion_freeze(struct motion_world *world, const struct hash *administrator)
{
    return (struct freeze){.appliance = world->charter->log,
        .administrator = *administrator,
        .epoch = 1,
        .charter = world->charter->hash,
        .number = 2,
        .of = {.what = FREEZE_ROLE, .role = "image/targets"},
        .reason = "my token is gone\xe2\x80\xae"};
}

void motion_lift(struct motion_world *world, const struct freeze *freeze)
{
    struct lift_motion motion = {.of = freeze->of};
    bytes_reset(&world->previous);
    freeze_write(freeze, &world->previous);
    motion.freeze = hash_of(bytes_span(&world->previous));
    bytes_reset(&world->payload);
    lift_motion_write(&motion, &world->payload);
    motion_world_ask(world, MOTION_LIFT, 1);
}

void motion_lift_of_role(struct motion_world *world)
{
    struct freeze freeze = motion_freeze(world, &world->charter->administrators[1].key.id);
    motion_lift(world, &freeze);
}

void motion_lift_of_request(struct motion_world *world)
{
    static struct request waiting;
    struct bytes text;
    waiting = world->request;
    waiting.item_count = 1;
    snprintf(waiting.items[0].role, LIMIT_ROLE_NAME, "image/targets");
    waiting.items[0].version = 12;
    waiting.items[0].payload = hash_of(span_text("payload"));
    bytes_init(&text, LIMIT_RECORD);
    request_write(&waiting, &text);
    struct freeze freeze = motion_freeze(world, &world->charter->administrators[1].key.id);
    freeze.of = (struct freeze_of){.what = FREEZE_REQUEST, .thing = hash_of(bytes_span(&text))};
    motion_lift(world, &freeze);
    motion_world_show(world, text);
}

void motion_state_time(struct motion_world *world, moment stated, moment last)
{
    struct time_motion motion = {.number = 2, .time = stated};
    bytes_reset(&world->payload);
    time_motion_write(&motion, &world->payload);
    bytes_reset(&world->previous);
    motion = (struct time_motion){.number = 1, .time = last};
    time_motion_write(&motion, &world->previous);
    motion_world_ask(world, MOTION_TIME, 2);
}

void motion_time_forwards(struct motion_world *world)
{
    motion_state_time(world, MOTION_NOW, MOTION_NOW - INT64_C(400) * DAY);
}

void motion_time_back(struct motion_world *world)
{
    motion_state_time(
        world, MOTION_NOW - INT64_C(30) * DAY - 3600, MOTION_NOW + INT64_C(3650) * DAY);
}

// ---- mandates ----

static struct mandate_motion mandate_of(const struct motion_world *world)
{
    struct mandate_motion motion = {.number = 1,
        .role = "image/targets",
        .requester = world->charter->requesters[0].key.id,
        .first = 8,
        .last = 5000,
        .count = 2000,
        .longest = 2 * DAY + 3600,
        .until = MOTION_NOW + INT64_C(90) * DAY};
    return motion;
}

void motion_mandate(struct motion_world *world)
{
    struct mandate_motion motion = mandate_of(world);
    bytes_reset(&world->payload);
    bytes_reset(&world->previous);
    mandate_motion_write(&motion, &world->payload);
    motion_world_ask(world, MOTION_MANDATE, motion.number);
}

void motion_mandate_next(struct motion_world *world)
{
    struct mandate_motion motion = mandate_of(world);
    bytes_reset(&world->payload);
    bytes_reset(&world->previous);
    mandate_motion_write(&motion, &world->previous);
    motion.number++;
    motion.first = 5001;
    motion.last = 10000;
    motion.longest = 2 * DAY;
    motion.until = MOTION_NOW + INT64_C(180) * DAY + 61;
    mandate_motion_write(&motion, &world->payload);
    motion_world_ask(world, MOTION_MANDATE, motion.number);
}

static struct bytes past_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "tests/vectors/past/%s.json", name);
    return vector_file(path);
}

static void show_part(struct motion_world *world, const char *name)
{
    struct bytes file = past_file(name), part;
    bytes_init(&part, LIMIT_PAYLOAD);
    assert_int_equal(
        history_canonical(DIALECT_TUF, bytes_span(&file), &part, &world->refusal), OK);
    motion_world_show(world, part);
    bytes_clear(&file);
}

void motion_import(struct motion_world *world)
{
    static const char *const roots[] = {"1.root", "2.root"};
    static struct import_motion motion;
    struct bytes files[2];
    struct span spans[2];
    for (size_t i = 0; i < 2; i++) {
        files[i] = past_file(roots[i]);
        spans[i] = bytes_span(&files[i]);
    }
    struct history_case given = {
        .repository = "image", .dialect = DIALECT_TUF, .roots = spans, .root_count = 2};
    assert_int_equal(history_read(&given, &motion, &world->refusal), OK);
    motion.number = 1;
    bytes_reset(&world->payload);
    import_motion_write(&motion, &world->payload);
    bytes_reset(&world->previous);
    motion_world_ask(world, MOTION_IMPORT, 1);
    show_part(world, "2.root");
    for (size_t i = 0; i < 2; i++)
        motion_world_show(world, files[i]);
}

const struct motion_sample motion_samples[MOTION_SAMPLES] = {
    {"charter-next", "charter", motion_charter},
    {"charter-small", "charter", motion_small_charter},
    {"keys", "charter", motion_keys},
    {"lift-role", "image/targets", motion_lift_of_role},
    {"lift-request", "image/targets", motion_lift_of_request},
    {"mandate-first", "image/targets", motion_mandate},
    {"mandate-next", "image/targets", motion_mandate_next},
    {"time-forwards", "charter", motion_time_forwards},
    {"time-back", "charter", motion_time_back},
    {"import", "charter", motion_import},
};
