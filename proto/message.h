// Messages: everything that clients say to the appliance and rooms say to each other, as plain
// bounded values. Two codecs carry them: the public wire (protobuf; proto/decode.h, proto/encode.h;
// gate and clients only) and the corridor's fixed layout (signer/corridor/codec.h).
//
// Spans borrow from the buffer that was decoded, or from whoever fills the message in; a message
// is used up before its buffer moves. Who may send what, and when, is a const table in each room.
#ifndef CONCLAVE_PROTO_MESSAGE_H
#define CONCLAVE_PROTO_MESSAGE_H

#include "proto/limits.h"
#include "proto/record.h"

enum message_kind {
    MESSAGE_NONE = 0,

    // A client asks (client -> gate -> keeper; what the keeper does not answer goes on to the
    // ledger). Every ask gets exactly one answer with the same id.
    ASK_STATUS,     // nothing; ANSWER_STATUS (ledger)
    ASK_SUBMIT,     // submit; ANSWER_ACCEPTED
    ASK_LIST,       // page; ANSWER_RECORDS: the opened records of live requests (ledger)
    ASK_SHOW,       // request; ANSWER_DOSSIER (ledger)
    ASK_WAIT,       // request; ANSWER_DOSSIER once its fate is known, or after 30 s (gate)
    ASK_DECIDE,     // decide; ANSWER_ACCEPTED
    ASK_WITHDRAW,   // withdraw; ANSWER_ACCEPTED
    ASK_RECORDS,    // page; ANSWER_RECORDS (ledger)
    ASK_PROVE,      // prove; ANSWER_PROOF: inclusion (ledger)
    ASK_EXTEND,     // prove; ANSWER_PROOF: consistency (ledger)
    ASK_BLOB,       // blob; ANSWER_BLOB (ledger); the sealed state is one too
    ASK_FREEZE,     // freeze; ANSWER_ACCEPTED: the statement's id, the outcome's place, signed
    ASK_FOUND_KEYS, // found_keys; ANSWER_FOUND_KEYS (vault)
    ASK_FOUND_CHARTER, // found_charter; ANSWER_FOUNDING
    ASK_FOUND_SHOW,    // nothing; ANSWER_FOUNDING
    ASK_FOUND_SIGN,    // found_sign; ANSWER_FOUNDING

    ANSWER_REFUSED, // refused: the answer to any ask
    ANSWER_STATUS,
    ANSWER_ACCEPTED,
    ANSWER_DOSSIER,
    ANSWER_RECORDS,
    ANSWER_PROOF,
    ANSWER_BLOB,
    ANSWER_FOUND_KEYS,
    ANSWER_FOUNDING,

    // keeper -> gate
    SAY_MOVED, // request: its fate is known now; waiters may ask again. No answer.

    // keeper -> ledger
    ORDER_RECORD, // record; DONE_RECORD or ANSWER_REFUSED; an opened record of a request that has
                  // ended: ANSWER_ACCEPTED with its fate (R11)
    ORDER_SIGN, // record: an order, or a frozen record and its statement as a blob; DONE_SIGN or
    // ANSWER_REFUSED; a freeze that is in the log already: ANSWER_ACCEPTED. One at a
    // time.
    // record: an order under mandates (conclave.mandated/v1), with the request's text, its payloads
    // and its evidence as blobs; DONE_SIGN or ANSWER_REFUSED; of a request whose fate is known
    // ANSWER_ACCEPTED (R11). One at a time, and none beside ORDER_SIGN.
    ORDER_MANDATED,
    // last: what these items signed last under mandates; LAST_ARE; of a request whose fate is known
    // ANSWER_ACCEPTED.
    ASK_LAST,
    ORDER_FOUND, // found; DONE_FOUND or ANSWER_REFUSED

    // ledger -> keeper
    DONE_RECORD, // place: durable, and under a checkpoint
    DONE_SIGN,   // signed: outcome durable, and under a checkpoint
    DONE_FOUND,  // nothing: the first seal stands
    LAST_ARE,    // lasts
    LIVE_HOUSE,  // live_house: first at start
    LIVE_RECORD, // live_record: each live record, in log order
    LIVE_END,    // nothing: the replay is over, asks may come

    // vault -> ledger, first at start
    VAULT_SEAL, // seal

    // ledger -> vault
    VAULT_RESUME,     // resume: what the seal says must be
    VAULT_REPLAY,     // replay: one record after the seal, in log order
    VAULT_RESUMED,    // nothing: no more records. VAULT_UP follows
    VAULT_REDO,       // judge: carries out the sealed order that has no outcome (of a freeze:
                      // `order` is the frozen record, and there is nothing else)
    VAULT_FOUND_KEYS, // found_keys; ANSWER_FOUND_KEYS
    VAULT_FOUND,      // found; VAULT_FOUND_JUDGED or ANSWER_REFUSED
    VAULT_APPEND,     // replay: one record; VAULT_APPENDED or ANSWER_REFUSED
    VAULT_JUDGE,      // judge; VAULT_JUDGED or ANSWER_REFUSED
    VAULT_FREEZE,     // replay: a frozen record; as VAULT_JUDGE
    VAULT_MANDATE, // judge: order (under mandates), request and payloads; VAULT_OUTCOME: both
                   // records are in the tree; or VAULT_RESERVE; or ANSWER_REFUSED
    VAULT_DURABLE, // durable: all records below `size` are durable; VAULT_CHECKPOINT
    VAULT_EXECUTE, // nothing: order and state are durable; VAULT_SEALED, then VAULT_OUTCOME
                   // (for a founding and for numbers VAULT_SEALED alone). Or ANSWER_REFUSED:
                   // it is too late

    // vault -> ledger
    VAULT_UP,           // durable: how large the tree is now
    VAULT_APPENDED,     // place
    VAULT_JUDGED,       // judged: the order's place, and the next state
    VAULT_RESERVE,      // judged: no place; a state that reserves numbers or moves the time
                        // alone, to become durable and sealed (VAULT_EXECUTE); then the same
                        // VAULT_MANDATE comes again
    VAULT_FOUND_JUDGED, // judged: place of leaf 1, and the first state
    VAULT_CHECKPOINT,   // checkpoint
    VAULT_SEALED,       // sealed
    VAULT_OUTCOME,      // outcome

    // conclaved <-> room (control)
    ROOM_CONFIG, // config: first, to every room
    ROOM_READY,  // nothing: sandboxed, and neighbours may be started
    ROOM_GATE, // nothing, with a descriptor beside it: the keeper's new gate; its id numbers it
    ROOM_STOP, // nothing, to the keeper: it records that the house stops, and ends when that is
               // durable
    ROOM_REPLACE, // why: the keeper hung up on its gate, the one with this id (the first is 1)

    MESSAGE_KINDS
};

enum stage { STAGE_FOUNDING = 1, STAGE_FOUNDED, STAGE_SERVING };

// The fate of a request.
enum fate {
    FATE_UNKNOWN = 0,
    FATE_OPEN,
    FATE_SIGNED,
    FATE_REJECTED,
    FATE_WITHDRAWN,
    FATE_EXPIRED,
    FATE_REFUSED
};
const char *fate_text(enum fate fate); // "open", "signed", …

struct span_list {
    struct span at[LIMIT_BLOBS];
    uint32_t count;
};

// What an item signed last under a mandate: 0 and none for nothing.
struct last {
    uint64_t version;
    struct hash payload;
};
// Of each item, and of what it lists: a Snapshot's Targets, a Timestamp's Snapshot.
#define LIMIT_LASTS (2 * LIMIT_ITEMS)
struct last_list {
    struct last at[LIMIT_LASTS];
    uint32_t count;
};

struct hash_list {
    struct hash at[LIMIT_CONSISTENCY];
    uint32_t count;
};

// A key and a signature by it.
struct signed_by {
    struct hash key;
    struct span signature;
};
struct signed_by_list {
    struct signed_by at[LIMIT_ADMINISTRATORS];
    uint32_t count;
};

// A record at its place in the log.
struct entry {
    uint64_t index;
    struct span text;
};
struct entry_list {
    struct entry at[LIMIT_RECORDS_PAGE];
    uint32_t count;
};

struct message {
    enum message_kind kind;
    uint64_t id; // chosen by the asker, unique among what it has in flight
    union {
        struct {
            struct span request;    // conclave.request/v1
            struct span signature;  // the requester's, DSSE_REQUEST
            struct span_list blobs; // payloads and evidence, in any order, each named by hash
        } submit;
        struct {
            uint64_t first; // index of the first record wanted (list: opened after this index)
            uint32_t count; // at most LIMIT_RECORDS_PAGE
        } page;
        struct {
            struct hash request;
        } request; // show, wait, moved
        struct {
            struct hash request;
            struct place opened;
            enum decision decision;
            struct hash approver;
            struct span signature; // over conclave.approval/v1, DSSE_APPROVAL
        } decide;
        struct {
            struct hash request;
            struct hash requester;
            struct span signature; // over conclave.withdrawal/v1, DSSE_WITHDRAWAL
        } withdraw;
        struct {
            struct span statement; // conclave.freeze/v1
            struct span signature; // the administrator's, DSSE_FREEZE
        } freeze;
        struct {
            uint64_t index; // prove: of the record; extend: size of the old tree
            uint64_t size;  // of the (new) tree; 0: the newest checkpoint's
        } prove;
        struct {
            struct hash hash;
        } blob;
        struct {
            struct span wishes; // conclave.wishes/v1 (policy/objects.h)
        } found_keys;
        struct {
            struct span charter;
        } found_charter;
        struct {
            struct hash approver;
            struct span signature; // over conclave.founding/v1, DSSE_FOUNDING
        } found_sign;

        struct {
            struct span rule;     // "R12"; empty for an error of the appliance
            struct span sentence; // what was wrong, and what to do
            uint32_t known;       // 1: it was recorded in the log
        } refused;
        struct {
            enum stage stage;
            uint64_t size; // records that are durable
            uint64_t epoch;
            struct hash charter;
            struct span vkey;       // of the log
            struct span checkpoint; // the newest signed one
            uint32_t open;          // open requests
            struct span version;    // of the programs
            uint32_t waits;         // 1: for time (R13); the keeper says it
        } status;
        struct {
            struct hash request;
            struct place place; // of the record that this made
            enum fate fate;
        } accepted;
        struct {
            enum fate fate;
            struct span request;   // conclave.request/v1; empty when it was never opened
            struct entry opened;   // the newest opening; empty text when there is none
            struct hash_list path; // its inclusion in `checkpoint`
            // Over the newest opening, and rejections of older ones.
            struct entry_list decisions;
            struct entry end; // outcome, ended or refused record; empty text while open
            struct hash_list end_path;
            struct span checkpoint;
        } dossier;
        struct {
            struct entry_list entries;
            uint32_t more; // 1: there are more behind the last one
        } records;
        struct {
            uint64_t index;
            uint64_t size;
            struct hash_list path;
            struct span checkpoint; // the newest one, when it is of `size`; else empty
        } proof;
        struct {
            struct span bytes;
        } blob_is;
        struct {
            struct span objects; // conclave.objects/v1 (policy/objects.h)
        } found_keys_are;
        struct {
            struct span founding; // conclave.founding/v1
            struct span charter;
            struct span objects;
            struct hash_list signed_by; // administrators' keys so far
            uint32_t complete;          // 1: sealed; the daemon may be started to serve
        } founding;

        struct {
            struct span text;
            struct span_list blobs; // to be stored with it
        } record;
        struct {
            struct span founding;
            struct span founded; // conclave.founded/v1
            struct span charter;
            struct span objects;
        } found;
        struct {
            struct hash request;
            struct span_list names; // of items; at most LIMIT_LASTS
        } last;
        struct {
            struct last_list at; // one for each name
            struct span_list
                payloads; // the same; empty for nothing, and beyond LIMIT_LAST_BYTES
        } lasts;
        struct place place; // done_record, appended
        struct {
            struct place place; // of the outcome
            struct span outcome;
            struct span state; // the state that it names; empty when the last one told is that
            struct span charter; // the text in force now, when it changed; else empty
        } signed_;
        struct {
            enum stage stage;
            struct span founding;
            struct hash_list founding_path;
            struct span charter;
            struct span state;
            struct entry outcome; // the last one, which names the state; empty text before
            struct hash_list outcome_path;
            struct span checkpoint; // the paths lead to its root
            moment newest;          // time of the newest record
        } live_house;
        struct {
            struct entry entry;
            struct hash_list path;
        } live_record;

        struct {
            enum stage stage; // founding: no seal, and keys may be generated
            struct span log;  // the log key's SPKI; empty before founding
            uint64_t number;
            uint64_t epoch;
            struct hash charter;
            uint64_t size;
            struct hash root;
            struct hash state;
        } seal;
        struct {
            struct span charter;
            struct span state;
            struct hash_list edge; // of the tree of the sealed size (log/merkle.h)
        } resume;
        struct {
            struct span text;
        } replay;
        struct {
            struct span order;               // conclave.order/v1
            struct span opened;              // conclave.opened/v1
            struct hash_list path;           // its inclusion in the tree of `size` leaves
            uint64_t size;                   // the size last said durable
            struct span request;             // conclave.request/v1
            struct signed_by_list approvals; // in the order's order
            struct span_list payloads;       // in the items' order
            struct span_list evidence;       // a motion's, in the request's order; else none
        } judge;
        struct {
            struct place place;
            struct span state;
        } judged;
        struct {
            uint64_t size;
        } durable;
        struct {
            uint64_t size;
            struct span note;
        } checkpoint;
        struct {
            uint64_t number;
            uint64_t epoch;
            struct hash charter;
            struct hash state;
        } sealed;
        struct {
            struct place order; // of an order under mandates, which is in the tree as well
            struct place place;
            struct span text;            // conclave.outcome/v1
            struct span_list signatures; // bytes, in the order of its lines
        } outcome;

        struct {
            enum stage stage;
            struct span folder;   // ledger: its directory; vault: the token's directory
            struct span module;   // vault: path of the PKCS#11 module
            struct span token;    // vault: label of the token
            struct span programs; // keeper: the `program:` lines of its start record
        } config;
        struct {
            struct span why;
        } replace;
    };
};

#endif
