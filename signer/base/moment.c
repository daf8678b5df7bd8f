#include "signer/base/moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const moment moment_most = INT64_C(253402300799); // 9999-12-31T23:59:59Z

enum { DAY = 24 * 60 * 60, EPOCH = 1970 };

// The calendar is computed here: the C library's functions read the time zone's file first, which
// a room may not, and which may count leap seconds.
struct fields {
    int century, year, month, day, hour, minute, second;
};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

// Days from 1970-01-01 to the first day of the year.
static int64_t days_before_year(int year)
{
    int before = year - 1, epoch = EPOCH - 1;
    int leaps = before / 4 - before / 100 + before / 400;
    int leaps_then = epoch / 4 - epoch / 100 + epoch / 400;
    return INT64_C(365) * (year - EPOCH) + leaps - leaps_then;
}

static bool two_digits(const uint8_t *at, int *out)
{
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return false;
    *out = (at[0] - '0') * 10 + at[1] - '0';
    return true;
}

static bool read_fields(const uint8_t *at, struct fields *out)
{
    static const char form[] = "....-..-..T..:..:..Z";
    for (size_t i = 0; i < MOMENT_TEXT; i++)
        if (form[i] != '.' && form[i] != (char)at[i])
            return false;
    return two_digits(at, &out->century) && two_digits(at + 2, &out->year) &&
           two_digits(at + 5, &out->month) && two_digits(at + 8, &out->day) &&
           two_digits(at + 11, &out->hour) && two_digits(at + 14, &out->minute) &&
           two_digits(at + 17, &out->second);
}

static bool is_date(int year, const struct fields *fields)
{
    return year >= EPOCH && fields->month >= 1 && fields->month <= 12 && fields->day >= 1 &&
           fields->day <= days_in_month(year, fields->month) && fields->hour <= 23 &&
           fields->minute <= 59 && fields->second <= 59;
}

enum err moment_read(struct span text, moment *out)
{
    struct fields fields;
    if (text.size != MOMENT_TEXT || !read_fields(text.data, &fields))
        return ERR_FORM;
    int year = fields.century * 100 + fields.year;
    if (!is_date(year, &fields))
        return ERR_FORM;
    int64_t days = days_before_year(year) + fields.day - 1;
    for (int month = 1; month < fields.month; month++)
        days += days_in_month(year, month);
    *out = days * DAY + fields.hour * 3600 + fields.minute * 60 + fields.second;
    return OK;
}

void moment_write(moment at, char out[MOMENT_TEXT + 1])
{
    if (at < 0)
        at = 0;
    if (at > moment_most)
        at = moment_most;
    int64_t days = at / DAY;
    int rest = (int)(at % DAY), month = 1;
    int year = EPOCH + (int)(days / 366); // a little early, never late
    while (days >= days_before_year(year + 1))
        year++;
    int day = (int)(days - days_before_year(year));
    for (; day >= days_in_month(year, month); month++)
        day -= days_in_month(year, month);
    char wide[80]; // what six numbers of any size would take
    (void)snprintf(wide, sizeof wide, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day + 1,
        rest / 3600, rest / 60 % 60, rest % 60);
    memcpy(out, wide, MOMENT_TEXT);
    out[MOMENT_TEXT] = 0;
}

moment moment_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}
