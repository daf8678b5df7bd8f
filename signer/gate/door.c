#include "signer/gate/gate.h"

#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Connections taken in one round: those who are inside have their turn too.
enum { KNOCKS = 16 };

static void add_event(struct event *event)
{
    if (event_add(event, NULL) != 0)
        log_halt(EXIT_HALT, "cannot wait for a connection: %s", strerror(errno));
}

static bool peer_of(int fd, struct ucred *peer)
{
    socklen_t size = sizeof *peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &size) == 0 && size == sizeof *peer;
}

static bool make_events(struct gate *gate, struct client *client)
{
    client->gate = gate;
    client->readable =
        event_new(gate->base, client->fd, EV_READ | EV_PERSIST, door_readable, client);
    client->writable = event_new(gate->base, client->fd, EV_WRITE, door_writable, client);
    return client->readable != NULL && client->writable != NULL;
}

static void free_client(struct client *client)
{
    if (client->readable != NULL)
        event_free(client->readable);
    if (client->writable != NULL)
        event_free(client->writable);
    client_free(client);
}

static void admit(struct gate *gate, int fd)
{
    struct ucred peer;
    if (!peer_of(fd, &peer)) {
        log_warn("a client whose credentials cannot be read: hung up");
        close(fd);
        return;
    }
    struct client *client = client_new(fd, peer.uid, ++gate->connections);
    if (client == NULL || !make_events(gate, client))
        log_halt(EXIT_HALT, "no memory for a client");
    log_info("client %llu: uid %u", (unsigned long long)client->number, (unsigned)peer.uid);
    gate->clients[gate->client_count++] = client;
    door_read_on(client, true);
}

// What accept4 may say when only that one connection is lost.
static bool is_passing(int error)
{
    return error == ECONNABORTED || error == EINTR || error == EPROTO || error == EPERM;
}

// Full, or out of descriptors or memory: the next tick tries again.
static void door_close(struct gate *gate)
{
    event_del(gate->knock);
}

void door_knock(int fd, short what, void *context)
{
    (void)what;
    struct gate *gate = context;
    for (int i = 0; i < KNOCKS && gate->client_count < LIMIT_CLIENTS; i++) {
        int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client >= 0) {
            admit(gate, client);
            continue;
        }
        if (is_passing(errno))
            continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        log_warn("cannot take a connection: %s", strerror(errno));
        door_close(gate);
        return;
    }
    if (gate->client_count == LIMIT_CLIENTS)
        door_close(gate);
}

void door_read_on(struct client *client, bool on)
{
    if (client->reading == on)
        return;
    client->reading = on;
    if (on)
        add_event(client->readable);
    else
        event_del(client->readable);
}

void door_enter_line(struct gate *gate, struct client *client)
{
    if (client->in_line)
        return;
    client->in_line = true;
    line_push(&gate->line, client);
}

void door_enter_dirty(struct gate *gate, struct client *client)
{
    if (client->dirty)
        return;
    client->dirty = true;
    line_push(&gate->dirty, client);
}

void door_readable(int fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct client *client = context;
    enum err err = client_fill(client);
    if (err == OK)
        door_enter_line(client->gate, client);
    else if (err == ERR_MEMORY)
        log_halt(EXIT_HALT, "no memory for what a client sends");
    else if (err != ERR_AGAIN)
        door_shut(client->gate, client, err == ERR_CLOSED ? NULL : err_text(err));
}

void door_writable(int fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct client *client = context;
    door_enter_dirty(client->gate, client);
}

// What is still behind the gate has no owner any more; its answer is dropped when it comes.
static void disown(struct gate *gate, const struct client *client)
{
    for (size_t i = 0; i < LIMIT_CREDITS; i++) {
        struct flight *flight = &gate->flights.at[i];
        if (flight->id == 0 || flight->client != client)
            continue;
        flight->client = NULL;
        flight->waiter = NULL;
        if (flight->written_at != 0)
            answer_end(gate, flight);
    }
}

void door_shut(struct gate *gate, struct client *client, const char *why)
{
    if (why != NULL)
        log_warn("client %llu (uid %u) hung up: %s", (unsigned long long)client->number,
            (unsigned)client->uid, why);
    disown(gate, client);
    waiter_forget(&gate->waiters, client);
    const struct use reserved = {.asks = client->reserved};
    budget_give(&gate->budget, NULL, &reserved);
    line_remove(&gate->line, client);
    line_remove(&gate->dirty, client);
    for (size_t i = 0; i < gate->client_count; i++)
        if (gate->clients[i] == client)
            gate->clients[i] = gate->clients[--gate->client_count];
    free_client(client);
}

static void write_to(struct gate *gate, struct client *client)
{
    enum err err = client_flush(client, gate->now);
    if (err != OK) {
        door_shut(gate, client, err == ERR_CLOSED ? NULL : err_text(err));
        return;
    }
    for (struct flight *flight = client_written(client); flight != NULL;
         flight = client_written(client))
        answer_end(gate, flight);
    if (client_wants_write(client))
        add_event(client->writable);
}

void door_write(struct gate *gate)
{
    for (struct client *client = line_pop(&gate->dirty); client != NULL;
         client = line_pop(&gate->dirty)) {
        client->dirty = false;
        write_to(gate, client);
    }
}

void door_tick(struct gate *gate)
{
    for (size_t i = gate->client_count; i > 0; i--) {
        struct client *client = gate->clients[i - 1];
        const char *late = client_is_late(client, gate->now);
        if (late != NULL)
            door_shut(gate, client, late);
    }
    if (gate->client_count < LIMIT_CLIENTS)
        add_event(gate->knock);
}
