#include "tests/unit/order_world.h"

#include "policy/chain.h"
#include "proto/dsse.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void bend(struct world *world, enum step step)
{
    if (world->bend != NULL)
        world->bend(world, step);
}

static void make_charter(struct world *world)
{
    static const char *const names[] = {"alice", "bob", "carol"};
    struct charter *charter = &world->charter;
    memset(charter, 0, sizeof *charter);
    charter->epoch = 3;
    charter->hash = hash_of(span_text("the charter"));
    charter->log = hash_of(span_text("the log key"));
    snprintf(charter->origin, sizeof charter->origin, "log.example/test");
    charter->clock = 300;
    charter->jump = 90 * (int64_t)DAY;
    charter->administrator_count = PEOPLE;
    for (size_t i = 0; i < PEOPLE; i++) {
        snprintf(charter->administrators[i].name, LIMIT_NAME + 1, "%s", names[i]);
        charter->administrators[i].key = world->people[i].key;
        charter->groups[0].members[i] = (uint8_t)i;
    }
    snprintf(charter->groups[0].name, LIMIT_NAME + 1, "everyone");
    charter->groups[0].member_count = PEOPLE;
    charter->group_count = 1;
    charter->changes = (struct quorum){0, 2};
    snprintf(charter->requesters[0].name, LIMIT_NAME + 1, "image-service");
    snprintf(charter->requesters[0].person, LIMIT_NAME + 1, "release-desk");
    charter->requesters[0].quota = charter_own_quota;
    charter->requesters[0].key = world->desk.key;
    charter->requester_count = 1;
    snprintf(charter->repositories[0].name, LIMIT_NAME + 1, "image");
    charter->repositories[0].dialect = DIALECT_TUF;
    charter->repositories[0].kind = KIND_IMAGE;
    charter->repository_count = 1;
    charter->roles[0] = (struct role){
        .quorum = {0, 2}, .least = DAY, .most = 100 * (int64_t)DAY, .threshold = 1};
    snprintf(charter->roles[0].name, LIMIT_ROLE_NAME + 1, "image/targets");
    charter->role_count = 1;
    charter->keys[0] = (struct role_key){.role = 0, .key = world->role_key};
    charter->key_count = 1;
}

static void make_vault(struct world *world)
{
    memset(&world->keyring, 0, sizeof world->keyring);
    world->keyring.count = 1;
    world->keyring.keys[0].key = world->role_key;
    snprintf(world->keyring.keys[0].label, LIMIT_ROLE_NAME + 1, "image/targets");
    world->state = (struct state){.time = NOW - DAY, .role_count = 1};
    snprintf(world->state.roles[0].role, LIMIT_ROLE_NAME + 1, "image/targets");
    world->state.roles[0].version = 11;
    world->state.roles[0].payload = hash_of(span_text("version 11"));
    world->state.epoch = world->charter.epoch;
    world->state.charter = world->charter.hash;
    if (world->motion == MOTION_LIFT) {
        struct freeze_state freeze = {.statement = hash_of(span_text("a freeze")),
            .administrator = world->people[CAROL].key.id,
            .time = NOW - DAY,
            .of = {.what = FREEZE_ROLE}};
        snprintf(freeze.of.role, sizeof freeze.of.role, "image/targets");
        assert_int_equal(state_set_freeze(&world->state, &freeze), OK);
    }
    world->payload_version = 12;
    world->payload_expires = NOW + 30 * (moment)DAY;
}

void world_write_payload(struct world *world, const char *type)
{
    char expires[MOMENT_TEXT + 1];
    moment_write(world->payload_expires, expires);
    snprintf(world->payload, sizeof world->payload,
        "{\"_type\":\"%s\",\"expires\":\"%s\",\"spec_version\":\"1.0.31\",\"targets\":{},"
        "\"version\":%llu}",
        type, expires, (unsigned long long)world->payload_version);
}

// ---- motions ----

static void fill_motion(struct world *world)
{
    world->keys = (struct keys_motion){.number = 1, .make_count = 1};
    snprintf(world->keys.make[0].role, LIMIT_ROLE_NAME + 1, "image/targets");
    world->keys.make[0].type = KEY_ED25519;
    world->time = (struct time_motion){1, NOW - 60};
    world->lift = (struct lift_motion){.freeze = hash_of(span_text("a freeze"))};
    world->lift.of.what = FREEZE_ROLE;
    snprintf(world->lift.of.role, LIMIT_ROLE_NAME + 1, "image/targets");
}

static void write_motion(struct world *world)
{
    bytes_reset(&world->text);
    if (world->motion == MOTION_KEYS)
        keys_motion_write(&world->keys, &world->text);
    if (world->motion == MOTION_TIME)
        time_motion_write(&world->time, &world->text);
    if (world->motion == MOTION_LIFT)
        lift_motion_write(&world->lift, &world->text);
    assert_int_equal(bytes_finish(&world->text), OK);
}

static struct span payload_of(const struct world *world)
{
    return world->motion == MOTION_NONE ? span_text(world->payload) : bytes_span(&world->text);
}

static struct item item_of(const struct world *world)
{
    bool motion = world->motion != MOTION_NONE;
    struct item item = {.version = motion ? 1 : 12, .payload = hash_of(payload_of(world))};
    snprintf(item.role, sizeof item.role, "%s",
        motion ? motion_role(world->motion) : "image/targets");
    return item;
}

static struct hash previous_of(const struct world *world)
{
    if (world->motion == MOTION_LIFT)
        return world->lift.freeze;
    return chain_previous(&world->state, item_of(world).role);
}

static const struct person *asker_of(const struct world *world)
{
    return world->asker == NULL ? &world->desk : world->asker;
}

// ---- texts ----

static void make_request(struct world *world)
{
    struct request *request = &world->request;
    memset(request, 0, sizeof *request);
    request->appliance = world->charter.log;
    request->requester = asker_of(world)->key.id;
    snprintf(request->reason, sizeof request->reason, "a new image");
    request->expires = NOW + 7 * (moment)DAY;
    request->item_count = 1;
    request->items[0] = item_of(world);
    request->evidence_count = world->evidence_count;
    for (size_t i = 0; i < world->evidence_count; i++)
        request->evidence[i] = hash_of(world->evidence[i]);
    bend(world, STEP_REQUEST);
    bytes_reset(&world->request_text);
    request_write(request, &world->request_text);
    assert_int_equal(bytes_finish(&world->request_text), OK);
}

static void make_opened(struct world *world)
{
    struct opened *opened = &world->opened;
    struct span request = bytes_span(&world->request_text);
    memset(opened, 0, sizeof *opened);
    opened->appliance = world->request.appliance;
    opened->request = request_id(request);
    opened->requester = world->request.requester;
    opened->signature_size =
        person_sign(asker_of(world), DSSE_REQUEST, request, opened->signature);
    opened->item_count = 1;
    opened->items[0] = world->request.items[0];
    opened->items[0].previous = previous_of(world);
    if (world->motion != MOTION_NONE) {
        opened->decides_count = 1;
        snprintf(opened->decides[0], sizeof opened->decides[0], "%s",
            world->motion == MOTION_LIFT ? "image/targets" : "charter");
    }
    opened->rendering = 1;
    opened->shown = hash_of(span_text("what was shown"));
    opened->epoch = world->charter.epoch;
    opened->charter = world->charter.hash;
    opened->time = opened->earliest = NOW - 3600;
    opened->expires = world->request.expires;
    bend(world, STEP_OPENED);
    bytes_reset(&world->opened_text);
    opened_write(opened, &world->opened_text);
    assert_int_equal(bytes_finish(&world->opened_text), OK);
}

static enum err some_node(void *context, unsigned level, uint64_t index, struct hash *out)
{
    const struct world *world = context;
    if (level == 0) {
        char text[16];
        snprintf(text, sizeof text, "leaf %d", (int)index);
        *out =
            merkle_leaf(index == OPENED_AT ? bytes_span(&world->opened_text) : span_text(text));
        return OK;
    }
    struct hash left, right;
    enum err err = some_node(context, level - 1, 2 * index, &left);
    if (err == OK)
        err = some_node(context, level - 1, 2 * index + 1, &right);
    if (err == OK)
        *out = merkle_node(&left, &right);
    return err;
}

static void make_tree(struct world *world)
{
    struct merkle_store store = {some_node, world};
    struct merkle_path path;
    merkle_edge_init(&world->durable);
    for (uint64_t i = 0; i < LEAVES; i++) {
        struct hash leaf;
        assert_int_equal(some_node(world, 0, i, &leaf), OK);
        merkle_edge_append(&world->durable, &leaf);
    }
    assert_int_equal(merkle_prove_inclusion(&store, OPENED_AT, LEAVES, &path), OK);
    world->ask.judge.size = LEAVES;
    world->ask.judge.path.count = (uint32_t)path.count;
    memcpy(world->ask.judge.path.at, path.nodes, path.count * sizeof path.nodes[0]);
}

static void make_order(struct world *world)
{
    struct order *order = &world->order;
    memset(order, 0, sizeof *order);
    order->time = NOW;
    order->request = world->opened.request;
    order->opened = (struct place){OPENED_AT, merkle_leaf(bytes_span(&world->opened_text))};
    order->approval_count = 2;
    order->approvals[0] = (struct order_approval){5, world->people[ALICE].key.id};
    order->approvals[1] = (struct order_approval){7, world->people[BOB].key.id};
    bend(world, STEP_ORDER);
    bytes_reset(&world->order_text);
    order_write(order, &world->order_text);
    assert_int_equal(bytes_finish(&world->order_text), OK);
}

void world_approve(
    struct world *world, size_t at, const struct person *person, enum decision decision)
{
    struct signed_by *by = &world->ask.judge.approvals.at[at];
    bytes_reset(&world->statement);
    approval_write(&world->opened, world->order.opened.index, &world->order.opened.leaf,
        decision, &person->key.id, &world->statement);
    by->key = person->key.id;
    by->signature = span_of(
        world->signatures[at], person_sign(person, DSSE_APPROVAL, bytes_span(&world->statement),
                                   world->signatures[at]));
}

static void make_ask(struct world *world)
{
    struct message *ask = &world->ask;
    ask->kind = VAULT_JUDGE;
    ask->judge.order = bytes_span(&world->order_text);
    ask->judge.opened = bytes_span(&world->opened_text);
    ask->judge.request = bytes_span(&world->request_text);
    ask->judge.payloads.count = 1;
    ask->judge.payloads.at[0] = payload_of(world);
    if (world->motion != MOTION_NONE) {
        ask->judge.evidence.count = (uint32_t)world->evidence_count;
        memcpy(ask->judge.evidence.at, world->evidence, sizeof world->evidence);
    }
    ask->judge.approvals.count = (uint32_t)world->order.approval_count;
    for (size_t i = 0; i < world->order.approval_count; i++)
        world_approve(world, i, &world->people[i == 0 ? ALICE : BOB], DECISION_APPROVE);
    bend(world, STEP_ASK);
}

static void make_judgement(struct world *world)
{
    struct judgement *judged = &world->judged;
    judge_clear(judged);
    memset(judged, 0, sizeof *judged);
    judged->charter = &world->charter;
    judged->state = &world->state;
    judged->keyring = &world->keyring;
    judged->durable = &world->durable;
    world->comebacks = (struct comebacks){.count = 0};
    judged->comebacks = &world->comebacks;
    judged->ask = &world->ask;
    judged->now = NOW;
    bend(world, STEP_VAULT);
}

struct hash world_add_key(struct world *world, unsigned number, size_t custodian)
{
    struct charter *charter = &world->charter;
    struct token_key *pair = &world->keyring.keys[world->keyring.count++];
    struct role_key *key = &charter->keys[charter->key_count++];
    *key = (struct role_key){
        .key = made_up_key(number), .has_custodian = true, .custodian = custodian};
    *pair = (struct token_key){.key = key->key};
    snprintf(pair->label, sizeof pair->label, "image/targets");
    return key->key.id;
}

void world_build(struct world *world)
{
    memset(&world->ask, 0, sizeof world->ask);
    make_charter(world);
    make_vault(world);
    fill_motion(world);
    world_write_payload(world, "targets");
    bend(world, STEP_CHARTER);
    write_motion(world);
    make_request(world);
    make_opened(world);
    make_tree(world);
    make_order(world);
    make_ask(world);
    make_judgement(world);
}

int world_set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    person_make(&world->people[ALICE], KEY_P256);
    person_make(&world->people[BOB], KEY_ED25519);
    person_make(&world->people[CAROL], KEY_P256);
    person_make(&world->desk, KEY_ED25519);
    person_make(&world->stranger, KEY_ED25519);
    world->role_key = made_up_key(1);
    bytes_init(&world->request_text, LIMIT_RECORD);
    bytes_init(&world->opened_text, LIMIT_RECORD);
    bytes_init(&world->order_text, LIMIT_RECORD);
    bytes_init(&world->statement, LIMIT_RECORD);
    bytes_init(&world->text, LIMIT_RECORD);
    *state = world;
    return 0;
}

int world_tear_down(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < PEOPLE; i++)
        person_clear(&world->people[i]);
    person_clear(&world->desk);
    person_clear(&world->stranger);
    bytes_clear(&world->request_text);
    bytes_clear(&world->opened_text);
    bytes_clear(&world->order_text);
    bytes_clear(&world->statement);
    bytes_clear(&world->text);
    judge_clear(&world->judged);
    free(world);
    return 0;
}
