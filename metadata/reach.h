// Reach: how many keys of a role must be able to sign before any does (R12). Only roles that have a
// key with a custodian have such lines; all other keys can sign whenever the quorum is complete.
//
//   root       a line for the threshold of the last root, if there is one, and a line for its own:
//              the keys of this charter that it lists for its root role
//   targets, snapshot, timestamp   a line for the last root's threshold of the role
//   delegated  a line for the charter's keys of the role and its least threshold: which root or
//              Targets will list them is not known here
//
// `need` is the threshold, or what lives here when that is less: the others sign elsewhere. Retired
// keys sign nothing. Keys are matched by what they are, not by their key ids (R21). Pure.
#ifndef CONCLAVE_METADATA_REACH_H
#define CONCLAVE_METADATA_REACH_H

#include "policy/charter.h"
#include "policy/state.h"

// What the lines of one item follow from. All borrowed.
struct reach_case {
    const struct charter *charter;
    const struct state *state;
    const struct role *role;
    struct span payload; // judged
    struct span root;    // last signed payload of the repository's root; empty: none
};

// Appends the item's lines to the opened record. ERR_REFUSED with R20 when a role has more keys, or
// the request more such lines, than an opened record holds; R2 when a payload cannot be read.
enum err must_check reach_add(
    const struct reach_case *given, struct opened *opened, struct refusal *refusal);

#endif
