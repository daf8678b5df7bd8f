// What founding makes in the token: the wishes (what to generate) and the list of every object
// that stands there afterwards. Both are texts; the hash of the second is in the first record.
//
//   conclave.wishes/v1                conclave.objects/v1
//   origin: log.example/a1            log: ed25519 SPKI-base64
//   key: image/root ed25519           seal: hmac-sha256
//                                     key: image/root ed25519 SPKI-base64
//
// Wishes stand in the order in which keys are made; objects ascend by role, then key hash. Pure.
#ifndef CONCLAVE_POLICY_OBJECTS_H
#define CONCLAVE_POLICY_OBJECTS_H

#include "proto/limits.h"
#include "proto/text.h"
#include "signer/base/key.h"

// What has to be generated before there can be a charter: so many keys of a type for a role.
struct key_wish {
    char role[LIMIT_ROLE_NAME + 1];
    enum key_type type;
};
// A key that the token holds.
struct made_key {
    char role[LIMIT_ROLE_NAME + 1];
    struct key key;
};

struct wishes {
    char origin[LIMIT_ROLE_NAME + 1];
    struct key_wish keys[LIMIT_KEYS];
    size_t key_count;
};
void wishes_write(const struct wishes *wishes, struct bytes *out);
enum err must_check wishes_read(struct span text, struct wishes *out);

struct objects {
    struct key log;
    struct made_key keys[LIMIT_KEYS];
    size_t key_count;
};
// Sorts the keys first.
void objects_write(struct objects *objects, struct bytes *out);
enum err must_check objects_read(struct span text, struct objects *out);

#endif
