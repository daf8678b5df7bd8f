// A cursor reads a span from its front. Failure is sticky: a read past the end yields zeros and
// empty spans, and cursor_finish() then says ERR_FORM, as it does when bytes are left over.
// So a decoder is one list of reads and one check. Integers are big-endian.
#ifndef CONCLAVE_SIGNER_BASE_CURSOR_H
#define CONCLAVE_SIGNER_BASE_CURSOR_H

#include "signer/base/bytes.h"

struct cursor {
    struct span rest;
    bool failed;
};

struct cursor cursor_of(struct span span);
uint8_t cursor_u8(struct cursor *cursor);
uint16_t cursor_u16(struct cursor *cursor);
uint32_t cursor_u32(struct cursor *cursor);
uint64_t cursor_u64(struct cursor *cursor);
// The next `size` bytes, borrowed.
struct span cursor_take(struct cursor *cursor, size_t size);
// Copies the next `size` bytes to `out` (zeros on failure).
void cursor_copy(struct cursor *cursor, uint8_t *out, size_t size);
// Marks the cursor failed, for a value that was read but may not be.
void cursor_fail(struct cursor *cursor);
enum err must_check cursor_finish(const struct cursor *cursor);

#endif
