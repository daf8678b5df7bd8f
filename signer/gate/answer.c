#include "signer/gate/gate.h"

#include "proto/encode.h"
#include "proto/wire.h"

void answer_end(struct gate *gate, struct flight *flight)
{
    struct client *client = flight->client;
    budget_give(&gate->budget, client == NULL ? NULL : &client->held, &flight->held);
    flight_end(flight);
}

// From now on the answer holds what it is, no longer what it could have been.
static void hold_only(struct gate *gate, struct flight *flight, size_t size)
{
    struct use back = {.asks = flight->held.asks};
    if (flight->held.answers > size)
        back.answers = flight->held.answers - size;
    flight->held.asks -= back.asks;
    flight->held.answers -= back.answers;
    budget_give(&gate->budget, &flight->client->held, &back);
}

// Whether the answer is to be written: a waiter may only have learned that it has to wait.
static bool waiter_lets_pass(
    struct gate *gate, struct flight *flight, const struct message *message)
{
    enum fate fate = message->kind == ANSWER_DOSSIER ? message->dossier.fate : FATE_UNKNOWN;
    if (flight->waiter == NULL)
        return true;
    if (!waiter_takes(&gate->waiters, flight->waiter, fate))
        return false;
    waiter_end(&gate->waiters, flight->waiter);
    flight->waiter = NULL;
    return true;
}

static enum err write_answer(
    struct gate *gate, struct flight *flight, const struct message *message)
{
    struct client *client = flight->client;
    struct message answer = *message;
    answer.id = flight->client_id;
    size_t before = client->out.size;
    enum err err = encode(&answer, &client->out);
    if (err != OK)
        return err;
    size_t size = client->out.size - before;
    hold_only(gate, flight, size);
    client_answered(client, flight, size, gate->now);
    door_enter_dirty(gate, client);
    return OK;
}

static enum err take_answer(struct gate *gate, const struct message *message)
{
    struct flight *flight = flight_find(&gate->flights, message->id);
    if (flight == NULL || !wire_answers(flight->asked, message->kind))
        return ERR_FORM;
    if (flight->client != NULL && waiter_lets_pass(gate, flight, message))
        return write_answer(gate, flight, message);
    answer_end(gate, flight);
    return OK;
}

static enum err take_moved(struct gate *gate, const struct message *message)
{
    waiter_moved(&gate->waiters, &message->request.request);
    return OK;
}

// What the keeper may say. No other kind: it is a neighbour, and that is fatal.
static const struct {
    enum message_kind kind;
    enum err (*take)(struct gate *gate, const struct message *message);
} sayings[] = {
    {ANSWER_REFUSED, take_answer},
    {ANSWER_STATUS, take_answer},
    {ANSWER_ACCEPTED, take_answer},
    {ANSWER_DOSSIER, take_answer},
    {ANSWER_RECORDS, take_answer},
    {ANSWER_PROOF, take_answer},
    {ANSWER_BLOB, take_answer},
    {ANSWER_FOUND_KEYS, take_answer},
    {ANSWER_FOUNDING, take_answer},
    {SAY_MOVED, take_moved},
};

enum err answer_take(struct gate *gate, const struct message *message)
{
    for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++)
        if (sayings[i].kind == message->kind)
            return sayings[i].take(gate, message);
    return ERR_FORM;
}
