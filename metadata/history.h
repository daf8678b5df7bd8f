// The history of a repository that was signed elsewhere: its chain of root files and the newest file
// of each other role, as other programs wrote them. They are read more loosely than anything that is
// signed here (white space, any order of fields, unknown fields), verified over the canonical form,
// and each rule that they break is a finding with an id, which a quorum accepts or not. Pure.
#ifndef CONCLAVE_METADATA_HISTORY_H
#define CONCLAVE_METADATA_HISTORY_H

#include "metadata/rule.h"
#include "policy/charter.h"
#include "proto/motion.h"
#include "proto/refusal.h"

// The rule that a finding's id names (as `accept:` has it), one with a sentence about the past; NULL
// when there is none. A root's finding is named by the row's id; one
// of another role's file has "targets-", "snapshot-", "timestamp-" or "delegated-" before it, and
// `where` (which may be NULL) becomes the word for that: "root", "targets", …
const struct rule *history_rule_of(const char *id, const char **where);

// One file's signed part in the canonical form of its dialect, appended to `out`. ERR_REFUSED when the
// file is no JSON that every reader reads alike (metadata/json_loose.h), or no signed file.
enum err must_check history_canonical(
    enum dialect dialect, struct span file, struct bytes *out, struct refusal *refusal);

// All that an import shows. Borrowed.
struct history_case {
    const char *repository;
    enum dialect dialect;
    const struct span *roots; // files, versions rising by one
    size_t root_count;
    const struct span *files; // complete signed files of other roles, one each, at most
                              // IMPORT_ROLES_MOST - 1: which role, follows from who signed it
    size_t file_count;
};
// What is fatal is ERR_REFUSED: no root chain (a version that is not the one before + 1), a root
// that the thresholds of itself and of the one before have not signed, a file that the last root's
// keys, or those that the Targets delegate to, have not signed. What is not is a finding. Keys are
// counted by what they are. Fills in everything of the motion but its number. ERR_MEMORY.
enum err must_check history_read(
    const struct history_case *given, struct import_motion *out, struct refusal *refusal);

// The same from a motion and the evidence of its request, which holds each root file, each file of
// another role, and the canonical part of the last of each: whether the motion is what history_read
// would make of them. The charter knows the dialect of the motion's repository. ERR_REFUSED.
enum err must_check history_judge(const struct charter *charter,
    const struct import_motion *motion, const struct span *evidence, size_t evidence_count,
    struct refusal *refusal);

#endif
