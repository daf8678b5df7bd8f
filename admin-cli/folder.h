// A folder, in the sense of a file on a desk: everything that is shown of one request. It copies
// what the dossier holds, reviews the request while it is open, and prints it.
#ifndef CONCLAVE_ADMIN_CLI_FOLDER_H
#define CONCLAVE_ADMIN_CLI_FOLDER_H

#include "admin-cli/inquiry.h"
#include "client/review.h"
#include "policy/decide.h"

struct folder {
    enum fate fate;
    struct opened opened;   // the newest opening; no item when there was none
    struct request request; // what was signed under mandates, and never opened; else no item
    uint64_t index;
    struct charter *charter; // that it was opened under; of use when it was opened
    struct asking asking;    // who asked, in that charter
    struct decided decisions[LIMIT_DECISIONS];
    uint64_t decision_records[LIMIT_DECISIONS];
    size_t decision_count;
    struct vote votes[LIMIT_DECISIONS]; // the same, to be counted
    uint64_t end_index;
    struct bytes end;                  // the record that ended it
    uint64_t missing;                  // signatures that custodians may still add
    const struct freeze_state *frozen; // that stops it, in the house's state; NULL for none
    const struct freeze_state *lifts;  // that it would lift; as above
    struct review *review;             // NULL when there is nothing left to decide
};

// A folder is large and lives on the heap: NULL without memory.
struct folder *folder_new(void);
void folder_free(struct folder *folder); // takes NULL

// Copies the dossier and reviews the request while it is open, or custodians may still add
// signatures. STATUS_DONE, or the exit status after having said why.
int folder_read(struct cli *cli, struct inquiry *inquiry, struct folder *folder);
// The dossier, and the charter that the request was opened under, without a review: for how far it
// is. With `wait`, for up to `seconds` until the fate is known. As above.
int folder_glance(struct cli *cli, struct inquiry *inquiry, bool wait, unsigned seconds,
    struct folder *folder);
// How far an open request is: "image/targets 1 of 3 approvals".
void folder_count(const struct folder *folder, struct bytes *out);
// Says so of an open request that somebody wanted to be signed. STATUS_WAITING, or why not.
int folder_waits(struct cli *cli, struct inquiry *inquiry);
// What was decided over the newest opening so far. Borrows from the folder.
struct ballot folder_ballot(const struct folder *folder);
// Text, or JSON.
int folder_print(
    const struct cli *cli, const struct inquiry *inquiry, const struct folder *folder);
int folder_print_json(const struct inquiry *inquiry, const struct folder *folder);

#endif
