#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/log_fixture.h"

#include "metadata/opening.h"
#include "metadata/reach.h"
#include "proto/dsse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Appends what was written and frees it.
static struct place append_written(struct fixture *fixture, struct bytes *text)
{
    struct place place = fixture_append(fixture, text);
    bytes_clear(text);
    return place;
}

static int by_key(const void *a, const void *b)
{
    const struct founded_signature *left = a, *right = b;
    return memcmp(left->key.byte, right->key.byte, HASH_SIZE);
}

void fixture_found(struct fixture *fixture)
{
    struct founding founding = {.time = fixture->now,
        .log = fixture->log.key,
        .charter = fixture->charter->hash,
        .objects = fixture->objects};
    struct founded founded = {.time = fixture->now};
    struct bytes text;
    memcpy(founding.origin, fixture->charter->origin, sizeof founding.origin);
    bytes_init(&text, LIMIT_RECORD);
    founding_write(&founding, &text);
    founded.founding = fixture_append(fixture, &text);
    for (size_t i = 0; i < FIXTURE_ADMINS; i++) {
        struct founded_signature *by = &founded.signatures[founded.signature_count++];
        by->key = fixture->admins[i].key.id;
        fixture_sign(&fixture->admins[i], DSSE_FOUNDING, bytes_span(&text), by->signature,
            &by->signature_size);
    }
    fixture->state.time = fixture->now;
    fixture->state.epoch = fixture->charter->epoch;
    fixture->state.charter = fixture->charter->hash;
    qsort(founded.signatures, founded.signature_count, sizeof founded.signatures[0], by_key);
    bytes_reset(&text);
    founded_write(&founded, &text);
    append_written(fixture, &text);
}

struct request fixture_request(
    struct fixture *fixture, const char *role, uint64_t version, struct span payload)
{
    struct request request = {
        .appliance = fixture->log.key.id,
        .requester = fixture->service.key.id,
        .reason = "a test",
        .expires = fixture->now + 3600,
        .item_count = 1,
    };
    request.nonce[0] = (uint8_t)fixture->record_count;
    (void)snprintf(request.items[0].role, sizeof request.items[0].role, "%s", role);
    request.items[0].version = version;
    request.items[0].payload = fixture_keep(fixture, payload);
    return request;
}

struct hash fixture_keep_request(struct fixture *fixture, const struct request *request)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    request_write(request, &text);
    assert_int_equal(bytes_finish(&text), OK);
    struct hash id = fixture_keep(fixture, bytes_span(&text));
    bytes_clear(&text);
    return id;
}

void fixture_targets(const struct fixture *fixture, uint64_t version, struct bytes *out)
{
    char expires[MOMENT_TEXT + 1];
    moment_write(fixture->now + 30 * 24 * 3600, expires);
    bytes_add_format(out,
        "{\"_type\":\"targets\",\"expires\":\"%s\",\"spec_version\":\"1.0.0\",\"targets\":{},"
        "\"version\":%llu}",
        expires, (unsigned long long)version);
    assert_int_equal(bytes_finish(out), OK);
}

static void add_signature(
    struct fixture *fixture, const struct request *request, struct opened *opened)
{
    struct bytes text;
    const struct fixture_key *requester = fixture_key_of(fixture, &request->requester);
    bytes_init(&text, LIMIT_RECORD);
    request_write(request, &text);
    fixture_sign(
        requester, DSSE_REQUEST, bytes_span(&text), opened->signature, &opened->signature_size);
    bytes_clear(&text);
}

// How many keys must be able to sign, as the keeper would say.
static void add_reach(struct fixture *fixture, struct opened *opened)
{
    struct refusal refusal = {0};
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct item *item = &opened->items[i];
        struct hash root = opening_root(&fixture->state, item);
        const struct reach_case given = {.charter = fixture->charter,
            .state = &fixture->state,
            .role = charter_role(fixture->charter, item->role),
            .payload = fixture_blob(fixture, &item->payload),
            .root = hash_is_none(&root) ? (struct span){0} : fixture_blob(fixture, &root)};
        if (given.role != NULL)
            assert_int_equal(reach_add(&given, opened, &refusal), OK);
    }
}

// The longest delay, and the shortest time that approvals are waited for.
static void add_times(struct fixture *fixture, struct opened *opened)
{
    bool motion = motion_of(opened->items[0].role) != MOTION_NONE;
    int64_t delay = motion ? fixture->charter->changes_delay : 0;
    for (size_t i = 0; i < opened->item_count; i++) {
        const struct role *role = charter_role(fixture->charter, opened->items[i].role);
        if (role != NULL && role->delay > delay)
            delay = role->delay;
        if (role != NULL && role->within > 0 && opened->time + role->within < opened->expires)
            opened->expires = opened->time + role->within;
    }
    opened->earliest = opened->time + delay;
}

struct opened fixture_opened(struct fixture *fixture, const struct request *request)
{
    struct opened opened = {
        .appliance = request->appliance,
        .request = fixture_keep_request(fixture, request),
        .requester = request->requester,
        .item_count = request->item_count,
        .rendering = 1,
        .shown = {{1}},
        .epoch = fixture->charter->epoch,
        .charter = fixture->charter->hash,
        .time = fixture->now,
        .earliest = fixture->now,
        .expires = request->expires,
    };
    for (size_t i = 0; i < opened.item_count; i++) {
        opened.items[i] = request->items[i];
        opened.items[i].previous = opening_previous(fixture->charter, &fixture->state,
            &request->items[i], fixture_blob(fixture, &request->items[i].payload));
    }
    if (motion_of(opened.items[0].role) != MOTION_NONE) {
        memcpy(opened.decides[0], "charter", sizeof "charter");
        opened.decides_count = 1;
    }
    add_times(fixture, &opened);
    add_reach(fixture, &opened);
    add_signature(fixture, request, &opened);
    return opened;
}

struct place fixture_open(struct fixture *fixture, const struct opened *opened)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    opened_write(opened, &text);
    return append_written(fixture, &text);
}

struct decided fixture_decided(struct fixture *fixture, const struct opened *opened,
    const struct place *place, size_t admin, enum decision decision)
{
    struct bytes text;
    const struct fixture_key *who =
        admin < FIXTURE_ADMINS ? &fixture->admins[admin] : &fixture->newcomer;
    struct decided decided = {
        .time = fixture->now,
        .request = opened->request,
        .opened = *place,
        .decision = decision,
        .approver = who->key.id,
    };
    bytes_init(&text, LIMIT_RECORD);
    approval_write(opened, place->index, &place->leaf, decision, &decided.approver, &text);
    fixture_sign(
        who, DSSE_APPROVAL, bytes_span(&text), decided.signature, &decided.signature_size);
    bytes_clear(&text);
    return decided;
}

struct place fixture_decide(struct fixture *fixture, const struct decided *decided)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    decided_write(decided, &text);
    return append_written(fixture, &text);
}

struct place fixture_order(struct fixture *fixture, const struct order *order)
{
    struct bytes text;
    fixture->order = *order;
    bytes_init(&text, LIMIT_RECORD);
    order_write(order, &text);
    return append_written(fixture, &text);
}

struct place fixture_append_outcome(struct fixture *fixture, const struct outcome *outcome)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    outcome_write(outcome, &text);
    return append_written(fixture, &text);
}

void fixture_found_and_sign(struct fixture *fixture)
{
    struct bytes payload;
    fixture_found(fixture);
    bytes_init(&payload, LIMIT_PAYLOAD);
    fixture_targets(fixture, 7, &payload);
    struct request request = fixture_request(fixture, "image/targets", 7, bytes_span(&payload));
    bytes_clear(&payload);
    struct opened opened = fixture_opened(fixture, &request);
    struct place place = fixture_open(fixture, &opened);
    struct order order = {
        .time = fixture->now, .request = opened.request, .opened = place, .approval_count = 2};
    for (size_t i = 0; i < 2; i++) {
        struct decided decided = fixture_decided(fixture, &opened, &place, i, DECISION_APPROVE);
        order.approvals[i].index = fixture_decide(fixture, &decided).index;
        order.approvals[i].approver = decided.approver;
    }
    struct place ordered = fixture_order(fixture, &order);
    struct outcome outcome = fixture_outcome(fixture, &opened, &ordered);
    fixture_append_outcome(fixture, &outcome);
}
