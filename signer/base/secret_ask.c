// A secret from the terminal.
#include "signer/base/secret_part.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

// A process that is ended at the prompt would leave a terminal without echo. So these are only noted
// while it asks, break off the reading, and are raised again when the terminal is as it was.
static const int endings[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
enum { ENDINGS = sizeof endings / sizeof endings[0] };
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): a handler has no other place
static volatile sig_atomic_t ended_by;

static void note_ending(int number)
{
    ended_by = number;
}

static void catch_endings(struct sigaction before[ENDINGS])
{
    const struct sigaction note = {.sa_handler = note_ending}; // no SA_RESTART: read breaks off
    ended_by = 0;
    for (int i = 0; i < ENDINGS; i++)
        (void)sigaction(endings[i], &note, &before[i]);
}

static void let_endings_through(const struct sigaction before[ENDINGS])
{
    for (int i = 0; i < ENDINGS; i++)
        (void)sigaction(endings[i], &before[i], NULL);
    if (ended_by != 0)
        (void)raise(ended_by);
}

// A terminal hands over one line at a time: one read ends with it.
static enum err read_line(struct secret *secret, int fd)
{
    ssize_t got;
    do
        got = read(fd, secret->data, SECRET_MOST);
    while (got < 0 && errno == EINTR && ended_by == 0);
    if (got < 0)
        return ERR_SYSTEM;
    secret->size = (size_t)got;
    secret_drop_line_feed(secret);
    return OK;
}

static enum err ask_quietly(struct secret *secret, const char *prompt, int fd)
{
    struct termios before, quiet;
    if (tcgetattr(fd, &before) != 0)
        return ERR_SYSTEM;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0)
        return ERR_SYSTEM;
    dprintf(fd, "%s", prompt);
    enum err err = read_line(secret, fd);
    tcsetattr(fd, TCSAFLUSH, &before);
    dprintf(fd, "\n");
    return err;
}

enum err secret_ask(struct secret *secret, const char *prompt)
{
    struct sigaction before[ENDINGS];
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return ERR_SYSTEM;
    catch_endings(before);
    enum err err = ask_quietly(secret, prompt, fd);
    let_endings_through(before);
    close(fd);
    return err;
}
