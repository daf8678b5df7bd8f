// A draft: a charter that is not in force yet, in a file.
#ifndef CONCLAVE_ADMIN_CLI_DRAFT_H
#define CONCLAVE_ADMIN_CLI_DRAFT_H

#include "admin-cli/inquiry.h"
#include "admin-cli/scribe.h"

struct draft {
    struct charter *charter;
    struct bytes text;
    struct bytes words; // what it changes and does, as its approvers will see it
};

// Ends with draft_clear in any case.
void draft_init(struct draft *draft);
void draft_clear(struct draft *draft);

// Each: STATUS_DONE, or the exit status after having said why.
int draft_read(struct draft *draft, const char *path);
// The same from text that is there.
int draft_take(struct draft *draft, const char *name);
// Whether it follows the charter in force.
int draft_check(const struct draft *draft, const struct house *house);
// Checks that, and renders it over the charter in force.
int draft_render(struct draft *draft, const struct house *house);
// Prints the words, whose possession has to be proven, and its hash: text, or JSON.
int draft_print(const struct cli *cli, const struct draft *draft, const struct house *house);

// A person or service whose key is not at its place in the charter in force, and must be proven.
struct draft_proof {
    const char *name;
    const struct key *key;
};
enum { DRAFT_PROOFS = LIMIT_ADMINISTRATORS + LIMIT_REQUESTERS };
// How many there are; fills them in. Borrowed from the draft.
size_t draft_proofs(const struct draft *draft, const struct charter *now,
    struct draft_proof proofs[DRAFT_PROOFS]);

// The parts of draft_print, for whoever prints more with them.
void draft_print_text(const struct draft *draft, const struct house *house);
void draft_scribe(struct scribe *scribe, const struct draft *draft, const struct house *house);

#endif
