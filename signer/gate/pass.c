#include "signer/gate/gate.h"

#include "proto/decode.h"

// What became of a client's turn.
enum step {
    STEP_IDLE,   // it has no whole frame: read on
    STEP_STUCK,  // the budget does not allow its frame now
    STEP_PASSED, // one frame went to the keeper
    STEP_BROKEN, // what it sends is not our protocol
};

static void put(struct gate *gate, const struct message *message)
{
    enum err err = channel_put(&gate->room.down, message);
    if (err != OK)
        log_halt(EXIT_NEIGHBOUR, "cannot ask the keeper: %s", err_text(err));
}

// A frame over BUDGET_ASK is read further only when its bytes are set aside.
static bool reserve(struct gate *gate, struct client *client, size_t size)
{
    if (size <= BUDGET_ASK || client->reserved > 0)
        return true;
    const struct use need = {.asks = size};
    if (!budget_take(&gate->budget, &client->held, &need))
        return false;
    client->reserved = size;
    return true;
}

static bool allow(struct gate *gate, struct client *client, enum message_kind ask)
{
    if (ask == ASK_WAIT && !waiter_has_room(&gate->waiters, client))
        return false;
    const struct use need = budget_need(ask);
    return budget_take(&gate->budget, &client->held, &need);
}

// Asks the keeper; everything that is needed was taken from the budget.
static void pass(struct gate *gate, struct client *client, struct message *ask)
{
    struct flight *flight = flight_start(&gate->flights, client);
    if (flight == NULL)
        log_halt(EXIT_HALT, "more asks in flight than credits");
    flight->client_id = ask->id;
    flight->held = budget_need(ask->kind);
    flight->held.asks = client->reserved;
    client->reserved = 0;
    if (ask->kind == ASK_WAIT) {
        flight->waiter =
            waiter_start(&gate->waiters, client, ask->id, &ask->request.request, gate->now);
        ask->kind = ASK_SHOW;
    }
    flight->asked = ask->kind;
    ask->id = flight->id;
    put(gate, ask);
}

static enum step step_whole(struct gate *gate, struct client *client, size_t size)
{
    // A frame that had to wait is not decoded again before it may go.
    bool known = client->front != MESSAGE_NONE;
    if (known && !allow(gate, client, client->front))
        return STEP_STUCK;
    struct span frame = client_pending(client);
    struct decoded decoded;
    if (decode_ask(span_of(frame.data + FRAME_HEADER, size - FRAME_HEADER), &decoded) != OK) {
        const struct use back = known ? budget_need(client->front) : (struct use){0};
        budget_give(&gate->budget, &client->held, &back);
        return STEP_BROKEN;
    }
    client->front = decoded.message.kind;
    enum step step = STEP_STUCK;
    if (known || allow(gate, client, client->front)) {
        pass(gate, client, &decoded.message);
        client_passed(client, size);
        step = STEP_PASSED;
    }
    decoded_clear(&decoded);
    return step;
}

static enum step step(struct gate *gate, struct client *client)
{
    struct span pending = client_pending(client);
    size_t size = 0;
    enum err err = frame_size(pending, &size);
    if (err == ERR_AGAIN)
        return STEP_IDLE;
    if (err != OK)
        return STEP_BROKEN;
    if (!reserve(gate, client, size))
        return STEP_STUCK;
    return pending.size < size ? STEP_IDLE : step_whole(gate, client, size);
}

static void idle(struct gate *gate, struct client *client)
{
    client->in_line = false;
    if (client->reading_since == 0 && client_pending(client).size > 0)
        client->reading_since = gate->now;
    door_read_on(client, true);
}

// Back-pressure: nothing more is read from it, and its time does not run.
static void hold(struct client *client, struct line *stuck)
{
    door_read_on(client, false);
    client->reading_since = 0;
    line_push(stuck, client);
}

static void take_turn(struct gate *gate, struct client *client, struct line *stuck)
{
    switch (step(gate, client)) {
    case STEP_IDLE:
        idle(gate, client);
        break;
    case STEP_STUCK:
        hold(client, stuck);
        break;
    case STEP_PASSED:
        line_push(&gate->line, client);
        break;
    case STEP_BROKEN:
        client->in_line = false;
        door_shut(gate, client, "what it sent is not a message of ours");
        break;
    }
}

void pass_clients(struct gate *gate)
{
    if (gate->line.count == 0)
        return;
    struct line stuck = {.count = 0};
    budget_round(&gate->budget);
    for (struct client *client = line_pop(&gate->line); client != NULL;
         client = line_pop(&gate->line))
        take_turn(gate, client, &stuck);
    gate->line = stuck;
}

static void ask_again(struct gate *gate, struct waiter *waiter)
{
    struct flight *flight = flight_start(&gate->flights, waiter->client);
    if (flight == NULL)
        log_halt(EXIT_HALT, "more asks in flight than credits");
    flight->client_id = waiter->client_id;
    flight->held = budget_need(ASK_SHOW);
    flight->asked = ASK_SHOW;
    flight->waiter = waiter;
    waiter_asks(&gate->waiters, waiter);
    const struct message ask = {
        .kind = ASK_SHOW, .id = flight->id, .request.request = waiter->request};
    put(gate, &ask);
}

void pass_waiters(struct gate *gate)
{
    const struct use need = budget_need(ASK_SHOW);
    size_t at = 0;
    budget_round(&gate->budget);
    for (struct waiter *waiter = waiter_next_due(&gate->waiters, &at); waiter != NULL;
         waiter = waiter_next_due(&gate->waiters, &at)) {
        if (!budget_has_credit(&gate->budget))
            return;
        if (budget_take(&gate->budget, &waiter->client->held, &need))
            ask_again(gate, waiter);
    }
}
