#include "client/fault.h"

#include <stdarg.h>
#include <stdio.h>

enum err fault(enum err err, struct refusal *refusal, const char *format, ...)
{
    char sentence[LIMIT_SENTENCE + 1];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    (void)refuse(refusal, "", "%s", sentence);
    return err;
}
