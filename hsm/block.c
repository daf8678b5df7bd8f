#include "hsm/block.h"

// `count` when there is none.
static size_t find(const struct blocks *blocks, const struct mandate_state *mandate)
{
    size_t at = 0;
    while (at < blocks->count && !hash_equal(&blocks->at[at].mandate, &mandate->text))
        at++;
    return at;
}

static uint64_t left_of(const struct blocks *blocks, const struct mandate_state *mandate)
{
    size_t at = find(blocks, mandate);
    return at == blocks->count ? 0 : blocks->at[at].left;
}

uint64_t blocks_floor(const struct blocks *blocks, const struct mandate_state *mandate)
{
    size_t at = find(blocks, mandate);
    return at == blocks->count ? mandate->top : blocks->at[at].floor;
}

bool blocks_suffice(const struct blocks *blocks, const struct block_need *need)
{
    return need->count <= left_of(blocks, need->mandate) && need->highest <= need->mandate->top;
}

// Versions may run out before payloads do: then no payload is reserved.
enum err blocks_reserve(const struct blocks *blocks, const struct block_need *need,
    struct state *next, struct refusal *refusal)
{
    uint64_t left = left_of(blocks, need->mandate), taken = 0;
    struct mandate_state mandate = *need->mandate;
    enum err err = mandate_reserve(
        &mandate, need->count > left ? need->count - left : 0, need->highest, &taken, refusal);
    return err == OK ? state_set_mandate(next, &mandate) : err;
}

// There is room for every live mandate of a state, and no other is here.
static void forget_ended(struct blocks *blocks, const struct state *state)
{
    size_t kept = 0;
    for (size_t i = 0; i < blocks->count; i++) {
        bool live = false;
        for (size_t j = 0; !live && j < state->mandate_count; j++)
            live = state->mandates[j].live &&
                   hash_equal(&state->mandates[j].text, &blocks->at[i].mandate);
        if (live)
            blocks->at[kept++] = blocks->at[i];
    }
    blocks->count = kept;
}

static void add(
    struct blocks *blocks, const struct mandate_state *was, const struct mandate_state *now)
{
    size_t at = find(blocks, now);
    if (at == blocks->count)
        blocks->at[blocks->count++] = (struct block){.mandate = now->text, .floor = was->top};
    blocks->at[at].left += now->reserved - was->reserved;
}

void blocks_sealed(struct blocks *blocks, const struct state *before, const struct state *next)
{
    forget_ended(blocks, next);
    for (size_t i = 0; i < next->mandate_count; i++) {
        const struct mandate_state *now = &next->mandates[i];
        const struct mandate_state *was = state_mandate(before, now->role);
        if (now->live && was != NULL && hash_equal(&was->text, &now->text) &&
            (was->reserved != now->reserved || was->top != now->top))
            add(blocks, was, now);
    }
}

void blocks_take(struct blocks *blocks, const struct block_need *need)
{
    size_t at = find(blocks, need->mandate);
    if (at == blocks->count)
        return; // nothing suffices without one
    struct block *block = &blocks->at[at];
    block->left -= need->count;
    if (need->highest > block->floor)
        block->floor = need->highest;
}
