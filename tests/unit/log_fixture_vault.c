// The vault of a fixture: what it seals and signs for the last order.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/log_fixture_govern.h"

#include "policy/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_approved(const struct fixture *fixture, const struct hash *who)
{
    for (size_t i = 0; i < fixture->order.approval_count; i++)
        if (hash_equal(&fixture->order.approvals[i].approver, who))
            return true;
    return false;
}

static bool is_of(const struct fixture *fixture, const struct role_key *key, const char *role)
{
    const struct key_state *known = state_key(&fixture->state, &key->key.id);
    return strcmp(fixture->charter->roles[key->role].name, role) == 0 &&
           (known == NULL || !known->retired);
}

static bool signs(const struct fixture *fixture, const struct role_key *key, const char *role)
{
    if (!is_of(fixture, key, role))
        return false;
    if (!key->has_custodian)
        return !fixture->order.adds;
    const struct administrator *custodian = &fixture->charter->administrators[key->custodian];
    return has_approved(fixture, &custodian->key.id) &&
           !(fixture->order.adds && state_signed(&fixture->state, role, &key->key.id) != NULL);
}

void fixture_add_line(struct fixture *fixture, const struct item *item, const struct hash *id,
    struct outcome *outcome)
{
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t size;
    struct outcome_signature *line = &outcome->signatures[outcome->signature_count++];
    fixture_sign_bytes(
        fixture_key_of(fixture, id), fixture_blob(fixture, &item->payload), signature, &size);
    memcpy(line->role, item->role, sizeof line->role);
    line->version = item->version;
    line->key = *id;
    line->signature = fixture_keep(fixture, span_of(signature, size));
}

// When the payload expires, by its own words.
static moment expires_of(struct span payload)
{
    static const char name[] = "\"expires\":\"";
    moment expires = 0;
    for (size_t i = 0; i + sizeof name + MOMENT_TEXT <= payload.size; i++)
        if (memcmp(payload.data + i, name, sizeof name - 1) == 0 &&
            moment_read(span_of(payload.data + i + sizeof name - 1, MOMENT_TEXT), &expires) ==
                OK)
            return expires;
    return 0;
}

static void sign_item(struct fixture *fixture, const struct item *item,
    const struct place *order, struct outcome *outcome)
{
    struct state *state = &fixture->state;
    const struct charter *charter = fixture->charter;
    const struct role *role = charter_role(charter, item->role);
    struct hash last = chain_previous(state, item->role);
    if (!hash_equal(&last, &item->payload))
        state_drop_signed(state, item->role);
    for (size_t i = 0; i < charter->key_count; i++) {
        const struct role_key *key = &charter->keys[i];
        struct signed_state line = {.key = key->key.id, .order = order->index};
        memcpy(line.role, item->role, sizeof line.role);
        bool now = signs(fixture, key, item->role);
        if (now)
            fixture_add_line(fixture, item, &key->key.id, outcome);
        if (now && key->has_custodian)
            assert_int_equal(state_set_signed(state, &line), OK);
        outcome->missing += key->has_custodian && is_of(fixture, key, item->role) &&
                            state_signed(state, item->role, &key->key.id) == NULL;
    }
    struct role_state next = chain_next(
        role, state, item, expires_of(fixture_blob(fixture, &item->payload)), fixture->now);
    assert_int_equal(state_set(state, &next), OK);
}

// ---- motions ----

static void read_motion(struct govern *govern, const struct item *item, struct span payload)
{
    struct refusal refusal;
    govern->motion = motion_of(item->role);
    govern->charter = charter_new();
    if (govern->motion == MOTION_CHARTER)
        assert_int_equal(charter_read(payload, govern->charter, &refusal), OK);
    else if (govern->motion == MOTION_KEYS)
        assert_int_equal(keys_motion_read(payload, &govern->keys), OK);
    else if (govern->motion == MOTION_LIFT)
        assert_int_equal(lift_motion_read(payload, &govern->lift), OK);
    else if (govern->motion == MOTION_TIME)
        assert_int_equal(time_motion_read(payload, &govern->time), OK);
    else if (govern->motion == MOTION_MANDATE)
        assert_int_equal(mandate_motion_read(payload, &govern->mandate), OK);
    else
        assert_int_equal(import_motion_read(payload, &govern->import), OK);
}

static void carry_out(struct fixture *fixture, const struct item *item,
    const struct place *order, struct outcome *outcome)
{
    struct govern *govern = govern_new();
    struct key made[LIMIT_MOTION_KEYS];
    read_motion(govern, item, fixture_blob(fixture, &item->payload));
    for (size_t i = 0; i < govern->keys.make_count; i++) {
        struct made_line *line = &outcome->made[outcome->made_count++];
        made[i] = line->key = fixture->spare[fixture->made++].key;
        memcpy(line->role, govern->keys.make[i].role, sizeof line->role);
    }
    const struct govern_deed deed = {.item = item,
        .order = order->index,
        .made = made,
        .person = "release-desk",
        .approvals = fixture->order.approvals,
        .approval_count = fixture->order.approval_count};
    assert_int_equal(govern_apply(govern, fixture->charter, &deed, &fixture->state), OK);
    if (govern->motion == MOTION_CHARTER) {
        bytes_reset(&fixture->charter_text);
        bytes_add(&fixture->charter_text, fixture_blob(fixture, &item->payload));
        struct charter *old = fixture->charter;
        fixture->charter = govern->charter;
        govern->charter = old;
    }
    snprintf(outcome->done, sizeof outcome->done, "%s", item->role);
    outcome->done_number = item->version;
    govern_free(govern);
}

// ---- outcomes ----

struct hash fixture_keep_state(struct fixture *fixture)
{
    struct bytes text;
    bytes_init(&text, LIMIT_STATE);
    state_write(&fixture->state, &text);
    assert_int_equal(bytes_finish(&text), OK);
    struct hash hash = fixture_keep(fixture, bytes_span(&text));
    bytes_clear(&text);
    return hash;
}

struct outcome fixture_outcome(
    struct fixture *fixture, const struct opened *opened, const struct place *order)
{
    enum motion motion = motion_of(opened->items[0].role);
    struct outcome outcome = {.time = fixture->now,
        .request = opened->request,
        .order = *order,
        .adds = fixture->order.adds,
        .added_to = fixture->order.added_to};
    if (motion != MOTION_NONE)
        carry_out(fixture, &opened->items[0], order, &outcome);
    for (size_t i = 0; motion == MOTION_NONE && i < opened->item_count; i++)
        sign_item(fixture, &opened->items[i], order, &outcome);
    if (motion != MOTION_TIME)
        fixture->state.time = fixture->now;
    fixture->state.has_order = true;
    fixture->state.order = *order;
    outcome.state = fixture_keep_state(fixture);
    return outcome;
}

struct outcome fixture_froze(
    struct fixture *fixture, const struct freeze *freeze, const struct place *frozen)
{
    struct outcome outcome = {
        .time = fixture->now, .order = *frozen, .done_number = freeze->number};
    struct frozen record;
    assert_int_equal(frozen_read(bytes_span(&fixture->records[frozen->index]), &record), OK);
    outcome.request = record.request;
    snprintf(outcome.done, sizeof outcome.done, "%s", OUTCOME_FREEZE);
    bool timed = fixture->now - fixture->state.time <= fixture->charter->jump;
    moment from = timed ? fixture->now : fixture->state.time;
    assert_int_equal(govern_apply_freeze(freeze, from, &fixture->state), OK);
    fixture->state.has_order = true;
    fixture->state.order = *frozen;
    outcome.state = fixture_keep_state(fixture);
    return outcome;
}
