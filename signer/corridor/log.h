// The six words of logging: one line to standard error, "conclave-keeper: …", under the name of
// the program. Bytes outside 20 to 7E become '?', and what is too long is cut, so that foreign
// words can neither forge a line nor move a terminal.
#ifndef CONCLAVE_SIGNER_CORRIDOR_LOG_H
#define CONCLAVE_SIGNER_CORRIDOR_LOG_H

void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Says why and what to do, and ends the process with `status`.
_Noreturn void log_halt(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
