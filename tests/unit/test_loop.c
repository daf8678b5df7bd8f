#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/corridor/descriptor.h"
#include "tests/unit/scene.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

// Passes on what comes, downwards and upwards; ids are orders to misbehave.
enum { ID_HALT = 900, ID_REFUSE, ID_LAST = 940, ID_TURNED = 950 };

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

// Ends by itself once its word has come back, as the keeper does that records its stop.
static enum err send_last_word(void *context, const struct message *message)
{
    struct player *player = context;
    const struct message word = {.kind = DONE_FOUND, .id = ID_LAST};
    return message->kind == ROOM_STOP ? channel_put(&player->room->down, &word) : ERR_FORM;
}

static enum err up_until_last_word(void *context, const struct message *message)
{
    struct player *player = context;
    player->room->stopping = message->id == ID_LAST;
    return channel_put(&player->room->up, message);
}

static int run_until_stopped(struct room *room, struct room_config *config)
{
    (void)config;
    struct player player = {.room = room};
    const struct room_loop loop = {.context = &player,
        .from_up = down_from_up,
        .from_down = up_until_last_word,
        .from_control = send_last_word,
        .turn = count_turn,
        .up_lost = lost};
    return room_run(room, &loop);
}

static void assert_passes(struct scene *set)
{
    scene_say_kind(&set->up, ASK_STATUS, 1);
    scene_hear_kind(&set->down, ASK_STATUS, 1);
    scene_say_kind(&set->down, LIVE_END, 2);
    scene_hear_kind(&set->up, LIVE_END, 2);
}

static void loop__ends_when_a_neighbour_is_malformed(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++) {
        struct scene set;
        scene_start(&set, run);
        assert_passes(&set);
        struct channel *bad = side == 0 ? &set.up : &set.down;
        assert_int_equal(write(bad->fd, "\0\0\0\x01x", 5), 5);
        assert_int_equal(scene_end(&set), EXIT_NEIGHBOUR);
    }
}

static void loop__ends_when_a_handler_says_so(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++)
        for (uint64_t id = ID_HALT; id <= ID_REFUSE; id++) {
            struct scene set;
            scene_start(&set, run);
            scene_say_kind(side == 0 ? &set.up : &set.down, LIVE_END, id);
            assert_int_equal(scene_end(&set), id == ID_HALT ? EXIT_HALT : EXIT_NEIGHBOUR);
        }
}

static void loop__ends_when_a_neighbour_is_gone(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++) {
        struct scene set;
        scene_start(&set, run);
        assert_passes(&set);
        channel_close(side == 0 ? &set.up : &set.down);
        assert_int_equal(scene_end(&set), EXIT_NEIGHBOUR);
    }
}

static void loop__ends_well_when_the_house_stops(void **state)
{
    (void)state;
    struct scene set;
    scene_start(&set, run);
    assert_passes(&set);
    channel_close(&set.control);
    assert_int_equal(scene_end(&set), 0);
    // A neighbour that stopped first is no failure.
    scene_start(&set, run);
    assert_passes(&set);
    channel_close(&set.up);
    usleep(50000);
    channel_close(&set.control);
    assert_int_equal(scene_end(&set), 0);
}

static void loop__ends_well_on_sigterm_and_not_on_sigint(void **state)
{
    (void)state;
    struct scene set;
    scene_start(&set, run);
    assert_passes(&set);
    kill(set.room, SIGINT);
    assert_passes(&set);
    kill(set.room, SIGTERM);
    assert_int_equal(scene_end(&set), 0);
}

static void loop__ends_when_conclaved_says_what_it_never_says(void **state)
{
    (void)state;
    static const enum message_kind kinds[] = {ROOM_CONFIG, ROOM_GATE, ASK_STATUS};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct scene set;
        struct message message = {.kind = kinds[i]};
        if (kinds[i] == ROOM_CONFIG)
            message.config.stage = STAGE_SERVING;
        scene_start(&set, i == 1 ? run_keeper : run); // the keeper's gate without a descriptor
        scene_say(&set.control, &message);
        assert_int_equal(scene_end(&set), EXIT_NEIGHBOUR);
    }
}

static void loop__takes_turns_in_time_and_one_last(void **state)
{
    (void)state;
    struct scene set;
    scene_start(&set, run_turns);
    scene_hear_kind(&set.down, DONE_FOUND, ID_TURNED);
    channel_close(&set.control);
    scene_hear_kind(&set.down, DONE_FOUND, ID_TURNED + 1);
    assert_int_equal(scene_end(&set), 0);
}

static void loop__r17_ends_by_itself_when_its_last_word_is_kept(void **state)
{
    (void)state;
    struct scene set;
    scene_start(&set, run_until_stopped);
    assert_passes(&set);
    scene_hear_kind(&set.down, DONE_FOUND, ID_TURNED);
    scene_say_kind(&set.control, ROOM_STOP, 0);
    scene_hear_kind(&set.down, DONE_FOUND, ID_LAST);
    // Until then it serves.
    assert_passes(&set);
    scene_say_kind(&set.down, DONE_FOUND, ID_LAST);
    // Its last turn, its last flush, and its end.
    scene_hear_kind(&set.up, DONE_FOUND, ID_LAST);
    scene_hear_kind(&set.down, DONE_FOUND, ID_TURNED + 1);
    assert_int_equal(scene_end(&set), 0);
}

static void loop__a_neighbour_that_ends_by_itself_is_no_alarm_when_the_house_stops(void **state)
{
    (void)state;
    // As a ledger sees a keeper that has recorded its stop: the end first, then why.
    for (int wait_ms = 0; wait_ms <= 600; wait_ms += 200) {
        struct scene set;
        scene_start(&set, run_turns);
        assert_passes(&set);
        channel_close(&set.up);
        usleep((useconds_t)wait_ms * 1000);
        channel_close(&set.control);
        assert_int_equal(scene_end(&set), 0);
    }
}

static void loop__nobody_but_the_keeper_is_asked_to_record_the_stop(void **state)
{
    (void)state;
    struct scene set;
    scene_start(&set, run);
    scene_say_kind(&set.control, ROOM_STOP, 0);
    assert_int_equal(scene_end(&set), EXIT_NEIGHBOUR);
}

// ---- the keeper's gate ----

static void hand_gate(struct scene *set, uint64_t id)
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

static void loop__asks_for_a_new_gate_and_takes_it(void **state)
{
    (void)state;
    struct scene set;
    scene_start(&set, run_keeper);
    assert_passes(&set);
    for (uint64_t gate = 1; gate < 4; gate++) {
        enum err why = gate == 1 ? ERR_CLOSED : gate == 2 ? ERR_FORM : ERR_SIGNATURE;
        if (why == ERR_CLOSED)
            channel_close(&set.up);
        else if (why == ERR_FORM)
            assert_int_equal(write(set.up.fd, "\xff\xff\xff\xff", 4), 4);
        else
            scene_say_kind(&set.up, ASK_STATUS, ID_REFUSE);
        scene_hear_kind(&set.down, DONE_FOUND, why);
        scene_hear_kind(&set.control, ROOM_REPLACE, gate);
        hand_gate(&set, gate + 1);
        assert_passes(&set);
    }
    channel_close(&set.control);
    assert_int_equal(scene_end(&set), 0);
}

static void loop__takes_a_new_gate_before_it_missed_the_old_one(void **state)
{
    (void)state;
    struct scene set;
    scene_start(&set, run_keeper);
    assert_passes(&set);
    struct channel old = set.up;
    set.up.fd = -1;
    bytes_init(&set.up.in, CHANNEL_MOST);
    bytes_init(&set.up.out, CHANNEL_MOST);
    hand_gate(&set, 2);
    scene_hear_kind(&set.down, DONE_FOUND, ERR_CLOSED);
    assert_passes(&set);
    channel_close(&old);
    assert_passes(&set);
    // It asked for nothing.
    assert_int_equal(channel_fill(&set.control), ERR_AGAIN);
    channel_close(&set.control);
    assert_int_equal(scene_end(&set), 0);
}

static void loop__halts_when_a_handler_halts_for_what_the_gate_said(void **state)
{
    (void)state;
    struct scene set;
    scene_start(&set, run_keeper);
    scene_say_kind(&set.up, ASK_STATUS, ID_HALT);
    assert_int_equal(scene_end(&set), EXIT_HALT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loop__ends_when_a_neighbour_is_malformed),
        cmocka_unit_test(loop__ends_when_a_handler_says_so),
        cmocka_unit_test(loop__ends_when_a_neighbour_is_gone),
        cmocka_unit_test(loop__ends_well_when_the_house_stops),
        cmocka_unit_test(loop__ends_well_on_sigterm_and_not_on_sigint),
        cmocka_unit_test(loop__ends_when_conclaved_says_what_it_never_says),
        cmocka_unit_test(loop__takes_turns_in_time_and_one_last),
        cmocka_unit_test(loop__r17_ends_by_itself_when_its_last_word_is_kept),
        cmocka_unit_test(
            loop__a_neighbour_that_ends_by_itself_is_no_alarm_when_the_house_stops),
        cmocka_unit_test(loop__nobody_but_the_keeper_is_asked_to_record_the_stop),
        cmocka_unit_test(loop__asks_for_a_new_gate_and_takes_it),
        cmocka_unit_test(loop__takes_a_new_gate_before_it_missed_the_old_one),
        cmocka_unit_test(loop__halts_when_a_handler_halts_for_what_the_gate_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
