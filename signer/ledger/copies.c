#include "signer/ledger/copies.h"

#include <stdlib.h>
#include <string.h>

struct copy {
    struct copy *older;
    uint8_t bytes[];
};

void copies_init(struct copies *copies)
{
    *copies = (struct copies){0};
}

void copies_clear(struct copies *copies)
{
    while (copies->newest != NULL) {
        struct copy *copy = copies->newest;
        copies->newest = copy->older;
        free(copy);
    }
    copies->size = 0;
}

enum err copies_add(struct copies *copies, struct span bytes, struct span *out)
{
    struct copy *copy = malloc(sizeof *copy + bytes.size);
    if (copy == NULL)
        return ERR_MEMORY;
    copy->older = copies->newest;
    copies->newest = copy;
    copies->size += bytes.size;
    if (bytes.size > 0)
        memcpy(copy->bytes, bytes.data, bytes.size);
    *out = span_of(copy->bytes, bytes.size);
    return OK;
}
