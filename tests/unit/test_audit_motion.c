// The audit of motions: judged and carried out as the vault must have done.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { ALICE, BOB, CAROL };

static const char targets[] = "image/targets";

// A motion that has one more key of image/targets made.
static struct keys_motion make_one(const struct fixture *log)
{
    struct keys_motion motion = {
        .number = log->state.motions[MOTION_KEYS].number + 1, .make_count = 1};
    memcpy(motion.make[0].role, targets, sizeof targets);
    motion.make[0].type = KEY_ED25519;
    return motion;
}

static struct request ask_key(struct fixture *log)
{
    struct keys_motion motion = make_one(log);
    return fixture_ask_keys(log, &motion);
}

static void audit__carries_out_what_a_keys_motion_says(void **state)
{
    struct fixture *log = *state;
    half_carry(log, ask_key(log));
    struct keys_motion motion = make_one(log);
    motion.make_count = 0;
    motion.retire_count = 1;
    memcpy(motion.retire[0].role, targets, sizeof targets);
    motion.retire[0].key = log->spare[0].key.id;
    half_carry(log, fixture_ask_keys(log, &motion));
    motion.number++;
    motion.destroy[0] = motion.retire[0];
    motion.retire_count = 0;
    motion.destroy_count = 1;
    assert_int_equal(log->state.spare_count, 1);
    half_carry(log, fixture_ask_keys(log, &motion));
    assert_int_equal(log->state.spare_count, 0);
    assert_clean(log);
    struct audit *audit = audit_all(log);
    assert_int_equal(audit_report(audit)->motions[MOTION_KEYS], 3);
    assert_int_equal(audit_report(audit)->requests, 0);
    audit_free(audit);
}

static void audit__knows_administrators_who_ask(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct request request = ask_key(log);
    request.requester = log->admins[ALICE].key.id;
    half_open(log, &half, request);
    half_approve(log, &half, BOB);
    half_approve(log, &half, CAROL);
    half_sign(log, &half);
    assert_clean(log);
}

static void audit__r5_an_administrator_who_asks_does_not_count(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct request request = ask_key(log);
    request.requester = log->admins[ALICE].key.id;
    half_open(log, &half, request);
    half_approve(log, &half, BOB);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R5", "no quorum of charter: 1 persons");
    half_approve(log, &half, ALICE);
    assert_found_last(log, "R5", "alice stands behind");
}

static void audit__r21_administrators_ask_for_motions_alone(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct bytes payload;
    bytes_init(&payload, LIMIT_PAYLOAD);
    fixture_targets(log, 1, &payload);
    struct request request = fixture_request(log, targets, 1, bytes_span(&payload));
    bytes_clear(&payload);
    request.requester = log->admins[ALICE].key.id;
    half_open(log, &half, request);
    assert_only(log, log->record_count - 1, "R21", "no requester");
}

// ---- judging ----

static void check_order(
    struct fixture *log, struct request request, const char *rule, const char *word)
{
    struct half half;
    half_open(log, &half, request);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, rule, word);
}

static void audit__r12_finds_a_number_that_is_not_the_next(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct keys_motion motion = make_one(log);
    motion.number = 2;
    half_open(log, &half, fixture_ask_keys(log, &motion));
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_found_last(log, "R12", "must be 1");
}

static void audit__r12_finds_a_motion_over_an_older_one(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_carry(log, ask_key(log));
    struct request request = ask_key(log);
    half.opened = fixture_opened(log, &request);
    half.opened.items[0].previous = (struct hash){{1}};
    half_reopen(log, &half);
    half_approve_both(log, &half);
    uint64_t opened = log->record_count - 3;
    half_order(log, &half);
    assert_found_last(log, "R12", "does not build on");
    assert_found(log, opened, "R12", "does not build on");
}

static void audit__r18_finds_a_motion_that_cannot_be(void **state)
{
    struct fixture *log = *state;
    struct keys_motion motion = make_one(log);
    motion.make_count = 0;
    motion.retire_count = 1;
    memcpy(motion.retire[0].role, targets, sizeof targets);
    motion.retire[0].key = log->roles[1].key.id;
    check_order(log, fixture_ask_keys(log, &motion), "R18", "no key left");
}

static void audit__r14_finds_evidence_that_nobody_asked_for(void **state)
{
    struct fixture *log = *state;
    struct request request = ask_key(log);
    fixture_show(log, &request, span_text("more"));
    check_order(log, request, "R14", "evidence");
}

static void audit__r2_finds_a_payload_that_is_no_motion(void **state)
{
    struct fixture *log = *state;
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    bytes_add_text(&text, "conclave.keys/v1\n");
    check_order(log, fixture_motion(log, MOTION_KEYS, 1, &text), "R2", "form");
}

static void audit__r5_finds_an_opening_that_says_that_others_decide(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct request request = ask_key(log);
    half.opened = fixture_opened(log, &request);
    memcpy(half.opened.decides[0], targets, sizeof targets);
    half_reopen(log, &half);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R5", "others decide");
}

static void audit__r5_finds_a_motion_without_its_quorum(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open(log, &half, ask_key(log));
    half_approve(log, &half, CAROL);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R5", "no quorum of charter");
}

// ---- carrying out ----

static void check_outcome(struct fixture *log,
    void (*spoil)(struct fixture *log, struct outcome *outcome), const char *rule,
    const char *word)
{
    struct half half;
    half_open(log, &half, ask_key(log));
    half_approve_both(log, &half);
    struct place order = half_order(log, &half);
    struct outcome outcome = fixture_outcome(log, &half.opened, &order);
    spoil(log, &outcome);
    fixture_append_outcome(log, &outcome);
    assert_found_last(log, rule, word);
}

static void spoil_done(struct fixture *log, struct outcome *outcome)
{
    (void)log;
    memcpy(outcome->done, "conclave/time", sizeof "conclave/time");
    outcome->made_count = 0;
}

static void spoil_number(struct fixture *log, struct outcome *outcome)
{
    (void)log;
    outcome->done_number++;
}

static void spoil_made_role(struct fixture *log, struct outcome *outcome)
{
    (void)log;
    memcpy(outcome->made[0].role, "image/root", sizeof "image/root");
}

static void spoil_made_type(struct fixture *log, struct outcome *outcome)
{
    outcome->made[0].key = log->stranger.key;
}

static void spoil_made_again(struct fixture *log, struct outcome *outcome)
{
    outcome->made[0].key = log->roles[1].key;
}

static void spoil_made_none(struct fixture *log, struct outcome *outcome)
{
    (void)log;
    outcome->made_count = 0;
}

static void spoil_made_other(struct fixture *log, struct outcome *outcome)
{
    outcome->made[0].key = log->spare[1].key; // not the one in the state
}

static void audit__r8_finds_an_outcome_that_did_something_else(void **state)
{
    check_outcome(*state, spoil_done, "R8", "something else");
}

static void audit__r8_finds_an_outcome_with_another_number(void **state)
{
    check_outcome(*state, spoil_number, "R8", "something else");
}

static void audit__r18_finds_a_key_made_for_another_role(void **state)
{
    check_outcome(*state, spoil_made_role, "R18", "asked for");
}

static void audit__r18_finds_a_key_of_another_type(void **state)
{
    check_outcome(*state, spoil_made_type, "R18", "asked for");
}

static void audit__r18_finds_a_key_that_was_there_before(void **state)
{
    check_outcome(*state, spoil_made_again, "R18", "asked for");
}

static void audit__r18_finds_a_key_that_was_not_made(void **state)
{
    check_outcome(*state, spoil_made_none, "R18", "asked for");
}

static void audit__r8_finds_a_state_with_another_key(void **state)
{
    check_outcome(*state, spoil_made_other, "R8", "state");
}

static void audit__r8_finds_an_outcome_of_an_order_that_is_not_the_newest(void **state)
{
    struct fixture *log = *state;
    struct half half, other;
    half_open(log, &half, ask_key(log));
    half_approve_both(log, &half);
    struct place order = half_order(log, &half);
    half_open_targets(log, &other, 1);
    half_approve_both(log, &other);
    half_order(log, &other);
    half_outcome(log, &half, &order);
    assert_only(log, log->record_count - 1, "R8", "no order of its request stands behind it");
}

static void audit__accepts_an_order_that_is_given_again_after_a_crash(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open(log, &half, ask_key(log));
    half_approve_both(log, &half);
    half_order(log, &half);
    fixture_start(log);
    half_sign(log, &half);
    assert_clean(log);
}

// ---- what is not at hand ----

static void check_lost(struct fixture *log, const struct hash *lost)
{
    uint64_t last = log->record_count - 1;
    fixture_lose(log, lost);
    half_sign_targets(log, 1);
    assert_only(log, last, "", "a motion that was carried out is not at hand");
    struct audit *audit = audit_all(log);
    assert_int_equal(audit_report(audit)->epoch, 0);
    audit_free(audit);
}

static void audit__says_that_a_motion_is_not_at_hand(void **state)
{
    struct fixture *log = *state;
    struct request request = ask_key(log);
    half_carry(log, request);
    check_lost(log, &request.items[0].payload);
}

static void audit__says_that_a_motions_request_is_not_at_hand(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open(log, &half, ask_key(log));
    half_approve_both(log, &half);
    half_sign(log, &half);
    check_lost(log, &half.opened.request);
}

static void audit__says_that_a_motions_evidence_is_not_at_hand(void **state)
{
    struct fixture *log = *state;
    struct charter *draft = fixture_draft(log);
    fixture_add_newcomer(log, draft);
    struct request request = fixture_ask_charter(log, draft);
    charter_free(draft);
    half_carry(log, request);
    check_lost(log, &request.evidence[0]);
}

// ---- imports ----

static void audit__r12_finds_an_import_of_what_was_signed_here(void **state)
{
    struct fixture *log = *state;
    struct bytes text;
    half_sign_targets(log, 1);
    struct import_motion *motion = calloc(1, sizeof *motion);
    motion->number = 1;
    memcpy(motion->repository, "image", sizeof "image");
    motion->roots[0] = (struct import_root){1, fixture_keep(log, span_text("root"))};
    motion->root_count = 1;
    motion->role_count = 2;
    memcpy(motion->roles[0].role, "image/root", sizeof "image/root");
    memcpy(motion->roles[1].role, targets, sizeof targets);
    for (size_t i = 0; i < 2; i++) {
        motion->roles[i].version = 1;
        motion->roles[i].payload = fixture_keep(log, span_text("signed"));
        motion->roles[i].expires = log->now;
    }
    bytes_init(&text, LIMIT_RECORD);
    import_motion_write(motion, &text);
    free(motion);
    check_order(log, fixture_motion(log, MOTION_IMPORT, 1, &text), "R12", targets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(carries_out_what_a_keys_motion_says),
        AUDIT_TEST(knows_administrators_who_ask),
        AUDIT_TEST(r5_an_administrator_who_asks_does_not_count),
        AUDIT_TEST(r21_administrators_ask_for_motions_alone),
        AUDIT_TEST(r12_finds_a_number_that_is_not_the_next),
        AUDIT_TEST(r12_finds_a_motion_over_an_older_one),
        AUDIT_TEST(r18_finds_a_motion_that_cannot_be),
        AUDIT_TEST(r14_finds_evidence_that_nobody_asked_for),
        AUDIT_TEST(r2_finds_a_payload_that_is_no_motion),
        AUDIT_TEST(r5_finds_an_opening_that_says_that_others_decide),
        AUDIT_TEST(r5_finds_a_motion_without_its_quorum),
        AUDIT_TEST(r8_finds_an_outcome_that_did_something_else),
        AUDIT_TEST(r8_finds_an_outcome_with_another_number),
        AUDIT_TEST(r18_finds_a_key_made_for_another_role),
        AUDIT_TEST(r18_finds_a_key_of_another_type),
        AUDIT_TEST(r18_finds_a_key_that_was_there_before),
        AUDIT_TEST(r18_finds_a_key_that_was_not_made),
        AUDIT_TEST(r8_finds_a_state_with_another_key),
        AUDIT_TEST(r8_finds_an_outcome_of_an_order_that_is_not_the_newest),
        AUDIT_TEST(accepts_an_order_that_is_given_again_after_a_crash),
        AUDIT_TEST(says_that_a_motion_is_not_at_hand),
        AUDIT_TEST(says_that_a_motions_request_is_not_at_hand),
        AUDIT_TEST(says_that_a_motions_evidence_is_not_at_hand),
        AUDIT_TEST(r12_finds_an_import_of_what_was_signed_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
