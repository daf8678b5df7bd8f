#include "signer/parent.h"

#include "signer/notify.h"
#include "signer/start.h"
#include "signer/stop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[ROOMS] = {
    [VAULT] = "vault", [LEDGER] = "ledger", [KEEPER] = "keeper", [GATE] = "gate"};

enum { STATUS_OF_SIGNAL = 128 }; // as a shell says it

enum err parent_init(struct parent *parent)
{
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    sigaddset(&watched, SIGTERM);
    sigaddset(&watched, SIGINT);
    sigaddset(&watched, SIGHUP);
    for (int i = 0; i < ROOMS; i++)
        child_init(&parent->children[i], names[i]);
    parent->line = -1;
    parent->gate = 1;
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    if (sigprocmask(SIG_BLOCK, &watched, NULL) != 0 || sigaction(SIGPIPE, &ignore, NULL) != 0)
        return ERR_SYSTEM;
    parent->signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    return parent->signals >= 0 ? OK : ERR_SYSTEM;
}

// ---- how it ends ----

// The first cause counts; a room that only lost its neighbour is none.
static void fail(struct parent *parent, int status)
{
    if (parent->status == 0 || parent->status == EXIT_NEIGHBOUR)
        parent->status = status == 0 ? EXIT_NEIGHBOUR : status;
    parent->over = true;
}

static int status_of(int wait_status)
{
    return WIFSIGNALED(wait_status) ? STATUS_OF_SIGNAL + WTERMSIG(wait_status)
                                    : WEXITSTATUS(wait_status);
}

static void say_end(const char *name, int wait_status)
{
    if (WIFSIGNALED(wait_status))
        log_warn("the %s was ended by signal %d (%s)", name, WTERMSIG(wait_status),
            strsignal(WTERMSIG(wait_status)));
    else
        log_warn("the %s ended with status %d", name, WEXITSTATUS(wait_status));
}

// ---- the gate's replacement ----

static void replace_gate(struct parent *parent)
{
    child_kill(&parent->children[GATE]);
    parent->unwanted = false;
    if (!restarts_take(&parent->restarts, start_now_ms() / 1000)) {
        log_warn(
            "the gate was replaced %d times within an hour; see why before you start again",
            GATE_RESTARTS_AN_HOUR);
        fail(parent, EXIT_NEIGHBOUR);
        return;
    }
    struct refusal why;
    enum err err = start_gate_again(parent, &why);
    if (err != OK) {
        bool refused = err == ERR_REFUSED;
        log_warn("cannot start a new gate: %s", refused ? why.sentence : err_text(err));
        fail(parent, refused ? EXIT_HALT : EXIT_NEIGHBOUR);
        return;
    }
    log_info("gate %llu is started", (unsigned long long)parent->gate);
}

static bool is_serving(const struct parent *parent)
{
    return parent->children[KEEPER].ready && (parent->children[GATE].ready || parent->gate > 1);
}

static void lose(struct parent *parent, int room, int status)
{
    if (room == GATE && is_serving(parent) && !parent->over)
        replace_gate(parent);
    else
        fail(parent, status);
}

// ---- what happens ----

static void note_end(struct parent *parent, int room, int wait_status)
{
    struct child *child = &parent->children[room];
    int status = status_of(wait_status);
    // Rooms that were asked to stop end with 0; those that lost a neighbour then are no news.
    bool news = !parent->over || (status != 0 && status != EXIT_NEIGHBOUR);
    child_ended(child);
    if (!news)
        return;
    say_end(child->name, wait_status);
    lose(parent, room, status);
}

static void reap(struct parent *parent)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int room = 0; room < ROOMS; room++)
            if (parent->children[room].pid == pid)
                note_end(parent, room, status);
}

static void hear_signals(struct parent *parent)
{
    struct signalfd_siginfo info;
    while (read(parent->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD || parent->over)
            continue;
        log_info("asked to stop by signal %u", info.ssi_signo);
        parent->over = true;
    }
}

void parent_take_signals(struct parent *parent)
{
    hear_signals(parent);
    reap(parent);
}

static void take_ready(struct parent *parent, int room)
{
    parent->children[room].ready = true;
    if (room == GATE && parent->unwanted)
        replace_gate(parent);
}

static void take_replace(struct parent *parent, const struct message *message)
{
    // Of a gate that is gone already nobody has to be told twice.
    if (message->id != parent->gate || parent->unwanted)
        return;
    log_warn("the keeper hung up on gate %llu: %.*s", (unsigned long long)parent->gate,
        (int)message->replace.why.size, (const char *)message->replace.why.data);
    // The first gate's word that it is ready may still be on its way, and so may its exit status,
    // which says why the house cannot start.
    parent->unwanted = !is_serving(parent);
    if (!parent->unwanted)
        replace_gate(parent);
}

static void take_message(struct parent *parent, int room, const struct message *message)
{
    struct child *child = &parent->children[room];
    if (message->kind == ROOM_READY && !child->ready) {
        take_ready(parent, room);
    } else if (message->kind == ROOM_REPLACE && room == KEEPER) {
        take_replace(parent, message);
    } else {
        log_warn("the %s says what it may not say (message %d)", child->name, message->kind);
        lose(parent, room, EXIT_NEIGHBOUR);
    }
}

static void take_messages(struct parent *parent, int room)
{
    struct child *child = &parent->children[room];
    struct message message;
    enum err end = channel_fill(&child->control), err = OK;
    while (!parent->over && child->control.fd >= 0) {
        err = channel_take(&child->control, &message);
        if (err != OK)
            break;
        take_message(parent, room, &message);
    }
    if (err == ERR_FORM) {
        log_warn("the %s says what is no message", child->name);
        lose(parent, room, EXIT_NEIGHBOUR);
    } else if (end == ERR_CLOSED || end == ERR_SYSTEM) {
        channel_close(&child->control); // its end is told by its status
    }
}

static void check_deadlines(struct parent *parent)
{
    int64_t now = start_now_ms();
    for (int room = 0; room < ROOMS; room++) {
        struct child *child = &parent->children[room];
        if (child->pid == 0 || child->ready || now < child->deadline || parent->over)
            continue;
        log_warn("the %s did not get ready in time", child->name);
        lose(parent, room, EXIT_NEIGHBOUR);
    }
}

static int time_left(const struct parent *parent)
{
    int64_t left = -1, now = start_now_ms();
    for (int room = 0; room < ROOMS; room++) {
        const struct child *child = &parent->children[room];
        if (child->pid == 0 || child->ready)
            continue;
        int64_t own = child->deadline > now ? child->deadline - now : 0;
        left = left < 0 || own < left ? own : left;
    }
    return (int)left;
}

static void turn(struct parent *parent)
{
    struct pollfd ready[ROOMS + 1];
    for (int room = 0; room < ROOMS; room++)
        ready[room] =
            (struct pollfd){.fd = parent->children[room].control.fd, .events = POLLIN};
    ready[ROOMS] = (struct pollfd){.fd = parent->signals, .events = POLLIN};
    int count = poll(ready, ROOMS + 1, time_left(parent));
    if (count < 0 && errno != EINTR) {
        log_warn("cannot wait: %s", strerror(errno));
        fail(parent, EXIT_HALT);
        return;
    }
    bool signalled = count > 0 && ready[ROOMS].revents != 0;
    // Who is asked to stop replaces nobody. What a room said before its end is heard before its end.
    if (signalled)
        hear_signals(parent);
    for (int room = 0; count > 0 && room < ROOMS && !parent->over; room++)
        if (ready[room].revents != 0 && ready[room].fd == parent->children[room].control.fd)
            take_messages(parent, room);
    if (signalled)
        reap(parent);
    check_deadlines(parent);
}

int parent_run(struct parent *parent)
{
    for (int room = VAULT; room < ROOMS && !parent->over; room++) {
        notify_status("starting the %s", names[room]);
        enum err err = start_room(parent, room);
        if (room == VAULT)
            pin_close(&parent->pin);
        if (err != OK) {
            log_warn("cannot start the %s: %s", names[room], err_text(err));
            fail(parent, EXIT_HALT);
        }
        while (!parent->over && !parent->children[room].ready)
            turn(parent);
    }
    if (!parent->over) {
        log_info("serving on %s", parent->config->socket);
        notify_ready(parent->stage == STAGE_FOUNDING ? "founding" : "serving");
    }
    while (!parent->over)
        turn(parent);
    notify_stopping(parent->status == 0 ? "stopping as asked" : "stopping after a failure");
    stop_all(parent);
    log_info("stopped with status %d", parent->status);
    return parent->status;
}
