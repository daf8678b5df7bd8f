// Mandates for a struct house, and orders under them.
#include "proto/dsse.h"
#include "tests/unit/vault_house.h"

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

const struct mandate_state *house_mandate_state(const struct house *house, const char *role)
{
    const struct mandate_state *mandate = state_mandate(house_state(house), role);
    assert_non_null(mandate);
    return mandate;
}

struct wish house_mandate(struct house *house, const char *role, uint64_t count)
{
    const struct mandate_state *last = state_mandate(house_state(house), role);
    struct mandate_motion motion = {.number = last == NULL ? 1 : last->number + 1,
        .requester = house->desk.key.id,
        .first = 1,
        .last = 100000,
        .count = count,
        .longest = 40 * (int64_t)HOUSE_DAY,
        .until = house_now(house) + 100 * (moment)HOUSE_DAY};
    snprintf(motion.role, sizeof motion.role, "%s", role);
    bytes_reset(&house->motion);
    mandate_motion_write(&motion, &house->motion);
    assert_int_equal(bytes_finish(&house->motion), OK);
    return (struct wish){.role = motion_role(MOTION_MANDATE),
        .version = motion.number,
        .payload = bytes_span(&house->motion),
        .decides = role};
}

void house_have_mandate(struct house *house, const char *role, uint64_t count)
{
    struct wish wish = house_mandate(house, role, count);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_carry_out(house);
}

// ---- an order under mandates ----

static void write_payload(
    struct house *house, const struct mandate_wish *wish, char *out, size_t size)
{
    char expires[MOMENT_TEXT + 1];
    moment_write(house_now(house) + 30 * (moment)HOUSE_DAY + wish->later, expires);
    snprintf(out, size, "{\"_type\":\"%s\",\"expires\":\"%s\",\"version\":%llu}",
        strchr(wish->item, '@') != NULL ? "Targets" : "timestamp", expires,
        (unsigned long long)wish->version);
}

static void make_request(struct house *house, const struct mandate_wish *wishes, size_t count)
{
    static uint8_t nonce;
    struct request *request = &house->mandated->request;
    *request = (struct request){.appliance = house->log.id,
        .requester = house->desk.key.id,
        .nonce = {++nonce},
        .reason = "a campaign",
        .expires = house_now(house) + house->life,
        .item_count = count};
    for (size_t i = 0; i < count; i++) {
        char *payload = house->mandated->payloads[i];
        write_payload(house, &wishes[i], payload, sizeof house->mandated->payloads[i]);
        request->items[i] =
            (struct item){.version = wishes[i].version, .payload = hash_of(span_text(payload))};
        snprintf(request->items[i].role, LIMIT_ROLE_NAME + 1, "%s", wishes[i].item);
    }
    bytes_reset(&house->request);
    request_write(request, &house->request);
    assert_int_equal(bytes_finish(&house->request), OK);
}

static bool asks_for(const struct house *house, const char *role)
{
    const struct request *request = &house->mandated->request;
    for (size_t i = 0; i < request->item_count; i++)
        if (strncmp(request->items[i].role, role, strlen(role)) == 0)
            return true;
    return false;
}

void house_make_mandated(struct house *house, const struct mandate_wish *wishes, size_t count,
    void (*bend)(struct mandated *order))
{
    const struct state *state = house_state(house);
    if (house->mandated == NULL)
        house->mandated = malloc(sizeof *house->mandated);
    assert_non_null(house->mandated);
    make_request(house, wishes, count);
    struct mandated *order = &house->mandated->order;
    struct span request = bytes_span(&house->request);
    *order = (struct mandated){.time = house_now(house),
        .request = request_id(request),
        .requester = house->desk.key.id};
    order->signature_size = person_sign(&house->desk, DSSE_REQUEST, request, order->signature);
    for (size_t i = 0; i < state->mandate_count; i++)
        if (asks_for(house, state->mandates[i].role)) {
            struct mandate_named *named = &order->mandates[order->mandate_count++];
            memcpy(named->role, state->mandates[i].role, sizeof named->role);
            named->text = state->mandates[i].text;
        }
    if (bend != NULL)
        bend(order);
    bytes_reset(&house->order);
    mandated_write(order, &house->order);
    assert_int_equal(bytes_finish(&house->order), OK);
}

void house_say_mandated(struct house *house)
{
    struct message ask = {.kind = VAULT_MANDATE};
    const struct request *request = &house->mandated->request;
    ask.judge.order = bytes_span(&house->order);
    ask.judge.request = bytes_span(&house->request);
    ask.judge.payloads.count = (uint32_t)request->item_count;
    for (size_t i = 0; i < request->item_count; i++)
        ask.judge.payloads.at[i] = span_text(house->mandated->payloads[i]);
    house_say(house, &ask);
}

void house_hear_reserve(struct house *house)
{
    house_hear(house, VAULT_RESERVE);
    copy(&house->next_state, house->heard.judged.state);
}

void house_seal_reserve(struct house *house)
{
    house_hear_reserve(house);
    house_execute(house, &house->next_state);
    assert_false(house_state(house)->has_order);
}

static void hold_signature(
    const struct house *house, const struct outcome_signature *line, struct span signature)
{
    const struct request *request = &house->mandated->request;
    const struct role *role = charter_role(house->read, line->role);
    size_t item = 0;
    while (item < request->item_count && strcmp(request->items[item].role, line->role) != 0)
        item++;
    assert_true(item < request->item_count);
    assert_int_equal(line->version, request->items[item].version);
    for (size_t i = 0; i < house->read->key_count; i++) {
        const struct role_key *key = &house->read->keys[i];
        if (&house->read->roles[key->role] != role || !hash_equal(&key->key.id, &line->key))
            continue;
        struct span payload = span_text(house->mandated->payloads[item]);
        assert_int_equal(key_verify(&key->key, payload, signature), OK);
        return;
    }
    fail_msg("a signature by a key that is not the role's");
}

void house_hear_mandated(struct house *house, bool keep)
{
    static struct outcome outcome;
    struct hash state = hash_of(bytes_span(&house->state));
    struct hash leaf = merkle_leaf(bytes_span(&house->order));
    house_hear(house, VAULT_OUTCOME);
    const struct message *heard = &house->heard;
    assert_int_equal(outcome_read(heard->outcome.text, &outcome), OK);
    assert_int_equal(heard->outcome.order.index, house->record_count);
    assert_int_equal(heard->outcome.place.index, house->record_count + 1);
    assert_true(hash_equal(&heard->outcome.order.leaf, &leaf));
    assert_true(hash_equal(&outcome.order.leaf, &leaf));
    assert_true(hash_equal(&outcome.state, &state));
    assert_int_equal(outcome.signature_count, house->mandated->request.item_count);
    for (size_t i = 0; i < outcome.signature_count; i++)
        hold_signature(house, &outcome.signatures[i], heard->outcome.signatures.at[i]);
    if (!keep)
        return;
    house_keep(house, bytes_span(&house->order));
    house_keep(house, heard->outcome.text);
    house_durable(house);
}

void house_sign_mandated(
    struct house *house, const struct mandate_wish *wishes, size_t count, bool reserves)
{
    house_make_mandated(house, wishes, count, NULL);
    house_say_mandated(house);
    if (reserves) {
        house_seal_reserve(house);
        house_say_mandated(house);
    }
    house_hear_mandated(house, true);
}
