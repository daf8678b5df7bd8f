#include "client/connection.h"

#include "proto/encode.h"
#include "proto/frame.h"
#include "proto/wire.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { READ_MOST = 256 * 1024, KIND_BITS = 8 };

_Static_assert(ASK_FOUND_SIGN < 1 << KIND_BITS, "an ask's kind fits into its id");

int64_t connection_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool address_of(const char *path, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    size_t size = strlen(path);
    errno = ENAMETOOLONG;
    if (size >= sizeof address->sun_path)
        return false;
    memcpy(address->sun_path, path, size);
    return true;
}

enum err connection_open(struct connection *connection, const char *path)
{
    struct sockaddr_un address;
    *connection = (struct connection){.fd = -1};
    bytes_init(&connection->in, CONNECTION_KEEP + FRAME_MOST);
    if (!address_of(path, &address))
        return ERR_SYSTEM;
    connection->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0)
        return ERR_SYSTEM;
    if (connect(connection->fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return OK;
    int why = errno;
    connection_close(connection);
    errno = why;
    return ERR_SYSTEM;
}

void connection_close(struct connection *connection)
{
    if (connection->fd >= 0)
        close(connection->fd);
    connection->fd = -1;
    bytes_clear(&connection->in);
}

static enum err err_of_errno(void)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
        return ERR_AGAIN;
    return errno == EPIPE || errno == ECONNRESET ? ERR_CLOSED : ERR_SYSTEM;
}

static enum err fill(struct connection *connection)
{
    bytes_drop(&connection->in, connection->taken);
    connection->taken = 0;
    if (connection->in.size > CONNECTION_KEEP)
        return ERR_LIMIT;
    uint8_t *room = bytes_room(&connection->in, READ_MOST);
    if (room == NULL)
        return bytes_finish(&connection->in);
    ssize_t got = recv(connection->fd, room, READ_MOST, MSG_DONTWAIT);
    if (got < 0)
        return err_of_errno();
    if (got == 0)
        return ERR_CLOSED;
    bytes_grew(&connection->in, (size_t)got);
    return OK;
}

// Waits until the socket can be read or, when asked for, written; reads what there is. ERR_AGAIN:
// the time is over.
static enum err wait_and_fill(
    struct connection *connection, short events, int milliseconds, bool *writable)
{
    struct pollfd ready = {.fd = connection->fd, .events = events};
    int count = poll(&ready, 1, milliseconds);
    *writable = count == 1 && (ready.revents & (POLLOUT | POLLERR)) != 0;
    if (count == 0)
        return ERR_AGAIN;
    if (count < 0)
        return errno == EINTR ? OK : ERR_SYSTEM;
    if ((ready.revents & (POLLIN | POLLHUP)) == 0)
        return OK;
    enum err err = fill(connection);
    return err == ERR_AGAIN ? OK : err;
}

static enum err write_out(struct connection *connection, struct span frame)
{
    while (frame.size > 0) {
        bool writable = false;
        enum err err = wait_and_fill(connection, POLLIN | POLLOUT, -1, &writable);
        if (err != OK)
            return err;
        ssize_t put =
            writable ? send(connection->fd, frame.data, frame.size, MSG_NOSIGNAL | MSG_DONTWAIT)
                     : 0;
        if (put < 0 && err_of_errno() != ERR_AGAIN)
            return err_of_errno();
        if (put > 0)
            frame = span_of(frame.data + put, frame.size - (size_t)put);
    }
    return OK;
}

enum err connection_send(struct connection *connection, struct message *ask)
{
    struct bytes frame;
    if (connection->fd < 0)
        return ERR_CLOSED;
    if (!wire_is_ask(ask->kind))
        return ERR_FORM;
    ask->id = ++connection->count << KIND_BITS | (uint64_t)ask->kind;
    bytes_init(&frame, FRAME_MOST);
    enum err err = encode(ask, &frame);
    if (err == OK)
        err = write_out(connection, bytes_span(&frame));
    bytes_clear(&frame);
    connection->in_flight += err == OK;
    return err;
}

// Whether it answers something that was asked here.
static bool is_due(const struct connection *connection, const struct message *answer)
{
    enum message_kind asked = (enum message_kind)(answer->id & ((1u << KIND_BITS) - 1));
    uint64_t count = answer->id >> KIND_BITS;
    return connection->in_flight > 0 && count > 0 && count <= connection->count &&
           wire_answers(asked, answer->kind);
}

static bool take_abandoned(struct connection *connection, uint64_t id)
{
    for (size_t i = 0; i < connection->abandoned_count; i++) {
        if (connection->abandoned[i] != id)
            continue;
        connection->abandoned[i] = connection->abandoned[--connection->abandoned_count];
        return true;
    }
    return false;
}

// The next whole answer of what was read. ERR_AGAIN: there is none.
static enum err take(struct connection *connection, struct decoded *answer)
{
    struct span body, rest = bytes_span(&connection->in);
    if (connection->taken > 0)
        rest = span_of(rest.data + connection->taken, rest.size - connection->taken);
    enum err err = frame_body(rest, &body);
    if (err != OK)
        return err == ERR_AGAIN ? ERR_AGAIN : ERR_FORM;
    err = decode_answer(body, answer);
    if (err != OK)
        return ERR_FORM;
    connection->taken += FRAME_HEADER + body.size;
    if (!is_due(connection, &answer->message)) {
        decoded_clear(answer);
        return ERR_FORM;
    }
    connection->in_flight--;
    return OK;
}

static int time_left(int64_t until)
{
    if (until < 0)
        return -1;
    int64_t left = until - connection_clock();
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

enum err connection_receive(
    struct connection *connection, int64_t milliseconds, struct decoded *answer)
{
    int64_t until = milliseconds < 0 ? -1 : connection_clock() + milliseconds;
    *answer = (struct decoded){0};
    if (connection->fd < 0)
        return ERR_CLOSED;
    for (;;) {
        enum err err = take(connection, answer);
        if (err == OK && take_abandoned(connection, answer->message.id)) {
            decoded_clear(answer);
            continue;
        }
        if (err != ERR_AGAIN)
            return err;
        bool writable;
        err = wait_and_fill(connection, POLLIN, time_left(until), &writable);
        if (err != OK)
            return err;
    }
}

bool connection_abandon(struct connection *connection, uint64_t id)
{
    if (connection->abandoned_count == CONNECTION_ABANDONED)
        return false;
    connection->abandoned[connection->abandoned_count++] = id;
    return true;
}
