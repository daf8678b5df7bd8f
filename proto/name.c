#include "proto/name.h"

#include "proto/limits.h"

static bool is_letter_or_digit(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

static bool is_name_byte(uint8_t byte)
{
    return is_letter_or_digit(byte) || byte == '_' || byte == '-' || byte == '.';
}

bool name_is_good(struct span name)
{
    if (name.size == 0 || name.size > LIMIT_NAME || name.data[0] == '.')
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (!is_name_byte(name.data[i]))
            return false;
    return !span_is(name, "none");
}

bool role_name_is_good(struct span name)
{
    size_t slash = 0;
    while (slash < name.size && name.data[slash] != '/')
        slash++;
    if (slash == name.size)
        return false;
    return name_is_good(span_of(name.data, slash)) &&
           name_is_good(span_of(name.data + slash + 1, name.size - slash - 1));
}

bool origin_is_good(struct span origin)
{
    if (origin.size == 0 || origin.size > LIMIT_ROLE_NAME)
        return false;
    for (size_t i = 0; i < origin.size; i++)
        if (origin.data[i] < 0x21 || origin.data[i] > 0x7e || origin.data[i] == '+')
            return false;
    return !span_is(origin, "none");
}
