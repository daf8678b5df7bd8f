#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/corridor/channel.h"
#include "signer/corridor/descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static uint8_t large[LIMIT_PAYLOAD];

static void open_pair(int fds[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

static void open_channels(struct channel ends[2])
{
    int fds[2];
    open_pair(fds);
    assert_int_equal(channel_init(&ends[0], fds[0]), OK);
    assert_int_equal(channel_init(&ends[1], fds[1]), OK);
}

static void close_channels(struct channel ends[2])
{
    channel_close(&ends[0]);
    channel_close(&ends[1]);
}

static struct message blob_message(uint64_t id, size_t size)
{
    struct message message = {.kind = ANSWER_BLOB, .id = id};
    message.blob_is.bytes = span_of(large, size);
    return message;
}

// Moves everything that is queued at `from` to `to`, taking nothing.
static void pump(struct channel *from, struct channel *to)
{
    while (channel_wants_write(from)) {
        assert_int_equal(channel_flush(from), OK);
        enum err err = channel_fill(to);
        assert_true(err == OK || err == ERR_AGAIN);
    }
}

static void channel__refuses_a_descriptor_that_is_not_open(void **state)
{
    (void)state;
    struct channel channel;
    assert_int_equal(channel_init(&channel, 999), ERR_SYSTEM);
    assert_int_equal(channel.fd, -1);
    channel_close(&channel);
}

static void channel__says_again_closed_and_nothing_else(void **state)
{
    (void)state;
    struct channel ends[2];
    struct message message;
    open_channels(ends);
    assert_int_equal(channel_fill(&ends[0]), ERR_AGAIN);
    assert_int_equal(channel_take(&ends[0], &message), ERR_AGAIN);
    channel_close(&ends[1]);
    assert_int_equal(channel_fill(&ends[0]), ERR_CLOSED);
    struct message status = {.kind = ASK_STATUS};
    assert_int_equal(channel_put(&ends[0], &status), OK);
    assert_int_equal(channel_flush(&ends[0]), ERR_CLOSED);
    channel_close(&ends[0]);
    channel_close(&ends[0]);
    assert_int_equal(channel_fill(&ends[0]), ERR_CLOSED);
}

static void channel__drops_what_is_put_on_a_closed_one(void **state)
{
    (void)state;
    struct channel ends[2];
    open_channels(ends);
    close_channels(ends);
    struct message message = blob_message(1, 1000);
    assert_int_equal(channel_put(&ends[0], &message), OK);
    assert_false(channel_wants_write(&ends[0]));
    assert_int_equal(channel_flush(&ends[0]), OK);
}

static void channel__refuses_a_frame_that_names_too_large_a_size(void **state)
{
    (void)state;
    struct channel ends[2];
    struct message message;
    static const uint8_t header[CODEC_HEADER] = {(LIMIT_FRAME + 1) >> 24,
        (LIMIT_FRAME + 1) >> 16 & 255, (LIMIT_FRAME + 1) >> 8 & 255, (LIMIT_FRAME + 1) & 255};
    open_channels(ends);
    assert_int_equal(write(ends[1].fd, header, sizeof header), sizeof header);
    assert_int_equal(channel_fill(&ends[0]), OK);
    assert_int_equal(channel_take(&ends[0], &message), ERR_FORM);
    close_channels(ends);
}

static void channel__refuses_garbage(void **state)
{
    (void)state;
    struct channel ends[2];
    struct message message;
    static const uint8_t garbage[] = {0, 0, 0, 3, 255, 255, 255};
    open_channels(ends);
    assert_int_equal(write(ends[1].fd, garbage, sizeof garbage), sizeof garbage);
    assert_int_equal(channel_fill(&ends[0]), OK);
    assert_int_equal(channel_take(&ends[0], &message), ERR_FORM);
    close_channels(ends);
}

static void channel__queues_nothing_of_a_message_that_does_not_fit_its_kind(void **state)
{
    (void)state;
    struct channel ends[2];
    struct message good = {.kind = ASK_STATUS, .id = 7}, out;
    struct message bad = {.kind = ANSWER_REFUSED};
    bad.refused.sentence = span_of(large, LIMIT_SENTENCE + 1);
    open_channels(ends);
    assert_int_equal(channel_put(&ends[0], &bad), ERR_FORM);
    assert_false(channel_wants_write(&ends[0]));
    assert_int_equal(channel_put(&ends[0], &good), OK);
    assert_int_equal(channel_put(&ends[0], &bad), ERR_FORM);
    pump(&ends[0], &ends[1]);
    assert_int_equal(channel_take(&ends[1], &out), OK);
    assert_int_equal(out.id, 7);
    assert_int_equal(channel_take(&ends[1], &out), ERR_AGAIN);
    close_channels(ends);
}

// The buffer holds CHANNEL_MOST and not a byte more, whatever is put.
static void channel__fails_rather_than_grow_when_nobody_reads(void **state)
{
    (void)state;
    struct channel ends[2];
    struct message message = blob_message(1, LIMIT_PAYLOAD);
    enum err err = OK;
    open_channels(ends);
    for (int i = 0; i < 100 && err == OK; i++) {
        err = channel_put(&ends[0], &message);
        assert_int_equal(channel_flush(&ends[0]), OK);
        assert_true(ends[0].out.capacity <= CHANNEL_MOST);
    }
    assert_int_equal(err, ERR_LIMIT);
    assert_true(ends[0].out.size - ends[0].sent > CHANNEL_MOST - LIMIT_PAYLOAD - 256);
    // What was queued is still whole.
    struct message small = {.kind = ASK_STATUS, .id = 5};
    assert_int_equal(channel_put(&ends[0], &small), OK);
    close_channels(ends);
}

// A reader that never takes.
static void channel__fails_rather_than_hold_what_nobody_takes(void **state)
{
    (void)state;
    struct channel ends[2];
    struct message message = blob_message(1, LIMIT_PAYLOAD);
    enum err err = OK;
    open_channels(ends);
    for (size_t i = 0; i < 100000 && (err == OK || err == ERR_AGAIN); i++) {
        if (!channel_wants_write(&ends[1]))
            assert_int_equal(channel_put(&ends[1], &message), OK);
        assert_int_equal(channel_flush(&ends[1]), OK);
        err = channel_fill(&ends[0]);
    }
    assert_int_equal(err, ERR_LIMIT);
    assert_true(ends[0].in.capacity <= CHANNEL_MOST);
    close_channels(ends);
}

static void channel__takes_messages_that_come_byte_by_byte(void **state)
{
    (void)state;
    struct channel ends[2];
    struct bytes frames;
    open_channels(ends);
    bytes_init(&frames, 4096);
    for (uint64_t id = 0; id < 3; id++) {
        struct message message = blob_message(id, 20 + id);
        codec_encode(&message, &frames);
    }
    assert_int_equal(bytes_finish(&frames), OK);
    uint64_t came = 0;
    for (size_t i = 0; i < frames.size; i++) {
        struct message out;
        assert_int_equal(write(ends[1].fd, frames.data + i, 1), 1);
        assert_int_equal(channel_fill(&ends[0]), OK);
        enum err err = channel_take(&ends[0], &out);
        if (err == ERR_AGAIN)
            continue;
        assert_int_equal(err, OK);
        assert_int_equal(out.id, came);
        assert_int_equal(out.blob_is.bytes.size, 20 + came);
        came++;
    }
    assert_int_equal(came, 3);
    bytes_clear(&frames);
    close_channels(ends);
}

static void channel__keeps_spans_until_the_next_fill(void **state)
{
    (void)state;
    struct channel ends[2];
    struct message out[64];
    open_channels(ends);
    for (uint64_t id = 0; id < 64; id++) {
        memset(large, (int)id, 1024);
        struct message message = blob_message(id, 1024);
        assert_int_equal(channel_put(&ends[0], &message), OK);
    }
    pump(&ends[0], &ends[1]);
    for (uint64_t id = 0; id < 64; id++)
        assert_int_equal(channel_take(&ends[1], &out[id]), OK);
    for (uint64_t id = 0; id < 64; id++) {
        uint8_t expected[1024];
        memset(expected, (int)id, sizeof expected);
        assert_memory_equal(out[id].blob_is.bytes.data, expected, sizeof expected);
    }
    close_channels(ends);
}

static void channel__gives_back_what_a_large_message_needed(void **state)
{
    (void)state;
    struct channel ends[2];
    struct message message = blob_message(1, LIMIT_PAYLOAD), out;
    open_channels(ends);
    assert_int_equal(channel_put(&ends[0], &message), OK);
    assert_true(ends[0].out.capacity > LIMIT_PAYLOAD);
    pump(&ends[0], &ends[1]);
    assert_true(ends[0].out.capacity <= CHANNEL_KEEP);
    assert_int_equal(channel_take(&ends[1], &out), OK);
    assert_memory_equal(out.blob_is.bytes.data, large, LIMIT_PAYLOAD);
    assert_true(ends[1].in.capacity > LIMIT_PAYLOAD);
    channel_rest(&ends[1]);
    assert_true(ends[1].in.capacity <= CHANNEL_KEEP);
    close_channels(ends);
}

static void channel__passes_a_descriptor_only_when_it_takes_them(void **state)
{
    (void)state;
    for (int takes = 0; takes <= 1; takes++) {
        struct channel ends[2];
        struct message message = {.kind = ROOM_GATE, .id = 2}, out;
        struct bytes frame;
        int pipe_fds[2];
        open_channels(ends);
        ends[1].takes_descriptors = takes;
        bytes_init(&frame, 64);
        codec_encode(&message, &frame);
        assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
        for (int i = 0; i < 2; i++) // the second one replaces the first, which is closed
            assert_int_equal(descriptor_send(ends[0].fd, bytes_span(&frame), pipe_fds[1]), OK);
        close(pipe_fds[1]);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(channel_fill(&ends[1]), OK);
            if (i == 0 && takes)
                assert_true(ends[1].descriptor >= 0);
        }
        assert_int_equal(channel_take(&ends[1], &out), OK);
        assert_int_equal(out.kind, ROOM_GATE);
        assert_int_equal(ends[1].descriptor >= 0, takes);
        uint8_t byte = 'x';
        if (takes) {
            assert_int_equal(fcntl(ends[1].descriptor, F_GETFD), FD_CLOEXEC);
            assert_int_equal(write(ends[1].descriptor, &byte, 1), 1);
            assert_int_equal(read(pipe_fds[0], &byte, 1), 1);
        }
        close_channels(ends);
        // No copy of the other end is left anywhere.
        assert_int_equal(read(pipe_fds[0], &byte, 1), 0);
        close(pipe_fds[0]);
        bytes_clear(&frame);
    }
}

// ---- two processes ----

enum { FLIGHT = 1024, EACH = 4096, TURNS = 20 };

// Keeps FLIGHT messages on their way and counts what comes; each side does the same, so both
// pipes are full nearly always. Returns the number of messages that came.
static int converse(struct channel *channel)
{
    int put = 0, came = 0;
    while (came < FLIGHT * TURNS || channel_wants_write(channel)) {
        while (put < FLIGHT * TURNS && put - came < FLIGHT) {
            struct message message = blob_message((uint64_t)put++, EACH);
            if (channel_put(channel, &message) != OK)
                return -2;
        }
        if (channel_flush(channel) != OK)
            return -3;
        short events = channel_wants_write(channel) ? POLLIN | POLLOUT : POLLIN;
        struct pollfd ready = {.fd = channel->fd, .events = events};
        if (poll(&ready, 1, -1) < 0)
            return -4;
        enum err end = channel_fill(channel), err;
        struct message out;
        while ((err = channel_take(channel, &out)) == OK)
            if (out.id != (uint64_t)came++ || out.blob_is.bytes.size != EACH)
                return -6;
        if (end == ERR_CLOSED) // the other side has everything
            return came;
        if (err != ERR_AGAIN || (end != OK && end != ERR_AGAIN))
            return -7;
    }
    return came;
}

static int talk(int fd)
{
    struct channel channel;
    if (channel_init(&channel, fd) != OK)
        return -1;
    int came = converse(&channel);
    channel_close(&channel);
    return came;
}

static void channel__does_not_deadlock_with_1024_in_flight_both_ways(void **state)
{
    (void)state;
    int fds[2], status;
    open_pair(fds);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(fds[0]);
        alarm(60);
        _exit(talk(fds[1]) == FLIGHT * TURNS ? 0 : 1);
    }
    close(fds[1]);
    alarm(60);
    assert_int_equal(talk(fds[0]), FLIGHT * TURNS);
    alarm(0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channel__refuses_a_descriptor_that_is_not_open),
        cmocka_unit_test(channel__says_again_closed_and_nothing_else),
        cmocka_unit_test(channel__drops_what_is_put_on_a_closed_one),
        cmocka_unit_test(channel__refuses_a_frame_that_names_too_large_a_size),
        cmocka_unit_test(channel__refuses_garbage),
        cmocka_unit_test(channel__queues_nothing_of_a_message_that_does_not_fit_its_kind),
        cmocka_unit_test(channel__fails_rather_than_grow_when_nobody_reads),
        cmocka_unit_test(channel__fails_rather_than_hold_what_nobody_takes),
        cmocka_unit_test(channel__takes_messages_that_come_byte_by_byte),
        cmocka_unit_test(channel__keeps_spans_until_the_next_fill),
        cmocka_unit_test(channel__gives_back_what_a_large_message_needed),
        cmocka_unit_test(channel__passes_a_descriptor_only_when_it_takes_them),
        cmocka_unit_test(channel__does_not_deadlock_with_1024_in_flight_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
