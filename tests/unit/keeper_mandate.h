// A keeper's house (keeper_house.h) with a Director whose Targets and Snapshots mandates sign, and what a
// gate and a ledger say when they are asked for.
#ifndef CONCLAVE_TESTS_UNIT_KEEPER_MANDATE_H
#define CONCLAVE_TESTS_UNIT_KEEPER_MANDATE_H

#include "tests/unit/keeper_play.h"

// house_make, and the repository director: its root is signed, and service has a mandate for versions 3
// to 1000 of director/targets; none is in force for director/snapshot.
int house_make_mandate(void **state);
struct mandate_state *house_mandate(struct keeper_house *house);
// Its last root, as the ledger stores it.
struct span house_director_root(void);

// A request for Targets of a vehicle (director/targets@NAME), without images, for a day.
struct play play_targets(
    struct keeper_house *house, const struct person *by, const char *item, uint64_t version);

// ---- the ledger ----
// What the play's roles signed last is asked for; the id.
uint64_t ledger_is_asked(struct keeper_house *house, const struct play *play);
// The only item signed this last, with these bytes (none for version 0).
void ledger_says_last(
    struct keeper_house *house, uint64_t id, uint64_t version, struct span payload);
// The Director's root is asked for, and told: once in a run.
void ledger_gives_root(struct keeper_house *house);
// Takes the order of a play; its id.
uint64_t ledger_takes_mandated(
    struct keeper_house *house, const struct play *play, struct mandated *order);
// All of it until the order, of what signed nothing so far.
uint64_t ledger_goes_to_order(struct keeper_house *house, const struct play *play);
// Says that it was signed; with the state that the house has, or with none.
struct place ledger_signs_mandated(
    struct keeper_house *house, uint64_t id, const struct hash *request, bool with_state);
// A fate that is known already.
void ledger_says_fate(struct keeper_house *house, uint64_t id, const struct hash *request);

#endif
