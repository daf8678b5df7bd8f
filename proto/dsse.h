// DSSE (secure-systems-lab/dsse, protocol.md): what is signed is
// "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body, so a signature over one kind of statement
// never passes for another. Every signature of a person here is made over such an encoding.
#ifndef CONCLAVE_PROTO_DSSE_H
#define CONCLAVE_PROTO_DSSE_H

#include "signer/base/key.h"

#define DSSE_REQUEST    "application/vnd.conclave.request.v1"
#define DSSE_WITHDRAWAL "application/vnd.conclave.withdrawal.v1"
#define DSSE_APPROVAL   "application/vnd.conclave.approval.v1"
#define DSSE_FOUNDING   "application/vnd.conclave.founding.v1"
#define DSSE_FREEZE     "application/vnd.conclave.freeze.v1"
#define DSSE_POSSESSION "application/vnd.conclave.possession.v1"

// Appends the pre-authentication encoding.
void dsse_encode(const char *type, struct span body, struct bytes *out);
// Whether `signature` is `key`'s over that encoding. OK, ERR_SIGNATURE, ERR_CRYPTO, ERR_MEMORY.
enum err must_check dsse_verify(
    const struct key *key, const char *type, struct span body, struct span signature);
// The JSON envelope {"payload":…,"payloadType":…,"signatures":[{"keyid":…,"sig":…}]}, for other
// people's verifiers; keyid is the hex of `key`.
void dsse_envelope(const char *type, struct span body, const struct hash *key,
    struct span signature, struct bytes *out);

#endif
