#include "signer/gate/waiter.h"

static void set_stage(struct waiters *waiters, struct waiter *waiter, enum waiter_stage stage)
{
    waiters->due -= waiter->stage == WAITER_DUE;
    waiters->due += stage == WAITER_DUE;
    waiter->stage = stage;
}

bool waiter_has_room(const struct waiters *waiters, const struct client *client)
{
    if (waiters->count == LIMIT_WAITERS)
        return false;
    size_t own = 0;
    for (size_t i = 0; i < LIMIT_WAITERS; i++)
        own += waiters->at[i].stage != WAITER_FREE && waiters->at[i].client == client;
    return own < SHARE_WAITERS;
}

struct waiter *waiter_start(struct waiters *waiters, struct client *client, uint64_t client_id,
    const struct hash *request, int64_t now)
{
    for (size_t i = 0; i < LIMIT_WAITERS; i++) {
        struct waiter *waiter = &waiters->at[i];
        if (waiter->stage != WAITER_FREE)
            continue;
        *waiter = (struct waiter){.stage = WAITER_ASKING,
            .client = client,
            .client_id = client_id,
            .request = *request,
            .until = now + WAIT_MOST};
        waiters->count++;
        return waiter;
    }
    return NULL;
}

void waiter_end(struct waiters *waiters, struct waiter *waiter)
{
    set_stage(waiters, waiter, WAITER_FREE);
    *waiter = (struct waiter){0};
    waiters->count--;
}

void waiter_forget(struct waiters *waiters, const struct client *client)
{
    for (size_t i = 0; i < LIMIT_WAITERS && waiters->count > 0; i++)
        if (waiters->at[i].stage != WAITER_FREE && waiters->at[i].client == client)
            waiter_end(waiters, &waiters->at[i]);
}

static void wake(struct waiters *waiters, struct waiter *waiter)
{
    if (waiter->stage == WAITER_SLEEPING)
        set_stage(waiters, waiter, WAITER_DUE);
}

void waiter_moved(struct waiters *waiters, const struct hash *request)
{
    for (size_t i = 0; i < LIMIT_WAITERS && waiters->count > 0; i++) {
        struct waiter *waiter = &waiters->at[i];
        if (waiter->stage == WAITER_FREE || !hash_equal(&waiter->request, request))
            continue;
        waiter->moved = true;
        wake(waiters, waiter);
    }
}

void waiter_tick(struct waiters *waiters, int64_t now)
{
    for (size_t i = 0; i < LIMIT_WAITERS && waiters->count > 0; i++) {
        struct waiter *waiter = &waiters->at[i];
        if (waiter->stage == WAITER_FREE || now < waiter->until)
            continue;
        waiter->last = true;
        wake(waiters, waiter);
    }
}

struct waiter *waiter_next_due(struct waiters *waiters, size_t *at)
{
    while (waiters->due > 0 && *at < LIMIT_WAITERS) {
        struct waiter *waiter = &waiters->at[(*at)++];
        if (waiter->stage == WAITER_DUE)
            return waiter;
    }
    return NULL;
}

void waiter_asks(struct waiters *waiters, struct waiter *waiter)
{
    set_stage(waiters, waiter, WAITER_ASKING);
    waiter->moved = false;
}

bool waiter_takes(struct waiters *waiters, struct waiter *waiter, enum fate fate)
{
    if (fate != FATE_OPEN || waiter->last)
        return true;
    set_stage(waiters, waiter, waiter->moved ? WAITER_DUE : WAITER_SLEEPING);
    return false;
}
