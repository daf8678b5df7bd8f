// SHA-512, for one purpose only: files that others list by it. The house names things by SHA-256.
#ifndef CONCLAVE_METADATA_SHA512_H
#define CONCLAVE_METADATA_SHA512_H

#include "signer/base/bytes.h"

enum { SHA512_SIZE = 64 };

// Whether `hex` (128 lower-case digits) is the SHA-512 of the span. ERR_SIGNATURE when not;
// ERR_CRYPTO when the library fails.
enum err must_check sha512_is(struct span span, struct span hex);

#endif
