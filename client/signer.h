// A signer: whoever signs statements on this side of the wire: a requester's software key in a
// PEM file, or an administrator's token. It signs DSSE encodings only, so that no caller can have
// it sign bare bytes.
#ifndef CONCLAVE_CLIENT_SIGNER_H
#define CONCLAVE_CLIENT_SIGNER_H

#include "client/token.h"

struct signer;

// A software key: one PEM "PRIVATE KEY" block (PKCS#8), of any of our types, in a file that nobody
// but its owner may read. ERR_SYSTEM, ERR_LIMIT, ERR_FORM, ERR_KEY, ERR_MEMORY; `refusal` says
// what to do. Ends with signer_free.
enum err must_check signer_from_file(
    const char *path, struct signer **out, struct refusal *refusal);
// A token, as admin_token_open does.
enum err must_check signer_from_token(const struct admin_token_place *place,
    const struct secret *pin, struct signer **out, struct refusal *refusal);
void signer_free(struct signer *signer); // takes NULL

const struct key *signer_key(const struct signer *signer);
// Appends the signature over the DSSE encoding of (type, body). ERR_TOKEN, ERR_SIGNATURE,
// ERR_CRYPTO, ERR_LIMIT, ERR_MEMORY; of a token, `refusal` says what to do.
enum err must_check signer_sign(struct signer *signer, const char *type, struct span body,
    struct bytes *signature, struct refusal *refusal);

// Makes a software key: `path` (0600) gets the private key, `path`.pub the SPKI. Neither file may
// exist: ERR_EXISTS. ERR_SYSTEM, ERR_CRYPTO, ERR_MEMORY.
enum err must_check signer_make(
    enum key_type type, const char *path, struct key *out, struct refusal *refusal);

#endif
