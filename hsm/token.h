// The token: one PKCS#11 token, one session, and the key pairs that stand in it. Tools link this
// too, to make an administrator's key.
//
// What always holds: private values never leave the token, and nothing here could ask for one
// (R18). A key signs by the mechanism that its type gives (R15): CKM_EDDSA over the message for
// Ed25519, CKM_ECDSA over its digest for P-256 and P-384, CKM_SHA256_RSA_PKCS_PSS over the message
// for RSA, with all its parameters. The PIN is tried once (R19).
//
// Every function that fails for ERR_TOKEN, ERR_PIN or ERR_KEY leaves a sentence in `why` for a
// person.
// A token is used by one thread, and no process is forked while one is open.
#ifndef CONCLAVE_HSM_TOKEN_H
#define CONCLAVE_HSM_TOKEN_H

#include "proto/limits.h"
#include "proto/refusal.h"
#include "signer/base/key.h"
#include "signer/base/secret.h"

struct token;

enum {
    // PKCS#11 pads a token's label to this many bytes; a longer one cannot exist.
    TOKEN_LABEL_MOST = 32,
    // The longest name (below): a label is longer than a serial number of 16 bytes.
    TOKEN_NAME_MOST = TOKEN_LABEL_MOST,
    // Slots looked at for the label; SoftHSM shows one for each token and an empty one.
    TOKEN_SLOTS_MOST = 64,
    // The log's key, those of the charter, those beside it, and those that an order made which was
    // then not sealed.
    TOKEN_KEYS_MOST = 1 + LIMIT_KEYS + LIMIT_SPARE + LIMIT_MOTION_KEYS,
};

// What a token is called by people: its label or, where two have the same, "serial:" and its serial
// number.
#define TOKEN_BY_SERIAL "serial:"
bool token_is_named(const char *label, const char *serial, const char *name);

// Loads the module and opens a session with the token of this name. ERR_TOKEN: no such module or
// token, or two of that name. Ends with token_close.
enum err must_check token_open(
    const char *module, const char *name, struct token **out, struct refusal *why);
// One try. ERR_PIN: the token refused it. ERR_TOKEN: anything else.
enum err must_check token_login(
    struct token *token, const struct secret *pin, struct refusal *why);
void token_close(struct token *token); // takes NULL

// A key pair in the token. `label` is the role it signs for, or the name its owner gave it.
struct token_key {
    char label[LIMIT_ROLE_NAME + 1];
    struct key key;       // the public half
    unsigned long handle; // of the private half; good until token_close
};

// Generates a pair in the token for a role: private, sensitive, never extractable, for signing only,
// by the mechanism of its type and no other. Every attribute is stated, and read back. A pair that
// came out otherwise is destroyed: ERR_KEY.
enum err must_check token_key_generate(struct token *token, const char *label,
    enum key_type type, struct token_key *out, struct refusal *why);
// The same for a person. An RSA key of a person allows CKM_RSA_X_509 as well, because the library
// through which OpenSSL reaches it pads by itself.
enum err must_check token_key_generate_for_person(struct token *token, const char *label,
    enum key_type type, struct token_key *out, struct refusal *why);
// Every private key of the token with its public half, in the token's order; but those whose making
// broke off. ERR_LIMIT for more than `most`; ERR_KEY for a private key without a public half, or of
// a type that is not ours.
enum err must_check token_key_list(struct token *token, struct token_key *out, size_t most,
    size_t *count, struct refusal *why);
// Whether the private half of a role's key still has every attribute that it was generated with, and
// LOCAL, ALWAYS_SENSITIVE and NEVER_EXTRACTABLE as only the token can set them. ERR_KEY when not.
enum err must_check token_key_check(
    struct token *token, const struct token_key *key, struct refusal *why);
// Finds the pair with this public half, in a token that may hold keys of others' making, and of types
// that are not ours. It is not checked as above. ERR_NOT_FOUND when either half is missing.
enum err must_check token_key_find(
    struct token *token, const struct key *key, struct token_key *out, struct refusal *why);
// Destroys both halves.
enum err must_check token_key_destroy(
    struct token *token, const struct token_key *key, struct refusal *why);
// Destroys what is left of pairs whose making or destruction broke off: private keys without a
// curve or modulus, and public keys without a private half (of the same CKA_ID).
enum err must_check token_sweep(struct token *token, size_t *destroyed, struct refusal *why);
// Appends the signature over `message` as key_verify takes it. It is not verified here. ERR_TOKEN.
enum err must_check token_key_sign(struct token *token, const struct token_key *key,
    struct span message, struct bytes *out, struct refusal *why);

#endif
