// The real conclave-vault program, killed between any two messages of a charter change, a keys motion
// and a freeze: afterwards the old or the new is in force, never neither, never a mixture, and the
// token holds exactly the keys that are named (R7, R8, R18).
#include "tests/unit/vault_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum point {
    JUDGED,   // the order is nowhere yet
    DURABLE,  // the order is on disk, and not sealed
    EXECUTED, // told to, and perhaps it did
    SEALED,
    OUTCOME, // the outcome was on its way to the disk
    POINTS
};

struct change {
    // Makes the order into the house.
    void (*make)(struct house *house);
    void (*say)(struct house *house);
    size_t made; // keys
};

static const struct freeze_of targets = {FREEZE_ROLE, "image/targets", {{0}}};

static void longer_jump(struct charter *charter)
{
    charter->jump++;
}

static void make_charter(struct house *house)
{
    struct wish wish = house_charter(house, longer_jump);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
}

static void make_keys(struct house *house)
{
    struct keys_motion keys = {.make_count = 3};
    for (size_t i = 0; i < 3; i++) {
        snprintf(keys.make[i].role, LIMIT_ROLE_NAME + 1, "image/targets");
        keys.make[i].type = i == 1 ? KEY_P256 : KEY_ED25519;
    }
    struct wish wish = house_keys(house, &keys);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
}

static void make_freeze(struct house *house)
{
    house_make_freeze(house, &house->people[BOB], &targets);
}

static void say_order(struct house *house)
{
    house_say_order(house, VAULT_JUDGE);
}

static void say_freeze(struct house *house)
{
    house_say_text(house, VAULT_FREEZE, bytes_span(&house->order));
}

// As far as that point, and then dead.
static void go_to(struct house *house, const struct change *change, enum point point)
{
    change->make(house);
    change->say(house);
    house_hear(house, VAULT_JUDGED);
    bytes_reset(&house->next_state);
    bytes_add(&house->next_state, house->heard.judged.state);
    if (point >= DURABLE) {
        house_keep(house, bytes_span(&house->order));
        house_durable(house);
    }
    if (point >= EXECUTED)
        house_say_kind(house, VAULT_EXECUTE);
    if (point >= SEALED)
        house_hear(house, VAULT_SEALED);
    if (point >= OUTCOME)
        house_hear(house, VAULT_OUTCOME);
    house_kill(house);
}

// What was made is what the state says this motion made, and nothing else.
static void hear_done(struct house *house, size_t made)
{
    const struct outcome *outcome =
        house_done(house, house->wish.role, house->wish.version, true);
    assert_int_equal(outcome->made_count, made);
    for (size_t i = 0; i < made; i++) {
        const struct key_state *key = state_key(house_state(house), &outcome->made[i].key.id);
        assert_non_null(key);
        assert_int_equal(key->by, house->wish.version);
    }
    house_durable(house);
}

static void redo(struct house *house, size_t made)
{
    struct message ask = {.kind = VAULT_REDO};
    ask.judge.order = bytes_span(&house->order);
    if (strcmp(house->wish.role, OUTCOME_FREEZE) == 0)
        house_say(house, &ask);
    else
        house_say_order(house, VAULT_REDO);
    hear_done(house, made);
}

// The whole change, from the start, after it was found that nothing of it was sealed.
static void do_it_now(struct house *house, const struct change *change)
{
    change->make(house);
    change->say(house);
    house_hear(house, VAULT_JUDGED);
    bytes_reset(&house->next_state);
    bytes_add(&house->next_state, house->heard.judged.state);
    house_keep(house, bytes_span(&house->order));
    house_durable(house);
    house_execute(house, &house->next_state);
    hear_done(house, change->made);
}

static void crash_at(struct house *house, const struct change *change, enum point point)
{
    size_t keys = house_count_keys(house);
    house_serve(house);
    go_to(house, change, point);
    bool later = house_resume_either(house);
    if (point < EXECUTED)
        assert_false(later);
    if (point > EXECUTED)
        assert_true(later);
    house_stop(house);
    assert_int_equal(house_count_keys(house), keys + (later ? change->made : 0));
    assert_int_equal(house_count_publics(house), house_count_keys(house));
    house_serve(house);
    if (later)
        redo(house, change->made);
    else
        do_it_now(house, change);
    house_stop(house);
    assert_int_equal(house_count_keys(house), keys + change->made);
}

static void crash_everywhere(struct house *house, const struct change *change)
{
    house_found(house);
    for (enum point point = JUDGED; point < POINTS; point++)
        crash_at(house, change, point);
}

static void vault__r7_a_crash_leaves_the_old_charter_or_the_new_one(void **state)
{
    struct house *house = *state;
    static const struct change change = {make_charter, say_order, 0};
    crash_everywhere(house, &change);
    assert_int_equal(house->read->epoch, 1 + POINTS);
    house_serve(house);
    house_sign(house, 1);
    house_stop(house);
}

static void vault__r18_a_crash_leaves_no_key_that_nothing_names(void **state)
{
    struct house *house = *state;
    static const struct change change = {make_keys, say_order, 3};
    crash_everywhere(house, &change);
    assert_int_equal(house_state(house)->spare_count, 3 * POINTS);
    assert_int_equal(house_state(house)->motions[MOTION_KEYS].number, POINTS);
}

// Each is lifted before the next.
static void vault__a_crash_leaves_a_freeze_in_force_or_not(void **state)
{
    struct house *house = *state;
    static const struct change change = {make_freeze, say_freeze, 0};
    house_found(house);
    for (enum point point = JUDGED; point < POINTS; point++) {
        crash_at(house, &change, point);
        assert_int_equal(house_state(house)->freeze_count, 1);
        house_serve(house);
        house_make_order(house, 1);
        house_say_order(house, VAULT_JUDGE);
        house_hear_refusal(house, "R6");
        struct wish wish = house_lift(house, &targets, "image/targets");
        house_make(house, &wish, BY_ALICE | BY_CAROL);
        house_carry_out(house);
        house_stop(house);
    }
}

// What was made is said again with the same lines in the same order.
static void vault__r8_says_again_what_was_made(void **state)
{
    struct house *house = *state;
    static struct made_line made[3];
    house_found(house);
    house_serve(house);
    make_keys(house);
    house_judge(house, &house->next_state);
    house_execute(house, &house->next_state);
    const struct outcome *outcome = house_done(house, "conclave/keys", 1, false);
    assert_int_equal(outcome->made_count, 3);
    memcpy(made, outcome->made, sizeof made);
    house_kill(house);
    house_serve(house);
    house_say_order(house, VAULT_REDO);
    outcome = house_done(house, "conclave/keys", 1, true);
    assert_int_equal(outcome->made_count, 3);
    assert_memory_equal(made, outcome->made, sizeof made);
    assert_int_equal(made[1].key.type, KEY_P256);
    house_stop(house);
}

// A retired spare key, which its destruction then names.
static struct keys_name doomed;

static void make_doomed(struct house *house)
{
    struct keys_motion keys = {.make_count = 1};
    snprintf(keys.make[0].role, LIMIT_ROLE_NAME + 1, "image/targets");
    keys.make[0].type = KEY_ED25519;
    struct wish wish = house_keys(house, &keys);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_carry_out(house);
    memcpy(doomed.role, keys.make[0].role, sizeof doomed.role);
    doomed.key = house_state(house)->spare[0].key.id;
    keys = (struct keys_motion){.retire_count = 1, .retire = {doomed}};
    wish = house_keys(house, &keys);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    house_carry_out(house);
}

static void make_destruction(struct house *house)
{
    const struct keys_motion keys = {.destroy_count = 1, .destroy = {doomed}};
    struct wish wish = house_keys(house, &keys);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
}

// Destroyed behind the seal: a crash before it leaves the key, one behind it takes it.
static void vault__r18_a_key_is_destroyed_with_the_seal_or_not_at_all(void **state)
{
    struct house *house = *state;
    static const struct change change = {make_destruction, say_order, 0};
    house_found(house);
    for (enum point point = JUDGED; point < POINTS; point++) {
        size_t keys = house_count_keys(house);
        house_serve(house);
        make_doomed(house);
        go_to(house, &change, point);
        bool later = house_resume_either(house);
        house_stop(house);
        assert_int_equal(house_count_keys(house), later ? keys : keys + 1);
        house_serve(house);
        if (later)
            redo(house, 0);
        else
            do_it_now(house, &change);
        house_stop(house);
        assert_int_equal(house_count_keys(house), keys);
        assert_int_equal(house_count_publics(house), keys);
    }
}

// Asks for as many keys as one motion may, and kills the vault after so many microseconds; 0: when it
// has answered. Returns how long that took.
static useconds_t kill_after(struct house *house, useconds_t wait)
{
    static const enum key_type types[] = {KEY_ED25519, KEY_P256, KEY_P384};
    enum { TYPES = sizeof types / sizeof types[0], RSA_EVERY = 16 }; // RSA takes its time
    struct keys_motion keys = {.make_count = LIMIT_MOTION_KEYS};
    struct timespec from, to;
    for (size_t i = 0; i < LIMIT_MOTION_KEYS; i++) {
        snprintf(keys.make[i].role, LIMIT_ROLE_NAME + 1, "image/targets");
        keys.make[i].type = i % RSA_EVERY == 1 ? KEY_RSA2048 : types[i % TYPES];
    }
    struct wish wish = house_keys(house, &keys);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    clock_gettime(CLOCK_MONOTONIC, &from);
    house_say_order(house, VAULT_JUDGE);
    if (wait == 0)
        house_hear(house, VAULT_JUDGED);
    else
        usleep(wait);
    clock_gettime(CLOCK_MONOTONIC, &to);
    house_kill(house);
    return (
        useconds_t)((to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000);
}

// Killed at any moment while it makes keys: the token then holds half a pair now and then.
static void vault__r18_survives_being_killed_while_it_makes_keys(void **state)
{
    struct house *house = *state;
    enum { KILLS = 5 };
    house_found(house);
    size_t before = house->record_count;
    house_serve(house);
    useconds_t whole = kill_after(house, 0);
    for (useconds_t i = 1; i <= KILLS; i++) {
        house->record_count = before; // the ledger lost all that
        house_serve(house);
        house_stop(house);
        assert_int_equal(house_count_keys(house), 4);
        assert_int_equal(house_count_publics(house), 4);
        house->record_count = before;
        house_serve(house);
        kill_after(house, whole * i / KILLS);
    }
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(vault__r7_a_crash_leaves_the_old_charter_or_the_new_one),
        IN_HOUSE(vault__r18_a_crash_leaves_no_key_that_nothing_names),
        IN_HOUSE(vault__a_crash_leaves_a_freeze_in_force_or_not),
        IN_HOUSE(vault__r8_says_again_what_was_made),
        IN_HOUSE(vault__r18_survives_being_killed_while_it_makes_keys),
        IN_HOUSE(vault__r18_a_key_is_destroyed_with_the_seal_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
