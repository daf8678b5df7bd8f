// A keeping: the folder in which a command keeps what proves an answer about one request, as files
// that anybody can check later without an appliance (`conclave log check`):
//   REQUEST.request        the request's exact text, whose SHA-256 is REQUEST
//   REQUEST.INDEX.record   a record about it, to the byte
//   REQUEST.INDEX.proof    its tlog-proof
// Nothing is written that was not verified under the pinned log key.
#ifndef CONCLAVE_ADMIN_CLI_KEEPING_H
#define CONCLAVE_ADMIN_CLI_KEEPING_H

#include "admin-cli/cli.h"
#include "admin-cli/scribe.h"
#include "client/house.h"

struct keeping {
    const char *folder; // NULL: nothing is kept
    char request[2 * HASH_SIZE + 1];
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    struct bytes paths; // that were written, each with a NUL behind it
};

// Names the files by the request, and makes the folder if there is to be one. Ends with
// keeping_clear in any case. ERR_NOT_FOUND: the home has pinned no log; ERR_SYSTEM.
enum err must_check keeping_init(struct keeping *keeping, const struct cli *cli,
    const char *folder, const struct hash *request, struct refusal *refusal);
void keeping_clear(struct keeping *keeping);

// Keeps the request's text, or a record and its proof, which is checked again. Where nothing is kept
// they do nothing. ERR_SIGNATURE, ERR_SYSTEM, ERR_LIMIT, ERR_MEMORY.
enum err must_check keeping_request(
    struct keeping *keeping, struct span text, struct refusal *refusal);
enum err must_check keeping_record(
    struct keeping *keeping, const struct proven *proven, struct refusal *refusal);

// The paths, a line each; or as the member `kept` of a JSON object.
void keeping_print(const struct keeping *keeping);
void keeping_scribe(const struct keeping *keeping, struct scribe *scribe);

#endif
