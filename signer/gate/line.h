// A line of clients: first come, first served, each at most once. It borrows the clients.
#ifndef CONCLAVE_SIGNER_GATE_LINE_H
#define CONCLAVE_SIGNER_GATE_LINE_H

#include "signer/gate/client.h"

// A ring: `count` clients from place `first` on.
struct line {
    struct client *at[LIMIT_CLIENTS];
    size_t first;
    size_t count;
};

// Only a client that is not in the line, and every client is one of LIMIT_CLIENTS: it always fits.
void line_push(struct line *line, struct client *client);
struct client *line_pop(struct line *line); // NULL: empty
void line_remove(struct line *line, const struct client *client);

#endif
