// A new charter in force (R7): what was open is heard anew under it. Over the real program.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_play.h"

#include "metadata/render.h"

#include <stdio.h>
#include <string.h>

static const struct span made_up = {(const uint8_t *)"made up", 7};

// A keys motion that is complete: its order is in flight, and its outcome says whatever it says.
static uint64_t order_something(struct keeper_house *house, struct play *play)
{
    *play = play_new(house, &house->service, "conclave/keys", 1, (struct span){0});
    house_opens(house, play);
    for (size_t person = ALICE; person <= CAROL; person++)
        house_decides(house, play, person, DECISION_APPROVE);
    return ledger_takes_order(house, NULL);
}

// The charter as it stands in `house->charter` is in force with the outcome.
static void change_charter(struct keeper_house *house, uint64_t id, const struct play *play)
{
    house->charter->epoch = 2;
    house->charter->previous = house->charter->hash;
    house_write_charter(house);
    ledger_signs(house, id, &play->id, "conclave/charter", 0, true);
    gate_hears_moved(house, &play->id);
}

// The keeper asks for the bytes of a request that it hears anew, and gets them.
static void serve_blob(struct keeper_house *house, const struct hash *hash, struct span bytes)
{
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    struct message blob = {.kind = ANSWER_BLOB, .id = ask.id};
    assert_memory_equal(&ask.blob.hash, hash, sizeof *hash);
    blob.blob_is.bytes = bytes;
    house_says(&house->ledger, &blob);
}

static void serve(struct keeper_house *house, const struct play *play)
{
    serve_blob(house, &play->id, bytes_span(&play->text));
    serve_blob(house, &play->request.items[0].payload, bytes_span(&play->payload));
}

// One of its custodians' keys signs no more: what was opened to be reached with it never would be.
static void keeper__r12_hears_anew_what_counts_on_a_key_that_was_retired(void **state)
{
    struct keeper_house *house = *state;
    struct play motion, root = play_new(house, &house->service, "image/root", 1, made_up);
    struct key_state retired = {.key = house->charter->keys[0].key, .retired = true};
    snprintf(retired.role, sizeof retired.role, "image/root");
    play_live(house, &root);
    house_start(house);
    uint64_t id = order_something(house, &motion);
    assert_int_equal(state_set_key(house->state, &retired), OK);
    ledger_signs(house, id, &motion.id, "conclave/keys", 0, false);
    gate_hears_moved(house, &motion.id);
    serve_blob(house, &root.id, bytes_span(&root.text));
    play_clear(&motion);
    play_clear(&root);
}

static void ends_refused(struct keeper_house *house, const struct play *play, const char *words)
{
    struct bytes record;
    struct ended ended;
    ledger_stores(house, RECORD_ENDED, &record);
    assert_int_equal(ended_read(bytes_span(&record), &ended), OK);
    assert_memory_equal(&ended.request, &play->id, sizeof play->id);
    assert_int_equal(ended.how, ENDING_REFUSED);
    if (strstr(ended.why, words) == NULL)
        fail_msg("not \"%s\": %s", words, ended.why);
    gate_hears_moved(house, &play->id);
    bytes_clear(&record);
}

static void keeper__r7_opens_requests_anew_under_a_new_charter(void **state)
{
    struct keeper_house *house = *state;
    struct play something;
    house_start(house);
    struct play open = play_new(house, &house->service, "conclave/time", 1, (struct span){0});
    house_opens(house, &open);
    house_decides(house, &open, ALICE, DECISION_APPROVE);
    house_decides(house, &open, DAVE, DECISION_REJECT);
    uint64_t id = order_something(house, &something);
    change_charter(house, id, &something);
    // Approvals of the old epoch count no more: whoever sends one is told to look again.
    struct play old = open;
    serve(house, &open);
    ledger_opens(house, &open);
    assert_int_equal(open.opened.epoch, 2);
    assert_memory_equal(
        &open.opened.charter, &house->charter->hash, sizeof house->charter->hash);
    id = gate_decides(house, &old, BOB, DECISION_APPROVE);
    gate_is_refused(house, id, "R4", "opened anew", false);
    // The rejection stands; of alice's approval nothing is left.
    id = gate_decides(house, &open, DAVE, DECISION_APPROVE);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, "R5", "dave has rejected", true);
    house_decides(house, &open, BOB, DECISION_APPROVE);
    house_decides(house, &open, CAROL, DECISION_APPROVE);
    house_is_silent(&house->ledger);
    house_decides(house, &open, ALICE, DECISION_APPROVE);
    struct order order;
    ledger_takes_order(house, &order);
    assert_memory_equal(&order.request, &open.id, sizeof open.id);
    assert_int_equal(order.approval_count, 3);
    play_clear(&open);
    play_clear(&something);
}

static void keeper__r7_ends_the_requests_of_a_requester_who_is_gone(void **state)
{
    struct keeper_house *house = *state;
    struct play something;
    house_start(house);
    struct play open = play_new(house, &house->laptop, "conclave/time", 1, (struct span){0});
    house_opens(house, &open);
    uint64_t id = order_something(house, &something);
    house->charter->requesters[0] = house->charter->requesters[1];
    house->charter->requester_count = 1;
    change_charter(house, id, &something);
    serve_blob(house, &open.id, bytes_span(&open.text));
    ends_refused(house, &open, "not in charter epoch 2");
    play_clear(&open);
    play_clear(&something);
}

// The same after a crash between the seal and the ended record: it is open in the ledger still.
static void keeper__r7_ends_them_at_the_next_start_too(void **state)
{
    struct keeper_house *house = *state;
    struct play open = play_new(house, &house->laptop, "image/targets", 1, made_up);
    play_live(house, &open);
    house->charter->epoch = 2;
    house->charter->previous = house->charter->hash;
    house->charter->requesters[0] = house->charter->requesters[1];
    house->charter->requester_count = 1;
    house_write_charter(house);
    house_start(house);
    serve_blob(house, &open.id, bytes_span(&open.text));
    ends_refused(house, &open, "not in charter epoch 2");
    play_clear(&open);
}

static void keeper__r7_ends_the_requests_of_a_role_that_is_gone(void **state)
{
    struct keeper_house *house = *state;
    struct play something;
    struct play open = play_new(house, &house->service, "image/targets", 1, made_up);
    play_live(house, &open);
    house_start(house);
    uint64_t id = order_something(house, &something);
    house->charter->role_count = 1; // only image/root is left
    while (house->charter->keys[house->charter->key_count - 1].role == 1)
        house->charter->key_count--;
    change_charter(house, id, &something);
    serve_blob(house, &open.id, bytes_span(&open.text));
    ends_refused(house, &open, "no role image/targets");
    play_clear(&open);
    play_clear(&something);
}

static void keeper__r5_finds_the_person_behind_a_request_in_the_new_charter(void **state)
{
    struct keeper_house *house = *state;
    struct play something;
    house_start(house);
    struct play open = play_new(house, &house->laptop, "conclave/time", 1, (struct span){0});
    house_opens(house, &open);
    uint64_t id = order_something(house, &something);
    snprintf(house->charter->requesters[0].person, LIMIT_NAME, "alice");
    change_charter(house, id, &something);
    serve(house, &open);
    ledger_opens(house, &open);
    id = gate_decides(house, &open, ALICE, DECISION_APPROVE);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, "R5", "alice stands behind this request", true);
    house_decides(house, &open, ERIN, DECISION_APPROVE); // it was erin's before
    play_clear(&open);
    play_clear(&something);
}

static void keeper__r7_knows_only_the_new_charters_people(void **state)
{
    struct keeper_house *house = *state;
    struct play something;
    house_start(house);
    uint64_t id = order_something(house, &something);
    struct charter *charter = house->charter;
    person_clear(&house->people[DAVE]);
    person_make(&house->people[DAVE], KEY_ED25519);
    charter->administrators[DAVE].key = house->people[DAVE].key; // a new token
    change_charter(house, id, &something);
    struct play play = play_new(house, &house->service, "conclave/time", 1, (struct span){0});
    house_opens(house, &play);
    house_decides(house, &play, DAVE, DECISION_APPROVE);
    play_clear(&play);
    play_clear(&something);
}

// While requests are heard anew one after another, nothing of them is approved.
static void keeper__r7_takes_no_approval_over_what_waits_to_be_heard_anew(void **state)
{
    struct keeper_house *house = *state;
    struct play something, open[2];
    house_start(house);
    for (size_t i = 0; i < 2; i++) {
        open[i] = play_new(house, &house->laptop, "conclave/time", 1, (struct span){0});
        house_opens(house, &open[i]);
    }
    uint64_t id = order_something(house, &something);
    snprintf(house->charter->requesters[0].person, LIMIT_NAME, "alice");
    change_charter(house, id, &something);
    struct message ask = house_hears(house, &house->ledger, ASK_BLOB);
    size_t first = hash_equal(&ask.blob.hash, &open[1].id);
    id = gate_decides(house, &open[1 - first], BOB, DECISION_APPROVE);
    gate_is_refused(house, id, "R4", "look at it again", false);
    // A rejection stands for the request; but not alice's, who stands behind it now.
    id = gate_decides(house, &open[1 - first], ALICE, DECISION_REJECT);
    ledger_stores(house, RECORD_REFUSED, NULL);
    gate_is_refused(house, id, "R5", "alice stands behind this request", true);
    struct message blob = {.kind = ANSWER_BLOB, .id = ask.id};
    blob.blob_is.bytes = bytes_span(&open[first].text);
    house_says(&house->ledger, &blob);
    serve_blob(house, &open[first].request.items[0].payload, bytes_span(&open[first].payload));
    ledger_opens(house, &open[first]);
    serve(house, &open[1 - first]); // at once, not a second later
    ledger_opens(house, &open[1 - first]);
    play_clear(&open[0]);
    play_clear(&open[1]);
    play_clear(&something);
}

// One after another, and not one a second.
static void keeper__r7_hears_many_anew_without_a_pause(void **state)
{
    enum { MANY = 6, SECONDS = 4 };
    struct keeper_house *house = *state;
    struct play something, open[MANY];
    struct message ask;
    house_start(house);
    for (size_t i = 0; i < MANY; i++) {
        open[i] = play_new(house, &house->service, "conclave/time", 1, (struct span){0});
        house_opens(house, &open[i]);
    }
    uint64_t id = order_something(house, &something);
    change_charter(house, id, &something);
    moment begin = moment_now();
    for (size_t heard = 0; heard < MANY; heard++) {
        ask = house_hears(house, &house->ledger, ASK_BLOB);
        struct message blob = {.kind = ANSWER_BLOB, .id = ask.id};
        size_t at = 0;
        while (!hash_equal(&ask.blob.hash, &open[at].id))
            at++;
        blob.blob_is.bytes = bytes_span(&open[at].text);
        house_says(&house->ledger, &blob);
        serve_blob(house, &open[at].request.items[0].payload, bytes_span(&open[at].payload));
        ledger_opens(house, &open[at]);
    }
    assert_in_range(moment_now() - begin, 0, SECONDS);
    for (size_t i = 0; i < MANY; i++)
        play_clear(&open[i]);
    play_clear(&something);
}

static void keeper__r7_orders_nothing_that_was_complete_under_the_old_charter(void **state)
{
    enum { MANY = 3 }; // one is heard anew, and one waits for that
    struct keeper_house *house = *state;
    struct play play[MANY];
    struct order order;
    size_t first = 0;
    for (size_t i = 0; i < MANY; i++) {
        play[i] = play_new(house, &house->service, "image/targets", 1, made_up);
        play_live(house, &play[i]);
        play_decides(house, &play[i], ALICE, DECISION_APPROVE);
        play_decides(house, &play[i], BOB, DECISION_APPROVE);
    }
    house_start(house);
    uint64_t id = ledger_takes_order(house, &order);
    while (!hash_equal(&order.request, &play[first].id))
        first++;
    change_charter(house, id, &play[first]);
    house_hears(house, &house->ledger, ASK_BLOB);
    house_is_silent(&house->ledger);
    for (size_t i = 0; i < MANY; i++)
        play_clear(&play[i]);
}

static void halts(struct keeper_house *house, bool text)
{
    struct play something;
    uint64_t id = order_something(house, &something);
    ledger_signs(house, id, &something.id, "conclave/charter", 0, text);
    house_ends(house, EXIT_NEIGHBOUR);
    play_clear(&something);
}

static void keeper__r7_believes_no_charter_but_the_states(void **state)
{
    struct keeper_house *house = *state;
    house_start(house);
    halts(house, true); // a text, and the state names the charter in force
    house_start(house);
    struct hash was = house->state->charter;
    house->state->charter = hash_of(span_text("another charter"));
    halts(house, true); // another text than the state names
    house->state->charter = was;
    house_start(house);
    house->state->epoch = 2;
    halts(house, false); // another epoch, and no text
    house->state->epoch = 1;
    house_start(house);
    house->charter->epoch = 3;
    house->charter->previous = house->charter->hash;
    house_write_charter(house);
    house->state->epoch = 2;
    halts(house, true); // a charter of another epoch than the state says
    house->charter->epoch = house->state->epoch = 1;
    house->charter->previous = (struct hash){0};
    house_write_charter(house);
    house_start(house);
    house->charter->epoch = 2;
    house->charter->previous = house->charter->hash;
    house->charter->log = hash_of(span_text("another log"));
    house_write_charter(house);
    halts(house, true); // another appliance's charter
}

static void keeper__believes_no_state_but_the_outcomes(void **state)
{
    struct keeper_house *house = *state;
    struct play something;
    house_start(house);
    uint64_t id = order_something(house, &something);
    struct message message = {.kind = DONE_SIGN, .id = id};
    struct bytes sealed, other, text;
    static struct outcome outcome;
    bytes_init(&sealed, LIMIT_STATE);
    bytes_init(&other, LIMIT_STATE);
    bytes_init(&text, LIMIT_RECORD);
    state_write(house->state, &sealed);
    house->state->time++;
    state_write(house->state, &other);
    outcome = (struct outcome){.time = moment_now(),
        .request = something.id,
        .order = {house->leaf_count - 1, house->leaves[house->leaf_count - 1]},
        .state = hash_of(bytes_span(&sealed)),
        .done = "conclave/keys",
        .done_number = 1};
    outcome_write(&outcome, &text);
    message.signed_.place = house_leaf(house, bytes_span(&text));
    message.signed_.outcome = bytes_span(&text);
    message.signed_.state = bytes_span(&other);
    house_says(&house->ledger, &message);
    house_ends(house, EXIT_NEIGHBOUR);
    bytes_clear(&sealed);
    bytes_clear(&other);
    bytes_clear(&text);
    play_clear(&something);
}

// ---- another version of the programs ----

static struct play opened_before(struct keeper_house *house, size_t approvals)
{
    static const size_t people[] = {ALICE, BOB, CAROL};
    struct play play = play_new(house, &house->service, "conclave/time", 1, (struct span){0});
    play.rendering = RENDERING - 1;
    play_live(house, &play);
    for (size_t i = 0; i < approvals; i++)
        play_decides(house, &play, people[i], DECISION_APPROVE);
    return play;
}

// Its tools show by another number what was opened before.
static void keeper__r14_opens_anew_what_another_version_rendered(void **state)
{
    struct keeper_house *house = *state;
    struct play play = opened_before(house, 2);
    house_start(house);
    serve(house, &play);
    ledger_opens(house, &play);
    assert_int_equal(play.opened.rendering, RENDERING);
    house_decides(house, &play, CAROL, DECISION_APPROVE); // two were over the other one
    house_is_silent(&house->ledger);
    play_clear(&play);
}

static void keeper__r14_what_was_complete_under_another_version_stays_so(void **state)
{
    struct keeper_house *house = *state;
    struct order order;
    struct play play = opened_before(house, 3);
    house_start(house);
    ledger_takes_order(house, &order);
    assert_memory_equal(&order.request, &play.id, sizeof play.id);
    play_clear(&play);
}

static void keeper__r7_starts_only_with_the_charter_that_the_state_names(void **state)
{
    struct keeper_house *house = *state;
    house->state->epoch = 2;
    house_spawn(house);
    house_ends(house, EXIT_HALT);
    house->state->epoch = 1;
    house->state->charter = hash_of(span_text("another charter"));
    house_spawn(house);
    house_ends(house, EXIT_HALT);
    house_write_charter(house);
    house_start(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, house_make, house_drop)
        TEST(keeper__r12_hears_anew_what_counts_on_a_key_that_was_retired),
        TEST(keeper__r7_opens_requests_anew_under_a_new_charter),
        TEST(keeper__r7_ends_the_requests_of_a_requester_who_is_gone),
        TEST(keeper__r7_ends_them_at_the_next_start_too),
        TEST(keeper__r7_ends_the_requests_of_a_role_that_is_gone),
        TEST(keeper__r5_finds_the_person_behind_a_request_in_the_new_charter),
        TEST(keeper__r7_knows_only_the_new_charters_people),
        TEST(keeper__r7_takes_no_approval_over_what_waits_to_be_heard_anew),
        TEST(keeper__r7_hears_many_anew_without_a_pause),
        TEST(keeper__r7_orders_nothing_that_was_complete_under_the_old_charter),
        TEST(keeper__r7_believes_no_charter_but_the_states),
        TEST(keeper__believes_no_state_but_the_outcomes),
        TEST(keeper__r14_opens_anew_what_another_version_rendered),
        TEST(keeper__r14_what_was_complete_under_another_version_stays_so),
        TEST(keeper__r7_starts_only_with_the_charter_that_the_state_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
