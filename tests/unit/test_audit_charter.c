// The audit under a changing charter (R7): what is in force changes with the outcome.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { ALICE, BOB, CAROL, DAVE };

// dave becomes an administrator, and three decide.
static struct request ask_three(struct fixture *log)
{
    struct charter *draft = fixture_draft(log);
    if (draft->administrator_count == FIXTURE_ADMINS)
        fixture_add_newcomer(log, draft);
    draft->changes.k = 3;
    for (size_t i = 0; i < draft->role_count; i++)
        draft->roles[i].quorum.k = 3;
    struct request request = fixture_ask_charter(log, draft);
    charter_free(draft);
    return request;
}

// The next charter without a change but its epoch.
static struct request ask_next(struct fixture *log)
{
    struct charter *draft = fixture_draft(log);
    struct request request = fixture_ask_charter(log, draft);
    charter_free(draft);
    return request;
}

static void audit__verifies_everything_under_the_new_charter(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_sign_targets(log, 1);
    half_carry(log, ask_three(log));
    half_open_targets(log, &half, 2);
    half_approve_both(log, &half);
    half_approve(log, &half, DAVE);
    half_sign(log, &half);
    assert_clean(log);
    struct audit *audit = audit_all(log);
    assert_int_equal(audit_report(audit)->motions[MOTION_CHARTER], 1);
    assert_int_equal(audit_report(audit)->epoch, 2);
    audit_free(audit);
}

static void audit__r5_counts_by_the_new_quorum(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_carry(log, ask_three(log));
    half_open_targets(log, &half, 1);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R5", "2 persons count of 3");
}

static void audit__r7_approvals_of_the_old_epoch_count_no_more(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve_both(log, &half);
    half_carry(log, ask_next(log));
    uint64_t order = half_order(log, &half).index;
    assert_only(log, order, "R7", "another charter");
    half.opened = fixture_opened(log, &half.request);
    half_reopen(log, &half);
    half_approve_both(log, &half);
    half_sign(log, &half);
    assert_only(log, order, "R7", "another charter");
}

// What its writer could not know yet.
static void audit__accepts_what_was_on_its_way_when_the_charter_changed(void **state)
{
    struct fixture *log = *state;
    struct half half, late;
    half_open_targets(log, &half, 1);
    struct bytes payload;
    bytes_init(&payload, LIMIT_PAYLOAD);
    fixture_targets(log, 2, &payload);
    struct request request = fixture_request(log, "image/targets", 2, bytes_span(&payload));
    bytes_clear(&payload);
    request.nonce[1] = 1;
    late.opened = fixture_opened(log, &request);
    half_carry(log, ask_next(log));
    half_approve(log, &half, ALICE);
    half_decide(log, &half, BOB, DECISION_REJECT);
    half_reopen(log, &late);
    assert_clean(log);
}

static void audit__r4_finds_an_opening_under_a_charter_of_long_ago(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_carry(log, ask_next(log));
    half_carry(log, ask_next(log));
    half_reopen(log, &half);
    assert_only(log, log->record_count - 1, "R4", "another charter");
}

static void audit__r7_finds_an_approval_under_a_charter_of_long_ago(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_carry(log, ask_next(log));
    half_carry(log, ask_next(log));
    half_decide(log, &half, BOB, DECISION_REJECT); // which stands for the request
    assert_clean(log);
    half_approve(log, &half, ALICE);
    assert_only(log, log->record_count - 1, "R7", "no longer in force");
}

static void audit__r5_rejections_outlive_a_charter(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_decide(log, &half, BOB, DECISION_REJECT);
    half_carry(log, ask_next(log));
    half.opened = fixture_opened(log, &half.request);
    half_reopen(log, &half);
    half_approve(log, &half, BOB);
    assert_only(log, log->record_count - 1, "R5", "final");
}

static void audit__r7_finds_a_key_without_proof_of_possession(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct request request = ask_three(log);
    request.evidence_count = 0;
    half_open(log, &half, request);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R7", "dave");
}

static void audit__r7_finds_a_charter_that_was_not_made_from_the_one_in_force(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct charter *draft = fixture_draft(log);
    draft->previous.byte[0] ^= 1;
    half_open(log, &half, fixture_ask_charter(log, draft));
    charter_free(draft);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R7", "not made from the one in force");
}

static void audit__r12_finds_an_epoch_that_is_skipped(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct charter *draft = fixture_draft(log);
    draft->epoch = 3;
    half_open(log, &half, fixture_ask_charter(log, draft));
    charter_free(draft);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_found_last(log, "R12", "must be 2");
}

static void audit__r18_finds_a_key_that_was_not_made_in_the_token(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct charter *draft = fixture_draft(log);
    draft->keys[1].key = log->spare[3].key;
    half_open(log, &half, fixture_ask_charter(log, draft));
    charter_free(draft);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R18", "not made in the token");
}

static void audit__r5_finds_a_charter_that_locks_everybody_out(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct charter *draft = fixture_draft(log);
    draft->changes.k = 4;
    half_open(log, &half, fixture_ask_charter(log, draft));
    charter_free(draft);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_found_last(log, "R5", "");
}

// Done all the same: the rest of the log is verified under it.
static void audit__goes_on_under_a_charter_that_should_not_be(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct request request = ask_three(log);
    request.evidence_count = 0;
    half_carry(log, request);
    uint64_t order = log->record_count - 2;
    half_open_targets(log, &half, 1);
    half_approve_both(log, &half);
    half_approve(log, &half, DAVE);
    half_sign(log, &half);
    assert_only(log, order, "R7", "dave");
}

// A key is made, named by the next charter, and signs; the one that is dropped does not.
static void audit__r18_follows_keys_from_one_charter_to_the_next(void **state)
{
    struct fixture *log = *state;
    struct keys_motion motion = {.number = 1, .make_count = 1};
    memcpy(motion.make[0].role, "image/targets", sizeof "image/targets");
    motion.make[0].type = KEY_ED25519;
    half_carry(log, fixture_ask_keys(log, &motion));
    struct charter *draft = fixture_draft(log);
    draft->keys[1].key = log->spare[0].key;
    half_carry(log, fixture_ask_charter(log, draft));
    charter_free(draft);
    half_sign_targets(log, 1);
    assert_clean(log);
    assert_int_equal(log->state.spare_count, 1);
    assert_true(log->state.spare[0].retired);
    draft = fixture_draft(log);
    struct half half;
    draft->keys[1].key = log->roles[1].key; // and none comes back
    half_open(log, &half, fixture_ask_charter(log, draft));
    charter_free(draft);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R18", "is retired");
}

static void audit__r5_a_person_who_is_gone_decides_no_more(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_carry(log, ask_three(log));
    struct charter *draft = fixture_draft(log);
    draft->administrator_count--; // dave is the last
    draft->groups[0].member_count--;
    draft->changes.k = 2;
    for (size_t i = 0; i < draft->role_count; i++)
        draft->roles[i].quorum.k = 2;
    struct half change;
    half_open(log, &change, fixture_ask_charter(log, draft));
    charter_free(draft);
    half_approve_both(log, &change);
    half_approve(log, &change, DAVE);
    half_sign(log, &change);
    assert_clean(log);
    half_open_targets(log, &half, 1);
    half_approve(log, &half, DAVE);
    assert_only(log, log->record_count - 1, "R5", "no administrator's in charter epoch 3");
}

static void audit__says_that_a_later_charter_is_not_at_hand(void **state)
{
    struct fixture *log = *state;
    half_carry(log, ask_next(log));
    uint64_t last = log->record_count - 1;
    half_sign_targets(log, 1);
    assert_clean(log);
    fixture_lose(log, &log->charter->hash);
    assert_only(log, last, "", "nothing can be verified from here on");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(verifies_everything_under_the_new_charter),
        AUDIT_TEST(r5_counts_by_the_new_quorum),
        AUDIT_TEST(r7_approvals_of_the_old_epoch_count_no_more),
        AUDIT_TEST(accepts_what_was_on_its_way_when_the_charter_changed),
        AUDIT_TEST(r4_finds_an_opening_under_a_charter_of_long_ago),
        AUDIT_TEST(r7_finds_an_approval_under_a_charter_of_long_ago),
        AUDIT_TEST(r5_rejections_outlive_a_charter),
        AUDIT_TEST(r7_finds_a_key_without_proof_of_possession),
        AUDIT_TEST(r7_finds_a_charter_that_was_not_made_from_the_one_in_force),
        AUDIT_TEST(r12_finds_an_epoch_that_is_skipped),
        AUDIT_TEST(r18_finds_a_key_that_was_not_made_in_the_token),
        AUDIT_TEST(r5_finds_a_charter_that_locks_everybody_out),
        AUDIT_TEST(goes_on_under_a_charter_that_should_not_be),
        AUDIT_TEST(r18_follows_keys_from_one_charter_to_the_next),
        AUDIT_TEST(r5_a_person_who_is_gone_decides_no_more),
        AUDIT_TEST(says_that_a_later_charter_is_not_at_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
