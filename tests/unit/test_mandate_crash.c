// The real conclave-vault program, besieged by whoever has the ledger and the keeper: 200 times it is
// killed somewhere on the way of an order under a mandate, what is not sealed is dropped from the log,
// and all is tried again. Every signature that it ever let out is counted, also those that no log
// holds any more.
#include "tests/unit/tally.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char targets[] = "director/targets", timestamp[] = "image/timestamp";

// Where it is killed.
enum point {
    SAID,       // it heard the order; what it did then nobody knows
    RESERVED,   // its reservation is nowhere yet
    DURABLE,    // and is on disk, but not sealed
    EXECUTED,   // it was told to seal, and perhaps did
    SEALED,     // no number is used
    SAID_AGAIN, // between the seal and the outcome
    BETWEEN,    // the same with six signatures to make
    SIGNED,     // the outcome was said, and nobody stored it
    KEPT,       // the outcome is on disk
    REPLAYED,   // halfway through the replay
    OLD_STATE,  // it halted: it was shown the state before the sealed one
    OLD_TAIL,   // it halted: it was shown signatures that had been dropped
    IDLE,
    POINTS
};

enum {
    ROUNDS = 25,
    LIVES = 8, // of each round
    CRASHES = 200,
    BATCH = 6,
    FEW = 7,
    RACE_US = 6000, // an order takes about so long
};

struct siege {
    struct house *house;
    struct tally tally;
    struct permit *permit; // under attack
    uint64_t next;         // version above all that may have been signed
    size_t base;           // records up to the last motion's outcome
    struct bytes old_state, tail[2];
    uint64_t chance;
    size_t killed[POINTS], refused;
};

static void copy(struct bytes *to, struct span from)
{
    bytes_reset(to);
    bytes_add(to, from);
    assert_int_equal(bytes_finish(to), OK);
}

static uint64_t below(struct siege *siege, uint64_t limit)
{
    siege->chance = siege->chance * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return (siege->chance >> 33) % limit;
}

// ---- what it says, and its death ----

static void hear_more(struct siege *siege)
{
    struct channel *up = &siege->house->up;
    struct pollfd ready = {.fd = up->fd, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, HOUSE_WAIT_MS), 1);
    assert_int_equal(channel_fill(up), OK);
}

static enum message_kind hear(struct siege *siege)
{
    enum err err;
    while ((err = channel_take(&siege->house->up, &siege->house->heard)) == ERR_AGAIN)
        hear_more(siege);
    assert_int_equal(err, OK);
    return siege->house->heard.kind;
}

// What it wrote before it died is out too.
static void die(struct siege *siege, enum point point)
{
    struct house *house = siege->house;
    kill(house->pid, SIGKILL);
    siege->killed[point]++;
    enum err filled;
    do {
        filled = channel_fill(&house->up);
        while (channel_take(&house->up, &house->heard) == OK)
            if (house->heard.kind == VAULT_OUTCOME)
                tally_take(&siege->tally, siege->house);
        struct pollfd more = {.fd = house->up.fd, .events = POLLIN};
        poll(&more, 1, HOUSE_WAIT_MS);
    } while (filled == OK || filled == ERR_AGAIN);
    house_kill(house);
}

static bool dies(struct siege *siege, enum point here, enum point stop)
{
    if (here != stop)
        return false;
    if (here == SAID || here == EXECUTED || here == SAID_AGAIN || here == BETWEEN)
        usleep((useconds_t)below(siege, here == BETWEEN ? 2 * RACE_US : RACE_US));
    die(siege, here);
    return true;
}

// ---- one order ----

static void make(struct siege *siege, const char *item, uint64_t version, int64_t later)
{
    const struct mandate_wish wish = {item, version, later};
    house_make_mandated(siege->house, &wish, 1, NULL);
}

static const char *an_item(const struct siege *siege)
{
    return strcmp(siege->permit->role, timestamp) == 0 ? timestamp : "director/targets@VIN-1";
}

static void make_batch(struct siege *siege)
{
    static char names[BATCH][64];
    struct mandate_wish wishes[BATCH];
    size_t most = siege->permit->count < BATCH ? (size_t)siege->permit->count : BATCH;
    for (size_t i = 0; i < most; i++) {
        snprintf(names[i], sizeof names[i], "%s@VIN-%zu", targets, i);
        wishes[i] = (struct mandate_wish){names[i], siege->next, (int64_t)i};
    }
    house_make_mandated(siege->house, wishes, most, NULL);
}

// A seal covers what is durable: the ledger has to store it.
static bool reserve(struct siege *siege, enum point stop)
{
    struct house *house = siege->house;
    copy(&house->next_state, house->heard.judged.state);
    if (dies(siege, RESERVED, stop))
        return true;
    house_durable(house);
    if (dies(siege, DURABLE, stop))
        return true;
    copy(&siege->old_state, bytes_span(&house->state));
    if (stop == EXECUTED)
        house_say_kind(house, VAULT_EXECUTE);
    if (dies(siege, EXECUTED, stop))
        return true;
    house_execute(house, &house->next_state);
    return dies(siege, SEALED, stop);
}

static bool store(struct siege *siege, enum point stop)
{
    struct house *house = siege->house;
    house_keep(house, bytes_span(&house->order));
    house_keep(house, house->heard.outcome.text);
    if (stop == KEPT)
        house_durable(house);
    return dies(siege, KEPT, stop);
}

// The order that was made, as far as that point. Whether the vault was killed there.
static bool order(struct siege *siege, enum point stop)
{
    house_say_mandated(siege->house);
    if (dies(siege, SAID, stop))
        return true;
    if (hear(siege) == VAULT_RESERVE) {
        if (reserve(siege, stop))
            return true;
        house_say_mandated(siege->house);
        if (dies(siege, SAID_AGAIN, stop) || dies(siege, BETWEEN, stop))
            return true;
        hear(siege);
    }
    if (siege->house->heard.kind == ANSWER_REFUSED) {
        siege->refused++;
        return false;
    }
    assert_int_equal(siege->house->heard.kind, VAULT_OUTCOME);
    tally_take(&siege->tally, siege->house);
    return dies(siege, SIGNED, stop) || store(siege, stop);
}

// ---- starts ----

static void drop_unsealed(struct siege *siege)
{
    struct house *house = siege->house;
    size_t kept =
        (size_t)house->seal.size > siege->base ? (size_t)house->seal.size : siege->base;
    if (house->record_count >= kept + 2)
        for (size_t i = 0; i < 2; i++)
            copy(&siege->tail[i], bytes_span(&house->records[house->record_count - 2 + i]));
    house->record_count = kept;
}

static void begin(struct siege *siege)
{
    struct house *house = siege->house;
    house_start(house, STAGE_SERVING, SOFTHSM_PIN);
    house_hear_seal(house, STAGE_SERVING);
    struct hash next = hash_of(bytes_span(&house->next_state));
    if (hash_equal(&next, &house->seal.state))
        copy(&house->state, bytes_span(&house->next_state));
}

static void come_back(struct siege *siege, bool drops)
{
    begin(siege);
    if (drops)
        drop_unsealed(siege);
    house_resume(siege->house);
    siege->next = house_mandate_state(siege->house, siege->permit->role)->top + 1;
    if (siege->next < siege->permit->first)
        siege->next = siege->permit->first;
}

static void replay(struct siege *siege, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        house_say_text(siege->house, VAULT_REPLAY, bytes_span(&siege->house->records[i]));
}

static void die_in_replay(struct siege *siege)
{
    struct house *house = siege->house;
    begin(siege);
    house_say_resume(house);
    replay(siege, (size_t)house->seal.size, (house->seal.size + house->record_count + 1) / 2);
    die(siege, REPLAYED);
}

static void show_old_state(struct siege *siege)
{
    struct house *house = siege->house;
    begin(siege);
    struct bytes sealed = house->state;
    house->state = siege->old_state;
    house_say_resume(house);
    house->state = sealed;
    house_ends(house, EXIT_HALT, "state");
    siege->killed[OLD_STATE]++;
}

static void show_old_tail(struct siege *siege)
{
    struct house *house = siege->house;
    begin(siege);
    drop_unsealed(siege);
    house_say_resume(house);
    replay(siege, (size_t)house->seal.size, house->record_count);
    for (size_t i = 0; i < 2; i++)
        house_say_text(house, VAULT_REPLAY, bytes_span(&siege->tail[i]));
    house_ends(house, EXIT_HALT, "the token was put back");
    siege->killed[OLD_TAIL]++;
}

// ---- mandates ----

// Of a few versions, above all that may have been signed.
static void have_mandate(struct siege *siege, const char *role, uint64_t numbers, uint64_t span)
{
    struct house *house = siege->house;
    struct wish wish = house_mandate(house, role, numbers);
    struct mandate_motion motion;
    assert_int_equal(mandate_motion_read(wish.payload, &motion), OK);
    const struct mandate_state *last = state_mandate(house_state(house), role);
    motion.last = (last == NULL ? 0 : last->top) + span;
    bytes_reset(&house->motion);
    mandate_motion_write(&motion, &house->motion);
    assert_int_equal(bytes_finish(&house->motion), OK);
    wish.payload = bytes_span(&house->motion);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
    copy(&siege->old_state, bytes_span(&house->state));
    house_carry_out(house);
    siege->base = house->record_count;
    siege->permit = tally_permit(&siege->tally, house_mandate_state(house, role));
    siege->next = siege->permit->first;
}

// ---- what is tried ----

static void fresh(struct siege *siege)
{
    make(siege, an_item(siege), siege->next++, 0);
}

static void last_again(struct siege *siege)
{
    if (siege->house->mandated == NULL)
        fresh(siege);
}

static void other_bytes(struct siege *siege)
{
    uint64_t version = siege->tally.highest > 0 ? siege->tally.highest : 1;
    make(siege, an_item(siege), version, 1);
}

static void one_above(struct siege *siege)
{
    make(siege, an_item(siege), siege->tally.highest + 1, 0);
}

static void below_the_first(struct siege *siege)
{
    make(siege, an_item(siege), siege->permit->first - (siege->permit->first > 1), 2);
}

static void above_the_last(struct siege *siege)
{
    make(siege, an_item(siege), siege->permit->last + 1, 0);
}

static void several(struct siege *siege)
{
    if (strcmp(siege->permit->role, targets) == 0)
        make_batch(siege);
    else
        fresh(siege);
}

typedef void attempt(struct siege *siege);
static attempt *const attempts[] = {
    last_again, other_bytes, one_above, below_the_first, above_the_last, several, fresh, fresh};

// The first one says again what was said last before the crash.
static void try_everything(struct siege *siege)
{
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        attempts[i](siege);
        order(siege, POINTS);
    }
}

// ---- lives ----

static void live_until(struct siege *siege, enum point stop, size_t before)
{
    for (size_t i = 0; i < before; i++) {
        fresh(siege);
        order(siege, POINTS);
    }
    if (stop == BETWEEN)
        several(siege);
    else
        fresh(siege);
    if (!order(siege, stop))
        die(siege, IDLE);
}

// Some of the mandate's numbers; or all of them, and one more.
static size_t orders_before(struct siege *siege, size_t round_)
{
    uint64_t most = siege->permit->count < FEW ? siege->permit->count : FEW;
    return (size_t)(round_ < ROUNDS / 2 ? below(siege, most + 1) : most + 1);
}

// Another past first, then what costs no numbers, then what does; after that nothing brings them back.
static void live_a_round(struct siege *siege, size_t round_)
{
    static const enum point early[] = {SAID, RESERVED, DURABLE};
    static const enum point late[] = {SIGNED, EXECUTED, KEPT, SEALED, SAID_AGAIN, BETWEEN};
    enum point stop = late[round_ / 2 % 6];
    die(siege, IDLE);
    if (round_ % 2 == 0 || siege->tail[0].size == 0)
        show_old_state(siege);
    else
        show_old_tail(siege);
    for (size_t i = 0; i < 3; i++) {
        come_back(siege, i % 2 == 0);
        live_until(siege, early[i], 0);
    }
    come_back(siege, round_ % 2 == 0);
    live_until(siege, stop, stop == SIGNED || stop == KEPT ? orders_before(siege, round_) : 0);
    die_in_replay(siege);
    come_back(siege, true);
    try_everything(siege);
    die(siege, IDLE);
    come_back(siege, round_ % 2 == 0);
    try_everything(siege);
}

static size_t stored(const struct house *house)
{
    static struct outcome outcome;
    size_t count_ = 0;
    for (size_t i = 0; i < house->record_count; i++)
        if (outcome_read(bytes_span(&house->records[i]), &outcome) == OK)
            count_ += outcome.signature_count;
    return count_;
}

static void say_what_was(const struct siege *siege)
{
    size_t killed = 0;
    for (size_t i = 0; i < POINTS; i++) {
        assert_true(siege->killed[i] > 0);
        killed += siege->killed[i];
    }
    print_message(
        "%zu crashes, %zu mandates, %zu of them used up; %zu signatures, %zu of them in "
        "no log any more; %zu orders refused\n",
        killed, siege->tally.permit_count, siege->tally.reached, siege->tally.let_out,
        siege->tally.let_out - stored(siege->house), siege->refused);
    assert_int_equal(killed, CRASHES);
    assert_true(siege->tally.reached > 0);
    assert_true(siege->tally.let_out > stored(siege->house));
}

static void mandate__never_exceeds_its_count_over_200_forced_crashes(void **state)
{
    static const uint64_t counts[] = {1, 2, 7, 2 * LIMIT_BLOCK + 5, 3};
    static struct siege siege;
    siege = (struct siege){.house = *state, .chance = 20};
    for (size_t i = 0; i < 2; i++)
        bytes_init(&siege.tail[i], LIMIT_RECORD);
    bytes_init(&siege.old_state, LIMIT_STATE);
    siege.house->by_mandate = true;
    house_found(siege.house);
    house_serve(siege.house);
    for (size_t i = 0; i < ROUNDS; i++) {
        uint64_t versions = i % 4 == 3 ? 2 : 600; // fewer than numbers, or more
        have_mandate(&siege, i % 2 == 0 ? timestamp : targets, counts[i % 5], versions);
        live_a_round(&siege, i);
    }
    say_what_was(&siege);
    house_stop(siege.house);
    for (size_t i = 0; i < 2; i++)
        bytes_clear(&siege.tail[i]);
    bytes_clear(&siege.old_state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            mandate__never_exceeds_its_count_over_200_forced_crashes, house_set_up,
            house_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
