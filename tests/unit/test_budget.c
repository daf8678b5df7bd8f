#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/encode.h"
#include "proto/record.h"
#include "proto/wire.h"
#include "signer/corridor/channel.h"
#include "signer/gate/budget.h"
#include "signer/gate/line.h"
#include "tests/unit/wire_bytes.h"

#include <stdlib.h>
#include <string.h>

static const struct use credit = {.credits = 1};

static size_t frame_of(enum message_kind kind)
{
    struct message *message = malloc(sizeof *message);
    struct bytes frame;
    assert_non_null(message);
    message_fill(message, kind);
    bytes_init(&frame, FRAME_MOST);
    assert_int_equal(encode(message, &frame), OK);
    size_t size = frame.size;
    bytes_clear(&frame);
    free(message);
    return size;
}

static void budget__r20_no_answer_is_larger_than_what_was_set_aside(void **state)
{
    (void)state;
    for (unsigned ask = ASK_STATUS; ask <= ASK_FOUND_SIGN; ask++) {
        size_t most = budget_answer_most(ask);
        struct use need = budget_need(ask);
        assert_true(frame_of(wire_row_of(ask)->answer) <= most);
        assert_true(frame_of(ANSWER_REFUSED) <= most);
        assert_int_equal(need.credits, 1);
        assert_int_equal(need.asks, 0);
        assert_true(need.answers >= most || most <= BUDGET_ANSWER);
        assert_true(need.answers <= SHARE_ANSWERS);
    }
    assert_int_equal(budget_answer_most(ANSWER_BLOB), 0);
}

// The longest signature and number: what a dossier has room for, each time.
static void decided__r20_is_no_longer_than_a_dossier_expects(void **state)
{
    (void)state;
    struct decided decided = {.time = 1796083200, .decision = DECISION_APPROVE};
    struct bytes text;
    bytes_init(&text, LIMIT_RECORD);
    decided.request = decided.approver = hash_of(span_text("a"));
    decided.opened = (struct place){LIMIT_INDEX, hash_of(span_text("b"))};
    decided.signature_size = KEY_SIGNATURE_MOST;
    decided_write(&decided, &text);
    assert_int_equal(decided_read(bytes_span(&text), &decided), OK);
    assert_true(text.size > 1024);
    assert_true(text.size <= WIRE_DECISION_MOST);
    bytes_clear(&text);
}

static void budget__only_requests_charters_and_wishes_are_large_asks(void **state)
{
    (void)state;
    for (unsigned ask = ASK_STATUS; ask <= ASK_FOUND_SIGN; ask++) {
        bool large = ask == ASK_SUBMIT || ask == ASK_FOUND_KEYS || ask == ASK_FOUND_CHARTER;
        size_t size = frame_of(ask);
        assert_int_equal(size > BUDGET_ASK, large);
        assert_true(size <= SHARE_ASKS);
    }
}

static void budget__every_largest_message_fits_between_two_rooms(void **state)
{
    (void)state;
    for (unsigned kind = ASK_STATUS; kind <= ANSWER_FOUNDING; kind++) {
        struct message *message = malloc(sizeof *message);
        struct bytes frame;
        assert_non_null(message);
        message_fill(message, kind);
        bytes_init(&frame, CODEC_HEADER + LIMIT_FRAME);
        codec_encode(message, &frame);
        assert_int_equal(bytes_finish(&frame), OK);
        bytes_clear(&frame);
        free(message);
    }
}

static void budget__parts_are_the_whole(void **state)
{
    (void)state;
    size_t small = (size_t)LIMIT_CREDITS * (BUDGET_ASK + BUDGET_ANSWER);
    assert_true(small + BUDGET_ASKS + BUDGET_ANSWERS <= LIMIT_FLIGHT);
    assert_true(BUDGET_ANSWERS >= 5 * LIMIT_PAYLOAD);
    assert_true(LIMIT_FLIGHT + LIMIT_FRAME <= CHANNEL_MOST);
}

static void budget__one_client_takes_its_share_and_no_more(void **state)
{
    (void)state;
    struct budget budget = {0};
    struct use one = {0}, other = {0};
    for (int i = 0; i < SHARE_CREDITS; i++)
        assert_true(budget_take(&budget, &one, &credit));
    assert_false(budget_take(&budget, &one, &credit));
    assert_true(budget_take(&budget, &other, &credit));
    budget_give(&budget, &one, &credit);
    assert_true(budget_take(&budget, &one, &credit));
    assert_int_equal(budget.used.credits, SHARE_CREDITS + 1);

    const struct use large = {.asks = SHARE_ASKS}, answer = {.answers = SHARE_ANSWERS};
    assert_true(budget_take(&budget, &one, &large));
    assert_false(budget_take(&budget, &one, &(struct use){.asks = 1}));
    assert_true(budget_take(&budget, &one, &answer));
    assert_false(budget_take(&budget, &one, &(struct use){.answers = 1}));
}

static void budget__all_clients_together_stay_within_the_whole(void **state)
{
    (void)state;
    struct budget budget = {0};
    struct use shares[LIMIT_CREDITS + 1] = {0};
    for (int i = 0; i < LIMIT_CREDITS; i++)
        assert_true(budget_take(&budget, &shares[i], &credit));
    assert_false(budget_has_credit(&budget));
    assert_false(budget_take(&budget, &shares[LIMIT_CREDITS], &credit));

    const struct use large = {.asks = FRAME_MOST}, answer = {.answers = LIMIT_PAYLOAD};
    assert_true(budget_take(&budget, &shares[0], &large));
    assert_true(budget_take(&budget, &shares[1], &large));
    assert_false(budget_take(&budget, &shares[2], &large));
    int taken = 0;
    while (budget_take(&budget, &shares[taken], &answer))
        taken++;
    assert_int_equal(taken, BUDGET_ANSWERS / LIMIT_PAYLOAD);
}

static void budget__takes_all_or_nothing(void **state)
{
    (void)state;
    struct budget budget = {.used = {.asks = BUDGET_ASKS}};
    struct use share = {0};
    const struct use need = {.credits = 1, .asks = 1, .answers = 1};
    assert_false(budget_take(&budget, &share, &need));
    assert_int_equal(budget.used.credits, 0);
    assert_int_equal(budget.used.answers, 0);
    assert_int_equal(share.credits, 0);
}

static void budget__who_comes_later_in_a_round_does_not_overtake(void **state)
{
    (void)state;
    struct budget budget = {.used = {.asks = BUDGET_ASKS - 100}};
    struct use first = {0}, second = {0};
    const struct use large = {.asks = 101}, small = {.asks = 100};
    budget_round(&budget);
    assert_false(budget_take(&budget, &first, &large));
    assert_false(budget_take(&budget, &second, &small));
    assert_true(budget_take(&budget, &second, &credit)); // what nobody waits for
    budget_round(&budget);
    assert_true(budget_take(&budget, &second, &small));
}

static void budget__a_full_share_does_not_hold_up_others(void **state)
{
    (void)state;
    struct budget budget = {0};
    struct use full = {.asks = SHARE_ASKS}, other = {0};
    const struct use large = {.asks = 100};
    budget_round(&budget);
    assert_false(budget_take(&budget, &full, &large));
    assert_true(budget_take(&budget, &other, &large));
}

static void budget__what_a_gone_client_held_comes_back(void **state)
{
    (void)state;
    struct budget budget = {0};
    struct use share = {0};
    const struct use need = {1, 2, 3};
    assert_true(budget_take(&budget, &share, &need));
    budget_give(&budget, NULL, &need);
    assert_memory_equal(&budget.used, &(struct use){0}, sizeof budget.used);
}

// ---- the line ----

static void line__is_first_come_first_served_around_its_ring(void **state)
{
    (void)state;
    static struct client clients[LIMIT_CLIENTS];
    struct line *line = calloc(1, sizeof *line);
    assert_non_null(line);
    assert_null(line_pop(line));
    line->first = LIMIT_CLIENTS - 2;
    for (int i = 0; i < LIMIT_CLIENTS; i++)
        line_push(line, &clients[i]);
    line_remove(line, &clients[1]);
    line_remove(line, &clients[1]);
    assert_int_equal(line->count, LIMIT_CLIENTS - 1);
    assert_ptr_equal(line_pop(line), &clients[0]);
    assert_ptr_equal(line_pop(line), &clients[2]);
    for (int i = 3; i < LIMIT_CLIENTS; i++)
        assert_ptr_equal(line_pop(line), &clients[i]);
    assert_null(line_pop(line));
    free(line);
}

// ---- flights ----

static void flights__ids_are_never_used_again(void **state)
{
    (void)state;
    struct flights *flights = calloc(1, sizeof *flights);
    assert_non_null(flights);
    assert_null(flight_find(flights, 0));
    assert_null(flight_find(flights, 1));
    struct flight *kept = flight_start(flights, NULL);
    uint64_t kept_id = kept->id, last = kept_id;
    for (int i = 0; i < 1000; i++) {
        struct flight *flight = flight_start(flights, NULL);
        uint64_t id = flight->id;
        assert_true(id > last);
        last = id;
        assert_ptr_equal(flight_find(flights, id), flight);
        flight_end(flight);
        assert_null(flight_find(flights, id));
    }
    assert_ptr_equal(flight_find(flights, kept_id), kept);
    kept->written_at = 1; // answered: no second answer finds it
    assert_null(flight_find(flights, kept_id));
    free(flights);
}

static void flights__are_as_many_as_there_are_credits(void **state)
{
    (void)state;
    struct flights *flights = calloc(1, sizeof *flights);
    assert_non_null(flights);
    for (int i = 0; i < LIMIT_CREDITS; i++)
        assert_non_null(flight_start(flights, NULL));
    assert_null(flight_start(flights, NULL));
    flight_end(&flights->at[77]);
    assert_ptr_equal(flight_start(flights, NULL), &flights->at[77]);
    free(flights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget__r20_no_answer_is_larger_than_what_was_set_aside),
        cmocka_unit_test(decided__r20_is_no_longer_than_a_dossier_expects),
        cmocka_unit_test(budget__only_requests_charters_and_wishes_are_large_asks),
        cmocka_unit_test(budget__every_largest_message_fits_between_two_rooms),
        cmocka_unit_test(budget__parts_are_the_whole),
        cmocka_unit_test(budget__one_client_takes_its_share_and_no_more),
        cmocka_unit_test(budget__all_clients_together_stay_within_the_whole),
        cmocka_unit_test(budget__takes_all_or_nothing),
        cmocka_unit_test(budget__who_comes_later_in_a_round_does_not_overtake),
        cmocka_unit_test(budget__a_full_share_does_not_hold_up_others),
        cmocka_unit_test(budget__what_a_gone_client_held_comes_back),
        cmocka_unit_test(line__is_first_come_first_served_around_its_ring),
        cmocka_unit_test(flights__ids_are_never_used_again),
        cmocka_unit_test(flights__are_as_many_as_there_are_credits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
