#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/encode.h"
#include "proto/frame.h"
#include "signer/gate/budget.h"
#include "tests/unit/gate_fixture.h"
#include "tests/unit/wire_bytes.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MANY = 1000 };

static struct bytes many_asks(enum message_kind kind, size_t count)
{
    struct bytes frames;
    bytes_init(&frames, FRAME_MOST);
    for (uint64_t id = 1; id <= count; id++) {
        const struct message ask = {.kind = kind, .id = id};
        assert_int_equal(encode(&ask, &frames), OK);
    }
    return frames;
}

static void gate__keeps_one_client_to_its_share_of_a_thousand_asks(void **state)
{
    (void)state;
    static struct message asks[LIMIT_CREDITS + 1];
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate);
    struct bytes frames = many_asks(ASK_STATUS, MANY);
    client_sends_bytes(client, bytes_span(&frames));
    size_t answered = 0;
    while (answered < MANY) {
        size_t heard = keeper_hears_all(&gate, asks, LIMIT_CREDITS);
        size_t left = MANY - answered;
        assert_int_equal(heard, left < SHARE_CREDITS ? left : SHARE_CREDITS);
        // Newest first: the order of answers is the keeper's business.
        for (size_t i = heard; i > 0; i--)
            keeper_refuses(&gate, asks[i - 1].id, "so");
        for (size_t i = heard; i > 0; i--)
            client_hears_refusal(client, answered + i, "so");
        answered += heard;
    }
    bytes_clear(&frames);
    close(client);
    gate_stop(&gate);
}

static void gate__keeps_all_clients_together_to_the_credits_and_serves_them_in_turn(
    void **state)
{
    (void)state;
    enum { CLIENTS = 6 };
    static struct message asks[LIMIT_CREDITS + 1];
    struct gate_fixture gate;
    gate_start(&gate);
    int clients[CLIENTS];
    struct bytes frames = many_asks(ASK_STATUS, 2 * SHARE_CREDITS);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = client_connect(&gate);
        client_sends_bytes(clients[i], bytes_span(&frames));
        usleep(20 * 1000);
    }
    assert_int_equal(keeper_hears_all(&gate, asks, LIMIT_CREDITS), LIMIT_CREDITS);
    // The first four have all of it. Each answer to the first client lets one ask in: first its own,
    // as it stands ahead of the others; then it stands behind them.
    struct message next;
    keeper_refuses(&gate, asks[0].id, "so");
    keeper_hears(&gate, &next);
    uint64_t turns[CLIENTS];
    for (int i = 4; i < CLIENTS; i++) {
        keeper_refuses(&gate, asks[i].id, "so");
        keeper_hears(&gate, &next);
        turns[i] = next.id;
    }
    for (int i = 4; i < CLIENTS; i++) {
        keeper_refuses(&gate, turns[i], "your turn");
        client_hears_refusal(clients[i], 1, "your turn");
    }
    for (int i = 0; i < CLIENTS; i++)
        close(clients[i]);
    bytes_clear(&frames);
    gate_stop(&gate);
}

static void gate__a_client_that_leaves_gives_back_its_share_when_it_is_answered(void **state)
{
    (void)state;
    static struct message asks[LIMIT_CREDITS + 1];
    struct gate_fixture gate;
    gate_start(&gate);
    struct bytes frames = many_asks(ASK_STATUS, SHARE_CREDITS);
    int clients[5];
    for (int i = 0; i < 5; i++) {
        clients[i] = client_connect(&gate);
        client_sends_bytes(clients[i], bytes_span(&frames));
    }
    assert_int_equal(keeper_hears_all(&gate, asks, LIMIT_CREDITS), LIMIT_CREDITS);
    for (int i = 0; i < 5; i++)
        close(clients[i]);
    keeper_hears_nothing(&gate);
    for (int i = 0; i < LIMIT_CREDITS; i++)
        keeper_refuses(&gate, asks[i].id, "to nobody");
    clients[0] = client_connect(&gate);
    client_sends_bytes(clients[0], bytes_span(&frames));
    // The fifth client's asks went with it, or were passed on when credits came: none is left over
    // that would hold one.
    size_t heard = keeper_hears_all(&gate, asks, 2 * SHARE_CREDITS);
    assert_in_range(heard, SHARE_CREDITS, 2 * SHARE_CREDITS);
    bytes_clear(&frames);
    close(clients[0]);
    gate_stop(&gate);
}

static void gate__passes_few_large_answers_on_at_once(void **state)
{
    (void)state;
    enum { CLIENTS = 4 };
    static struct message asks[LIMIT_CREDITS];
    struct gate_fixture gate;
    gate_start(&gate);
    struct bytes frames = many_asks(ASK_BLOB, 8);
    int clients[CLIENTS];
    clients[0] = client_connect(&gate);
    client_sends_bytes(clients[0], bytes_span(&frames));
    size_t heard = keeper_hears_all(&gate, asks, LIMIT_CREDITS);
    assert_int_equal(heard, SHARE_ANSWERS / LIMIT_PAYLOAD);
    for (int i = 1; i < CLIENTS; i++) {
        clients[i] = client_connect(&gate);
        client_sends_bytes(clients[i], bytes_span(&frames));
    }
    heard += keeper_hears_all(&gate, asks + heard, LIMIT_CREDITS - heard);
    assert_int_equal(heard, BUDGET_ANSWERS / LIMIT_PAYLOAD);
    // Small asks are not held up by them.
    int other = client_connect(&gate);
    struct message ask;
    client_asks_status(other, 9);
    keeper_hears(&gate, &ask);
    assert_int_equal(ask.kind, ASK_STATUS);
    for (int i = 0; i < CLIENTS; i++)
        close(clients[i]);
    close(other);
    bytes_clear(&frames);
    gate_stop(&gate);
}

// Asks so many dossiers and reads none of them that its socket is full.
static void fill_socket(struct gate_fixture *gate, int client)
{
    enum { FULL = 8 };
    static char text[LIMIT_RECORD];
    memset(text, 'x', sizeof text);
    for (int i = 0; i < FULL; i++) {
        const struct message show = {.kind = ASK_SHOW};
        struct message ask, answer = {.kind = ANSWER_DOSSIER};
        client_sends(client, &show);
        keeper_hears(gate, &ask);
        answer.id = ask.id;
        answer.dossier.opened.text = span_of(text, sizeof text);
        keeper_says(gate, &answer);
    }
}

static void gate__an_answer_that_waits_holds_what_it_is_not_what_it_could_have_been(
    void **state)
{
    (void)state;
    static struct message asks[LIMIT_CREDITS];
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate);
    fill_socket(&gate, client);
    struct bytes frames = many_asks(ASK_BLOB, 3);
    client_sends_bytes(client, bytes_span(&frames));
    size_t heard = keeper_hears_all(&gate, asks, LIMIT_CREDITS);
    assert_int_equal(heard, SHARE_ANSWERS / LIMIT_PAYLOAD);
    struct message blob = {.kind = ANSWER_BLOB, .id = asks[0].id};
    blob.blob_is.bytes = span_text("small");
    keeper_says(&gate, &blob);
    assert_int_equal(keeper_hears_all(&gate, asks, LIMIT_CREDITS), 1);
    bytes_clear(&frames);
    close(client);
    gate_stop(&gate);
}

static void gate__reads_few_large_asks_at_once(void **state)
{
    (void)state;
    enum { CLIENTS = 3 };
    struct gate_fixture gate;
    gate_start(&gate);
    struct message *full = malloc(sizeof *full), asks[CLIENTS], status;
    struct bytes frame;
    assert_non_null(full);
    message_fill(full, ASK_SUBMIT);
    bytes_init(&frame, FRAME_MOST);
    assert_int_equal(encode(full, &frame), OK);
    struct span begun = span_of(frame.data, BUDGET_ASK + 1);
    struct span rest = span_of(frame.data + begun.size, frame.size - begun.size);
    int clients[CLIENTS], other = client_connect(&gate);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = client_connect(&gate);
        client_sends_bytes(clients[i], begun);
        usleep(20 * 1000);
    }
    // The third is not read: its socket fills and it cannot send all.
    assert_true(send(clients[2], rest.data, rest.size, MSG_DONTWAIT) < 1024 * 1024);
    client_sends_bytes(clients[1], rest);
    keeper_hears(&gate, &asks[1]);
    assert_int_equal(asks[1].kind, ASK_SUBMIT);
    assert_int_equal(asks[1].submit.blobs.count, full->submit.blobs.count);
    uint64_t id = asks[1].id;
    keeper_hears_nothing(&gate);
    // Others are not held up.
    client_asks_status(other, 9);
    keeper_hears(&gate, &status);
    assert_int_equal(status.kind, ASK_STATUS);
    keeper_refuses(&gate, status.id, "here");
    client_hears_refusal(other, 9, "here");
    // Answered: its bytes are free, and the third is read. It sent a part already.
    keeper_refuses(&gate, id, "one");
    client_hears_refusal(clients[1], UINT64_MAX, "one");
    close(clients[0]);
    close(clients[2]);
    clients[2] = client_connect(&gate);
    client_sends_bytes(clients[2], bytes_span(&frame));
    keeper_hears(&gate, &asks[2]);
    assert_int_equal(asks[2].kind, ASK_SUBMIT);
    close(clients[1]);
    close(clients[2]);
    close(other);
    bytes_clear(&frame);
    free(full);
    gate_stop(&gate);
}

static void gate__a_client_that_never_reads_holds_its_share_and_nobody_elses(void **state)
{
    (void)state;
    static char text[LIMIT_RECORD];
    static struct message asks[LIMIT_CREDITS + 1];
    struct gate_fixture gate;
    gate_start(&gate);
    memset(text, 'x', sizeof text);
    int deaf = client_connect(&gate), other = client_connect(&gate);
    struct bytes frames = many_asks(ASK_SHOW, MANY);
    client_sends_bytes(deaf, bytes_span(&frames));
    size_t heard = 0, total = 0;
    // Each answer is 64 KiB; what fits into the socket gives a credit back, and then no more does.
    while ((heard = keeper_hears_all(&gate, asks, LIMIT_CREDITS)) > 0) {
        total += heard;
        for (size_t i = 0; i < heard; i++) {
            struct message answer = {.kind = ANSWER_DOSSIER, .id = asks[i].id};
            answer.dossier.opened.text = span_of(text, sizeof text);
            keeper_says(&gate, &answer);
        }
        assert_true(total < 4 * SHARE_CREDITS);
    }
    assert_true(total >= SHARE_CREDITS);
    for (uint64_t id = 1; id <= 100; id++) {
        client_asks_status(other, id);
        keeper_hears(&gate, &asks[0]);
        keeper_refuses(&gate, asks[0].id, "served");
        client_hears_refusal(other, id, "served");
    }
    bytes_clear(&frames);
    close(deaf);
    close(other);
    gate_stop(&gate);
}

static void gate__r20_takes_so_many_clients_and_the_next_when_one_leaves(void **state)
{
    (void)state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < LIMIT_CLIENTS + 64)
        skip();
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    static int clients[LIMIT_CLIENTS];
    struct gate_fixture gate;
    struct message ask;
    gate_start(&gate);
    for (int i = 0; i < LIMIT_CLIENTS; i++)
        clients[i] = client_connect(&gate);
    client_asks_status(clients[LIMIT_CLIENTS - 1], 1);
    keeper_hears(&gate, &ask);
    int next = client_connect(&gate);
    client_asks_status(next, 2);
    keeper_hears_nothing(&gate);
    close(clients[0]);
    keeper_hears(&gate, &ask);
    keeper_refuses(&gate, ask.id, "come in");
    client_hears_refusal(next, 2, "come in");
    for (int i = 1; i < LIMIT_CLIENTS; i++)
        close(clients[i]);
    close(next);
    gate_stop(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gate__keeps_one_client_to_its_share_of_a_thousand_asks),
        cmocka_unit_test(
            gate__keeps_all_clients_together_to_the_credits_and_serves_them_in_turn),
        cmocka_unit_test(gate__a_client_that_leaves_gives_back_its_share_when_it_is_answered),
        cmocka_unit_test(gate__passes_few_large_answers_on_at_once),
        cmocka_unit_test(
            gate__an_answer_that_waits_holds_what_it_is_not_what_it_could_have_been),
        cmocka_unit_test(gate__reads_few_large_asks_at_once),
        cmocka_unit_test(gate__a_client_that_never_reads_holds_its_share_and_nobody_elses),
        cmocka_unit_test(gate__r20_takes_so_many_clients_and_the_next_when_one_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
