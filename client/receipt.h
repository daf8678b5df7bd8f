// A receipt: one record of the log and the tlog-proof that it is there, as two files that prove
// themselves. Whoever has the log's key needs nothing else: the checkpoint in the proof is signed by
// it, and the record's exact bytes are the leaf that the proof leads from (c2sp.org/tlog-proof,
// RFC 6962). So a refusal, a rejection or an end in time is the appliance's signed answer, as a
// signature is.
//
// A record names its request by id, the SHA-256 of the request's exact text: that text, wherever it
// was kept, is then the one the record is about.
#ifndef CONCLAVE_CLIENT_RECEIPT_H
#define CONCLAVE_CLIENT_RECEIPT_H

#include "client/house.h"

// What somebody was given. All borrowed.
struct receipt {
    struct span proof;
    struct span record;
    const struct span *request; // the text that the record is to be about; NULL: not asked
};

// Checks a receipt by itself, under the log's name and key; fills in where the record stands, and the
// checkpoint that says so. ERR_SIGNATURE: the proof does not show this record in this log, or the
// record is about another request. ERR_MEMORY.
enum err must_check receipt_check(const struct receipt *receipt, const char *origin,
    const struct key *log, uint64_t *index, struct checkpoint *checkpoint,
    struct refusal *refusal);

// Appends the proof of a proven record, after having checked it as whoever is given it will.
// ERR_SIGNATURE, ERR_MEMORY.
enum err must_check receipt_proof(const struct proven *proven, const char *origin,
    const struct key *log, struct bytes *out, struct refusal *refusal);

// Copies the record that ended a request, with its proof, out of a dossier (conclave_dossier) that has
// one. ERR_MEMORY.
enum err must_check receipt_end(const struct message *dossier, struct proven *out);

// Whether a record is the refusal that somebody was told: request, person, rule and sentence. When it
// was written is not looked at.
bool receipt_refuses(struct span record, const struct refused *told);

// Records at the end of the log among which a refusal is looked for that was told just now: what else
// may have come in meanwhile.
enum { RECEIPT_LOOK = 4 * LIMIT_RECORDS_PAGE };
// Fetches the newest record that refuses what was told. ERR_NOT_FOUND: it is not among the last
// RECEIPT_LOOK ones; ERR_SIGNATURE; and what the connection says.
enum err must_check receipt_find(const struct house *house, struct conclave *conclave,
    const struct refused *told, struct proven *out, struct refusal *refusal);

#endif
