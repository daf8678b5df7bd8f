// A delivery: what was signed for a request, as files in a folder, each verified under the charter's
// key before it is written (parcel_signature). Names are the item's, with `+` for its slash, and its
// version, and of a signature the key id: no item's name has a `+`, and behind the last dots stand
// numbers and key ids only, so that no two share a file, whichever vehicles they name.
#ifndef CONCLAVE_ADMIN_CLI_DELIVERY_H
#define CONCLAVE_ADMIN_CLI_DELIVERY_H

#include "admin-cli/parcel.h"
#include "admin-cli/scribe.h"

enum delivery_format {
    DELIVERY_TUF =
        1, // image+targets.12.KEYID.json: a signature object, in the repository's dialect
    DELIVERY_RAW, // image+targets.12.KEYID.sig: a signature's bytes
    DELIVERY_FILE, // director+targets@VEHICLE.12.json: payload and signatures, as `attach` joins them
};

struct delivery {
    enum delivery_format format;
    const char *folder;
    const char *role;   // this item only; NULL for all
    struct bytes paths; // that were written, each with a NUL behind it
    enum side side;     // where it goes wrong, if it does
};

// "tuf", "raw", "file". False (and said): another word.
bool delivery_format_read(const char *text, enum delivery_format *out);

// `folder` is borrowed. Ends with delivery_clear.
void delivery_init(struct delivery *delivery, enum delivery_format format, const char *folder);
void delivery_clear(struct delivery *delivery);

// Writes the files, and makes the folder when it is missing. ERR_SIGNATURE, ERR_SYSTEM, ERR_LIMIT,
// ERR_FORM, and what the appliance says.
enum err must_check delivery_write(struct delivery *delivery, struct cli *cli,
    const struct parcel *parcel, struct refusal *refusal);

// The paths: a line each; or as JSON, an array of this key.
void delivery_print(const struct delivery *delivery);
void delivery_scribe(const struct delivery *delivery, const char *key, struct scribe *scribe);

#endif
