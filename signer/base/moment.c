#include "signer/base/moment.h"

#include <stdio.h>
#include <time.h>

static const moment moment_most = INT64_C(253402300799); // 9999-12-31T23:59:59Z

static bool two_digits(const uint8_t *at, int *out)
{
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return false;
    *out = (at[0] - '0') * 10 + at[1] - '0';
    return true;
}

static bool read_fields(const uint8_t *at, struct tm *tm, int *century)
{
    static const char form[] = "....-..-..T..:..:..Z";
    for (size_t i = 0; i < MOMENT_TEXT; i++)
        if (form[i] != '.' && form[i] != (char)at[i])
            return false;
    return two_digits(at, century) && two_digits(at + 2, &tm->tm_year) &&
           two_digits(at + 5, &tm->tm_mon) && two_digits(at + 8, &tm->tm_mday) &&
           two_digits(at + 11, &tm->tm_hour) && two_digits(at + 14, &tm->tm_min) &&
           two_digits(at + 17, &tm->tm_sec);
}

enum err moment_read(struct span text, moment *out)
{
    struct tm tm = {0};
    int century = 0;
    if (text.size != MOMENT_TEXT || !read_fields(text.data, &tm, &century))
        return ERR_FORM;
    tm.tm_year += century * 100 - 1900;
    tm.tm_mon -= 1;
    moment at = timegm(&tm);
    if (at < 0 || at > moment_most)
        return ERR_FORM;
    // timegm carries 31 February over into March: only what is written back alike was a date.
    char again[MOMENT_TEXT + 1];
    moment_write(at, again);
    if (!span_is(text, again))
        return ERR_FORM;
    *out = at;
    return OK;
}

void moment_write(moment at, char out[MOMENT_TEXT + 1])
{
    if (at < 0)
        at = 0;
    if (at > moment_most)
        at = moment_most;
    struct tm tm;
    time_t seconds = at;
    gmtime_r(&seconds, &tm);
    strftime(out, MOMENT_TEXT + 1, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

moment moment_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}
