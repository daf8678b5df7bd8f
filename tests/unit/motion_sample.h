// Motions of every kind in the house of tests/unit/motion_world.h, whose world is fresh.
#ifndef CONCLAVE_TESTS_UNIT_MOTION_SAMPLE_H
#define CONCLAVE_TESTS_UNIT_MOTION_SAMPLE_H

#include "tests/unit/motion_world.h"

// The number (tests/unit/made_up.h) of the first key that the house has not.
enum { NEW_KEY = 900 };

// Asks for this charter, which is freed.
void motion_propose(struct motion_world *world, struct charter *next);
// Dave leaves, erin comes; another key for the Director; a new role; one person less to release.
void motion_charter(struct motion_world *world);
// One approval more to change the charter, and one requester less.
void motion_small_charter(struct motion_world *world);
// Two keys made, a spare one and carol's retired, one destroyed.
void motion_keys(struct motion_world *world);
// The statement of an administrator who freezes image/targets, and its lift.
struct freeze motion_freeze(struct motion_world *world, const struct hash *administrator);
void motion_lift(struct motion_world *world, const struct freeze *freeze);
void motion_lift_of_role(struct motion_world *world);
void motion_lift_of_request(struct motion_world *world);
// A time statement, and the one before it.
void motion_state_time(struct motion_world *world, moment stated, moment last);
void motion_time_forwards(struct motion_world *world);
void motion_time_back(struct motion_world *world);
// The first mandate of image/targets; and one that follows it, with other lines.
void motion_mandate(struct motion_world *world);
void motion_mandate_next(struct motion_world *world);
// The first two roots of tests/vectors/past.
void motion_import(struct motion_world *world);

// All of them, by the name under which tests/vectors/rendering has their words.
enum { MOTION_SAMPLES = 10 };
struct motion_sample {
    const char *file;
    const char *decides;
    void (*make)(struct motion_world *world);
};
extern const struct motion_sample motion_samples[MOTION_SAMPLES];

#endif
