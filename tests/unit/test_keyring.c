// The keyring over a real token, and signatures that are verified before anybody sees them.
#include "hsm/keyring.h"
#include "hsm/object.h"
#include "hsm/sign.h"
#include "log/checkpoint.h"
#include "tests/unit/softhsm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
    struct softhsm softhsm;
    struct token *token;
    struct keyring keyring;
    struct charter charter;
    struct state state;
    struct refusal why;
};

static struct token_key make(struct world *world, const char *label, enum key_type type)
{
    struct token_key key;
    assert_int_equal(token_key_generate(world->token, label, type, &key, &world->why), OK);
    return key;
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    softhsm_make(&world->softhsm);
    world->token = softhsm_open(&world->softhsm);
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

static enum err load(struct world *world)
{
    return keyring_load(world->token, &world->keyring, &world->why);
}

// A log key and two role keys, and the charter that fits them.
static void fill(struct world *world)
{
    static const char *const roles[] = {"image/root", "image/targets"};
    struct charter *charter = &world->charter;
    charter->log = make(world, KEYRING_LOG, KEY_ED25519).key.id;
    charter->role_count = charter->key_count = 2;
    for (size_t i = 0; i < 2; i++) {
        snprintf(charter->roles[i].name, LIMIT_ROLE_NAME + 1, "%s", roles[i]);
        charter->keys[i].role = i;
        charter->keys[i].key = make(world, roles[i], i == 0 ? KEY_ED25519 : KEY_P256).key;
    }
    assert_int_equal(load(world), OK);
}

static void keyring__is_not_found_in_an_empty_token(void **state)
{
    assert_int_equal(load(*state), ERR_NOT_FOUND);
}

static void keyring__needs_one_log_key_of_its_type(void **state)
{
    struct world *world = *state;
    make(world, "image/root", KEY_P256);
    assert_int_equal(load(world), ERR_KEY);
    make(world, KEYRING_LOG, KEY_ED25519);
    assert_int_equal(load(world), OK);
    make(world, KEYRING_LOG, KEY_ED25519);
    assert_int_equal(load(world), ERR_KEY);
    assert_int_equal(object_destroy_all(world->token, &world->why), OK);
    make(world, KEYRING_LOG, KEY_P256);
    assert_int_equal(load(world), ERR_KEY);
}

static void keyring__finds_a_key_for_its_role_alone(void **state)
{
    struct world *world = *state;
    fill(world);
    const struct hash *id = &world->charter.keys[1].key.id;
    assert_non_null(keyring_find(&world->keyring, "image/targets", id));
    assert_null(keyring_find(&world->keyring, "image/root", id));
    assert_null(keyring_find(&world->keyring, KEYRING_LOG, &world->charter.log));
}

static void keyring__r18_fits_only_the_charter_with_the_same_keys(void **state)
{
    struct world *world = *state;
    fill(world);
    struct charter *charter = &world->charter;
    assert_int_equal(keyring_fits(&world->keyring, charter, &world->why), OK);
    charter->key_count = 1;
    assert_int_equal(keyring_fits(&world->keyring, charter, &world->why), ERR_REFUSED);
    charter->key_count = 2;
    world->keyring.count = 1;
    assert_int_equal(keyring_fits(&world->keyring, charter, &world->why), ERR_REFUSED);
    world->keyring.count = 2;
    charter->keys[0].role = 1;
    assert_int_equal(keyring_fits(&world->keyring, charter, &world->why), ERR_REFUSED);
    charter->keys[0].role = 0;
    charter->log.byte[0] ^= 1;
    assert_int_equal(keyring_fits(&world->keyring, charter, &world->why), ERR_REFUSED);
    charter->log.byte[0] ^= 1;
    assert_int_equal(keyring_fits(&world->keyring, charter, &world->why), OK);
}

static void sign__gives_nothing_that_does_not_verify(void **state)
{
    struct world *world = *state;
    struct bytes out;
    fill(world);
    bytes_init(&out, 2 * KEY_SIGNATURE_MOST);
    bytes_add_text(&out, "before");
    for (size_t i = 0; i < 2; i++) {
        const struct token_key *key = &world->keyring.keys[i];
        const struct key *other = &world->keyring.keys[1 - i].key;
        assert_int_equal(
            sign_verified(world->token, key, other, span_text("message"), &out, &world->why),
            ERR_SIGNATURE);
        assert_true(span_is(bytes_span(&out), "before"));
        assert_non_null(strstr(world->why.sentence, "does not verify"));
        assert_int_equal(sign_verified(world->token, key, &key->key, span_text("message"), &out,
                             &world->why),
            OK);
        assert_true(out.size > 60);
        out.size = strlen("before");
    }
    bytes_clear(&out);
}

static void sign__makes_a_checkpoint_that_opens(void **state)
{
    struct world *world = *state;
    struct bytes note;
    struct merkle_edge edge;
    struct checkpoint checkpoint;
    struct hash leaf = {{7}};
    fill(world);
    merkle_edge_init(&edge);
    for (int i = 0; i < 5; i++)
        merkle_edge_append(&edge, &leaf);
    struct hash root = merkle_edge_root(&edge);
    bytes_init(&note, LIMIT_CHECKPOINT);
    assert_int_equal(sign_checkpoint(world->token, &world->keyring, "log.example/x", &edge,
                         &note, &world->why),
        OK);
    assert_int_equal(checkpoint_open(bytes_span(&note), "log.example/x",
                         &world->keyring.log.key, &checkpoint),
        OK);
    assert_int_equal(checkpoint.size, 5);
    assert_true(hash_equal(&checkpoint.root, &root));
    bytes_clear(&note);
}

static void begin(struct world *world, struct signing *signing)
{
    signing_init(signing);
    signing->token = world->token;
    signing->keyring = &world->keyring;
    signing->charter = &world->charter;
    signing->state = &world->state;
}

static void signing__refuses_a_role_without_its_keys(void **state)
{
    struct world *world = *state;
    struct item item = {.role = "image/targets", .version = 3};
    struct span payload = span_text("payload");
    struct signing *signing = calloc(1, sizeof *signing);
    assert_non_null(signing);
    fill(world);
    begin(world, signing);
    world->keyring.count = 0;
    assert_int_equal(signing_make(signing, &item, 1, &payload, &world->why), ERR_NOT_FOUND);
    snprintf(item.role, sizeof item.role, "image/other");
    world->keyring.count = 2;
    assert_int_equal(signing_make(signing, &item, 1, &payload, &world->why), ERR_NOT_FOUND);
    assert_int_equal(signing->count, 0);
    signing_clear(signing);
    free(signing);
}

static void signing__signs_each_item_with_the_keys_of_its_role(void **state)
{
    struct world *world = *state;
    static struct span_list spans;
    struct item items[] = {
        {.role = "image/targets", .version = 3}, {.role = "image/root", .version = 4}};
    struct span payloads[] = {span_text("targets"), span_text("root")};
    struct signing *signing = calloc(1, sizeof *signing);
    assert_non_null(signing);
    fill(world);
    begin(world, signing);
    assert_int_equal(signing_make(signing, items, 2, payloads, &world->why), OK);
    signing_spans(signing, &spans);
    assert_int_equal(spans.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct key *key = &world->charter.keys[1 - i].key;
        struct hash hash = hash_of(spans.at[i]);
        assert_int_equal(key_verify(key, payloads[i], spans.at[i]), OK);
        assert_true(hash_equal(&signing->lines[i].key, &key->id));
        assert_true(hash_equal(&signing->lines[i].signature, &hash));
        assert_string_equal(signing->lines[i].role, items[i].role);
        assert_int_equal(signing->lines[i].version, items[i].version);
    }
    signing_clear(signing);
    free(signing);
}

// Two more keys of image/targets: Alice's, which the state says signs for this order, and Bob's,
// which signed for the one before.
static void add_custodians(struct world *world)
{
    struct charter *charter = &world->charter;
    world->state.order.index = 7;
    for (size_t i = 0; i < 2; i++) {
        struct signed_state line = {.role = "image/targets", .order = 7 - i};
        struct role_key *key = &charter->keys[charter->key_count++];
        *key = (struct role_key){.role = 1, .has_custodian = true, .custodian = i};
        key->key = make(world, "image/targets", KEY_ED25519).key;
        line.key = key->key.id;
        assert_int_equal(state_set_signed(&world->state, &line), OK);
    }
    assert_int_equal(load(world), OK);
}

static void signing__r12_follows_from_the_sealed_state(void **state)
{
    struct world *world = *state;
    struct item item = {.role = "image/targets", .version = 3};
    struct span payload = span_text("targets");
    struct signing *signing = calloc(1, sizeof *signing);
    assert_non_null(signing);
    fill(world);
    add_custodians(world);
    for (int adds = 0; adds < 2; adds++) {
        begin(world, signing);
        signing->adds = adds == 1;
        assert_int_equal(signing_make(signing, &item, 1, &payload, &world->why), OK);
        assert_int_equal(signing->count, 2 - adds);
        const struct hash *last = &signing->lines[signing->count - 1].key;
        assert_true(hash_equal(last, &world->charter.keys[2].key.id));
        assert_int_equal(signing_missing(signing, &item, 1), 0);
        signing_clear(signing);
    }
    state_drop_signed(&world->state, "image/targets");
    begin(world, signing);
    assert_int_equal(signing_missing(signing, &item, 1), 2);
    signing->adds = true;
    assert_int_equal(signing_make(signing, &item, 1, &payload, &world->why), ERR_NOT_FOUND);
    signing_clear(signing);
    free(signing);
}

// Bob's key is retired: it is not waited for.
static void signing__r18_a_retired_key_neither_signs_nor_is_missing(void **state)
{
    struct world *world = *state;
    struct item item = {.role = "image/targets", .version = 3};
    struct span payload = span_text("targets");
    struct key_state retired = {.role = "image/targets", .retired = true};
    struct signing *signing = calloc(1, sizeof *signing);
    assert_non_null(signing);
    fill(world);
    add_custodians(world);
    for (size_t i = 1; i < world->charter.key_count; i++) {
        retired.key = world->charter.keys[i].key;
        assert_int_equal(state_set_key(&world->state, &retired), OK);
    }
    state_drop_signed(&world->state, "image/targets");
    begin(world, signing);
    assert_int_equal(signing_missing(signing, &item, 1), 0);
    assert_int_equal(signing_make(signing, &item, 1, &payload, &world->why), ERR_NOT_FOUND);
    signing_clear(signing);
    free(signing);
}

#define WITH_TOKEN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TOKEN(keyring__is_not_found_in_an_empty_token),
        WITH_TOKEN(keyring__needs_one_log_key_of_its_type),
        WITH_TOKEN(keyring__finds_a_key_for_its_role_alone),
        WITH_TOKEN(keyring__r18_fits_only_the_charter_with_the_same_keys),
        WITH_TOKEN(sign__gives_nothing_that_does_not_verify),
        WITH_TOKEN(sign__makes_a_checkpoint_that_opens),
        WITH_TOKEN(signing__refuses_a_role_without_its_keys),
        WITH_TOKEN(signing__signs_each_item_with_the_keys_of_its_role),
        WITH_TOKEN(signing__r12_follows_from_the_sealed_state),
        WITH_TOKEN(signing__r18_a_retired_key_neither_signs_nor_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
