#include "signer/keeper/errand.h"

// An id is serial * ERRANDS_MOST + slot: found at once, and never the same twice.

void errands_init(struct errands *errands)
{
    *errands = (struct errands){.free = ERRANDS_MOST, .serial = 1};
}

struct errand *errands_new(struct errands *errands, enum errand_kind kind)
{
    if (errands->free == 0)
        return NULL;
    uint64_t slot = errands->serial % ERRANDS_MOST;
    while (errands->at[slot].kind != ERRAND_NONE)
        slot = (slot + 1) % ERRANDS_MOST;
    struct errand *errand = &errands->at[slot];
    *errand = (struct errand){.kind = kind, .id = errands->serial++ * ERRANDS_MOST + slot};
    bytes_init(&errand->text, LIMIT_RECORD);
    errands->free--;
    return errand;
}

struct errand *errands_find(struct errands *errands, uint64_t id)
{
    struct errand *errand = &errands->at[id % ERRANDS_MOST];
    return errand->kind != ERRAND_NONE && errand->id == id ? errand : NULL;
}

void errands_done(struct errands *errands, struct errand *errand)
{
    bytes_clear(&errand->text);
    errand->kind = ERRAND_NONE;
    errands->free++;
}

bool errands_has(const struct errands *errands, enum errand_kind kind)
{
    for (size_t i = 0; i < ERRANDS_MOST; i++)
        if (errands->at[i].kind == kind)
            return true;
    return false;
}
