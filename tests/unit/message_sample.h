// A sample of each kind of message and, built beside it field by field, the bytes that it must be on
// the line between two rooms: the corridor's layout, written down a second time.
#ifndef CONCLAVE_TESTS_UNIT_MESSAGE_SAMPLE_H
#define CONCLAVE_TESTS_UNIT_MESSAGE_SAMPLE_H

#include "proto/message.h"

enum { SAMPLE_ID = 99, SAMPLE_HEAD = 10 };

struct sample {
    struct message message;
    struct bytes body; // kind, id and fields
    uint8_t next;      // so that no two fields are alike
};

// Fails the test for a kind that has no sample. Ends with sample_clear.
void sample_make(struct sample *sample, unsigned kind);
void sample_clear(struct sample *sample);

#endif
