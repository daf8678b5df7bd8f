// A house and one motion in it, to be opened and to be rendered: the charter of
// tests/unit/charter_house.h, nothing signed, frozen or made yet.
#ifndef CONCLAVE_TESTS_UNIT_MOTION_WORLD_H
#define CONCLAVE_TESTS_UNIT_MOTION_WORLD_H

#include "metadata/opening.h"
#include "metadata/render.h"

// 2026-11-20T08:00:00Z
#define MOTION_NOW INT64_C(1795161600)

enum { MOTION_EVIDENCE = 16 };

struct motion_world {
    struct charter *charter; // in force
    struct bytes charter_text;
    struct state *state;
    struct request request;
    struct bytes payload;
    struct bytes previous;
    struct bytes evidence[MOTION_EVIDENCE];
    struct opened opened;
    struct bytes rendering;
    struct refusal refusal;
};

void motion_world_init(struct motion_world *world);
void motion_world_clear(struct motion_world *world);

// The next charter of the house: what house_charter gives, epoch 2, ready to be changed.
struct charter *motion_world_next(const struct motion_world *world);

// The request asks for the payload as it is now, as the kind's `number`. Evidence stays.
void motion_world_ask(struct motion_world *world, enum motion motion, uint64_t number);
// Adds to the evidence; the bytes are owned by the world from then on.
void motion_world_show(struct motion_world *world, struct bytes evidence);

// Opens the request with opening_make.
enum err motion_world_open(struct motion_world *world);
// Renders it without judging: as opened by hand, decided by `decides`.
enum err motion_world_render(struct motion_world *world, const char *decides);
// Whether the rendering holds these words, in its rows or in its lines (tests/unit/rows.h).
bool motion_world_shows(const struct motion_world *world, const char *words);

#endif
