// An asker: who asks for something, how long the approvals are waited for, and why; from a
// command's options. A requester signs with a key file or a token; an administrator, who may ask
// for motions alone, with the own token.
#ifndef CONCLAVE_ADMIN_CLI_ASKER_H
#define CONCLAVE_ADMIN_CLI_ASKER_H

#include "admin-cli/credential.h"

struct asker {
    const char *requester; // the key file; NULL: a token
    struct credential credential;
    const char *reason;
    const char *expires;
    const char *keep; // the folder for the request's text and a refusal's proof; NULL: none
};

enum { ASKER_KEY_RULES = 1 + CREDENTIAL_RULES, ASKER_RULES = 3 + ASKER_KEY_RULES };
// The options that fill it in.
void asker_rules(struct asker *asker, struct option_rule *rules);
// The key's alone, for a statement that is no request.
void asker_key_rules(struct asker *asker, struct option_rule *rules);
// Whether it names one key, before anything is asked of anybody. As below.
int asker_check(const struct asker *asker);
// Opens the key; a token's is one of the holders' (NULL: anybody's). STATUS_DONE, or the exit status
// after having said why; ends with signer_free.
int asker_open(const struct asker *asker, const struct holders *holders, struct signer **out);

#endif
