#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/encode.h"
#include "proto/frame.h"
#include "signer/gate/client.h"
#include "signer/gate/waiter.h"
#include "tests/unit/gate_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct hash request_named(uint8_t byte)
{
    struct hash hash;
    memset(hash.byte, byte, sizeof hash.byte);
    return hash;
}

static void client_waits(int fd, uint64_t id, uint8_t request)
{
    const struct message ask = {
        .kind = ASK_WAIT, .id = id, .request.request = request_named(request)};
    client_sends(fd, &ask);
}

// The keeper must be asked for this dossier; returns under which id.
static uint64_t hears_show(struct gate_fixture *gate, uint8_t request)
{
    struct message ask;
    struct hash expected = request_named(request);
    keeper_hears(gate, &ask);
    assert_int_equal(ask.kind, ASK_SHOW);
    assert_true(hash_equal(&ask.request.request, &expected));
    return ask.id;
}

static void says_fate(struct gate_fixture *gate, uint64_t id, enum fate fate)
{
    struct message answer = {.kind = ANSWER_DOSSIER, .id = id};
    answer.dossier.fate = fate;
    keeper_says(gate, &answer);
}

static void says_moved(struct gate_fixture *gate, uint8_t request)
{
    const struct message moved = {.kind = SAY_MOVED, .request.request = request_named(request)};
    keeper_says(gate, &moved);
}

static void client_hears_fate(int fd, uint64_t id, enum fate fate)
{
    struct decoded answer;
    client_hears(fd, &answer);
    assert_int_equal(answer.message.kind, ANSWER_DOSSIER);
    assert_int_equal(answer.message.id, id);
    assert_int_equal(answer.message.dossier.fate, fate);
    decoded_clear(&answer);
}

static void gate__answers_a_wait_at_once_when_the_fate_is_known(void **state)
{
    (void)state;
    static const enum fate known[] = {
        FATE_UNKNOWN, FATE_SIGNED, FATE_REJECTED, FATE_WITHDRAWN, FATE_EXPIRED, FATE_REFUSED};
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate);
    for (uint64_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        client_waits(client, i, 1);
        says_fate(&gate, hears_show(&gate, 1), known[i]);
        client_hears_fate(client, i, known[i]);
    }
    client_waits(client, 77, 1);
    keeper_refuses(&gate, hears_show(&gate, 1), "no");
    client_hears_refusal(client, 77, "no");
    close(client);
    gate_stop(&gate);
}

static void gate__a_wait_sleeps_until_its_own_request_moves(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate);
    client_waits(client, 5, 1);
    says_fate(&gate, hears_show(&gate, 1), FATE_OPEN);
    client_hears_nothing(client);
    says_moved(&gate, 2);
    keeper_hears_nothing(&gate);
    says_moved(&gate, 1);
    says_fate(&gate, hears_show(&gate, 1), FATE_SIGNED);
    client_hears_fate(client, 5, FATE_SIGNED);
    says_moved(&gate, 1); // nobody waits any more
    keeper_hears_nothing(&gate);
    close(client);
    gate_stop(&gate);
}

static void gate__a_wait_does_not_miss_what_moves_while_it_asks(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate);
    client_waits(client, 5, 1);
    uint64_t id = hears_show(&gate, 1);
    says_moved(&gate, 1);
    says_fate(&gate, id, FATE_OPEN); // what the ledger knew a moment before
    says_fate(&gate, hears_show(&gate, 1), FATE_SIGNED);
    client_hears_fate(client, 5, FATE_SIGNED);
    close(client);
    gate_stop(&gate);
}

static void gate__all_who_wait_for_one_request_hear_of_it(void **state)
{
    (void)state;
    enum { CLIENTS = 3 };
    struct gate_fixture gate;
    gate_start(&gate);
    int clients[CLIENTS];
    for (uint64_t i = 0; i < CLIENTS; i++) {
        clients[i] = client_connect(&gate);
        client_waits(clients[i], 100 + i, 1);
        says_fate(&gate, hears_show(&gate, 1), FATE_OPEN);
    }
    close(clients[1]);
    usleep(50 * 1000);
    says_moved(&gate, 1);
    says_fate(&gate, hears_show(&gate, 1), FATE_REJECTED);
    says_fate(&gate, hears_show(&gate, 1), FATE_REJECTED);
    keeper_hears_nothing(&gate);
    client_hears_fate(clients[0], 100, FATE_REJECTED);
    client_hears_fate(clients[2], 102, FATE_REJECTED);
    close(clients[0]);
    close(clients[2]);
    gate_stop(&gate);
}

static void gate__a_sleeping_wait_holds_no_credit(void **state)
{
    (void)state;
    static struct message asks[LIMIT_CREDITS + 1];
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate);
    for (uint64_t i = 0; i < SHARE_WAITERS; i++) {
        client_waits(client, i, 1);
        says_fate(&gate, hears_show(&gate, 1), FATE_OPEN);
    }
    for (uint64_t i = 0; i < SHARE_CREDITS; i++)
        client_asks_status(client, 1000 + i);
    assert_int_equal(keeper_hears_all(&gate, asks, LIMIT_CREDITS), SHARE_CREDITS);
    // All wake at once: they ask as credits come back, and each is answered once.
    says_moved(&gate, 1);
    for (uint64_t i = 0; i < SHARE_CREDITS; i++)
        keeper_refuses(&gate, asks[i].id, "so");
    for (uint64_t i = 0; i < SHARE_CREDITS; i++)
        client_hears_refusal(client, 1000 + i, "so");
    bool seen[SHARE_WAITERS] = {false};
    for (uint64_t i = 0; i < SHARE_WAITERS; i++) {
        struct decoded answer;
        says_fate(&gate, hears_show(&gate, 1), FATE_SIGNED);
        client_hears(client, &answer);
        assert_true(answer.message.id < SHARE_WAITERS && !seen[answer.message.id]);
        seen[answer.message.id] = true;
        decoded_clear(&answer);
    }
    keeper_hears_nothing(&gate);
    close(client);
    gate_stop(&gate);
}

static void gate__holds_so_many_waits_of_one_client_and_then_reads_no_further(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate), other = client_connect(&gate);
    for (uint64_t i = 0; i < SHARE_WAITERS; i++) {
        client_waits(client, i, 1);
        says_fate(&gate, hears_show(&gate, 1), FATE_OPEN);
    }
    client_waits(client, 5000, 2);
    keeper_hears_nothing(&gate);
    client_waits(other, 1, 3);
    says_fate(&gate, hears_show(&gate, 3), FATE_OPEN);
    says_moved(&gate, 1);
    says_fate(&gate, hears_show(&gate, 1), FATE_SIGNED); // one place is free, and taken
    uint64_t last = 0;
    for (uint64_t i = 0; i < SHARE_WAITERS; i++) {
        struct message ask;
        keeper_hears(&gate, &ask);
        struct hash second = request_named(2);
        last += hash_equal(&ask.request.request, &second);
        says_fate(&gate, ask.id, FATE_SIGNED);
    }
    assert_int_equal(last, 1);
    close(client);
    close(other);
    gate_stop(&gate);
}

// ---- what takes half a minute: all of it at once ----

static int64_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

// Has so many answers waiting for it that they do not fit into its socket.
static int deaf_client(struct gate_fixture *gate)
{
    static char text[LIMIT_RECORD];
    memset(text, 'x', sizeof text);
    int deaf = client_connect(gate);
    for (uint64_t i = 0; i < SHARE_CREDITS; i++) {
        const struct message show = {.kind = ASK_SHOW, .id = i};
        struct message ask, answer = {.kind = ANSWER_DOSSIER};
        client_sends(deaf, &show);
        keeper_hears(gate, &ask);
        answer.id = ask.id;
        answer.dossier.opened.text = span_of(text, sizeof text);
        keeper_says(gate, &answer);
    }
    return deaf;
}

static void gate__time_runs_for_those_who_hold_something_and_for_nobody_else(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    int64_t began = seconds();
    int deaf = deaf_client(&gate), half = client_connect(&gate), large = client_connect(&gate);
    int idle = client_connect(&gate), waiter = client_connect(&gate);
    client_sends_bytes(half, span_of("\0\0\0\x04\x08", 5));
    client_sends_bytes(large, span_of("\x01\0\0\0\x08", 5)); // 16 MiB, it says
    client_waits(waiter, 5, 1);
    says_fate(&gate, hears_show(&gate, 1), FATE_OPEN);

    // The waiter asks again, and an open fate is its answer now.
    struct message ask;
    while (seconds() - began < WAIT_MOST - 4) {
        usleep(200 * 1000);
        client_asks_status(idle, 8);
        keeper_hears(&gate, &ask);
        assert_int_equal(ask.kind, ASK_STATUS);
        keeper_refuses(&gate, ask.id, "awake");
        client_hears_refusal(idle, 8, "awake");
    }
    says_fate(&gate, hears_show(&gate, 1), FATE_OPEN);
    client_hears_fate(waiter, 5, FATE_OPEN);
    assert_true(seconds() - began >= WAIT_MOST - 1);

    client_is_hung_up(half, PATIENCE);
    client_is_hung_up(large, PATIENCE);
    // Its socket still holds what it did not read; behind that is the end.
    assert_true(seconds() - began >= CLIENT_SLOW - 1);
    sleep(2);
    client_is_hung_up(deaf, PATIENCE);
    assert_true(seconds() - began < CLIENT_STALL + 8);

    // Those who held nothing are still served, and everything held came back.
    client_asks_status(waiter, 6);
    keeper_hears(&gate, &ask);
    keeper_refuses(&gate, ask.id, "still here");
    client_hears_refusal(waiter, 6, "still here");
    close(idle);
    close(waiter);
    gate_stop(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gate__answers_a_wait_at_once_when_the_fate_is_known),
        cmocka_unit_test(gate__a_wait_sleeps_until_its_own_request_moves),
        cmocka_unit_test(gate__a_wait_does_not_miss_what_moves_while_it_asks),
        cmocka_unit_test(gate__all_who_wait_for_one_request_hear_of_it),
        cmocka_unit_test(gate__a_sleeping_wait_holds_no_credit),
        cmocka_unit_test(gate__holds_so_many_waits_of_one_client_and_then_reads_no_further),
        cmocka_unit_test(gate__time_runs_for_those_who_hold_something_and_for_nobody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
