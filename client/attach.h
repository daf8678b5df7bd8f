// Attaching: detached signatures and the payload they are for become one TUF file,
// {"signatures":[…],"signed":…}: canonical, signatures sorted by key id, and then in the one file
// form that strict JSON parsers read (metadata/json_file.h), from which the payload's exact bytes
// (R1) come back.
//
// Signatures come as canonical JSON texts (a last LF may follow), each one TUF signature object
// {"keyid":…,"sig":…} or an array of them. They are not verified here: whoever attaches may hold
// signatures of foreign keys.
#ifndef CONCLAVE_CLIENT_ATTACH_H
#define CONCLAVE_CLIENT_ATTACH_H

#include "proto/limits.h"
#include "proto/refusal.h"
#include "signer/base/hash.h"

enum {
    // Signatures on one file: as many keys as a TUF role may name here (metadata/tuf.h).
    ATTACH_MOST = 64,
    // One signature in hex: RSA-4096 has 1,024 digits; twice that.
    ATTACH_HEX_MOST = 2048,
    // A text of signatures as people keep it.
    ATTACH_TEXT_MOST = ATTACH_MOST * (ATTACH_HEX_MOST + 256),
    ATTACH_FILE_MOST = LIMIT_PAYLOAD + ATTACH_TEXT_MOST,
};

struct attach_signature {
    char keyid[2 * HASH_SIZE + 1];
    char *hex; // owned
};

struct attach {
    struct attach_signature signatures[ATTACH_MOST]; // ascending by key id
    size_t count;
};

void attach_init(struct attach *attach);
void attach_clear(struct attach *attach);

// Adds the signature objects of one JSON text. `name` is for the sentence. ERR_FORM: not such JSON, an
// unknown or missing field, a key id that is not 64 hex digits, a signature that is not hex;
// ERR_EXISTS: a second signature of one key id; ERR_LIMIT; ERR_MEMORY.
enum err must_check attach_add(
    struct attach *attach, struct span json, const char *name, struct refusal *refusal);
// Appends the file. ERR_FORM: the payload is not canonical JSON; ERR_NOT_FOUND: no signature.
enum err must_check attach_write(const struct attach *attach, struct span payload,
    struct bytes *out, struct refusal *refusal);

#endif
