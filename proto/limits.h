// Every limit of the house, with the reason for its size (R20). Untrusted bytes are held against
// these before anything is allocated for them.
#ifndef CONCLAVE_PROTO_LIMITS_H
#define CONCLAVE_PROTO_LIMITS_H

#include <stdint.h>

// The largest version of metadata: the largest integer that every JSON parser reads exactly.
#define LIMIT_VERSION UINT64_C(9007199254740991)
// The largest index of a record, and any other count of ours: the store's integers are signed.
#define LIMIT_INDEX UINT64_C(9223372036854775807)

enum {
    // A log entry has a 16-bit length in C2SP tiles; a record is one entry.
    LIMIT_RECORD = 65535,
    // One signed file: an Image targets.json of 10,000 targets has 4 MB; twice that.
    LIMIT_PAYLOAD = 8 * 1024 * 1024,
    // All payloads and evidence of one request: a Snapshot with the largest Targets as evidence
    // and room for a second one.
    LIMIT_REQUEST_BYTES = 20 * 1024 * 1024,
    // A frame on the wire or between rooms: one request with all its bytes, and its texts.
    LIMIT_FRAME = LIMIT_REQUEST_BYTES + 4 * LIMIT_RECORD + 64 * 1024,
    // Last payloads that come with one answer about what mandates signed: two KiB for each item; who
    // needs more asks for them one by one.
    LIMIT_LAST_BYTES = 512 * 1024,
    // Items of a request: a Director's round for 128 vehicles; its opened record still fits a leaf.
    LIMIT_ITEMS = 128,
    // What is stored with a request: an item each, a file of evidence each, and its own text.
    LIMIT_BLOBS = 2 * LIMIT_ITEMS + 1,
    // A name of a person, group, requester, repository or vehicle (a VIN has 17 letters, a UUID 36).
    LIMIT_NAME = 50,
    // A role ("image/targets"), or the longest item of a vehicle ("director/timestamp@VEHICLE").
    LIMIT_ROLE_NAME = 2 * LIMIT_NAME + 11,
    // A requester's reason: a paragraph that a person reads before approving (percent-encoded).
    LIMIT_REASON = 1024,
    // A rule's name: the design's, and behind a slash the check's ("R12/root-next").
    LIMIT_RULE = 47,
    // One sentence of a refusal: what was wrong, and what to do.
    LIMIT_SENTENCE = 400,
    // The charter's lists. Persons and groups as in the largest ceremonies; roles and keys for a
    // repository with a hundred delegations and eight root keys.
    LIMIT_ADMINISTRATORS = 64,
    LIMIT_GROUPS = 32,
    LIMIT_REQUESTERS = 64,
    LIMIT_REPOSITORIES = 16,
    LIMIT_ROLES = 256,
    LIMIT_KEYS = 512,
    // All of these at their longest, each key RSA-4096, have 830 KB.
    LIMIT_CHARTER = 1024 * 1024,
    // Proofs of possession, one for each of these people: an RSA-4096 signature's line has 770 bytes.
    LIMIT_PROOFS = 128 * 1024,
    // A state has a line for each role, vehicle, key that no charter names (LIMIT_SPARE), freeze,
    // mandate, and approver of a mandate: 1,034 KB at their most, 15 KB below this.
    LIMIT_STATE = 1024 * 1024,
    // Last versions that the state remembers: of each role, and of vehicles that a quorum signs for,
    // a test fleet. A fleet is signed for under mandates.
    LIMIT_LAST = 2 * LIMIT_ROLES,
    // Mandates that the state remembers: the roles of a repository that can have one are three, and
    // repositories that are gone are remembered for as long as there is room.
    LIMIT_MANDATES = 3 * LIMIT_REPOSITORIES,
    // Longest life of a mandate (seconds): its quorum looks at it again once a year.
    LIMIT_MANDATE_LIFE = 366 * 24 * 3600,
    // Numbers that a mandate's role is given with one seal: two rounds of a Director, so that a seal
    // costs each signature little; a crash loses what is left of them.
    LIMIT_BLOCK = 2 * LIMIT_ITEMS,
    // Keys that the token holds beside the charter's: made for the next charter, or retired and not
    // yet destroyed. A large RSA key's line has a thousand bytes; the state stays readable.
    LIMIT_SPARE = 64,
    // Lines of one keys motion, made, retired and destroyed together: the keys that it makes stand
    // in one outcome record, which is a leaf.
    LIMIT_MOTION_KEYS = 32,
    // What making its keys may cost: an RSA key of 2048 bits counts 1, of 3072 bits 2, of 4096 bits
    // 4. The vault does nothing else meanwhile; a key of 4096 bits takes two seconds (SoftHSM, one
    // processor), and a freeze should not wait for much longer than ten.
    LIMIT_MOTION_COST = 16,
    // Freezes in force that one administrator put there: who freezes more freezes everything. So
    // nobody fills the list for the others.
    LIMIT_FREEZES_EACH = 8,
    LIMIT_FREEZES = LIMIT_FREEZES_EACH * LIMIT_ADMINISTRATORS,
    // Root versions that one import shows: a yearly root for a century; each is a file of evidence.
    LIMIT_HISTORY = 100,
    // What a history breaks and the quorum accepts, line by line.
    LIMIT_FINDINGS = 256,
    // Keys of a role that can be told apart by their custodians (opened record, `reach`): eight
    // custodians twice over, and some room; and so many such lines: old and new root, and a few
    // delegated roles. All together fit a leaf beside LIMIT_ITEMS items.
    LIMIT_REACH_KEYS = 32,
    LIMIT_REACH = 8,
    // Programs of one appliance, each named in its start record with its hash.
    LIMIT_PROGRAMS = 8,
    // A text that lists every object of a token: two objects a key.
    LIMIT_OBJECTS = 512 * 1024,
    // Signatures of one request: 128 items of one key, or one root of eight, and some room; each
    // has a line in the outcome record, which is a leaf.
    LIMIT_SIGNATURES = 200,
    // Approvals and rejections that one request keeps: each administrator twice.
    LIMIT_DECISIONS = 2 * LIMIT_ADMINISTRATORS,
    // Open requests of a whole appliance; a docket entry is about 2 KiB.
    LIMIT_OPEN = 2048,
    // Of these, what requesters leave free for what administrators ask for with their own keys: they
    // must be able to take a requester out of the charter that has everything open.
    LIMIT_OPEN_KEPT = 4 * LIMIT_ADMINISTRATORS,
    // A Merkle path in a tree of 2^63 leaves; a consistency proof may have twice that.
    LIMIT_PATH = 64,
    LIMIT_CONSISTENCY = 128,
    // Records that one answer carries, and their bytes.
    LIMIT_RECORDS_PAGE = 256,
    LIMIT_RECORDS_BYTES = 1024 * 1024,
    // A signed checkpoint: three lines, and sixteen signatures.
    LIMIT_CHECKPOINT = 8192,
    // What is in flight behind the gate (measured: 128 keep two processors busy).
    LIMIT_CREDITS = 128,
    // The same in bytes, asks and answers together (signer/gate/budget.h): two of the largest
    // requests, five of the largest files, and LIMIT_CREDITS of everything else.
    LIMIT_FLIGHT = 128 * 1024 * 1024,
    // Client connections; each costs a file descriptor and a small buffer.
    LIMIT_CLIENTS = 1024,
    // Waiting clients: requests whose fate somebody wants to hear.
    LIMIT_WAITERS = 1024,
    // Longest life of a request: nobody approves in advance for longer than this (seconds).
    LIMIT_REQUEST_LIFE = 90 * 24 * 3600,
    // The policy file as people write it.
    LIMIT_POLICY = 1024 * 1024,
};

#endif
