// The process in a struct house: starting it as conclaved does, talking with it, its end.
#include "tests/unit/vault_house.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

extern char **environ;

// Descriptors of the test itself lie above those that the program is started with.
enum { FIRST_OF_OURS = 32 };

static int move_up(int fd)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OF_OURS);
    assert_true(moved >= FIRST_OF_OURS);
    close(fd);
    return moved;
}

static void pair(int ends[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ends[0] = move_up(ends[0]);
    ends[1] = move_up(ends[1]);
}

static int pin_end(const char *pin)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    ends[0] = move_up(ends[0]);
    assert_int_equal(write(ends[1], pin, strlen(pin)), (ssize_t)strlen(pin));
    close(ends[1]);
    return ends[0];
}

static void spawn(struct house *house, int control, int up, int pin)
{
    char name[] = "conclave-vault";
    char *const argv[] = {name, NULL};
    int clock = fcntl(house->clock, F_DUPFD_CLOEXEC, FIRST_OF_OURS);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // No terminal: a PIN that is not given must not be asked of whoever runs the tests.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_adddup2(&actions, control, ROOM_CONTROL);
    posix_spawn_file_actions_adddup2(&actions, up, ROOM_UP);
    if (pin >= 0)
        posix_spawn_file_actions_adddup2(&actions, pin, ROOM_RESOURCE);
    posix_spawn_file_actions_adddup2(&actions, clock, HOUSE_CLOCK_DESCRIPTOR);
    posix_spawn_file_actions_addopen(
        &actions, STDERR_FILENO, house->stderr_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(
        posix_spawn(&house->pid, house->program, &actions, &attributes, argv, environ), 0);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(clock);
}

static void send_all(struct channel *channel, const struct message *message)
{
    assert_int_equal(channel_put(channel, message), OK);
    do {
        enum err err = channel_flush(channel);
        // Whether it took it is seen in what it says, or how it ends.
        if (err != OK)
            return;
    } while (channel_wants_write(channel) && poll(NULL, 0, 1) == 0);
}

void house_start(struct house *house, enum stage stage, const char *pin)
{
    int control[2], up[2], fd = pin == NULL ? -1 : pin_end(pin);
    struct message config = {.kind = ROOM_CONFIG};
    assert_int_equal(house->pid, 0);
    snprintf(house->stderr_path, sizeof house->stderr_path, "%s/stderr", house->softhsm.folder);
    pair(control);
    pair(up);
    spawn(house, control[1], up[1], fd);
    close(control[1]);
    close(up[1]);
    if (fd >= 0)
        close(fd);
    assert_int_equal(channel_init(&house->control, control[0]), OK);
    assert_int_equal(channel_init(&house->up, up[0]), OK);
    config.config.stage = stage;
    config.config.folder = span_text(house->softhsm.tokens);
    config.config.module = span_text(house->softhsm.module);
    config.config.token = span_text(SOFTHSM_LABEL);
    send_all(&house->control, &config);
}

static void show_stderr(const struct house *house)
{
    char line[512];
    FILE *file = fopen(house->stderr_path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        print_error("    %s", line);
    if (file != NULL)
        fclose(file);
}

static int reap(struct house *house)
{
    int status = 0;
    assert_int_equal(waitpid(house->pid, &status, 0), house->pid);
    house->pid = 0;
    channel_close(&house->control);
    channel_close(&house->up);
    return status;
}

void house_stop(struct house *house)
{
    channel_close(&house->control);
    int status = reap(house);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        show_stderr(house);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

void house_kill(struct house *house)
{
    kill(house->pid, SIGKILL);
    reap(house);
}

bool house_has_said(const struct house *house, const char *sentence)
{
    static char all[64 * 1024];
    FILE *file = fopen(house->stderr_path, "r");
    size_t got = file == NULL ? 0 : fread(all, 1, sizeof all - 1, file);
    if (file != NULL)
        fclose(file);
    all[got] = '\0';
    return strstr(all, sentence) != NULL;
}

// Reads away what it still says, until it hangs up; false when it does not.
static bool hangs_up(struct house *house)
{
    struct pollfd end = {.fd = house->up.fd, .events = POLLIN};
    for (;;) {
        if (poll(&end, 1, HOUSE_WAIT_MS) != 1)
            return false;
        if (channel_fill(&house->up) != OK)
            return true;
    }
}

void house_ends(struct house *house, int status, const char *sentence)
{
    bool ended = hangs_up(house);
    if (!ended)
        kill(house->pid, SIGKILL);
    int got = reap(house);
    bool right = ended && WIFEXITED(got) && WEXITSTATUS(got) == status &&
                 house_has_said(house, sentence);
    if (right)
        return;
    show_stderr(house);
    fail_msg("it did not end with status %d and the sentence \"%s\", but %s %d", status,
        sentence, ended ? "with" : "not at all:", WIFEXITED(got) ? WEXITSTATUS(got) : got);
}

void house_say(struct house *house, struct message *message)
{
    message->id = ++house->id;
    send_all(&house->up, message);
}

static void wait_for_more(struct house *house, enum message_kind kind)
{
    struct pollfd ready = {.fd = house->up.fd, .events = POLLIN};
    if (poll(&ready, 1, HOUSE_WAIT_MS) == 1 && channel_fill(&house->up) == OK)
        return;
    show_stderr(house);
    fail_msg("the vault said nothing where message %d was due", (int)kind);
}

void house_hear(struct house *house, enum message_kind kind)
{
    enum err err;
    while ((err = channel_take(&house->up, &house->heard)) == ERR_AGAIN)
        wait_for_more(house, kind);
    assert_int_equal(err, OK);
    if (house->heard.kind == ANSWER_REFUSED && kind != ANSWER_REFUSED)
        fail_msg("refused: %.*s", (int)house->heard.refused.sentence.size,
            (const char *)house->heard.refused.sentence.data);
    assert_int_equal(house->heard.kind, kind);
    if (kind != VAULT_SEAL)
        assert_int_equal(house->heard.id, house->id);
}

void house_hear_refusal(struct house *house, const char *rule)
{
    house_hear(house, ANSWER_REFUSED);
    if (!span_is(house->heard.refused.rule, rule))
        fail_msg("refused by %.*s: %.*s", (int)house->heard.refused.rule.size,
            (const char *)house->heard.refused.rule.data,
            (int)house->heard.refused.sentence.size,
            (const char *)house->heard.refused.sentence.data);
}

void house_say_kind(struct house *house, enum message_kind kind)
{
    struct message message = {.kind = kind};
    house_say(house, &message);
}

void house_say_durable(struct house *house, uint64_t size)
{
    struct message message = {.kind = VAULT_DURABLE};
    message.durable.size = size;
    house_say(house, &message);
}

void house_say_text(struct house *house, enum message_kind kind, struct span text)
{
    struct message message = {.kind = kind};
    message.replay.text = text;
    house_say(house, &message);
}
