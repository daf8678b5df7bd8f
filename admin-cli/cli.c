#include "admin-cli/cli.h"

#include "admin-cli/print.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static void complain(const char *rule, const char *sentence)
{
    struct bytes line;
    bytes_init(&line, LIMIT_RECORD);
    bytes_add_format(&line, "conclave: %s%s%s", rule, rule[0] == 0 ? "" : ": ", sentence);
    print_line(stderr, bytes_span(&line));
    bytes_clear(&line);
}

static int status_of(enum side side, enum err err, const struct refusal *refusal)
{
    if (err == ERR_SIGNATURE)
        return STATUS_UNVERIFIED;
    if (err == ERR_REFUSED && refusal->rule[0] != 0)
        return STATUS_REFUSED;
    if (side == SIDE_LOCAL || err == ERR_MEMORY)
        return STATUS_LOCAL;
    return STATUS_DAEMON;
}

int cli_fail(enum side side, enum err err, const struct refusal *refusal)
{
    complain(refusal->rule, refusal->sentence[0] != 0 ? refusal->sentence : err_text(err));
    return status_of(side, err, refusal);
}

int cli_say(enum status status, const char *format, ...)
{
    char sentence[LIMIT_SENTENCE + 1];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    complain("", sentence);
    return status;
}

int cli_connect(struct cli *cli, bool pinned)
{
    struct refusal refusal = {0};
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    if (cli->conclave != NULL)
        return STATUS_DONE;
    bool enrolled = conclave_pinned(cli->home, origin, &log) == OK;
    if (pinned && !enrolled)
        return cli_say(STATUS_LOCAL,
            "no log key is pinned in %s: enrol with `conclave enrol VKEY`, or name another "
            "folder with --home",
            cli->home);
    enum err err =
        conclave_open(cli->socket, enrolled ? cli->home : NULL, &cli->conclave, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

void cli_disconnect(struct cli *cli)
{
    conclave_close(cli->conclave);
    cli->conclave = NULL;
}

int cli_bytes(struct span bytes)
{
    enum err err = print_bytes(bytes);
    if (err == ERR_REFUSED)
        return cli_say(STATUS_LOCAL,
            "these are raw bytes, and nothing for a terminal: send them "
            "to a file");
    return err == OK ? STATUS_DONE : cli_say(STATUS_LOCAL, "the output cannot be written");
}

static enum err ask(const char *question, const char *expected, bool *out)
{
    char line[256];
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return ERR_SYSTEM;
    // What was typed before the question was asked is no answer to it.
    (void)tcflush(fd, TCIFLUSH);
    dprintf(fd, "%s", question);
    ssize_t got = read(fd, line, sizeof line);
    close(fd);
    size_t size = got > 0 ? (size_t)got : 0;
    if (size > 0 && line[size - 1] == '\n')
        size--;
    *out = span_is(span_of(line, size), expected);
    return OK;
}

bool cli_more(void)
{
    bool enough = false;
    return ask("-- Enter goes on, q ends: ", "q", &enough) == OK && !enough;
}

enum err cli_confirm(FILE *shown, const char *question, const char *expected, bool *out)
{
    if (!isatty(STDIN_FILENO) || !isatty(fileno(shown)) || fflush(shown) != 0)
        return ERR_SYSTEM;
    return ask(question, expected, out);
}
