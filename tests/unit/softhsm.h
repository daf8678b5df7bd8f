// A SoftHSM token in a temporary folder of its own, for tests: the real module, a real PIN.
#ifndef CONCLAVE_TESTS_UNIT_SOFTHSM_H
#define CONCLAVE_TESTS_UNIT_SOFTHSM_H

#include "hsm/token.h"

#define SOFTHSM_LABEL "conclave test"
#define SOFTHSM_PIN   "correct-horse-battery-staple"

struct softhsm {
    char folder[64];  // everything lies in here
    char tokens[96];  // the module's directory of tokens
    char config[96];  // what SOFTHSM2_CONF points to
    char module[128]; // path of the PKCS#11 module
};

// Makes the folder, points SOFTHSM2_CONF to it and initialises one token. Any failure ends the
// test program.
void softhsm_make(struct softhsm *softhsm);
// Initialises a second token of the same label.
void softhsm_make_another(const struct softhsm *softhsm);
// Removes the folder with all that is in it.
void softhsm_drop(struct softhsm *softhsm);
// Opens the token and logs in.
struct token *softhsm_open(const struct softhsm *softhsm);
// Copies the directory of tokens to `to`, or puts such a copy back in its place.
void softhsm_copy(const struct softhsm *softhsm, const char *to);
void softhsm_put_back(const struct softhsm *softhsm, const char *from);

// The files of the token's data objects: the seals. Returns how many; at most SOFTHSM_FILES.
enum { SOFTHSM_FILES = 16, SOFTHSM_PATH = 512 };
struct softhsm_files {
    char path[SOFTHSM_FILES][SOFTHSM_PATH];
    size_t count;
};
void softhsm_seals(const struct softhsm *softhsm, struct softhsm_files *out);
// The same of its private keys.
void softhsm_privates(const struct softhsm *softhsm, struct softhsm_files *out);
// Takes the bytes of an attribute out of a file; `drop`: the attribute too.
void softhsm_empty(const char *path, uint16_t type, bool drop);
// Makes an attribute false that is true.
void softhsm_unset(const char *path, uint16_t type);
// Turns one bit of a file round; `at` counts from its front.
void softhsm_flip(const char *path, size_t at);
// Where the (encrypted) CKA_VALUE stands in a file, and how long it is.
size_t softhsm_value(const char *path, size_t *size);

#endif
