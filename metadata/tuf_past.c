// Dates as other programs wrote them.
#include "metadata/tuf_part.h"

#include <string.h>

enum { ZONE = 6, MINUTE = 60, HOURS_MOST = 23, MINUTES_MOST = 59 };

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

// Two decimal digits; above 99 when they are none.
static int two_digits(const uint8_t *at)
{
    return is_digit(at[0]) && is_digit(at[1]) ? (at[0] - '0') * 10 + at[1] - '0' : 100;
}

// `.` and one digit or more, or nothing at all.
static bool take_fraction(struct span *rest)
{
    size_t size = 0;
    if (rest->size == 0 || rest->data[0] != '.')
        return true;
    for (size = 1; size < rest->size && is_digit(rest->data[size]);)
        size++;
    *rest = span_of(rest->data + size, rest->size - size);
    return size > 1;
}

// `Z`, or how far the clock was ahead of UTC: `+01:30`.
static bool read_zone(struct span zone, int64_t *ahead)
{
    *ahead = 0;
    if (span_is(zone, "Z"))
        return true;
    if (zone.size != ZONE || (zone.data[0] != '+' && zone.data[0] != '-') ||
        zone.data[3] != ':')
        return false;
    int hours = two_digits(zone.data + 1), minutes = two_digits(zone.data + 4);
    if (hours > HOURS_MOST || minutes > MINUTES_MOST)
        return false;
    *ahead = (int64_t)(hours * MINUTE + minutes) * MINUTE;
    if (zone.data[0] == '-')
        *ahead = -*ahead;
    return true;
}

// An offset may lead out of the years that are written.
static bool is_written(moment at)
{
    char text[MOMENT_TEXT + 1];
    moment again;
    moment_write(at, text);
    return moment_read(span_text(text), &again) == OK && again == at;
}

bool tuf_past_moment(struct span text, moment *out)
{
    enum { FRONT = MOMENT_TEXT - 1 }; // up to the seconds
    char plain[MOMENT_TEXT];
    int64_t ahead;
    if (text.size <= FRONT)
        return false;
    memcpy(plain, text.data, FRONT);
    plain[FRONT] = 'Z';
    struct span rest = span_of(text.data + FRONT, text.size - FRONT);
    if (!take_fraction(&rest) || !read_zone(rest, &ahead) ||
        moment_read(span_of(plain, sizeof plain), out) != OK)
        return false;
    *out -= ahead;
    return is_written(*out);
}
