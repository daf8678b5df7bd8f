#include "tests/unit/mandate_world.h"

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

static void bend(struct mandate_world *world, enum step step)
{
    if (world->bend != NULL)
        world->bend(world, step);
}

static const char *const roles[] = {"director/targets", "image/targets", "image/timestamp"};

static void make_charter(struct mandate_world *world)
{
    struct charter *charter = &world->charter;
    memset(charter, 0, sizeof *charter);
    charter->log = hash_of(span_text("the log key"));
    charter->clock = 300;
    charter->jump = 90 * (int64_t)DAY;
    charter->administrators[0].key = world->alice.key;
    charter->administrator_count = 1;
    charter->requesters[0].key = world->desk.key;
    charter->requester_count = 1;
    snprintf(charter->repositories[0].name, LIMIT_NAME + 1, "director");
    charter->repositories[0].dialect = DIALECT_UPTANE;
    charter->repositories[0].kind = KIND_DIRECTOR;
    snprintf(charter->repositories[1].name, LIMIT_NAME + 1, "image");
    charter->repositories[1].dialect = DIALECT_TUF;
    charter->repositories[1].kind = KIND_IMAGE;
    charter->repository_count = 2;
    charter->role_count = 3;
    for (size_t i = 0; i < 3; i++) {
        charter->roles[i] = (struct role){.repository = i > 0,
            .by_mandate = i != 1,
            .least = 3600,
            .most = 100 * (int64_t)DAY};
        snprintf(charter->roles[i].name, LIMIT_ROLE_NAME + 1, "%s", roles[i]);
    }
    charter->key_count = 2;
    for (size_t i = 0; i < 2; i++)
        charter->keys[i] = (struct role_key){.role = 2 * i, .key = world->keys[i]};
}

static void make_mandate(struct mandate_world *world, size_t at, const char *role, uint64_t top)
{
    struct mandate_state *mandate = &world->state.mandates[at];
    *mandate = (struct mandate_state){.number = 1,
        .text = hash_of(span_text(role)),
        .live = true,
        .requester = world->desk.key.id,
        .first = 101,
        .last = 1000,
        .count = 500,
        .longest = 30 * (int64_t)DAY,
        .until = NOW + 100 * (moment)DAY,
        .reserved = 256,
        .top = top};
    snprintf(mandate->role, sizeof mandate->role, "%s", role);
}

static void make_vault(struct mandate_world *world)
{
    memset(&world->keyring, 0, sizeof world->keyring);
    world->keyring.count = 2;
    for (size_t i = 0; i < 2; i++) {
        world->keyring.keys[i].key = world->keys[i];
        snprintf(world->keyring.keys[i].label, LIMIT_ROLE_NAME + 1, "%s", roles[2 * i]);
    }
    memset(&world->state, 0, sizeof world->state);
    world->state.time = NOW - DAY;
    world->state.mandate_count = MANDATES;
    make_mandate(world, OF_DIRECTOR, roles[0], 400);
    make_mandate(world, OF_IMAGE, roles[2], 149);
    world->blocks = (struct blocks){.count = 0};
}

static void make_payloads(struct mandate_world *world)
{
    static const char *const names[] = {
        "director/targets@VIN-1", "director/targets@VIN-2", "image/timestamp"};
    for (size_t i = 0; i < ITEMS; i++) {
        world->payloads[i].item = names[i];
        world->payloads[i].type = i == 2 ? "timestamp" : "Targets";
        world->payloads[i].version = 150;
        world->payloads[i].expires = NOW + DAY;
    }
    bend(world, STEP_PAYLOADS);
    for (size_t i = 0; i < ITEMS; i++) {
        char expires[MOMENT_TEXT + 1];
        moment_write(world->payloads[i].expires, expires);
        snprintf(world->payloads[i].text, sizeof world->payloads[i].text,
            "{\"_type\":\"%s\",\"expires\":\"%s\",\"version\":%llu}", world->payloads[i].type,
            expires, (unsigned long long)world->payloads[i].version);
    }
}

static void make_request(struct mandate_world *world)
{
    struct request *request = &world->request;
    memset(request, 0, sizeof *request);
    request->appliance = world->charter.log;
    request->requester = world->desk.key.id;
    snprintf(request->reason, sizeof request->reason, "a campaign");
    request->expires = NOW + DAY;
    request->item_count = ITEMS;
    for (size_t i = 0; i < ITEMS; i++) {
        snprintf(request->items[i].role, LIMIT_ROLE_NAME + 1, "%s", world->payloads[i].item);
        request->items[i].version = world->payloads[i].version;
        request->items[i].payload = hash_of(span_text(world->payloads[i].text));
    }
    world->signer = &world->desk;
    bend(world, STEP_REQUEST);
    bytes_reset(&world->request_text);
    request_write(request, &world->request_text);
    assert_int_equal(bytes_finish(&world->request_text), OK);
}

static void make_order(struct mandate_world *world)
{
    struct mandated *order = &world->mandated;
    struct span request = bytes_span(&world->request_text);
    memset(order, 0, sizeof *order);
    order->time = NOW;
    order->request = request_id(request);
    order->requester = world->request.requester;
    order->signature_size = person_sign(world->signer, DSSE_REQUEST, request, order->signature);
    order->mandate_count = MANDATES;
    for (size_t i = 0; i < MANDATES; i++) {
        memcpy(order->mandates[i].role, world->state.mandates[i].role, LIMIT_ROLE_NAME + 1);
        order->mandates[i].text = world->state.mandates[i].text;
    }
    bend(world, STEP_ORDER);
    bytes_reset(&world->order_text);
    mandated_write(order, &world->order_text);
    assert_int_equal(bytes_finish(&world->order_text), OK);
}

static void make_ask(struct mandate_world *world)
{
    struct message *ask = &world->ask;
    memset(ask, 0, sizeof *ask);
    ask->kind = VAULT_MANDATE;
    ask->judge.order = bytes_span(&world->order_text);
    ask->judge.request = bytes_span(&world->request_text);
    ask->judge.payloads.count = (uint32_t)world->request.item_count;
    for (size_t i = 0; i < world->request.item_count; i++)
        ask->judge.payloads.at[i] = span_text(world->payloads[i].text);
    bend(world, STEP_ASK);
}

void mandate_world_build(struct mandate_world *world)
{
    struct mandate_judgement *judged = &world->judged;
    make_charter(world);
    make_vault(world);
    make_payloads(world);
    make_request(world);
    make_order(world);
    make_ask(world);
    memset(judged, 0, sizeof *judged);
    judged->charter = &world->charter;
    judged->state = &world->state;
    judged->keyring = &world->keyring;
    judged->blocks = &world->blocks;
    judged->ask = &world->ask;
    judged->now = NOW;
    bend(world, STEP_VAULT);
}

int mandate_world_set_up(void **state)
{
    struct mandate_world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    person_make(&world->alice, KEY_P256);
    person_make(&world->desk, KEY_ED25519);
    person_make(&world->stranger, KEY_ED25519);
    for (unsigned i = 0; i < 2; i++)
        world->keys[i] = made_up_key(i + 1);
    bytes_init(&world->request_text, LIMIT_RECORD);
    bytes_init(&world->order_text, LIMIT_RECORD);
    *state = world;
    return 0;
}

int mandate_world_tear_down(void **state)
{
    struct mandate_world *world = *state;
    person_clear(&world->alice);
    person_clear(&world->desk);
    person_clear(&world->stranger);
    bytes_clear(&world->request_text);
    bytes_clear(&world->order_text);
    free(world);
    return 0;
}
