#include "admin-cli/progress.h"

#include "admin-cli/print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// A line that changes more often cannot be read, and costs time; what takes less needs none.
enum { AGAIN_MILLISECONDS = 100, LATER_MILLISECONDS = 300, WORDS_MOST = 256 };

static int64_t now(void)
{
    struct timespec at = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static bool can_go_back(void)
{
    const char *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

void progress_init(struct progress *progress, bool later)
{
    *progress = (struct progress){.shown = can_go_back()};
    progress->next = now() + (later ? LATER_MILLISECONDS : 0);
}

void progress_say(struct progress *progress, const char *words)
{
    if (!progress->shown)
        return;
    // The last column stays free: some terminals go on to the next line behind it.
    size_t size = strlen(words), most = print_width(stderr) - 1;
    fputc('\r', stderr);
    print_foreign(stderr, span_of(words, size < most ? size : most));
    fputs("\033[K", stderr);
    (void)fflush(stderr);
    progress->next = now() + AGAIN_MILLISECONDS;
}

void progress_count(struct progress *progress, const char *what, uint64_t at, uint64_t of)
{
    char words[WORDS_MOST];
    if (!progress->shown || now() < progress->next)
        return;
    (void)snprintf(words, sizeof words, "%s %" PRIu64 " of %" PRIu64, what, at, of);
    progress_say(progress, words);
}

void progress_end(struct progress *progress)
{
    if (!progress->shown)
        return;
    fputs("\r\033[K", stderr);
    (void)fflush(stderr);
}
