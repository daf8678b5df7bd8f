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

void fixture_sign_bytes(
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
    fixture_sign_bytes(key, bytes_span(&message), signature, size);
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

struct span fixture_blob(const struct fixture *fixture, const struct hash *hash)
{
    for (size_t i = 0; i < fixture->blob_count; i++)
        if (hash_equal(&fixture->blobs[i].hash, hash))
            return bytes_span(&fixture->blobs[i].bytes);
    fail_msg("no such blob");
    return (struct span){0};
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

void fixture_drop(struct fixture *fixture)
{
    bytes_clear(&fixture->records[--fixture->record_count]);
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
    requester->quota = charter_own_quota;
    requester->key = *key;
}

static void add_roles(struct fixture *fixture)
{
    static const char *const names[FIXTURE_ROLES] = {"image/root", "image/targets"};
    struct charter *charter = fixture->charter;
    struct repository *repository = &charter->repositories[charter->repository_count++];
    (void)snprintf(repository->name, sizeof repository->name, "image");
    repository->dialect = DIALECT_TUF;
    repository->kind = KIND_IMAGE;
    for (size_t i = 0; i < FIXTURE_ROLES; i++) {
        struct role *role = &charter->roles[charter->role_count++];
        (void)snprintf(role->name, sizeof role->name, "%s", names[i]);
        role->quorum = (struct quorum){.group = 0, .k = 2};
        role->most = 400 * 24 * 3600;
        role->threshold = 1;
        charter->keys[charter->key_count++] =
            (struct role_key){.role = i, .key = fixture->roles[i].key};
    }
}

static void draw_charter(struct fixture *fixture, const char *origin)
{
    struct charter *charter = fixture->charter;
    charter->epoch = 1;
    (void)snprintf(charter->origin, sizeof charter->origin, "%s", origin);
    charter->log = fixture->log.key.id;
    charter->clock = 300;
    charter->jump = 90 * 24 * 3600;
    add_admins(fixture);
    add_requester(charter, "bobs-service", "bob", &fixture->bobs.key);
    add_requester(charter, "image-service", "release-desk", &fixture->service.key);
    add_roles(fixture);
}

static void write_charter(struct fixture *fixture)
{
    struct refusal refusal;
    struct charter *charter = fixture->charter;
    charter_write(charter, &fixture->charter_text);
    assert_int_equal(bytes_finish(&fixture->charter_text), OK);
    if (charter_read(bytes_span(&fixture->charter_text), charter, &refusal) != OK)
        fail_msg("%s: %s", refusal.rule, refusal.sentence);
    (void)fixture_keep(fixture, bytes_span(&fixture->charter_text));
}

// Every key of the charter was generated at the founding.
static void make_objects(struct fixture *fixture)
{
    struct bytes text;
    const struct charter *charter = fixture->charter;
    struct objects *objects = calloc(1, sizeof *objects);
    assert_non_null(objects);
    objects->log = fixture->log.key;
    for (size_t i = 0; i < charter->key_count; i++) {
        struct made_key *made = &objects->keys[objects->key_count++];
        memcpy(made->role, charter->roles[charter->keys[i].role].name, sizeof made->role);
        made->key = charter->keys[i].key;
    }
    bytes_init(&text, LIMIT_OBJECTS);
    objects_write(objects, &text);
    assert_int_equal(bytes_finish(&text), OK);
    fixture->objects = fixture_keep(fixture, bytes_span(&text));
    bytes_clear(&text);
    free(objects);
}

// Each key that a fixture owns, with its type.
typedef void key_visitor(struct fixture_key *key, enum key_type type);
static void visit_keys(struct fixture *fixture, key_visitor *visit)
{
    visit(&fixture->log, KEY_ED25519);
    for (size_t i = 0; i < FIXTURE_ADMINS; i++)
        visit(&fixture->admins[i], KEY_P256);
    visit(&fixture->service, KEY_ED25519);
    visit(&fixture->bobs, KEY_ED25519);
    visit(&fixture->stranger, KEY_P256);
    for (size_t i = 0; i < FIXTURE_FOREIGN; i++)
        visit(&fixture->foreign[i], KEY_P256);
    for (size_t i = 0; i < FIXTURE_ROLES; i++)
        visit(&fixture->roles[i], KEY_ED25519);
    visit(&fixture->newcomer, KEY_P256);
    for (size_t i = 0; i < FIXTURE_SPARE; i++)
        visit(&fixture->spare[i], KEY_ED25519);
}

static void free_key(struct fixture_key *key, enum key_type type)
{
    (void)type;
    EVP_PKEY_free(key->pkey);
}

static struct fixture *make_fixture(
    const char *origin, const struct key *log, void (*shape)(struct fixture *fixture))
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    visit_keys(fixture, make_key);
    if (log != NULL)
        fixture->log.key = *log;
    fixture->charter = charter_new();
    assert_non_null(fixture->charter);
    bytes_init(&fixture->charter_text, LIMIT_CHARTER);
    fixture->source = (struct source){.blob = find_blob, .context = fixture};
    fixture->now = FIXTURE_START;
    draw_charter(fixture, origin);
    if (shape != NULL)
        shape(fixture);
    write_charter(fixture);
    make_objects(fixture);
    return fixture;
}

struct fixture *fixture_new(void)
{
    return make_fixture(FIXTURE_ORIGIN, NULL, NULL);
}

struct fixture *fixture_new_for(const char *origin, const struct key *log)
{
    return make_fixture(origin, log, NULL);
}

struct fixture *fixture_new_shaped(void (*shape)(struct fixture *fixture))
{
    return make_fixture(FIXTURE_ORIGIN, NULL, shape);
}

void fixture_free(struct fixture *fixture)
{
    visit_keys(fixture, free_key);
    for (size_t i = 0; i < fixture->blob_count; i++)
        bytes_clear(&fixture->blobs[i].bytes);
    for (size_t i = 0; i < fixture->record_count; i++)
        bytes_clear(&fixture->records[i]);
    bytes_clear(&fixture->charter_text);
    charter_free(fixture->charter);
    free(fixture);
}

static bool has_id(const struct fixture_key *key, const struct hash *id)
{
    return hash_equal(&key->key.id, id);
}

static const struct fixture_key *key_in(
    const struct fixture_key *keys, size_t count, const struct hash *id)
{
    for (size_t i = 0; i < count; i++)
        if (has_id(&keys[i], id))
            return &keys[i];
    return NULL;
}

const struct fixture_key *fixture_key_of(const struct fixture *fixture, const struct hash *key)
{
    const struct {
        const struct fixture_key *keys;
        size_t count;
    } lists[] = {
        {fixture->admins, FIXTURE_ADMINS},
        {&fixture->service, 1},
        {&fixture->bobs, 1},
        {&fixture->stranger, 1},
        {fixture->roles, FIXTURE_ROLES},
        {&fixture->newcomer, 1},
        {fixture->spare, FIXTURE_SPARE},
    };
    const struct fixture_key *found = NULL;
    for (size_t i = 0; found == NULL && i < sizeof lists / sizeof lists[0]; i++)
        found = key_in(lists[i].keys, lists[i].count, key);
    return found;
}
