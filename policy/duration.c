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

// A unit, and how much of the smallest one it is.
struct unit {
    const char *name;
    int64_t much;
};

// A number and one of the units.
static bool quantity_read(
    const char *text, const struct unit *units, size_t unit_count, int64_t *out)
{
    int64_t number;
    size_t digits = strspn(text, "0123456789");
    if (!digits_read(text, digits, &number))
        return false;
    for (size_t i = 0; i < unit_count; i++) {
        if (strcmp(text + digits, units[i].name) != 0)
            continue;
        if (number > (int64_t)LIMIT_VERSION / units[i].much)
            return false;
        *out = number * units[i].much;
        return true;
    }
    return false;
}

bool duration_read(const char *text, int64_t *seconds)
{
    static const struct unit units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    return quantity_read(text, units, sizeof units / sizeof units[0], seconds);
}

bool size_read(const char *text, int64_t *bytes)
{
    static const struct unit units[] = {
        {"", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}};
    return quantity_read(text, units, sizeof units / sizeof units[0], bytes);
}
