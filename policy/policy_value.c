#include "policy/policy_value.h"

#include "policy/duration.h"
#include "proto/name.h"

#include <stdio.h>
#include <string.h>

// Digits that tell a role's keys apart, and in which one wrong digit is not another key by chance.
enum { KEY_NAME_LEAST = 8 };

enum err value_name(const char *text, char *out, struct policy_fault *fault)
{
    if (!name_is_good(span_text(text)))
        return policy_fault_say(fault,
            "This must be a name: 1 to %d letters, digits, '_', '-' or '.' (not first), and "
            "not the word none.",
            LIMIT_NAME);
    snprintf(out, LIMIT_NAME + 1, "%s", text);
    return OK;
}

enum err value_choice(const char *text, const char *first, const char *second, bool *is_second,
    struct policy_fault *fault)
{
    *is_second = text != NULL && strcmp(text, second) == 0;
    if (text == NULL || *is_second || strcmp(text, first) == 0)
        return OK;
    return policy_fault_say(
        fault, "This version knows %s and %s here: write one of them.", first, second);
}

enum err value_count(const char *text, size_t *out, struct policy_fault *fault)
{
    int64_t number = 0;
    if (!number_read(text, &number))
        return policy_fault_say(fault, "This must be a number in digits, such as 2.");
    *out = (size_t)number;
    return OK;
}

enum err value_duration(const char *text, int64_t *seconds, struct policy_fault *fault)
{
    if (duration_read(text, seconds))
        return OK;
    return policy_fault_say(
        fault, "This must be a number and one of s, m, h, d, such as 12h or 365d.");
}

enum err value_duration_or_none(const char *text, int64_t *seconds, struct policy_fault *fault)
{
    *seconds = 0;
    if (text == NULL || strcmp(text, "none") == 0 || duration_read(text, seconds))
        return OK;
    return policy_fault_say(
        fault, "This must be none, or a number and one of s, m, h, d, such as 12h or 7d.");
}

enum err value_size(const char *text, uint64_t *bytes, struct policy_fault *fault)
{
    int64_t size = 0;
    if (text == NULL)
        return OK;
    if (!size_read(text, &size))
        return policy_fault_say(fault,
            "This must be a number of bytes, or a number and one of KiB, MiB, GiB, such as "
            "64MiB.");
    *bytes = (uint64_t)size;
    return OK;
}

enum err value_number(const char *text, uint64_t *out, struct policy_fault *fault)
{
    int64_t number = 0;
    if (text == NULL)
        return OK;
    if (!number_read(text, &number))
        return policy_fault_say(fault, "This must be a number in digits, such as 2.");
    *out = (uint64_t)number;
    return OK;
}

enum err value_key_name(
    const char *text, char out[2 * HASH_SIZE + 1], struct policy_fault *fault)
{
    static const char prefix[] = "sha256:";
    bool begins = strncmp(text, prefix, strlen(prefix)) == 0;
    const char *digits = begins ? text + strlen(prefix) : "";
    size_t size = strlen(digits);
    if (size < KEY_NAME_LEAST || size > 2 * (size_t)HASH_SIZE ||
        strspn(digits, "0123456789abcdef") != size)
        return policy_fault_say(fault,
            "This must be sha256: and %d to %d lower-case hex digits, with which the key's "
            "hash "
            "begins.",
            KEY_NAME_LEAST, 2 * HASH_SIZE);
    memcpy(out, digits, size + 1);
    return OK;
}
