#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/log_fixture_mandate.h"

#include "policy/chain.h"
#include "policy/mandate.h"
#include "proto/dsse.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 24 * 3600 };

static void add_director(struct fixture *log)
{
    struct charter *charter = log->charter;
    struct repository *repository = &charter->repositories[charter->repository_count++];
    struct role *role = &charter->roles[charter->role_count];
    *repository = (struct repository){"vehicles", DIALECT_UPTANE, KIND_DIRECTOR};
    *role = charter->roles[charter->role_count - 1];
    snprintf(role->name, sizeof role->name, MANDATE_ROLE);
    role->by_mandate = true;
    charter->keys[charter->key_count++] =
        (struct role_key){.role = charter->role_count++, .key = log->spare[log->made++].key};
}

static void add_all(struct fixture *log)
{
    fixture_guard(log);
    add_director(log);
}

static int make(void **state, void (*shape)(struct fixture *log))
{
    struct fixture *log = fixture_new_shaped(shape);
    fixture_found(log);
    *state = log;
    return 0;
}

int audit_make_mandated(void **state)
{
    return make(state, add_director);
}

int audit_make_all(void **state)
{
    return make(state, add_all);
}

// ---- mandates ----

struct mandate_motion fixture_mandate(const struct fixture *log)
{
    const struct mandate_state *last = state_mandate(&log->state, MANDATE_ROLE);
    return (struct mandate_motion){.number = last == NULL ? 1 : last->number + 1,
        .role = MANDATE_ROLE,
        .requester = log->service.key.id,
        .first = 1,
        .last = 1000,
        .count = 100,
        .longest = DAY,
        .until = log->now + 30 * DAY};
}

void half_mandate(struct fixture *log, const struct mandate_motion *motion)
{
    struct half half;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    mandate_motion_write(motion, &text);
    half.request = fixture_motion(log, MOTION_MANDATE, motion->number, &text);
    half.opened = fixture_opened(log, &half.request);
    snprintf(half.opened.decides[0], sizeof half.opened.decides[0], "%s", motion->role);
    half_reopen(log, &half);
    half_approve_both(log, &half);
    half_sign(log, &half);
}

// ---- what is signed under one ----

static void write_targets(const struct fixture *log, uint64_t version, struct bytes *out)
{
    char expires[MOMENT_TEXT + 1];
    moment_write(log->now + DAY, expires);
    bytes_add_format(out,
        "{\"_type\":\"Targets\",\"expires\":\"%s\",\"targets\":{},\"version\":%llu}", expires,
        (unsigned long long)version);
}

void under_ask_again(struct fixture *log, struct under *under)
{
    const struct mandate_state *mandate = state_mandate(&log->state, MANDATE_ROLE);
    struct mandated *mandated = &under->mandated;
    *mandated = (struct mandated){.time = log->now,
        .request = fixture_keep_request(log, &under->request),
        .requester = under->request.requester,
        .mandate_count = 1};
    memcpy(mandated->mandates[0].role, mandate->role, sizeof mandate->role);
    mandated->mandates[0].text = mandate->text;
    fixture_sign(fixture_key_of(log, &mandated->requester), DSSE_REQUEST,
        fixture_blob(log, &mandated->request), mandated->signature, &mandated->signature_size);
}

void under_ask(struct fixture *log, struct under *under, const char *vehicle, uint64_t version)
{
    char name[LIMIT_ROLE_NAME + 1];
    struct bytes payload;
    snprintf(name, sizeof name, MANDATE_ROLE "@%s", vehicle);
    bytes_init(&payload, LIMIT_PAYLOAD);
    write_targets(log, version, &payload);
    under->request = fixture_request(log, name, version, bytes_span(&payload));
    bytes_clear(&payload);
    under_ask_again(log, under);
}

struct place under_order(struct fixture *log, const struct under *under)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    mandated_write(&under->mandated, &text);
    struct place place = fixture_append(log, &text);
    bytes_clear(&text);
    return place;
}

// Numbers are reserved for as many as there are, once a mandate.
static void reserve(struct fixture *log, uint64_t highest)
{
    struct refusal refusal;
    uint64_t taken = 0;
    struct mandate_state mandate = *state_mandate(&log->state, MANDATE_ROLE);
    if (mandate.reserved > 0)
        return;
    if (highest > mandate.last)
        highest = mandate.last;
    assert_int_equal(mandate_reserve(&mandate, 1, highest, &taken, &refusal), OK);
    assert_int_equal(state_set_mandate(&log->state, &mandate), OK);
    log->state.has_order = false;
    log->state.order = (struct place){0};
    log->state.time = log->now;
}

static const struct hash *director_key(const struct fixture *log)
{
    const struct role_key *key = log->charter->keys;
    while (strcmp(log->charter->roles[key->role].name, MANDATE_ROLE) != 0)
        key++;
    return &key->key.id;
}

struct place under_outcome(
    struct fixture *log, const struct under *under, const struct place *order)
{
    reserve(log, under->request.items[0].version);
    struct outcome outcome = {.time = log->now,
        .request = under->mandated.request,
        .order = *order,
        .state = fixture_keep_state(log)};
    for (size_t i = 0; i < under->request.item_count; i++)
        fixture_add_line(log, &under->request.items[i], director_key(log), &outcome);
    return fixture_append_outcome(log, &outcome);
}

struct place under_sign(struct fixture *log, const struct under *under)
{
    struct place order = under_order(log, under);
    return under_outcome(log, under, &order);
}

struct place under_carry(struct fixture *log, const char *vehicle, uint64_t version)
{
    struct under under;
    under_ask(log, &under, vehicle, version);
    return under_sign(log, &under);
}
