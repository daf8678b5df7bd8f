// libconclave: a connection to an appliance. The command line uses nothing else to talk to it.
//
// Nothing that the appliance says is believed for its own sake: blobs are held against the hash
// they were asked by, records against inclusion proofs, proofs against checkpoints that the pinned
// log key signed, and every new checkpoint must extend the newest one this home has seen (R10).
//
// A home is a folder that keeps two files: `vkey` (the log key pinned at enrolment) and
// `checkpoint` (the newest signed one seen); when the appliance shows a signed checkpoint that does
// not go with it, that is kept too, as `conflict`. Many processes may use one home at a time. Calls
// block. One thread of a process uses all of this (the hashes below have one context for all).
#ifndef CONCLAVE_CLIENT_CONCLAVE_H
#define CONCLAVE_CLIENT_CONCLAVE_H

#include "log/checkpoint.h"
#include "proto/message.h"
#include "proto/refusal.h"

struct conclave;

// Connects to the unix socket. `home` may be NULL: then nothing is pinned and nothing is kept
// (founding, health checks). On failure `refusal` says what to do; ERR_NOT_FOUND: nothing is pinned
// there. Ends with conclave_close.
enum err must_check conclave_open(
    const char *socket, const char *home, struct conclave **out, struct refusal *refusal);
void conclave_close(struct conclave *conclave); // takes NULL

// Pins a log for this home, which is made when it is missing; ERR_EXISTS when another one is pinned
// already.
enum err must_check conclave_pin(const char *home, struct span vkey, struct refusal *refusal);
// What is pinned. ERR_NOT_FOUND.
enum err must_check conclave_pinned(const char *home, char *origin, struct key *log);

// One ask and its answer. The answer's spans are valid until the next call. ANSWER_REFUSED becomes
// ERR_REFUSED with `refusal` filled in, and stands in `answer` too; any other answer is of the kind
// that the ask has, or it is ERR_FORM. ERR_CLOSED when the appliance hung up. Not while other asks are in flight.
enum err must_check conclave_ask(struct conclave *conclave, struct message *ask,
    struct message *answer, struct refusal *refusal);

// Many in flight (benchmarks, repository services): send gives the ask its id; receive takes the
// next answer, whichever it is.
enum err must_check conclave_send(struct conclave *conclave, struct message *ask);
enum err must_check conclave_receive(struct conclave *conclave, struct message *answer);

// Status, with the appliance's newest checkpoint verified against the pinned key, proven to extend
// the one kept, and then kept itself (written, fsynced, renamed). A log that does not extend it:
// ERR_SIGNATURE and a refusal that says to stop and show both checkpoints (R10). Without a home,
// and before founding, `newest` has size 0.
enum err must_check conclave_status(struct conclave *conclave, struct message *answer,
    struct checkpoint *newest, struct refusal *refusal);

// The bytes with this hash, appended to `out`; verified.
enum err must_check conclave_blob(struct conclave *conclave, const struct hash *hash,
    struct bytes *out, struct refusal *refusal);

// The dossier of a request: its text and records are this request's and say this fate, and opened
// record and end are included in a checkpoint that the pinned key signed and that goes with the one
// kept (which it becomes, when it is newer). ERR_SIGNATURE otherwise. Decisions come without proof.
// With `wait`, asks ASK_WAIT until the fate is no longer open or `seconds` have passed.
enum err must_check conclave_dossier(struct conclave *conclave, const struct hash *request,
    bool wait, unsigned seconds, struct message *answer, struct refusal *refusal);

#endif
