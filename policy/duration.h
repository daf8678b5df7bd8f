// Numbers, durations and sizes as people write them in a policy file.
#ifndef CONCLAVE_POLICY_DURATION_H
#define CONCLAVE_POLICY_DURATION_H

#include <stdbool.h>
#include <stdint.h>

// Decimal digits without sign, point, space or leading zero: nothing that one reader takes for
// eight and another for ten. At most 2^53 - 1.
bool number_read(const char *text, int64_t *out);
// Such a number and one of s, m, h, d (seconds, minutes, hours, days), in seconds.
bool duration_read(const char *text, int64_t *seconds);
// Such a number, or one and KiB, MiB or GiB, in bytes.
bool size_read(const char *text, int64_t *bytes);

#endif
