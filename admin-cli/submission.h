// A submission: one request with all its bytes, on its way from a command to the appliance.
#ifndef CONCLAVE_ADMIN_CLI_SUBMISSION_H
#define CONCLAVE_ADMIN_CLI_SUBMISSION_H

#include "admin-cli/asker.h"
#include "admin-cli/scribe.h"
#include "policy/charter.h"
#include "proto/motion.h"
#include "proto/statement.h"

struct submission {
    struct request request;
    struct bytes text;
    struct bytes signature;
    struct bytes blobs[LIMIT_BLOBS];
    size_t blob_count;
    // Takes what was signed at once, under mandates, before anything is printed; the exit status. NULL:
    // nothing.
    int (*take)(void *context, struct cli *cli, const struct hash *request);
    void (*tell)(
        void *context, struct scribe *scribe); // adds to the JSON answer; NULL: nothing
    void *context;
};

// A submission is large and lives on the heap: NULL without memory.
struct submission *submission_new(void);
void submission_free(struct submission *submission); // takes NULL

// Adds bytes that go along; the same bytes go along once. `hash` names them, `content` is borrowed
// from the submission. ERR_LIMIT, ERR_MEMORY; of a file also what source_read_file says.
enum err must_check submission_add_file(struct submission *submission, const char *path,
    struct hash *hash, struct span *content, struct refusal *refusal);
enum err must_check submission_add(
    struct submission *submission, struct span bytes, struct hash *hash);
// Names bytes that were added as evidence. ERR_LIMIT.
enum err must_check submission_name_evidence(
    struct submission *submission, const struct hash *hash);
// Makes the motion the request's only item.
enum err must_check submission_set_motion(
    struct submission *submission, enum motion motion, uint64_t number, struct span payload);

// Fills in nonce, reason, expiry and appliance (of the home's pinned log key), signs, submits, and
// prints the request's id or the same as JSON. Connects when nobody has. With a charter (or NULL)
// it is said before anything is signed that the key may not ask for this. The exit status.
int submission_send(struct cli *cli, struct submission *submission, const struct asker *asker,
    const struct charter *charter);

#endif
