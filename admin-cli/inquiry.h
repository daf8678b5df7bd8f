// An inquiry: a command's way to one request: the house, the request's id (or a prefix of it among
// the open ones), its dossier.
#ifndef CONCLAVE_ADMIN_CLI_INQUIRY_H
#define CONCLAVE_ADMIN_CLI_INQUIRY_H

#include "admin-cli/cli.h"
#include "client/house.h"

struct inquiry {
    struct house *house;
    struct hash id;
    struct message dossier; // its spans are valid until the next ask
};

// Connects, verifies the house, resolves `text`. STATUS_DONE, or the exit status after having said
// why. Ends with inquiry_clear in any case.
int inquiry_begin(struct cli *cli, struct inquiry *inquiry, const char *text);
// Fetches the dossier; with `wait`, for up to `seconds` until the fate is known.
int inquiry_dossier(struct cli *cli, struct inquiry *inquiry, bool wait, unsigned seconds);
void inquiry_clear(struct inquiry *inquiry);

// A request's id: 64 hex digits, or PREFIX_LEAST or more of them when one open request begins so.
// As above; somebody has connected.
int inquiry_resolve(struct cli *cli, const char *text, struct hash *out);

// Connects and verifies the house alone. As above; the caller frees it.
int inquiry_house(struct cli *cli, struct house **out);

// The exit status that a fate stands for: signed is done, open is waiting, unknown and all
// others are refused.
int inquiry_status(enum fate fate);

// Names of the charter for people; the first hex digits of the hash when there is none.
enum { INQUIRY_NAME = 2 * HASH_SIZE + 1 };
void inquiry_person(
    const struct charter *charter, const struct hash *key, char name[INQUIRY_NAME]);

#endif
