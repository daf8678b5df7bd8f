// The tables of the ledger's database, and every statement that is ever run on them.
//
//   record  one row a leaf: its text exactly as it was logged; kind and request found in the text,
//           and of an outcome that adds signatures the index of the one before it
//   node    the Merkle tree's complete subtrees (log/merkle.h), level 0 being the leaves
//   blob    payloads, evidence, request texts, charters, object lists, signatures, by hash
//   state   the vault's states, by hash: the sealed one, the one that the newest outcome names, and
//           one that may be sealed next
//   fate    one row a request: its newest opening, its end once it has one, and whether it is live:
//           open, or signed and still taking custodians' signatures
//   last    one row an item that signed under a mandate (lasts.h): version, payload, outcome
#ifndef CONCLAVE_SIGNER_LEDGER_TABLES_H
#define CONCLAVE_SIGNER_LEDGER_TABLES_H

#include "signer/ledger/sql.h"

enum table_statement {
    TABLE_BEGIN,
    TABLE_COMMIT,
    RECORD_ADD,    // idx kind request adds text
    RECORD_GET,    // idx: text
    RECORD_COUNT,  // -: how many
    RECORD_ORDERS, // -: a row when there is an order, a freeze or an outcome
    RECORD_OF,     // request below: idx kind of what opens and decides, ascending
    RECORD_SIGNED, // request below: idx of the newest outcome
    RECORD_NEWEST, // -: idx of the newest outcome
    RECORD_LIVE,  // -: idx of what opens, decides, orders and signs in live requests, ascending
    NODE_ADD,     // level idx hash
    NODE_GET,     // level idx: hash
    BLOB_ADD,     // hash bytes
    BLOB_HAS,     // hash: a row when there is one
    BLOB_GET,     // hash: bytes
    STATE_ADD,    // hash text
    STATE_GET,    // hash: text
    STATE_KEEP,   // hash hash: all others go
    FATE_REOPEN,  // request opened
    FATE_CLOSE,   // end fate live request
    FATE_EXTEND,  // end live request end-before: more signatures
    FATE_SETTLE,  // request: it takes no more signatures
    FATE_UNASKED, // end idx request: a freeze, or what mandates sign; idx: of its order
    FATE_NEVER,   // request end: refused before it was opened
    FATE_GET,     // request: opened end fate live
    FATE_OPENED,  // after below most: opened, ascending
    FATE_COUNT,   // -: how many are open
    LAST_PUT,     // item version payload outcome: none changes when it does not rise
    LAST_GET,     // most item: version payload size bytes; these when they are `most` at most
    FORGET_RECORDS,
    FORGET_NODES,
    FORGET_BLOBS,
    FORGET_STATES,
    FORGET_FATES,
    FORGET_LASTS,
    TABLE_STATEMENTS
};

extern const char *const table_statements[TABLE_STATEMENTS];

// Creates the tables in an empty database, or checks that they are ours and of this version; those of
// the version before are brought up to it, in one transaction.
// ERR_HALT with `why`.
enum err must_check tables_settle(struct sql *sql, struct refusal *why);

#endif
