#include "signer/corridor/room.h"

#include <errno.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    // Blocks of this size go back to the system when they are freed. Left alone, the C library
    // raises the limit to the largest block it has seen, and one large message would stay.
    GIVE_BACK = 256 * 1024,
    PROCESS_NAME =
        16, // what the system keeps of one, with its NUL: "conclave-keeper" just fits
    NEIGHBOUR_GRACE_MS = 1000, // a house that stops closes the control line well within this
};

// As ps(1) shows it: what was run from a descriptor has no name of its own.
static void take_name(const char *name)
{
    char whole[PROCESS_NAME];
    snprintf(whole, sizeof whole, "conclave-%s", name);
    if (prctl(PR_SET_NAME, whole) != 0)
        log_halt(EXIT_HALT, "cannot take its name: %s", strerror(errno));
}

static void forbid_escapes(void)
{
    const struct rlimit no_core = {0, 0};
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &no_core) != 0)
        log_halt(EXIT_HALT, "cannot give up privileges: %s", strerror(errno));
}

static void set_signals(void)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    if (sigaction(SIGPIPE, &ignore, NULL) != 0 || sigaction(SIGINT, &ignore, NULL) != 0)
        log_halt(EXIT_HALT, "cannot set signals: %s", strerror(errno));
}

static void take_channel(struct channel *channel, int fd, const char *what)
{
    if (channel_init(channel, fd) != OK)
        log_halt(EXIT_HALT, "descriptor %d (%s) is missing; rooms are started by conclaved", fd,
            what);
}

static void leave_channel(struct channel *channel)
{
    *channel = (struct channel){.fd = -1, .descriptor = -1};
}

static bool copy_text(struct span text, char *out, size_t size)
{
    if (text.size >= size || (text.size > 0 && memchr(text.data, 0, text.size) != NULL))
        return false;
    if (text.size > 0)
        memcpy(out, text.data, text.size);
    out[text.size] = 0;
    return true;
}

static enum err wait_for(struct channel *channel, struct message *message)
{
    for (;;) {
        enum err err = channel_take(channel, message);
        if (err != ERR_AGAIN)
            return err;
        struct pollfd ready = {.fd = channel->fd, .events = POLLIN};
        if (poll(&ready, 1, -1) < 0 && errno != EINTR)
            return ERR_SYSTEM;
        err = channel_fill(channel);
        if (err != OK && err != ERR_AGAIN)
            return err;
    }
}

static void take_config(struct channel *control, struct room_config *config)
{
    struct message message;
    enum err err = wait_for(control, &message);
    if (err == OK &&
        (message.kind != ROOM_CONFIG ||
            !copy_text(message.config.folder, config->folder, sizeof config->folder) ||
            !copy_text(message.config.module, config->module, sizeof config->module) ||
            !copy_text(message.config.token, config->token, sizeof config->token) ||
            !copy_text(message.config.programs, config->programs, sizeof config->programs)))
        err = ERR_FORM;
    if (err != OK)
        log_halt(EXIT_NEIGHBOUR, "no configuration from conclaved: %s", err_text(err));
    config->stage = message.config.stage;
}

void room_enter(
    struct room *room, const char *name, unsigned channels, struct room_config *config)
{
    *room = (struct room){.name = name, .gate = 1};
    take_name(name);
    forbid_escapes();
    set_signals();
    // Each room is the same on every machine: no configuration of a library is read.
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
        log_halt(EXIT_HALT, "libcrypto does not start");
    mallopt(M_MMAP_THRESHOLD, GIVE_BACK);
    mallopt(M_TRIM_THRESHOLD, GIVE_BACK);
    if (close_range(ROOM_RESOURCE + 1, ~0U, 0) != 0)
        log_halt(EXIT_HALT, "cannot close descriptors: %s", strerror(errno));
    take_channel(&room->control, ROOM_CONTROL, "control");
    room->control.takes_descriptors = true;
    take_config(&room->control, config);
    leave_channel(&room->up);
    leave_channel(&room->down);
    if (channels & ROOM_HAS_UP)
        take_channel(&room->up, ROOM_UP, "up");
    if (channels & ROOM_HAS_DOWN)
        take_channel(&room->down, ROOM_DOWN, "down");
}

// Whoever hears that the room is ready may ask it to stop at once: where no handler is yet, the
// signal waits for the loop's (signer/corridor/loop.c).
static void hold_term(void)
{
    struct sigaction now;
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    bool held = sigaction(SIGTERM, NULL, &now) == 0;
    if (held && now.sa_handler == SIG_DFL)
        held = sigprocmask(SIG_BLOCK, &term, NULL) == 0;
    if (!held)
        log_halt(EXIT_HALT, "cannot hold SIGTERM: %s", strerror(errno));
}

void room_ready(struct room *room)
{
    hold_term();
    const struct message ready = {.kind = ROOM_READY};
    enum err err = channel_put(&room->control, &ready);
    if (err == OK)
        err = channel_flush(&room->control);
    if (err != OK)
        log_halt(EXIT_NEIGHBOUR, "conclaved is gone: %s", err_text(err));
}

int room_take_descriptor(struct room *room)
{
    int taken = room->control.descriptor;
    room->control.descriptor = -1;
    return taken;
}

bool room_stops(struct room *room)
{
    struct pollfd ready = {.fd = room->control.fd, .events = POLLIN};
    if (!room->stopping && poll(&ready, 1, NEIGHBOUR_GRACE_MS) == 1)
        room->stopping = channel_fill(&room->control) == ERR_CLOSED;
    return room->stopping;
}

void room_lost(struct room *room, const char *neighbour, enum err why)
{
    if (why == ERR_CLOSED && room_stops(room))
        _exit(0);
    log_halt(EXIT_NEIGHBOUR, "lost its neighbour %s: %s", neighbour, err_text(why));
}
