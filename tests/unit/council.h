// A council for tests: a charter in force, a state, and a motion that is put to govern_judge.
#ifndef CONCLAVE_TESTS_UNIT_COUNCIL_H
#define CONCLAVE_TESTS_UNIT_COUNCIL_H

#include "policy/govern.h"
#include "tests/unit/person.h"

struct council {
    struct charter *charter; // tests/unit/charter_house.h, as it is read
    struct state *state;     // of epoch 1, sealed at COUNCIL_TIME
    moment now;              // COUNCIL_TIME
    struct item item;
    struct bytes payload;
    struct bytes files[LIMIT_ITEMS];
    size_t file_count;
    struct govern *govern;
    struct refusal refusal;
};
enum { COUNCIL_TIME = 1795000000, COUNCIL_ORDER = 1840 };

struct council *council_new(void);
void council_free(struct council *council);

// What is asked for: a motion whose text is `text`, which is cleared; without evidence.
void council_asks(
    struct council *council, enum motion motion, uint64_t version, struct bytes *text);
void council_shows(struct council *council, struct span file); // one more file of evidence
enum err council_judges(struct council *council);
// It is refused under `rule`, with words that hold `sentence`.
void council_refuses(struct council *council, const char *rule, const char *sentence);
// It is taken, and who decides is `decides`, or "charter" when that is NULL.
void council_takes(struct council *council, const char *decides);
// It is taken and carried out by the order COUNCIL_ORDER.
void council_does(struct council *council, const struct key *made);

// The next charter as nobody changed it yet; the caller's.
struct charter *council_draft(const struct council *council);
// Asks for it; frees it.
void council_proposes(struct council *council, struct charter *draft);
// The proof that the person holds a key that the text of a charter names.
void council_proves(
    struct proofs *proofs, const struct council *council, const struct person *person);
// Shows the proofs, in their order.
void council_shows_proofs(struct council *council, struct proofs *proofs);

// A hash that stands for something.
struct hash council_hash(unsigned number);
// Keys in the token beside the charter's, made_up_key(number).
void council_has_key(struct council *council, const char *role, unsigned number, bool retired);

#endif
