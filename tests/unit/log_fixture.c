#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/log_fixture.h"

#include "policy/objects.h"
#include "proto/dsse.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_key(struct fixture_key *key, enum key_type type)
{
    uint8_t spki[KEY_SPKI_MOST], *end = spki;
    key->pkey = type == KEY_P256 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")
                                 : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_non_null(key->pkey);
    int size = i2d_PUBKEY(key->pkey, &end);
    assert_true(size > 0);
    assert_int_equal(key_read(span_of(spki, (size_t)size), &key->key), OK);
}

static void sign_bytes(
    const struct fixture_key *key, struct span message, uint8_t *signature, size_t *size)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const EVP_MD *digest = key->key.type == KEY_P256 ? EVP_sha256() : NULL;
    *size = KEY_SIGNATURE_MOST;
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, digest, NULL, key->pkey), 1);
    assert_int_equal(EVP_DigestSign(ctx, signature, size, message.data, message.size), 1);
    EVP_MD_CTX_free(ctx);
}

void fixture_sign(const struct fixture_key *key, const char *type, struct span body,
    uint8_t *signature, size_t *size)
{
    struct bytes message;
    bytes_init(&message, LIMIT_RECORD + LIMIT_SENTENCE);
    dsse_encode(type, body, &message);
    assert_int_equal(bytes_finish(&message), OK);
    sign_bytes(key, bytes_span(&message), signature, size);
    bytes_clear(&message);
}

struct hash fixture_keep(struct fixture *fixture, struct span bytes)
{
    assert_true(fixture->blob_count < FIXTURE_BLOBS);
    struct fixture_blob *blob = &fixture->blobs[fixture->blob_count++];
    blob->hash = hash_of(bytes);
    bytes_init(&blob->bytes, LIMIT_PAYLOAD);
    bytes_add(&blob->bytes, bytes);
    assert_int_equal(bytes_finish(&blob->bytes), OK);
    return blob->hash;
}

void fixture_lose(struct fixture *fixture, const struct hash *hash)
{
    for (size_t i = 0; i < fixture->blob_count; i++)
        if (hash_equal(&fixture->blobs[i].hash, hash))
            fixture->blobs[i].hash = (struct hash){{1}};
}

static enum err find_blob(
    void *context, const struct hash *hash, struct bytes *out, struct refusal *refusal)
{
    struct fixture *fixture = context;
    (void)refusal;
    for (size_t i = 0; i < fixture->blob_count; i++)
        if (hash_equal(&fixture->blobs[i].hash, hash)) {
            bytes_add(out, bytes_span(&fixture->blobs[i].bytes));
            return bytes_finish(out);
        }
    return ERR_NOT_FOUND;
}

struct place fixture_append(struct fixture *fixture, const struct bytes *text)
{
    assert_int_equal(bytes_finish(text), OK);
    assert_true(fixture->record_count < FIXTURE_RECORDS);
    size_t at = fixture->record_count++;
    bytes_init(&fixture->records[at], LIMIT_RECORD);
    bytes_add(&fixture->records[at], bytes_span(text));
    fixture->places[at] = (struct place){.index = at, .leaf = merkle_leaf(bytes_span(text))};
    return fixture->places[at];
}

// Appends what was written and frees it.
static struct place append_written(struct fixture *fixture, struct bytes *text)
{
    struct place place = fixture_append(fixture, text);
    bytes_clear(text);
    return place;
}

struct checkpoint fixture_checkpoint(const struct fixture *fixture)
{
    struct checkpoint checkpoint = {.origin = FIXTURE_ORIGIN, .size = fixture->record_count};
    struct merkle_edge edge;
    merkle_edge_init(&edge);
    for (size_t i = 0; i < fixture->record_count; i++) {
        struct hash leaf = merkle_leaf(bytes_span(&fixture->records[i]));
        merkle_edge_append(&edge, &leaf);
    }
    checkpoint.root = merkle_edge_root(&edge);
    return checkpoint;
}

static void add_admins(struct fixture *fixture)
{
    static const char *const names[FIXTURE_ADMINS] = {"alice", "bob", "carol"};
    struct charter *charter = fixture->charter;
    struct group *group = &charter->groups[charter->group_count++];
    (void)snprintf(group->name, sizeof group->name, "everyone");
    for (size_t i = 0; i < FIXTURE_ADMINS; i++) {
        struct administrator *who = &charter->administrators[charter->administrator_count++];
        (void)snprintf(who->name, sizeof who->name, "%s", names[i]);
        who->key = fixture->admins[i].key;
        group->members[group->member_count++] = (uint8_t)i;
    }
    charter->changes = (struct quorum){.group = 0, .k = 2};
}

static void add_requester(
    struct charter *charter, const char *name, const char *person, const struct key *key)
{
    struct requester *requester = &charter->requesters[charter->requester_count++];
    (void)snprintf(requester->name, sizeof requester->name, "%s", name);
    (void)snprintf(requester->person, sizeof requester->person, "%s", person);
    requester->key = *key;
}

static void add_roles(struct fixture *fixture)
{
    static const char *const names[FIXTURE_ROLES] = {"image/root", "image/targets"};
    struct charter *charter = fixture->charter;
    struct repository *repository = &charter->repositories[charter->repository_count++];
    (void)snprintf(repository->name, sizeof repository->name, "image");
    repository->dialect = DIALECT_TUF;
    for (size_t i = 0; i < FIXTURE_ROLES; i++) {
        struct role *role = &charter->roles[charter->role_count++];
        (void)snprintf(role->name, sizeof role->name, "%s", names[i]);
        role->quorum = (struct quorum){.group = 0, .k = 2};
        role->most = 400 * 24 * 3600;
        charter->keys[charter->key_count++] =
            (struct role_key){.role = i, .key = fixture->roles[i].key};
    }
}

static void make_charter(struct fixture *fixture)
{
    struct refusal refusal;
    struct charter *charter = fixture->charter;
    charter->epoch = 1;
    (void)snprintf(charter->origin, sizeof charter->origin, "%s", FIXTURE_ORIGIN);
    charter->log = fixture->log.key.id;
    charter->clock = 300;
    add_admins(fixture);
    add_requester(charter, "bobs-service", "bob", &fixture->bobs.key);
    add_requester(charter, "image-service", "release-desk", &fixture->service.key);
    add_roles(fixture);
    charter_write(charter, &fixture->charter_text);
    assert_int_equal(bytes_finish(&fixture->charter_text), OK);
    if (charter_read(bytes_span(&fixture->charter_text), charter, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
    (void)fixture_keep(fixture, bytes_span(&fixture->charter_text));
}

static void make_objects(struct fixture *fixture)
{
    struct bytes text;
    struct objects *objects = calloc(1, sizeof *objects);
    assert_non_null(objects);
    objects->log = fixture->log.key;
    for (size_t i = 0; i < FIXTURE_ROLES; i++) {
        struct made_key *made = &objects->keys[objects->key_count++];
        memcpy(made->role, fixture->charter->roles[i].name, sizeof made->role);
        made->key = fixture->roles[i].key;
    }
    bytes_init(&text, LIMIT_OBJECTS);
    objects_write(objects, &text);
    assert_int_equal(bytes_finish(&text), OK);
    fixture->objects = fixture_keep(fixture, bytes_span(&text));
    bytes_clear(&text);
    free(objects);
}

struct fixture *fixture_new(void)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    make_key(&fixture->log, KEY_ED25519);
    for (size_t i = 0; i < FIXTURE_ADMINS; i++)
        make_key(&fixture->admins[i], KEY_P256);
    make_key(&fixture->service, KEY_ED25519);
    make_key(&fixture->bobs, KEY_ED25519);
    make_key(&fixture->stranger, KEY_P256);
    for (size_t i = 0; i < FIXTURE_FOREIGN; i++)
        make_key(&fixture->foreign[i], KEY_P256);
    for (size_t i = 0; i < FIXTURE_ROLES; i++)
        make_key(&fixture->roles[i], KEY_ED25519);
    fixture->charter = charter_new();
    assert_non_null(fixture->charter);
    bytes_init(&fixture->charter_text, LIMIT_CHARTER);
    fixture->source = (struct source){.blob = find_blob, .context = fixture};
    fixture->now = FIXTURE_START;
    make_charter(fixture);
    make_objects(fixture);
    return fixture;
}

void fixture_free(struct fixture *fixture)
{
    EVP_PKEY_free(fixture->log.pkey);
    EVP_PKEY_free(fixture->service.pkey);
    EVP_PKEY_free(fixture->bobs.pkey);
    EVP_PKEY_free(fixture->stranger.pkey);
    for (size_t i = 0; i < FIXTURE_FOREIGN; i++)
        EVP_PKEY_free(fixture->foreign[i].pkey);
    for (size_t i = 0; i < FIXTURE_ADMINS; i++)
        EVP_PKEY_free(fixture->admins[i].pkey);
    for (size_t i = 0; i < FIXTURE_ROLES; i++)
        EVP_PKEY_free(fixture->roles[i].pkey);
    for (size_t i = 0; i < fixture->blob_count; i++)
        bytes_clear(&fixture->blobs[i].bytes);
    for (size_t i = 0; i < fixture->record_count; i++)
        bytes_clear(&fixture->records[i]);
    bytes_clear(&fixture->charter_text);
    charter_free(fixture->charter);
    free(fixture);
}

static int by_key(const void *a, const void *b)
{
    const struct founded_signature *left = a, *right = b;
    return memcmp(left->key.byte, right->key.byte, HASH_SIZE);
}

void fixture_found(struct fixture *fixture)
{
    struct founding founding = {.time = fixture->now,
        .origin = FIXTURE_ORIGIN,
        .log = fixture->log.key,
        .charter = fixture->charter->hash,
        .objects = fixture->objects};
    struct founded founded = {.time = fixture->now};
    struct bytes text;
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
        sign_bytes(key, blob_of(fixture, &item->payload), signature, &size);
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
