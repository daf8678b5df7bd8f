// Starting rooms: what each is given, and the lines that join neighbours. Part of the parent.
#ifndef CONCLAVE_SIGNER_START_H
#define CONCLAVE_SIGNER_START_H

#include "signer/parent.h"

// Opens and hashes the programs in `rooms` and conclaved's own, and writes the lines for the start
// record. First of all. ERR_REFUSED with a sentence, ERR_MEMORY.
enum err must_check start_open_programs(struct parent *parent, struct refusal *why);
void start_close_programs(struct parent *parent);
// Starts one room. Its up is one end of a new line (the gate's is the door), its down the end that
// the room before it has left; so rooms are started in their order. ERR_SYSTEM, ERR_MEMORY, and
// what child_start says.
enum err must_check start_room(struct parent *parent, int room);
// A new gate, joined to the keeper that runs: the keeper gets its end by ROOM_GATE. ERR_REFUSED with
// a sentence when its program is not the one that was recorded, or is gone; else as start_room.
enum err must_check start_gate_again(struct parent *parent, struct refusal *why);
// Closes the end that no room will take.
void start_close_line(struct parent *parent);
// Milliseconds of the steady clock.
int64_t start_now_ms(void);

#endif
