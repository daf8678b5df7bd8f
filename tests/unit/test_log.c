#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/corridor/log.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MOST = 8192 };

// What a child that runs `say` writes to standard error; its wait status in *status.
static void read_child(void (*say)(void), char output[OUTPUT_MOST], int *status)
{
    int fds[2];
    size_t size = 0;
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        say();
        _exit(0);
    }
    close(fds[1]);
    for (ssize_t got; (got = read(fds[0], output + size, OUTPUT_MOST - 1 - size)) > 0;)
        size += (size_t)got;
    output[size] = '\0';
    close(fds[0]);
    assert_int_equal(waitpid(child, status, 0), child);
}

static void forge(void)
{
    log_info("name: %s", "a\nconclaved: forged\x1b[2J\xff\x7f");
}

static void log__lets_nobody_forge_a_line(void **state)
{
    (void)state;
    char output[OUTPUT_MOST];
    int status;
    read_child(forge, output, &status);
    assert_string_equal(output, "test_log: name: a?conclaved: forged?[2J??\n");
}

static void say_much(void)
{
    static char much[5000];
    memset(much, 'x', sizeof much - 1);
    log_warn("%s", much);
}

static void log__cuts_what_is_too_long(void **state)
{
    (void)state;
    char output[OUTPUT_MOST];
    int status;
    read_child(say_much, output, &status);
    size_t size = strlen(output);
    assert_true(size > 1000 && size <= 2048);
    assert_int_equal(strncmp(output, "test_log: warning: xxx", 22), 0);
    assert_int_equal(output[size - 1], '\n');
    assert_ptr_equal(strchr(output, '\n'), output + size - 1);
}

static void leave_a_trace(void)
{
    ssize_t written = write(STDERR_FILENO, "at exit\n", 8);
    (void)written;
}

static void halt(void)
{
    atexit(leave_a_trace);
    log_halt(77, "the token refused the PIN of %s", "a");
}

static void log__halts_with_the_status_and_nothing_after_it(void **state)
{
    (void)state;
    char output[OUTPUT_MOST];
    int status;
    read_child(halt, output, &status);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 77);
    assert_string_equal(output, "test_log: stopped: the token refused the PIN of a\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log__lets_nobody_forge_a_line),
        cmocka_unit_test(log__cuts_what_is_too_long),
        cmocka_unit_test(log__halts_with_the_status_and_nothing_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
