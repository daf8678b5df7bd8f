// What a gate and a ledger say to the keeper of a house (keeper_house.h), step by step.
#ifndef CONCLAVE_TESTS_UNIT_KEEPER_PLAY_H
#define CONCLAVE_TESTS_UNIT_KEEPER_PLAY_H

#include "tests/unit/keeper_house.h"

// ---- requests ----
struct play {
    struct request request;
    struct bytes text, payload;
    struct hash id;
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t signature_size;
    struct opened opened; // the newest opening; of play_live that one
    uint64_t rendering;   // by which play_live opens it; 0: this version's
    struct place place;
};
// A request for one item, signed by `by`, with an expiry of a day; a motion of time or keys when
// `payload` is empty: of the time now, or for one key.
struct play play_new(struct keeper_house *house, const struct person *by, const char *role,
    uint64_t version, struct span payload);
void play_clear(struct play *play);
// Adds an item over a payload that the request names already, and signs it anew.
void play_adds(struct play *play, const struct person *by, const char *role, uint64_t version,
    const struct hash *payload);
// Opened in the log, to be replayed at the next start, whatever the keeper would have said: over
// the charter and the state in force.
void play_live(struct keeper_house *house, struct play *play);
// A decision by `person` in the log, to be replayed too.
void play_decides(
    struct keeper_house *house, const struct play *play, size_t person, enum decision decision);

// ---- the gate; each answers the ask's id ----
uint64_t gate_says(struct keeper_house *house, struct message *ask);
uint64_t gate_submits(struct keeper_house *house, const struct play *play);
uint64_t gate_decides(
    struct keeper_house *house, const struct play *play, size_t person, enum decision decision);
uint64_t gate_withdraws(
    struct keeper_house *house, const struct play *play, const struct person *by);
// A freeze by this person; its id to `freeze_id`.
uint64_t gate_freezes(struct keeper_house *house, size_t person, uint64_t number,
    const struct freeze_of *of, struct hash *freeze_id);
struct place gate_is_accepted(
    struct keeper_house *house, uint64_t id, const struct hash *request, enum fate fate);
// Refused by this rule, with `words` in the sentence; `known`: it became a record.
void gate_is_refused(
    struct keeper_house *house, uint64_t id, const char *rule, const char *words, bool known);
void gate_hears_moved(struct keeper_house *house, const struct hash *request);

// ---- the ledger ----
// Takes a record of this kind, and says that it is durable. `copy` (NULL: not wanted) has its text.
struct place ledger_stores(
    struct keeper_house *house, enum record_kind kind, struct bytes *copy);
// The opened record of a play.
void ledger_opens(struct keeper_house *house, struct play *play);
// The whole way of a request that is taken: submitted, opened, accepted.
void house_opens(struct keeper_house *house, struct play *play);
// Takes the decision of a play.
void house_decides(
    struct keeper_house *house, const struct play *play, size_t person, enum decision decision);
// Takes an order; its id. `order` may be NULL.
uint64_t ledger_takes_order(struct keeper_house *house, struct order *order);
// Takes a freeze in an order's place.
uint64_t ledger_takes_freeze(struct keeper_house *house, struct frozen *frozen);
void ledger_refuses(struct keeper_house *house, uint64_t id, const char *rule);
// Says that it was signed: `house->state` is what was sealed, `done` (NULL: signatures) what was
// carried out; with the charter's text when `charter`.
struct place ledger_signs(struct keeper_house *house, uint64_t id, const struct hash *request,
    const char *done, uint64_t missing, bool charter);

#endif
