// A scene with one room: it is a process of its own, and the test plays conclaved and both
// neighbours. Everything here fails the test when it does not go as said.
#ifndef CONCLAVE_TESTS_UNIT_SCENE_H
#define CONCLAVE_TESTS_UNIT_SCENE_H

#include "signer/corridor/room.h"

#include <sys/types.h>

// A descriptor that the room inherits and must not keep; and what is added to a signal's number.
enum { SCENE_FAR = 40, SCENE_KILLED = 1000 };

// The test's ends, and the room.
struct scene {
    struct channel control;
    struct channel up;
    struct channel down;
    pid_t room;
};

// What the room does after its ritual; returns its exit status.
typedef int play(struct room *room, struct room_config *config);

// The child's side: control, up and down (-1: none) in their places, the ritual, and the play.
_Noreturn void scene_be_room(const int given[3], play *act);
// A room that has not been told its configuration yet.
void scene_set_up(struct scene *set, play *act);
void scene_say_config(struct scene *set);
// Both.
void scene_start(struct scene *set, play *act);
void scene_say(struct channel *channel, const struct message *message);
void scene_say_kind(struct channel *channel, enum message_kind kind, uint64_t id);
void scene_hear(struct channel *channel, struct message *message);
void scene_hear_kind(struct channel *channel, enum message_kind kind, uint64_t id);
// Waits for the room. Its exit status, or SCENE_KILLED + signal.
int scene_end(struct scene *set);

#endif
