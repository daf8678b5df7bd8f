// Every house of two to seven persons, every quorum, every requester and every set of votes (R5),
// decided as the keeper decides, against an independent count.
#include "policy/decide.h"
#include "tests/unit/charter_house.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 7, REVOKED = 300, SAYS_NOTHING = 0, SAYS_YES, SAYS_NO, SAYINGS };

struct trial {
    struct charter *charter;
    struct opened opened;
    struct vote votes[LIMIT_DECISIONS];
    size_t count;
    size_t n, k;
    unsigned requester; // a person's number; n: nobody of them
    unsigned says[MOST];
    struct hash revoked[2]; // keys that were administrators' once
};

// A person outside the group is the first administrator, another the last.
static void trial_house(struct trial *trial, size_t n)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    trial->n = n;
    trial->charter = charter_new();
    assert_non_null(trial->charter);
    for (size_t i = 0; i < n + 2; i++)
        house_person(trial->charter, names[i]);
    house_group(trial->charter, "members", n);
    for (size_t i = 0; i < n; i++)
        trial->charter->groups[0].members[i]++;
    house_repository(trial->charter, "image");
    house_role(trial->charter, "image/root", (struct quorum){0, 2}, 1);
}

static void say(struct trial *trial, const struct hash *key, unsigned what)
{
    if (what == SAYS_NOTHING)
        return;
    struct vote *vote = &trial->votes[trial->count++];
    vote->approver = *key;
    vote->decision = what == SAYS_YES ? DECISION_APPROVE : DECISION_REJECT;
}

// Whatever may lie about: votes of keys that were somebody's once, of administrators outside the
// group, and every member's vote twice, the second time from the last to the first.
static void say_all(struct trial *trial)
{
    const struct administrator *all = trial->charter->administrators;
    trial->count = 0;
    for (unsigned i = 0; i < 2; i++)
        say(trial, &trial->revoked[i], SAYS_YES);
    say(trial, &all[0].key.id, SAYS_YES);
    for (size_t i = 0; i < trial->n; i++)
        say(trial, &all[i + 1].key.id, trial->says[i]);
    say(trial, &all[trial->n + 1].key.id, SAYS_NO);
    for (size_t i = trial->n; i-- > 0;)
        say(trial, &all[i + 1].key.id, trial->says[i]);
}

// Counted apart from everything above: persons are bits.
static enum verdict expected_verdict(const struct trial *trial)
{
    unsigned yes = 0, may = (1u << trial->n) - 1;
    for (size_t i = 0; i < trial->n; i++) {
        yes |= (unsigned)(trial->says[i] == SAYS_YES) << i;
        may &= ~((unsigned)(trial->says[i] == SAYS_NO) << i);
    }
    may &= ~(1u << trial->requester);
    if ((size_t)__builtin_popcount(may) < trial->k)
        return VERDICT_IMPOSSIBLE;
    return (size_t)__builtin_popcount(yes & may) >= trial->k ? VERDICT_COMPLETE : VERDICT_OPEN;
}

static struct ballot ballot_of(const struct trial *trial)
{
    bool inside = trial->requester < trial->n;
    return (struct ballot){.charter = trial->charter,
        .opened = &trial->opened,
        .person =
            inside ? trial->charter->administrators[trial->requester + 1].name : "release-desk",
        .votes = trial->votes,
        .vote_count = trial->count};
}

// As the keeper takes votes: one after another, each only if it is admitted.
static enum verdict decide_one_by_one(const struct trial *trial)
{
    struct vote taken[LIMIT_DECISIONS];
    struct refusal refusal;
    struct ballot ballot = ballot_of(trial);
    ballot.votes = taken;
    ballot.vote_count = 0;
    for (size_t i = 0; i < trial->count; i++) {
        const struct vote *vote = &trial->votes[i];
        if (decide_admits(&ballot, &vote->approver, vote->decision, &refusal) == OK)
            taken[ballot.vote_count++] = *vote;
    }
    if (ballot.vote_count > trial->n)
        fail_msg("somebody was admitted twice");
    return decide(&ballot);
}

static void open_metadata(struct opened *opened)
{
    opened->item_count = 1;
    snprintf(opened->items[0].role, sizeof opened->items[0].role, "image/root");
    opened->decides_count = 0;
}

static void open_motion(struct opened *opened)
{
    opened->item_count = 1;
    snprintf(opened->items[0].role, sizeof opened->items[0].role, "conclave/charter");
    opened->decides_count = 1;
    snprintf(opened->decides[0], sizeof opened->decides[0], "charter");
}

static size_t check_trial(struct trial *trial)
{
    enum verdict expected = expected_verdict(trial);
    struct ballot ballot = ballot_of(trial);
    size_t wrong = 0;
    trial->charter->roles[0].quorum.k = trial->k;
    trial->charter->changes.k = 2;
    open_metadata(&trial->opened);
    wrong += decide(&ballot) != expected;
    wrong += decide_one_by_one(trial) != expected;
    trial->charter->roles[0].quorum.k = 2;
    trial->charter->changes.k = trial->k;
    open_motion(&trial->opened);
    wrong += decide(&ballot) != expected;
    return wrong;
}

static size_t check_votes(struct trial *trial)
{
    size_t wrong = 0;
    say_all(trial);
    for (trial->requester = 0; trial->requester <= trial->n; trial->requester++)
        for (trial->k = 2; trial->k <= trial->n; trial->k++)
            wrong += check_trial(trial);
    return wrong;
}

static bool next_votes(struct trial *trial)
{
    for (size_t i = 0; i < trial->n; i++) {
        trial->says[i] = (trial->says[i] + 1) % SAYINGS;
        if (trial->says[i] != SAYS_NOTHING)
            return true;
    }
    return false;
}

static void decide__r5_is_right_for_every_group_quorum_requester_and_set_of_votes(void **state)
{
    (void)state;
    size_t wrong = 0, sets = 0;
    for (size_t n = 2; n <= MOST; n++) {
        static struct trial trial;
        trial = (struct trial){.count = 0};
        trial_house(&trial, n);
        for (unsigned i = 0; i < 2; i++)
            trial.revoked[i] = made_up_key(REVOKED + i).id;
        do {
            wrong += check_votes(&trial);
            sets++;
        } while (next_votes(&trial));
        charter_free(trial.charter);
    }
    assert_int_equal(sets, 9 + 27 + 81 + 243 + 729 + 2187);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decide__r5_is_right_for_every_group_quorum_requester_and_set_of_votes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
