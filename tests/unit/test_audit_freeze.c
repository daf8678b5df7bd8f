// The audit of freezes (R6): each is an administrator's own, and nothing frozen is signed.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/audit_fixture.h"

#include "proto/dsse.h"

#include <stdlib.h>
#include <string.h>

enum { ALICE, BOB, CAROL };
enum { DAY = 24 * 3600 };

static const struct freeze_of everything = {.what = FREEZE_EVERYTHING};
static const struct freeze_of targets = {.what = FREEZE_ROLE, .role = "image/targets"};

static struct freeze_of request_of(const struct half *half)
{
    return (struct freeze_of){.what = FREEZE_REQUEST, .thing = half->opened.request};
}

// The lift of a freeze is opened by whose quorums decide.
static void open_lift(
    struct fixture *log, struct half *half, const struct freeze *freeze, const char *decides)
{
    struct request request = fixture_ask_lift(log, freeze);
    if (freeze->of.what == FREEZE_REQUEST)
        request.evidence[request.evidence_count++] = freeze->of.thing;
    half->request = request;
    half->opened = fixture_opened(log, &request);
    memcpy(half->opened.decides[0], decides, strlen(decides) + 1);
    half_reopen(log, half);
}

static void lift(struct fixture *log, const struct freeze *freeze, const char *decides)
{
    struct half half;
    open_lift(log, &half, freeze, decides);
    half_approve_both(log, &half);
    half_sign(log, &half);
}

static void audit__accepts_freezes_and_their_lifts(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve_both(log, &half);
    const struct freeze_of its = request_of(&half);
    struct freeze first = half_freeze(log, CAROL, &targets);
    struct freeze second = half_freeze(log, CAROL, &its);
    struct freeze third = half_freeze(log, ALICE, &everything);
    assert_clean(log);
    lift(log, &first, "image/targets");
    lift(log, &second, "image/targets");
    lift(log, &third, "charter");
    half_sign(log, &half);
    assert_clean(log);
    struct audit *audit = audit_all(log);
    assert_int_equal(audit_report(audit)->freezes, 3);
    assert_int_equal(audit_report(audit)->in_force, 0);
    assert_int_equal(audit_report(audit)->motions[MOTION_LIFT], 3);
    audit_free(audit);
}

static void check_frozen(struct fixture *log, const struct freeze_of *of, struct half *half)
{
    half_freeze(log, CAROL, of);
    half_order(log, half);
    assert_only(log, log->record_count - 1, "R6", "had frozen it");
}

static void audit__r6_finds_an_order_while_everything_is_frozen(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve_both(log, &half);
    check_frozen(log, &everything, &half);
}

static void audit__r6_finds_an_order_while_its_role_is_frozen(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve_both(log, &half);
    check_frozen(log, &targets, &half);
}

static void audit__r6_finds_an_order_while_it_is_frozen(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve_both(log, &half);
    const struct freeze_of its = request_of(&half);
    check_frozen(log, &its, &half);
}

static void audit__r6_keys_can_be_frozen_but_not_charter_lift_and_time(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct keys_motion motion = {.number = 1, .make_count = 1};
    memcpy(motion.make[0].role, "image/root", sizeof "image/root");
    motion.make[0].type = KEY_ED25519;
    half_freeze(log, CAROL, &everything);
    struct charter *draft = fixture_draft(log);
    half_carry(log, fixture_ask_charter(log, draft));
    charter_free(draft);
    half_carry(log, fixture_ask_time(log, 1, log->now));
    assert_clean(log);
    half_open(log, &half, fixture_ask_keys(log, &motion));
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R6", "had frozen it");
}

// A freeze that was recorded and not sealed stops nothing yet.
static void audit__a_freeze_holds_from_its_outcome_on(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve_both(log, &half);
    struct freeze freeze = fixture_freeze(log, CAROL, &everything);
    fixture_frozen(log, CAROL, &freeze);
    fixture_start(log); // it broke off
    half_sign(log, &half);
    assert_clean(log);
    half_freeze(log, CAROL, &everything); // and is said again
    assert_clean(log);
}

// ---- the statement ----

static void check_frozen_record(struct fixture *log, size_t admin, const struct freeze *freeze,
    const char *rule, const char *word)
{
    fixture_frozen(log, admin, freeze);
    assert_only(log, log->record_count - 1, rule, word);
}

static void audit__r3_finds_a_freeze_in_somebodys_name(void **state)
{
    struct fixture *log = *state;
    struct freeze freeze = fixture_freeze(log, ALICE, &everything);
    check_frozen_record(log, BOB, &freeze, "R3", "no administrator's signature");
}

static void audit__r5_finds_a_freeze_by_nobody(void **state)
{
    struct fixture *log = *state;
    struct freeze freeze = fixture_freeze(log, ALICE, &everything);
    freeze.administrator = log->stranger.key.id;
    fixture_frozen(log, ALICE, &freeze);
    assert_found_last(log, "R5", "no administrator's");
    assert_found_last(log, "R3", "no administrator's signature");
}

static void audit__r3_finds_a_freeze_under_another_id(void **state)
{
    struct fixture *log = *state;
    struct frozen frozen;
    struct freeze freeze = fixture_freeze(log, ALICE, &everything);
    struct place place = fixture_frozen(log, ALICE, &freeze);
    assert_int_equal(frozen_read(bytes_span(&log->records[place.index]), &frozen), OK);
    frozen.request.byte[0] ^= 1;
    bytes_reset(&log->records[place.index]);
    frozen_write(&frozen, &log->records[place.index]);
    assert_only(log, place.index, "R3", "its id");
}

static void audit__r3_finds_a_freeze_for_another_appliance(void **state)
{
    struct fixture *log = *state;
    struct freeze freeze = fixture_freeze(log, ALICE, &everything);
    freeze.appliance.byte[0] ^= 1; // as it was signed; a record does not say it
    fixture_frozen(log, ALICE, &freeze);
    assert_found_last(log, "R3", "no administrator's signature");
}

static void audit__r7_finds_a_freeze_under_another_charter(void **state)
{
    struct fixture *log = *state;
    struct freeze freeze = fixture_freeze(log, ALICE, &everything);
    freeze.charter.byte[0] ^= 1;
    check_frozen_record(log, ALICE, &freeze, "R7", "another charter");
}

static void audit__r11_finds_a_freeze_that_counts_twice(void **state)
{
    struct fixture *log = *state;
    struct freeze freeze = half_freeze(log, ALICE, &targets);
    lift(log, &freeze, "image/targets");
    assert_clean(log);
    check_frozen_record(log, ALICE, &freeze, "R11", "the next is 2");
}

static void audit__r11_finds_a_freeze_of_what_is_frozen(void **state)
{
    struct fixture *log = *state;
    half_freeze(log, ALICE, &targets);
    struct freeze freeze = fixture_freeze(log, BOB, &targets);
    check_frozen_record(log, BOB, &freeze, "R11", "frozen already");
}

static void audit__r7_finds_a_freeze_of_what_must_not_be_frozen(void **state)
{
    struct fixture *log = *state;
    const struct freeze_of charter = {.what = FREEZE_ROLE, .role = "conclave/charter"};
    struct freeze freeze = fixture_freeze(log, ALICE, &charter);
    fixture_frozen(log, ALICE, &freeze);
    assert_only(log, log->record_count - 1, "", "form");
}

static void audit__r20_finds_more_freezes_than_a_person_may_have(void **state)
{
    struct fixture *log = *state;
    for (unsigned i = 1; i < LIMIT_FREEZES_EACH; i++) {
        const struct freeze_of one = {
            .what = FREEZE_REQUEST, .thing = hash_of(span_of(&i, sizeof i))};
        half_freeze(log, ALICE, &one);
    }
    assert_clean(log);
    struct freeze freeze = fixture_freeze(log, ALICE, &targets);
    check_frozen_record(log, ALICE, &freeze, "R20", "the last of 8");
}

// ---- its outcome ----

static void audit__r8_finds_a_freeze_that_nobody_recorded(void **state)
{
    struct fixture *log = *state;
    struct freeze freeze = fixture_freeze(log, ALICE, &everything);
    struct place place = fixture_frozen(log, ALICE, &freeze);
    struct outcome outcome = fixture_froze(log, &freeze, &place);
    outcome.order.leaf.byte[0] ^= 1;
    fixture_append_outcome(log, &outcome);
    assert_found_last(log, "R8", "no freeze of an administrator");
}

static void audit__r8_finds_an_outcome_of_another_freeze(void **state)
{
    struct fixture *log = *state;
    struct freeze freeze = fixture_freeze(log, ALICE, &everything);
    struct place place = fixture_frozen(log, ALICE, &freeze);
    struct outcome outcome = fixture_froze(log, &freeze, &place);
    outcome.done_number++;
    fixture_append_outcome(log, &outcome);
    assert_found_last(log, "R8", "another freeze");
}

static void audit__r6_finds_a_freeze_that_is_in_force_twice(void **state)
{
    struct fixture *log = *state;
    struct freeze freeze = half_freeze(log, ALICE, &everything);
    struct place place = fixture_frozen(log, ALICE, &freeze);
    state_drop_freeze(&log->state, &log->state.freezes[0].statement);
    struct outcome outcome = fixture_froze(log, &freeze, &place);
    fixture_append_outcome(log, &outcome);
    assert_found(log, place.index, "R11", "the next is 2");
    assert_found_last(log, "R6", "cannot be put in force");
}

static void audit__r8_finds_a_state_without_the_freeze(void **state)
{
    struct fixture *log = *state;
    struct freeze freeze = fixture_freeze(log, ALICE, &everything);
    struct place place = fixture_frozen(log, ALICE, &freeze);
    struct outcome outcome = fixture_froze(log, &freeze, &place);
    struct bytes text;
    log->state.freeze_count = 0;
    bytes_init(&text, LIMIT_STATE);
    state_write(&log->state, &text);
    outcome.state = fixture_keep(log, bytes_span(&text));
    bytes_clear(&text);
    fixture_append_outcome(log, &outcome);
    assert_only(log, log->record_count - 1, "R8", "state");
}

static void audit__r8_finds_an_order_that_is_called_a_freeze(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    half_approve_both(log, &half);
    struct place order = half_order(log, &half);
    struct outcome outcome = {.time = log->now,
        .request = half.opened.request,
        .order = order,
        .state = log->charter->hash,
        .done = OUTCOME_FREEZE,
        .done_number = 1};
    fixture_append_outcome(log, &outcome);
    assert_found_last(log, "R8", "no freeze of an administrator");
}

// ---- lifts ----

static void audit__r7_finds_the_lift_of_what_is_not_frozen(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct freeze freeze = half_freeze(log, ALICE, &targets);
    lift(log, &freeze, "image/targets");
    open_lift(log, &half, &freeze, "image/targets");
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R7", "No freeze of this statement");
}

static void audit__r5_finds_a_lift_that_others_decided(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct freeze freeze = half_freeze(log, ALICE, &everything);
    open_lift(log, &half, &freeze, "image/targets");
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R5", "others decide");
}

static void audit__r12_finds_a_lift_opened_over_another_freeze(void **state)
{
    struct fixture *log = *state;
    struct half half;
    struct freeze freeze = half_freeze(log, ALICE, &targets);
    open_lift(log, &half, &freeze, "image/targets");
    half.opened.items[0].previous.byte[0] ^= 1;
    half_reopen(log, &half);
    half_approve_both(log, &half);
    half_order(log, &half);
    assert_only(log, log->record_count - 1, "R12", "another freeze");
}

// ---- freezes that are forgotten ----

// A freeze of a request, and so many seconds later another one.
static void freeze_and_wait(struct fixture *log, int64_t seconds)
{
    struct half half;
    half_open_targets(log, &half, 1);
    const struct freeze_of its = request_of(&half);
    half_freeze(log, ALICE, &its);
    log->now += seconds / 2; // within the jump
    half_sign_targets(log, 2);
    log->now += seconds - seconds / 2;
    half_sign_targets(log, 3);
    half_freeze(log, BOB, &targets);
}

// A request that is so old is no more, and the vault forgets its freeze; when exactly, only its clock
// knew.
static void audit__knows_that_old_freezes_of_requests_are_forgotten(void **state)
{
    struct fixture *log = *state;
    freeze_and_wait(log, LIMIT_REQUEST_LIFE + 1);
    assert_int_equal(log->state.freeze_count, 1);
    assert_clean(log);
    fixture_lose_states(log);
    assert_clean(log);
}

static void audit__knows_that_freezes_are_not_forgotten_before(void **state)
{
    struct fixture *log = *state;
    freeze_and_wait(log, LIMIT_REQUEST_LIFE);
    assert_int_equal(log->state.freeze_count, 2);
    assert_clean(log);
}

static void audit__r8_finds_a_freeze_that_was_forgotten_too_early(void **state)
{
    struct fixture *log = *state;
    freeze_and_wait(log, LIMIT_REQUEST_LIFE / 2);
    for (size_t i = 0; i < log->state.freeze_count; i++)
        if (log->state.freezes[i].of.what == FREEZE_REQUEST)
            state_drop_freeze(&log->state, &log->state.freezes[i].statement);
    half_freeze(log, BOB, &everything);
    assert_only(log, log->record_count - 1, "R8", "state");
}

static void audit__r8_finds_a_frozen_role_that_was_forgotten(void **state)
{
    struct fixture *log = *state;
    half_freeze(log, ALICE, &targets);
    log->now += LIMIT_REQUEST_LIFE;
    half_carry(log, fixture_ask_time(log, 1, log->now));
    log->now += DAY;
    half_freeze(log, BOB, &everything);
    assert_clean(log);
    log->state.freeze_count = 0;
    const struct freeze_of root = {.what = FREEZE_ROLE, .role = "image/root"};
    half_freeze(log, BOB, &root);
    assert_only(log, log->record_count - 1, "R8", "state");
}

// The clock was ten years ahead, and no freeze is remembered until then.
static void audit__a_freeze_without_time_is_as_old_as_the_sealed_time(void **state)
{
    struct fixture *log = *state;
    struct half half;
    half_open_targets(log, &half, 1);
    const struct freeze_of its = request_of(&half);
    moment right = log->now;
    log->now += 3650 * DAY;
    fixture_clock(log, "ahead");
    half_freeze(log, ALICE, &its);
    log->now = right;
    fixture_clock(log, "right again");
    assert_int_equal(log->state.freezes[0].time, right);
    freeze_and_wait(log, LIMIT_REQUEST_LIFE + 2 * DAY);
    assert_int_equal(log->state.freeze_count, 1);
    assert_clean(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(accepts_freezes_and_their_lifts),
        AUDIT_TEST(r6_finds_an_order_while_everything_is_frozen),
        AUDIT_TEST(r6_finds_an_order_while_its_role_is_frozen),
        AUDIT_TEST(r6_finds_an_order_while_it_is_frozen),
        AUDIT_TEST(r6_keys_can_be_frozen_but_not_charter_lift_and_time),
        AUDIT_TEST(a_freeze_holds_from_its_outcome_on),
        AUDIT_TEST(r3_finds_a_freeze_in_somebodys_name),
        AUDIT_TEST(r5_finds_a_freeze_by_nobody),
        AUDIT_TEST(r3_finds_a_freeze_under_another_id),
        AUDIT_TEST(r3_finds_a_freeze_for_another_appliance),
        AUDIT_TEST(r7_finds_a_freeze_under_another_charter),
        AUDIT_TEST(r11_finds_a_freeze_that_counts_twice),
        AUDIT_TEST(r11_finds_a_freeze_of_what_is_frozen),
        AUDIT_TEST(r7_finds_a_freeze_of_what_must_not_be_frozen),
        AUDIT_TEST(r20_finds_more_freezes_than_a_person_may_have),
        AUDIT_TEST(r8_finds_a_freeze_that_nobody_recorded),
        AUDIT_TEST(r8_finds_an_outcome_of_another_freeze),
        AUDIT_TEST(r6_finds_a_freeze_that_is_in_force_twice),
        AUDIT_TEST(r8_finds_a_state_without_the_freeze),
        AUDIT_TEST(r8_finds_an_order_that_is_called_a_freeze),
        AUDIT_TEST(r7_finds_the_lift_of_what_is_not_frozen),
        AUDIT_TEST(r5_finds_a_lift_that_others_decided),
        AUDIT_TEST(r12_finds_a_lift_opened_over_another_freeze),
        AUDIT_TEST(knows_that_old_freezes_of_requests_are_forgotten),
        AUDIT_TEST(knows_that_freezes_are_not_forgotten_before),
        AUDIT_TEST(r8_finds_a_freeze_that_was_forgotten_too_early),
        AUDIT_TEST(r8_finds_a_frozen_role_that_was_forgotten),
        AUDIT_TEST(a_freeze_without_time_is_as_old_as_the_sealed_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
