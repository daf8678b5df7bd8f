#include "proto/refusal.h"

#include <stdarg.h>
#include <stdio.h>

enum err refuse(struct refusal *refusal, const char *rule, const char *format, ...)
{
    snprintf(refusal->rule, sizeof refusal->rule, "%s", rule);
    va_list list;
    va_start(list, format);
    vsnprintf(refusal->sentence, sizeof refusal->sentence, format, list);
    va_end(list);
    for (char *at = refusal->sentence; *at != '\0'; at++)
        if (*at < 0x20 || *at > 0x7e)
            *at = '?';
    return ERR_REFUSED;
}
