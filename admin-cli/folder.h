// A folder, in the sense of a file on a desk: everything that is shown of one request. It copies
// what the dossier holds, reviews the request while it is open, and prints it.
#ifndef CONCLAVE_ADMIN_CLI_FOLDER_H
#define CONCLAVE_ADMIN_CLI_FOLDER_H

#include "admin-cli/inquiry.h"
#include "client/review.h"

struct folder {
    enum fate fate;
    struct opened opened; // the newest opening; its index is 0 when there was none
    uint64_t index;
    struct decided decisions[LIMIT_DECISIONS];
    uint64_t decision_records[LIMIT_DECISIONS];
    size_t decision_count;
    uint64_t end_index;
    struct bytes end;      // the record that ended it
    struct review *review; // NULL once it has ended
};

// A folder is large and lives on the heap: NULL without memory.
struct folder *folder_new(void);
void folder_free(struct folder *folder); // takes NULL

// Copies the dossier and, while the request is open, reviews it. STATUS_DONE, or the exit status
// after having said why.
int folder_read(struct cli *cli, struct inquiry *inquiry, struct folder *folder);
// Text, or JSON.
int folder_print(
    const struct cli *cli, const struct inquiry *inquiry, const struct folder *folder);

#endif
