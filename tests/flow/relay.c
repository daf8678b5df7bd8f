// A stand-in for conclave-vault that starts the real one and passes every message on, and that
// kills the whole house at one chosen message: so each step between ledger and vault can be the
// last one. It is configured by the file relay.conf beside it:
//
//   PATH-OF-THE-REAL-VAULT MESSAGE NTH before|after
//
// MESSAGE is one of the names below; "release" is the checkpoint over an outcome, which is durable
// then and not yet released.
//
// "before": the message is not passed on. "after": it is, and a moment later everything dies.
#include "proto/message.h"
#include "signer/base/cursor.h"
#include "signer/corridor/room.h"

#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
    const char *name;
    enum message_kind kind;
} names[] = {
    {"judge", VAULT_JUDGE},
    {"freeze", VAULT_FREEZE},
    {"judged", VAULT_JUDGED},
    {"durable", VAULT_DURABLE},
    {"execute", VAULT_EXECUTE},
    {"sealed", VAULT_SEALED},
    {"outcome", VAULT_OUTCOME},
    {"checkpoint", VAULT_CHECKPOINT},
    {"append", VAULT_APPEND},
    {"appended", VAULT_APPENDED},
    {"found", VAULT_FOUND},
    {"redo", VAULT_REDO},
    {"mandate", VAULT_MANDATE},
    {"reserve", VAULT_RESERVE},
    {"release", VAULT_CHECKPOINT},
};

enum { FRAME_HEAD = 6, AFTER_US = 2000 };

struct plan {
    char real[PATH_MAX];
    enum message_kind kind;
    int nth;
    bool after;
    bool awaits_outcome; // nothing is counted before an outcome has passed
    pid_t vault;
};

static void read_plan(struct plan *plan)
{
    char self[PATH_MAX] = "", path[PATH_MAX + 16], name[32], when[8];
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        exit(1);
    snprintf(path, sizeof path, "%s/relay.conf", dirname(self));
    FILE *file = fopen(path, "r");
    if (file == NULL ||
        fscanf(file, "%4095s %31s %d %7s", plan->real, name, &plan->nth, when) != 4)
        exit(1);
    fclose(file);
    plan->after = strcmp(when, "after") == 0;
    plan->awaits_outcome = strcmp(name, "release") == 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].name, name) == 0)
            plan->kind = names[i].kind;
}

static void start_vault(struct plan *plan, int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        exit(1);
    plan->vault = fork();
    if (plan->vault != 0)
        return;
    dup2(ends[1], ROOM_UP);
    execl(plan->real, "conclave-vault", (char *)NULL);
    _exit(1);
}

_Noreturn static void kill_everybody(const struct plan *plan)
{
    kill(plan->vault, SIGKILL);
    kill(getppid(), SIGKILL); // conclaved; its rooms die with it
    _exit(0);
}

static void write_all(int fd, struct span span)
{
    while (span.size > 0) {
        ssize_t sent = write(fd, span.data, span.size);
        if (sent <= 0)
            exit(1);
        span = span_of(span.data + sent, span.size - (size_t)sent);
    }
}

// Passes on every whole frame of `in`.
static void pass_on(struct plan *plan, struct bytes *in, int out)
{
    for (;;) {
        struct cursor cursor = cursor_of(bytes_span(in));
        size_t size = cursor_u32(&cursor) + 4u;
        uint16_t kind = cursor_u16(&cursor);
        if (in->size < FRAME_HEAD || in->size < size)
            return;
        if (kind == VAULT_OUTCOME)
            plan->awaits_outcome = false;
        bool chosen = kind == plan->kind && !plan->awaits_outcome && --plan->nth == 0;
        if (chosen && !plan->after)
            kill_everybody(plan);
        write_all(out, span_of(in->data, size));
        bytes_drop(in, size);
        if (chosen) {
            usleep(AFTER_US);
            kill_everybody(plan);
        }
    }
}

static void take_in(struct plan *plan, struct bytes *in, int from, int to)
{
    uint8_t *room = bytes_room(in, CHANNEL_READ);
    ssize_t got = room == NULL ? -1 : read(from, room, CHANNEL_READ);
    if (got <= 0) {
        kill(plan->vault, SIGKILL);
        exit(0);
    }
    bytes_grew(in, (size_t)got);
    pass_on(plan, in, to);
}

int main(void)
{
    struct plan plan = {0};
    int ends[2];
    read_plan(&plan);
    start_vault(&plan, ends);
    close(ROOM_CONTROL);
    close(ends[1]);
    struct bytes up, down;
    bytes_init(&up, CHANNEL_MOST);
    bytes_init(&down, CHANNEL_MOST);
    for (;;) {
        struct pollfd fds[] = {
            {.fd = ROOM_UP, .events = POLLIN}, {.fd = ends[0], .events = POLLIN}};
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[0].revents != 0)
            take_in(&plan, &up, ROOM_UP, ends[0]);
        if (fds[1].revents != 0)
            take_in(&plan, &down, ends[0], ROOM_UP);
    }
}
