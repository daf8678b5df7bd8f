#include "tests/unit/sample_parts.h"

#include <string.h>

void add_number(struct sample *sample, void *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
    bytes_add_u32(&sample->body, value);
}

void add_wide(struct sample *sample, uint64_t *at)
{
    *at = 0x0123456789abcd00u + sample->next++;
    bytes_add_u64(&sample->body, *at);
}

void add_hash(struct sample *sample, struct hash *at)
{
    memset(at->byte, sample->next++, HASH_SIZE);
    bytes_add(&sample->body, hash_span(at));
}

void add_place(struct sample *sample, struct place *at)
{
    add_wide(sample, &at->index);
    add_hash(sample, &at->leaf);
}

void add_span(struct sample *sample, struct span *at)
{
    static const uint8_t text[] = "0123456";
    *at = span_of(text, 1 + sample->next++ % 7);
    bytes_add_u32(&sample->body, (uint32_t)at->size);
    bytes_add(&sample->body, *at);
}

void add_spans(struct sample *sample, struct span_list *at)
{
    add_number(sample, &at->count, 3);
    for (size_t i = 0; i < 3; i++)
        add_span(sample, &at->at[i]);
}

void add_hashes(struct sample *sample, struct hash_list *at)
{
    add_number(sample, &at->count, 2);
    add_hash(sample, &at->at[0]);
    add_hash(sample, &at->at[1]);
}

void add_entry(struct sample *sample, struct entry *at)
{
    add_wide(sample, &at->index);
    add_span(sample, &at->text);
}

void add_entries(struct sample *sample, struct entry_list *at)
{
    add_number(sample, &at->count, 2);
    add_entry(sample, &at->at[0]);
    add_entry(sample, &at->at[1]);
}

void add_signed_by(struct sample *sample, struct signed_by_list *at)
{
    add_number(sample, &at->count, 2);
    for (size_t i = 0; i < 2; i++) {
        add_hash(sample, &at->at[i].key);
        add_span(sample, &at->at[i].signature);
    }
}

void add_lasts(struct sample *sample, struct last_list *at)
{
    add_number(sample, &at->count, 2);
    for (size_t i = 0; i < 2; i++) {
        add_wide(sample, &at->at[i].version);
        add_hash(sample, &at->at[i].payload);
    }
}
