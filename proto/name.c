#include "proto/name.h"

#include "proto/limits.h"

#include <string.h>

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

// Of the roles that a Director signs for each vehicle; its root is everybody's.
static bool is_for_vehicles(struct span role)
{
    static const char *const names[] = {"/targets", "/snapshot", "/timestamp"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = strlen(names[i]);
        if (role.size > size && span_is(span_of(role.data + role.size - size, size), names[i]))
            return true;
    }
    return false;
}

bool item_name_is_good(struct span name)
{
    const uint8_t *at = name.size == 0 ? NULL : memchr(name.data, '@', name.size);
    if (at == NULL)
        return role_name_is_good(name);
    struct span role = span_of(name.data, (size_t)(at - name.data));
    return role_name_is_good(role) && is_for_vehicles(role) &&
           name_is_good(span_of(at + 1, name.size - role.size - 1));
}

bool item_is_of(const char *item, const char *role)
{
    size_t size = strcspn(item, "@");
    return strncmp(item, role, size) == 0 && role[size] == '\0';
}

const char *item_vehicle(const char *item)
{
    const char *at = strchr(item, '@');
    return at == NULL ? NULL : at + 1;
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
