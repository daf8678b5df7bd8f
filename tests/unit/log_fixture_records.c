#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/log_fixture.h"

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

struct opened fixture_opened(struct fixture *fixture, const struct request *request)
{
    struct bytes text;
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
        const struct role_state *last = state_role(&fixture->state, request->items[i].role);
        opened.items[i] = request->items[i];
        if (last != NULL)
            opened.items[i].previous = last->payload;
    }
    bool bobs = hash_equal(&request->requester, &fixture->bobs.key.id);
    bytes_init(&text, LIMIT_RECORD);
    request_write(request, &text);
    fixture_sign(bobs ? &fixture->bobs : &fixture->service, DSSE_REQUEST, bytes_span(&text),
        opened.signature, &opened.signature_size);
    bytes_clear(&text);
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
    struct decided decided = {
        .time = fixture->now,
        .request = opened->request,
        .opened = *place,
        .decision = decision,
        .approver = fixture->admins[admin].key.id,
    };
    bytes_init(&text, LIMIT_RECORD);
    approval_write(opened, place->index, &place->leaf, decision, &decided.approver, &text);
    fixture_sign(&fixture->admins[admin], DSSE_APPROVAL, bytes_span(&text), decided.signature,
        &decided.signature_size);
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
    bytes_init(&text, LIMIT_RECORD);
    order_write(order, &text);
    return append_written(fixture, &text);
}

static const struct fixture_key *role_key(const struct fixture *fixture, const char *role)
{
    for (size_t i = 0; i < FIXTURE_ROLES; i++)
        if (strcmp(fixture->charter->roles[i].name, role) == 0)
            return &fixture->roles[i];
    fail_msg("no role %s", role);
    return NULL;
}

static struct span blob_of(struct fixture *fixture, const struct hash *hash)
{
    for (size_t i = 0; i < fixture->blob_count; i++)
        if (hash_equal(&fixture->blobs[i].hash, hash))
            return bytes_span(&fixture->blobs[i].bytes);
    fail_msg("no such blob");
    return (struct span){0};
}

static void move_state(
    struct fixture *fixture, const struct opened *opened, const struct place *order)
{
    fixture->state.time = fixture->now;
    fixture->state.has_order = true;
    fixture->state.order = *order;
    for (size_t i = 0; i < opened->item_count; i++) {
        struct role_state role = {.version = opened->items[i].version,
            .payload = opened->items[i].payload,
            .expires = fixture->now + 3600};
        memcpy(role.role, opened->items[i].role, sizeof role.role);
        assert_int_equal(state_set(&fixture->state, &role), OK);
    }
}

struct outcome fixture_outcome(
    struct fixture *fixture, const struct opened *opened, const struct place *order)
{
    struct bytes text;
    struct outcome outcome = {
        .time = fixture->now, .request = opened->request, .order = *order};
    move_state(fixture, opened, order);
    bytes_init(&text, LIMIT_STATE);
    state_write(&fixture->state, &text);
    assert_int_equal(bytes_finish(&text), OK);
    outcome.state = fixture_keep(fixture, bytes_span(&text));
    bytes_clear(&text);
    for (size_t i = 0; i < opened->item_count; i++) {
        uint8_t signature[KEY_SIGNATURE_MOST];
        size_t size;
        const struct item *item = &opened->items[i];
        const struct fixture_key *key = role_key(fixture, item->role);
        struct outcome_signature *line = &outcome.signatures[outcome.signature_count++];
        fixture_sign_bytes(key, blob_of(fixture, &item->payload), signature, &size);
        memcpy(line->role, item->role, sizeof line->role);
        line->version = item->version;
        line->key = key->key.id;
        line->signature = fixture_keep(fixture, span_of(signature, size));
    }
    return outcome;
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
    fixture_found(fixture);
    struct request request =
        fixture_request(fixture, "image/targets", 7, span_text("payload 7"));
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
