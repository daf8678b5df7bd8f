// Records, and an order on its way through the vault of a struct house.
#include "tests/unit/vault_house.h"

#include "policy/chain.h"
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

struct wish house_metadata(struct house *house, const char *role, uint64_t version)
{
    char expires[MOMENT_TEXT + 1];
    moment_write(house_now(house) + 30 * (moment)HOUSE_DAY, expires);
    snprintf(house->payload, sizeof house->payload,
        "{\"_type\":\"%s\",\"expires\":\"%s\",\"spec_version\":\"1.0.31\","
        "\"version\":%llu}",
        strchr(role, '/') + 1, expires, (unsigned long long)version);
    return (struct wish){
        .role = role, .version = version, .payload = span_text(house->payload)};
}

static const struct person *asker_of(const struct house *house)
{
    return house->wish.asker == NULL ? &house->desk : house->wish.asker;
}

static void make_request(struct house *house)
{
    struct request *request = &house->asked;
    const struct wish *wish = &house->wish;
    *request = (struct request){.appliance = house->log.id,
        .requester = asker_of(house)->key.id,
        .nonce = {(uint8_t)house->record_count},
        .reason = "it is time",
        .expires = house_now(house) + house->life,
        .items = {{.version = wish->version, .payload = hash_of(wish->payload)}},
        .item_count = 1,
        .evidence_count = wish->evidence_count};
    snprintf(request->items[0].role, LIMIT_ROLE_NAME + 1, "%s", wish->role);
    for (size_t i = 0; i < wish->evidence_count; i++)
        request->evidence[i] = hash_of(wish->evidence[i]);
    bytes_reset(&house->request);
    request_write(request, &house->request);
    assert_int_equal(bytes_finish(&house->request), OK);
}

static struct hash previous_of(const struct house *house)
{
    struct lift_motion lift;
    if (motion_of(house->wish.role) == MOTION_MANDATE)
        return chain_mandate(house_state(house), house->wish.decides);
    if (motion_of(house->wish.role) != MOTION_LIFT)
        return chain_previous(house_state(house), house->wish.role);
    assert_int_equal(lift_motion_read(house->wish.payload, &lift), OK);
    return lift.freeze;
}

static void make_opened(struct house *house)
{
    struct opened *opened = &house->open;
    const struct request *request = &house->asked;
    struct span text = bytes_span(&house->request);
    *opened = (struct opened){.appliance = request->appliance,
        .request = request_id(text),
        .requester = request->requester,
        .items = {request->items[0]},
        .item_count = 1,
        .rendering = 1,
        .shown = hash_of(span_text("what was shown")),
        .epoch = house->read->epoch,
        .charter = house->read->hash,
        .time = house_now(house),
        .earliest = house_now(house) + house->delay,
        .expires = request->expires};
    opened->items[0].previous = previous_of(house);
    opened->decides_count = house->wish.decides != NULL;
    if (house->wish.decides != NULL)
        snprintf(opened->decides[0], LIMIT_ROLE_NAME + 1, "%s", house->wish.decides);
    opened->reach_count = house->wish.reach.need > 0;
    opened->reach[0] = house->wish.reach;
    opened->signature_size =
        person_sign(asker_of(house), DSSE_REQUEST, text, opened->signature);
    bytes_reset(&house->opened);
    opened_write(opened, &house->opened);
    assert_int_equal(bytes_finish(&house->opened), OK);
}

void house_make_opened(struct house *house, const struct wish *wish)
{
    house->wish = *wish;
    make_request(house);
    make_opened(house);
}

void house_open(struct house *house, const struct wish *wish)
{
    house_make_opened(house, wish);
    house->place = (struct place){house->record_count, merkle_leaf(bytes_span(&house->opened))};
    house_append(house, bytes_span(&house->opened));
    house->approvals.count = 0;
    house->ordered = (struct order){.request = house->open.request, .opened = house->place};
}

void house_approve(struct house *house, const struct person *person)
{
    size_t at = house->ordered.approval_count++;
    struct bytes statement, record;
    struct decided decided = {.time = house_now(house),
        .request = house->open.request,
        .opened = house->place,
        .decision = DECISION_APPROVE,
        .approver = person->key.id};
    bytes_init(&statement, LIMIT_RECORD);
    bytes_init(&record, LIMIT_RECORD);
    approval_write(&house->open, house->place.index, &house->place.leaf, DECISION_APPROVE,
        &person->key.id, &statement);
    decided.signature_size =
        person_sign(person, DSSE_APPROVAL, bytes_span(&statement), decided.signature);
    memcpy(house->signatures[at], decided.signature, decided.signature_size);
    house->approvals.at[at] = (struct signed_by){
        person->key.id, span_of(house->signatures[at], decided.signature_size)};
    house->approvals.count = (uint32_t)at + 1;
    house->ordered.approvals[at] = (struct order_approval){house->record_count, person->key.id};
    decided_write(&decided, &record);
    house_append(house, bytes_span(&record));
    bytes_clear(&statement);
    bytes_clear(&record);
}

void house_order(struct house *house, const struct place *added_to)
{
    struct merkle_store store = {node_of, house};
    struct merkle_path path;
    house_durable(house);
    house->ordered.time = house_now(house);
    house->ordered.adds = added_to != NULL;
    if (added_to != NULL)
        house->ordered.added_to = *added_to;
    bytes_reset(&house->order);
    order_write(&house->ordered, &house->order);
    assert_int_equal(bytes_finish(&house->order), OK);
    assert_int_equal(
        merkle_prove_inclusion(&store, house->place.index, house->record_count, &path), OK);
    house->path.count = (uint32_t)path.count;
    memcpy(house->path.at, path.nodes, path.count * sizeof path.nodes[0]);
}

void house_make(struct house *house, const struct wish *wish, unsigned by)
{
    house_open(house, wish);
    for (size_t i = 0; i < PEOPLE; i++)
        if ((by >> i & 1) != 0)
            house_approve(house, &house->people[i]);
    house_order(house, NULL);
}

void house_make_order(struct house *house, uint64_t version)
{
    struct wish wish = house_metadata(house, "image/targets", version);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
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
    ask.judge.payloads.at[0] = house->wish.payload;
    ask.judge.evidence.count = (uint32_t)house->wish.evidence_count;
    memcpy(ask.judge.evidence.at, house->wish.evidence, sizeof house->wish.evidence);
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

// A new charter is in force with its seal.
static void take_charter(struct house *house, const struct hash *sealed)
{
    struct refusal why = {0};
    if (hash_equal(sealed, &house->read->hash))
        return;
    copy(&house->charter, bytes_span(&house->next_charter));
    assert_int_equal(charter_read(bytes_span(&house->charter), house->read, &why), OK);
    assert_true(hash_equal(sealed, &house->read->hash));
}

void house_execute(struct house *house, struct bytes *next)
{
    struct hash state = hash_of(bytes_span(next));
    house_say_kind(house, VAULT_EXECUTE);
    house_hear(house, VAULT_SEALED);
    const struct message *sealed = &house->heard;
    assert_true(hash_equal(&sealed->sealed.state, &state));
    house->seal.number = sealed->sealed.number;
    house->seal.size = house->record_count;
    copy(&house->state, bytes_span(next));
    take_charter(house, &sealed->sealed.charter);
    assert_int_equal(sealed->sealed.epoch, house->read->epoch);
}

static const struct outcome *hear_outcome(struct house *house, bool keep)
{
    static struct outcome outcome;
    struct hash state = hash_of(bytes_span(&house->state));
    house_hear(house, VAULT_OUTCOME);
    assert_int_equal(outcome_read(house->heard.outcome.text, &outcome), OK);
    assert_int_equal(house->heard.outcome.place.index, house->record_count);
    assert_true(hash_equal(&outcome.state, &state));
    house->outcome = house->heard.outcome.place;
    if (keep)
        house_keep(house, house->heard.outcome.text);
    return &outcome;
}

static const struct key *key_with(const struct house *house, const struct hash *id)
{
    for (size_t i = 0; i < house->read->key_count; i++)
        if (hash_equal(&house->read->keys[i].key.id, id))
            return &house->read->keys[i].key;
    fail_msg("a signature by a key that is not in the charter");
    return NULL;
}

const struct outcome *house_signed(struct house *house, size_t count, bool keep)
{
    const struct outcome *outcome = hear_outcome(house, keep);
    const struct span_list *signatures = &house->heard.outcome.signatures;
    assert_int_equal(outcome->signature_count, count);
    assert_int_equal(signatures->count, count);
    for (size_t i = 0; i < count; i++) {
        struct hash hash = hash_of(signatures->at[i]);
        assert_true(hash_equal(&hash, &outcome->signatures[i].signature));
        assert_int_equal(key_verify(key_with(house, &outcome->signatures[i].key),
                             span_text(house->payload), signatures->at[i]),
            OK);
    }
    return outcome;
}

void house_outcome(struct house *house, bool keep)
{
    house_signed(house, 2, keep);
}

const struct outcome *house_done(
    struct house *house, const char *done, uint64_t number, bool keep)
{
    const struct outcome *outcome = hear_outcome(house, keep);
    assert_int_equal(outcome->signature_count, 0);
    assert_int_equal(house->heard.outcome.signatures.count, 0);
    assert_string_equal(outcome->done, done);
    assert_int_equal(outcome->done_number, number);
    return outcome;
}

void house_carry_out(struct house *house)
{
    house_judge(house, &house->next_state);
    house_execute(house, &house->next_state);
    if (house->wish.decides == NULL)
        house_outcome(house, true);
    else
        house_done(house, house->wish.role, house->wish.version, true);
    house_durable(house);
}

void house_sign(struct house *house, uint64_t version)
{
    house_make_order(house, version);
    house_carry_out(house);
}
