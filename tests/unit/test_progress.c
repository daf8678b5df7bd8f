// Progress on a terminal: a pty stands in standard error's place.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin-cli/progress.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

// What the terminal was shown while `say` ran with this TERM; "" for nothing.
static void assert_shown(const char *terminal, void (*say)(void), const char *expected)
{
    char text[1024] = "";
    const struct winsize narrow = {.ws_row = 24, .ws_col = 20};
    int saved = dup(STDERR_FILENO), master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_int_equal(ioctl(slave, TIOCSWINSZ, &narrow), 0);
    setenv("TERM", terminal, 1);
    assert_int_equal(dup2(slave, STDERR_FILENO), STDERR_FILENO);
    say();
    assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    struct pollfd waits = {.fd = master, .events = POLLIN};
    if (poll(&waits, 1, 100) == 1)
        assert_true(read(master, text, sizeof text - 1) > 0);
    close(slave), close(master), close(saved);
    assert_string_equal(text, expected);
}

static void say_two_of_three(void)
{
    struct progress progress;
    progress_init(&progress, false);
    progress_count(&progress, "record", 2, 3);
    progress_count(&progress, "record", 3, 3); // too soon after the one before
    progress_end(&progress);
}

static void say_later(void)
{
    struct progress progress;
    progress_init(&progress, true);
    progress_count(&progress, "record", 2, 3);
}

static void say_too_much(void)
{
    struct progress progress;
    progress_init(&progress, false);
    progress_say(&progress, "twenty columns are not enough\x1b for this");
}

static void progress__counts_and_goes_away(void **state)
{
    (void)state;
    assert_shown("xterm", say_two_of_three, "\rrecord 2 of 3\033[K\r\033[K");
}

static void progress__of_what_is_quick_is_not_shown(void **state)
{
    (void)state;
    assert_shown("dumb", say_two_of_three, "");
    assert_shown("xterm", say_later, "");
}

static void progress__is_cut_to_the_terminal(void **state)
{
    (void)state;
    assert_shown("xterm", say_too_much, "\rtwenty columns are \033[K");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress__counts_and_goes_away),
        cmocka_unit_test(progress__of_what_is_quick_is_not_shown),
        cmocka_unit_test(progress__is_cut_to_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
