// Each attempt is made by a child process of its own that has really entered its sandbox.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/corridor/sandbox.h"
#include "tests/unit/attempts.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// Exit statuses of a child: what it tried went well, or failed with an error.
enum { DID = 0, FAILED = 1, WRONG = 2, DIED = 3 };

// ---- the table ----

enum {
    G = 1 << SANDBOX_GATE,
    K = 1 << SANDBOX_KEEPER,
    L = 1 << SANDBOX_LEDGER,
    V = 1 << SANDBOX_VAULT,
    EVERY = G | K | L | V
};
static const char *const kind_names[] = {"gate", "keeper", "ledger", "vault"};

static const struct {
    const char *name;
    attempt *try;
    unsigned kinds;
    int expected;
} attempts[] = {
    {"open a file outside", open_outside, G | K, DIED},
    {"open a file outside", open_outside, L | V, FAILED},
    {"open /etc/passwd", open_passwd, G | K, DIED},
    {"open /etc/passwd", open_passwd, L | V, FAILED},
    {"make a file outside", make_outside, G | K, DIED},
    {"make a file outside", make_outside, L | V, FAILED},
    {"move a file outside", move_outside, G | K, DIED},
    {"move a file outside", move_outside, L | V, FAILED},
    {"link a file", link_outside, EVERY, DIED},
    {"make a unix socket", new_unix_socket, G | K | L, DIED},
    {"make a unix socket", new_unix_socket, V, FAILED},
    {"make an internet socket", new_inet_socket, G | K | L, DIED},
    {"make an internet socket", new_inet_socket, V, FAILED},
    {"connect", connect_somewhere, EVERY, DIED},
    {"bind", bind_somewhere, EVERY, DIED},
    {"send to an address", send_to_address, EVERY, DIED},
    {"run a program", run_program, EVERY, DIED},
    {"clone", new_process, EVERY, DIED},
    {"fork", new_process_fork, EVERY, DIED},
    {"trace its parent", trace_parent, EVERY, DIED},
    {"let itself be traced", let_be_traced, EVERY, DIED},
    {"signal its parent", signal_parent, EVERY, DIED},
    {"signal another's thread", signal_other_thread, EVERY, DIED},
    {"map executable memory", map_executable, EVERY, DIED},
    {"make memory executable", turn_executable, EVERY, DIED},
    {"become dumpable", become_dumpable, EVERY, DIED},
    {"become another user", become_another, EVERY, DIED},
    {"mount", mount_something, EVERY, DIED},
    {"use io_uring", use_io_uring, EVERY, DIED},
    {"load bpf", load_bpf, EVERY, DIED},
    {"read another's memory", read_parent_memory, EVERY, DIED},
    {"open a process", take_fd_of_parent, EVERY, DIED},
    {"accept", accept_client, K | L | V, DIED},
    {"list a folder", list_folder, G | K, DIED},
    {"look at a path", stat_path, G | K, DIED},
    {"change an owner", change_owner, G | K, DIED},
    {"change an owner", change_owner, V, FAILED},
    {"talk to a neighbour", talk, EVERY, DID},
    {"pass a descriptor", pass_descriptor, EVERY, DID},
    {"take memory, time and chance", live, EVERY, DID},
    {"hash and verify", hash_and_verify, EVERY, DID},
    {"write a date", write_date, EVERY, DID},
    {"serve a client", serve_client, G, DID},
    {"keep a file", keep_file, L | V, DID},
    {"keep a folder", keep_folder, V, DID},
};

// ---- running them ----

static void make_world(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(world.folder, sizeof world.folder, "/tmp/sandbox-XXXXXX");
    assert_non_null(mkdtemp(world.folder));
    snprintf(world.inside, sizeof world.inside, "%s/inside", world.folder);
    snprintf(world.outside, sizeof world.outside, "%s-outside", world.folder);
    snprintf(at.sun_path, sizeof at.sun_path, "%s-socket", world.folder);
    memcpy(world.address, at.sun_path, sizeof world.address);
    int inside = open(world.inside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int outside = open(world.outside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(inside >= 0 && outside >= 0);
    close(inside);
    close(outside);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, world.pair), 0);
    world.parent = getpid();
    world.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(world.listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(world.listener, 8), 0);
}

static void end_world(void)
{
    close(world.pair[0]);
    close(world.pair[1]);
    close(world.listener);
    unlink(world.address);
    unlink(world.inside);
    unlink(world.outside);
    assert_int_equal(rmdir(world.folder), 0); // nothing else was left there
}

static int call_listener(void)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    memcpy(to.sun_path, world.address, sizeof world.address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(write(fd, "hello", 5), 5);
    return fd;
}

static _Noreturn void be_child(enum sandbox_kind kind, attempt *try)
{
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    sandbox_enter(kind, kind == SANDBOX_LEDGER || kind == SANDBOX_VAULT ? world.folder : NULL);
    _exit(try() ? DID : FAILED);
}

static int end_of(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? DIED : WRONG;
    return WEXITSTATUS(status) == DID || WEXITSTATUS(status) == FAILED ? WEXITSTATUS(status)
                                                                       : WRONG;
}

static int result_of(enum sandbox_kind kind, attempt *try)
{
    make_world();
    int client = call_listener();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        be_child(kind, try);
    int end = end_of(child);
    close(client);
    end_world();
    return end;
}

static void sandbox__lets_each_room_do_its_work_and_nothing_else(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
        for (unsigned kind = SANDBOX_GATE; kind <= SANDBOX_VAULT; kind++) {
            if ((attempts[i].kinds & 1u << kind) == 0)
                continue;
            int end = result_of((enum sandbox_kind)kind, attempts[i].try);
            if (end == attempts[i].expected)
                continue;
            print_error("%s: %s: got %d, wanted %d\n", kind_names[kind], attempts[i].name, end,
                attempts[i].expected);
            wrong++;
        }
    assert_int_equal(wrong, 0);
}

// Without the sandbox each of these works (or fails for its arguments): so it is the sandbox that
// forbids them.
static void sandbox__is_what_forbids(void **state)
{
    (void)state;
    attempt *const possible[] = {open_outside, open_passwd, move_outside, new_unix_socket,
        new_inet_socket, run_program, let_be_traced, signal_parent, map_executable,
        turn_executable, become_dumpable, accept_client, stat_path};
    for (size_t i = 0; i < sizeof possible / sizeof possible[0]; i++) {
        make_world();
        int client = call_listener(), status;
        pid_t child = fork();
        if (child == 0)
            _exit(possible[i]() ? DID : FAILED);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        close(client);
        end_world();
    }
}

static void sandbox__halts_with_a_sentence_when_the_folder_is_missing(void **state)
{
    (void)state;
    int status, fds[2];
    char line[512] = {0};
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        sandbox_enter(SANDBOX_LEDGER, "/nonexistent/ledger");
        _exit(DID);
    }
    close(fds[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 70);
    assert_true(read(fds[0], line, sizeof line - 1) > 0);
    assert_non_null(strstr(line, "/nonexistent/ledger"));
    close(fds[0]);
}

#if defined(CONCLAVE_SANITIZE)
static bool read_too_far(void)
{
    volatile size_t size = 8;
    volatile char *bytes = malloc(size);
    return bytes[size] == 'x';
}
static const uint8_t zeros[64];
static bool read_past_global(void)
{
    volatile size_t size = sizeof zeros;
    return *(const volatile uint8_t *)(zeros + size) == 'x';
}
static bool add_too_much(void)
{
    volatile int most = 0x7fffffff;
    volatile int sum = most + 1;
    return sum > 0;
}

static const struct {
    attempt *try;
    const char *words;
} bugs[] = {
    {read_too_far, "heap-buffer-overflow"},
    {read_past_global, "insufficient space for an object"},
    {add_too_much, "signed integer overflow"},
};

// What the child wrote to standard error before it ended by itself.
static void read_report(enum sandbox_kind kind, attempt *try, char *report, size_t most)
{
    int status, fds[2];
    size_t size = 0;
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        be_child(kind, try);
    }
    close(fds[1]);
    for (ssize_t got; (got = read(fds[0], report + size, most - 1 - size)) > 0;)
        size += (size_t)got;
    report[size] = 0;
    close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
}

// Each room still says what its sanitizer found.
static void sandbox__lets_the_sanitizer_report(void **state)
{
    (void)state;
    static char report[65536];
    for (unsigned kind = SANDBOX_GATE; kind <= SANDBOX_VAULT; kind++)
        for (size_t i = 0; i < sizeof bugs / sizeof bugs[0]; i++) {
            make_world();
            read_report((enum sandbox_kind)kind, bugs[i].try, report, sizeof report);
            if (strstr(report, bugs[i].words) == NULL)
                print_error("%s: %s", bugs[i].words, report);
            assert_non_null(strstr(report, bugs[i].words));
            end_world();
        }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sandbox__is_what_forbids),
        cmocka_unit_test(sandbox__lets_each_room_do_its_work_and_nothing_else),
        cmocka_unit_test(sandbox__halts_with_a_sentence_when_the_folder_is_missing),
#if defined(CONCLAVE_SANITIZE)
        cmocka_unit_test(sandbox__lets_the_sanitizer_report),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
