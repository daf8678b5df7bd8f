// The vault's row for the quorum, held against every set of votes: each house of up to seven
// administrators, each k, each set of approvals, with doubles, people of another time and the
// requester among them. What counts is said here a second time, by bits.
#include "hsm/judge_row.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 7, REVOKED = MOST, KEYS, NOBODY = KEYS };

struct world {
    struct charter charter;
    struct judgement judged;
    struct govern govern;
    struct key keys[KEYS];
    size_t judgements;
};

static void person_name(char out[LIMIT_NAME + 1], size_t person)
{
    snprintf(out, LIMIT_NAME + 1, "person%zu", person);
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    for (unsigned i = 0; i < KEYS; i++)
        world->keys[i] = made_up_key(i);
    world->judged.charter = &world->charter;
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

// `n` administrators of the charter, `members` of them in the group that decides.
static void house(struct world *world, size_t n, unsigned members, size_t k)
{
    struct charter *charter = &world->charter;
    charter->administrator_count = n;
    charter->group_count = 1;
    charter->groups[0].member_count = 0;
    for (size_t i = 0; i < n; i++) {
        person_name(charter->administrators[i].name, i);
        charter->administrators[i].key = world->keys[i];
        if ((members >> i & 1) != 0)
            charter->groups[0].members[charter->groups[0].member_count++] = (uint8_t)i;
    }
    charter->role_count = 1;
    snprintf(charter->roles[0].name, LIMIT_ROLE_NAME + 1, "image/root");
    charter->roles[0].quorum = charter->changes = (struct quorum){0, k};
}

static void approve(struct world *world, size_t person)
{
    struct order *order = &world->judged.order;
    order->approvals[order->approval_count++].approver = world->keys[person].id;
}

// Bit i: person i approves; bit REVOKED: somebody who was an administrator once.
static void vote(struct world *world, unsigned votes, bool twice)
{
    world->judged.order.approval_count = 0;
    for (int round = 0; round < (twice ? 2 : 1); round++)
        for (size_t i = 0; i < KEYS; i++)
            if ((votes >> i & 1) != 0)
                approve(world, i);
}

static size_t bits(unsigned set)
{
    size_t count = 0;
    for (; set != 0; set &= set - 1)
        count++;
    return count;
}

static void one(struct world *world, bool complete)
{
    struct refusal refusal;
    enum err err = judge_check_quorum(&world->judged, "R5", &refusal);
    if (err != (complete ? OK : ERR_REFUSED))
        fail_msg("wrong after %zu judgements", world->judgements);
    world->judgements++;
}

static void every_vote(struct world *world, size_t n, unsigned members, size_t k)
{
    static char name[LIMIT_NAME + 1];
    house(world, n, members, k);
    world->judged.asking.person = name;
    for (size_t requester = 0; requester <= n; requester++) {
        person_name(name, requester == n ? NOBODY : requester);
        unsigned counting = members & ~(1U << requester);
        for (unsigned votes = 0; votes < 1U << n; votes++)
            for (unsigned extra = 0; extra < 4; extra++) {
                vote(world, votes | (extra & 1) << REVOKED, (extra & 2) != 0);
                one(world, k >= 2 && bits(votes & counting) >= k);
            }
    }
}

static void every_house(struct world *world)
{
    for (size_t n = 1; n <= MOST; n++)
        for (size_t k = 0; k <= n + 1; k++)
            every_vote(world, n, (1U << n) - 1, k);
}

static void metadata(struct world *world)
{
    world->judged.motion = MOTION_NONE;
    world->judged.opened.item_count = 1;
    snprintf(world->judged.opened.items[0].role, LIMIT_ROLE_NAME + 1, "image/root");
}

static void motion(struct world *world, const char *decides)
{
    world->judged.motion = MOTION_KEYS;
    world->judged.govern = &world->govern;
    world->govern.decides_count = 1;
    snprintf(world->govern.decides[0], LIMIT_ROLE_NAME + 1, "%s", decides);
}

static void quorum__r5_is_right_over_every_vote_on_metadata(void **state)
{
    struct world *world = *state;
    metadata(world);
    every_house(world);
    assert_true(world->judgements > 30000);
}

static void quorum__r5_is_right_over_every_vote_on_a_motion(void **state)
{
    struct world *world = *state;
    motion(world, "charter");
    every_house(world);
    motion(world, "image/root");
    every_house(world);
}

// Votes of administrators who are not of the group that decides.
static void quorum__r5_counts_only_members_of_the_group(void **state)
{
    struct world *world = *state;
    metadata(world);
    for (unsigned members = 0; members < 1U << 5; members++)
        for (size_t k = 2; k <= 5; k++)
            every_vote(world, 5, members, k);
}

// One person with two names, or one key with two: charter_read lets none in, and here it would not
// count either.
static void quorum__r5_counts_neither_a_person_nor_a_key_twice(void **state)
{
    struct world *world = *state;
    metadata(world);
    house(world, 3, 7, 2);
    world->judged.asking.person = "nobody";
    vote(world, 3, false);
    one(world, true);
    world->charter.administrators[1].key = world->charter.administrators[0].key;
    one(world, false);
    house(world, 3, 7, 2);
    person_name(world->charter.administrators[1].name, 0);
    one(world, false);
}

// With several deciders each must have its quorum, and with none nobody decides.
static void quorum__r5_needs_every_decider_and_at_least_one(void **state)
{
    struct world *world = *state;
    house(world, 3, 7, 2);
    world->charter.changes.k = 3;
    world->judged.asking.person = "nobody";
    vote(world, 3, false);
    motion(world, "image/root");
    one(world, true);
    world->govern.decides_count = 2;
    snprintf(world->govern.decides[1], LIMIT_ROLE_NAME + 1, "charter");
    one(world, false);
    vote(world, 7, false);
    one(world, true);
    world->govern.decides_count = 0;
    one(world, false);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(quorum__r5_is_right_over_every_vote_on_metadata),
        IN_WORLD(quorum__r5_is_right_over_every_vote_on_a_motion),
        IN_WORLD(quorum__r5_counts_only_members_of_the_group),
        IN_WORLD(quorum__r5_counts_neither_a_person_nor_a_key_twice),
        IN_WORLD(quorum__r5_needs_every_decider_and_at_least_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
