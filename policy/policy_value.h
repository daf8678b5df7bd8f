// Single values of a policy file, each with the sentence that says what it must be. The fault's
// path names the value already; ERR_FORM with the sentence.
#ifndef CONCLAVE_POLICY_POLICY_VALUE_H
#define CONCLAVE_POLICY_POLICY_VALUE_H

#include "policy/policy_fault.h"
#include "signer/base/hash.h"

#include <stddef.h>
#include <stdint.h>

// A name of a person, group, requester, repository or role; `out` has room for LIMIT_NAME + 1.
enum err must_check value_name(const char *text, char *out, struct policy_fault *fault);
// One of two words, and whether it is the second; absent (NULL) is the first.
enum err must_check value_choice(const char *text, const char *first, const char *second,
    bool *is_second, struct policy_fault *fault);
// A number of persons or keys.
enum err must_check value_count(const char *text, size_t *out, struct policy_fault *fault);
enum err must_check value_duration(
    const char *text, int64_t *seconds, struct policy_fault *fault);
// The same, or the word none, which is 0; absent (NULL) is that too.
enum err must_check value_duration_or_none(
    const char *text, int64_t *seconds, struct policy_fault *fault);
// A number of bytes; absent (NULL) leaves what is there.
enum err must_check value_size(const char *text, uint64_t *bytes, struct policy_fault *fault);
// A number of anything; absent (NULL) leaves what is there.
enum err must_check value_number(const char *text, uint64_t *out, struct policy_fault *fault);
// `sha256:` and 8 to 64 hex digits, with which a key's hash begins; the digits into `out`.
enum err must_check value_key_name(
    const char *text, char out[2 * HASH_SIZE + 1], struct policy_fault *fault);

#endif
