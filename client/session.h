// What a struct conclave is, for libconclave's own files.
#ifndef CONCLAVE_CLIENT_SESSION_H
#define CONCLAVE_CLIENT_SESSION_H

#include "client/conclave.h"
#include "client/connection.h"

struct conclave {
    struct connection connection;
    int home;   // the folder; -1: nothing is pinned and nothing is kept
    char *path; // of the home, for people
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    struct decoded answer; // what the caller has; until the next call
    struct decoded inner;  // what is asked on the way to it
};

// One ask and its answer into `into`, which is one of the two above. `milliseconds` is
// CONNECTION_FOR_EVER or a limit, after which it is ERR_AGAIN and the ask abandoned.
enum err must_check session_ask(struct conclave *conclave, struct message *ask,
    struct decoded *into, int64_t milliseconds, struct refusal *refusal);

#endif
