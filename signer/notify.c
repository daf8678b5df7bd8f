#include "signer/notify.h"

#include "signer/corridor/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

// A sentence of ours; a room's name is the longest thing in it that varies.
enum { SENTENCE_MOST = 128 };

// A manager that cannot be told is no reason to stop; it will say itself that it has waited in vain.
static void tell(const char *state, const char *sentence)
{
    int told = sd_notifyf(0, "%sSTATUS=%s", state, sentence);
    if (told < 0)
        log_warn("cannot tell the service manager: %s", strerror(-told));
}

void notify_status(const char *format, ...)
{
    char sentence[SENTENCE_MOST];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    tell("", sentence);
}

void notify_ready(const char *sentence)
{
    tell("READY=1\n", sentence);
}

void notify_stopping(const char *sentence)
{
    tell("STOPPING=1\n", sentence);
}
