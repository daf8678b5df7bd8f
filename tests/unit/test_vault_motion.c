// The real conclave-vault program over a real token, with the test in the ledger's place: motions,
// freezes and custodians, and everything that a hostile ledger tries without a quorum.
#include "proto/dsse.h"
#include "tests/unit/vault_house.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct freeze_of everything = {.what = FREEZE_EVERYTHING};
static const struct freeze_of targets = {FREEZE_ROLE, "image/targets", {{0}}};

static void serve(struct house *house)
{
    house_found(house);
    house_serve(house);
}

static void carry_out(struct house *house, const struct wish *wish)
{
    house_make(house, wish, BY_ALICE | BY_CAROL);
    house_carry_out(house);
}

static void start_again(struct house *house)
{
    house_stop(house);
    house_serve(house);
}

// ---- a new charter ----

// What alice and carol could sign is alice's and bob's from then on.
static void alice_and_bob_release(struct charter *charter)
{
    charter->groups[1] =
        (struct group){.name = "release", .members = {0, 1}, .member_count = 2};
    charter->group_count = 2;
    charter->roles[0].quorum.group = charter->roles[1].quorum.group = 1;
}

static void vault__r7_a_new_charter_is_in_force_with_its_seal(void **state)
{
    struct house *house = *state;
    serve(house);
    struct wish wish = house_charter(house, alice_and_bob_release);
    carry_out(house, &wish);
    assert_int_equal(house->read->epoch, 2);
    for (int start = 0; start < 2; start++) {
        house_make_order(house, 1); // by alice and carol
        house_say_order(house, VAULT_JUDGE);
        house_hear_refusal(house, "R5");
        start_again(house);
        assert_int_equal(house->seal.epoch, 2);
        assert_true(hash_equal(&house->seal.charter, &house->read->hash));
    }
    wish = house_metadata(house, "image/targets", 1);
    house_make(house, &wish, BY_ALICE | BY_BOB);
    house_carry_out(house);
    house_stop(house);
}

static void vault__r7_approvals_of_the_old_epoch_count_no_more(void **state)
{
    struct house *house = *state;
    serve(house);
    house_make_order(house, 1);
    struct kept_order *kept = house_keep_order(house);
    struct wish wish = house_charter(house, NULL);
    carry_out(house, &wish);
    house_order_kept(house, kept);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R7");
    house_stop(house);
}

// ---- keys ----

static void make_two(struct keys_motion *keys)
{
    *keys = (struct keys_motion){.make_count = 2};
    for (size_t i = 0; i < 2; i++)
        snprintf(keys->make[i].role, LIMIT_ROLE_NAME + 1, "image/targets");
    keys->make[0].type = KEY_P256;
    keys->make[1].type = KEY_ED25519;
}

static struct key new_key, old_key;

static bool is_before(const struct role_key *a, const struct role_key *b)
{
    if (a->role != b->role)
        return a->role < b->role;
    return memcmp(a->key.id.byte, b->key.id.byte, HASH_SIZE) < 0;
}

// The first key of image/targets goes, the new one comes.
static void change_keys(struct charter *charter)
{
    for (size_t i = 0; i < charter->key_count; i++)
        if (hash_equal(&charter->keys[i].key.id, &old_key.id))
            charter->keys[i].key = new_key;
    for (size_t i = 1; i < charter->key_count; i++)
        for (size_t at = i; at > 0 && is_before(&charter->keys[at], &charter->keys[at - 1]);
             at--) {
            struct role_key lower = charter->keys[at];
            charter->keys[at] = charter->keys[at - 1];
            charter->keys[at - 1] = lower;
        }
}

static struct keys_name name_of(const struct key *key)
{
    struct keys_name name = {.key = key->id};
    snprintf(name.role, sizeof name.role, "image/targets");
    return name;
}

static const struct key *targets_key(const struct house *house, size_t at)
{
    for (size_t i = 0; i < house->read->key_count; i++)
        if (house->read->keys[i].role == 1 && at-- == 0)
            return &house->read->keys[i].key;
    fail_msg("no such key");
    return NULL;
}

// The whole life of a key: made, named by a charter, dropped by the next, destroyed.
static void vault__r18_makes_names_retires_and_destroys_keys(void **state)
{
    struct house *house = *state;
    struct keys_motion keys;
    serve(house);
    make_two(&keys);
    struct wish wish = house_keys(house, &keys);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_judge(house, &house->next_state);
    house_execute(house, &house->next_state);
    const struct outcome *outcome = house_done(house, "conclave/keys", 1, true);
    house_durable(house);
    assert_int_equal(outcome->made_count, 2);
    assert_int_equal(outcome->made[0].key.type, KEY_P256);
    assert_int_equal(outcome->made[1].key.type, KEY_ED25519);
    assert_int_equal(house_state(house)->spare_count, 2);
    new_key = outcome->made[1].key;
    old_key = *targets_key(house, 0);
    wish = house_charter(house, change_keys);
    carry_out(house, &wish);
    assert_int_equal(house_state(house)->spare_count, 2); // a spare one, and the dropped
    house_sign(house, 1);                                 // without a start between
    start_again(house);
    house_sign(house, 2);
    keys = (struct keys_motion){.destroy_count = 1, .destroy = {name_of(&old_key)}};
    wish = house_keys(house, &keys);
    carry_out(house, &wish);
    assert_int_equal(house_state(house)->spare_count, 1);
    house_sign(house, 3);
    house_stop(house);
    assert_int_equal(house_count_keys(house), 5); // log, root, two of the charter, one spare
    assert_int_equal(house_count_publics(house), 5);
    house_serve(house);
    assert_false(house_has_said(house, "destroying"));
    house_stop(house);
}

static void vault__r18_a_retired_key_signs_no_more(void **state)
{
    struct house *house = *state;
    serve(house);
    house_sign(house, 1);
    old_key = *targets_key(house, 0);
    const struct keys_motion keys = {.retire_count = 1, .retire = {name_of(&old_key)}};
    struct wish wish = house_keys(house, &keys);
    carry_out(house, &wish);
    for (uint64_t version = 2; version <= 3; version++) {
        house_make_order(house, version);
        house_judge(house, &house->next_state);
        house_execute(house, &house->next_state);
        const struct outcome *outcome = house_signed(house, 1, true);
        assert_false(hash_equal(&outcome->signatures[0].key, &old_key.id));
        house_durable(house);
        start_again(house);
    }
    house_stop(house);
}

// An order that is refused on its way leaves no key behind.
static void vault__r18_destroys_what_an_order_made_that_came_too_late(void **state)
{
    struct house *house = *state;
    struct keys_motion keys;
    serve(house);
    house->life = 3;
    make_two(&keys);
    struct wish wish = house_keys(house, &keys);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_judge(house, &house->next_state);
    while (moment_now() < house->asked.expires)
        poll(NULL, 0, 100);
    house_say_kind(house, VAULT_EXECUTE);
    house_hear_refusal(house, "R6");
    house->life = HOUSE_DAY;
    wish = house_keys(house, &keys);
    carry_out(house, &wish); // its number is free, and so is the room
    house_stop(house);
    assert_int_equal(house_count_keys(house), 6);
}

// ---- freeze and lift ----

static void vault__a_freeze_is_in_force_when_it_is_sealed_until_a_quorum_lifts_it(void **state)
{
    struct house *house = *state;
    serve(house);
    house_make_order(house, 1);
    house_freeze(house, &house->people[BOB], &targets);
    for (int start = 0; start < 2; start++) {
        house_make_order(house, 1);
        house_say_order(house, VAULT_JUDGE);
        house_hear_refusal(house, "R6");
        start_again(house);
    }
    struct wish wish = house_lift(house, &targets, "image/targets");
    house_make(house, &wish, BY_CAROL);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R5");
    carry_out(house, &wish);
    house_sign(house, 1);
    house_stop(house);
}

// The statement of a freeze that was lifted, once more.
static void vault__r11_a_lifted_freeze_cannot_be_replayed(void **state)
{
    struct house *house = *state;
    struct bytes frozen;
    bytes_init(&frozen, LIMIT_RECORD);
    serve(house);
    house_make_freeze(house, &house->people[BOB], &everything);
    bytes_add(&frozen, bytes_span(&house->order));
    house_freeze(house, &house->people[BOB], &everything);
    house_say_text(house, VAULT_FREEZE, bytes_span(&frozen));
    house_hear_refusal(house, "R11");
    struct wish wish = house_lift(house, &everything, "charter");
    carry_out(house, &wish);
    for (int start = 0; start < 2; start++) {
        house_say_text(house, VAULT_FREEZE, bytes_span(&frozen));
        house_hear_refusal(house, "R11");
        start_again(house);
    }
    house_freeze(house, &house->people[BOB], &everything); // with the next number
    house_stop(house);
    bytes_clear(&frozen);
}

static void vault__a_charter_is_never_frozen(void **state)
{
    struct house *house = *state;
    serve(house);
    house_freeze(house, &house->people[BOB], &everything);
    struct wish wish = house_charter(house, alice_and_bob_release);
    carry_out(house, &wish);
    house_stop(house);
}

// ---- custodians ----

// Each person keeps one key: alice that of the root, bob and carol those of the targets.
static void keep_keys(struct charter *charter)
{
    for (size_t i = 0; i < charter->key_count; i++) {
        charter->keys[i].has_custodian = true;
        charter->keys[i].custodian = i;
    }
}

static void vault__r12_custodians_add_their_signatures_one_by_one(void **state)
{
    struct house *house = *state;
    house->bend = keep_keys;
    serve(house);
    struct wish wish = house_metadata(house, "image/targets", 1);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_judge(house, &house->next_state);
    house_execute(house, &house->next_state);
    const struct outcome *outcome = house_signed(house, 1, true);
    assert_true(hash_equal(&outcome->signatures[0].key, &targets_key(house, 1)->id));
    assert_int_equal(outcome->missing, 1);
    struct place first = house->outcome;
    house_durable(house);
    // Nothing new: nobody has approved since.
    house_order(house, &first);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R12");
    house_approve(house, &house->people[BOB]);
    house_order(house, &first);
    house_judge(house, &house->next_state);
    house_execute(house, &house->next_state);
    house_kill(house); // what is added is carried out again as well
    house->wish = wish;
    house_serve(house);
    house_say_order(house, VAULT_REDO);
    outcome = house_signed(house, 1, true);
    assert_true(hash_equal(&outcome->signatures[0].key, &targets_key(house, 0)->id));
    assert_true(outcome->adds);
    assert_int_equal(outcome->added_to.index, first.index);
    assert_int_equal(outcome->missing, 0);
    house_durable(house);
    wish = house_metadata(house, "image/targets", 2);
    house_make(house, &wish, BY_ALICE | BY_BOB | BY_CAROL);
    house_carry_out(house); // both at once
    house_stop(house);
}

static void vault__r12_signs_nothing_before_the_threshold_is_reached(void **state)
{
    struct house *house = *state;
    house->bend = keep_keys;
    serve(house);
    struct wish wish = house_metadata(house, "image/targets", 1);
    wish.reach = (struct reach){.role = "image/targets", .need = 2, .key_count = 2};
    for (size_t i = 0; i < 2; i++)
        wish.reach.keys[i] = targets_key(house, i)->id;
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R12");
    house_approve(house, &house->people[BOB]);
    house_order(house, NULL);
    house_carry_out(house);
    wish = house_metadata(house, "image/root", 1);
    house_make(house, &wish, BY_BOB | BY_CAROL); // a quorum, but not its custodian
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R12");
    house_stop(house);
}

// ---- import ----

static struct wish import_of(struct house *house)
{
    static const char file[] = "a root file", part[] = "its signed part";
    static struct import_motion motion;
    motion = (struct import_motion){
        .number = 1, .repository = "image", .root_count = 1, .role_count = 1};
    motion.roots[0] = (struct import_root){7, hash_of(span_text(file))};
    motion.roles[0] = (struct import_role){
        "image/root", 7, hash_of(span_text(part)), moment_now() + HOUSE_DAY};
    bytes_reset(&house->motion);
    import_motion_write(&motion, &house->motion);
    assert_int_equal(bytes_finish(&house->motion), OK);
    return (struct wish){.role = "conclave/import",
        .version = 1,
        .payload = bytes_span(&house->motion),
        .decides = "charter",
        .evidence = {span_text(file), span_text(part)},
        .evidence_count = 2};
}

static void vault__r12_goes_on_from_what_was_imported(void **state)
{
    struct house *house = *state;
    serve(house);
    struct wish wish = import_of(house);
    carry_out(house, &wish);
    wish = house_metadata(house, "image/root", 7);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R12");
    wish = house_metadata(house, "image/root", 8);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_judge(house, &house->next_state);
    house_execute(house, &house->next_state);
    house_signed(house, 1, true);
    house_stop(house);
}

// ---- without a quorum ----

static void refuse_all(struct house *house, const struct wish *wish)
{
    uint64_t seal = house->seal.number;
    house_make(house, wish, 0);
    house_approve(house, &house->people[ALICE]);
    house_order(house, NULL);
    house_say_order(house, VAULT_JUDGE); // by one
    house_hear_refusal(house, "R5");
    house_approve(house, &house->people[BOB]);
    house_order(house, NULL);
    house->signatures[1][3] ^= 1;
    house_say_order(house, VAULT_JUDGE); // the second one forged
    house_hear_refusal(house, "R3");
    house->signatures[1][3] ^= 1;
    struct wish own = *wish;
    own.asker = &house->people[BOB];
    house_make(house, &own, BY_ALICE | BY_BOB);
    house_say_order(house, VAULT_JUDGE); // the second one stands behind it
    house_hear_refusal(house, "R5");
    house_make(house, wish, BY_ALICE | BY_CAROL);
    house_say_kind(house, VAULT_EXECUTE); // not even judged
    house_ends(house, EXIT_NEIGHBOUR, "does not belong here");
    house_serve(house);
    assert_int_equal(house->seal.number, seal);
}

// Whatever a hostile keeper and ledger write, no text is carried out without its quorum.
static void vault__r5_carries_out_no_motion_without_its_quorum(void **state)
{
    struct house *house = *state;
    struct keys_motion keys;
    serve(house);
    struct wish wish = house_charter(house, alice_and_bob_release);
    refuse_all(house, &wish);
    make_two(&keys);
    wish = house_keys(house, &keys);
    refuse_all(house, &wish);
    wish = house_time(house, moment_now());
    refuse_all(house, &wish);
    wish = import_of(house);
    refuse_all(house, &wish);
    house_freeze(house, &house->people[CAROL], &everything);
    wish = house_lift(house, &everything, "charter");
    refuse_all(house, &wish);
    assert_int_equal(house->seal.number, 2); // the freeze's
    house_stop(house);
    assert_int_equal(house_count_keys(house), 4);
}

// A role's quorum where the charter's decides, and a line that says so.
static void vault__r7_counts_only_who_decides_whatever_the_record_says(void **state)
{
    struct house *house = *state;
    serve(house);
    struct wish wish = house_charter(house, alice_and_bob_release);
    wish.decides = "image/targets";
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_say_order(house, VAULT_JUDGE);
    house_hear_refusal(house, "R7");
    house_stop(house);
}

// One administrator's word, or a forged one.
static void vault__r3_takes_no_freeze_of_anybody_else(void **state)
{
    struct house *house = *state;
    serve(house);
    house_make_freeze(house, &house->desk, &everything);
    house_say_text(house, VAULT_FREEZE, bytes_span(&house->order));
    house_hear_refusal(house, "R3");
    house_make_freeze(house, &house->people[BOB], &everything);
    static struct frozen frozen;
    assert_int_equal(frozen_read(bytes_span(&house->order), &frozen), OK);
    frozen.signature[7] ^= 1;
    bytes_reset(&house->order);
    frozen_write(&frozen, &house->order);
    house_say_text(house, VAULT_FREEZE, bytes_span(&house->order));
    house_hear_refusal(house, "R3");
    // As a record, or as an order, it is none.
    house_say_text(house, VAULT_APPEND, bytes_span(&house->order));
    house_ends(house, EXIT_NEIGHBOUR, "malformed");
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(vault__r7_a_new_charter_is_in_force_with_its_seal),
        IN_HOUSE(vault__r7_approvals_of_the_old_epoch_count_no_more),
        IN_HOUSE(vault__r18_makes_names_retires_and_destroys_keys),
        IN_HOUSE(vault__r18_a_retired_key_signs_no_more),
        IN_HOUSE(vault__r18_destroys_what_an_order_made_that_came_too_late),
        IN_HOUSE(vault__a_freeze_is_in_force_when_it_is_sealed_until_a_quorum_lifts_it),
        IN_HOUSE(vault__r11_a_lifted_freeze_cannot_be_replayed),
        IN_HOUSE(vault__a_charter_is_never_frozen),
        IN_HOUSE(vault__r12_custodians_add_their_signatures_one_by_one),
        IN_HOUSE(vault__r12_signs_nothing_before_the_threshold_is_reached),
        IN_HOUSE(vault__r12_goes_on_from_what_was_imported),
        IN_HOUSE(vault__r5_carries_out_no_motion_without_its_quorum),
        IN_HOUSE(vault__r7_counts_only_who_decides_whatever_the_record_says),
        IN_HOUSE(vault__r3_takes_no_freeze_of_anybody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
