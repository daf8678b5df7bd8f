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

int house_set_up(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    softhsm_make(&house->softhsm);
    for (size_t i = 0; i < PEOPLE; i++)
        person_make(&house->people[i], i == BOB ? KEY_ED25519 : KEY_P256);
    person_make(&house->desk, KEY_ED25519);
    house->control.fd = house->up.fd = -1;
    house->read = charter_new();
    assert_non_null(house->read);
    for (size_t i = 0; i < HOUSE_RECORDS; i++)
        bytes_init(&house->records[i], LIMIT_RECORD);
    bytes_init(&house->charter, LIMIT_CHARTER);
    bytes_init(&house->objects, LIMIT_OBJECTS);
    bytes_init(&house->state, LIMIT_STATE);
    bytes_init(&house->request, LIMIT_RECORD);
    bytes_init(&house->order, LIMIT_RECORD);
    bytes_init(&house->opened, LIMIT_RECORD);
    *state = house;
    return 0;
}

int house_tear_down(void **state)
{
    struct house *house = *state;
    if (house->pid > 0)
        house_kill(house);
    for (size_t i = 0; i < PEOPLE; i++)
        person_clear(&house->people[i]);
    person_clear(&house->desk);
    for (size_t i = 0; i < HOUSE_RECORDS; i++)
        bytes_clear(&house->records[i]);
    bytes_clear(&house->charter);
    bytes_clear(&house->objects);
    bytes_clear(&house->state);
    bytes_clear(&house->request);
    bytes_clear(&house->order);
    bytes_clear(&house->opened);
    charter_free(house->read);
    softhsm_drop(&house->softhsm);
    free(house);
    return 0;
}

static void copy(struct bytes *to, struct span from)
{
    bytes_reset(to);
    bytes_add(to, from);
    assert_int_equal(bytes_finish(to), OK);
}

// ---- founding ----

void house_ask_keys(struct house *house)
{
    static struct wishes wishes;
    static struct objects objects;
    static const struct key_wish keys[] = {{"image/root", KEY_ED25519},
        {"image/targets", KEY_ED25519}, {"image/targets", KEY_P256}};
    struct bytes text;
    struct message ask = {.kind = VAULT_FOUND_KEYS};
    wishes = (struct wishes){.key_count = 3};
    snprintf(wishes.origin, sizeof wishes.origin, "log.example/test");
    memcpy(wishes.keys, keys, sizeof keys);
    bytes_init(&text, LIMIT_OBJECTS);
    wishes_write(&wishes, &text);
    ask.found_keys.wishes = bytes_span(&text);
    house_say(house, &ask);
    house_hear(house, ANSWER_FOUND_KEYS);
    copy(&house->objects, house->heard.found_keys_are.objects);
    assert_int_equal(objects_read(bytes_span(&house->objects), &objects), OK);
    assert_int_equal(objects.key_count, 3);
    house->log = objects.log;
    bytes_clear(&text);
}

static int by_key(const void *a, const void *b)
{
    const struct administrator *left = a, *right = b;
    return memcmp(left->key.id.byte, right->key.id.byte, HASH_SIZE);
}

static void fill_people(struct house *house, struct charter *charter)
{
    static const char *const names[] = {"alice", "bob", "carol"};
    charter->administrator_count = PEOPLE;
    for (size_t i = 0; i < PEOPLE; i++) {
        snprintf(charter->administrators[i].name, LIMIT_NAME + 1, "%s", names[i]);
        charter->administrators[i].key = house->people[i].key;
        charter->groups[0].members[i] = (uint8_t)i;
    }
    snprintf(charter->groups[0].name, LIMIT_NAME + 1, "everyone");
    charter->groups[0].member_count = PEOPLE;
    charter->group_count = 1;
    charter->changes = (struct quorum){0, 2};
    snprintf(charter->requesters[0].name, LIMIT_NAME + 1, "image-service");
    snprintf(charter->requesters[0].person, LIMIT_NAME + 1, "release-desk");
    charter->requesters[0].key = house->desk.key;
    charter->requester_count = 1;
}

static void fill_roles(struct house *house, struct charter *charter)
{
    static struct objects objects;
    snprintf(charter->repositories[0].name, LIMIT_NAME + 1, "image");
    charter->repositories[0].dialect = DIALECT_TUF;
    charter->repository_count = 1;
    charter->role_count = 2;
    for (size_t i = 0; i < 2; i++) {
        charter->roles[i] = (struct role){.quorum = {0, 2}, .most = 100 * (int64_t)HOUSE_DAY};
        snprintf(charter->roles[i].name, LIMIT_ROLE_NAME + 1, "%s",
            i == 0 ? "image/root" : "image/targets");
    }
    assert_int_equal(objects_read(bytes_span(&house->objects), &objects), OK);
    charter->key_count = objects.key_count;
    for (size_t i = 0; i < objects.key_count; i++)
        charter->keys[i] = (struct role_key){
            strcmp(objects.keys[i].role, "image/root") != 0, objects.keys[i].key};
}

void house_write_charter(struct house *house)
{
    struct charter *charter = charter_new();
    struct refusal why = {0};
    assert_non_null(charter);
    charter->epoch = 1;
    snprintf(charter->origin, sizeof charter->origin, "log.example/test");
    charter->log = house->log.id;
    charter->clock = 300;
    fill_people(house, charter);
    fill_roles(house, charter);
    bytes_reset(&house->charter);
    charter_write(charter, &house->charter);
    if (charter_read(bytes_span(&house->charter), house->read, &why) != OK)
        fail_msg("the charter is none: %s", why.sentence);
    charter_free(charter);
}

static void write_founding(struct house *house, struct bytes *out)
{
    struct founding founding = {.time = moment_now(),
        .log = house->log,
        .charter = hash_of(bytes_span(&house->charter)),
        .objects = hash_of(bytes_span(&house->objects))};
    snprintf(founding.origin, sizeof founding.origin, "log.example/test");
    founding_write(&founding, out);
}

static void write_founded(struct house *house, struct span founding, struct bytes *out)
{
    struct founded founded = {.time = moment_now(),
        .founding = {0, merkle_leaf(founding)},
        .signature_count = PEOPLE};
    struct administrator order[PEOPLE];
    memcpy(order, house->read->administrators, sizeof order);
    qsort(order, PEOPLE, sizeof order[0], by_key);
    for (size_t i = 0; i < PEOPLE; i++)
        for (size_t j = 0; j < PEOPLE; j++)
            if (hash_equal(&house->people[j].key.id, &order[i].key.id)) {
                founded.signatures[i].key = order[i].key.id;
                founded.signatures[i].signature_size = person_sign(&house->people[j],
                    DSSE_FOUNDING, founding, founded.signatures[i].signature);
            }
    founded_write(&founded, out);
}

void house_say_found(struct house *house)
{
    struct message found = {.kind = VAULT_FOUND};
    house->record_count = 2;
    for (size_t i = 0; i < 2; i++)
        bytes_reset(&house->records[i]);
    write_founding(house, &house->records[0]);
    write_founded(house, bytes_span(&house->records[0]), &house->records[1]);
    found.found.founding = bytes_span(&house->records[0]);
    found.found.founded = bytes_span(&house->records[1]);
    found.found.charter = bytes_span(&house->charter);
    found.found.objects = bytes_span(&house->objects);
    house_say(house, &found);
}

void house_found(struct house *house)
{
    house_start(house, STAGE_FOUNDING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_FOUNDING);
    house_ask_keys(house);
    house_write_charter(house);
    house_say_found(house);
    house_hear(house, VAULT_FOUND_JUDGED);
    assert_int_equal(house->heard.judged.place.index, 1);
    copy(&house->state, house->heard.judged.state);
    house_durable(house);
    house_say_kind(house, VAULT_EXECUTE);
    house_hear(house, VAULT_SEALED);
    assert_int_equal(house->heard.sealed.number, 1);
    house_stop(house);
}

// ---- start ----

void house_hear_seal(struct house *house, enum stage stage)
{
    house_hear(house, VAULT_SEAL);
    const struct message *seal = &house->heard;
    assert_int_equal(seal->seal.stage, stage);
    house->seal = (struct seal){seal->seal.number, seal->seal.epoch, seal->seal.charter,
        seal->seal.size, seal->seal.root, seal->seal.state};
    if (stage == STAGE_SERVING)
        assert_true(span_equal(seal->seal.log, key_spki(&house->log)));
    else
        assert_int_equal(seal->seal.log.size, 0);
}

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

static void edge_of(const struct house *house, size_t size, struct merkle_edge *edge)
{
    merkle_edge_init(edge);
    for (size_t i = 0; i < size; i++) {
        struct hash leaf = merkle_leaf(bytes_span(&house->records[i]));
        merkle_edge_append(edge, &leaf);
    }
}

struct hash house_root(const struct house *house, size_t size)
{
    struct merkle_edge edge;
    edge_of(house, size, &edge);
    return merkle_edge_root(&edge);
}

void house_say_resume(struct house *house)
{
    struct message resume = {.kind = VAULT_RESUME};
    struct merkle_edge edge;
    edge_of(house, (size_t)house->seal.size, &edge);
    resume.resume.charter = bytes_span(&house->charter);
    resume.resume.state = bytes_span(&house->state);
    resume.resume.edge.count = (uint32_t)edge.node_count;
    memcpy(resume.resume.edge.at, edge.nodes, edge.node_count * sizeof edge.nodes[0]);
    house_say(house, &resume);
}

void house_serve(struct house *house)
{
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    house_say_resume(house);
    for (size_t i = (size_t)house->seal.size; i < house->record_count; i++)
        house_say_text(house, VAULT_REPLAY, bytes_span(&house->records[i]));
    house_say_kind(house, VAULT_RESUMED);
    house_hear(house, VAULT_UP);
    assert_int_equal(house->heard.durable.size, house->record_count);
}

// ---- records ----

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
        .expires = moment_now() + 7 * (moment)HOUSE_DAY,
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
        .earliest = moment_now(),
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
