// A world in which one order under mandates is good, made anew for every case, and one hook to bend
// it: two vehicles' Targets of a Director, and the Timestamp of an image repository.
#ifndef CONCLAVE_TESTS_UNIT_MANDATE_WORLD_H
#define CONCLAVE_TESTS_UNIT_MANDATE_WORLD_H

#include "hsm/mandate_judge.h"
#include "tests/unit/person.h"

enum { ITEMS = 3, DAY = 24 * 3600 };
enum { OF_DIRECTOR, OF_IMAGE, MANDATES }; // in the state and in the order
#define NOW ((moment)1800000000)

// Where a bend is made: before the payloads are written, before the text of that name is written and
// signed, in the message, and in what the vault holds.
enum step { STEP_PAYLOADS, STEP_REQUEST, STEP_ORDER, STEP_ASK, STEP_VAULT };

struct mandate_world {
    struct person alice, desk, stranger;
    struct key keys[2];
    struct charter charter;
    struct keyring keyring;
    struct state state;
    struct blocks blocks;
    struct {
        const char *item, *type;
        uint64_t version;
        moment expires;
        char text[256];
    } payloads[ITEMS];
    const struct person *signer; // of the request
    struct request request;
    struct mandated mandated;
    struct bytes request_text, order_text;
    struct message ask;
    struct mandate_judgement judged;
    void (*bend)(struct mandate_world *world, enum step step);
};

typedef void bender(struct mandate_world *world, enum step step);

// Test programs set up and tear down with these; the world is the state.
int mandate_world_set_up(void **state);
int mandate_world_tear_down(void **state);
void mandate_world_build(struct mandate_world *world);

#endif
