// What the files that read a history share. Nobody outside metadata/history*.c includes this.
#ifndef CONCLAVE_METADATA_HISTORY_PART_H
#define CONCLAVE_METADATA_HISTORY_PART_H

#include "metadata/history.h"
#include "metadata/tuf.h"

// One file of the past: its canonical form, and what was read of it. Large: on the heap.
struct past_file {
    struct bytes canonical;
    struct tuf_envelope envelope;
    struct tuf tuf; // of the signed part
};

struct past_file *past_file_new(void); // NULL without memory
void past_file_free(struct past_file *file);
// Reads over what was there. ERR_REFUSED with a sentence that names the file by its hash.
enum err must_check past_file_read(
    enum dialect dialect, struct span bytes, struct past_file *file, struct refusal *refusal);

// Keys and a threshold that a file is held against.
struct past_signers {
    const struct tuf_key *keys;
    size_t key_count;
    const struct span *keyids;
    size_t keyid_count;
    int64_t threshold;
};
struct past_signers past_signers_of(const struct tuf_root *root, enum tuf_type type);
size_t past_signed_by(const struct past_file *file, const struct past_signers *signers);
// Notes in the file's envelope each signature that is none of these keys', or does not verify.
void past_note_signatures(
    struct past_file *file, const struct past_signers *signers, size_t count);

// Adds the role that a file is the last of, and what it breaks. `where` is a prefix of ids, or empty.
enum err must_check past_add_role(const struct past_file *file, struct span short_name,
    struct import_motion *out, struct refusal *refusal);
enum err must_check past_add_findings(const struct past_file *file, const char *where,
    struct import_motion *out, struct refusal *refusal);

// The files of other roles, under the last root.
enum err must_check past_read_files(const struct history_case *given,
    const struct past_file *root, struct import_motion *out, struct refusal *refusal);

#endif
