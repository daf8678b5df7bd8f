// A made-up appliance that has one request, for tests of dossiers: its text, its opened record and a
// record that ends it, in a log with real proofs.
#ifndef CONCLAVE_TESTS_UNIT_DOSSIER_WORLD_H
#define CONCLAVE_TESTS_UNIT_DOSSIER_WORLD_H

#include "tests/unit/client_home.h"

// Where the records stand, and how many there are.
enum { OPENED = 7, END = OPENED + 3, ALL = 20 };

struct world {
    struct appliance appliance;
    struct visitor visitor;
    struct bytes request, opened, end;
    struct hash id;
};

// `fate` is what the last record says; FATE_OPEN: there is none in the dossier.
void world_make(struct world *world, enum fate fate);
void world_clear(struct world *world);

// Texts of such a request, to a new buffer: the caller clears it.
void world_write_request(unsigned nonce, struct bytes *out);
void world_write_opened(const struct hash *id, struct bytes *out);
void world_write_outcome(const struct hash *id, struct bytes *out);
void world_write_refused(const struct hash *id, struct bytes *out);

#endif
