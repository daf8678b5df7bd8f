// Many clients of one appliance: they connect, are idle, then each asks for the status, all at once.
//
//   bench-crowd SOCKET CLIENTS
//
// A line on standard input begins each of the two steps; a JSON object says how long it took. The
// connections stay until standard input ends, so that the gate can be looked at meanwhile.
#include "client/conclave.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { CLIENTS_MOST = LIMIT_CLIENTS };

struct crowd {
    struct conclave *clients[CLIENTS_MOST];
    size_t count;
};

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void must(enum err err, const char *what, const struct refusal *why)
{
    if (err == OK)
        return;
    fprintf(stderr, "bench-crowd: %s: %s %s\n", what, err_text(err), why->sentence);
    exit(1);
}

// A descriptor each, and a few besides.
static void allow_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        exit(1);
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        exit(1);
}

static void ask(struct conclave **clients, size_t count)
{
    const struct refusal why = {.sentence = ""};
    for (size_t i = 0; i < count; i++) {
        struct message status = {.kind = ASK_STATUS};
        must(conclave_send(clients[i], &status), "ask", &why);
    }
    for (size_t i = 0; i < count; i++) {
        static struct message answer;
        must(conclave_receive(clients[i], &answer), "hear", &why);
    }
}

// The gate accepts in order: when it has answered the last, it has accepted all.
static void crowd_connect(struct crowd *crowd, const char *socket)
{
    struct refusal why = {.sentence = ""};
    for (size_t i = 0; i < crowd->count; i++)
        must(conclave_open(socket, NULL, &crowd->clients[i], &why), "connect", &why);
    ask(&crowd->clients[crowd->count - 1], 1);
}

static void crowd_ask(struct crowd *crowd)
{
    ask(crowd->clients, crowd->count);
}

static bool wait_for_line(void)
{
    int byte = getchar();
    while (byte != EOF && byte != '\n')
        byte = getchar();
    return byte != EOF;
}

static void tell(double began)
{
    printf("{\"seconds\":%.6f}\n", now() - began);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static struct crowd crowd;
    crowd.count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (crowd.count == 0 || crowd.count > CLIENTS_MOST) {
        fprintf(stderr, "see the comment at the top of bench/crowd.c\n");
        return 1;
    }
    allow_descriptors();
    if (wait_for_line()) {
        double began = now();
        crowd_connect(&crowd, argv[1]);
        tell(began);
    }
    if (wait_for_line()) {
        double began = now();
        crowd_ask(&crowd);
        tell(began);
    }
    while (wait_for_line())
        ;
    for (size_t i = 0; i < crowd.count; i++)
        conclave_close(crowd.clients[i]);
    return 0;
}
