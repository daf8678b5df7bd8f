#include "policy/policy_fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

// What is quoted from the file goes to a terminal.
static void make_printable(char *text)
{
    for (; *text != '\0'; text++)
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
}

void policy_fault_at(struct policy_fault *fault, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(fault->path, sizeof fault->path, format, list);
    va_end(list);
    make_printable(fault->path);
}

enum err policy_fault_say(struct policy_fault *fault, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(fault->sentence, sizeof fault->sentence, format, list);
    va_end(list);
    make_printable(fault->sentence);
    return ERR_FORM;
}
