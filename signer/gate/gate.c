#include "signer/gate/gate.h"

#include "signer/corridor/sandbox.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
    // Descriptors beside the clients': the corridor's, the loop's, and some room.
    DESCRIPTORS = LIMIT_CLIENTS + 32,
    TICK = 1, // seconds
};

static int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    // Never 0, which says "not running" in a client.
    return now.tv_sec + 1;
}

static void must(bool done, const char *what)
{
    if (!done)
        log_halt(EXIT_HALT, "cannot %s: %s", what, strerror(errno));
}

static void allow_descriptors(void)
{
    struct rlimit limit;
    must(getrlimit(RLIMIT_NOFILE, &limit) == 0, "read the limit of descriptors");
    if (limit.rlim_cur >= DESCRIPTORS)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    must(setrlimit(RLIMIT_NOFILE, &limit) == 0, "raise the limit of descriptors");
}

static void on_control(int fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct gate *gate = context;
    enum err err = channel_fill(&gate->room.control);
    if (err == ERR_CLOSED)
        gate->room.stopping = true;
    else if (err != ERR_AGAIN)
        log_halt(EXIT_NEIGHBOUR, "conclaved said what a gate is never told");
}

static void on_keeper(int fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct gate *gate = context;
    enum err err = channel_fill(&gate->room.down);
    if (err == ERR_AGAIN)
        return;
    struct message message;
    while (err == OK) {
        err = channel_take(&gate->room.down, &message);
        if (err == OK)
            err = answer_take(gate, &message);
    }
    if (err != ERR_AGAIN)
        room_lost(&gate->room, "keeper", err);
    channel_rest(&gate->room.down);
}

// Being woken is all: what waits is written at the end of the round.
static void on_keeper_reads(int fd, short what, void *context)
{
    (void)fd;
    (void)what;
    (void)context;
}

static void on_term(int number, short what, void *context)
{
    (void)number;
    (void)what;
    struct gate *gate = context;
    gate->room.stopping = true;
}

static void on_tick(int fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct gate *gate = context;
    gate->now = clock_now();
    waiter_tick(&gate->waiters, gate->now);
    door_tick(gate);
}

static struct event_base *make_base(void)
{
    struct event_config *config = event_config_new();
    must(config != NULL, "make the event loop");
    // Nothing in the environment decides how the gate waits.
    event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV | EVENT_BASE_FLAG_NOLOCK);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    must(base != NULL, "make the event loop");
    return base;
}

static struct event *watch(
    struct gate *gate, int fd, short what, event_callback_fn call, const struct timeval *every)
{
    struct event *event = event_new(gate->base, fd, what, call, gate);
    must(event != NULL && event_add(event, every) == 0, "wait for events");
    return event;
}

static void open_gate(struct gate *gate)
{
    static const struct timeval tick = {.tv_sec = TICK};
    int flags = fcntl(ROOM_UP, F_GETFL);
    must(flags >= 0 && fcntl(ROOM_UP, F_SETFL, flags | O_NONBLOCK) == 0,
        "use the listening socket (descriptor 4)");
    gate->now = clock_now();
    gate->base = make_base();
    gate->keeper_reads =
        event_new(gate->base, gate->room.down.fd, EV_WRITE, on_keeper_reads, gate);
    must(gate->keeper_reads != NULL, "wait for events");
    watch(gate, gate->room.control.fd, EV_READ | EV_PERSIST, on_control, NULL);
    watch(gate, gate->room.down.fd, EV_READ | EV_PERSIST, on_keeper, NULL);
    watch(gate, SIGTERM, EV_SIGNAL | EV_PERSIST, on_term, NULL);
    watch(gate, -1, EV_PERSIST, on_tick, &tick);
    gate->knock = watch(gate, ROOM_UP, EV_READ | EV_PERSIST, door_knock, NULL);
}

// What follows from one round of events. Writing comes first: it gives credits back.
static void gate_turn(struct gate *gate)
{
    gate->now = clock_now();
    door_write(gate);
    pass_waiters(gate);
    pass_clients(gate);
    enum err err = channel_flush(&gate->room.down);
    if (err != OK)
        room_lost(&gate->room, "keeper", err);
    if (channel_wants_write(&gate->room.down))
        must(event_add(gate->keeper_reads, NULL) == 0, "wait for the keeper");
}

int main(void)
{
    struct gate *gate = calloc(1, sizeof *gate);
    must(gate != NULL, "start");
    struct room_config config;
    room_enter(&gate->room, "gate", ROOM_HAS_DOWN, &config);
    allow_descriptors();
    open_gate(gate);
    room_list_libraries(&gate->room);
    sandbox_enter(SANDBOX_GATE, NULL);
    room_ready(&gate->room);
    while (!gate->room.stopping) {
        must(event_base_loop(gate->base, EVLOOP_ONCE) == 0, "wait for events");
        gate_turn(gate);
    }
    log_info("stopped");
    return EXIT_SUCCESS;
}
