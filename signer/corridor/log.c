#include "signer/corridor/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// One line; the longest is the list of a room's libraries.
enum { LINE_MOST = 2048 };

static size_t add(char *line, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static size_t add(char *line, size_t size, const char *format, va_list arguments)
{
    int written = vsnprintf(line + size, LINE_MOST - size, format, arguments);
    if (written < 0)
        return size;
    size_t all = size + (size_t)written;
    return all < LINE_MOST ? all : LINE_MOST - 1;
}

static size_t add_format(char *line, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static size_t add_format(char *line, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size = add(line, size, format, arguments);
    va_end(arguments);
    return size;
}

static void clean(char *line, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (line[i] < 0x20 || line[i] > 0x7e)
            line[i] = '?';
}

static void say(const char *word, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

// One write, so that the lines of five processes do not mix.
static void say(const char *word, const char *format, va_list arguments)
{
    char line[LINE_MOST];
    size_t size = add_format(line, 0, "%s: %s", program_invocation_short_name, word);
    size = add(line, size, format, arguments);
    clean(line, size);
    line[size++] = '\n';
    ssize_t written;
    do
        written = write(STDERR_FILENO, line, size);
    while (written < 0 && errno == EINTR);
}

void log_info(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("", format, arguments);
    va_end(arguments);
}

void log_warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("warning: ", format, arguments);
    va_end(arguments);
}

void log_halt(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("stopped: ", format, arguments);
    va_end(arguments);
    // Not exit(): what libraries do at their end may be what the sandbox kills for, and would hide
    // the status.
    _exit(status);
}
