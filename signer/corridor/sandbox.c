#include "signer/corridor/sandbox.h"

#include "signer/base/hash.h"
#include "signer/corridor/calls.h"
#include "signer/corridor/landlock.h"
#include "signer/corridor/room.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#if defined(CONCLAVE_SANITIZE)
// What the sanitizers ask for their options when the program starts. LeakSanitizer stops the
// process with ptrace, which no room allows. Names in a report would be read from files: numbers
// can be turned into names afterwards. Colours would ask for the terminal.
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0:symbolize=0:color=never";
}
const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "detect_leaks=0";
}
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
    return "symbolize=0:color=never";
}
#endif

void sandbox_enter(enum sandbox_kind kind, const char *folder)
{
    // What libraries set up (and read from files) on first use, they do now: libcrypto its
    // algorithms, libc the time zone, which even gmtime(3) looks for.
    (void)hash_of((struct span){0});
    tzset();
    enum err err = landlock_enter(folder);
    if (err == ERR_NOT_FOUND)
        log_halt(EXIT_HALT,
            "this kernel has no Landlock; boot one that has (Linux 5.13 or later, "
            "lsm=...,landlock)");
    if (err != OK)
        log_halt(EXIT_HALT, "cannot close the door on paths (%s): %s",
            folder == NULL ? "none allowed" : folder, strerror(errno));
    err = calls_restrict(kind);
    if (err != OK)
        log_halt(EXIT_HALT, "cannot restrict system calls: %s", err_text(err));
}
