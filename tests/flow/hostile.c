#include "tests/flow/hostile.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
    char word[32];
    char argument[PATH_MAX];
    bool first;
} plan;

__attribute__((constructor)) static void read_plan(void)
{
    char self[PATH_MAX] = "", path[PATH_MAX + 16];
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        exit(1);
    snprintf(path, sizeof path, "%s/hostile.conf", dirname(self));
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%31s %4095s", plan.word, plan.argument) < 1)
        exit(1);
    fclose(file);
    snprintf(path, sizeof path, "%s/hostile.done", self);
    int done = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    plan.first = done >= 0;
    if (done >= 0)
        close(done);
}

bool hostile_first(void)
{
    return plan.first;
}

bool hostile_is(const char *word)
{
    return strcmp(plan.word, word) == 0;
}

const char *hostile_argument(void)
{
    return plan.argument;
}

static int try_open(void)
{
    return open(plan.argument, O_RDONLY | O_CLOEXEC) < 0 ? -1 : 0;
}

// The parent and its rooms were started one after another.
enum { NEIGHBOURS = 8 };

static int try_neighbours(int (*attempt)(pid_t pid))
{
    pid_t first = getppid();
    for (pid_t pid = first; pid < first + NEIGHBOURS; pid++)
        if (pid != getpid() && attempt(pid) == 0)
            return 0;
    return -1;
}

static int attach(pid_t pid)
{
    return (int)ptrace(PTRACE_ATTACH, pid, NULL, NULL);
}

static int kill_it(pid_t pid)
{
    return kill(pid, SIGKILL);
}

static int try_attach(void)
{
    return try_neighbours(attach);
}

static int try_kill(void)
{
    return try_neighbours(kill_it);
}

static int try_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0);
}

static int try_exec(void)
{
    return execl("/bin/true", "true", (char *)NULL);
}

void hostile_try(void)
{
    static const struct {
        const char *word;
        int (*attempt)(void);
    } attempts[] = {
        {"open", try_open},
        {"attach", try_attach},
        {"kill", try_kill},
        {"socket", try_socket},
        {"exec", try_exec},
    };
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
        if (hostile_is(attempts[i].word))
            dprintf(STDERR_FILENO, "hostile: %s %s\n", plan.word,
                attempts[i].attempt() < 0 ? "failed" : "SUCCEEDED");
}
