// A moment: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX).
// Written as YYYY-MM-DDTHH:MM:SSZ and nothing else; years 1970 to 9999.
#ifndef CONCLAVE_SIGNER_BASE_MOMENT_H
#define CONCLAVE_SIGNER_BASE_MOMENT_H

#include "signer/base/bytes.h"

typedef int64_t moment;

enum { MOMENT_TEXT = 20 };

// Exactly 20 characters, a date that exists, seconds up to 59. ERR_FORM otherwise.
enum err must_check moment_read(struct span text, moment *out);
// 20 characters and a NUL. A moment outside the range is written as its nearest end.
void moment_write(moment at, char out[MOMENT_TEXT + 1]);
// The system's real-time clock, read now. Pure code never calls it: it takes a moment.
moment moment_now(void);

#endif
