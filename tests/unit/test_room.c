#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/scene.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int nothing(struct room *room, struct room_config *config)
{
    (void)room;
    (void)config;
    return 0;
}

static void room__halts_without_its_descriptors(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    struct scene set = {.control = {.fd = -1, .descriptor = -1},
        .up = {.fd = -1, .descriptor = -1},
        .down = {.fd = -1, .descriptor = -1}};
    set.room = fork();
    if (set.room == 0) {
        const int none[3] = {-1, pair[1], -1};
        scene_be_room(none, nothing);
    }
    assert_int_equal(scene_end(&set), EXIT_HALT);
    close(pair[0]);
    close(pair[1]);
}

static void room__halts_without_a_configuration(void **state)
{
    (void)state;
    struct scene set;
    scene_set_up(&set, nothing);
    scene_say_kind(&set.control, ROOM_READY, 0);
    assert_int_equal(scene_end(&set), EXIT_NEIGHBOUR);

    scene_set_up(&set, nothing);
    channel_close(&set.control);
    assert_int_equal(scene_end(&set), EXIT_NEIGHBOUR);

    scene_set_up(&set, nothing);
    assert_int_equal(write(set.control.fd, "\0\0\0\x01x", 5), 5);
    assert_int_equal(scene_end(&set), EXIT_NEIGHBOUR);
}

static void room__halts_on_a_path_with_an_end_inside(void **state)
{
    (void)state;
    struct scene set;
    struct message config = {.kind = ROOM_CONFIG};
    config.config.stage = STAGE_SERVING;
    config.config.folder = span_of("/a\0b", 4);
    scene_set_up(&set, nothing);
    scene_say(&set.control, &config);
    assert_int_equal(scene_end(&set), EXIT_NEIGHBOUR);
}

static int check_longest(struct room *room, struct room_config *config)
{
    (void)room;
    return strlen(config->folder) == CONFIG_PATH_MOST &&
                   strlen(config->module) == CONFIG_PATH_MOST &&
                   strlen(config->token) == CONFIG_LABEL_MOST &&
                   strlen(config->programs) == CONFIG_PROGRAMS_MOST
               ? 0
               : 100;
}

static void room__r20_keeps_the_longest_configuration(void **state)
{
    (void)state;
    static uint8_t text[CONFIG_PATH_MOST];
    struct message config = {.kind = ROOM_CONFIG};
    struct scene set;
    memset(text, 'x', sizeof text);
    config.config.stage = STAGE_SERVING;
    config.config.folder = span_of(text, CONFIG_PATH_MOST);
    config.config.module = span_of(text, CONFIG_PATH_MOST);
    config.config.token = span_of(text, CONFIG_LABEL_MOST);
    config.config.programs = span_of(text, CONFIG_PROGRAMS_MOST);
    scene_set_up(&set, check_longest);
    scene_say(&set.control, &config);
    assert_int_equal(scene_end(&set), 0);
}

static int check_ritual(struct room *room, struct room_config *config)
{
    struct rlimit core;
    struct sigaction pipe_action, interrupt;
    int death = 0;
    char name[16] = "";
    prctl(PR_GET_PDEATHSIG, &death);
    getrlimit(RLIMIT_CORE, &core);
    sigaction(SIGPIPE, NULL, &pipe_action);
    sigaction(SIGINT, NULL, &interrupt);
    const bool good[] = {
        prctl(PR_GET_DUMPABLE) == 0,
        prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
        death == SIGKILL,
        core.rlim_max == 0,
        pipe_action.sa_handler == SIG_IGN,
        interrupt.sa_handler == SIG_IGN,
        fcntl(SCENE_FAR, F_GETFD) < 0 && errno == EBADF,
        fcntl(ROOM_RESOURCE + 1, F_GETFD) < 0,
        config->stage == STAGE_SERVING,
        strcmp(config->folder, "/folder") == 0,
        strcmp(config->module, "/module") == 0,
        strcmp(config->token, "token") == 0,
        strcmp(config->programs, "program: a\nprogram: b\n") == 0,
        prctl(PR_GET_NAME, name) == 0 && strcmp(name, "conclave-test") == 0,
        strcmp(room->name, "test") == 0,
        room->up.fd == ROOM_UP && room->down.fd == ROOM_DOWN,
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!good[i])
            return 100 + (int)i;
    room_ready(room);
    return 0;
}

static void room__r18_gives_up_what_it_does_not_need(void **state)
{
    (void)state;
    struct scene set;
    scene_start(&set, check_ritual);
    scene_hear_kind(&set.control, ROOM_READY, 0);
    assert_int_equal(scene_end(&set), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(room__halts_without_its_descriptors),
        cmocka_unit_test(room__halts_without_a_configuration),
        cmocka_unit_test(room__halts_on_a_path_with_an_end_inside),
        cmocka_unit_test(room__r20_keeps_the_longest_configuration),
        cmocka_unit_test(room__r18_gives_up_what_it_does_not_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
