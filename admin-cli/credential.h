// A credential: the token that a command signs with, from its options. The token that is needed is
// found by whose key it holds, before a PIN is asked for. The PIN comes from a file descriptor or the
// terminal, and from nowhere else (R19).
#ifndef CONCLAVE_ADMIN_CLI_CREDENTIAL_H
#define CONCLAVE_ADMIN_CLI_CREDENTIAL_H

#include "admin-cli/holders.h"
#include "admin-cli/options.h"
#include "client/signer.h"

struct credential {
    const char *module;
    const char *token;     // NULL: the one that holds the key
    const char *key_label; // NULL: the only one
    const char *pin_fd;    // NULL: the terminal
};

enum { CREDENTIAL_RULES = 4 };
// The options that fill it in.
void credential_rules(struct credential *credential, struct option_rule *rules);

// Reads the rack of a module. STATUS_DONE, or the exit status after having said why.
int credential_rack(const char *module, struct rack **rack);
// Finds out which token is meant: one with a key of the holders, or of anybody for NULL. What stands
// in `place` borrows from `rack`, which the caller frees. As above.
int credential_find(const struct credential *credential, const struct holders *holders,
    struct rack **rack, struct admin_token_place *place);
// The same for a token that a key will be made in.
int credential_find_bare(
    const struct credential *credential, struct rack **rack, struct admin_token_place *place);
// Reads the PIN for that token, unless it is none that can be logged in to. As above. The caller
// frees it.
int credential_pin(const struct credential *credential, const struct admin_token_place *place,
    struct secret **out);
// All of it: the token of a holder, opened. As above; ends with signer_free.
int credential_open(
    const struct credential *credential, const struct holders *holders, struct signer **out);

#endif
