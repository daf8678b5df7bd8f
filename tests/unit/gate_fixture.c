#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/encode.h"
#include "proto/frame.h"
#include "signer/corridor/room.h"
#include "tests/unit/gate_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_readable(int fd, int patience)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    return poll(&ready, 1, patience) == 1;
}

// ---- the program ----

static int listen_at(struct gate_fixture *gate)
{
    snprintf(gate->folder, sizeof gate->folder, "/tmp/conclave-gate.XXXXXX");
    assert_non_null(mkdtemp(gate->folder));
    snprintf(gate->path, sizeof gate->path, "%s/socket", gate->folder);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", gate->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 128), 0);
    return fd;
}

// In the child: descriptors 3, 4 and 5. First out of the way of each other.
static _Noreturn void become_gate(const int fds[3])
{
    int high[3];
    for (int i = 0; i < 3; i++)
        high[i] = fcntl(fds[i], F_DUPFD, 100);
    for (int i = 0; i < 3; i++)
        if (dup2(high[i], ROOM_CONTROL + i) < 0)
            _exit(126);
    execl(GATE_PROGRAM, "conclave-gate", (char *)NULL);
    _exit(127);
}

void gate_spawn(struct gate_fixture *gate)
{
    int control[2], keeper[2];
    memset(gate, 0, sizeof *gate);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, keeper), 0);
    gate->listener = listen_at(gate);
    gate->pid = fork();
    assert_true(gate->pid >= 0);
    if (gate->pid == 0)
        become_gate((int[]){control[1], gate->listener, keeper[1]});
    close(control[1]);
    close(keeper[1]);
    assert_int_equal(channel_init(&gate->control, control[0]), OK);
    assert_int_equal(channel_init(&gate->keeper, keeper[0]), OK);
}

static void say(struct channel *channel, const struct message *message)
{
    assert_int_equal(channel_put(channel, message), OK);
    while (channel_wants_write(channel)) {
        struct pollfd ready = {.fd = channel->fd, .events = POLLOUT};
        assert_int_equal(poll(&ready, 1, PATIENCE), 1);
        assert_int_equal(channel_flush(channel), OK);
    }
}

static bool hear(struct channel *channel, struct message *message, int patience)
{
    int64_t until = milliseconds() + patience;
    for (;;) {
        enum err err = channel_take(channel, message);
        if (err == OK)
            return true;
        assert_int_equal(err, ERR_AGAIN);
        int64_t left = until - milliseconds();
        if (left <= 0 || !is_readable(channel->fd, (int)left))
            return false;
        assert_int_equal(channel_fill(channel), OK);
    }
}

void gate_start(struct gate_fixture *gate)
{
    gate_spawn(gate);
    const struct message config = {.kind = ROOM_CONFIG, .config.stage = STAGE_SERVING};
    say(&gate->control, &config);
    struct message ready;
    assert_true(hear(&gate->control, &ready, PATIENCE));
    assert_int_equal(ready.kind, ROOM_READY);
}

static void clean_up(struct gate_fixture *gate)
{
    channel_close(&gate->control);
    channel_close(&gate->keeper);
    close(gate->listener);
    unlink(gate->path);
    rmdir(gate->folder);
}

static int exit_status(pid_t pid)
{
    int status;
    for (int left = PATIENCE; left > 0; left -= 10) {
        pid_t ended = waitpid(pid, &status, WNOHANG);
        assert_true(ended >= 0);
        if (ended == pid) {
            assert_true(WIFEXITED(status));
            return WEXITSTATUS(status);
        }
        usleep(10 * 1000);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    fail_msg("the gate did not end");
    return -1;
}

void gate_ends(struct gate_fixture *gate, int status)
{
    assert_int_equal(exit_status(gate->pid), status);
    clean_up(gate);
}

void gate_stop(struct gate_fixture *gate)
{
    channel_close(&gate->control);
    gate_ends(gate, 0);
}

// ---- the keeper ----

void keeper_hears(struct gate_fixture *gate, struct message *ask)
{
    assert_true(hear(&gate->keeper, ask, PATIENCE));
}

size_t keeper_hears_all(struct gate_fixture *gate, struct message *asks, size_t most)
{
    size_t count = 0;
    struct message ask;
    while (hear(&gate->keeper, &ask, QUIET)) {
        assert_true(count < most);
        asks[count++] = ask;
    }
    return count;
}

void keeper_hears_nothing(struct gate_fixture *gate)
{
    struct message ask;
    assert_false(hear(&gate->keeper, &ask, QUIET));
}

void keeper_says(struct gate_fixture *gate, const struct message *message)
{
    say(&gate->keeper, message);
}

void keeper_refuses(struct gate_fixture *gate, uint64_t id, const char *words)
{
    struct message answer = {.kind = ANSWER_REFUSED, .id = id};
    answer.refused.rule = span_text("R1");
    answer.refused.sentence = span_text(words);
    keeper_says(gate, &answer);
}

// ---- a client ----

int client_connect(struct gate_fixture *gate)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", gate->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    const struct timeval patience = {.tv_sec = PATIENCE / 1000};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return fd;
}

void client_sends_bytes(int fd, struct span bytes)
{
    while (bytes.size > 0) {
        ssize_t put = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        assert_true(put > 0);
        bytes = span_of(bytes.data + put, bytes.size - (size_t)put);
    }
}

void client_sends(int fd, const struct message *ask)
{
    struct bytes frame;
    bytes_init(&frame, FRAME_MOST);
    assert_int_equal(encode(ask, &frame), OK);
    client_sends_bytes(fd, bytes_span(&frame));
    bytes_clear(&frame);
}

void client_asks_status(int fd, uint64_t id)
{
    const struct message ask = {.kind = ASK_STATUS, .id = id};
    client_sends(fd, &ask);
}

static void read_exactly(int fd, uint8_t *out, size_t size)
{
    while (size > 0) {
        assert_true(is_readable(fd, PATIENCE));
        ssize_t got = recv(fd, out, size, 0);
        assert_true(got > 0);
        out += got;
        size -= (size_t)got;
    }
}

void client_hears(int fd, struct decoded *answer)
{
    uint8_t header[FRAME_HEADER];
    size_t size;
    read_exactly(fd, header, sizeof header);
    assert_int_equal(frame_size(span_of(header, sizeof header), &size), OK);
    size -= FRAME_HEADER;
    uint8_t *body = malloc(size);
    assert_non_null(body);
    read_exactly(fd, body, size);
    assert_int_equal(decode_answer(span_of(body, size), answer), OK);
    free(body);
}

void client_hears_refusal(int fd, uint64_t id, const char *words)
{
    struct decoded answer;
    client_hears(fd, &answer);
    assert_int_equal(answer.message.kind, ANSWER_REFUSED);
    assert_int_equal(answer.message.id, id);
    assert_true(span_is(answer.message.refused.sentence, words));
    decoded_clear(&answer);
}

void client_hears_nothing(int fd)
{
    assert_false(is_readable(fd, QUIET));
}

void client_is_hung_up(int fd, int patience)
{
    int64_t until = milliseconds() + patience;
    uint8_t bytes[4096];
    ssize_t got = 1;
    while (got > 0) {
        int64_t left = until - milliseconds();
        assert_true(left > 0 && is_readable(fd, (int)left));
        got = recv(fd, bytes, sizeof bytes, 0);
        assert_true(got >= 0 || errno == ECONNRESET);
    }
    close(fd);
}
