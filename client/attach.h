// Attaching: detached signatures and the payload they are for become one signed file,
// {"signatures":[…],"signed":…}: canonical, signatures sorted by key id, and then in the one file
// form that strict JSON parsers read (metadata/json_file.h), from which the payload's exact bytes
// (R1) come back.
//
// Signatures come as canonical JSON texts (a last LF may follow), each one signature object or an array
// of them (metadata/tuf.h), all of one dialect: an `uptane` one says its method. They are not verified
// here: whoever attaches may hold signatures of foreign keys.
#ifndef CONCLAVE_CLIENT_ATTACH_H
#define CONCLAVE_CLIENT_ATTACH_H

#include "policy/dialect.h"
#include "proto/limits.h"
#include "proto/refusal.h"
#include "signer/base/hash.h"

enum {
    // Signatures on one file: as many keys as a role may name here (metadata/tuf.h).
    ATTACH_MOST = 64,
    // One signature object: RSA-4096 has 1,024 hex digits; twice that, and what is around it.
    ATTACH_OBJECT_MOST = 2048 + 256,
    // A text of signatures as people keep it.
    ATTACH_TEXT_MOST = ATTACH_MOST * ATTACH_OBJECT_MOST,
    ATTACH_FILE_MOST = LIMIT_PAYLOAD + ATTACH_TEXT_MOST,
};

struct attach_signature {
    char keyid[2 * HASH_SIZE + 1];
    char *object; // owned
};

struct attach {
    enum dialect dialect; // DIALECT_NONE: that of the first signature
    struct attach_signature signatures[ATTACH_MOST]; // ascending by key id
    size_t count;
};

// `dialect`: that of the file; DIALECT_NONE when the signatures tell it.
void attach_init(struct attach *attach, enum dialect dialect);
void attach_clear(struct attach *attach);

// Adds the signature objects of one JSON text. `name` is for the sentence. ERR_FORM: not such JSON, an
// unknown or missing field, a key id that is not 64 hex digits, a signature that is not written as the
// dialect writes it, one of another dialect, two of one key id; ERR_EXISTS: there is one of that key
// id already; ERR_LIMIT; ERR_MEMORY.
enum err must_check attach_add(
    struct attach *attach, struct span json, const char *name, struct refusal *refusal);
// Appends the file. ERR_FORM: the payload is not canonical JSON of the dialect; ERR_NOT_FOUND: no signature.
enum err must_check attach_write(const struct attach *attach, struct span payload,
    struct bytes *out, struct refusal *refusal);

#endif
