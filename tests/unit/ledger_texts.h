// Records as keeper and vault write them, filled with made-up values: what a ledger looks at holds,
// and signatures are nobody's.
#ifndef CONCLAVE_TESTS_UNIT_LEDGER_TEXTS_H
#define CONCLAVE_TESTS_UNIT_LEDGER_TEXTS_H

#include "proto/record.h"
#include "tests/unit/made_up.h"
#include "tests/unit/samples.h"

enum { TEXT_TIME = 1796083200 };

struct texts_request {
    struct hash id;
    struct bytes text;    // its bytes; a ledger never reads them
    struct bytes payload; // of its one item
    struct hash payload_hash;
};

static inline struct bytes text_new(void)
{
    struct bytes bytes;
    bytes_init(&bytes, LIMIT_RECORD);
    return bytes;
}

static inline struct texts_request texts_request_new(unsigned number)
{
    struct texts_request request = {.text = text_new(), .payload = text_new()};
    bytes_add_format(&request.text, "a request, number %u\n", number);
    bytes_add_format(&request.payload, "a payload, number %u\n", number);
    request.id = hash_of(bytes_span(&request.text));
    request.payload_hash = hash_of(bytes_span(&request.payload));
    return request;
}

static inline void texts_request_clear(struct texts_request *request)
{
    bytes_clear(&request->text);
    bytes_clear(&request->payload);
}

static inline void texts_start(unsigned number, struct bytes *out)
{
    struct start start = {.time = TEXT_TIME + number, .version = "0.1.0"};
    bytes_reset(out);
    start_write(&start, out);
}

static inline void texts_opened(
    const struct texts_request *request, unsigned number, struct bytes *out)
{
    static struct opened opened;
    opened = (struct opened){.appliance = made_up_hash(1),
        .request = request->id,
        .requester = made_up_hash(2),
        .signature_size = 64,
        .item_count = 1,
        .rendering = 1,
        .shown = made_up_hash(3),
        .epoch = 1,
        .charter = made_up_hash(4),
        .time = TEXT_TIME + number,
        .earliest = TEXT_TIME + number,
        .expires = TEXT_TIME + 86400};
    opened.items[0] = made_up_item("image/targets", 1, 0);
    opened.items[0].payload = request->payload_hash;
    bytes_reset(out);
    opened_write(&opened, out);
}

static inline void texts_decided(const struct texts_request *request,
    const struct place *opened, unsigned approver, enum decision decision, struct bytes *out)
{
    struct decided decided = {.time = TEXT_TIME,
        .request = request->id,
        .opened = *opened,
        .decision = decision,
        .approver = made_up_hash(100 + approver),
        .signature_size = 64};
    memset(decided.signature, (int)approver, sizeof decided.signature);
    bytes_reset(out);
    decided_write(&decided, out);
}

static inline void texts_ended(
    const struct texts_request *request, enum ending how, struct bytes *out)
{
    struct ended ended = {.time = TEXT_TIME, .request = request->id, .how = how};
    snprintf(ended.rule, sizeof ended.rule, "R12");
    snprintf(ended.why, sizeof ended.why, "it had to end");
    bytes_reset(out);
    ended_write(&ended, out);
}

static inline void texts_refused(const struct hash *request, struct bytes *out)
{
    struct refused refused = {.time = TEXT_TIME, .request = *request, .from = made_up_hash(7)};
    snprintf(refused.rule, sizeof refused.rule, "R2");
    snprintf(refused.why, sizeof refused.why, "it was no good");
    bytes_reset(out);
    refused_write(&refused, out);
}

// `approvals` are records of approvers 0, 1, …
static inline void texts_order(const struct texts_request *request, const struct place *opened,
    const uint64_t *approvals, size_t count, struct bytes *out)
{
    struct order order = {
        .time = TEXT_TIME, .request = request->id, .opened = *opened, .approval_count = count};
    for (size_t i = 0; i < count; i++)
        order.approvals[i] =
            (struct order_approval){approvals[i], made_up_hash(100 + (unsigned)i)};
    bytes_reset(out);
    order_write(&order, out);
}

static inline void texts_outcome(const struct texts_request *request, const struct place *order,
    const struct hash *state, struct span signature, struct bytes *out)
{
    static struct outcome outcome;
    outcome = (struct outcome){.time = TEXT_TIME,
        .request = request->id,
        .order = *order,
        .state = *state,
        .signature_count = 1};
    outcome.signatures[0] = (struct outcome_signature){
        .role = "image/targets", .version = 1, .key = made_up_hash(9)};
    outcome.signatures[0].signature = hash_of(signature);
    bytes_reset(out);
    outcome_write(&outcome, out);
}

#endif
