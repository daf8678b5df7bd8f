// The seal over the real SoftHSM module: what counts, what does not, and what is left behind.
#include "hsm/object.h"
#include "hsm/seal.h"
#include "tests/unit/softhsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
    struct softhsm softhsm;
    struct token *token;
    struct seal_key key;
    struct refusal why;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    softhsm_make(&world->softhsm);
    world->token = softhsm_open(&world->softhsm);
    assert_int_equal(seal_key_generate(world->token, &world->key, &world->why), OK);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    token_close(world->token);
    softhsm_drop(&world->softhsm);
    free(world);
    return 0;
}

static void again(struct world *world)
{
    token_close(world->token);
    world->token = softhsm_open(&world->softhsm);
    assert_int_equal(seal_key_find(world->token, &world->key, &world->why), OK);
}

static struct seal seal_numbered(uint64_t number)
{
    return (struct seal){.number = number,
        .epoch = 3,
        .charter = hash_of(span_text("charter")),
        .size = 1000 + number,
        .root = hash_of(span_text("root")),
        .state = hash_of(span_of(&number, sizeof number)),
        .comebacks = {{{1, 3, 1800000000}, {900 + number, 910, 1800086400}}, 2}};
}

static bool same(const struct seal *a, const struct seal *b)
{
    return a->number == b->number && a->epoch == b->epoch && a->size == b->size &&
           hash_equal(&a->charter, &b->charter) && hash_equal(&a->root, &b->root) &&
           hash_equal(&a->state, &b->state) &&
           memcmp(&a->comebacks, &b->comebacks, sizeof a->comebacks) == 0;
}

static void write_numbered(struct world *world, uint64_t number)
{
    struct seal seal = seal_numbered(number);
    assert_int_equal(seal_write(world->token, &world->key, &seal, &world->why), OK);
}

static size_t count(struct world *world)
{
    size_t seals = 99;
    assert_int_equal(seal_count(world->token, &seals, &world->why), OK);
    return seals;
}

// An object as a seal would be, with any bytes: what a stranger with the PIN could leave there.
static void plant(struct world *world, struct span value, CK_BBOOL private)
{
    static const CK_OBJECT_CLASS class = CKO_DATA;
    CK_BBOOL yes = CK_TRUE;
    CK_OBJECT_HANDLE handle;
    struct object_template template = {.count = 0};
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    object_template_add(&template, CKA_TOKEN, &yes, sizeof yes);
    object_template_add(&template, CKA_PRIVATE, &private, sizeof private);
    object_template_add(&template, CKA_LABEL, "conclave.seal", 13);
    object_template_add(&template, CKA_VALUE, value.data, value.size);
    assert_int_equal(object_create(world->token, &template, &handle, &world->why), OK);
}

// The bytes of the only seal there is.
static void value_of_seal(struct world *world, uint8_t value[SEAL_SIZE])
{
    static const CK_OBJECT_CLASS class = CKO_DATA;
    struct object_template template = {.count = 0};
    CK_OBJECT_HANDLE handle;
    size_t found = 0;
    struct object_room room = {value, SEAL_SIZE};
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    assert_int_equal(object_find(world->token, &template, &handle, 1, &found, &world->why), OK);
    assert_int_equal(found, 1);
    assert_int_equal(object_bytes(world->token, handle, CKA_VALUE, &room, &world->why), OK);
    assert_int_equal(room.size, SEAL_SIZE);
}

static void seal__is_not_found_where_there_is_none(void **state)
{
    struct world *world = *state;
    struct seal seal;
    assert_int_equal(count(world), 0);
    assert_int_equal(seal_find(world->token, &world->key, &seal, &world->why), ERR_NOT_FOUND);
}

static void seal__comes_back_as_it_was_written(void **state)
{
    struct world *world = *state;
    struct seal found, written = seal_numbered(7);
    write_numbered(world, 7);
    again(world);
    assert_int_equal(seal_find(world->token, &world->key, &found, &world->why), OK);
    assert_true(same(&found, &written));
}

// What the oldest two become when there are too many: one, from the later start.
static void seal__r4_counts_a_delay_from_the_start_that_brought_it_back(void **state)
{
    (void)state;
    enum { NIGHTS = COMEBACKS_MOST + 1 };
    struct comebacks list = {.count = 0};
    const struct comeback nothing = {.since = 7};
    comebacks_add(&list, &nothing);
    assert_int_equal(list.count, 0);
    for (uint64_t i = 0; i < NIGHTS; i++) {
        struct comeback back = {.since = 100 * ((moment)i + 1)};
        comeback_grow(&back, 10 * i + 2);
        comeback_grow(&back, 10 * i + 4);
        comebacks_add(&list, &back);
    }
    assert_int_equal(list.count, COMEBACKS_MOST);
    assert_int_equal(comebacks_since(&list, 2, 50), 200);
    assert_int_equal(comebacks_since(&list, 7, 50), 200);
    assert_int_equal(comebacks_since(&list, 14, 201), 201);
    assert_int_equal(comebacks_since(&list, 21, 50), 50);
    assert_int_equal(comebacks_since(&list, 22, 50), 300);
    assert_int_equal(comebacks_since(&list, 24, 50), 300);
    assert_int_equal(comebacks_since(&list, 25, 50), 50);
    comebacks_forget(&list, 299);
    assert_int_equal(comebacks_since(&list, 14, 50), 50);
    assert_int_equal(comebacks_since(&list, 24, 50), 300);
    comebacks_forget(&list, 300);
    assert_int_equal(comebacks_since(&list, 24, 50), 50);
    assert_int_equal(list.count, COMEBACKS_MOST - 2);
}

static void seal__has_the_layout_that_the_header_states(void **state)
{
    struct world *world = *state;
    uint8_t value[SEAL_SIZE];
    struct seal written = seal_numbered(7);
    write_numbered(world, 7);
    value_of_seal(world, value);
    static const uint8_t seven[8] = {[7] = 7};
    assert_memory_equal(value, "conclave.seal.v1", 16);
    assert_memory_equal(value + 16, seven, 8);
    assert_memory_equal(value + 32, written.charter.byte, 32);
    assert_memory_equal(value + 72, written.root.byte, 32);
    assert_memory_equal(value + 104, written.state.byte, 32);
}

static void seal__replaces_the_one_before(void **state)
{
    struct world *world = *state;
    struct seal found, written = seal_numbered(3);
    for (uint64_t number = 1; number <= 3; number++)
        write_numbered(world, number);
    assert_int_equal(count(world), 1);
    assert_int_equal(seal_find(world->token, &world->key, &found, &world->why), OK);
    assert_true(same(&found, &written));
}

static void seal__counts_by_the_highest_number_and_removes_the_others(void **state)
{
    struct world *world = *state;
    uint8_t older[SEAL_SIZE];
    struct seal found;
    write_numbered(world, 4);
    value_of_seal(world, older);
    write_numbered(world, 5);
    plant(world, span_of(older, sizeof older), CK_TRUE);
    assert_int_equal(count(world), 2);
    again(world);
    assert_int_equal(seal_find(world->token, &world->key, &found, &world->why), OK);
    assert_int_equal(found.number, 5);
    assert_int_equal(count(world), 1);
}

static void seal__does_not_count_torn_false_or_foreign_ones(void **state)
{
    struct world *world = *state;
    uint8_t bad[SEAL_SIZE + 1];
    struct seal found;
    write_numbered(world, 4);
    value_of_seal(world, bad);
    bad[23] = 200; // a higher number under the old code
    plant(world, span_of(bad, SEAL_SIZE), CK_TRUE);
    plant(world, span_of(bad, SEAL_SIZE - 1), CK_TRUE);
    plant(world, span_of(bad, sizeof bad), CK_TRUE);
    plant(world, span_of("x", 1), CK_FALSE);
    assert_int_equal(count(world), 5);
    assert_int_equal(seal_find(world->token, &world->key, &found, &world->why), OK);
    assert_int_equal(found.number, 4);
    assert_int_equal(count(world), 1);
}

static void seal__removes_nothing_when_none_is_valid(void **state)
{
    struct world *world = *state;
    struct seal found;
    plant(world, span_of("x", 1), CK_TRUE);
    plant(world, span_of("y", 1), CK_TRUE);
    assert_int_equal(seal_find(world->token, &world->key, &found, &world->why), ERR_NOT_FOUND);
    assert_int_equal(count(world), 2);
}

static void seal__is_false_under_another_key(void **state)
{
    struct world *world = *state;
    struct seal found;
    struct seal_key other;
    write_numbered(world, 4);
    assert_int_equal(seal_key_generate(world->token, &other, &world->why), OK);
    assert_int_equal(seal_find(world->token, &other, &found, &world->why), ERR_NOT_FOUND);
    assert_int_equal(seal_find(world->token, &world->key, &found, &world->why), OK);
}

// Wherever a bit of the encrypted value is turned round, there is no seal any more.
static void seal__is_none_after_a_flipped_bit(void **state)
{
    struct world *world = *state;
    struct softhsm_files files;
    struct seal found;
    enum { STEP = 9 };
    size_t size = 0;
    write_numbered(world, 4);
    softhsm_seals(&world->softhsm, &files);
    assert_int_equal(files.count, 1);
    size_t start = softhsm_value(files.path[0], &size);
    assert_true(size > SEAL_SIZE);
    for (size_t at = start; at < start + size; at += STEP) {
        softhsm_flip(files.path[0], at);
        again(world);
        enum err err = seal_find(world->token, &world->key, &found, &world->why);
        assert_int_equal(err, ERR_NOT_FOUND);
        assert_int_equal(count(world), 1);
        softhsm_flip(files.path[0], at);
    }
    again(world);
    assert_int_equal(seal_find(world->token, &world->key, &found, &world->why), OK);
}

static void seal__key_is_found_once_and_checked(void **state)
{
    struct world *world = *state;
    struct seal_key found;
    assert_int_equal(seal_key_find(world->token, &found, &world->why), OK);
    assert_int_equal(found.handle, world->key.handle);
    assert_int_equal(seal_key_generate(world->token, &found, &world->why), OK);
    assert_int_equal(seal_key_find(world->token, &found, &world->why), ERR_KEY);
    assert_non_null(strstr(world->why.sentence, "more than one"));
    assert_int_equal(object_destroy_all(world->token, &world->why), OK);
    assert_int_equal(seal_key_find(world->token, &found, &world->why), ERR_NOT_FOUND);
}

// A secret key that somebody brought in could be known outside the token.
static void seal__refuses_a_key_that_was_brought_in(void **state)
{
    struct world *world = *state;
    static const CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    static const CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    static const CK_MECHANISM_TYPE allowed = CKM_SHA256_HMAC;
    static const CK_ATTRIBUTE_TYPE yes_types[] = {
        CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN, CKA_VERIFY};
    static const CK_ATTRIBUTE_TYPE no_types[] = {CKA_EXTRACTABLE, CKA_ENCRYPT, CKA_DECRYPT,
        CKA_WRAP, CKA_UNWRAP, CKA_DERIVE, CKA_MODIFIABLE, CKA_COPYABLE};
    static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    uint8_t value[32] = {1};
    struct object_template template = {.count = 0};
    struct seal_key key;
    assert_int_equal(object_destroy_all(world->token, &world->why), OK);
    object_template_add(&template, CKA_CLASS, &class, sizeof class);
    object_template_add(&template, CKA_KEY_TYPE, &type, sizeof type);
    object_template_add(&template, CKA_VALUE, value, sizeof value);
    object_template_add(&template, CKA_ALLOWED_MECHANISMS, &allowed, sizeof allowed);
    for (size_t i = 0; i < sizeof yes_types / sizeof yes_types[0]; i++)
        object_template_add(&template, yes_types[i], &yes, sizeof yes);
    for (size_t i = 0; i < sizeof no_types / sizeof no_types[0]; i++)
        object_template_add(&template, no_types[i], &no, sizeof no);
    assert_int_equal(object_create(world->token, &template, &key.handle, &world->why), OK);
    assert_int_equal(seal_key_find(world->token, &key, &world->why), ERR_KEY);
    assert_non_null(strstr(world->why.sentence, "CKA_LOCAL"));
}

#define WITH_TOKEN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TOKEN(seal__is_not_found_where_there_is_none),
        WITH_TOKEN(seal__comes_back_as_it_was_written),
        WITH_TOKEN(seal__r4_counts_a_delay_from_the_start_that_brought_it_back),
        WITH_TOKEN(seal__has_the_layout_that_the_header_states),
        WITH_TOKEN(seal__replaces_the_one_before),
        WITH_TOKEN(seal__counts_by_the_highest_number_and_removes_the_others),
        WITH_TOKEN(seal__does_not_count_torn_false_or_foreign_ones),
        WITH_TOKEN(seal__removes_nothing_when_none_is_valid),
        WITH_TOKEN(seal__is_false_under_another_key),
        WITH_TOKEN(seal__is_none_after_a_flipped_bit),
        WITH_TOKEN(seal__key_is_found_once_and_checked),
        WITH_TOKEN(seal__refuses_a_key_that_was_brought_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
