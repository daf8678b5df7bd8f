#include "tests/unit/vault_house.h"

#include "proto/dsse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void make_clock(struct house *house)
{
    house->clock = memfd_create("clock", MFD_CLOEXEC);
    assert_int_equal(ftruncate(house->clock, sizeof *house->ahead), 0);
    house->ahead =
        mmap(NULL, sizeof *house->ahead, PROT_READ | PROT_WRITE, MAP_SHARED, house->clock, 0);
    assert_ptr_not_equal(house->ahead, MAP_FAILED);
}

moment house_now(const struct house *house)
{
    return moment_now() + *house->ahead;
}

int house_set_up(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    softhsm_make(&house->softhsm);
    house->program = CONCLAVE_VAULT;
    make_clock(house);
    for (size_t i = 0; i < PEOPLE; i++)
        person_make(&house->people[i], i == BOB ? KEY_ED25519 : KEY_P256);
    person_make(&house->desk, KEY_ED25519);
    house->control.fd = house->up.fd = -1;
    house->read = charter_new();
    house->life = 7 * (int64_t)HOUSE_DAY;
    assert_non_null(house->read);
    for (size_t i = 0; i < HOUSE_RECORDS; i++)
        bytes_init(&house->records[i], LIMIT_RECORD);
    bytes_init(&house->charter, LIMIT_CHARTER);
    bytes_init(&house->objects, LIMIT_OBJECTS);
    bytes_init(&house->state, LIMIT_STATE);
    bytes_init(&house->next_charter, LIMIT_CHARTER);
    bytes_init(&house->next_state, LIMIT_STATE);
    bytes_init(&house->motion, LIMIT_CHARTER);
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
    bytes_clear(&house->next_charter);
    bytes_clear(&house->next_state);
    bytes_clear(&house->motion);
    bytes_clear(&house->request);
    bytes_clear(&house->order);
    bytes_clear(&house->opened);
    charter_free(house->read);
    munmap(house->ahead, sizeof *house->ahead);
    close(house->clock);
    softhsm_drop(&house->softhsm);
    free(house->mandated);
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
        {"image/targets", KEY_ED25519}, {"image/targets", KEY_P256},
        {"image/timestamp", KEY_ED25519}, {"director/targets", KEY_ED25519}};
    const size_t count = house->by_mandate ? 5 : 3;
    struct bytes text;
    struct message ask = {.kind = VAULT_FOUND_KEYS};
    wishes = (struct wishes){.key_count = count};
    snprintf(wishes.origin, sizeof wishes.origin, "log.example/test");
    memcpy(wishes.keys, keys, count * sizeof keys[0]);
    bytes_init(&text, LIMIT_OBJECTS);
    wishes_write(&wishes, &text);
    ask.found_keys.wishes = bytes_span(&text);
    house_say(house, &ask);
    house_hear(house, ANSWER_FOUND_KEYS);
    copy(&house->objects, house->heard.found_keys_are.objects);
    assert_int_equal(objects_read(bytes_span(&house->objects), &objects), OK);
    assert_int_equal(objects.key_count, count);
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
    charter->requesters[0].quota = charter_own_quota;
    charter->requesters[0].key = house->desk.key;
    charter->requester_count = 1;
}

static void fill_repository(
    struct charter *charter, const char *name, enum dialect dialect, enum repository_kind kind)
{
    struct repository *repository = &charter->repositories[charter->repository_count++];
    snprintf(repository->name, LIMIT_NAME + 1, "%s", name);
    repository->dialect = dialect;
    repository->kind = kind;
}

static void fill_role(struct charter *charter, const char *name, bool by_mandate)
{
    struct role *role = &charter->roles[charter->role_count++];
    *role = (struct role){.repository = charter->repository_count - 1,
        .quorum = {0, 2},
        .by_mandate = by_mandate,
        .most = 100 * (int64_t)HOUSE_DAY,
        .threshold = 1};
    snprintf(role->name, LIMIT_ROLE_NAME + 1, "%s", name);
}

static void fill_roles(struct house *house, struct charter *charter)
{
    static struct objects objects;
    if (house->by_mandate) {
        fill_repository(charter, "director", DIALECT_UPTANE, KIND_DIRECTOR);
        fill_role(charter, "director/targets", true);
    }
    fill_repository(charter, "image", DIALECT_TUF, KIND_IMAGE);
    fill_role(charter, "image/root", false);
    fill_role(charter, "image/targets", false);
    if (house->by_mandate)
        fill_role(charter, "image/timestamp", true);
    assert_int_equal(objects_read(bytes_span(&house->objects), &objects), OK);
    charter->key_count = objects.key_count;
    for (size_t i = 0; i < objects.key_count; i++)
        charter->keys[i] = (struct role_key){
            .role = (size_t)(charter_role(charter, objects.keys[i].role) - charter->roles),
            .key = objects.keys[i].key};
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
    charter->jump = 90 * HOUSE_DAY;
    fill_people(house, charter);
    fill_roles(house, charter);
    if (house->bend != NULL)
        house->bend(charter);
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
    house->seal = (struct seal){.number = seal->seal.number,
        .epoch = seal->seal.epoch,
        .charter = seal->seal.charter,
        .size = seal->seal.size,
        .root = seal->seal.root,
        .state = seal->seal.state};
    if (stage == STAGE_SERVING)
        assert_true(span_equal(seal->seal.log, key_spki(&house->log)));
    else
        assert_int_equal(seal->seal.log.size, 0);
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
    house_resume(house);
}

void house_resume(struct house *house)
{
    house_say_resume(house);
    for (size_t i = (size_t)house->seal.size; i < house->record_count; i++)
        house_say_text(house, VAULT_REPLAY, bytes_span(&house->records[i]));
    house_say_kind(house, VAULT_RESUMED);
    house_hear(house, VAULT_UP);
    assert_int_equal(house->heard.durable.size, house->record_count);
}
