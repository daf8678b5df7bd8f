// Counting persons (R5), against an oracle of bit masks.
#include "policy/quorum.h"
#include "tests/unit/made_up.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PERSONS = 9, MOST_MEMBERS = 7, STANDINGS = 4, STRANGER = 200 };

// Nine administrators; the group is the first `n` behind the first one, so that there are
// administrators outside it on both sides.
static struct charter *charter_of(size_t n)
{
    struct charter *charter = calloc(1, sizeof *charter);
    assert_non_null(charter);
    charter->administrator_count = PERSONS;
    for (unsigned i = 0; i < PERSONS; i++) {
        struct administrator *person = &charter->administrators[i];
        snprintf(person->name, sizeof person->name, "person%u", i);
        person->key = made_up_key(i);
    }
    charter->group_count = 1;
    charter->groups[0].member_count = n;
    for (size_t i = 0; i < n; i++)
        charter->groups[0].members[i] = (uint8_t)(i + 1);
    return charter;
}

static void vote_add(struct vote *votes, size_t *count, const struct charter *charter,
    unsigned person, enum decision decision)
{
    votes[*count].approver = charter->administrators[person].key.id;
    votes[(*count)++].decision = decision;
}

// What one person of four has said: nothing, yes, no, or both; each twice (both: in both
// orders), and between the votes of persons who do not count.
static size_t votes_of(
    const struct charter *charter, size_t n, unsigned code, struct vote *votes)
{
    size_t count = 0;
    vote_add(votes, &count, charter, 0, DECISION_APPROVE);
    for (unsigned twice = 0; twice < 2; twice++) {
        unsigned rest = code;
        for (unsigned i = 0; i < n; i++, rest /= STANDINGS) {
            bool yes = rest % STANDINGS & 1, no = rest % STANDINGS & 2;
            if (yes && !twice)
                vote_add(votes, &count, charter, i + 1, DECISION_APPROVE);
            if (no)
                vote_add(votes, &count, charter, i + 1, DECISION_REJECT);
            if (yes && twice)
                vote_add(votes, &count, charter, i + 1, DECISION_APPROVE);
        }
        votes[count].approver = made_up_key(STRANGER).id;
        votes[count++].decision = DECISION_APPROVE;
    }
    vote_add(votes, &count, charter, PERSONS - 1, DECISION_APPROVE);
    return count;
}

struct oracle {
    unsigned approved;
    unsigned reachable;
};

static struct oracle oracle_of(size_t n, unsigned code, unsigned requester)
{
    unsigned yes = 0, no = 0, members = (1u << n) - 1;
    for (unsigned i = 0; i < n; i++) {
        yes |= (code >> (2 * i) & 1) << i;
        no |= (code >> (2 * i + 1) & 1) << i;
    }
    unsigned may = members & ~no & ~(requester < n ? 1u << requester : 0u);
    return (struct oracle){
        (unsigned)__builtin_popcount(yes & may), (unsigned)__builtin_popcount(may)};
}

static void check_votes(const struct charter *charter, size_t n, unsigned code)
{
    struct vote votes[4 * MOST_MEMBERS + 8];
    size_t count = votes_of(charter, n, code, votes);
    for (unsigned requester = 0; requester <= n; requester++) {
        char person[LIMIT_NAME + 1] = "release-desk";
        if (requester < n)
            snprintf(person, sizeof person, "person%u", requester + 1);
        struct oracle oracle = oracle_of(n, code, requester);
        for (size_t k = 0; k <= n; k++) {
            struct quorum quorum = {.k = k};
            struct tally tally = quorum_count(charter, &quorum, person, votes, count);
            assert_int_equal(tally.need, k);
            assert_int_equal(tally.approved, oracle.approved);
            assert_int_equal(tally.reachable, oracle.reachable);
            assert_int_equal(tally_complete(&tally), k >= 2 && oracle.approved >= k);
            assert_int_equal(tally_possible(&tally), k >= 2 && oracle.reachable >= k);
        }
    }
}

static void quorum__r5_counts_as_the_oracle_does_for_every_group_k_and_set_of_votes(
    void **state)
{
    (void)state;
    for (size_t n = 0; n <= MOST_MEMBERS; n++) {
        struct charter *charter = charter_of(n);
        for (unsigned code = 0; code < 1u << (2 * n); code++)
            check_votes(charter, n, code);
        free(charter);
    }
}

static void quorum__r5_one_person_alone_is_never_enough(void **state)
{
    (void)state;
    struct charter *charter = charter_of(3);
    struct vote votes[3];
    size_t count = 0;
    for (unsigned i = 1; i <= 3; i++)
        vote_add(votes, &count, charter, i, DECISION_APPROVE);
    for (size_t k = 0; k < 2; k++) {
        struct quorum quorum = {.k = k};
        struct tally tally = quorum_count(charter, &quorum, "release-desk", votes, count);
        assert_int_equal(tally.approved, 3);
        assert_false(tally_complete(&tally));
        assert_false(tally_possible(&tally));
    }
    struct quorum two = {.k = 2};
    struct tally tally = quorum_count(charter, &two, "release-desk", votes, count);
    assert_true(tally_complete(&tally));
    free(charter);
}

static void quorum__r5_counts_one_key_and_one_name_once_even_in_a_charter_that_has_it_twice(
    void **state)
{
    (void)state;
    struct charter *charter = charter_of(4);
    charter->administrators[2].key = charter->administrators[1].key;
    memcpy(charter->administrators[4].name, charter->administrators[3].name, LIMIT_NAME + 1);
    struct vote votes[4];
    size_t count = 0;
    for (unsigned i = 1; i <= 4; i++)
        vote_add(votes, &count, charter, i, DECISION_APPROVE);
    struct quorum quorum = {.k = 3};
    struct tally tally = quorum_count(charter, &quorum, "release-desk", votes, count);
    assert_int_equal(tally.approved, 2);
    assert_int_equal(tally.reachable, 2);
    free(charter);
}

static void quorum__counts_no_vote_that_is_neither_yes_nor_no(void **state)
{
    (void)state;
    struct charter *charter = charter_of(2);
    struct vote votes[2] = {{charter->administrators[1].key.id, (enum decision)0},
        {charter->administrators[2].key.id, (enum decision)3}};
    struct quorum quorum = {.k = 2};
    struct tally tally = quorum_count(charter, &quorum, "release-desk", votes, 2);
    assert_int_equal(tally.approved, 0);
    assert_int_equal(tally.reachable, 2);
    free(charter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quorum__r5_one_person_alone_is_never_enough),
        cmocka_unit_test(
            quorum__r5_counts_one_key_and_one_name_once_even_in_a_charter_that_has_it_twice),
        cmocka_unit_test(quorum__counts_no_vote_that_is_neither_yes_nor_no),
        cmocka_unit_test(
            quorum__r5_counts_as_the_oracle_does_for_every_group_k_and_set_of_votes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
