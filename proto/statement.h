// Statements: the texts that people (and their services) sign. Design section 4; PROTOCOL.md fixes
// the fields. Whoever verifies an approval rebuilds it from the opened record and compares, and
// never parses an approver's claim (R3).
#ifndef CONCLAVE_PROTO_STATEMENT_H
#define CONCLAVE_PROTO_STATEMENT_H

#include "proto/limits.h"
#include "proto/text.h"
#include "signer/base/key.h"

// One thing to be signed, or a motion (proto/motion.h) to be carried out. `previous` is none in a
// request; the appliance fills it in.
struct item {
    // "image/targets"; for a vehicle "director/targets@VEHICLE" (proto/name.h); "conclave/charter"
    char role[LIMIT_ROLE_NAME + 1];
    uint64_t version;
    struct hash payload;
    struct hash previous; // payload last sealed for the role; none for the first
};

// How many keys of a role must be able to sign before any does (R12): a key that has a custodian
// can when that administrator has approved. One line for each threshold: a root's old and its new.
struct reach {
    char role[LIMIT_ROLE_NAME + 1];
    uint64_t need;                      // 1 to key_count
    struct hash keys[LIMIT_REACH_KEYS]; // of the charter; ascending
    size_t key_count;
};

// conclave.request/v1: what a requester asks for. Its id is the SHA-256 of its exact bytes.
//
//   conclave.request/v1
//   appliance: sha256:…        (SHA-256 of the log key's SPKI)
//   requester: sha256:…        (the key that signs this)
//   nonce: 32 hex digits       (so that the same thing can be asked for twice)
//   reason: a sentence
//   expires: 2026-12-01T00:00:00Z
//   item: image/targets 12 sha256:…     (1 to LIMIT_ITEMS; no role twice)
//   evidence: sha256:…                  (0 to LIMIT_ITEMS; none twice)
struct request {
    struct hash appliance;
    struct hash requester;
    uint8_t nonce[16];
    char reason[LIMIT_REASON + 1];
    moment expires;
    struct item items[LIMIT_ITEMS];
    size_t item_count;
    struct hash evidence[LIMIT_ITEMS];
    size_t evidence_count;
};

// Writing and reading are strict inverses: what a reader takes is what the writer would write.
void request_write(const struct request *request, struct bytes *out);
enum err must_check request_read(struct span bytes, struct request *out);
// The request's id: the SHA-256 of its exact bytes, whatever they are.
struct hash request_id(struct span text);

// The ledger record with which a request is opened. A motion stands alone in it, and nothing but
// motions stands in their repository. It holds every line that approvers will sign,
// except decision and approver (R4).
//
//   conclave.opened/v1
//   appliance: sha256:…
//   request: sha256:…
//   requester: sha256:… SIGNATURE-base64   (over the request's text, DSSE_REQUEST)
//   item: image/targets 12 sha256:… previous sha256:…
//   decides: charter                       (a motion's: whose quorums decide; "charter" alone, or
//                                          roles, a line each, ascending; metadata is decided by
//                                          its own roles and has none)
//   reach: image/root 5 sha256:… sha256:…  (roles of the items whose keys have custodians, R12; a
//                                          role has two lines at most, one behind the other)
//   shown: 1 sha256:…                      (number and SHA-256 of the rendered text, R14)
//   charter: 4 sha256:…                    (epoch and hash)
//   time: …
//   earliest: …                            (time + the charter's delay; never before time)
//   expires: …
struct opened {
    struct hash appliance;
    struct hash request;
    struct hash requester;
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t signature_size;
    struct item items[LIMIT_ITEMS];
    size_t item_count;
    char decides[LIMIT_ITEMS][LIMIT_ROLE_NAME + 1];
    size_t decides_count;
    struct reach reach[LIMIT_REACH];
    size_t reach_count;
    uint64_t rendering;
    struct hash shown;
    uint64_t epoch;
    struct hash charter;
    moment time;
    moment earliest;
    moment expires;
};

void opened_write(const struct opened *opened, struct bytes *out);
enum err must_check opened_read(struct span bytes, struct opened *out);

enum decision { DECISION_APPROVE = 1, DECISION_REJECT = 2 };
const char *decision_text(enum decision decision); // "approve", "reject"; else "none"

// Rebuilds conclave.approval/v1 (design section 4) over the opened record that stands at `index`
// with leaf hash `leaf`.
void approval_write(const struct opened *opened, uint64_t index, const struct hash *leaf,
    enum decision decision, const struct hash *approver, struct bytes *out);

// Rebuilds conclave.withdrawal/v1: appliance, request, requester (a key of the same person).
void withdrawal_write(const struct hash *appliance, const struct hash *request,
    const struct hash *requester, struct bytes *out);

// conclave.founding/v1: the first record; every administrator signs it (n of n).
//
//   conclave.founding/v1
//   time: …
//   origin: log.example/appliance-0001
//   log: ed25519 SPKI-base64   (a log key is always Ed25519)
//   charter: 1 sha256:…        (always epoch 1)
//   objects: sha256:…          (the list of every object of the token)
struct founding {
    moment time;
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    struct hash charter;
    struct hash objects;
};

void founding_write(const struct founding *founding, struct bytes *out);
enum err must_check founding_read(struct span bytes, struct founding *out);

#endif
