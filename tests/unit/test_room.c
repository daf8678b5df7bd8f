// Each room here is a process of its own; the test plays conclaved and both neighbours.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/corridor/descriptor.h"
#include "signer/corridor/room.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, FAR = 40, KILLED = 1000 };

// The test's ends, and the room.
struct stage_set {
    struct channel control;
    struct channel up;
    struct channel down;
    pid_t room;
};

typedef int play(struct room *room, struct room_config *config);

static void place(const int given[3])
{
    int aside[3];
    for (int i = 0; i < 3; i++)
        aside[i] = given[i] < 0 ? -1 : fcntl(given[i], F_DUPFD, FAR);
    for (int i = 0; i < 3; i++) {
        if (aside[i] >= 0)
            dup2(aside[i], ROOM_CONTROL + i);
        else
            close(ROOM_CONTROL + i);
    }
    close(ROOM_RESOURCE);
}

static _Noreturn void be_room(const int given[3], play *act)
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

// A room with control, up and down, that has not been told its configuration yet.
static void set_stage(struct stage_set *set, play *act)
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
        be_room(given, act);
    for (int i = 0; i < 3; i++) {
        close(pairs[i][1]);
        assert_int_equal(channel_init(ends[i], pairs[i][0]), OK);
    }
}

static void say(struct channel *channel, const struct message *message)
{
    assert_int_equal(channel_put(channel, message), OK);
    assert_int_equal(channel_flush(channel), OK);
}

static void say_kind(struct channel *channel, enum message_kind kind, uint64_t id)
{
    const struct message message = {.kind = kind, .id = id};
    say(channel, &message);
}

static void say_config(struct stage_set *set)
{
    struct message config = {.kind = ROOM_CONFIG};
    config.config.stage = STAGE_SERVING;
    config.config.folder = span_text("/folder");
    config.config.module = span_text("/module");
    config.config.token = span_text("token");
    say(&set->control, &config);
}

static void start(struct stage_set *set, play *act)
{
    set_stage(set, act);
    say_config(set);
}

static void hear(struct channel *channel, struct message *message)
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

static void hear_kind(struct channel *channel, enum message_kind kind, uint64_t id)
{
    struct message message;
    hear(channel, &message);
    assert_int_equal(message.kind, kind);
    assert_int_equal(message.id, id);
}

// Exit status of the room, or KILLED + signal.
static int end(struct stage_set *set)
{
    int status;
    for (int waited = 0; waitpid(set->room, &status, WNOHANG) == 0; waited += 5) {
        if (waited > PATIENCE_MS) {
            kill(set->room, SIGKILL);
            fail_msg("the room did not end");
        }
        usleep(5000);
    }
    channel_close(&set->control);
    channel_close(&set->up);
    channel_close(&set->down);
    return WIFSIGNALED(status) ? KILLED + WTERMSIG(status) : WEXITSTATUS(status);
}

// ---- the ritual ----

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
    struct stage_set set = {.control = {.fd = -1, .descriptor = -1},
        .up = {.fd = -1, .descriptor = -1},
        .down = {.fd = -1, .descriptor = -1}};
    set.room = fork();
    if (set.room == 0) {
        const int none[3] = {-1, pair[1], -1};
        be_room(none, nothing);
    }
    assert_int_equal(end(&set), EXIT_HALT);
    close(pair[0]);
    close(pair[1]);
}

static void room__halts_without_a_configuration(void **state)
{
    (void)state;
    struct stage_set set;
    set_stage(&set, nothing);
    say_kind(&set.control, ROOM_READY, 0);
    assert_int_equal(end(&set), EXIT_NEIGHBOUR);

    set_stage(&set, nothing);
    channel_close(&set.control);
    assert_int_equal(end(&set), EXIT_NEIGHBOUR);

    set_stage(&set, nothing);
    assert_int_equal(write(set.control.fd, "\0\0\0\x01x", 5), 5);
    assert_int_equal(end(&set), EXIT_NEIGHBOUR);
}

static void room__halts_on_a_path_with_an_end_inside(void **state)
{
    (void)state;
    struct stage_set set;
    struct message config = {.kind = ROOM_CONFIG};
    config.config.stage = STAGE_SERVING;
    config.config.folder = span_of("/a\0b", 4);
    set_stage(&set, nothing);
    say(&set.control, &config);
    assert_int_equal(end(&set), EXIT_NEIGHBOUR);
}

static int check_ritual(struct room *room, struct room_config *config)
{
    struct rlimit core;
    struct sigaction pipe_action, interrupt;
    int death = 0;
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
        fcntl(FAR, F_GETFD) < 0 && errno == EBADF,
        fcntl(ROOM_RESOURCE + 1, F_GETFD) < 0,
        config->stage == STAGE_SERVING,
        strcmp(config->folder, "/folder") == 0,
        strcmp(config->module, "/module") == 0,
        strcmp(config->token, "token") == 0,
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
    struct stage_set set;
    start(&set, check_ritual);
    struct message message;
    struct pollfd ready = {.fd = set.control.fd, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
    assert_int_equal(channel_fill(&set.control), OK);
    assert_int_equal(channel_take(&set.control, &message), OK);
    assert_int_equal(message.kind, ROOM_READY);
    assert_int_equal(end(&set), 0);
}

// ---- the loop ----

// Passes on what comes, downwards and upwards; ids are orders to misbehave.
enum { ID_HALT = 900, ID_REFUSE, ID_TURNED = 950 };

struct player {
    struct room *room;
    int turns;
};

static enum err act_on(uint64_t id)
{
    return id == ID_HALT ? ERR_HALT : id == ID_REFUSE ? ERR_SIGNATURE : OK;
}

static enum err down_from_up(void *context, const struct message *message)
{
    struct player *player = context;
    enum err err = act_on(message->id);
    return err != OK ? err : channel_put(&player->room->down, message);
}

static enum err up_from_down(void *context, const struct message *message)
{
    struct player *player = context;
    enum err err = act_on(message->id);
    return err != OK ? err : channel_put(&player->room->up, message);
}

static enum err lost(void *context, enum err why)
{
    struct player *player = context;
    const struct message note = {.kind = DONE_FOUND, .id = why};
    return channel_put(&player->room->down, &note);
}

static int count_turn(void *context)
{
    struct player *player = context;
    const struct message note = {
        .kind = DONE_FOUND, .id = ID_TURNED + (uint64_t)player->room->stopping};
    player->turns++;
    if ((player->turns == 3 || player->room->stopping) &&
        channel_put(&player->room->down, &note) != OK)
        _exit(1);
    return 10;
}

static int run(struct room *room, struct room_config *config)
{
    (void)config;
    struct player player = {.room = room};
    const struct room_loop loop = {
        .context = &player, .from_up = down_from_up, .from_down = up_from_down};
    return room_run(room, &loop);
}

static int run_keeper(struct room *room, struct room_config *config)
{
    (void)config;
    struct player player = {.room = room};
    const struct room_loop loop = {.context = &player,
        .from_up = down_from_up,
        .from_down = up_from_down,
        .up_lost = lost};
    return room_run(room, &loop);
}

static int run_turns(struct room *room, struct room_config *config)
{
    (void)config;
    struct player player = {.room = room};
    const struct room_loop loop = {.context = &player,
        .from_up = down_from_up,
        .from_down = up_from_down,
        .turn = count_turn};
    return room_run(room, &loop);
}

static void assert_passes(struct stage_set *set)
{
    say_kind(&set->up, ASK_STATUS, 1);
    hear_kind(&set->down, ASK_STATUS, 1);
    say_kind(&set->down, LIVE_END, 2);
    hear_kind(&set->up, LIVE_END, 2);
}

static void room__ends_when_a_neighbour_is_malformed(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++) {
        struct stage_set set;
        start(&set, run);
        assert_passes(&set);
        struct channel *bad = side == 0 ? &set.up : &set.down;
        assert_int_equal(write(bad->fd, "\0\0\0\x01x", 5), 5);
        assert_int_equal(end(&set), EXIT_NEIGHBOUR);
    }
}

static void room__ends_when_a_handler_says_so(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++)
        for (uint64_t id = ID_HALT; id <= ID_REFUSE; id++) {
            struct stage_set set;
            start(&set, run);
            say_kind(side == 0 ? &set.up : &set.down, LIVE_END, id);
            assert_int_equal(end(&set), id == ID_HALT ? EXIT_HALT : EXIT_NEIGHBOUR);
        }
}

static void room__ends_when_a_neighbour_is_gone(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++) {
        struct stage_set set;
        start(&set, run);
        assert_passes(&set);
        channel_close(side == 0 ? &set.up : &set.down);
        assert_int_equal(end(&set), EXIT_NEIGHBOUR);
    }
}

static void room__ends_well_when_the_house_stops(void **state)
{
    (void)state;
    struct stage_set set;
    start(&set, run);
    assert_passes(&set);
    channel_close(&set.control);
    assert_int_equal(end(&set), 0);
    // A neighbour that stopped first is no failure.
    start(&set, run);
    assert_passes(&set);
    channel_close(&set.up);
    usleep(50000);
    channel_close(&set.control);
    assert_int_equal(end(&set), 0);
}

static void room__ends_well_on_sigterm_and_not_on_sigint(void **state)
{
    (void)state;
    struct stage_set set;
    start(&set, run);
    assert_passes(&set);
    kill(set.room, SIGINT);
    assert_passes(&set);
    kill(set.room, SIGTERM);
    assert_int_equal(end(&set), 0);
}

static void room__ends_when_conclaved_says_what_it_never_says(void **state)
{
    (void)state;
    static const enum message_kind kinds[] = {ROOM_CONFIG, ROOM_GATE, ASK_STATUS};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct stage_set set;
        struct message message = {.kind = kinds[i]};
        if (kinds[i] == ROOM_CONFIG)
            message.config.stage = STAGE_SERVING;
        start(&set, i == 1 ? run_keeper : run); // the keeper's gate without a descriptor
        say(&set.control, &message);
        assert_int_equal(end(&set), EXIT_NEIGHBOUR);
    }
}

static void room__takes_turns_in_time_and_one_last(void **state)
{
    (void)state;
    struct stage_set set;
    start(&set, run_turns);
    hear_kind(&set.down, DONE_FOUND, ID_TURNED);
    channel_close(&set.control);
    hear_kind(&set.down, DONE_FOUND, ID_TURNED + 1);
    assert_int_equal(end(&set), 0);
}

// ---- the keeper's gate ----

static void hand_gate(struct stage_set *set, uint64_t id)
{
    int pair[2];
    struct bytes frame;
    const struct message gate = {.kind = ROOM_GATE, .id = id};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    bytes_init(&frame, 64);
    codec_encode(&gate, &frame);
    assert_int_equal(descriptor_send(set->control.fd, bytes_span(&frame), pair[1]), OK);
    bytes_clear(&frame);
    close(pair[1]);
    channel_close(&set->up);
    assert_int_equal(channel_init(&set->up, pair[0]), OK);
}

static void room__asks_for_a_new_gate_and_takes_it(void **state)
{
    (void)state;
    struct stage_set set;
    start(&set, run_keeper);
    assert_passes(&set);
    for (uint64_t gate = 1; gate < 4; gate++) {
        enum err why = gate == 1 ? ERR_CLOSED : gate == 2 ? ERR_FORM : ERR_SIGNATURE;
        if (why == ERR_CLOSED)
            channel_close(&set.up);
        else if (why == ERR_FORM)
            assert_int_equal(write(set.up.fd, "\xff\xff\xff\xff", 4), 4);
        else
            say_kind(&set.up, ASK_STATUS, ID_REFUSE);
        hear_kind(&set.down, DONE_FOUND, why);
        hear_kind(&set.control, ROOM_REPLACE, gate);
        hand_gate(&set, gate + 1);
        assert_passes(&set);
    }
    channel_close(&set.control);
    assert_int_equal(end(&set), 0);
}

static void room__takes_a_new_gate_before_it_missed_the_old_one(void **state)
{
    (void)state;
    struct stage_set set;
    start(&set, run_keeper);
    assert_passes(&set);
    struct channel old = set.up;
    set.up.fd = -1;
    bytes_init(&set.up.in, CHANNEL_MOST);
    bytes_init(&set.up.out, CHANNEL_MOST);
    hand_gate(&set, 2);
    hear_kind(&set.down, DONE_FOUND, ERR_CLOSED);
    assert_passes(&set);
    channel_close(&old);
    assert_passes(&set);
    // It asked for nothing.
    assert_int_equal(channel_fill(&set.control), ERR_AGAIN);
    channel_close(&set.control);
    assert_int_equal(end(&set), 0);
}

static void room__halts_when_a_handler_halts_for_what_the_gate_said(void **state)
{
    (void)state;
    struct stage_set set;
    start(&set, run_keeper);
    say_kind(&set.up, ASK_STATUS, ID_HALT);
    assert_int_equal(end(&set), EXIT_HALT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(room__halts_without_its_descriptors),
        cmocka_unit_test(room__halts_without_a_configuration),
        cmocka_unit_test(room__halts_on_a_path_with_an_end_inside),
        cmocka_unit_test(room__r18_gives_up_what_it_does_not_need),
        cmocka_unit_test(room__ends_when_a_neighbour_is_malformed),
        cmocka_unit_test(room__ends_when_a_handler_says_so),
        cmocka_unit_test(room__ends_when_a_neighbour_is_gone),
        cmocka_unit_test(room__ends_well_when_the_house_stops),
        cmocka_unit_test(room__ends_well_on_sigterm_and_not_on_sigint),
        cmocka_unit_test(room__ends_when_conclaved_says_what_it_never_says),
        cmocka_unit_test(room__takes_turns_in_time_and_one_last),
        cmocka_unit_test(room__asks_for_a_new_gate_and_takes_it),
        cmocka_unit_test(room__takes_a_new_gate_before_it_missed_the_old_one),
        cmocka_unit_test(room__halts_when_a_handler_halts_for_what_the_gate_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
