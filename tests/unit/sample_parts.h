// The parts of a sample message: each sets a field to a value of its own, and appends the bytes that
// it must become.
#ifndef CONCLAVE_TESTS_UNIT_SAMPLE_PARTS_H
#define CONCLAVE_TESTS_UNIT_SAMPLE_PARTS_H

#include "tests/unit/message_sample.h"

void add_number(struct sample *sample, void *at, uint32_t value);
void add_wide(struct sample *sample, uint64_t *at);
void add_hash(struct sample *sample, struct hash *at);
void add_place(struct sample *sample, struct place *at);
void add_span(struct sample *sample, struct span *at);
void add_spans(struct sample *sample, struct span_list *at);
void add_hashes(struct sample *sample, struct hash_list *at);
void add_entry(struct sample *sample, struct entry *at);
void add_entries(struct sample *sample, struct entry_list *at);
void add_signed_by(struct sample *sample, struct signed_by_list *at);
void add_lasts(struct sample *sample, struct last_list *at);

#endif
