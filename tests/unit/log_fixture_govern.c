#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/log_fixture_govern.h"

#include "proto/dsse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct place append_written(struct fixture *fixture, struct bytes *text)
{
    struct place place = fixture_append(fixture, text);
    bytes_clear(text);
    return place;
}

// ---- motions ----

struct request fixture_motion(
    struct fixture *fixture, enum motion motion, uint64_t number, struct bytes *text)
{
    assert_int_equal(bytes_finish(text), OK);
    struct request request =
        fixture_request(fixture, motion_role(motion), number, bytes_span(text));
    bytes_clear(text);
    return request;
}

void fixture_show(struct fixture *fixture, struct request *request, struct span file)
{
    request->evidence[request->evidence_count++] = fixture_keep(fixture, file);
}

struct request fixture_ask_keys(struct fixture *fixture, const struct keys_motion *motion)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    keys_motion_write(motion, &text);
    return fixture_motion(fixture, MOTION_KEYS, motion->number, &text);
}

struct request fixture_ask_time(struct fixture *fixture, uint64_t number, moment time)
{
    struct bytes text;
    const struct time_motion motion = {number, time};
    bytes_init(&text, LIMIT_RECORD);
    time_motion_write(&motion, &text);
    return fixture_motion(fixture, MOTION_TIME, number, &text);
}

struct request fixture_ask_lift(struct fixture *fixture, const struct freeze *freeze)
{
    struct bytes text;
    const struct lift_motion motion = {fixture_freeze_id(freeze), freeze->of};
    bytes_init(&text, LIMIT_RECORD);
    lift_motion_write(&motion, &text);
    return fixture_motion(fixture, MOTION_LIFT, 1, &text);
}

// ---- charters ----

struct charter *fixture_draft(const struct fixture *fixture)
{
    struct charter *draft = charter_new();
    assert_non_null(draft);
    *draft = *fixture->charter;
    draft->epoch++;
    draft->previous = fixture->charter->hash;
    return draft;
}

void fixture_add_newcomer(const struct fixture *fixture, struct charter *draft)
{
    size_t at = draft->administrator_count++;
    snprintf(draft->administrators[at].name, sizeof draft->administrators[at].name, "dave");
    draft->administrators[at].key = fixture->newcomer.key;
    draft->groups[0].members[draft->groups[0].member_count++] = (uint8_t)at;
}

static void prove(struct fixture *fixture, struct request *request)
{
    struct bytes text;
    struct proofs *proofs = calloc(1, sizeof *proofs);
    struct proof_line *line = &proofs->at[proofs->count++];
    const struct item *item = &request->items[0];
    line->key = fixture->newcomer.key.id;
    bytes_init(&text, LIMIT_RECORD);
    possession_write(&fixture->log.key.id, item->version, &item->payload, &line->key, &text);
    fixture_sign(&fixture->newcomer, DSSE_POSSESSION, bytes_span(&text), line->signature,
        &line->signature_size);
    bytes_reset(&text);
    proofs_write(proofs, &text);
    fixture_show(fixture, request, bytes_span(&text));
    bytes_clear(&text);
    free(proofs);
}

struct request fixture_ask_charter(struct fixture *fixture, const struct charter *draft)
{
    struct bytes text;
    const struct hash *dave = &fixture->newcomer.key.id;
    bytes_init(&text, LIMIT_CHARTER);
    charter_write(draft, &text);
    struct request request = fixture_motion(fixture, MOTION_CHARTER, draft->epoch, &text);
    if (charter_administrator(draft, dave) != NULL &&
        charter_administrator(fixture->charter, dave) == NULL)
        prove(fixture, &request);
    return request;
}

// ---- freezes ----

struct freeze fixture_freeze(
    const struct fixture *fixture, size_t admin, const struct freeze_of *of)
{
    const struct hash *who = &fixture->admins[admin].key.id;
    return (struct freeze){
        .appliance = fixture->log.key.id,
        .administrator = *who,
        .epoch = fixture->charter->epoch,
        .charter = fixture->charter->hash,
        .number = state_freezer(&fixture->state, who) + 1,
        .of = *of,
        .reason = "a test",
    };
}

struct hash fixture_freeze_id(const struct freeze *freeze)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    freeze_write(freeze, &text);
    struct hash id = hash_of(bytes_span(&text));
    bytes_clear(&text);
    return id;
}

struct place fixture_frozen(struct fixture *fixture, size_t admin, const struct freeze *freeze)
{
    struct bytes text;
    struct frozen frozen = {
        .time = fixture->now, .request = fixture_freeze_id(freeze), .freeze = *freeze};
    bytes_init(&text, LIMIT_RECORD);
    freeze_write(freeze, &text);
    fixture_sign(&fixture->admins[admin], DSSE_FREEZE, bytes_span(&text), frozen.signature,
        &frozen.signature_size);
    bytes_reset(&text);
    frozen_write(&frozen, &text);
    return append_written(fixture, &text);
}

// ---- states ----

void fixture_lose_states(struct fixture *fixture)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    for (size_t i = 0; i < fixture->record_count; i++) {
        memset(outcome, 0, sizeof *outcome);
        if (outcome_read(bytes_span(&fixture->records[i]), outcome) == OK)
            fixture_lose(fixture, &outcome->state);
    }
    free(outcome);
}

// ---- what the appliance writes about itself ----

void fixture_start(struct fixture *fixture)
{
    struct bytes text;
    struct start start = {.time = fixture->now, .version = "0.2.0", .program_count = 1};
    snprintf(start.programs[0].name, sizeof start.programs[0].name, "conclave-vault");
    start.programs[0].hash = hash_of(span_text("conclave-vault"));
    bytes_init(&text, LIMIT_RECORD);
    start_write(&start, &text);
    append_written(fixture, &text);
}

void fixture_clock(struct fixture *fixture, const char *why)
{
    struct bytes text;
    struct clock_record clock = {.time = fixture->now};
    snprintf(clock.why, sizeof clock.why, "%s", why);
    bytes_init(&text, LIMIT_RECORD);
    clock_record_write(&clock, &text);
    append_written(fixture, &text);
}

struct place fixture_end(struct fixture *fixture, const struct hash *request, enum ending how)
{
    struct bytes text;
    const struct ended ended = {
        .time = fixture->now, .request = *request, .how = how, .why = "because"};
    bytes_init(&text, LIMIT_RECORD);
    ended_write(&ended, &text);
    return append_written(fixture, &text);
}
