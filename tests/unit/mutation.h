// The mutation property of a text of ours: whatever one byte of it becomes, wherever it is cut and
// whatever is put into it, it is refused or is what its writer would write again.
#ifndef CONCLAVE_TESTS_UNIT_MUTATION_H
#define CONCLAVE_TESTS_UNIT_MUTATION_H

#include "signer/base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

// Reads `text`, and if it is taken writes it to `out`. Whether it was taken.
typedef bool mutation_again(struct span text, struct bytes *out);

struct mutation_count {
    size_t taken;
    size_t refused;
};

static inline void mutation_check(mutation_again *again, struct span text,
    struct bytes *scratch, struct mutation_count *count)
{
    bytes_reset(scratch);
    if (!again(text, scratch)) {
        count->refused++;
        return;
    }
    count->taken++;
    assert_int_equal(bytes_finish(scratch), OK);
    assert_true(span_equal(bytes_span(scratch), text));
}

// Every byte changed in `flips` ways, left out, doubled; every prefix.
static inline struct mutation_count mutate(
    mutation_again *again, struct span text, const uint8_t *flips, size_t flip_count)
{
    struct mutation_count count = {0};
    struct bytes mutant, scratch;
    bytes_init(&mutant, 2 * text.size + 1);
    bytes_init(&scratch, 2 * text.size + 1024);
    for (size_t i = 0; i < text.size; i++) {
        for (size_t flip = 0; flip < flip_count; flip++) {
            bytes_reset(&mutant);
            bytes_add(&mutant, text);
            mutant.data[i] ^= flips[flip];
            mutation_check(again, bytes_span(&mutant), &scratch, &count);
        }
        bytes_reset(&mutant);
        bytes_add(&mutant, span_of(text.data, i));
        mutation_check(again, bytes_span(&mutant), &scratch, &count);
        bytes_add(&mutant, span_of(text.data + i + 1, text.size - i - 1));
        mutation_check(again, bytes_span(&mutant), &scratch, &count);
        bytes_reset(&mutant);
        bytes_add(&mutant, span_of(text.data, i + 1));
        bytes_add(&mutant, span_of(text.data + i, text.size - i));
        mutation_check(again, bytes_span(&mutant), &scratch, &count);
    }
    bytes_clear(&mutant);
    bytes_clear(&scratch);
    return count;
}

// Every byte of `suspects` put in at every place, the end included.
static inline struct mutation_count mutate_inserting(
    mutation_again *again, struct span text, struct span suspects)
{
    struct mutation_count count = {0};
    struct bytes mutant, scratch;
    bytes_init(&mutant, text.size + 1);
    bytes_init(&scratch, 2 * text.size + 1024);
    for (size_t i = 0; i <= text.size; i++)
        for (size_t suspect = 0; suspect < suspects.size; suspect++) {
            bytes_reset(&mutant);
            bytes_add(&mutant, span_of(text.data, i));
            bytes_add_u8(&mutant, suspects.data[suspect]);
            bytes_add(&mutant, span_of(text.data + i, text.size - i));
            mutation_check(again, bytes_span(&mutant), &scratch, &count);
        }
    bytes_clear(&mutant);
    bytes_clear(&scratch);
    return count;
}

#endif
