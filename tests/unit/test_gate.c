#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/encode.h"
#include "proto/frame.h"
#include "proto/wire.h"
#include "signer/corridor/room.h"
#include "tests/unit/gate_fixture.h"
#include "tests/unit/message_sample.h"
#include "tests/unit/wire_bytes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void assert_same(const struct message *a, const struct message *b)
{
    struct bytes first, second;
    bytes_init(&first, CODEC_HEADER + LIMIT_FRAME);
    bytes_init(&second, CODEC_HEADER + LIMIT_FRAME);
    codec_encode(a, &first);
    codec_encode(b, &second);
    assert_int_equal(bytes_finish(&first), OK);
    assert_true(span_equal(bytes_span(&first), bytes_span(&second)));
    bytes_clear(&first);
    bytes_clear(&second);
}

// ---- what a client may not do ----

static void assert_hung_up_for(struct gate_fixture *gate, const void *bytes, size_t size)
{
    int good = client_connect(gate), bad = client_connect(gate);
    client_sends_bytes(bad, span_of(bytes, size));
    client_is_hung_up(bad, PATIENCE);
    // Nobody else is touched by it, and the keeper hears none of it.
    struct message ask;
    client_asks_status(good, 5);
    keeper_hears(gate, &ask);
    assert_int_equal(ask.kind, ASK_STATUS);
    keeper_refuses(gate, ask.id, "still here");
    client_hears_refusal(good, 5, "still here");
    close(good);
}

static void gate__hangs_up_on_what_is_not_an_ask(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    assert_hung_up_for(&gate, "GET / HTTP/1.1\r\n\r\n", 18);
    assert_hung_up_for(&gate, "\0\0\0\0", 4);
    assert_hung_up_for(&gate, "\xff\xff\xff\xff", 4);
    assert_hung_up_for(&gate, "\0\0\0\x02\x08\x07", 6);              // an id alone
    assert_hung_up_for(&gate, "\0\0\0\x05\x08\x87\0\x12\0", 9);      // an overlong id
    assert_hung_up_for(&gate, "\0\0\0\x06\x08\x07\x12\0\x12\0", 10); // the kind twice
    assert_hung_up_for(&gate, "\0\0\0\x05\x08\x07\x8a\x01\0", 9);    // an unknown kind
    gate_stop(&gate);
}

static void gate__hangs_up_on_every_kind_of_answer(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    for (unsigned kind = ANSWER_REFUSED; kind <= ANSWER_FOUNDING; kind++) {
        struct sample sample;
        struct bytes frame;
        sample_make(&sample, kind);
        bytes_init(&frame, FRAME_MOST);
        assert_int_equal(encode(&sample.message, &frame), OK);
        assert_hung_up_for(&gate, frame.data, frame.size);
        bytes_clear(&frame);
        sample_clear(&sample);
    }
    gate_stop(&gate);
}

static void gate__passes_nothing_on_of_a_frame_that_is_cut_off(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    struct sample sample;
    struct bytes frame;
    sample_make(&sample, ASK_DECIDE);
    bytes_init(&frame, FRAME_MOST);
    assert_int_equal(encode(&sample.message, &frame), OK);
    for (size_t size = 0; size < frame.size; size += 7) {
        int client = client_connect(&gate);
        client_sends_bytes(client, span_of(frame.data, size));
        close(client);
    }
    keeper_hears_nothing(&gate);
    bytes_clear(&frame);
    sample_clear(&sample);
    gate_stop(&gate);
}

// ---- what its neighbours may not do ----

static void assert_fatal(const struct message *said)
{
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate);
    struct message ask;
    client_asks_status(client, 5);
    keeper_hears(&gate, &ask);
    struct message message = *said;
    if (message.id == SAMPLE_ID)
        message.id = ask.id;
    keeper_says(&gate, &message);
    gate_ends(&gate, EXIT_NEIGHBOUR);
    close(client);
}

static void gate__stops_when_the_keeper_answers_what_was_not_asked(void **state)
{
    (void)state;
    static const uint64_t ids[] = {0, 12345, UINT64_MAX};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        const struct message answer = {.kind = ANSWER_REFUSED, .id = ids[i]};
        assert_fatal(&answer);
    }
}

static void gate__stops_when_the_keeper_answers_with_another_kind(void **state)
{
    (void)state;
    struct sample sample;
    sample_make(&sample, ANSWER_ACCEPTED);
    assert_fatal(&sample.message);
    sample_clear(&sample);
}

static void gate__stops_when_the_keeper_says_what_only_others_hear(void **state)
{
    (void)state;
    static const enum message_kind kinds[] = {
        ASK_STATUS, ORDER_RECORD, DONE_FOUND, LIVE_END, VAULT_EXECUTE, ROOM_READY};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct sample sample;
        sample_make(&sample, kinds[i]);
        assert_fatal(&sample.message);
        sample_clear(&sample);
    }
}

static void gate__stops_when_the_keeper_answers_twice(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate);
    struct message ask;
    client_asks_status(client, 5);
    keeper_hears(&gate, &ask);
    keeper_refuses(&gate, ask.id, "once");
    client_hears_refusal(client, 5, "once");
    keeper_refuses(&gate, ask.id, "twice");
    gate_ends(&gate, EXIT_NEIGHBOUR);
    close(client);
}

static void gate__stops_when_an_answer_has_foreign_bytes(void **state)
{
    (void)state;
    struct message answer = {.kind = ANSWER_REFUSED, .id = SAMPLE_ID};
    answer.refused.sentence = span_text("two\nlines");
    assert_fatal(&answer);
}

static void gate__stops_when_the_keeper_sends_garbage(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    assert_int_equal(write(gate.keeper.fd, "\0\0\0\x0a\0\x01garbage!", 14), 14);
    gate_ends(&gate, EXIT_NEIGHBOUR);
}

static void gate__stops_when_the_keeper_is_gone(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    channel_close(&gate.keeper);
    gate_ends(&gate, EXIT_NEIGHBOUR);
}

static void gate__stops_when_conclaved_says_what_it_does_not_know(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    struct bytes frame;
    const struct message message = {.kind = ROOM_READY};
    bytes_init(&frame, 64);
    codec_encode(&message, &frame);
    assert_int_equal(write(gate.control.fd, frame.data, frame.size), frame.size);
    gate_ends(&gate, EXIT_NEIGHBOUR);
    bytes_clear(&frame);
}

static void gate__does_not_start_without_a_configuration(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_spawn(&gate);
    channel_close(&gate.control);
    gate_ends(&gate, EXIT_NEIGHBOUR);
}

static void gate__ends_well_on_sigterm(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    assert_int_equal(kill(gate.pid, SIGTERM), 0);
    gate_ends(&gate, 0);
}

// The line of /proc/PID/status that starts with `name`, as a number.
static long status_line(pid_t pid, const char *name)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    long value = -1;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtol(line + strlen(name), NULL, 10);
    fclose(file);
    return value;
}

static void gate__is_in_its_sandbox_when_it_says_ready(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    assert_int_equal(status_line(gate.pid, "Seccomp:"), 2);
    assert_int_equal(status_line(gate.pid, "NoNewPrivs:"), 1);
    gate_stop(&gate);
}

// ---- what it is for ----

static void gate__carries_every_ask_and_every_answer(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate);
    for (unsigned kind = ASK_STATUS; kind <= ASK_FOUND_SIGN; kind++) {
        struct sample ask, answer;
        struct message heard;
        struct decoded decoded;
        sample_make(&ask, kind);
        client_sends(client, &ask.message);
        keeper_hears(&gate, &heard);
        uint64_t id = heard.id;
        heard.id = SAMPLE_ID;
        if (kind == ASK_WAIT)
            ask.message.kind = ASK_SHOW;
        assert_same(&heard, &ask.message);

        sample_make(&answer, wire_row_of(kind)->answer);
        if (kind == ASK_WAIT)
            answer.message.dossier.fate = FATE_SIGNED;
        answer.message.id = id;
        keeper_says(&gate, &answer.message);
        client_hears(client, &decoded);
        answer.message.id = SAMPLE_ID;
        assert_same(&decoded.message, &answer.message);
        decoded_clear(&decoded);
        sample_clear(&ask);
        sample_clear(&answer);
    }
    close(client);
    gate_stop(&gate);
}

static void gate__takes_a_frame_in_any_pieces(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    int client = client_connect(&gate);
    struct sample sample;
    struct bytes frame;
    struct message heard;
    sample_make(&sample, ASK_SUBMIT);
    bytes_init(&frame, FRAME_MOST);
    assert_int_equal(encode(&sample.message, &frame), OK);
    for (size_t i = 0; i < frame.size; i++) {
        client_sends_bytes(client, span_of(frame.data + i, 1));
        usleep(100);
    }
    keeper_hears(&gate, &heard);
    heard.id = SAMPLE_ID;
    assert_same(&heard, &sample.message);
    bytes_clear(&frame);
    sample_clear(&sample);
    close(client);
    gate_stop(&gate);
}

static void gate__gives_each_client_its_own_answer(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    int first = client_connect(&gate), second = client_connect(&gate);
    struct message one, two, three;
    client_asks_status(first, 1);
    keeper_hears(&gate, &one);
    client_asks_status(second, 1);
    keeper_hears(&gate, &two);
    client_asks_status(first, 2);
    keeper_hears(&gate, &three);
    assert_int_not_equal(one.id, two.id);
    keeper_refuses(&gate, three.id, "first's second");
    keeper_refuses(&gate, two.id, "second's");
    keeper_refuses(&gate, one.id, "first's first");
    client_hears_refusal(first, 2, "first's second");
    client_hears_refusal(first, 1, "first's first");
    client_hears_refusal(second, 1, "second's");
    close(first);
    close(second);
    gate_stop(&gate);
}

static void gate__drops_the_answer_of_a_client_that_is_gone(void **state)
{
    (void)state;
    struct gate_fixture gate;
    gate_start(&gate);
    for (uint64_t i = 0; i < 2 * LIMIT_CREDITS; i++) {
        int client = client_connect(&gate);
        struct message ask;
        client_asks_status(client, i);
        keeper_hears(&gate, &ask);
        close(client);
        usleep(1000);
        keeper_refuses(&gate, ask.id, "too late");
    }
    // All credits came back, and it still serves.
    int client = client_connect(&gate);
    struct message ask;
    client_asks_status(client, 7);
    keeper_hears(&gate, &ask);
    keeper_refuses(&gate, ask.id, "in time");
    client_hears_refusal(client, 7, "in time");
    close(client);
    gate_stop(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gate__hangs_up_on_what_is_not_an_ask),
        cmocka_unit_test(gate__hangs_up_on_every_kind_of_answer),
        cmocka_unit_test(gate__passes_nothing_on_of_a_frame_that_is_cut_off),
        cmocka_unit_test(gate__stops_when_the_keeper_answers_what_was_not_asked),
        cmocka_unit_test(gate__stops_when_the_keeper_answers_with_another_kind),
        cmocka_unit_test(gate__stops_when_the_keeper_says_what_only_others_hear),
        cmocka_unit_test(gate__stops_when_the_keeper_answers_twice),
        cmocka_unit_test(gate__stops_when_an_answer_has_foreign_bytes),
        cmocka_unit_test(gate__stops_when_the_keeper_sends_garbage),
        cmocka_unit_test(gate__stops_when_the_keeper_is_gone),
        cmocka_unit_test(gate__stops_when_conclaved_says_what_it_does_not_know),
        cmocka_unit_test(gate__does_not_start_without_a_configuration),
        cmocka_unit_test(gate__ends_well_on_sigterm),
        cmocka_unit_test(gate__is_in_its_sandbox_when_it_says_ready),
        cmocka_unit_test(gate__carries_every_ask_and_every_answer),
        cmocka_unit_test(gate__takes_a_frame_in_any_pieces),
        cmocka_unit_test(gate__gives_each_client_its_own_answer),
        cmocka_unit_test(gate__drops_the_answer_of_a_client_that_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
