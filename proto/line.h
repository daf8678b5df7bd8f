// Lines that several kinds of texts have, each written and read in one place. Readers fail the text
// (sticky) on anything that their writer would not write.
#ifndef CONCLAVE_PROTO_LINE_H
#define CONCLAVE_PROTO_LINE_H

#include "proto/limits.h"
#include "proto/text.h"
#include "signer/base/key.h"

// "name: NUMBER sha256:HASH"; the number is at most LIMIT_INDEX.
void line_numbered(
    struct bytes *out, const char *name, uint64_t number, const struct hash *hash);
struct hash line_read_numbered(struct text *text, const char *name, uint64_t *number);
// "name: NUMBER", from `least` to `most`.
void line_number(struct bytes *out, const char *name, uint64_t number);
uint64_t line_read_number(struct text *text, const char *name, uint64_t least, uint64_t most);
// "name: WORD"; the reader's `out` has room for `most` bytes and a NUL.
void line_word(struct bytes *out, const char *name, const char *word);
void line_read_word(struct text *text, const char *name, char *out, size_t most);
// "name: BASE64" of a signature; the reader's `out` has room for KEY_SIGNATURE_MOST bytes. Returns
// how many there are.
void line_signature(struct bytes *out, const uint8_t *signature, size_t size);
size_t line_read_signature(struct text *text, uint8_t *out);
// "rule: R12", or none for the empty rule; `room` counts the NUL.
void line_rule(struct bytes *out, const char *rule);
void line_read_rule(struct text *text, char *out, size_t room);

// The next field is a role's name, REPOSITORY/ROLE. `out` has room for LIMIT_ROLE_NAME and a NUL.
void field_read_role(struct text *text, char *out);
// The next field is what an item is called: a role, or one for a vehicle (proto/name.h).
void field_read_item(struct text *text, char *out);
// Two fields: a key's type and its SPKI in base64, which must agree.
void field_key(struct bytes *out, const struct key *key);
void field_read_key(struct text *text, struct key *out);

// Strict orders of what a list must keep.
bool hash_ascends(const struct hash *before, const struct hash *after);
// By role, then by key.
bool role_key_ascends(const char *role_before, const struct hash *key_before,
    const char *role_after, const struct hash *key_after);

#endif
