// Mandates as motions: judging one, carrying it out, and what ends it.
#include "policy/chain.h"
#include "policy/mandate.h"
#include "tests/unit/council.h"
#include "tests/unit/mandate_house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define ROLE        "director/targets"
enum { HOUR = 3600, ALICE = 0, BOB, CAROL, DAVE, SERVICE = 0, LAPTOP };
_Static_assert((int)MANDATE_NOW == (int)COUNCIL_TIME, "one time for both");

static struct council *council;
static struct mandate_motion asked;

static int meet(void **unused)
{
    (void)unused;
    council = council_new();
    charter_free(council->charter);
    council->charter = mandate_charter();
    council->state->charter = council->charter->hash;
    asked = (struct mandate_motion){.number = 1,
        .role = ROLE,
        .requester = council->charter->requesters[SERVICE].key.id,
        .first = 1,
        .last = 1000,
        .count = 500,
        .longest = 12 * HOUR,
        .until = COUNCIL_TIME + 24 * HOUR};
    return 0;
}

static int part(void **unused)
{
    (void)unused;
    council_free(council);
    return 0;
}

static void asks(void)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    mandate_motion_write(&asked, &text);
    council_asks(council, MOTION_MANDATE, asked.number, &text);
}

static void refuses(const char *rule, const char *sentence)
{
    asks();
    council_refuses(council, rule, sentence);
}

static void takes(void)
{
    asks();
    council_takes(council, asked.role);
}

static const struct hash *key_of(size_t administrator)
{
    return &council->charter->administrators[administrator].key.id;
}

// Carried out with these approvals; `person` asked.
static void does(const char *person, const size_t *who, size_t count)
{
    struct order_approval approvals[4];
    for (size_t i = 0; i < count; i++)
        approvals[i] = (struct order_approval){i, *key_of(who[i])};
    const struct govern_deed deed = {.item = &council->item,
        .order = COUNCIL_ORDER,
        .person = person,
        .approvals = approvals,
        .approval_count = count};
    takes();
    assert_int_equal(
        govern_apply(council->govern, council->charter, &deed, council->state), OK);
}

static void is_in_force(void)
{
    static const size_t who[] = {ALICE, BOB};
    does("release-desk", who, 2);
}

static const struct mandate_state *live(void)
{
    const struct mandate_state *mandate = state_mandate(council->state, asked.role);
    assert_non_null(mandate);
    return mandate;
}

static void signed_before(const char *item, uint64_t version)
{
    struct role_state last = {.version = version, .payload = council_hash(1)};
    snprintf(last.role, sizeof last.role, "%s", item);
    assert_int_equal(state_set(council->state, &last), OK);
}

// ---- judging ----

static void mandate__r2_is_of_a_role_that_mandates_sign(void **unused)
{
    (void)unused;
    static const char *const roles[] = {
        "image/targets", "image/root", "director/root", "director/nobody", "depot/timestamp"};
    for (size_t i = 0; i < COUNT(roles); i++) {
        snprintf(asked.role, sizeof asked.role, "%s", roles[i]);
        refuses("R2", "has no role");
    }
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    bytes_add_text(&text, "conclave.mandate/v1\nnumber: 1\n");
    council_asks(council, MOTION_MANDATE, 1, &text);
    council_refuses(council, "R2", "does not have its form");
}

static void mandate__r12_is_the_next_of_its_role(void **unused)
{
    (void)unused;
    asked.number = 2;
    refuses("R12", "has number 2, but the next is 1");
    asked.number = 1;
    asks();
    council->item.version = 2;
    council_refuses(council, "R12", "has number 1, but its request asks for number 2");
    is_in_force();
    refuses("R12", "has number 1, but the next is 2");
    asked.number = 3;
    refuses("R12", "has number 3, but the next is 2");
    asked.number = 2;
    takes();
    snprintf(asked.role, sizeof asked.role, "image/timestamp"); // each role counts its own
    refuses("R12", "has number 2, but the next is 1");
    snprintf(asked.role, sizeof asked.role, ROLE);
    state_end_mandate(council->state, ROLE); // what ended is remembered
    takes();
}

static void mandate__r14_shows_no_evidence(void **unused)
{
    (void)unused;
    asks();
    council_shows(council, span_text("a file"));
    council_refuses(council, "R14", "comes with 1 files of evidence, and takes 0");
}

static void mandate__r5_nobody_who_decides_over_it_stands_behind_its_requester(void **unused)
{
    (void)unused;
    asked.requester = council_hash(1);
    refuses("R21", "is for a key that is no requester's in charter epoch 1");
    asked.requester = *key_of(DAVE); // an administrator's own key asks for motions alone
    refuses("R21", "is no requester's");
    asked.requester = council->charter->requesters[LAPTOP].key.id;
    takes(); // dave is an administrator, but none of the role's group
    mandate_role(council->charter, ROLE)->quorum.group = 0;
    refuses("R5", "dave stands behind the requester laptop and is one of those who decide");
}

static void mandate__r6_ends_within_a_year_and_its_payloads_within_the_charters_limits(
    void **unused)
{
    (void)unused;
    static const int64_t longest[] = {HOUR - 1, 24 * HOUR + 1, 1, LIMIT_MANDATE_LIFE};
    static const int64_t until[] = {0, -1, -COUNCIL_TIME, LIMIT_MANDATE_LIFE + 1};
    static const int64_t good[] = {1, LIMIT_MANDATE_LIFE};
    for (size_t i = 0; i < COUNT(longest); i++) {
        asked.longest = longest[i];
        refuses("R6", "lets those of director/targets be so for 3600 to 86400");
    }
    asked.longest = 24 * HOUR;
    for (size_t i = 0; i < COUNT(until); i++) {
        asked.until = COUNCIL_TIME + until[i];
        refuses("R6", "which is over, or more than 366 days from now");
    }
    for (size_t i = 0; i < COUNT(good); i++) {
        asked.until = COUNCIL_TIME + good[i];
        takes();
    }
    council->now = asked.until; // when it is carried out
    refuses("R6", "which is over");
}

static void mandate__r12_leaves_versions_above_what_was_signed(void **unused)
{
    (void)unused;
    signed_before("director/targets@VIN7", 1000);
    refuses("R12", "goes to version 1000, but up to 1000 may have been signed");
    asked.last = 1001;
    takes();
    signed_before("director/targets@VIN8", 2000);
    refuses("R12", "but up to 2000 may have been signed");
    asked.last = MANDATE_VERSION_MOST + 1;
    refuses("R12", "goes to version 2147483648, and clients read none above 2147483647");
    asked.last = MANDATE_VERSION_MOST;
    takes();
}

static void mandate__r20_of_one_role_more_than_the_appliance_remembers_is_refused(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < LIMIT_MANDATES; i++) {
        struct mandate_state gone = mandate_of(council->charter, "");
        snprintf(gone.role, sizeof gone.role, "gone%03u/timestamp", i);
        assert_int_equal(state_set_mandate(council->state, &gone), OK);
    }
    refuses(
        "R20", "remembers the mandates of 48 roles, and director/targets would be one more");
    snprintf(council->state->mandates[LIMIT_MANDATES - 1].role, 64, "image/timestamp");
    snprintf(asked.role, sizeof asked.role, "image/timestamp");
    asked.number = 4;
    takes(); // the next of one that is remembered
}

// ---- carrying out ----

static void mandate__begins_above_what_was_signed_or_may_have_been(void **unused)
{
    (void)unused;
    is_in_force();
    assert_int_equal(live()->first, 1);
    assert_int_equal(live()->top, 0);
    council->state->mandates[0].top = 356; // of a block that was reserved
    asked.number = 2;
    is_in_force();
    assert_int_equal(live()->first, 357);
    assert_int_equal(live()->top, 356);
    assert_int_equal(live()->last, 1000);
    signed_before("director/targets@VIN7", 700); // by a quorum, in between
    asked.number = 3;
    is_in_force();
    assert_int_equal(live()->first, 701);
    asked.number = 4;
    asked.first = 900; // what it says itself counts when it is higher
    is_in_force();
    assert_int_equal(live()->first, 900);
    assert_int_equal(live()->top, 700);
}

static void mandate__takes_the_place_of_the_one_before_it(void **unused)
{
    (void)unused;
    is_in_force();
    struct hash first = live()->text;
    assert_true(hash_equal(&first, &council->item.payload));
    struct hash last = chain_mandate(council->state, ROLE);
    assert_true(hash_equal(&last, &first));
    asked.number = 2;
    asked.requester = council->charter->requesters[LAPTOP].key.id;
    asked.count = 7;
    is_in_force();
    assert_int_equal(council->state->mandate_count, 1);
    assert_int_equal(live()->number, 2);
    assert_int_equal(live()->count, 7);
    assert_int_equal(live()->longest, 12 * HOUR);
    assert_int_equal(live()->until, COUNCIL_TIME + 24 * HOUR);
    assert_true(hash_equal(&live()->requester, &asked.requester));
    assert_false(hash_equal(&live()->text, &first));
    assert_int_equal(council->state->motions[MOTION_MANDATE].number, 0);
}

// Members of the role's group, each once, without whoever asked.
static void mandate__r5_remembers_the_approvals_that_count(void **unused)
{
    (void)unused;
    static const size_t who[] = {CAROL, DAVE, ALICE, BOB};
    does("bob", who, 4);
    assert_int_equal(live()->approver_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(hash_equal(&live()->approvers[i], key_of(ALICE)) ||
                    hash_equal(&live()->approvers[i], key_of(CAROL)));
    assert_true(
        span_compare(hash_span(&live()->approvers[0]), hash_span(&live()->approvers[1])) < 0);
    struct bytes text;
    static struct state again;
    bytes_init(&text, LIMIT_STATE);
    state_write(council->state, &text);
    assert_int_equal(state_read(bytes_span(&text), &again), OK); // in the order of its lines
    bytes_clear(&text);
    asked.number = 2;
    does("release-desk", who, 2);
    assert_int_equal(live()->approver_count, 1);
    assert_true(hash_equal(&live()->approvers[0], key_of(CAROL)));
}

// ---- what ends it ----

static bool lives_on(void (*change)(struct charter *next))
{
    struct charter *next = charter_new();
    struct mandate_state mandate = mandate_of(council->charter, ROLE);
    assert_non_null(next);
    *next = *council->charter;
    change(next);
    bool lives = mandate_lives_on(council->charter, next, &mandate);
    assert_int_equal(state_set_mandate(council->state, &mandate), OK);
    charter_free(next);
    return lives;
}

static void goes_by_quorum(struct charter *next)
{
    mandate_role(next, ROLE)->by_mandate = false;
}

static void has_another_least(struct charter *next)
{
    mandate_role(next, ROLE)->least--;
}

static void has_another_most(struct charter *next)
{
    mandate_role(next, ROLE)->most++;
}

static void has_another_threshold(struct charter *next)
{
    mandate_role(next, ROLE)->threshold = 2;
}

static void loses_the_role(struct charter *next)
{
    snprintf(mandate_role(next, ROLE)->name, 64, "director/zargets");
}

static void loses_the_requester(struct charter *next)
{
    next->requesters[SERVICE].key.id = council_hash(7);
}

static void gives_the_requester_to_another(struct charter *next)
{
    snprintf(next->requesters[SERVICE].person, LIMIT_NAME, "erin");
}

static void gives_the_requester_to_a_member(struct charter *next)
{
    snprintf(next->requesters[SERVICE].person, LIMIT_NAME, "carol");
}

static void takes_the_requesters_person_into_the_group(struct charter *next)
{
    snprintf(next->administrators[CAROL].name, LIMIT_NAME, "release-desk");
}

static void loses_an_approver(struct charter *next)
{
    next->administrators[ALICE].key.id = council_hash(7);
}

static void needs_three(struct charter *next)
{
    mandate_role(next, ROLE)->quorum.k = 3;
}

static void moves_an_approver_out_of_the_group(struct charter *next)
{
    struct group *group = &next->groups[mandate_role(next, ROLE)->quorum.group];
    group->members[0] = DAVE;
}

static void changes_nothing(struct charter *next)
{
    (void)next;
}

static void renames_the_requester(struct charter *next)
{
    snprintf(next->requesters[SERVICE].name, LIMIT_NAME, "pipeline");
}

static void loses_who_did_not_approve(struct charter *next)
{
    next->administrators[CAROL].key.id = council_hash(7);
}

static void changes_another_role(struct charter *next)
{
    mandate_role(next, "director/snapshot")->most++;
}

static void takes_more_members(struct charter *next)
{
    mandate_role(next, ROLE)->quorum.group = 0;
}

static void mandate__r7_lives_on_if_its_role_its_requester_and_its_quorum_do(void **unused)
{
    (void)unused;
    static const struct {
        void (*change)(struct charter *next);
        bool lives;
    } cases[] = {
        {goes_by_quorum, false},
        {has_another_least, false},
        {has_another_most, false},
        {has_another_threshold, false},
        {loses_the_role, false},
        {loses_the_requester, false},
        {gives_the_requester_to_another, false},
        {gives_the_requester_to_a_member, false},
        {takes_the_requesters_person_into_the_group, false},
        {loses_an_approver, false},
        {needs_three, false},
        {moves_an_approver_out_of_the_group, false},
        {changes_nothing, true},
        {renames_the_requester, true},
        {loses_who_did_not_approve, true},
        {changes_another_role, true},
        {takes_more_members, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (lives_on(cases[i].change) != cases[i].lives)
            fail_msg("case %zu", i);
    struct mandate_state ended = mandate_of(council->charter, ROLE);
    ended.live = false;
    assert_false(mandate_lives_on(council->charter, council->charter, &ended));
}

// The whole way: a charter that is judged and carried out, with the mandates of two roles.
static void mandate__r7_ends_when_a_charter_changes_its_role(void **unused)
{
    (void)unused;
    is_in_force();
    snprintf(asked.role, sizeof asked.role, "image/timestamp");
    is_in_force();
    council->state->mandates[0].top = 612;
    struct charter *draft = council_draft(council);
    mandate_role(draft, ROLE)->by_mandate = false;
    council_proposes(council, draft);
    council_does(council, NULL);
    const struct mandate_state *ended = state_mandate(council->state, ROLE);
    assert_false(ended->live);
    assert_int_equal(ended->approver_count, 0);
    assert_int_equal(ended->top, 612);
    assert_true(state_mandate(council->state, "image/timestamp")->live);
    // And back: the role goes on above what could be signed, with the next number.
    charter_free(council->charter);
    council->charter = mandate_charter();
    snprintf(asked.role, sizeof asked.role, ROLE);
    refuses("R12", "has number 1, but the next is 2");
    asked.number = 2;
    is_in_force();
    assert_int_equal(live()->first, 613);
}

static void states_time(uint64_t number, moment stated)
{
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    time_motion_write(&(struct time_motion){.number = number, .time = stated}, &text);
    council_asks(council, MOTION_TIME, number, &text);
    council->now = stated;
    council_does(council, NULL);
}

static void mandate__r13_ends_when_the_time_is_set_back_and_not_when_it_goes_on(void **unused)
{
    (void)unused;
    is_in_force();
    states_time(1, COUNCIL_TIME + HOUR);
    assert_true(live()->live);
    states_time(2, COUNCIL_TIME - 24 * HOUR);
    assert_false(live()->live);
}

#define MEETING(test) cmocka_unit_test_setup_teardown(test, meet, part)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEETING(mandate__r2_is_of_a_role_that_mandates_sign),
        MEETING(mandate__r12_is_the_next_of_its_role),
        MEETING(mandate__r14_shows_no_evidence),
        MEETING(mandate__r5_nobody_who_decides_over_it_stands_behind_its_requester),
        MEETING(mandate__r6_ends_within_a_year_and_its_payloads_within_the_charters_limits),
        MEETING(mandate__r12_leaves_versions_above_what_was_signed),
        MEETING(mandate__r20_of_one_role_more_than_the_appliance_remembers_is_refused),
        MEETING(mandate__begins_above_what_was_signed_or_may_have_been),
        MEETING(mandate__takes_the_place_of_the_one_before_it),
        MEETING(mandate__r5_remembers_the_approvals_that_count),
        MEETING(mandate__r7_lives_on_if_its_role_its_requester_and_its_quorum_do),
        MEETING(mandate__r7_ends_when_a_charter_changes_its_role),
        MEETING(mandate__r13_ends_when_the_time_is_set_back_and_not_when_it_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
