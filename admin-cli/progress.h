// How far something is, for whoever waits: one line on standard error that is written over and goes
// away in the end. Nothing is said where standard error is no terminal, or one that cannot go back
// to the beginning of a line.
#ifndef CONCLAVE_ADMIN_CLI_PROGRESS_H
#define CONCLAVE_ADMIN_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool shown;
    int64_t next; // no word before this moment (milliseconds of the monotonic clock)
};

// `later`: say nothing in the first moments, for what is mostly quick.
void progress_init(struct progress *progress, bool later);
// Says it now; what is wider than the terminal is cut.
void progress_say(struct progress *progress, const char *words);
// "WHAT 3 of 7", a few times a second at most.
void progress_count(struct progress *progress, const char *what, uint64_t at, uint64_t of);
// Takes the line away.
void progress_end(struct progress *progress);

#endif
