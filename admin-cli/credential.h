// A credential: the administrator's token that a command signs with, from its options. The PIN
// comes from a file descriptor or the terminal, and from nowhere else (R19).
#ifndef CONCLAVE_ADMIN_CLI_CREDENTIAL_H
#define CONCLAVE_ADMIN_CLI_CREDENTIAL_H

#include "admin-cli/options.h"
#include "client/signer.h"

struct credential {
    const char *module;
    const char *token;
    const char *key_label; // NULL: the only one
    const char *pin_fd;    // NULL: the terminal
};

enum { CREDENTIAL_RULES = 4 };
// The options that fill it in.
void credential_rules(struct credential *credential, struct option_rule *rules);
// Reads the PIN. STATUS_DONE, or the exit status after having said why. The caller frees it.
int credential_pin(const struct credential *credential, struct secret **out);
// Opens the token. As above; ends with signer_free.
int credential_open(const struct credential *credential, struct signer **out);

#endif
