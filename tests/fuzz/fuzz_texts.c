// Whatever is read as a statement, a record or a motion is what its writer would write; nothing is
// read as two kinds; and what is read as a record with a request has one for everybody.
#include "proto/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good)
        abort();
}

// Reads one kind and, if it is taken, writes it again.
#define AGAIN(kind)                                                                            \
    static void kind##_again(struct span text, struct bytes *out, bool *taken)                 \
    {                                                                                          \
        static struct kind value;                                                              \
        *taken = kind##_read(text, &value) == OK;                                              \
        if (*taken)                                                                            \
            kind##_write(&value, out);                                                         \
    }
AGAIN(request)
AGAIN(opened)
AGAIN(founding)
AGAIN(founded)
AGAIN(start)
AGAIN(decided)
AGAIN(ended)
AGAIN(refused)
AGAIN(order)
AGAIN(mandated)
AGAIN(outcome)
AGAIN(gate_record)
AGAIN(frozen)
AGAIN(stop)
AGAIN(clock_record)
AGAIN(quota_record)
AGAIN(keys_motion)
AGAIN(lift_motion)
AGAIN(mandate_motion)
AGAIN(time_motion)
AGAIN(import_motion)
AGAIN(freeze)
AGAIN(proofs)

static void programs_again(struct span text, struct bytes *out, bool *taken)
{
    static struct start value;
    *taken = programs_read(text, &value) == OK;
    if (*taken)
        programs_write(&value, out);
}

static const struct kind {
    void (*again)(struct span text, struct bytes *out, bool *taken);
    enum record_kind record; // RECORD_UNKNOWN: none
    bool has_request;
} kinds[] = {
    {opened_again, RECORD_OPENED, true},
    {decided_again, RECORD_DECISION, true},
    {ended_again, RECORD_ENDED, true},
    {order_again, RECORD_ORDER, true},
    {mandated_again, RECORD_MANDATED, true},
    {outcome_again, RECORD_OUTCOME, true},
    {frozen_again, RECORD_FROZEN, true},
    {refused_again, RECORD_REFUSED, false}, // it may have none
    {founding_again, RECORD_FOUNDING, false},
    {founded_again, RECORD_FOUNDED, false},
    {start_again, RECORD_START, false},
    {gate_record_again, RECORD_GATE, false},
    {stop_again, RECORD_STOP, false},
    {clock_record_again, RECORD_CLOCK, false},
    {quota_record_again, RECORD_QUOTA, false},
    {request_again, RECORD_UNKNOWN, false},
    {freeze_again, RECORD_UNKNOWN, false},
    {keys_motion_again, RECORD_UNKNOWN, false},
    {lift_motion_again, RECORD_UNKNOWN, false},
    {mandate_motion_again, RECORD_UNKNOWN, false},
    {time_motion_again, RECORD_UNKNOWN, false},
    {import_motion_again, RECORD_UNKNOWN, false},
    {proofs_again, RECORD_UNKNOWN, false},
    {programs_again, RECORD_UNKNOWN, false},
};

static void check(const struct kind *kind, struct span text, struct bytes *again, bool *taken)
{
    struct hash request;
    bytes_reset(again);
    kind->again(text, again, taken);
    if (!*taken)
        return;
    must(bytes_finish(again) == OK && span_equal(bytes_span(again), text));
    must(record_kind(text) == kind->record);
    must(!kind->has_request || record_request(text, &request));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes again;
    size_t count = 0;
    bytes_init(&again, size);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bool taken = false;
        check(&kinds[i], span_of(data, size), &again, &taken);
        count += taken;
    }
    must(count <= 1);
    bytes_clear(&again);
    return 0;
}
