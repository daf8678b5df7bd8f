// Signed notes and checkpoints (C2SP signed-note and tlog-checkpoint; reference: c2sp.org), and
// the proof file that travels with a signature (c2sp.org/tlog-proof@v1).
#ifndef CONCLAVE_LOG_CHECKPOINT_H
#define CONCLAVE_LOG_CHECKPOINT_H

#include "log/merkle.h"
#include "signer/base/key.h"

struct checkpoint {
    char origin[LIMIT_ROLE_NAME + 1];
    uint64_t size;
    struct hash root;
};

// The note's text: origin LF, decimal size LF, base64 root LF. This is what is signed.
void checkpoint_write(const struct checkpoint *checkpoint, struct bytes *out);
// Appends the signed note: text, empty line, "— ORIGIN base64(keyid ‖ signature)" LF.
// `signature` is the log key's Ed25519 signature (64 bytes) over the text.
void checkpoint_note(const struct checkpoint *checkpoint, const struct key *log,
    struct span signature, struct bytes *out);
// Reads a signed note (at most LIMIT_CHECKPOINT bytes) and verifies `log`'s signature in it.
// Unknown keys are ignored; a line of `log`'s name and id that does not verify, or no line of it:
// ERR_SIGNATURE. An origin other than `origin`: ERR_NOT_FOUND. Anything else wrong: ERR_FORM.
enum err must_check checkpoint_open(
    struct span note, const char *origin, const struct key *log, struct checkpoint *out);

// The verifier key "ORIGIN+hex8+base64(01 ‖ key)" of a log (Ed25519 only).
void vkey_write(const char *origin, const struct key *log, struct bytes *out);
// Reads one, with the hash checked. `origin` has room for LIMIT_ROLE_NAME + 1 bytes. ERR_FORM.
enum err must_check vkey_read(struct span text, char *origin, struct key *log);

// tlog-proof: first line, "index N", path in base64 one a line, empty line, signed checkpoint.
void proof_write(
    uint64_t index, const struct merkle_path *path, struct span note, struct bytes *out);
// Reads the proof, opens its checkpoint as checkpoint_open does and checks that `record` is
// included at the stated index. ERR_SIGNATURE when it is not.
enum err must_check proof_check(struct span proof, struct span record, const char *origin,
    const struct key *log, uint64_t *index, struct checkpoint *checkpoint);

#endif
