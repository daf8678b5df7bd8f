// The moment at which a room says ready: its sandbox is closed, and an intruder would begin.
#include "signer/corridor/room.h"
#include "tests/flow/hostile.h"

void __real_room_ready(struct room *room);
void __wrap_room_ready(struct room *room);

void __wrap_room_ready(struct room *room)
{
    hostile_try();
    __real_room_ready(room);
}
