#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_play.h"

#include "metadata/render.h"
#include "policy/chain.h"
#include "proto/dsse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- requests ----

static void write_time(uint64_t number, struct bytes *out)
{
    const struct time_motion motion = {.number = number, .time = moment_now()};
    time_motion_write(&motion, out);
}

static void write_keys(uint64_t number, struct bytes *out)
{
    struct keys_motion motion = {.number = number, .make_count = 1};
    snprintf(motion.make[0].role, sizeof motion.make[0].role, "image/targets");
    motion.make[0].type = KEY_ED25519;
    keys_motion_write(&motion, out);
}

static void write_payload(
    const char *role, uint64_t version, struct span payload, struct bytes *out)
{
    if (payload.size > 0)
        bytes_add(out, payload);
    else if (motion_of(role) == MOTION_TIME)
        write_time(version, out);
    else
        write_keys(version, out);
    assert_int_equal(bytes_finish(out), OK);
}

static void sign(struct play *play, const struct person *by)
{
    request_write(&play->request, &play->text);
    assert_int_equal(bytes_finish(&play->text), OK);
    play->id = request_id(bytes_span(&play->text));
    play->signature_size =
        person_sign(by, DSSE_REQUEST, bytes_span(&play->text), play->signature);
}

struct play play_new(struct keeper_house *house, const struct person *by, const char *role,
    uint64_t version, struct span payload)
{
    struct play play = {.request = {.appliance = house->log.key.id,
                            .requester = by->key.id,
                            .reason = "routine",
                            .expires = moment_now() + HOUSE_DAY,
                            .item_count = 1}};
    bytes_init(&play.text, LIMIT_RECORD);
    bytes_init(&play.payload, LIMIT_PAYLOAD);
    write_payload(role, version, payload, &play.payload);
    memcpy(play.request.nonce, &house->serial, sizeof house->serial);
    house->serial++;
    snprintf(play.request.items[0].role, sizeof play.request.items[0].role, "%s", role);
    play.request.items[0].version = version;
    play.request.items[0].payload = hash_of(bytes_span(&play.payload));
    sign(&play, by);
    return play;
}

void play_adds(struct play *play, const struct person *by, const char *role, uint64_t version,
    const struct hash *payload)
{
    struct item *item = &play->request.items[play->request.item_count++];
    *item = (struct item){.version = version, .payload = *payload};
    snprintf(item->role, sizeof item->role, "%s", role);
    bytes_reset(&play->text);
    sign(play, by);
}

void play_clear(struct play *play)
{
    bytes_clear(&play->text);
    bytes_clear(&play->payload);
}

static void fill_reach(const struct charter *charter, struct opened *opened)
{
    struct reach *reach = &opened->reach[0];
    const struct role *role = charter_role(charter, opened->items[0].role);
    if (role == NULL)
        return;
    for (size_t i = 0; i < charter->key_count; i++)
        if (&charter->roles[charter->keys[i].role] == role && charter->keys[i].has_custodian)
            reach->keys[reach->key_count++] = charter->keys[i].key.id;
    snprintf(reach->role, sizeof reach->role, "%s", role->name);
    reach->need = 2;
    opened->reach_count = reach->key_count > 0;
}

void play_live(struct keeper_house *house, struct play *play)
{
    struct bytes record;
    struct opened *opened = &play->opened;
    *opened = (struct opened){.appliance = house->log.key.id,
        .request = play->id,
        .requester = play->request.requester,
        .signature_size = play->signature_size,
        .item_count = 1,
        .rendering = play->rendering == 0 ? RENDERING : play->rendering,
        .shown = hash_of(span_text("shown")),
        .epoch = house->charter->epoch,
        .charter = house->charter->hash,
        .time = moment_now() - 10,
        .earliest = moment_now() - 10,
        .expires = play->request.expires};
    memcpy(opened->signature, play->signature, play->signature_size);
    opened->items[0] = play->request.items[0];
    opened->items[0].previous = chain_previous(house->state, opened->items[0].role);
    fill_reach(house->charter, opened);
    if (motion_of(opened->items[0].role) != MOTION_NONE)
        snprintf(opened->decides[opened->decides_count++], LIMIT_ROLE_NAME, "charter");
    bytes_init(&record, LIMIT_RECORD);
    opened_write(opened, &record);
    assert_int_equal(bytes_finish(&record), OK);
    play->place = house_live(house, bytes_span(&record));
    bytes_clear(&record);
}

static size_t sign_decision(const struct keeper_house *house, const struct play *play,
    size_t person, enum decision decision, uint8_t *signature)
{
    const struct person *who = &house->people[person];
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    approval_write(&play->opened, play->place.index, &play->place.leaf, decision, &who->key.id,
        &statement);
    size_t size = person_sign(who, DSSE_APPROVAL, bytes_span(&statement), signature);
    bytes_clear(&statement);
    return size;
}

void play_decides(
    struct keeper_house *house, const struct play *play, size_t person, enum decision decision)
{
    struct bytes record;
    struct decided decided = {.time = moment_now() - 5,
        .request = play->id,
        .opened = play->place,
        .decision = decision,
        .approver = house->people[person].key.id};
    decided.signature_size = sign_decision(house, play, person, decision, decided.signature);
    bytes_init(&record, LIMIT_RECORD);
    decided_write(&decided, &record);
    assert_int_equal(bytes_finish(&record), OK);
    house_live(house, bytes_span(&record));
    bytes_clear(&record);
}

// ---- the gate ----

uint64_t gate_says(struct keeper_house *house, struct message *ask)
{
    ask->id = ++house->serial;
    house_says(&house->gate, ask);
    return ask->id;
}

uint64_t gate_submits(struct keeper_house *house, const struct play *play)
{
    struct message ask = {.kind = ASK_SUBMIT};
    ask.submit.request = bytes_span(&play->text);
    ask.submit.signature = span_of(play->signature, play->signature_size);
    ask.submit.blobs.at[ask.submit.blobs.count++] = bytes_span(&play->payload);
    return gate_says(house, &ask);
}

uint64_t gate_decides(
    struct keeper_house *house, const struct play *play, size_t person, enum decision decision)
{
    uint8_t signature[KEY_SIGNATURE_MOST];
    struct message ask = {.kind = ASK_DECIDE};
    size_t size = sign_decision(house, play, person, decision, signature);
    ask.decide.request = play->id;
    ask.decide.opened = play->place;
    ask.decide.decision = decision;
    ask.decide.approver = house->people[person].key.id;
    ask.decide.signature = span_of(signature, size);
    return gate_says(house, &ask);
}

uint64_t gate_withdraws(
    struct keeper_house *house, const struct play *play, const struct person *by)
{
    uint8_t signature[KEY_SIGNATURE_MOST];
    struct message ask = {.kind = ASK_WITHDRAW};
    struct bytes statement;
    bytes_init(&statement, LIMIT_RECORD);
    withdrawal_write(&house->log.key.id, &play->id, &by->key.id, &statement);
    size_t size = person_sign(by, DSSE_WITHDRAWAL, bytes_span(&statement), signature);
    bytes_clear(&statement);
    ask.withdraw.request = play->id;
    ask.withdraw.requester = by->key.id;
    ask.withdraw.signature = span_of(signature, size);
    return gate_says(house, &ask);
}

uint64_t gate_freezes(struct keeper_house *house, size_t person, uint64_t number,
    const struct freeze_of *of, struct hash *freeze_id)
{
    uint8_t signature[KEY_SIGNATURE_MOST];
    struct message ask = {.kind = ASK_FREEZE};
    struct bytes statement;
    const struct freeze freeze = {.appliance = house->log.key.id,
        .administrator = house->people[person].key.id,
        .epoch = house->charter->epoch,
        .charter = house->charter->hash,
        .number = number,
        .of = *of,
        .reason = "suspicion"};
    bytes_init(&statement, LIMIT_RECORD);
    freeze_write(&freeze, &statement);
    assert_int_equal(bytes_finish(&statement), OK);
    *freeze_id = hash_of(bytes_span(&statement));
    size_t size =
        person_sign(&house->people[person], DSSE_FREEZE, bytes_span(&statement), signature);
    ask.freeze.statement = bytes_span(&statement);
    ask.freeze.signature = span_of(signature, size);
    uint64_t id = gate_says(house, &ask);
    bytes_clear(&statement);
    return id;
}

struct place gate_is_accepted(
    struct keeper_house *house, uint64_t id, const struct hash *request, enum fate fate)
{
    struct message answer = house_hears(house, &house->gate, ANSWER_ACCEPTED);
    assert_int_equal(answer.id, id);
    assert_memory_equal(&answer.accepted.request, request, sizeof *request);
    assert_int_equal(answer.accepted.fate, fate);
    return answer.accepted.place;
}

void gate_is_refused(
    struct keeper_house *house, uint64_t id, const char *rule, const char *words, bool known)
{
    char sentence[LIMIT_SENTENCE + 1];
    struct message answer = house_hears(house, &house->gate, ANSWER_REFUSED);
    snprintf(sentence, sizeof sentence, "%.*s", (int)answer.refused.sentence.size,
        (const char *)answer.refused.sentence.data);
    assert_int_equal(answer.id, id);
    if (!span_is(answer.refused.rule, rule) || strstr(sentence, words) == NULL)
        fail_msg("refused by %.*s: %s", (int)answer.refused.rule.size,
            (const char *)answer.refused.rule.data, sentence);
    assert_int_equal(answer.refused.known, known);
}

void gate_hears_moved(struct keeper_house *house, const struct hash *request)
{
    struct message moved = house_hears(house, &house->gate, SAY_MOVED);
    assert_memory_equal(&moved.request.request, request, sizeof *request);
}

// ---- the ledger ----

struct place ledger_stores(
    struct keeper_house *house, enum record_kind kind, struct bytes *copy)
{
    struct message order = house_hears(house, &house->ledger, ORDER_RECORD);
    if (record_kind(order.record.text) != kind)
        fail_msg("another record: %.*s", (int)order.record.text.size,
            (const char *)order.record.text.data);
    struct message done = {.kind = DONE_RECORD, .id = order.id};
    done.place = house_leaf(house, order.record.text);
    if (copy != NULL) {
        bytes_init(copy, LIMIT_RECORD);
        bytes_add(copy, order.record.text);
    }
    house_says(&house->ledger, &done);
    return done.place;
}

void ledger_opens(struct keeper_house *house, struct play *play)
{
    struct bytes record;
    play->place = ledger_stores(house, RECORD_OPENED, &record);
    assert_int_equal(opened_read(bytes_span(&record), &play->opened), OK);
    assert_memory_equal(&play->opened.request, &play->id, sizeof play->id);
    bytes_clear(&record);
}

void house_opens(struct keeper_house *house, struct play *play)
{
    uint64_t id = gate_submits(house, play);
    ledger_opens(house, play);
    gate_is_accepted(house, id, &play->id, FATE_OPEN);
}

void house_decides(
    struct keeper_house *house, const struct play *play, size_t person, enum decision decision)
{
    uint64_t id = gate_decides(house, play, person, decision);
    ledger_stores(house, RECORD_DECISION, NULL);
    gate_is_accepted(house, id, &play->id, FATE_OPEN);
}

uint64_t ledger_takes_order(struct keeper_house *house, struct order *order)
{
    static struct order read;
    struct message message = house_hears(house, &house->ledger, ORDER_SIGN);
    assert_int_equal(order_read(message.record.text, order == NULL ? &read : order), OK);
    house_leaf(house, message.record.text);
    return message.id;
}

uint64_t ledger_takes_freeze(struct keeper_house *house, struct frozen *frozen)
{
    struct message message = house_hears(house, &house->ledger, ORDER_SIGN);
    assert_int_equal(frozen_read(message.record.text, frozen), OK);
    assert_int_equal(message.record.blobs.count, 1);
    struct hash id = hash_of(message.record.blobs.at[0]);
    assert_memory_equal(&frozen->request, &id, sizeof id);
    house_leaf(house, message.record.text);
    return message.id;
}

void ledger_refuses(struct keeper_house *house, uint64_t id, const char *rule)
{
    struct message refused = {.kind = ANSWER_REFUSED, .id = id};
    refused.refused.rule = span_text(rule);
    refused.refused.sentence = span_text("the vault would not");
    house_says(&house->ledger, &refused);
}

struct place ledger_signs(struct keeper_house *house, uint64_t id, const struct hash *request,
    const char *done, uint64_t missing, bool charter)
{
    static struct outcome outcome;
    struct message message = {.kind = DONE_SIGN, .id = id};
    struct bytes state, text;
    bytes_init(&state, LIMIT_STATE);
    bytes_init(&text, LIMIT_RECORD);
    state_write(house->state, &state);
    outcome = (struct outcome){.time = moment_now(),
        .request = *request,
        .order = {house->leaf_count - 1, house->leaves[house->leaf_count - 1]},
        .state = hash_of(bytes_span(&state)),
        .missing = missing,
        .done_number = 1,
        .signature_count = done == NULL};
    snprintf(outcome.done, sizeof outcome.done, "%s", done == NULL ? "" : done);
    outcome.signatures[0] = (struct outcome_signature){.role = "image/root",
        .version = 1,
        .key = hash_of(span_text("key")),
        .signature = hash_of(span_text("signature"))};
    outcome_write(&outcome, &text);
    assert_int_equal(bytes_finish(&text), OK);
    message.signed_.place = house_leaf(house, bytes_span(&text));
    message.signed_.outcome = bytes_span(&text);
    message.signed_.state = bytes_span(&state);
    if (charter)
        message.signed_.charter = bytes_span(&house->charter_text);
    house_says(&house->ledger, &message);
    bytes_clear(&state);
    bytes_clear(&text);
    return message.signed_.place;
}
