// What each type of key is to PKCS#11: how it is generated, by which mechanism it signs (R15), and
// how it is told. For the files of the token alone.
#ifndef CONCLAVE_HSM_TOKEN_KIND_H
#define CONCLAVE_HSM_TOKEN_KIND_H

#include "hsm/object.h"

// Whose a key is (hsm/token.h), and how many mechanisms it allows at most.
enum token_purpose { TOKEN_ROLES_KEY, TOKEN_PERSONS_KEY };
enum { TOKEN_MECHANISMS_MOST = 2 };

struct token_kind {
    CK_KEY_TYPE type;
    CK_MECHANISM_TYPE generate;
    CK_MECHANISM sign;     // with its parameters, all stated
    struct span curve;     // CKA_EC_PARAMS; empty for RSA
    CK_ULONG modulus_bits; // 0 for a curve
    size_t signature_size; // as the mechanism returns it
    bool over_digest;      // the mechanism takes a digest and returns r ‖ s
};

// NULL for a type that is none of ours.
const struct token_kind *token_kind_of(enum key_type type);
// A big integer of PKCS#11, which may have zero bytes in front, without them.
struct span token_kind_trimmed(struct span number);
// The type of a key, public or private, by what it says of itself: a mechanism that does not fit the
// key ends the process in some modules. ERR_KEY: none of ours. ERR_TOKEN.
enum err must_check token_kind_read(
    struct token *token, CK_OBJECT_HANDLE object, enum key_type *out, struct refusal *why);
// The mechanisms that a key of this kind is made to allow; returns how many.
size_t token_kind_allows(const struct token_kind *kind, enum token_purpose purpose,
    CK_MECHANISM_TYPE out[TOKEN_MECHANISMS_MOST]);

#endif
