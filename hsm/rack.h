// The rack: every token that one PKCS#11 module shows, with the public keys that stand in it: what
// can be known before anybody types a PIN. Nothing here logs in, and the module is finalized again
// before the call returns, so that whoever opens a token next begins with a fresh module.
//
// A public key in a token proves nothing: some tokens let anybody write one. It says which token to
// try; what counts is a signature that holds.
#ifndef CONCLAVE_HSM_RACK_H
#define CONCLAVE_HSM_RACK_H

#include "hsm/token.h"

enum {
    // The sizes that PKCS#11 pads serial number, maker and model to (CK_TOKEN_INFO).
    RACK_SERIAL_MOST = 16,
    RACK_MAKER_MOST = 32,
    RACK_MODEL_MOST = 16,
    // Public keys looked at in one token: nobody carries more.
    RACK_KEYS_MOST = 32,
};

enum rack_state {
    RACK_READY = 1,
    RACK_BLANK,  // never initialised: it has no label yet
    RACK_NO_PIN, // initialised, but nobody gave it a user PIN
    RACK_LOCKED, // too many wrong PINs
};

struct rack_key {
    char label[LIMIT_ROLE_NAME + 1]; // escape it before it is printed
    struct key key;                  // KEY_NONE: of a type or form that is not ours
};

// One token. All texts are the token's own words: escape them before they are printed.
struct rack_token {
    char label[TOKEN_LABEL_MOST + 1];
    char serial[RACK_SERIAL_MOST + 1];
    char maker[RACK_MAKER_MOST + 1];
    char model[RACK_MODEL_MOST + 1];
    enum rack_state state;
    bool asks_pin;
    bool last_try;    // one more wrong PIN locks it
    bool has_ed25519; // among all its keys
    struct rack_key keys[RACK_KEYS_MOST];
    size_t key_count;
    bool has_more; // keys than fit
};

struct rack {
    struct rack_token tokens[TOKEN_SLOTS_MOST];
    size_t count;
};

// A rack is large and lives on the heap; ends with rack_free. ERR_TOKEN: the module cannot be
// loaded or lists no slots. A token that is pulled out or fails while it is looked at is left out
// or has no keys. ERR_MEMORY.
enum err must_check rack_read(const char *module, struct rack **out, struct refusal *why);
void rack_free(struct rack *rack); // takes NULL

// Whether people mean this token by `name`: its label, or "serial:" and its serial number.
bool rack_token_is(const struct rack_token *token, const char *name);
// The name that means this token alone: its label, or by serial number when another has the same
// label; `name` has room for RACK_NAME bytes. False when it shares both with another.
enum { RACK_NAME = 64 };
bool rack_name(const struct rack *rack, const struct rack_token *token, char name[RACK_NAME]);
// "ready", "PIN locked", …: a word for people.
const char *rack_state_text(enum rack_state state);

#endif
