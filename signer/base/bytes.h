// Bytes: a borrowed span, and an owned buffer that grows up to a limit named when it is made.
//
// A buffer's failure is sticky: after one add that did not fit, every later add does nothing and
// bytes_finish() says why. So a writer is a plain list of adds and one check at its end.
// Integers are big-endian. Invariant: size <= capacity <= limit.
#ifndef CONCLAVE_SIGNER_BASE_BYTES_H
#define CONCLAVE_SIGNER_BASE_BYTES_H

#include "signer/base/err.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Somebody else's bytes; valid as long as their owner says. {NULL, 0} is the empty span.
struct span {
    const uint8_t *data;
    size_t size;
};

// The smallest of them are here: whoever reads metadata calls them for each name in it.
static inline struct span span_of(const void *data, size_t size)
{
    return (struct span){data, size};
}

static inline struct span span_text(const char *text) // without its NUL
{
    return span_of(text, strlen(text));
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool span_is(struct span span, const char *text)
{
    return span_equal(span, span_text(text));
}

bool span_starts(struct span span, const char *prefix);
// Bytewise order, as memcmp, a shorter prefix first: <0, 0, >0.
int span_compare(struct span a, struct span b);

struct bytes {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t limit;
    enum err failure; // OK, ERR_LIMIT or ERR_MEMORY
};

// An empty buffer that may hold up to `limit` bytes. Allocates nothing yet.
void bytes_init(struct bytes *bytes, size_t limit);
// Frees what it owns; the buffer is then empty and may be used again with the same limit.
void bytes_clear(struct bytes *bytes);
// Forgets the content and the failure but keeps the memory.
void bytes_reset(struct bytes *bytes);

void bytes_add(struct bytes *bytes, struct span span);
void bytes_add_text(struct bytes *bytes, const char *text);
void bytes_add_format(struct bytes *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void bytes_add_u8(struct bytes *bytes, uint8_t value);
void bytes_add_u16(struct bytes *bytes, uint16_t value);
void bytes_add_u32(struct bytes *bytes, uint32_t value);
void bytes_add_u64(struct bytes *bytes, uint64_t value);
void bytes_add_hex(struct bytes *bytes, struct span span);    // lower case
void bytes_add_base64(struct bytes *bytes, struct span span); // RFC 4648 section 4, padded

// Room for `size` more bytes at the end, to be filled by the caller and then counted with
// bytes_grew(). NULL (and sticky failure) when it does not fit.
uint8_t *bytes_room(struct bytes *bytes, size_t size);
void bytes_grew(struct bytes *bytes, size_t size);
// Drops the first `size` bytes (at most all) and moves the rest to the front.
void bytes_drop(struct bytes *bytes, size_t size);

struct span bytes_span(const struct bytes *bytes);
// OK, or the first failure.
enum err must_check bytes_finish(const struct bytes *bytes);

// Strict inverses: hex_read takes exactly 2 * size lower-case digits; base64_read takes the one
// canonical padded form and appends what it decodes. ERR_FORM otherwise.
enum err must_check hex_read(struct span text, uint8_t *out, size_t size);
enum err must_check base64_read(struct span text, struct bytes *out);

#endif
