#include "signer/stop.h"

#include "signer/start.h"

#include <poll.h>

static void wait_for_signal(struct parent *parent, int64_t until)
{
    struct pollfd ready = {.fd = parent->signals, .events = POLLIN};
    int64_t left = until - start_now_ms();
    if (poll(&ready, 1, left > 0 ? (int)left : 0) > 0)
        parent_take_signals(parent);
}

static void wait_for_end(struct parent *parent, const struct child *child, int64_t until)
{
    while (child->pid != 0 && start_now_ms() < until)
        wait_for_signal(parent, until);
}

// The keeper writes into the log that the house stops, while ledger and vault are still there to
// keep it (R17). It ends by itself when that is durable.
static void record_stop(struct parent *parent)
{
    struct child *const children = parent->children, *keeper = &children[KEEPER];
    const struct message stop = {.kind = ROOM_STOP};
    int64_t until = start_now_ms() + STOP_RECORD_MS;
    if (parent->status != 0 || parent->stage != STAGE_SERVING || !keeper->ready ||
        keeper->pid == 0)
        return;
    if (channel_put(&keeper->control, &stop) != OK || channel_flush(&keeper->control) != OK)
        return;
    while (keeper->pid != 0 && children[LEDGER].pid != 0 && children[VAULT].pid != 0 &&
           start_now_ms() < until)
        wait_for_signal(parent, until);
    if (keeper->pid != 0)
        log_warn("the keeper could not record that the house stops");
}

static void stop_room(struct parent *parent, int room, int64_t until)
{
    struct child *child = &parent->children[room];
    channel_close(&child->control);
    // What never got ready has nothing to finish, and may be waiting for a person.
    if (child->ready)
        wait_for_end(parent, child, until);
    if (child->pid == 0)
        return;
    if (parent->status == 0 && child->ready)
        log_warn("the %s did not stop in time and is killed", child->name);
    child_kill(child);
}

void stop_all(struct parent *parent)
{
    // In a house that has failed all are told at once.
    bool failed = parent->status != 0;
    int64_t until = start_now_ms() + FAIL_MS;
    for (int room = GATE; failed && room >= VAULT; room--)
        channel_close(&parent->children[room].control);
    for (int room = GATE; room >= VAULT; room--) {
        stop_room(parent, room, failed ? until : start_now_ms() + STOP_MS);
        if (room == GATE)
            record_stop(parent);
    }
    start_close_line(parent);
}
