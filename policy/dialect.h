// What a repository's signed metadata looks like, fixed when the repository is made (formats
// reference, section 1), and what the repository is for. Two dialects, because one file cannot serve
// both families of clients.
//
//   tuf     python-tuf, tuf-js, go-tuf: OLPC canonical JSON, lower-case types, hex signatures
//   uptane  aktualizr, ota-tuf: jsoncpp's canonical JSON, types with capitals, base64 signatures
//           with their method, key ids by DER SPKI
#ifndef CONCLAVE_POLICY_DIALECT_H
#define CONCLAVE_POLICY_DIALECT_H

#include "signer/base/key.h"

enum dialect { DIALECT_NONE = 0, DIALECT_TUF, DIALECT_UPTANE };

const char *dialect_text(enum dialect dialect); // "tuf", "uptane"
enum dialect dialect_from(struct span text);    // DIALECT_NONE for any other word

// Whether clients of the dialect verify signatures of such keys: `tuf` all of ours, `uptane` Ed25519
// and RSA. One other key anywhere in a root, and an Uptane client rejects the whole file.
bool dialect_takes(enum dialect dialect, enum key_type type);
// These types, in words: "ed25519, rsa-2048, …".
const char *dialect_key_types(enum dialect dialect);

// What the repository holds: images for everybody, or a Director's directions for each vehicle
// (Uptane standard, 5.3.2). Only an `uptane` repository can be a Director's.
enum repository_kind { KIND_NONE = 0, KIND_IMAGE, KIND_DIRECTOR };

const char *kind_text(enum repository_kind kind); // "image", "director"
enum repository_kind kind_from(struct span text); // KIND_NONE for any other word

#endif
