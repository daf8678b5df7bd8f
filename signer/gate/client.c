#include "signer/gate/client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    // An answer is appended to others that wait; all of them were counted.
    OUT_MOST = LIMIT_FLIGHT,
    IN_MOST = FRAME_MOST + BUDGET_ASK,
    // An idle connection keeps no more memory than this for each direction.
    KEEP = BUDGET_ASK,
};

struct client *client_new(int fd, uid_t uid, uint64_t number)
{
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        close(fd);
        return NULL;
    }
    client->fd = fd;
    client->uid = uid;
    client->number = number;
    bytes_init(&client->in, IN_MOST);
    bytes_init(&client->out, OUT_MOST);
    return client;
}

void client_free(struct client *client)
{
    if (client == NULL)
        return;
    close(client->fd);
    bytes_clear(&client->in);
    bytes_clear(&client->out);
    free(client);
}

// Drops the used-up front of a buffer, and the memory of an empty one that has grown.
static void compact(struct bytes *bytes, size_t *used)
{
    bytes_drop(bytes, *used);
    *used = 0;
    if (bytes->size == 0 && bytes->capacity > KEEP)
        bytes_clear(bytes);
}

static enum err err_of_errno(void)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
        return ERR_AGAIN;
    return errno == EPIPE || errno == ECONNRESET ? ERR_CLOSED : ERR_SYSTEM;
}

enum err client_fill(struct client *client)
{
    compact(&client->in, &client->taken);
    size_t most = client->reserved > 0 ? client->reserved : BUDGET_ASK;
    if (client->in.size >= most)
        return ERR_AGAIN;
    size_t size = most - client->in.size;
    uint8_t *room = bytes_room(&client->in, size);
    if (room == NULL)
        return ERR_MEMORY;
    ssize_t got = recv(client->fd, room, size, 0);
    if (got < 0)
        return err_of_errno();
    if (got == 0)
        return ERR_CLOSED;
    bytes_grew(&client->in, (size_t)got);
    return OK;
}

struct span client_pending(const struct client *client)
{
    if (client->in.size == client->taken)
        return (struct span){0};
    return span_of(client->in.data + client->taken, client->in.size - client->taken);
}

void client_passed(struct client *client, size_t size)
{
    client->taken += size;
    client->front = MESSAGE_NONE;
    client->reading_since = 0;
    if (client->taken == client->in.size)
        compact(&client->in, &client->taken);
}

bool client_wants_write(const struct client *client)
{
    return client->out.size > client->sent;
}

enum err client_flush(struct client *client, int64_t now)
{
    if (!client_wants_write(client))
        return OK;
    ssize_t put = send(client->fd, client->out.data + client->sent,
        client->out.size - client->sent, MSG_NOSIGNAL);
    if (put < 0) {
        enum err err = err_of_errno();
        return err == ERR_AGAIN ? OK : err;
    }
    client->sent += (size_t)put;
    client->written += (size_t)put;
    client->writing_since = client_wants_write(client) ? now : 0;
    // What is moved was paid for: it is never more than what was written before.
    if (client->sent >= client->out.size - client->sent)
        compact(&client->out, &client->sent);
    return OK;
}

void client_answered(struct client *client, struct flight *flight, size_t size, int64_t now)
{
    client->queued += size;
    flight->written_at = client->queued;
    flight->next = NULL;
    if (client->last_answer != NULL)
        client->last_answer->next = flight;
    else
        client->first_answer = flight;
    client->last_answer = flight;
    if (client->writing_since == 0)
        client->writing_since = now;
}

struct flight *client_written(struct client *client)
{
    struct flight *flight = client->first_answer;
    if (flight == NULL || flight->written_at > client->written)
        return NULL;
    client->first_answer = flight->next;
    if (client->first_answer == NULL)
        client->last_answer = NULL;
    return flight;
}

const char *client_is_late(const struct client *client, int64_t now)
{
    if (client->writing_since != 0 && now - client->writing_since >= CLIENT_STALL)
        return "it does not read its answers";
    if (client->reading_since != 0 && now - client->reading_since >= CLIENT_SLOW)
        return "it does not finish what it began to send";
    return NULL;
}
