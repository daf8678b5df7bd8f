// The table by which the vault judges a founding. As in test_vault_judge.c each case bends one
// thing, names the row that must refuse it, and holds it against the table without that row.
#include "hsm/found_judge.h"
#include "proto/dsse.h"
#include "tests/unit/made_up.h"
#include "tests/unit/person.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 3, KEYS = 2 };
#define NOW ((moment)1800000000)

enum step { STEP_CHARTER, STEP_FOUNDING, STEP_FOUNDED, STEP_ASK, STEP_VAULT };

struct world {
    struct person people[PEOPLE];
    struct person stranger;
    struct key desk;
    struct keyring keyring;
    struct charter charter; // as it is written
    struct charter read;
    struct objects objects;
    struct founding founding;
    struct founded founded;
    struct bytes charter_text, objects_text, founding_text, founded_text;
    struct message ask;
    struct found_judgement judged;
    void (*bend)(struct world *world, enum step step);
};

static void bend(struct world *world, enum step step)
{
    if (world->bend != NULL)
        world->bend(world, step);
}

static const char *const roles[KEYS] = {"image/root", "image/targets"};

static void make_keys(struct world *world)
{
    world->keyring.log.key = made_up_key(100);
    world->keyring.count = world->objects.key_count = KEYS;
    world->objects.log = world->keyring.log.key;
    for (unsigned i = 0; i < KEYS; i++) {
        struct token_key *key = &world->keyring.keys[i];
        key->key = made_up_key(i);
        snprintf(key->label, sizeof key->label, "%s", roles[i]);
        world->objects.keys[i].key = key->key;
        snprintf(world->objects.keys[i].role, LIMIT_ROLE_NAME + 1, "%s", roles[i]);
    }
    bytes_reset(&world->objects_text);
    objects_write(&world->objects, &world->objects_text);
    assert_int_equal(bytes_finish(&world->objects_text), OK);
}

static void make_charter(struct world *world)
{
    static const char *const names[PEOPLE] = {"alice", "bob", "carol"};
    struct charter *charter = &world->charter;
    *charter = (struct charter){.epoch = 1,
        .log = world->keyring.log.key.id,
        .clock = 300,
        .jump = 90 * 86400,
        .administrator_count = PEOPLE,
        .group_count = 1,
        .changes = {0, 2},
        .requester_count = 1,
        .repository_count = 1,
        .role_count = KEYS,
        .key_count = KEYS};
    snprintf(charter->origin, sizeof charter->origin, "log.example/test");
    for (size_t i = 0; i < PEOPLE; i++) {
        snprintf(charter->administrators[i].name, LIMIT_NAME + 1, "%s", names[i]);
        charter->administrators[i].key = world->people[i].key;
        charter->groups[0].members[i] = (uint8_t)i;
    }
    snprintf(charter->groups[0].name, LIMIT_NAME + 1, "everyone");
    charter->groups[0].member_count = PEOPLE;
    snprintf(charter->requesters[0].name, LIMIT_NAME + 1, "image-service");
    snprintf(charter->requesters[0].person, LIMIT_NAME + 1, "release-desk");
    charter->requesters[0].quota = charter_own_quota;
    charter->requesters[0].key = world->desk;
    snprintf(charter->repositories[0].name, LIMIT_NAME + 1, "image");
    charter->repositories[0].dialect = DIALECT_TUF;
    charter->repositories[0].kind = KIND_IMAGE;
    for (size_t i = 0; i < KEYS; i++) {
        charter->roles[i] = (struct role){.quorum = {0, 2}, .most = 1000000, .threshold = 1};
        snprintf(charter->roles[i].name, LIMIT_ROLE_NAME + 1, "%s", roles[i]);
        charter->keys[i] = (struct role_key){.role = i, .key = world->keyring.keys[i].key};
    }
    bend(world, STEP_CHARTER);
    bytes_reset(&world->charter_text);
    charter_write(charter, &world->charter_text);
    assert_int_equal(bytes_finish(&world->charter_text), OK);
}

static void make_founding(struct world *world)
{
    world->founding = (struct founding){.time = NOW - 3600,
        .log = world->keyring.log.key,
        .charter = hash_of(bytes_span(&world->charter_text)),
        .objects = hash_of(bytes_span(&world->objects_text))};
    snprintf(world->founding.origin, sizeof world->founding.origin, "log.example/test");
    bend(world, STEP_FOUNDING);
    bytes_reset(&world->founding_text);
    founding_write(&world->founding, &world->founding_text);
    assert_int_equal(bytes_finish(&world->founding_text), OK);
}

static int by_key(const void *a, const void *b)
{
    const struct founded_signature *left = a, *right = b;
    return memcmp(left->key.byte, right->key.byte, HASH_SIZE);
}

static void sign(struct world *world, size_t at, const struct person *person)
{
    struct founded_signature *signature = &world->founded.signatures[at];
    signature->key = person->key.id;
    signature->signature_size = person_sign(
        person, DSSE_FOUNDING, bytes_span(&world->founding_text), signature->signature);
}

static void make_founded(struct world *world)
{
    struct founded *founded = &world->founded;
    *founded = (struct founded){.time = NOW,
        .founding = {0, merkle_leaf(bytes_span(&world->founding_text))},
        .signature_count = PEOPLE};
    for (size_t i = 0; i < PEOPLE; i++)
        sign(world, i, &world->people[i]);
    bend(world, STEP_FOUNDED);
    qsort(founded->signatures, founded->signature_count, sizeof founded->signatures[0], by_key);
    bytes_reset(&world->founded_text);
    founded_write(founded, &world->founded_text);
    assert_int_equal(bytes_finish(&world->founded_text), OK);
}

static void build(struct world *world)
{
    make_keys(world);
    make_charter(world);
    make_founding(world);
    make_founded(world);
    world->ask = (struct message){.kind = VAULT_FOUND};
    world->ask.found.founding = bytes_span(&world->founding_text);
    world->ask.found.founded = bytes_span(&world->founded_text);
    world->ask.found.charter = bytes_span(&world->charter_text);
    world->ask.found.objects = bytes_span(&world->objects_text);
    bend(world, STEP_ASK);
    world->judged = (struct found_judgement){.keyring = &world->keyring,
        .objects = bytes_span(&world->objects_text),
        .ask = &world->ask,
        .now = NOW,
        .charter = &world->read};
    bend(world, STEP_VAULT);
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    for (size_t i = 0; i < PEOPLE; i++)
        person_make(&world->people[i], i == 1 ? KEY_ED25519 : KEY_P256);
    person_make(&world->stranger, KEY_ED25519);
    world->desk = made_up_key(200);
    bytes_init(&world->charter_text, LIMIT_CHARTER);
    bytes_init(&world->objects_text, LIMIT_OBJECTS);
    bytes_init(&world->founding_text, LIMIT_RECORD);
    bytes_init(&world->founded_text, LIMIT_RECORD);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < PEOPLE; i++)
        person_clear(&world->people[i]);
    person_clear(&world->stranger);
    bytes_clear(&world->charter_text);
    bytes_clear(&world->objects_text);
    bytes_clear(&world->founding_text);
    bytes_clear(&world->founded_text);
    free(world);
    return 0;
}

static size_t row_named(const char *name)
{
    for (size_t i = 0; i < found_rows; i++)
        if (strcmp(found_table[i].name, name) == 0)
            return i;
    fail_msg("no row is named %s", name);
    return 0;
}

enum alone { ALONE, NOT_ALONE };

static void refused_by(struct world *world, const char *name,
    void (*bending)(struct world *world, enum step step), enum alone alone)
{
    struct found_row rows[32];
    struct refusal refusal = {0}, without = {0};
    size_t row = row_named(name), count = 0;
    assert_true(found_rows <= 32);
    world->bend = bending;
    build(world);
    assert_int_equal(found_judge(&world->judged, &refusal), ERR_REFUSED);
    assert_int_equal(found_judge_by(found_table, row, &world->judged, &without), OK);
    assert_true(strlen(refusal.sentence) > 10);
    for (size_t i = 0; i < found_rows; i++)
        if (i != row)
            rows[count++] = found_table[i];
    build(world);
    memset(&world->read, 0, sizeof world->read);
    enum err err = found_judge_by(rows, count, &world->judged, &without);
    if (alone == ALONE)
        assert_int_equal(err, OK);
    else
        assert_string_not_equal(without.sentence, refusal.sentence);
    world->bend = NULL;
}

static void bad_founding(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.found.founding.size--;
}
static void bad_founded(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.found.founded.size--;
}

static void found__r3_refuses_records_that_are_not_in_their_form(void **state)
{
    refused_by(*state, "the records' form", bad_founding, NOT_ALONE);
    refused_by(*state, "the records' form", bad_founded, NOT_ALONE);
}

static void other_objects(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.found.objects.size -= 1;
}
static void objects_of_nobody(struct world *world, enum step step)
{
    if (step == STEP_VAULT) {
        world->judged.objects = (struct span){0};
        world->ask.found.objects = (struct span){0};
    }
}

static void found__r18_refuses_another_list_of_objects(void **state)
{
    refused_by(*state, "the list of objects", other_objects, ALONE);
    refused_by(*state, "the list of objects", objects_of_nobody, NOT_ALONE);
}

static void charter_cut(struct world *world, enum step step)
{
    if (step == STEP_ASK)
        world->ask.found.charter.size--;
}
static void charter_forbidden(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->charter.changes.k = 1;
}

static void found__r7_refuses_what_is_no_charter(void **state)
{
    refused_by(*state, "the charter", charter_cut, NOT_ALONE);
    refused_by(*state, "the charter", charter_forbidden, NOT_ALONE);
}

static void second_epoch(struct world *world, enum step step)
{
    if (step == STEP_CHARTER) {
        world->charter.epoch = 2;
        world->charter.previous = hash_of(span_text("the first"));
    }
}

static void found__r7_refuses_a_charter_that_is_not_the_first(void **state)
{
    refused_by(*state, "a first charter", second_epoch, ALONE);
}

static void another_log(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->charter.log = made_up_key(7).id;
}
static void key_not_generated(struct world *world, enum step step)
{
    if (step == STEP_CHARTER)
        world->charter.keys[1].key = made_up_key(7);
}
static void key_left_over(struct world *world, enum step step)
{
    if (step == STEP_VAULT) {
        world->keyring.keys[KEYS] = world->keyring.keys[0];
        world->keyring.keys[KEYS].key = made_up_key(7);
        world->keyring.count++;
    }
}
static void keys_of_other_roles(struct world *world, enum step step)
{
    if (step == STEP_CHARTER) {
        world->charter.keys[0].key = world->keyring.keys[1].key;
        world->charter.keys[1].key = world->keyring.keys[0].key;
    }
}

static void found__r18_refuses_other_keys_than_were_generated(void **state)
{
    static const char row[] = "the charter's keys";
    refused_by(*state, row, another_log, ALONE);
    refused_by(*state, row, key_not_generated, ALONE);
    refused_by(*state, row, key_left_over, ALONE);
    refused_by(*state, row, keys_of_other_roles, ALONE);
}

static void founding_of_another_charter(struct world *world, enum step step)
{
    if (step == STEP_FOUNDING)
        world->founding.charter = hash_of(span_text("another"));
}
static void founding_of_other_objects(struct world *world, enum step step)
{
    if (step == STEP_FOUNDING)
        world->founding.objects = hash_of(span_text("another"));
}
static void founding_of_another_log(struct world *world, enum step step)
{
    if (step == STEP_FOUNDING)
        world->founding.log = made_up_key(7);
}
static void founding_of_another_origin(struct world *world, enum step step)
{
    if (step == STEP_FOUNDING)
        snprintf(world->founding.origin, sizeof world->founding.origin, "log.example/other");
}

static void found__r3_rebuilds_the_founding_record_field_by_field(void **state)
{
    static const char row[] = "the founding record";
    refused_by(*state, row, founding_of_another_charter, ALONE);
    refused_by(*state, row, founding_of_other_objects, ALONE);
    refused_by(*state, row, founding_of_another_log, ALONE);
    refused_by(*state, row, founding_of_another_origin, ALONE);
}

static void founded_another(struct world *world, enum step step)
{
    if (step == STEP_FOUNDED)
        world->founded.founding.leaf.byte[3] ^= 1;
}
static void found__r3_refuses_signatures_over_another_record(void **state)
{
    refused_by(*state, "what was signed", founded_another, ALONE);
}

static void one_too_few(struct world *world, enum step step)
{
    if (step == STEP_FOUNDED)
        world->founded.signature_count--;
}
static void one_too_many(struct world *world, enum step step)
{
    if (step == STEP_FOUNDED)
        sign(world, world->founded.signature_count++, &world->stranger);
}
static void a_stranger_instead(struct world *world, enum step step)
{
    if (step == STEP_FOUNDED)
        sign(world, PEOPLE - 1, &world->stranger);
}

static void found__r5_needs_every_administrator_once(void **state)
{
    static const char row[] = "everybody signed";
    refused_by(*state, row, one_too_few, NOT_ALONE);
    refused_by(*state, row, one_too_many, ALONE);
    refused_by(*state, row, a_stranger_instead, NOT_ALONE);
}

static void signature_forged(struct world *world, enum step step)
{
    if (step == STEP_FOUNDED)
        world->founded.signatures[1].signature[9] ^= 1;
}
static void signature_of_another_kind(struct world *world, enum step step)
{
    if (step == STEP_FOUNDED)
        world->founded.signatures[1].signature_size =
            person_sign(&world->people[1], DSSE_APPROVAL, bytes_span(&world->founding_text),
                world->founded.signatures[1].signature);
}

static void found__r3_refuses_a_signature_that_does_not_hold(void **state)
{
    refused_by(*state, "the signatures", signature_forged, ALONE);
    refused_by(*state, "the signatures", signature_of_another_kind, ALONE);
}

static void founded_long_ago(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->judged.now = NOW + 301;
}
static void founded_in_the_future(struct world *world, enum step step)
{
    if (step == STEP_VAULT)
        world->judged.now = NOW - 301;
}
static void founded_before_the_founding(struct world *world, enum step step)
{
    if (step == STEP_FOUNDING)
        world->founding.time = NOW + 1;
}

static void found__r13_refuses_times_that_cannot_be(void **state)
{
    refused_by(*state, "the times", founded_long_ago, ALONE);
    refused_by(*state, "the times", founded_in_the_future, ALONE);
    refused_by(*state, "the times", founded_before_the_founding, ALONE);
}

static void found__takes_a_good_founding(void **state)
{
    struct world *world = *state;
    struct refusal refusal = {0};
    build(world);
    assert_int_equal(found_judge(&world->judged, &refusal), OK);
    assert_int_equal(world->read.epoch, 1);
    assert_int_equal(found_rows, 10); // a new row needs a test here
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(found__r3_refuses_records_that_are_not_in_their_form),
        IN_WORLD(found__r18_refuses_another_list_of_objects),
        IN_WORLD(found__r7_refuses_what_is_no_charter),
        IN_WORLD(found__r7_refuses_a_charter_that_is_not_the_first),
        IN_WORLD(found__r18_refuses_other_keys_than_were_generated),
        IN_WORLD(found__r3_rebuilds_the_founding_record_field_by_field),
        IN_WORLD(found__r3_refuses_signatures_over_another_record),
        IN_WORLD(found__r5_needs_every_administrator_once),
        IN_WORLD(found__r3_refuses_a_signature_that_does_not_hold),
        IN_WORLD(found__r13_refuses_times_that_cannot_be),
        IN_WORLD(found__takes_a_good_founding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
