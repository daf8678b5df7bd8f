// Records, and an order on its way through the vault of a struct house.
#include "tests/unit/vault_house.h"

#include "proto/dsse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void copy(struct bytes *to, struct span from)
{
    bytes_reset(to);
    bytes_add(to, from);
    assert_int_equal(bytes_finish(to), OK);
}

void house_keep(struct house *house, struct span text)
{
    assert_true(house->record_count < HOUSE_RECORDS);
    copy(&house->records[house->record_count++], text);
}

void house_append(struct house *house, struct span text)
{
    house_say_text(house, VAULT_APPEND, text);
    house_hear(house, VAULT_APPENDED);
    struct hash leaf = merkle_leaf(text);
    assert_int_equal(house->heard.place.index, house->record_count);
    assert_true(hash_equal(&house->heard.place.leaf, &leaf));
    house_keep(house, text);
}

void house_durable(struct house *house)
{
    struct checkpoint checkpoint;
    struct hash root = house_root(house, house->record_count);
    house_say_durable(house, house->record_count);
    house_hear(house, VAULT_CHECKPOINT);
    assert_int_equal(house->heard.checkpoint.size, house->record_count);
    assert_int_equal(checkpoint_open(house->heard.checkpoint.note, "log.example/test",
                         &house->log, &checkpoint),
        OK);
    assert_int_equal(checkpoint.size, house->record_count);
    assert_true(hash_equal(&checkpoint.root, &root));
}

// ---- an order ----

static enum err node_of(void *context, unsigned level, uint64_t index, struct hash *out)
{
    const struct house *house = context;
    if (level == 0) {
        *out = merkle_leaf(bytes_span(&house->records[index]));
        return OK;
    }
    struct hash left, right;
    enum err err = node_of(context, level - 1, 2 * index, &left);
    if (err == OK)
        err = node_of(context, level - 1, 2 * index + 1, &right);
    if (err == OK)
        *out = merkle_node(&left, &right);
    return err;
}

static void make_request(struct house *house, uint64_t version, struct request *request)
{
    char expires[MOMENT_TEXT + 1];
    moment_write(moment_now() + 30 * (moment)HOUSE_DAY, expires);
    snprintf(house->payload, sizeof house->payload,
        "{\"_type\":\"targets\",\"expires\":\"%s\",\"spec_version\":\"1.0.31\","
        "\"targets\":{},\"version\":%llu}",
        expires, (unsigned long long)version);
    *request = (struct request){.appliance = house->log.id,
        .requester = house->desk.key.id,
        .nonce = {(uint8_t)version},
        .reason = "a new image",
        .expires = moment_now() + house->life,
        .items = {{"image/targets", version, hash_of(span_text(house->payload)), {{0}}}},
        .item_count = 1};
    bytes_reset(&house->request);
    request_write(request, &house->request);
    assert_int_equal(bytes_finish(&house->request), OK);
}

static void make_opened(
    struct house *house, const struct request *request, struct opened *opened)
{
    static struct state state;
    struct span text = bytes_span(&house->request);
    const struct role_state *last = NULL;
    assert_int_equal(state_read(bytes_span(&house->state), &state), OK);
    last = state_role(&state, "image/targets");
    *opened = (struct opened){.appliance = request->appliance,
        .request = request_id(text),
        .requester = request->requester,
        .items = {request->items[0]},
        .item_count = 1,
        .rendering = 1,
        .shown = hash_of(span_text("what was shown")),
        .epoch = 1,
        .charter = hash_of(bytes_span(&house->charter)),
        .time = moment_now(),
        .earliest = moment_now() + house->delay,
        .expires = request->expires};
    opened->items[0].previous = last == NULL ? (struct hash){{0}} : last->payload;
    opened->signature_size = person_sign(&house->desk, DSSE_REQUEST, text, opened->signature);
    bytes_reset(&house->opened);
    opened_write(opened, &house->opened);
    assert_int_equal(bytes_finish(&house->opened), OK);
}

static void approve(struct house *house, const struct opened *opened, const struct place *place,
    size_t at, const struct person *person)
{
    struct bytes statement, record;
    struct decided decided = {.time = moment_now(),
        .request = opened->request,
        .opened = *place,
        .decision = DECISION_APPROVE,
        .approver = person->key.id};
    bytes_init(&statement, LIMIT_RECORD);
    bytes_init(&record, LIMIT_RECORD);
    approval_write(
        opened, place->index, &place->leaf, DECISION_APPROVE, &person->key.id, &statement);
    decided.signature_size =
        person_sign(person, DSSE_APPROVAL, bytes_span(&statement), decided.signature);
    memcpy(house->signatures[at], decided.signature, decided.signature_size);
    house->approvals.at[at] = (struct signed_by){
        person->key.id, span_of(house->signatures[at], decided.signature_size)};
    house->approvals.count = (uint32_t)at + 1;
    decided_write(&decided, &record);
    house_append(house, bytes_span(&record));
    bytes_clear(&statement);
    bytes_clear(&record);
}

void house_make_order(struct house *house, uint64_t version)
{
    static struct request request;
    static struct opened opened;
    struct merkle_store store = {node_of, house};
    struct merkle_path path;
    make_request(house, version, &request);
    make_opened(house, &request, &opened);
    struct place place = {house->record_count, merkle_leaf(bytes_span(&house->opened))};
    house_append(house, bytes_span(&house->opened));
    approve(house, &opened, &place, 0, &house->people[ALICE]);
    approve(house, &opened, &place, 1, &house->people[CAROL]);
    house_durable(house);
    struct order order = {.time = moment_now(),
        .request = opened.request,
        .opened = place,
        .approvals = {{place.index + 1, house->people[ALICE].key.id},
            {place.index + 2, house->people[CAROL].key.id}},
        .approval_count = 2};
    bytes_reset(&house->order);
    order_write(&order, &house->order);
    assert_int_equal(bytes_finish(&house->order), OK);
    assert_int_equal(
        merkle_prove_inclusion(&store, place.index, house->record_count, &path), OK);
    house->path.count = (uint32_t)path.count;
    memcpy(house->path.at, path.nodes, path.count * sizeof path.nodes[0]);
}

void house_say_order(struct house *house, enum message_kind kind)
{
    struct message ask = {.kind = kind};
    ask.judge.order = bytes_span(&house->order);
    ask.judge.opened = bytes_span(&house->opened);
    ask.judge.path = house->path;
    ask.judge.size = house->record_count;
    ask.judge.request = bytes_span(&house->request);
    ask.judge.approvals = house->approvals;
    ask.judge.payloads.count = 1;
    ask.judge.payloads.at[0] = span_text(house->payload);
    house_say(house, &ask);
}

void house_judge(struct house *house, struct bytes *next)
{
    house_say_order(house, VAULT_JUDGE);
    house_hear(house, VAULT_JUDGED);
    assert_int_equal(house->heard.judged.place.index, house->record_count);
    copy(next, house->heard.judged.state);
    house_keep(house, bytes_span(&house->order));
    house_durable(house);
}

void house_execute(struct house *house, struct bytes *next)
{
    struct hash state = hash_of(bytes_span(next));
    house_say_kind(house, VAULT_EXECUTE);
    house_hear(house, VAULT_SEALED);
    assert_true(hash_equal(&house->heard.sealed.state, &state));
    house->seal.number = house->heard.sealed.number;
    house->seal.size = house->record_count;
    copy(&house->state, bytes_span(next));
}

static const struct key *key_with(const struct house *house, const struct hash *id)
{
    for (size_t i = 0; i < house->read->key_count; i++)
        if (hash_equal(&house->read->keys[i].key.id, id))
            return &house->read->keys[i].key;
    fail_msg("a signature by a key that is not in the charter");
    return NULL;
}

void house_outcome(struct house *house, bool keep)
{
    static struct outcome outcome;
    struct hash state = hash_of(bytes_span(&house->state));
    house_hear(house, VAULT_OUTCOME);
    const struct span_list *signatures = &house->heard.outcome.signatures;
    assert_int_equal(outcome_read(house->heard.outcome.text, &outcome), OK);
    assert_int_equal(house->heard.outcome.place.index, house->record_count);
    assert_int_equal(outcome.signature_count, 2);
    assert_int_equal(signatures->count, 2);
    assert_true(hash_equal(&outcome.state, &state));
    for (size_t i = 0; i < 2; i++) {
        struct hash hash = hash_of(signatures->at[i]);
        assert_true(hash_equal(&hash, &outcome.signatures[i].signature));
        assert_int_equal(key_verify(key_with(house, &outcome.signatures[i].key),
                             span_text(house->payload), signatures->at[i]),
            OK);
    }
    if (keep)
        house_keep(house, house->heard.outcome.text);
}

void house_sign(struct house *house, uint64_t version)
{
    struct bytes next;
    bytes_init(&next, LIMIT_STATE);
    house_make_order(house, version);
    house_judge(house, &next);
    house_execute(house, &next);
    house_outcome(house, true);
    house_durable(house);
    bytes_clear(&next);
}
