#include "client/audit_last.h"

#include <stdlib.h>
#include <string.h>

// Chains: a million vehicles are sixteen a chain.
enum { CHAINS = 1 << 16 };

struct audit_lasts {
    struct audit_last *chains[CHAINS];
};

struct audit_lasts *audit_lasts_new(void)
{
    return calloc(1, sizeof(struct audit_lasts));
}

void audit_lasts_free(struct audit_lasts *lasts)
{
    if (lasts == NULL)
        return;
    for (size_t i = 0; i < CHAINS; i++)
        for (struct audit_last *next, *at = lasts->chains[i]; at != NULL; at = next) {
            next = at->next;
            free(at);
        }
    free(lasts);
}

static size_t chain_of(const char *name)
{
    struct hash hash = hash_of(span_text(name));
    return (size_t)hash.byte[0] << 8 | hash.byte[1];
}

static struct audit_last *find(const struct audit_lasts *lasts, const char *name)
{
    struct audit_last *at = lasts->chains[chain_of(name)];
    while (at != NULL && strcmp(at->name, name) != 0)
        at = at->next;
    return at;
}

const struct audit_last *audit_lasts_find(const struct audit_lasts *lasts, const char *name)
{
    return find(lasts, name);
}

enum err audit_lasts_set(struct audit_lasts *lasts, const struct item *item)
{
    struct audit_last *last = find(lasts, item->role);
    if (last == NULL) {
        struct audit_last **chain = &lasts->chains[chain_of(item->role)];
        size_t size = strlen(item->role) + 1;
        last = malloc(sizeof *last + size);
        if (last == NULL)
            return ERR_MEMORY;
        memcpy(last->name, item->role, size);
        last->next = *chain;
        *chain = last;
    }
    last->version = item->version;
    last->payload = item->payload;
    return OK;
}
