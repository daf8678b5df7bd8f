// What an audit knows of each request in the log: its newest opening, the votes, and whether it has
// ended. Ids of ended requests stay, for an id is used once, for ever.
#ifndef CONCLAVE_CLIENT_AUDIT_REQUEST_H
#define CONCLAVE_CLIENT_AUDIT_REQUEST_H

#include "policy/decide.h"
#include "proto/record.h"

struct audit_opening {
    struct place place;
    struct bytes text;
};

struct audit_vote {
    uint64_t index;  // of the decision record
    uint64_t opened; // of the opened record
    struct vote vote;
};

struct audit_request {
    struct audit_request *next; // in its chain
    struct hash id;
    bool ended;
    bool is_signed;               // and takes more custodians' signatures
    struct place outcome;         // its newest, when it is signed
    struct audit_opening opening; // the newest
    struct audit_vote *votes;
    size_t vote_count;
};

struct audit_requests;

struct audit_requests *audit_requests_new(void); // NULL without memory
void audit_requests_free(struct audit_requests *requests);

// NULL when there is none.
struct audit_request *audit_requests_find(
    const struct audit_requests *requests, const struct hash *id);
// Adds one that is not there yet; NULL without memory.
struct audit_request *audit_requests_add(
    struct audit_requests *requests, const struct hash *id);

// Each copies what it is given. ERR_MEMORY. A new opening drops the approvals of the old one;
// rejections stay (R4). ERR_LIMIT: it keeps LIMIT_DECISIONS votes.
enum err must_check audit_request_open(
    struct audit_request *request, const struct place *place, struct span text);
enum err must_check audit_request_vote(
    struct audit_request *request, const struct audit_vote *vote);
// Marks it ended, and frees everything but its id.
void audit_request_end(struct audit_request *request);

// The votes that count over the newest opening.
size_t audit_request_votes(
    const struct audit_request *request, struct vote out[LIMIT_DECISIONS]);

#endif
