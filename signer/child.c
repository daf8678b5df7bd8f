#include "signer/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FIRST = ROOM_CONTROL,
    GIVEN = ROOM_RESOURCE - ROOM_CONTROL + 1,
    ASIDE = ROOM_RESOURCE + 1, // where copies wait until their places are free
};

void child_init(struct child *child, const char *name)
{
    *child = (struct child){.name = name};
    child->control = (struct channel){.fd = -1, .descriptor = -1};
}

static void place_descriptors(const int given[GIVEN])
{
    int aside[GIVEN], nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool good = nowhere >= 0 && dup2(nowhere, STDIN_FILENO) == STDIN_FILENO &&
                dup2(nowhere, STDOUT_FILENO) == STDOUT_FILENO;
    for (int i = 0; i < GIVEN; i++) {
        aside[i] = given[i] < 0 ? -1 : fcntl(given[i], F_DUPFD_CLOEXEC, ASIDE);
        good = good && (given[i] < 0 || aside[i] >= 0);
    }
    for (int i = 0; i < GIVEN; i++) {
        if (aside[i] >= 0)
            good = good && dup2(aside[i], FIRST + i) == FIRST + i;
        else
            close(FIRST + i);
    }
    if (!good)
        log_halt(EXIT_HALT, "cannot give a room its descriptors: %s", strerror(errno));
}

// Signals as a program expects them; and an end when conclaved ends, even before the ritual.
static void reset_signals(pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    if (sigaction(SIGPIPE, &standard, NULL) != 0 ||
        sigprocmask(SIG_SETMASK, &none, NULL) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        log_halt(EXIT_HALT, "cannot set a room's signals: %s", strerror(errno));
    if (getppid() != parent)
        _exit(EXIT_NEIGHBOUR);
}

static _Noreturn void become_room(const struct child_plan *plan, int control, pid_t parent)
{
    const int given[GIVEN] = {control, plan->up, plan->down, plan->resource};
    char name[sizeof plan->program->is.name];
    memcpy(name, plan->program->is.name, sizeof name);
    // Out of the way of what comes to the places below.
    int program = fcntl(plan->program->descriptor, F_DUPFD_CLOEXEC, ASIDE);
    place_descriptors(given);
    reset_signals(parent);
    char *const arguments[] = {name, NULL};
    fexecve(program, arguments, plan->environment);
    log_halt(EXIT_HALT, "cannot run %s: %s", name, strerror(errno));
}

static enum err send_config(struct child *child, const struct message *config)
{
    enum err err = channel_put(&child->control, config);
    if (err == OK)
        err = channel_flush(&child->control);
    return err == OK && channel_wants_write(&child->control) ? ERR_AGAIN : err;
}

enum err child_start(struct child *child, const struct child_plan *plan)
{
    int control[2];
    child_init(child, child->name);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) != 0)
        return ERR_SYSTEM;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become_room(plan, control[1], parent);
    close(control[1]);
    if (pid < 0) {
        close(control[0]);
        return ERR_SYSTEM;
    }
    child->pid = pid;
    enum err err = channel_init(&child->control, control[0]);
    if (err == OK)
        err = send_config(child, &plan->config);
    // One that has ended already is told of by its exit status.
    return err == ERR_CLOSED ? OK : err;
}

void child_kill(struct child *child)
{
    if (child->pid == 0)
        return;
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    child_ended(child);
}

void child_ended(struct child *child)
{
    child->pid = 0;
    channel_close(&child->control);
}
