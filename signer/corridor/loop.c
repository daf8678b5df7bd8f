#include "signer/corridor/room.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

// Set by the handler of SIGTERM, which is let in only while the loop waits.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
static volatile sig_atomic_t term_came;

static void note_term(int signal_number)
{
    (void)signal_number;
    term_came = 1;
}

static void catch_term(sigset_t *while_waiting)
{
    const struct sigaction note = {.sa_handler = note_term};
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &term, while_waiting) != 0 ||
        sigaction(SIGTERM, &note, NULL) != 0)
        log_halt(EXIT_HALT, "cannot catch SIGTERM: %s", strerror(errno));
    sigdelset(while_waiting, SIGTERM);
}

// Everything that has come whole. Bytes that came before the end are used before it is told.
static enum err drain(struct channel *channel, room_handler *handler, void *context)
{
    enum err end = channel_fill(channel);
    struct message message;
    for (;;) {
        enum err err = channel_take(channel, &message);
        if (err == ERR_AGAIN)
            break;
        if (err == OK)
            err = handler == NULL ? ERR_FORM : handler(context, &message);
        if (err != OK)
            return err;
    }
    return end == ERR_AGAIN ? OK : end;
}

static void hang_up(struct room *room, const struct room_loop *loop, enum err why)
{
    channel_close(&room->up);
    enum err err = loop->up_lost(loop->context, why);
    if (err != OK)
        log_halt(EXIT_HALT, "cannot go on without its gate: %s", err_text(err));
}

static void replace_gate(struct room *room, enum err why)
{
    // Its id says which gate: one that is replaced already is not replaced twice.
    struct message replace = {.kind = ROOM_REPLACE, .id = room->gate};
    replace.replace.why = span_text(err_text(why));
    enum err err = channel_put(&room->control, &replace);
    if (err != OK)
        log_halt(EXIT_NEIGHBOUR, "cannot ask for a new gate: %s", err_text(err));
}

// A neighbour that has gone may only have stopped before this room.
static void lose(struct room *room, const char *neighbour, enum err why)
{
    if (why != ERR_CLOSED || !room_stops(room))
        room_lost(room, neighbour, why);
}

static void serve_up(struct room *room, const struct room_loop *loop)
{
    enum err err = drain(&room->up, loop->from_up, loop->context);
    if (err == OK)
        return;
    if (err == ERR_HALT)
        log_halt(EXIT_HALT, "see above");
    if (loop->up_lost == NULL) {
        lose(room, "above", err);
        return;
    }
    hang_up(room, loop, err);
    replace_gate(room, err);
}

static void serve_down(struct room *room, const struct room_loop *loop)
{
    enum err err = drain(&room->down, loop->from_down, loop->context);
    if (err == ERR_HALT)
        log_halt(EXIT_HALT, "see above");
    if (err != OK)
        lose(room, "below", err);
}

static void adopt_gate(struct room *room)
{
    int fd = room_take_descriptor(room);
    if (fd >= 0 && channel_init(&room->up, fd) != OK)
        log_halt(EXIT_HALT, "cannot take its new gate: %s", strerror(errno));
}

struct control {
    struct room *room;
    const struct room_loop *loop;
};

static enum err from_control(void *context, const struct message *message)
{
    const struct control *control = context;
    if (message->kind == ROOM_GATE) {
        if (control->loop->up_lost == NULL || control->room->control.descriptor < 0)
            return ERR_FORM;
        // conclaved may see the old gate's end first.
        if (control->room->up.fd >= 0)
            hang_up(control->room, control->loop, ERR_CLOSED);
        control->room->gate = message->id;
    } else if (control->loop->from_control == NULL) {
        return ERR_FORM;
    }
    enum err err = OK;
    if (control->loop->from_control != NULL)
        err = control->loop->from_control(control->loop->context, message);
    if (err == OK && message->kind == ROOM_GATE)
        adopt_gate(control->room);
    return err;
}

static void serve_control(struct room *room, const struct room_loop *loop)
{
    struct control control = {room, loop};
    enum err err = drain(&room->control, from_control, &control);
    if (err == ERR_CLOSED)
        room->stopping = true;
    else if (err == ERR_HALT)
        log_halt(EXIT_HALT, "see above");
    else if (err != OK)
        log_halt(EXIT_NEIGHBOUR, "conclaved said something else: %s", err_text(err));
}

static void flush(struct channel *channel)
{
    enum err err = channel_flush(channel);
    // A neighbour that is gone is noticed when its last bytes are read.
    if (err != OK && err != ERR_CLOSED)
        log_halt(EXIT_NEIGHBOUR, "cannot write to a neighbour: %s", strerror(errno));
}

static int take_turn(struct room *room, const struct room_loop *loop)
{
    int wait = loop->turn == NULL ? -1 : loop->turn(loop->context);
    flush(&room->down);
    flush(&room->up);
    flush(&room->control);
    // Every message was used up: what a large one needed goes back.
    channel_rest(&room->down);
    channel_rest(&room->up);
    return wait;
}

static struct pollfd poll_of(const struct channel *channel)
{
    short events = channel_wants_write(channel) ? POLLIN | POLLOUT : POLLIN;
    return (struct pollfd){.fd = channel->fd, .events = events}; // -1 is passed over
}

static bool can_read(const struct pollfd *ready)
{
    return (ready->revents & ~POLLOUT) != 0;
}

struct due {
    bool control;
    bool down;
    bool up;
};

static void serve(struct room *room, const struct room_loop *loop, struct due due)
{
    int up = room->up.fd;
    if (due.control)
        serve_control(room, loop);
    if (!room->stopping && due.down)
        serve_down(room, loop);
    // A gate that came just now was not waited for.
    if (!room->stopping && due.up && room->up.fd == up)
        serve_up(room, loop);
}

static void wait_and_serve(
    struct room *room, const struct room_loop *loop, int wait, const sigset_t *mask)
{
    struct pollfd ready[] = {poll_of(&room->control), poll_of(&room->down), poll_of(&room->up)};
    struct timespec time = {wait / 1000, wait % 1000 * 1000000L};
    int count = ppoll(ready, sizeof ready / sizeof ready[0], wait < 0 ? NULL : &time, mask);
    if (count < 0 && errno != EINTR)
        log_halt(EXIT_HALT, "cannot wait: %s", strerror(errno));
    if (count > 0)
        serve(room, loop,
            (struct due){can_read(&ready[0]), can_read(&ready[1]), can_read(&ready[2])});
}

int room_run(struct room *room, const struct room_loop *loop)
{
    sigset_t mask;
    catch_term(&mask);
    // What came together with what was read before the loop is in the buffers already: no poll
    // would tell of it.
    serve(room, loop, (struct due){true, room->down.fd >= 0, room->up.fd >= 0});
    for (;;) {
        int wait = take_turn(room, loop);
        if (room->stopping)
            return 0;
        wait_and_serve(room, loop, wait, &mask);
        if (term_came)
            room->stopping = true;
    }
}
