// A world in which one order is good, made anew for every case, and one hook to bend it.
#ifndef CONCLAVE_TESTS_UNIT_ORDER_WORLD_H
#define CONCLAVE_TESTS_UNIT_ORDER_WORLD_H

#include "hsm/judge.h"
#include "tests/unit/person.h"

enum { ALICE, BOB, CAROL, PEOPLE };
enum { LEAVES = 9, OPENED_AT = 4, DAY = 24 * 3600, MANY_KEYS = LIMIT_SIGNATURES + 1 };
#define NOW ((moment)1800000000)

// Where a bend is made: before the text of that name is written and signed; last, in the message;
// and in what the vault holds.
enum step { STEP_CHARTER, STEP_REQUEST, STEP_OPENED, STEP_ORDER, STEP_ASK, STEP_VAULT };

struct world {
    struct person people[PEOPLE];
    struct person desk; // the requester
    struct person stranger;
    struct key role_key;
    struct charter charter;
    struct keyring keyring;
    struct state state;
    struct merkle_edge durable;
    struct message ask;
    // What it is about: metadata, or a motion that a test has chosen before world_build; and whose
    // it is, when not the desk's.
    enum motion motion;
    const struct person *asker;
    struct keys_motion keys;
    struct time_motion time;
    struct lift_motion lift;
    struct span evidence[2];
    size_t evidence_count;
    struct bytes text; // of the motion
    char payload[512];
    moment payload_expires;
    uint64_t payload_version;
    struct request request;
    struct opened opened;
    struct order order;
    struct bytes request_text, opened_text, order_text, statement;
    uint8_t signatures[LIMIT_ADMINISTRATORS][KEY_SIGNATURE_MOST];
    struct comebacks comebacks;
    struct judgement judged;
    void (*bend)(struct world *world, enum step step);
};

// Test programs set up and tear down with these; the world is the state.
int world_set_up(void **state);
int world_tear_down(void **state);
// Makes everything anew, and bends it at every step.
void world_build(struct world *world);
// Writes the payload of a type with the world's version and expiry.
void world_write_payload(struct world *world, const char *type);
// Puts an approval (or a rejection) by `person` at a place of the message.
void world_approve(
    struct world *world, size_t at, const struct person *person, enum decision decision);

// A key of the role with a custodian, with a pair in the vault; returns its id.
struct hash world_add_key(struct world *world, unsigned number, size_t custodian);
// The bent order is good all the same.
void taken(struct world *world, void (*bending)(struct world *world, enum step step));

// Whether the row alone stands in the way, or other rows would stumble too.
enum alone { ALONE, NOT_ALONE };
// Bends the good order and expects that the row of that name refuses it, and no row before it; and
// that the table without the row takes it (ALONE), or says something else.
void refused_by(struct world *world, const char *name,
    void (*bending)(struct world *world, enum step step), enum alone alone);
// The same where the rule is not the row's, but its own.
void refused_with(struct world *world, const char *name, const char *rule,
    void (*bending)(struct world *world, enum step step), enum alone alone);

#endif
