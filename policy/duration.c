#include "policy/duration.h"

#include "proto/limits.h"

#include <stddef.h>
#include <string.h>

static bool digits_read(const char *text, size_t size, int64_t *out)
{
    int64_t value = 0;
    if (size == 0 || (text[0] == '0' && size > 1))
        return false;
    for (size_t i = 0; i < size; i++) {
        int64_t digit = text[i] - '0';
        if (digit < 0 || digit > 9 || value > ((int64_t)LIMIT_VERSION - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool number_read(const char *text, int64_t *out)
{
    return digits_read(text, strlen(text), out);
}

bool duration_read(const char *text, int64_t *seconds)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    size_t size = strlen(text);
    int64_t number;
    if (size == 0 || !digits_read(text, size - 1, &number))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (units[i].unit != text[size - 1])
            continue;
        if (number > (int64_t)LIMIT_VERSION / units[i].seconds)
            return false;
        *seconds = number * units[i].seconds;
        return true;
    }
    return false;
}
