// Waiters: clients that asked ASK_WAIT. A waiter holds no credit while it sleeps. It asks the
// keeper for the dossier at once; while the fate is open it sleeps until the keeper says that this
// request has moved, or WAIT_MOST seconds have passed; then it asks again, and that is the answer.
#ifndef CONCLAVE_SIGNER_GATE_WAITER_H
#define CONCLAVE_SIGNER_GATE_WAITER_H

#include "proto/message.h"

struct client;

enum {
    WAIT_MOST =
        30, // seconds: shorter than what connections through other people's boxes survive
    // One client's share of LIMIT_WAITERS.
    SHARE_WAITERS = LIMIT_WAITERS / 4,
};

enum waiter_stage { WAITER_FREE = 0, WAITER_DUE, WAITER_ASKING, WAITER_SLEEPING };

struct waiter {
    enum waiter_stage stage;
    struct client *client;
    uint64_t client_id;
    struct hash request;
    int64_t until; // seconds of the monotonic clock
    bool moved;    // the keeper said so since it last asked: an open fate is old news
    bool last;     // the time is up: any fate is the answer
};

struct waiters {
    struct waiter at[LIMIT_WAITERS];
    size_t count;
    size_t due;
};

bool waiter_has_room(const struct waiters *waiters, const struct client *client);
// A new one, about to ask. Only when there is room.
struct waiter *waiter_start(struct waiters *waiters, struct client *client, uint64_t client_id,
    const struct hash *request, int64_t now);
void waiter_end(struct waiters *waiters, struct waiter *waiter);
// Those of a client that is gone.
void waiter_forget(struct waiters *waiters, const struct client *client);

// The keeper said that a request's fate is known.
void waiter_moved(struct waiters *waiters, const struct hash *request);
// Wakes those whose time is up.
void waiter_tick(struct waiters *waiters, int64_t now);
// The next one at or after place `*at` that wants to ask; NULL: none. `*at` is behind it then.
struct waiter *waiter_next_due(struct waiters *waiters, size_t *at);
void waiter_asks(struct waiters *waiters, struct waiter *waiter);
// A dossier came for an asking one. True: it is the answer. False: it sleeps, or is due again.
bool waiter_takes(struct waiters *waiters, struct waiter *waiter, enum fate fate);

#endif
