#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/scene.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, NAP_MS = 5 };

static void place(const int given[3])
{
    int aside[3];
    for (int i = 0; i < 3; i++)
        aside[i] = given[i] < 0 ? -1 : fcntl(given[i], F_DUPFD, SCENE_FAR);
    for (int i = 0; i < 3; i++) {
        if (aside[i] >= 0)
            dup2(aside[i], ROOM_CONTROL + i);
        else
            close(ROOM_CONTROL + i);
    }
    close(ROOM_RESOURCE);
}

_Noreturn void scene_be_room(const int given[3], play *act)
{
    static struct room room;
    static struct room_config config;
    unsigned channels =
        (given[1] >= 0 ? ROOM_HAS_UP : 0u) | (given[2] >= 0 ? ROOM_HAS_DOWN : 0u);
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDERR_FILENO);
    place(given);
    room_enter(&room, "test", channels, &config);
    _exit(act(&room, &config));
}

void scene_set_up(struct scene *set, play *act)
{
    int pairs[3][2], given[3];
    struct channel *const ends[3] = {&set->control, &set->up, &set->down};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs[i]), 0);
        given[i] = pairs[i][1];
    }
    set->room = fork();
    assert_true(set->room >= 0);
    if (set->room == 0)
        scene_be_room(given, act);
    for (int i = 0; i < 3; i++) {
        close(pairs[i][1]);
        assert_int_equal(channel_init(ends[i], pairs[i][0]), OK);
    }
}

void scene_say(struct channel *channel, const struct message *message)
{
    assert_int_equal(channel_put(channel, message), OK);
    assert_int_equal(channel_flush(channel), OK);
}

void scene_say_kind(struct channel *channel, enum message_kind kind, uint64_t id)
{
    const struct message message = {.kind = kind, .id = id};
    scene_say(channel, &message);
}

void scene_say_config(struct scene *set)
{
    struct message config = {.kind = ROOM_CONFIG};
    config.config.stage = STAGE_SERVING;
    config.config.folder = span_text("/folder");
    config.config.module = span_text("/module");
    config.config.token = span_text("token");
    config.config.programs = span_text("program: a\nprogram: b\n");
    scene_say(&set->control, &config);
}

void scene_start(struct scene *set, play *act)
{
    scene_set_up(set, act);
    scene_say_config(set);
}

void scene_hear(struct channel *channel, struct message *message)
{
    for (;;) {
        enum err err = channel_take(channel, message);
        if (err == OK)
            return;
        assert_int_equal(err, ERR_AGAIN);
        struct pollfd ready = {.fd = channel->fd, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
        assert_int_equal(channel_fill(channel), OK);
    }
}

void scene_hear_kind(struct channel *channel, enum message_kind kind, uint64_t id)
{
    struct message message;
    scene_hear(channel, &message);
    assert_int_equal(message.kind, kind);
    assert_int_equal(message.id, id);
}

static int await_end(pid_t room)
{
    int status;
    for (int waited = 0; waited < PATIENCE_MS; waited += NAP_MS) {
        if (waitpid(room, &status, WNOHANG) == room)
            return status;
        usleep(NAP_MS * 1000);
    }
    kill(room, SIGKILL);
    fail_msg("the room did not end");
    return -1;
}

int scene_end(struct scene *set)
{
    int status = await_end(set->room);
    channel_close(&set->control);
    channel_close(&set->up);
    channel_close(&set->down);
    return WIFSIGNALED(status) ? SCENE_KILLED + WTERMSIG(status) : WEXITSTATUS(status);
}
