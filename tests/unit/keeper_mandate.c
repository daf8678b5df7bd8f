#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_mandate.h"

#include "tests/unit/made_up.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 3, LAST = 1000, ROLES = 2, KEYS = 40 };

static const char director_root[] = "the Director's root";

struct span house_director_root(void)
{
    return span_text(director_root);
}

// ---- the charter ----

// The Director's lines stand before the Image repository's.
static void make_room(struct charter *charter)
{
    charter->repositories[1] = charter->repositories[0];
    charter->repository_count = 2;
    for (size_t i = charter->role_count; i-- > 0;) {
        charter->roles[i + ROLES] = charter->roles[i];
        charter->roles[i + ROLES].repository = 1;
    }
    charter->role_count += ROLES;
    memmove(&charter->keys[ROLES], charter->keys, charter->key_count * sizeof charter->keys[0]);
    charter->key_count += ROLES;
    for (size_t i = ROLES; i < charter->key_count; i++)
        charter->keys[i].role += ROLES;
}

static void add_director(struct charter *charter)
{
    static const char *const names[ROLES] = {"director/snapshot", "director/targets"};
    make_room(charter);
    charter->repositories[0] =
        (struct repository){.name = "director", .dialect = DIALECT_UPTANE, KIND_DIRECTOR};
    for (size_t i = 0; i < ROLES; i++) {
        charter->roles[i] = (struct role){.quorum = {.group = 0, .k = 2},
            .by_mandate = true,
            .most = 90 * HOUSE_DAY,
            .threshold = 1};
        snprintf(charter->roles[i].name, LIMIT_ROLE_NAME, "%s", names[i]);
        charter->keys[i] = (struct role_key){.role = i, .key = made_up_key(KEYS + (unsigned)i)};
    }
}

static void sign_root(struct state *state)
{
    struct role_state root = {
        .version = 1, .payload = hash_of(house_director_root()), .expires = moment_now()};
    snprintf(root.role, sizeof root.role, "director/root");
    assert_int_equal(state_set(state, &root), OK);
}

int house_make_mandate(void **state)
{
    house_make(state);
    struct keeper_house *house = *state;
    add_director(house->charter);
    house_write_charter(house);
    sign_root(house->state);
    struct mandate_state mandate = {.number = 1,
        .text = hash_of(span_text("the mandate")),
        .live = true,
        .requester = house->service.key.id,
        .first = FIRST,
        .last = LAST,
        .count = LAST,
        .longest = 2 * HOUSE_DAY,
        .until = moment_now() + 30 * HOUSE_DAY};
    snprintf(mandate.role, sizeof mandate.role, "director/targets");
    assert_int_equal(state_set_mandate(house->state, &mandate), OK);
    return 0;
}

struct mandate_state *house_mandate(struct keeper_house *house)
{
    return &house->state->mandates[0];
}

// ---- requests ----

struct play play_targets(
    struct keeper_house *house, const struct person *by, const char *item, uint64_t version)
{
    char expires[MOMENT_TEXT + 1], text[256];
    moment_write(moment_now() + HOUSE_DAY, expires);
    snprintf(text, sizeof text,
        "{\"_type\":\"Targets\",\"expires\":\"%s\",\"targets\":{},\"version\":%" PRIu64 "}",
        expires, version);
    return play_new(house, by, item, version, span_text(text));
}

// ---- the ledger ----

uint64_t ledger_is_asked(struct keeper_house *house, const struct play *play)
{
    struct message ask = house_hears(house, &house->ledger, ASK_LAST);
    assert_memory_equal(&ask.last.request, &play->id, sizeof play->id);
    assert_in_range(ask.last.names.count, play->request.item_count, LIMIT_LASTS);
    for (size_t i = 0; i < play->request.item_count; i++)
        assert_true(span_is(ask.last.names.at[i], play->request.items[i].role));
    return ask.id;
}

void ledger_says_last(
    struct keeper_house *house, uint64_t id, uint64_t version, struct span payload)
{
    struct message last = {.kind = LAST_ARE, .id = id};
    last.lasts.at.count = last.lasts.payloads.count = 1;
    last.lasts.at.at[0].version = version;
    if (version > 0)
        last.lasts.at.at[0].payload = hash_of(payload);
    last.lasts.payloads.at[0] = payload;
    house_says(&house->ledger, &last);
}

void ledger_gives_root(struct keeper_house *house)
{
    static pid_t given;
    struct hash root = hash_of(house_director_root());
    if (given == house->pid)
        return;
    given = house->pid;
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    assert_memory_equal(&ask.blob.hash, &root, sizeof root);
    struct message blob = {.kind = ANSWER_BLOB, .id = ask.id};
    blob.blob_is.bytes = house_director_root();
    house_says(&house->ledger, &blob);
}

uint64_t ledger_takes_mandated(
    struct keeper_house *house, const struct play *play, struct mandated *order)
{
    static struct mandated read;
    struct mandated *out = order == NULL ? &read : order;
    struct message message = house_hears(house, &house->ledger, ORDER_MANDATED);
    assert_int_equal(mandated_read(message.record.text, out), OK);
    assert_memory_equal(&out->request, &play->id, sizeof play->id);
    house_leaf(house, message.record.text);
    return message.id;
}

uint64_t ledger_goes_to_order(struct keeper_house *house, const struct play *play)
{
    ledger_says_last(house, ledger_is_asked(house, play), 0, (struct span){0});
    ledger_gives_root(house);
    return ledger_takes_mandated(house, play, NULL);
}

struct place ledger_signs_mandated(
    struct keeper_house *house, uint64_t id, const struct hash *request, bool with_state)
{
    static struct outcome outcome;
    struct message done = {.kind = DONE_SIGN, .id = id};
    struct bytes state, text;
    bytes_init(&state, LIMIT_STATE);
    bytes_init(&text, LIMIT_RECORD);
    state_write(house->state, &state);
    outcome = (struct outcome){.time = moment_now(),
        .request = *request,
        .order = {house->leaf_count - 1, house->leaves[house->leaf_count - 1]},
        .state = hash_of(bytes_span(&state)),
        .signature_count = 1};
    outcome.signatures[0] = (struct outcome_signature){.role = "director/targets@one",
        .version = FIRST,
        .key = hash_of(span_text("key")),
        .signature = hash_of(span_text("signature"))};
    outcome_write(&outcome, &text);
    assert_int_equal(bytes_finish(&text), OK);
    done.signed_.place = house_leaf(house, bytes_span(&text));
    done.signed_.outcome = bytes_span(&text);
    if (with_state)
        done.signed_.state = bytes_span(&state);
    house_says(&house->ledger, &done);
    bytes_clear(&state);
    bytes_clear(&text);
    return done.signed_.place;
}

void ledger_says_fate(struct keeper_house *house, uint64_t id, const struct hash *request)
{
    struct message known = {.kind = ANSWER_ACCEPTED, .id = id};
    known.accepted.request = *request;
    known.accepted.place = (struct place){1, house->leaves[1]};
    known.accepted.fate = FATE_SIGNED;
    house_says(&house->ledger, &known);
}
