// The docket and what is decided over it.
#include "signer/keeper/docket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 4 };

struct fixture {
    struct charter *charter;
    struct docket *docket;
    struct hash request;
    uint64_t next;    // index of the next record
    const char *role; // of the item that is opened
};

static struct hash name_hash(const char *name, unsigned number)
{
    char text[64];
    snprintf(text, sizeof text, "%s %u", name, number);
    return hash_of(span_text(text));
}

// Four administrators, one group of all, one role that asks for two of them.
static void fill_charter(struct charter *charter)
{
    static const char *const names[PEOPLE] = {"alice", "bob", "carol", "dave"};
    charter->epoch = 1;
    charter->clock = 300;
    charter->jump = 90 * 24 * 3600;
    for (unsigned i = 0; i < PEOPLE; i++) {
        snprintf(charter->administrators[i].name, LIMIT_NAME, "%s", names[i]);
        charter->administrators[i].key.id = name_hash("key", i);
        charter->groups[0].members[i] = (uint8_t)i;
    }
    charter->administrator_count = charter->groups[0].member_count = PEOPLE;
    charter->group_count = 1;
    snprintf(charter->requesters[0].person, LIMIT_NAME, "dave");
    charter->requesters[0].quota = charter_own_quota;
    charter->requesters[0].key.id = name_hash("requester", 0);
    charter->requester_count = 1;
    snprintf(charter->roles[0].name, LIMIT_ROLE_NAME, "image/targets");
    charter->roles[0].quorum = (struct quorum){.group = 0, .k = 2};
    charter->roles[0].threshold = 1;
    charter->role_count = 1;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->charter = charter_new();
    fixture->docket = docket_new();
    fixture->request = name_hash("request", 0);
    fixture->next = 10;
    fixture->role = "image/targets";
    fill_charter(fixture->charter);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    docket_free(fixture->docket);
    charter_free(fixture->charter);
    free(fixture);
    return 0;
}

static struct place place_of(struct fixture *fixture, struct bytes *record)
{
    uint64_t index = fixture->next++;
    return (struct place){index, hash_of(bytes_span(record))};
}

static enum err apply(struct fixture *fixture, struct bytes *record, struct place *place)
{
    *place = place_of(fixture, record);
    assert_int_equal(bytes_finish(record), OK);
    enum err err = docket_apply(fixture->docket, fixture->charter, place, bytes_span(record));
    bytes_clear(record);
    return err;
}

static enum err open_request(struct fixture *fixture, struct place *place)
{
    struct opened opened = {
        .appliance = name_hash("log", 0),
        .request = fixture->request,
        .requester = name_hash("requester", 0),
        .signature_size = 64,
        .item_count = 1,
        .rendering = 1,
        .shown = name_hash("shown", 0),
        .epoch = 1,
        .charter = name_hash("charter", 0),
        .time = 1000,
        .earliest = 1000,
        .expires = 2000,
    };
    snprintf(opened.items[0].role, LIMIT_ROLE_NAME, "%s", fixture->role);
    if (motion_of(fixture->role) != MOTION_NONE)
        snprintf(opened.decides[opened.decides_count++], LIMIT_ROLE_NAME, "charter");
    opened.items[0].version = 1;
    opened.items[0].payload = name_hash("payload", 0);
    struct bytes record;
    bytes_init(&record, LIMIT_RECORD);
    opened_write(&opened, &record);
    return apply(fixture, &record, place);
}

static enum err cast(
    struct fixture *fixture, const struct place *over, unsigned person, enum decision decision)
{
    struct decided decided = {
        .time = 1001,
        .request = fixture->request,
        .opened = *over,
        .decision = decision,
        .approver = name_hash("key", person),
        .signature_size = 64,
    };
    struct place place;
    struct bytes record;
    bytes_init(&record, LIMIT_RECORD);
    decided_write(&decided, &record);
    return apply(fixture, &record, &place);
}

static enum verdict verdict_of(struct fixture *fixture)
{
    struct opened opened;
    struct docket_entry *entry = docket_find(fixture->docket, &fixture->request);
    assert_non_null(entry);
    assert_int_equal(docket_opened(entry, &opened), OK);
    struct ballot ballot = docket_ballot(entry, fixture->charter, &opened);
    return decide(&ballot);
}

static enum err admits(
    struct fixture *fixture, unsigned person, enum decision decision, struct refusal *refusal)
{
    struct opened opened;
    struct docket_entry *entry = docket_find(fixture->docket, &fixture->request);
    struct hash key = name_hash("key", person);
    assert_int_equal(docket_opened(entry, &opened), OK);
    struct ballot ballot = docket_ballot(entry, fixture->charter, &opened);
    return decide_admits(&ballot, &key, decision, refusal);
}

static void docket__r5_refuses_the_same_person_twice(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal = {0};
    struct place opened;
    assert_int_equal(open_request(fixture, &opened), OK);
    assert_int_equal(admits(fixture, 0, DECISION_APPROVE, &refusal), OK);
    assert_int_equal(cast(fixture, &opened, 0, DECISION_APPROVE), OK);
    assert_int_equal(admits(fixture, 0, DECISION_APPROVE, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, "R5");
    // Even when a second record stands in the log, the person counts once.
    assert_int_equal(cast(fixture, &opened, 0, DECISION_APPROVE), OK);
    assert_int_equal(verdict_of(fixture), VERDICT_OPEN);
    assert_int_equal(cast(fixture, &opened, 1, DECISION_APPROVE), OK);
    assert_int_equal(verdict_of(fixture), VERDICT_COMPLETE);
}

static void docket__r5_never_counts_the_requesters_person(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal = {0};
    struct place opened;
    assert_int_equal(open_request(fixture, &opened), OK);
    assert_int_equal(admits(fixture, 3, DECISION_APPROVE, &refusal), ERR_REFUSED);
    assert_string_equal(refusal.rule, "R5");
    assert_int_equal(cast(fixture, &opened, 3, DECISION_APPROVE), OK);
    assert_int_equal(cast(fixture, &opened, 0, DECISION_APPROVE), OK);
    assert_int_equal(verdict_of(fixture), VERDICT_OPEN);
}

static void docket__refuses_a_key_that_is_nobodys(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal = {0};
    struct place opened;
    assert_int_equal(open_request(fixture, &opened), OK);
    assert_int_equal(admits(fixture, 77, DECISION_APPROVE, &refusal), ERR_REFUSED);
    assert_int_equal(cast(fixture, &opened, 77, DECISION_APPROVE), OK);
    assert_int_equal(cast(fixture, &opened, 0, DECISION_APPROVE), OK);
    assert_int_equal(verdict_of(fixture), VERDICT_OPEN);
}

static void docket__a_rejection_is_final_for_its_person(void **state)
{
    struct fixture *fixture = *state;
    struct refusal refusal = {0};
    struct place opened;
    assert_int_equal(open_request(fixture, &opened), OK);
    assert_int_equal(cast(fixture, &opened, 0, DECISION_REJECT), OK);
    assert_int_equal(admits(fixture, 0, DECISION_APPROVE, &refusal), ERR_REFUSED);
    assert_int_equal(cast(fixture, &opened, 0, DECISION_APPROVE), OK);
    assert_int_equal(cast(fixture, &opened, 1, DECISION_APPROVE), OK);
    assert_int_equal(verdict_of(fixture), VERDICT_OPEN);
    // Two of alice, bob, carol may still approve; with bob gone too, they may not.
    assert_int_equal(cast(fixture, &opened, 1, DECISION_REJECT), OK);
    assert_int_equal(verdict_of(fixture), VERDICT_IMPOSSIBLE);
}

static void docket__r4_opened_anew_drops_approvals_and_keeps_rejections(void **state)
{
    struct fixture *fixture = *state;
    struct place first, second;
    assert_int_equal(open_request(fixture, &first), OK);
    assert_int_equal(cast(fixture, &first, 0, DECISION_APPROVE), OK);
    assert_int_equal(cast(fixture, &first, 1, DECISION_REJECT), OK);
    assert_int_equal(open_request(fixture, &second), OK);
    struct docket_entry *entry = docket_find(fixture->docket, &fixture->request);
    assert_int_equal(entry->vote_count, 1);
    assert_int_equal(entry->votes[0].decision, DECISION_REJECT);
    assert_int_equal(entry->opened.index, second.index);
    // A late approval of the first opening says nothing about the second.
    assert_int_equal(cast(fixture, &first, 2, DECISION_APPROVE), OK);
    assert_int_equal(entry->vote_count, 1);
}

static void docket__forgets_what_has_ended(void **state)
{
    struct fixture *fixture = *state;
    struct place place;
    assert_int_equal(open_request(fixture, &place), OK);
    assert_int_equal(docket_count(fixture->docket), 1);
    struct ended ended = {.time = 1,
        .request = fixture->request,
        .how = ENDING_WITHDRAWN,
        .rule = "R11",
        .why = "the requester withdrew it"};
    struct bytes record;
    bytes_init(&record, LIMIT_RECORD);
    ended_write(&ended, &record);
    struct place end;
    assert_int_equal(apply(fixture, &record, &end), OK);
    assert_int_equal(docket_count(fixture->docket), 0);
    assert_int_equal(cast(fixture, &place, 0, DECISION_APPROVE), ERR_FORM);
}

static void docket__refuses_records_that_fit_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct place place = {.index = 1};
    assert_int_equal(docket_apply(fixture->docket, fixture->charter, &place,
                         span_text("conclave.opened/v1\n")),
        ERR_FORM);
    assert_int_equal(
        docket_apply(fixture->docket, fixture->charter, &place, span_text("hello\n")),
        ERR_FORM);
    struct ended ended = {.how = ENDING_WITHDRAWN, .why = "nothing like it"};
    struct bytes record;
    bytes_init(&record, LIMIT_RECORD);
    ended_write(&ended, &record);
    assert_int_equal(apply(fixture, &record, &place), ERR_FORM); // about no request
}

// Somebody has to end it, so that it is not open for ever.
static void docket__keeps_a_request_whose_requester_is_gone_to_be_ended(void **state)
{
    struct fixture *fixture = *state;
    struct place place;
    fixture->charter->requester_count = 0;
    assert_int_equal(open_request(fixture, &place), OK);
    struct docket_entry *entry = docket_find(fixture->docket, &fixture->request);
    assert_true(entry->stale);
    assert_string_equal(entry->person, "");
}

static void docket__r7_looks_up_each_person_in_a_new_charter(void **state)
{
    struct fixture *fixture = *state;
    struct place place;
    assert_int_equal(open_request(fixture, &place), OK);
    struct docket_entry *entry = docket_find(fixture->docket, &fixture->request);
    assert_string_equal(entry->person, "dave");
    snprintf(fixture->charter->requesters[0].person, LIMIT_NAME, "alice");
    docket_find_people(fixture->docket, fixture->charter);
    assert_string_equal(entry->person, "alice");
    fixture->charter->requester_count = 0;
    docket_find_people(fixture->docket, fixture->charter);
    assert_string_equal(entry->person, "");
}

static void docket__an_administrator_asks_for_motions_alone(void **state)
{
    struct fixture *fixture = *state;
    struct place place;
    fixture->charter->requester_count = 0;
    fixture->charter->administrators[1].key.id = name_hash("requester", 0);
    fixture->role = "conclave/keys";
    assert_int_equal(open_request(fixture, &place), OK);
    struct docket_entry *entry = docket_find(fixture->docket, &fixture->request);
    assert_int_equal(entry->motion, MOTION_KEYS);
    assert_string_equal(entry->person, "bob");
    fixture->role = "image/targets";
    fixture->request = name_hash("request", 1);
    assert_int_equal(open_request(fixture, &place), OK);
    entry = docket_find(fixture->docket, &fixture->request);
    assert_int_equal(entry->motion, MOTION_NONE);
    assert_string_equal(entry->person, "");
}

static enum err sign(struct fixture *fixture, uint64_t missing, struct place *place)
{
    static struct outcome outcome;
    outcome = (struct outcome){.time = 1002,
        .request = fixture->request,
        .order = {.index = 1, .leaf = name_hash("order", 0)},
        .state = name_hash("state", 0),
        .missing = missing,
        .signature_count = 1};
    outcome.signatures[0] = (struct outcome_signature){.role = "image/targets",
        .version = 1,
        .key = name_hash("role key", 0),
        .signature = name_hash("signature", 0)};
    struct bytes record;
    bytes_init(&record, LIMIT_RECORD);
    outcome_write(&outcome, &record);
    return apply(fixture, &record, place);
}

static void docket__r12_keeps_what_is_signed_while_signatures_are_missing(void **state)
{
    struct fixture *fixture = *state;
    struct place opened, first, second, again;
    assert_int_equal(open_request(fixture, &opened), OK);
    assert_int_equal(cast(fixture, &opened, 0, DECISION_APPROVE), OK);
    assert_int_equal(sign(fixture, 2, &first), OK);
    struct docket_entry *entry = docket_find(fixture->docket, &fixture->request);
    assert_non_null(entry);
    assert_true(entry->is_signed);
    assert_int_equal(entry->outcome.index, first.index);
    assert_int_equal(entry->vote_count, 1);
    // What comes later is a vote over the same opening; it is not opened anew.
    assert_int_equal(cast(fixture, &opened, 1, DECISION_APPROVE), OK);
    assert_int_equal(entry->vote_count, 2);
    assert_int_equal(open_request(fixture, &again), ERR_FORM);
    assert_int_equal(entry->vote_count, 2);
    assert_int_equal(sign(fixture, 1, &second), OK);
    assert_int_equal(entry->outcome.index, second.index);
    assert_int_equal(sign(fixture, 0, &again), OK);
    assert_null(docket_find(fixture->docket, &fixture->request));
}

static void docket__r12_closed_is_the_end_of_what_is_signed(void **state)
{
    struct fixture *fixture = *state;
    struct place place;
    assert_int_equal(open_request(fixture, &place), OK);
    assert_int_equal(sign(fixture, 1, &place), OK);
    struct ended ended = {
        .time = 1, .request = fixture->request, .how = ENDING_CLOSED, .why = "time is over"};
    struct bytes record;
    bytes_init(&record, LIMIT_RECORD);
    ended_write(&ended, &record);
    assert_int_equal(apply(fixture, &record, &place), OK);
    assert_int_equal(docket_count(fixture->docket), 0);
}

static void docket__the_outcome_of_a_freeze_ends_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct hash open = fixture->request;
    struct place place;
    assert_int_equal(open_request(fixture, &place), OK);
    fixture->request = name_hash("freeze", 0);
    assert_int_equal(sign(fixture, 0, &place), OK);
    assert_non_null(docket_find(fixture->docket, &open));
}

static void docket__r17_counts_what_a_key_has_open(void **state)
{
    struct fixture *fixture = *state;
    struct hash key = name_hash("requester", 0), other = name_hash("requester", 1);
    struct place place;
    for (unsigned i = 0; i < 3; i++) {
        fixture->request = name_hash("request", i);
        assert_int_equal(open_request(fixture, &place), OK);
        assert_int_equal(docket_open_by(fixture->docket, &key), i + 1);
    }
    assert_int_equal(docket_open_by(fixture->docket, &other), 0);
    assert_int_equal(sign(fixture, 1, &place), OK); // signed is not open
    assert_int_equal(docket_count(fixture->docket), 3);
    assert_int_equal(docket_open_by(fixture->docket, &key), 2);
}

static void docket__r20_holds_no_more_than_its_limit(void **state)
{
    struct fixture *fixture = *state;
    struct place place;
    for (unsigned i = 0; i < LIMIT_OPEN; i++) {
        fixture->request = name_hash("request", i);
        assert_int_equal(open_request(fixture, &place), OK);
    }
    fixture->request = name_hash("request", LIMIT_OPEN);
    assert_int_equal(open_request(fixture, &place), ERR_LIMIT);
    for (unsigned i = 0; i < LIMIT_OPEN; i++) {
        struct hash request = name_hash("request", i);
        assert_non_null(docket_find(fixture->docket, &request));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            docket__r5_refuses_the_same_person_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__r5_never_counts_the_requesters_person, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__refuses_a_key_that_is_nobodys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__a_rejection_is_final_for_its_person, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__r4_opened_anew_drops_approvals_and_keeps_rejections, set_up, tear_down),
        cmocka_unit_test_setup_teardown(docket__forgets_what_has_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__refuses_records_that_fit_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__keeps_a_request_whose_requester_is_gone_to_be_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__r7_looks_up_each_person_in_a_new_charter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__an_administrator_asks_for_motions_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__r12_keeps_what_is_signed_while_signatures_are_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__r12_closed_is_the_end_of_what_is_signed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__the_outcome_of_a_freeze_ends_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__r17_counts_what_a_key_has_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            docket__r20_holds_no_more_than_its_limit, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
