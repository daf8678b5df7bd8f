// A ledger that somebody has taken over: the real program, but what it says to the vault is bent
// on its way (channel_put is wrapped). What it does is one word in hostile.conf:
//
//   payload    swaps the approved payload for another one
//   repeat     fills the quorum with one approval over and over
//   flip       breaks one approval's signature
//   opened     changes the opened record that it shows the vault
//   requester  changes the request's text
//   order      has the vault append an order as if it were a plain record
//   early      says execute before the order is durable
//   redo       asks for the last order again, without any order
//   state      shows the vault an older state at start
//   edge       shows the vault another tree at start
//   shrink     says that fewer records are durable than before
//   full       says at the first order that its disk is full
//   again      says each order under mandates twice, once numbers are sealed for it
//   swap       says the first order under mandates in the place of all others
//   lawless    says that no vehicle was signed for before, and lets its versions fall
#include "signer/corridor/room.h"
#include "tests/flow/hostile.h"

#include <stdlib.h>
#include <string.h>

enum err __real_channel_put(struct channel *channel, const struct message *message);
enum err __wrap_channel_put(struct channel *channel, const struct message *message);

// As signer/ledger/ledger.h has them, which is the room's own.
struct ledger;
void ledger_refuse(
    struct ledger *ledger, uint64_t id, const char *rule, const char *format, ...);
enum err __real_sign_order(struct ledger *ledger, const struct message *message);
enum err __wrap_sign_order(struct ledger *ledger, const struct message *message);

enum err __wrap_sign_order(struct ledger *ledger, const struct message *message)
{
    static bool tried;
    if (tried || !hostile_is("full"))
        return __real_sign_order(ledger, message);
    tried = true;
    ledger_refuse(ledger, message->id, "R9", "the ledger's disk is nearly full");
    return OK;
}

// As signer/ledger/lasts.h has it.
struct store;
enum err __real_lasts_put(
    struct store *store, const char *item, const struct last *last, uint64_t outcome);
enum err __wrap_lasts_put(
    struct store *store, const char *item, const struct last *last, uint64_t outcome);

enum err __wrap_lasts_put(
    struct store *store, const char *item, const struct last *last, uint64_t outcome)
{
    return hostile_is("lawless") ? OK : __real_lasts_put(store, item, last, outcome);
}

static uint8_t bent[LIMIT_PAYLOAD];

// A copy of the span with one bit of its middle byte turned.
static struct span bend(struct span span)
{
    if (span.size == 0 || span.size > sizeof bent)
        return span;
    memcpy(bent, span.data, span.size);
    bent[span.size / 2] ^= 1;
    return span_of(bent, span.size);
}

// A digit of the last number in the text becomes another: the text stays well-formed.
static struct span bend_digit(struct span span)
{
    if (span.size > sizeof bent)
        return span;
    memcpy(bent, span.data, span.size);
    for (size_t i = span.size; i-- > 0;)
        if (bent[i] >= '0' && bent[i] <= '8') {
            bent[i]++;
            break;
        }
    return span_of(bent, span.size);
}

static void bend_judge(struct message *message)
{
    if (hostile_is("payload") && message->judge.payloads.count > 0)
        message->judge.payloads.at[0] = bend_digit(message->judge.payloads.at[0]);
    if (hostile_is("repeat"))
        for (uint32_t i = 1; i < message->judge.approvals.count; i++)
            message->judge.approvals.at[i] = message->judge.approvals.at[0];
    if (hostile_is("flip") && message->judge.approvals.count > 0)
        message->judge.approvals.at[0].signature =
            bend(message->judge.approvals.at[0].signature);
    if (hostile_is("opened"))
        message->judge.opened = bend_digit(message->judge.opened);
    if (hostile_is("requester"))
        message->judge.request = bend_digit(message->judge.request);
    if (hostile_is("redo"))
        message->kind = VAULT_REDO;
}

static enum err put_order_as_record(struct channel *channel, const struct message *message)
{
    struct message append = {.kind = VAULT_APPEND, .id = message->id};
    append.replay.text = message->judge.order;
    return __real_channel_put(channel, &append);
}

static enum err put_early(struct channel *channel, const struct message *message)
{
    struct message execute = {.kind = VAULT_EXECUTE, .id = message->id};
    enum err err = __real_channel_put(channel, message);
    return err == OK ? __real_channel_put(channel, &execute) : err;
}

static void bend_resume(struct message *message)
{
    if (hostile_is("state"))
        message->resume.state = bend_digit(message->resume.state);
    if (hostile_is("edge") && message->resume.edge.count > 0)
        message->resume.edge.at[0].byte[0] ^= 1;
}

// ---- under mandates ----

static struct span keep(struct span span)
{
    uint8_t *kept = malloc(span.size); // for as long as the room lives
    if (kept == NULL)
        return span;
    memcpy(kept, span.data, span.size);
    return span_of(kept, span.size);
}

static void swap(struct message *message)
{
    static struct message first;
    if (first.kind == VAULT_MANDATE) {
        message->judge = first.judge;
        return;
    }
    first = *message;
    first.judge.order = keep(first.judge.order);
    first.judge.request = keep(first.judge.request);
    for (uint32_t i = 0; i < first.judge.payloads.count; i++)
        first.judge.payloads.at[i] = keep(first.judge.payloads.at[i]);
}

static void forget_lasts(struct message *message)
{
    for (uint32_t i = 0; i < message->lasts.at.count; i++) {
        message->lasts.at.at[i] = (struct last){.version = 0};
        message->lasts.payloads.at[i] = (struct span){0};
    }
}

// ---- what it says ----

static bool is_order(const struct message *message)
{
    return message->kind == VAULT_JUDGE || message->kind == VAULT_MANDATE;
}

static enum err put_again(struct channel *channel, const struct message *message)
{
    static int said;
    enum err err = __real_channel_put(channel, message);
    return err == OK && ++said > 1 ? __real_channel_put(channel, message) : err;
}

enum err __wrap_channel_put(struct channel *channel, const struct message *message)
{
    static struct message copy;
    copy = *message;
    if (is_order(message) && hostile_is("order"))
        return put_order_as_record(channel, message);
    if (is_order(message) && hostile_is("early"))
        return put_early(channel, message);
    if (message->kind == VAULT_MANDATE && hostile_is("again"))
        return put_again(channel, message);
    if (message->kind == VAULT_MANDATE && hostile_is("swap"))
        swap(&copy);
    if (is_order(message))
        bend_judge(&copy);
    if (message->kind == VAULT_RESUME)
        bend_resume(&copy);
    if (message->kind == LAST_ARE && hostile_is("lawless"))
        forget_lasts(&copy);
    if (message->kind == VAULT_DURABLE && hostile_is("shrink") && copy.durable.size > 3)
        copy.durable.size = 2;
    return __real_channel_put(channel, &copy);
}
