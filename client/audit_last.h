// What each item signed last under mandates, as the log shows it: a fleet's vehicles are many, so they
// are found by their names' hash.
#ifndef CONCLAVE_CLIENT_AUDIT_LAST_H
#define CONCLAVE_CLIENT_AUDIT_LAST_H

#include "proto/statement.h"

struct audit_last {
    struct audit_last *next; // in its chain
    uint64_t version;
    struct hash payload;
    char name[]; // of the item
};

struct audit_lasts;

struct audit_lasts *audit_lasts_new(void); // NULL without memory
void audit_lasts_free(struct audit_lasts *lasts);

// NULL when it never signed.
const struct audit_last *audit_lasts_find(const struct audit_lasts *lasts, const char *name);
// Sets it. ERR_MEMORY.
enum err must_check audit_lasts_set(struct audit_lasts *lasts, const struct item *item);

#endif
