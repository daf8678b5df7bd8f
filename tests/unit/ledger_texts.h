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
    struct bytes text;    // its bytes; of metadata a ledger never reads them
    struct bytes payload; // of its one item
    struct hash payload_hash;
    struct bytes evidence[2]; // a motion's
    size_t evidence_count;
    const char *role;
    uint64_t version;
};

static inline struct bytes text_new(void)
{
    struct bytes bytes;
    bytes_init(&bytes, LIMIT_RECORD);
    return bytes;
}

static inline struct texts_request texts_request_new(unsigned number)
{
    struct texts_request request = {
        .text = text_new(), .payload = text_new(), .role = "image/targets", .version = 1};
    bytes_add_format(&request.text, "a request, number %u\n", number);
    bytes_add_format(&request.payload, "a payload, number %u\n", number);
    request.id = hash_of(bytes_span(&request.text));
    request.payload_hash = hash_of(bytes_span(&request.payload));
    return request;
}

// A motion: a request that is read for its evidence, two files.
static inline struct texts_request texts_motion_new(enum motion motion, uint64_t number)
{
    static struct request asked;
    struct texts_request request = texts_request_new(0);
    request.role = motion_role(motion);
    request.version = number;
    bytes_reset(&request.payload);
    bytes_add_format(&request.payload, "%s %llu\n", request.role, (unsigned long long)number);
    request.payload_hash = hash_of(bytes_span(&request.payload));
    asked = (struct request){.appliance = made_up_hash(1),
        .requester = made_up_hash(2),
        .reason = "it has to change",
        .expires = TEXT_TIME + 86400,
        .item_count = 1,
        .evidence_count = 2};
    asked.items[0] = made_up_item(request.role, number, 0);
    asked.items[0].payload = request.payload_hash;
    request.evidence_count = asked.evidence_count;
    for (size_t i = 0; i < asked.evidence_count; i++) {
        request.evidence[i] = text_new();
        bytes_add_format(&request.evidence[i], "evidence %zu of %s\n", i, request.role);
        asked.evidence[i] = hash_of(bytes_span(&request.evidence[i]));
    }
    bytes_reset(&request.text);
    request_write(&asked, &request.text);
    request.id = hash_of(bytes_span(&request.text));
    return request;
}

static inline void texts_request_clear(struct texts_request *request)
{
    bytes_clear(&request->text);
    bytes_clear(&request->payload);
    for (size_t i = 0; i < request->evidence_count; i++)
        bytes_clear(&request->evidence[i]);
}

static inline void texts_start(unsigned number, struct bytes *out)
{
    struct start start = {.time = TEXT_TIME + number, .version = "0.1.0", .program_count = 1};
    start.programs[0] = (struct program){"conclave-gate", made_up_hash(number)};
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
    opened.items[0] = made_up_item(request->role, request->version, 0);
    opened.items[0].payload = request->payload_hash;
    if (motion_of(request->role) != MOTION_NONE) {
        opened.decides_count = 1;
        snprintf(opened.decides[0], sizeof opened.decides[0], "charter");
    }
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

// For orders that nobody judges.
static const uint64_t some_approval[] = {1};

// `approvals` are records of approvers 0, 1, …; `adds` names the outcome that it adds to, or is NULL.
static inline void texts_order_adds(const struct texts_request *request,
    const struct place *opened, const uint64_t *approvals, size_t count,
    const struct place *adds, struct bytes *out)
{
    struct order order = {.time = TEXT_TIME,
        .request = request->id,
        .opened = *opened,
        .adds = adds != NULL,
        .approval_count = count};
    if (adds != NULL)
        order.added_to = *adds;
    for (size_t i = 0; i < count; i++)
        order.approvals[i] =
            (struct order_approval){approvals[i], made_up_hash(100 + (unsigned)i)};
    bytes_reset(out);
    order_write(&order, out);
}

static inline void texts_order(const struct texts_request *request, const struct place *opened,
    const uint64_t *approvals, size_t count, struct bytes *out)
{
    texts_order_adds(request, opened, approvals, count, NULL, out);
}

// What an outcome says beside order, state and its one signature. When something was done there is
// no signature.
struct texts_more {
    const struct place *adds; // NULL: it adds to none
    uint64_t missing;
    const char *done; // NULL: it was signed
    uint64_t number;
};

static inline void texts_outcome_more(const struct hash *request, const struct place *order,
    const struct hash *state, struct span signature, const struct texts_more *more,
    struct bytes *out)
{
    static struct outcome outcome;
    outcome = (struct outcome){.time = TEXT_TIME,
        .request = *request,
        .order = *order,
        .state = *state,
        .adds = more->adds != NULL,
        .missing = more->missing,
        .done_number = more->number,
        .signature_count = more->done == NULL};
    if (more->adds != NULL)
        outcome.added_to = *more->adds;
    if (more->done != NULL)
        snprintf(outcome.done, sizeof outcome.done, "%s", more->done);
    outcome.signatures[0] = (struct outcome_signature){
        .role = "image/targets", .version = 1, .key = made_up_hash(9)};
    outcome.signatures[0].signature = hash_of(signature);
    bytes_reset(out);
    outcome_write(&outcome, out);
}

static inline void texts_outcome(const struct texts_request *request, const struct place *order,
    const struct hash *state, struct span signature, struct bytes *out)
{
    const struct texts_more nothing = {0};
    texts_outcome_more(&request->id, order, state, signature, &nothing, out);
}

// A freeze: the statement, and the record over it. Returns the statement's id.
static inline struct hash texts_frozen(
    unsigned number, struct bytes *statement, struct bytes *record)
{
    static struct frozen frozen;
    frozen = (struct frozen){.time = TEXT_TIME, .signature_size = 64};
    frozen.freeze = (struct freeze){.appliance = made_up_hash(1),
        .administrator = made_up_hash(100),
        .epoch = 1,
        .charter = made_up_hash(4),
        .number = number,
        .of = {.what = FREEZE_EVERYTHING},
        .reason = "a token was stolen"};
    bytes_reset(statement);
    freeze_write(&frozen.freeze, statement);
    frozen.request = hash_of(bytes_span(statement));
    bytes_reset(record);
    frozen_write(&frozen, record);
    return frozen.request;
}

#endif
