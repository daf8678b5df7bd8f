// Fates: what became of each request (R11). A request is open from its first opened record until
// one record ends it; one that was refused before it was ever opened ended with that. Its fate
// never changes again. A signed one may take more signatures for a while (R12): its end is then
// the newest outcome. A freeze is never open, nor is what mandates sign: these have a fate once there
// is an outcome, or a record that they were refused.
#ifndef CONCLAVE_SIGNER_LEDGER_FATES_H
#define CONCLAVE_SIGNER_LEDGER_FATES_H

#include "proto/message.h"
#include "signer/ledger/store.h"

struct fate_row {
    enum fate fate; // FATE_UNKNOWN when nothing was ever said about the request
    bool has_opened;
    uint64_t opened; // the newest opening
    bool has_end;
    uint64_t end; // of a signed one: its newest outcome
    bool adds;    // signed, and custodians may still add signatures
};

// What an outcome says of its request's fate.
struct outcome_link {
    struct place order;
    struct hash state;
    bool freezes; // it is a freeze's
    bool adds;
    struct place added_to;
    bool takes_more; // signatures are missing that may still be added
};
// ERR_FORM, ERR_MEMORY.
enum err must_check outcome_link_read(struct span text, struct outcome_link *out);

enum err must_check fates_get(
    struct store *store, const struct hash *request, struct fate_row *out);

// What a record that is appended at `index` does to the fate of its request. An opened record of a
// request that has ended changes nothing. Decisions, orders and outcomes must be about an open
// request, or add to the newest outcome of one that takes more; the outcome of what was never
// opened names a frozen or mandated record as its order. ERR_FORM when not; ERR_MEMORY; ERR_HALT.
enum err must_check fates_note(struct store *store, enum record_kind kind,
    const struct hash *request, uint64_t index, struct span text);

// Newest openings of live requests (open, or signed and taking more), ascending, above `after` and below
// `below`, at most `most`.
enum err must_check fates_opened(struct store *store, uint64_t after, uint64_t below,
    uint64_t *out, size_t most, size_t *count);
enum err must_check fates_count_open(struct store *store, uint64_t *out);

#endif
