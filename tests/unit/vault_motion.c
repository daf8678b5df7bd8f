// Motions and freezes for a struct house, and what its token and ledger hold around them.
#include "hsm/object.h"
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

const struct state *house_state(const struct house *house)
{
    static struct state state;
    assert_int_equal(state_read(bytes_span(&house->state), &state), OK);
    return &state;
}

static struct wish ask_for(
    struct house *house, enum motion motion, uint64_t number, const char *decides)
{
    assert_int_equal(bytes_finish(&house->motion), OK);
    return (struct wish){.role = motion_role(motion),
        .version = number,
        .payload = bytes_span(&house->motion),
        .decides = decides};
}

struct wish house_keys(struct house *house, const struct keys_motion *keys)
{
    struct keys_motion motion = *keys;
    motion.number = house_state(house)->motions[MOTION_KEYS].number + 1;
    bytes_reset(&house->motion);
    keys_motion_write(&motion, &house->motion);
    return ask_for(house, MOTION_KEYS, motion.number, "charter");
}

struct wish house_time(struct house *house, moment time)
{
    const struct time_motion motion = {
        house_state(house)->motions[MOTION_TIME].number + 1, time};
    bytes_reset(&house->motion);
    time_motion_write(&motion, &house->motion);
    return ask_for(house, MOTION_TIME, motion.number, "charter");
}

struct wish house_lift(struct house *house, const struct freeze_of *of, const char *decides)
{
    const struct state *state = house_state(house);
    struct lift_motion motion = {.of = *of};
    for (size_t i = 0; i < state->freeze_count; i++)
        if (freeze_of_equal(&state->freezes[i].of, of))
            motion.freeze = state->freezes[i].statement;
    bytes_reset(&house->motion);
    lift_motion_write(&motion, &house->motion);
    return ask_for(house, MOTION_LIFT, 1, decides);
}

struct wish house_charter(struct house *house, void (*bend)(struct charter *charter))
{
    struct charter *next = charter_new();
    struct refusal why = {0};
    assert_non_null(next);
    assert_int_equal(charter_read(bytes_span(&house->charter), next, &why), OK);
    next->epoch = house->read->epoch + 1;
    next->previous = house->read->hash;
    if (bend != NULL)
        bend(next);
    bytes_reset(&house->next_charter);
    charter_write(next, &house->next_charter);
    assert_int_equal(bytes_finish(&house->next_charter), OK);
    bytes_reset(&house->motion);
    bytes_add(&house->motion, bytes_span(&house->next_charter));
    charter_free(next);
    return ask_for(house, MOTION_CHARTER, house->read->epoch + 1, "charter");
}

// ---- orders that wait ----

struct kept_order {
    struct wish wish;
    struct place place;
    struct order ordered;
    struct signed_by_list approvals;
    char payload[512];
    uint8_t signatures[LIMIT_ADMINISTRATORS][KEY_SIGNATURE_MOST];
    struct bytes opened, request;
};

struct kept_order *house_keep_order(const struct house *house)
{
    struct kept_order *kept = calloc(1, sizeof *kept);
    assert_non_null(kept);
    kept->wish = house->wish;
    kept->place = house->place;
    kept->ordered = house->ordered;
    kept->approvals = house->approvals;
    memcpy(kept->payload, house->payload, sizeof kept->payload);
    memcpy(kept->signatures, house->signatures, sizeof kept->signatures);
    bytes_init(&kept->opened, LIMIT_RECORD);
    bytes_init(&kept->request, LIMIT_RECORD);
    bytes_add(&kept->opened, bytes_span(&house->opened));
    bytes_add(&kept->request, bytes_span(&house->request));
    return kept;
}

void house_order_kept(struct house *house, struct kept_order *kept)
{
    house->wish = kept->wish;
    house->place = kept->place;
    house->ordered = kept->ordered;
    house->approvals = kept->approvals;
    memcpy(house->payload, kept->payload, sizeof house->payload);
    memcpy(house->signatures, kept->signatures, sizeof house->signatures);
    bytes_reset(&house->opened);
    bytes_reset(&house->request);
    bytes_add(&house->opened, bytes_span(&kept->opened));
    bytes_add(&house->request, bytes_span(&kept->request));
    bytes_clear(&kept->opened);
    bytes_clear(&kept->request);
    free(kept);
    house_order(house, NULL);
}

// ---- freezes ----

void house_make_freeze(
    struct house *house, const struct person *person, const struct freeze_of *of)
{
    static struct frozen frozen;
    struct bytes statement;
    frozen = (struct frozen){.time = house_now(house),
        .freeze = {.appliance = house->log.id,
            .administrator = person->key.id,
            .epoch = house->read->epoch,
            .charter = house->read->hash,
            .number = state_freezer(house_state(house), &person->key.id) + 1,
            .of = *of,
            .reason = "a stolen laptop"}};
    bytes_init(&statement, LIMIT_RECORD);
    freeze_write(&frozen.freeze, &statement);
    frozen.request = hash_of(bytes_span(&statement));
    frozen.signature_size =
        person_sign(person, DSSE_FREEZE, bytes_span(&statement), frozen.signature);
    bytes_clear(&statement);
    bytes_reset(&house->order);
    frozen_write(&frozen, &house->order);
    assert_int_equal(bytes_finish(&house->order), OK);
    house->wish = (struct wish){
        .role = OUTCOME_FREEZE, .version = frozen.freeze.number, .decides = "nobody"};
}

void house_say_freeze(struct house *house)
{
    house_say_text(house, VAULT_FREEZE, bytes_span(&house->order));
    house_hear(house, VAULT_JUDGED);
    assert_int_equal(house->heard.judged.place.index, house->record_count);
    bytes_reset(&house->next_state);
    bytes_add(&house->next_state, house->heard.judged.state);
    house_keep(house, bytes_span(&house->order));
    house_durable(house);
}

void house_freeze(struct house *house, const struct person *person, const struct freeze_of *of)
{
    house_make_freeze(house, person, of);
    house_say_freeze(house);
    house_execute(house, &house->next_state);
    house_done(house, OUTCOME_FREEZE, house->wish.version, true);
    house_durable(house);
}

// ---- what the ledger and the token hold ----

static void take(struct bytes *to, const struct bytes *from)
{
    bytes_reset(to);
    bytes_add(to, bytes_span(from));
    assert_int_equal(bytes_finish(to), OK);
}

bool house_resume_either(struct house *house)
{
    struct refusal why = {0};
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    struct hash next = hash_of(bytes_span(&house->next_state));
    struct hash charter = hash_of(bytes_span(&house->next_charter));
    bool later = hash_equal(&next, &house->seal.state);
    if (later)
        take(&house->state, &house->next_state);
    if (hash_equal(&charter, &house->seal.charter))
        take(&house->charter, &house->next_charter);
    assert_int_equal(charter_read(bytes_span(&house->charter), house->read, &why), OK);
    house_resume(house);
    return later;
}

size_t house_count_keys(const struct house *house)
{
    static struct token_key keys[TOKEN_KEYS_MOST];
    struct token *token = softhsm_open(&house->softhsm);
    struct refusal why = {0};
    size_t count = 0;
    assert_int_equal(token_key_list(token, keys, TOKEN_KEYS_MOST, &count, &why), OK);
    token_close(token);
    return count;
}

size_t house_count_publics(const struct house *house)
{
    static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    CK_OBJECT_HANDLE handles[TOKEN_KEYS_MOST];
    struct object_template template = {.count = 0};
    struct token *token = softhsm_open(&house->softhsm);
    struct refusal why = {0};
    size_t count = 0;
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    assert_int_equal(object_find(token, &template, handles, TOKEN_KEYS_MOST, &count, &why), OK);
    token_close(token);
    return count;
}

void house_plant_text(struct house *house)
{
    struct seal seal;
    struct seal_key key;
    struct refusal why = {0};
    struct token *token = softhsm_open(&house->softhsm);
    assert_int_equal(seal_key_find(token, &key, &why), OK);
    assert_int_equal(seal_find(token, &key, &seal, &why), OK);
    seal.number++;
    seal.state = hash_of(bytes_span(&house->state));
    assert_int_equal(seal_write(token, &key, &seal, &why), OK);
    token_close(token);
}

void house_plant_state(struct house *house, const struct state *state)
{
    const struct state copy = *state; // it may be house_state's
    bytes_reset(&house->state);
    state_write(&copy, &house->state);
    house_plant_text(house);
}
