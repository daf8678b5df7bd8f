#include "client/audit_request.h"

#include <stdlib.h>
#include <string.h>

// Chains: a million ended requests are sixteen a chain.
enum { CHAINS = 1 << 16 };

struct audit_requests {
    struct audit_request *chains[CHAINS];
};

struct audit_requests *audit_requests_new(void)
{
    return calloc(1, sizeof(struct audit_requests));
}

static void release(struct audit_request *request)
{
    bytes_clear(&request->opening.text);
    free(request->votes);
}

void audit_requests_free(struct audit_requests *requests)
{
    if (requests == NULL)
        return;
    for (size_t i = 0; i < CHAINS; i++)
        for (struct audit_request *next, *at = requests->chains[i]; at != NULL; at = next) {
            next = at->next;
            release(at);
            free(at);
        }
    free(requests);
}

// Ids are hashes: any of their bytes spread them.
static size_t chain_of(const struct hash *id)
{
    return (size_t)id->byte[0] << 8 | id->byte[1];
}

struct audit_request *audit_requests_find(
    const struct audit_requests *requests, const struct hash *id)
{
    struct audit_request *at = requests->chains[chain_of(id)];
    while (at != NULL && !hash_equal(&at->id, id))
        at = at->next;
    return at;
}

struct audit_request *audit_requests_add(struct audit_requests *requests, const struct hash *id)
{
    struct audit_request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return NULL;
    struct audit_request **chain = &requests->chains[chain_of(id)];
    request->id = *id;
    bytes_init(&request->opening.text, LIMIT_RECORD);
    request->next = *chain;
    *chain = request;
    return request;
}

// Approvals bind one opening; a rejection stands for the request (R4).
static void drop_approvals(struct audit_request *request)
{
    size_t kept = 0;
    for (size_t i = 0; i < request->vote_count; i++)
        if (request->votes[i].vote.decision == DECISION_REJECT)
            request->votes[kept++] = request->votes[i];
    request->vote_count = kept;
}

enum err audit_request_open(
    struct audit_request *request, const struct place *place, struct span text)
{
    drop_approvals(request);
    request->opening.place = *place;
    bytes_reset(&request->opening.text);
    bytes_add(&request->opening.text, text);
    return bytes_finish(&request->opening.text);
}

enum err audit_request_vote(struct audit_request *request, const struct audit_vote *vote)
{
    if (request->vote_count == LIMIT_DECISIONS)
        return ERR_LIMIT;
    struct audit_vote *grown =
        reallocarray(request->votes, request->vote_count + 1, sizeof *request->votes);
    if (grown == NULL)
        return ERR_MEMORY;
    request->votes = grown;
    grown[request->vote_count++] = *vote;
    return OK;
}

void audit_request_end(struct audit_request *request)
{
    struct audit_request kept = {.next = request->next, .id = request->id, .ended = true};
    release(request);
    *request = kept;
}

size_t audit_request_votes(
    const struct audit_request *request, struct vote out[LIMIT_DECISIONS])
{
    for (size_t i = 0; i < request->vote_count; i++)
        out[i] = request->votes[i].vote;
    return request->vote_count;
}
