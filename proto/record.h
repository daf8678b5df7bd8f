// Records: the entries of the ledger besides opened and founding (proto/statement.h). Each is the
// exact text that is a Merkle leaf; the first line names its kind.
#ifndef CONCLAVE_PROTO_RECORD_H
#define CONCLAVE_PROTO_RECORD_H

#include "proto/motion.h"
#include "proto/statement.h"

enum record_kind {
    RECORD_UNKNOWN = 0,
    RECORD_FOUNDING, // leaf 0
    RECORD_FOUNDED,  // leaf 1: every administrator's signature over leaf 0
    RECORD_START,    // the appliance came up
    RECORD_OPENED,
    RECORD_DECISION, // an approval or a rejection that was accepted
    RECORD_ENDED,    // a request ended without a signature
    RECORD_REFUSED,  // something from a known person was refused
    RECORD_ORDER,    // the quorum is complete; the vault is asked to sign
    RECORD_OUTCOME,  // what the vault signed
    RECORD_MANDATED, // an order under mandates: nobody is asked, and its outcome comes with it
    RECORD_GATE,     // the gate was replaced
    RECORD_FROZEN,   // an administrator's freeze: an order that needs no quorum
    RECORD_STOP,     // the appliance was asked to stop
    RECORD_CLOCK, // the clock was set, or the appliance began or ended to wait for time (R13)
    RECORD_QUOTA, // what went over somebody's quota on one day, counted (R17)
};

// By its first line; RECORD_UNKNOWN for anything else.
enum record_kind record_kind(struct span text);
// "opened", "decision", …
const char *record_kind_text(enum record_kind kind);
// "conclave.opened/v1", …; empty for RECORD_UNKNOWN.
const char *record_title(enum record_kind kind);
// The request that a record is about: the value of its `request:` line. False when it has none.
bool record_request(struct span text, struct hash *out);

// A position in the log with the leaf that stands there.
struct place {
    uint64_t index;
    struct hash leaf;
};
// The line "name: INDEX sha256:LEAF".
void place_line(struct bytes *out, const char *name, const struct place *place);
struct place place_read_line(struct text *text, const char *name);

//   conclave.founded/v1
//   time: …
//   founding: 0 sha256:…
//   signature: sha256:… base64     (one for each administrator, ascending by key)
struct founded_signature {
    struct hash key;
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t signature_size;
};
struct founded {
    moment time;
    struct place founding;
    struct founded_signature signatures[LIMIT_ADMINISTRATORS];
    size_t signature_count;
};
void founded_write(const struct founded *founded, struct bytes *out);
enum err must_check founded_read(struct span bytes, struct founded *out);

//   conclave.start/v1
//   time: …
//   version: 0.2.0
//   program: conclave-gate sha256:…   (what was started; ascending by name; at least one, R17)
struct program {
    char name[LIMIT_NAME + 1];
    struct hash hash; // SHA-256 of the file that runs
};
struct start {
    moment time;
    char version[LIMIT_NAME + 1];
    struct program programs[LIMIT_PROGRAMS];
    size_t program_count;
};
// The `program:` lines alone, as conclaved hands them to the keeper; the reader sets nothing else
// of `out`. ERR_FORM.
void programs_write(const struct start *start, struct bytes *out);
enum err must_check programs_read(struct span text, struct start *out);
void start_write(const struct start *start, struct bytes *out);
enum err must_check start_read(struct span bytes, struct start *out);

//   conclave.decision/v1
//   time: …
//   request: sha256:…
//   opened: 1834 sha256:…
//   decision: approve
//   approver: sha256:…
//   signature: base64          (over the rebuilt conclave.approval/v1, DSSE_APPROVAL)
struct decided {
    moment time;
    struct hash request;
    struct place opened;
    enum decision decision;
    struct hash approver;
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t signature_size;
};
void decided_write(const struct decided *decided, struct bytes *out);
enum err must_check decided_read(struct span bytes, struct decided *out);

// ENDING_CLOSED ends no fate: the request is signed, and takes no more custodians' approvals.
enum ending {
    ENDING_REJECTED = 1,
    ENDING_WITHDRAWN,
    ENDING_EXPIRED,
    ENDING_REFUSED,
    ENDING_CLOSED
};
const char *ending_text(enum ending ending); // "rejected", "withdrawn", … "closed"
//   conclave.ended/v1
//   time: …
//   request: sha256:…
//   how: withdrawn
//   rule: R12/root-next        (or R12 without a check's name, or none: nothing was broken)
//   why: a sentence            (never empty)
struct ended {
    moment time;
    struct hash request;
    enum ending how;
    char rule[LIMIT_RULE + 1]; // empty for none
    char why[LIMIT_SENTENCE + 1];
};
void ended_write(const struct ended *ended, struct bytes *out);
enum err must_check ended_read(struct span bytes, struct ended *out);

//   conclave.refused/v1
//   time: …
//   request: sha256:…          (none when it could not even be read)
//   from: sha256:…             (the key of the person who asked)
//   rule: R5                   (or none)
//   why: a sentence            (never empty)
struct refused {
    moment time;
    struct hash request;
    struct hash from;
    char rule[LIMIT_RULE + 1]; // empty for none
    char why[LIMIT_SENTENCE + 1];
};
void refused_write(const struct refused *refused, struct bytes *out);
enum err must_check refused_read(struct span bytes, struct refused *out);

//   conclave.order/v1
//   time: …
//   request: sha256:…
//   opened: 1834 sha256:…
//   adds: 1841 sha256:…        (only when the request is signed already, and custodians who
//                               approved later add signatures: its newest outcome)
//   approval: 1836 sha256:…    (record index of the decision, approver; strictly ascending
//                               by index, no approver twice)
struct order_approval {
    uint64_t index;
    struct hash approver;
};
struct order {
    moment time;
    struct hash request;
    struct place opened;
    bool adds;
    struct place added_to; // when `adds`
    struct order_approval approvals[LIMIT_ADMINISTRATORS];
    size_t approval_count;
};
void order_write(const struct order *order, struct bytes *out);
enum err must_check order_read(struct span bytes, struct order *out);

//   conclave.mandated/v1
//   time: …
//   request: sha256:…
//   requester: sha256:…
//   signature: base64                  (the requester's over the request's text, DSSE_REQUEST)
//   mandate: director/targets sha256:… (of each role of the request's items: its mandate's text;
//                                      ascending by role)
struct mandate_named {
    char role[LIMIT_ROLE_NAME + 1];
    struct hash text;
};
struct mandated {
    moment time;
    struct hash request;
    struct hash requester;
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t signature_size;
    struct mandate_named mandates[LIMIT_MANDATES];
    size_t mandate_count;
};
void mandated_write(const struct mandated *mandated, struct bytes *out);
enum err must_check mandated_read(struct span bytes, struct mandated *out);

//   conclave.outcome/v1
//   time: …
//   request: sha256:…
//   order: 1840 sha256:…
//   state: sha256:…            (the state that was sealed before these signatures were made)
//   adds: 1841 sha256:…        (only when the order has it: the outcome before this one)
//   missing: 3                 (only when custodians may still add so many signatures)
//   done: conclave/keys 3      (only for a motion, or a freeze: what was carried out, and its
//                              number; then there are no signatures, nor `adds` and `missing`)
//   made: image/root ed25519 SPKI-base64  (keys that conclave/keys made; in its order)
//   signature: image/targets 12 sha256:KEY sha256:SIGNATURE   (payload version; items in the
//                              request's order, an item's lines together, keys strictly
//                              ascending; signature bytes lie beside)
// What an outcome says is done when a freeze was carried out, with the freeze's number.
#define OUTCOME_FREEZE MOTION_REPOSITORY "/freeze"
struct made_line {
    char role[LIMIT_ROLE_NAME + 1];
    struct key key;
};
struct outcome_signature {
    char role[LIMIT_ROLE_NAME + 1];
    uint64_t version;
    struct hash key;
    struct hash signature;
};
struct outcome {
    moment time;
    struct hash request; // of a freeze: its statement's id
    struct place order;
    struct hash state;
    bool adds;
    struct place added_to;
    uint64_t missing;
    char done[LIMIT_ROLE_NAME + 1]; // empty when there are signatures
    uint64_t done_number;
    struct made_line made[LIMIT_MOTION_KEYS];
    size_t made_count;
    struct outcome_signature signatures[LIMIT_SIGNATURES];
    size_t signature_count;
};
void outcome_write(const struct outcome *outcome, struct bytes *out);
enum err must_check outcome_read(struct span bytes, struct outcome *out);

//   conclave.gate/v1
//   time: …
//   why: a sentence
struct gate_record {
    moment time;
    char why[LIMIT_SENTENCE + 1];
};
void gate_record_write(const struct gate_record *gate, struct bytes *out);
enum err must_check gate_record_read(struct span bytes, struct gate_record *out);

//   conclave.frozen/v1
//   time: …
//   request: sha256:…               (the statement's id: a freeze is a request of its own)
//   administrator: … to reason: …   (the lines of conclave.freeze/v1 behind `appliance`)
//   signature: base64               (over the rebuilt conclave.freeze/v1, DSSE_FREEZE)
struct frozen {
    moment time;
    struct hash request;
    struct freeze freeze; // its appliance is not in the record
    uint8_t signature[KEY_SIGNATURE_MOST];
    size_t signature_size;
};
void frozen_write(const struct frozen *frozen, struct bytes *out);
enum err must_check frozen_read(struct span bytes, struct frozen *out);

//   conclave.stop/v1
//   time: …
//   why: a sentence
struct stop {
    moment time;
    char why[LIMIT_SENTENCE + 1];
};
void stop_write(const struct stop *stop, struct bytes *out);
enum err must_check stop_read(struct span bytes, struct stop *out);

//   conclave.clock/v1
//   time: …
//   why: a sentence
struct clock_record {
    moment time;
    char why[LIMIT_SENTENCE + 1];
};
void clock_record_write(const struct clock_record *clock, struct bytes *out);
enum err must_check clock_record_read(struct span bytes, struct clock_record *out);

//   conclave.quota/v1
//   time: …
//   from: sha256:…            (the key that asked too much)
//   count: 17                 (asks of the day that went over its quota and left no record)
//   rule: R17
//   why: a sentence           (the first of them)
struct quota_record {
    moment time;
    struct hash from;
    uint64_t count;
    char rule[LIMIT_RULE + 1];
    char why[LIMIT_SENTENCE + 1];
};
void quota_record_write(const struct quota_record *quota, struct bytes *out);
enum err must_check quota_record_read(struct span bytes, struct quota_record *out);

#endif
