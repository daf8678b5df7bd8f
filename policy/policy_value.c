#include "policy/policy_value.h"

#include "policy/duration.h"
#include "proto/name.h"

#include <stdio.h>
#include <string.h>

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

enum err value_only(const char *text, const char *only, struct policy_fault *fault)
{
    if (text == NULL || strcmp(text, only) == 0)
        return OK;
    return policy_fault_say(fault, "This version knows only %s here: write that.", only);
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
